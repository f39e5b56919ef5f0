//! What somebody has raced.

use std::sync::Arc;

use regie_core::{Actor, Error, Result, Role};
use regie_identity::User;

use crate::{
    Races,
    model::{ParticipantStatus, Race, RaceStatus},
};

/// A page of somebody's races, newest first.
pub struct Player {
    pub user: User,
    pub races: Vec<Raced>,
    pub more: bool,
    pub totals: Totals,
}

pub struct Raced {
    pub race: Arc<Race>,
    /// Of the player, as far as everybody may know it.
    pub status: ParticipantStatus,
    /// Of a finished race whose mode can say it.
    pub place: Option<u32>,
    pub igt_ms: Option<u64>,
}

/// Of the finished races that the asker may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Totals {
    pub races: usize,
    pub finished: usize,
    pub abandoned: usize,
    pub disqualified: usize,
}

impl Races {
    /// Errors: 404 for an unknown name.
    pub async fn player(&self, name: &str, who: &Actor, after: Option<&str>, limit: usize) -> Result<Player> {
        let user = self.identity.user(name).or_else(|| self.identity.user_on_twitch(name));
        let user = user.ok_or_else(|| Error::not_found(format!("there is no user `{name}`")).path("name"))?;
        let all_of_them = who.role == Role::Admin || who.id == user.id;
        let mine = |race: &Arc<Race>| {
            race.participant_of(&user.id).is_some()
                && race.status != RaceStatus::Cancelled
                && (all_of_them || race.is_listed_for(who))
        };
        let all: Vec<_> = self.engine.races().into_iter().filter(mine).collect();
        let totals = totals(&all, &user.id);
        let mut older = all.into_iter().filter(|race| after.is_none_or(|after| race.id.as_str() < after));
        let page: Vec<_> = older.by_ref().take(limit).collect();
        let more = older.next().is_some();
        let mut races = Vec::with_capacity(page.len());
        for race in page {
            races.push(self.raced(race, &user.id).await);
        }
        Ok(Player { user, races, more, totals })
    }

    async fn raced(&self, race: Arc<Race>, user_id: &str) -> Raced {
        let participant = race.participant_of(user_id);
        let (slot, status) = participant.map_or((0, ParticipantStatus::Registered), |p| (p.slot, p.status));
        if race.status != RaceStatus::Finished {
            // How somebody stands is for the race's own page, which knows who looks.
            let status = if status.is_terminal() { ParticipantStatus::Playing } else { status };
            return Raced { race, status, place: None, igt_ms: None };
        }
        let shown = self.shown(&race.id, race.public_class(0)).await.ok();
        let standing =
            shown.as_ref().and_then(|s| s.standings.participants.iter().find(|p| p.participant == slot));
        let (place, igt_ms) = standing.map_or((None, None), |s| (Some(s.place), s.igt_ms));
        Raced { race, status, place, igt_ms }
    }
}

fn totals(races: &[Arc<Race>], user_id: &str) -> Totals {
    let over = races.iter().filter(|race| race.status == RaceStatus::Finished);
    let mut totals = Totals::default();
    for participant in over.filter_map(|race| race.participant_of(user_id)) {
        totals.races += 1;
        match participant.status {
            ParticipantStatus::Finished => totals.finished += 1,
            ParticipantStatus::Disqualified => totals.disqualified += 1,
            _ => totals.abandoned += 1,
        }
    }
    totals
}
