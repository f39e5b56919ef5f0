//! From a batch of frames and actions to one durable commit, and an answer for each.

mod answer;
mod sort;

use std::sync::Arc;

use regie_core::{Actor, Error, Result};
use regie_live::{Act, Refused};
use regie_sdk::protocol::ActionResult;
use tokio::sync::oneshot;

use self::{
    answer::{Outcome, reply_all},
    sort::{Piece, sort_out},
};
use super::{
    Accepted, Engine, Frame,
    commit::{ATTEMPTS, Stored},
    draft::{Draft, Envelope},
    moment::News,
    room::{Room, Work},
};
use crate::Event;

/// What is asked of a race from outside, and where the answer goes.
pub(in crate::engine) enum Asked {
    Frame {
        slot: u32,
        frame: Frame,
        reply: oneshot::Sender<Result<Accepted>>,
    },
    Act {
        actor: Actor,
        slot: Option<u32>,
        act: Act,
        reply: oneshot::Sender<std::result::Result<u64, Refused>>,
    },
}

/// Only clocks move, and they may wait for the store.
const CLOCK: &str = "status_update";

pub(super) async fn run(engine: &Arc<Engine>, room: &Arc<Room>, work: &mut Work, asked: Vec<Asked>) {
    if work.gone {
        for one in asked {
            one.refuse(&super::lane::gone());
        }
        return;
    }
    let pieces = sort_out(engine, work, asked).await;
    if pieces.is_empty() {
        return;
    }
    match apply(engine, room, work, &pieces).await {
        Ok(outcomes) => {
            for (piece, _) in pieces.iter().zip(&outcomes).filter(|(_, outcome)| outcome.fault.is_none()) {
                piece.remember_clock(work);
            }
            reply_all(pieces, &outcomes);
        }
        Err(error) => {
            for asked in pieces.into_iter().flat_map(|piece| std::iter::once(piece.asked).chain(piece.twins))
            {
                asked.refuse(&error);
            }
        }
    }
}

async fn apply(
    engine: &Arc<Engine>,
    room: &Arc<Room>,
    work: &mut Work,
    pieces: &[Piece],
) -> Result<Vec<Outcome>> {
    for _ in 0..ATTEMPTS {
        let plugin = engine.mode(&work.held.race.mode)?;
        let mut draft = Draft::of(&work.held, engine.now(work));
        draft.migrate(&plugin).await?;
        let envelopes: Vec<Envelope> = pieces.iter().map(|piece| piece.at(&draft)).collect();
        let results = draft.update(&plugin, envelopes.clone()).await?;
        if results.len() != pieces.len() {
            return Err(Error::new(
                regie_core::ErrorKind::PluginUnavailable,
                "the mode answered something else than it was asked",
            ));
        }
        let outcomes = enter(&mut draft, pieces, &envelopes, &results);
        let moved = pieces.iter().zip(&results).any(|(piece, result)| moves(piece, result));
        let clocks = clocks(pieces, &results);
        draft.effects(Some(&plugin), results).await;
        if engine.replaced(&plugin) {
            continue;
        }
        let only_clocks = !draft.changed && draft.answers.is_empty();
        if only_clocks && !must_store(engine, work, pieces, &draft, moved) {
            if moved {
                work.held.state = draft.state.clone();
                let moved = envelopes.into_iter().zip(&outcomes).filter(|(_, o)| o.changed).map(|(e, _)| e);
                work.clocks.moved(moved, draft.now.ms);
                room.show(&work.held, draft.now.ms, News::Clocks);
                engine.tell(room, clocks, &draft.now);
            }
            return Ok(outcomes);
        }
        draft.changed |= moved;
        let before = work.held.version;
        match engine.store(work, &mut draft).await? {
            Stored::Done if work.held.version != before => {
                room.show(&work.held, draft.now.ms, if only_clocks { News::Clocks } else { News::More });
                let events = clocks.into_iter().chain(std::mem::take(&mut draft.events)).collect();
                engine.tell(room, events, &draft.now);
            }
            Stored::Done => {}
            Stored::Changed => {
                engine.move_clocks_again(work).await?;
                continue;
            }
        }
        return Ok(outcomes);
    }
    Err(Error::conflict("the race kept changing under this").hint("try again"))
}

/// Clocks that are acknowledged, that wait already for long, or that move while the server stops, wait no longer.
fn must_store(engine: &Engine, work: &Work, pieces: &[Piece], draft: &Draft, moved: bool) -> bool {
    let may_wait = !pieces.iter().any(Piece::wants_durable)
        && !work.clocks.are_due(draft.now.ms)
        && draft.race.state_version == work.held.race.state_version
        && !engine.ground.shutdown.is_requested();
    (moved || work.clocks.wait()) && !may_wait
}

/// Accepted ones go to the history, but for clocks; all answers are remembered.
fn enter(
    draft: &mut Draft,
    pieces: &[Piece],
    envelopes: &[Envelope],
    results: &[ActionResult],
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(pieces.len());
    for ((piece, envelope), result) in pieces.iter().zip(envelopes).zip(results) {
        let accepted = result.fault.is_none();
        let news = result.changed || result.words.is_some() || !result.effects.is_empty();
        if accepted && news && !is_clock(piece, result) {
            draft.accept(envelope, result);
        }
        if accepted {
            piece.remember_seen(draft);
        }
        outcomes.push(Outcome {
            version: draft.version,
            changed: result.changed && accepted,
            fault: result.fault.clone(),
        });
        piece.remember_answer(draft, outcomes.last());
    }
    outcomes
}

fn is_clock(piece: &Piece, result: &ActionResult) -> bool {
    piece.kind() == Some(CLOCK) && result.words.is_none() && result.effects.is_empty()
}

fn moves(piece: &Piece, result: &ActionResult) -> bool {
    result.fault.is_none() && result.changed && is_clock(piece, result)
}

/// What followers are told of clocks at once.
fn clocks(pieces: &[Piece], results: &[ActionResult]) -> Vec<Event> {
    let moved = pieces.iter().zip(results).filter(|(piece, result)| moves(piece, result));
    moved.filter_map(|(piece, _)| piece.clock()).collect()
}
