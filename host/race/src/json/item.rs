//! A race in a list.

use regie_core::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::{coarse, race::Person};
use crate::{
    Races,
    model::{ParticipantStatus, Race, RaceStatus, Start, Visibility},
};

#[derive(Debug, Serialize, ToSchema)]
pub struct RaceItem {
    pub id: String,
    pub name: String,
    /// Id of the plugin.
    pub mode: String,
    pub mode_name: String,
    pub organizer: Person,
    pub pool: Option<String>,
    pub status: RaceStatus,
    pub start: Start,
    pub visibility: Visibility,
    pub max_participants: u32,
    /// RFC 3339, as all times here.
    pub scheduled_start: Option<String>,
    pub created_at: String,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// By slot.
    pub participants: Vec<ListedParticipant>,
    pub me: ListedMe,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListedParticipant {
    pub id: String,
    pub name: String,
    pub status: ParticipantStatus,
    pub slot: u32,
    pub colour: u32,
}

/// What you are there.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedMe {
    pub participant_id: Option<String>,
    pub organizer: bool,
    pub caster: bool,
}

impl RaceItem {
    pub fn new(races: &Races, race: &Race, who: &Actor) -> Self {
        let class = race.class_of(who, 0);
        let listed = |p: &crate::model::Participant| ListedParticipant {
            id: p.id.clone(),
            name: p.name.clone(),
            status: coarse(race, p, class),
            slot: p.slot,
            colour: p.colour,
        };
        Self {
            id: race.id.clone(),
            name: race.name.clone(),
            mode: race.mode.clone(),
            mode_name: races.mode_name(&race.mode),
            organizer: Person::of(races, &race.organizer_id),
            pool: race.pool.clone(),
            status: race.status,
            start: race.config.start,
            visibility: race.config.visibility,
            max_participants: race.config.max_participants,
            scheduled_start: race.scheduled_start.clone(),
            created_at: race.created_at.clone(),
            started_at: race.started_at.clone(),
            finished_at: race.finished_at.clone(),
            participants: race.participants.iter().map(listed).collect(),
            me: ListedMe {
                participant_id: race.participant_of(&who.id).map(|p| p.id.clone()),
                organizer: !who.is_anonymous() && race.organizer_id == who.id,
                caster: race.is_caster(who),
            },
        }
    }
}
