//! A race with everybody in it, as one person may see it.

use regie_core::{Actor, ErrorKind, Result};
use regie_live::TieView;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ParticipantView, can,
    standing::{participants, total},
};
use crate::{
    Races,
    model::{Config, Now, Participant, Race, RaceStatus, Revealed},
};

#[derive(Debug, Serialize, ToSchema)]
pub struct RaceView {
    pub id: String,
    pub name: String,
    /// Id of the plugin.
    pub mode: String,
    pub mode_name: String,
    pub organizer: Person,
    /// `null`: the mode made the seed.
    pub pool: Option<String>,
    /// Once it may be known which: to organizer and casters, and to all once the race is over.
    pub seed: Option<SeedView>,
    pub status: RaceStatus,
    pub config: Config,
    /// RFC 3339, as all times here.
    pub scheduled_start: Option<String>,
    pub created_at: String,
    /// Since when players may fetch their packs.
    pub seeds_released_at: Option<String>,
    /// In the future while the countdown runs.
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// Rises with every durable change.
    pub version: u64,
    pub server_time: String,
    /// Milliseconds since 1970.
    pub server_time_ms: i64,
    /// As they stand, first first.
    pub participants: Vec<ParticipantView>,
    /// The most progress there is, where the mode says it.
    pub total: Option<u64>,
    pub casters: Vec<Person>,
    /// For the organizer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invites: Option<Vec<InviteView>>,
    /// The session of a lobby it is tied to, for the organizer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lobby: Option<TieView>,
    /// To whom the seed was shown before the start.
    pub revealed_to: Vec<Revealed>,
    pub me: Me,
    pub overlays: Vec<OverlayView>,
    /// Who follows it now, players' games apart.
    pub spectators: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    pub id: String,
    /// Empty where there is no such user any more.
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeedView {
    pub number: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InviteView {
    pub token: String,
    pub url: String,
    /// Empty: for anybody.
    pub name: String,
    pub created_at: String,
}

/// What you are in this race.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// Of viewers: `public`, `public-60`, `nobody`, `caster`, `organizer`, `p3`.
    pub class: String,
    pub participant_id: Option<String>,
    pub organizer: bool,
    pub caster: bool,
    /// What you may do now: `edit`, `delete`, `open`, `start`, `cancel`, `reset`, `finish`, `reroll`, `generate_zips`,
    /// `invite`, `add`, `remove`, `casters`, `lobby`, `reveal`, `disqualify`, `undo`, `join`, `leave`, `ready`, `begin`, `abandon`,
    /// `hud`.
    pub can: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OverlayView {
    pub name: String,
    pub title: String,
    /// CSS pixels.
    pub width: u32,
    pub height: u32,
    /// Has a lower layer, drawn once.
    pub base: bool,
    pub url: String,
}

impl RaceView {
    /// `base` is what links begin with. Errors: `not_found`.
    pub async fn new(races: &Races, id: &str, who: &Actor, delay: u32, base: &str) -> Result<Self> {
        let race = races.race(id)?;
        let class = race.class_of(who, delay);
        let shown = match races.shown(id, class).await {
            Ok(shown) => Some(shown),
            Err(error) if error.kind == ErrorKind::NotFound => return Err(error),
            // Without its mode a race still has people and times.
            Err(_) => None,
        };
        let seen = shown.as_ref().map_or_else(|| race.clone(), |shown| shown.race.clone());
        let (organizer, now) = (race.is_organizer(who), races.now());
        let knows_seed = organizer || race.is_caster(who) || race.status == RaceStatus::Finished;
        let overlays = overlays(races, &race);
        let has_hud = overlays.iter().any(|overlay| overlay.name == "hud");
        let invite = |i: &crate::model::Invite| InviteView::new(i, base);
        Ok(Self {
            participants: participants(races, &race, shown.as_deref(), who, delay, base),
            total: shown.as_deref().and_then(total),
            status: seen.status,
            started_at: seen.started_at.clone(),
            finished_at: seen.finished_at.clone(),
            version: shown.as_ref().map_or_else(|| races.engine.version(id), |shown| Ok(shown.version))?,
            mode_name: races.mode_name(&race.mode),
            organizer: Person::of(races, &race.organizer_id),
            seed: race.seed_id.as_deref().filter(|_| knows_seed).and_then(|id| seed(races, id)),
            casters: race.casters.iter().map(|id| Person::of(races, id)).collect(),
            invites: organizer.then(|| race.invites.iter().map(invite).collect()),
            lobby: race.lobby.as_ref().filter(|_| organizer).map(|tie| tie.view(&*races.rosters)),
            spectators: races.engine.spectators(id),
            me: me(&race, who, class.to_string(), has_hud, &now),
            overlays,
            id: race.id.clone(),
            name: race.name.clone(),
            mode: race.mode.clone(),
            pool: race.pool.clone(),
            config: race.config.clone(),
            scheduled_start: race.scheduled_start.clone(),
            created_at: race.created_at.clone(),
            seeds_released_at: race.seeds_released_at.clone(),
            revealed_to: race.revealed_to.clone(),
            server_time: now.text,
            server_time_ms: now.ms,
        })
    }
}

fn me(race: &Race, who: &Actor, class: String, has_hud: bool, now: &Now) -> Me {
    Me {
        class,
        participant_id: race.participant_of(&who.id).map(|p| p.id.clone()),
        organizer: race.is_organizer(who),
        caster: race.is_caster(who),
        can: can(race, who, has_hud, now),
    }
}

fn seed(races: &Races, id: &str) -> Option<SeedView> {
    races.pools.seed(id).ok().map(|seed| SeedView { number: seed.number })
}

fn overlays(races: &Races, race: &Race) -> Vec<OverlayView> {
    let Some(plugin) = races.plugins.get(&race.mode) else { return Vec::new() };
    let view = |overlay: &regie_plugins::Overlay| OverlayView {
        url: format!("/overlay/{}/{}", race.id, overlay.name),
        name: overlay.name.clone(),
        title: overlay.title.clone(),
        width: overlay.width,
        height: overlay.height,
        base: overlay.base,
    };
    plugin.manifest().overlays.iter().map(view).collect()
}

impl Person {
    pub fn of(races: &Races, id: &str) -> Self {
        let name = races.identity.user(id).map(|user| user.name).unwrap_or_default();
        Self { id: id.to_owned(), name }
    }
}

impl InviteView {
    pub fn new(invite: &crate::model::Invite, base: &str) -> Self {
        Self {
            token: invite.token.clone(),
            url: format!("{base}/invite/{}", invite.token),
            name: invite.name.clone(),
            created_at: invite.created_at.clone(),
        }
    }
}

impl Races {
    /// What people call a mode: its name where its package still says it, else its id.
    pub fn mode_name(&self, id: &str) -> String {
        self.plugins.status(id).map_or_else(|| id.to_owned(), |status| status.name)
    }

    pub fn pack_url(&self, race: &Race, participant: &Participant, base: &str) -> String {
        format!("{base}/api/races/{}/download/{}", race.id, self.pack_token(race, participant))
    }
}
