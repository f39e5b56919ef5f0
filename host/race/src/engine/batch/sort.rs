//! What of a batch is really new, and the context it will be run in, whatever the attempt.

use std::collections::HashMap;

use regie_core::{Error, ErrorKind, Result};
use regie_sdk::protocol::ActorContext;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{Asked, CLOCK, answer::again};
use crate::{
    Event,
    engine::{
        Accepted, Engine, Frame,
        batch::answer::{Outcome, remembered},
        draft::{Draft, Envelope},
        room::Work,
    },
    model::Race,
};

/// Action keys a document remembers.
const KEYS: usize = 1024;
/// Messages that all participants together may have had acknowledged; shared among them.
const SEEN: usize = 24_576;
/// The same of one participant's clocks, in memory alone.
const CLOCKS_SEEN: usize = 1024;
/// Integers of JSON that every client reads exactly.
const EXACT: u64 = 1 << 53;

pub(super) struct Piece {
    pub asked: Asked,
    /// The same once more, in the same batch: it gets the same answer.
    pub twins: Vec<Asked>,
    envelope: Envelope,
    read: Read,
}

/// What the host reads of a frame.
#[derive(Default, Deserialize)]
struct Read {
    #[serde(default)]
    igt_ms: Option<Value>,
    #[serde(default)]
    death_count: Option<Value>,
}

impl Piece {
    /// In the time and with the labels of this attempt.
    pub fn at(&self, draft: &Draft) -> Envelope {
        let mut envelope = self.envelope.clone();
        envelope.ctx.now_ms = envelope.ctx.now_ms.max(draft.now.ms);
        envelope
    }

    pub fn kind(&self) -> Option<&str> {
        match &self.asked {
            Asked::Frame { frame, .. } => Some(&frame.kind),
            Asked::Act { .. } => None,
        }
    }

    fn is_clock(&self) -> bool {
        self.kind() == Some(CLOCK)
    }

    /// Whose it is, and its id, where it has one.
    fn message(&self) -> Option<(u32, &str)> {
        match &self.asked {
            Asked::Frame { slot, frame, .. } => Some((*slot, frame.message_id.as_deref()?)),
            Asked::Act { .. } => None,
        }
    }

    /// It is acknowledged, so it must be stored before.
    pub fn wants_durable(&self) -> bool {
        self.message().is_some()
    }

    pub fn clock(&self) -> Option<Event> {
        let Asked::Frame { slot, .. } = self.asked else { return None };
        let igt_ms = self.read.igt_ms.as_ref()?.as_u64()?;
        let death_count = self.read.death_count.as_ref().and_then(Value::as_u64);
        Some(Event::Clock { slot, igt_ms, death_count })
    }

    /// A message that was taken is known for the whole race. Clocks are too many for the document.
    pub fn remember_seen(&self, draft: &mut Draft) {
        let Some((slot, id)) = self.message().filter(|_| !self.is_clock()) else { return };
        let most = SEEN / draft.race.participants.len().max(1);
        if let Some(participant) = draft.race.participants.iter_mut().find(|p| p.slot == slot) {
            participant.seen.add(id, most);
            draft.changed = true;
        }
    }

    pub fn remember_clock(&self, work: &mut Work) {
        if let Some((slot, id)) = self.message().filter(|_| self.is_clock()) {
            work.clocks_seen.entry(slot).or_default().add(id, CLOCKS_SEEN);
        }
    }

    pub fn remember_answer(&self, draft: &mut Draft, outcome: Option<&Outcome>) {
        if let (Asked::Act { actor, act, .. }, Some(outcome)) = (&self.asked, outcome) {
            draft.answers.push(remembered(&act.key, actor, outcome));
        }
    }

    /// Who sent it, and which: the same twice is one.
    fn name(&self) -> Option<(String, String)> {
        match &self.asked {
            Asked::Frame { slot, frame, .. } => Some((format!("p{slot}"), frame.message_id.clone()?)),
            Asked::Act { act, .. } => Some((String::new(), act.key.clone())),
        }
    }
}

/// Answers what was answered before or is refused by the host, and gives the rest its context.
pub(super) async fn sort_out(engine: &Engine, work: &Work, asked: Vec<Asked>) -> Vec<Piece> {
    let draft = Draft::of(&work.held, engine.now(work));
    let (races, race) = (&engine.ground.races, &work.held.race);
    let mut pieces: Vec<Piece> = Vec::with_capacity(asked.len());
    let mut named: HashMap<(String, String), usize> = HashMap::new();
    let mut kept = None;
    for asked in asked {
        let checked = match &asked {
            Asked::Frame { slot, frame, .. } => {
                if is_seen(work, *slot, frame) {
                    asked.accept(0, true);
                    continue;
                }
                read(race, *slot, frame)
            }
            Asked::Act { actor, act, .. } => match races.answered(&race.id, &act.key).await {
                Ok(Some(answer)) => {
                    let answer = again(&answer, actor);
                    asked.answer(answer);
                    continue;
                }
                Ok(None) => {
                    let kept = match &mut kept {
                        Some(kept) => kept,
                        none => none.insert(races.answers_kept(&race.id).await.unwrap_or_default()),
                    };
                    *kept += 1;
                    if *kept > KEYS { Err(too_many()) } else { Ok(Read::default()) }
                }
                Err(error) => Err(error),
            },
        };
        let read = match checked {
            Ok(read) => read,
            Err(error) => {
                asked.refuse(&error);
                continue;
            }
        };
        let envelope = draft.envelope(asked.action(), asked.actor(race));
        let piece = Piece { asked, twins: Vec::new(), envelope, read };
        let Some(name) = piece.name() else {
            pieces.push(piece);
            continue;
        };
        if let Some(first) = named.get(&name).and_then(|at| pieces.get_mut(*at)) {
            if first.envelope.ctx.actor.id == piece.envelope.ctx.actor.id {
                first.twins.push(piece.asked);
            } else {
                piece.asked.refuse(&regie_live::foreign_key());
            }
            continue;
        }
        named.insert(name, pieces.len());
        pieces.push(piece);
    }
    pieces
}

fn is_seen(work: &Work, slot: u32, frame: &Frame) -> bool {
    let Some(id) = &frame.message_id else { return false };
    let stored = work.held.race.in_slot(slot).map(|participant| &participant.seen);
    let clocks = work.clocks_seen.get(&slot);
    stored.into_iter().chain(clocks).any(|seen| seen.contains(id))
}

/// Errors: `not_playing`, `already_ended`, `bad_igt`.
fn read(race: &Race, slot: u32, frame: &Frame) -> Result<Read> {
    race.check_playing(slot)?;
    let read: Read = serde_json::from_str(frame.body.get())
        .map_err(|error| Error::bad_request(format!("this frame does not read: {error}")))?;
    let exact = |igt: &Value| igt.as_u64().is_some_and(|igt| igt < EXACT);
    if read.igt_ms.as_ref().is_none_or(exact) {
        return Ok(read);
    }
    Err(Error::bad_request("`igt_ms` is no whole number of milliseconds")
        .code("bad_igt")
        .path("igt_ms")
        .hint("0 or more, below 2^53"))
}

fn too_many() -> Error {
    Error::new(ErrorKind::RateLimited, format!("more than {KEYS} actions in ten minutes"))
        .hint("wait a little; what was acknowledged is safe")
}

impl Asked {
    fn action(&self) -> Box<RawValue> {
        match self {
            Self::Frame { frame, .. } => frame.body.clone(),
            Self::Act { act, .. } => act.action.clone(),
        }
    }

    fn actor(&self, race: &Race) -> ActorContext {
        match self {
            Self::Frame { slot, .. } => {
                let participant = race.in_slot(*slot);
                ActorContext {
                    id: participant.map(|p| p.user_id.clone()).unwrap_or_default(),
                    name: participant.map(|p| p.name.clone()).unwrap_or_default(),
                    role: "viewer".into(),
                    participant: Some(*slot),
                }
            }
            Self::Act { actor, slot, .. } => ActorContext {
                id: actor.id.clone(),
                name: actor.name.clone(),
                role: actor.role.as_str().into(),
                participant: *slot,
            },
        }
    }

    pub fn accept(self, version: u64, repeated: bool) {
        match self {
            Self::Frame { reply, .. } => drop(reply.send(Ok(Accepted { repeated }))),
            Self::Act { reply, .. } => drop(reply.send(Ok(version))),
        }
    }

    fn answer(self, answer: std::result::Result<u64, regie_live::Refused>) {
        if let Self::Act { reply, .. } = self {
            let _ = reply.send(answer);
        }
    }
}
