//! A picture of a class as JSON, for programs that follow a topic: what everybody of the class reads alike.

use regie_live::Tie;
use serde::Serialize;
use serde_json::Value;

use super::ParticipantView;
use crate::{Races, Shown, model::RaceStatus};

#[derive(Debug, Serialize)]
pub struct ShownView<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub mode: &'a str,
    pub status: RaceStatus,
    pub scheduled_start: Option<&'a str>,
    pub started_at: Option<&'a str>,
    pub finished_at: Option<&'a str>,
    pub version: u64,
    /// As they stand, first first.
    pub participants: Vec<ParticipantView>,
    /// The most progress there is, where the mode says it.
    pub total: Option<u64>,
    /// The session it is tied to, for organizer and casters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lobby: Option<&'a Tie>,
}

impl<'a> ShownView<'a> {
    pub fn new(races: &Races, shown: &'a Shown) -> Self {
        let (race, standings) = (&*shown.race, &shown.standings.participants);
        let mut participants: Vec<_> = race
            .participants
            .iter()
            .map(|p| {
                let at = standings.iter().position(|s| s.participant == p.slot);
                let standing = at.and_then(|at| standings.get(at));
                let connected = shown.connected.contains(&p.slot);
                (at.unwrap_or(usize::MAX), ParticipantView::new(p, standing, connected, &races.identity))
            })
            .collect();
        participants.sort_by_key(|(at, view)| (*at, view.slot));
        Self {
            id: &race.id,
            name: &race.name,
            mode: &race.mode,
            status: race.status,
            scheduled_start: race.scheduled_start.as_deref(),
            started_at: race.started_at.as_deref(),
            finished_at: race.finished_at.as_deref(),
            version: shown.version,
            participants: participants.into_iter().map(|(_, view)| view).collect(),
            total: shown.standings.more.get("total").and_then(Value::as_u64),
            lobby: race.lobby.as_ref(),
        }
    }
}
