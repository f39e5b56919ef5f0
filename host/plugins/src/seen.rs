//! What there is to draw of a document: itself, or what a race mode shows of it to one class of viewers.

use std::borrow::Cow;

use regie_sdk::protocol::{
    Participant, ProjectRequest, RaceStatus, Racer, RevealRequest, Standings, StandingsRequest, ViewerClass,
};
use serde_json::{Map, Value, value::RawValue};

use crate::{CallError, Plugin, manifest::Kind};

/// Where a race stands, and who looks. Of no meaning to plugins of other kinds.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    /// Of the race, as `draft` or `running`.
    pub status: &'static str,
    /// Of every participant.
    pub racers: &'static str,
    pub role: &'static str,
    pub slot: Option<u32>,
    /// Milliseconds since 1970.
    pub now_ms: i64,
}

/// A document as plugins are asked about it.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// Its name, for the breaker.
    pub name: &'a str,
    pub state: &'a RawValue,
    pub derived: Option<&'a RawValue>,
    pub seed: Option<&'a RawValue>,
    pub participants: &'a [Participant],
}

/// What `render` gets.
pub(crate) struct Seen<'a> {
    pub view: Cow<'a, RawValue>,
    /// For base layers.
    pub revealed: Option<Value>,
    /// Of a race: how everybody stands, before the projection and in it.
    pub standings: Option<(Standings, Standings)>,
}

impl Look {
    pub(crate) const fn spectator(now_ms: i64) -> Self {
        Self { status: "running", racers: "playing", role: "public", slot: None, now_ms }
    }
}

pub(crate) async fn seen<'a>(
    plugin: &Plugin,
    subject: Subject<'a>,
    look: &Look,
) -> Result<Seen<'a>, CallError> {
    let Subject { name, state, derived, seed, .. } = subject;
    if plugin.manifest().kind != Kind::Race {
        return Ok(Seen { view: Cow::Borrowed(state), revealed: None, standings: None });
    }
    let racer =
        |one: &Participant| Racer { slot: one.slot, label: one.label.clone(), status: look.racers.into() };
    let participants: Vec<_> = subject.participants.iter().map(racer).collect();
    let begun = matches!(look.status, "running" | "finished").then_some(look.now_ms - 60_000);
    let race = RaceStatus {
        status: look.status.into(),
        started_at: begun.map(regie_core::rfc3339),
        started_at_ms: begun,
    };
    let request = StandingsRequest {
        state,
        derived,
        participants: participants.clone(),
        race: race.clone(),
        now_ms: look.now_ms,
        settings: Map::new(),
    };
    let standings = plugin.standings(name, request).await?;
    let request = ProjectRequest {
        state,
        derived,
        participants,
        race,
        now_ms: look.now_ms,
        settings: Map::new(),
        standings: standings.clone(),
        viewer: ViewerClass { role: look.role.into(), participant: look.slot, igt_ms: None },
    };
    let projected = plugin.project(name, request).await?;
    let revealed = match (projected.reveal, seed) {
        (Some(reveal), Some(seed)) => {
            let request = RevealRequest { seed, derived, reveal, settings: Map::new() };
            let part = plugin.reveal(name, request).await?;
            Some(serde_json::from_str(part.get()).expect("the call checked that it is JSON"))
        }
        _ => None,
    };
    Ok(Seen { view: Cow::Owned(projected.view), revealed, standings: Some((standings, projected.standings)) })
}
