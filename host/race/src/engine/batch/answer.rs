//! What each who asked hears, and hears again.

use regie_core::{Actor, Error, ErrorKind};
use regie_live::{Refused, foreign_key};
use regie_plugins::refused_action;
use regie_sdk::protocol::Fault;
use regie_store::Answer;
use serde::{Deserialize, Serialize};

use super::{Asked, sort::Piece};

pub(super) struct Outcome {
    pub version: u64,
    pub changed: bool,
    pub fault: Option<Fault>,
}

/// An answer as it is remembered under its action key, so that a resent action gets the same one.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

pub(super) fn remembered(key: &str, actor: &Actor, outcome: &Outcome) -> Answer {
    let remembered = Remembered { version: outcome.version, fault: outcome.fault.clone() };
    Answer {
        key: key.to_owned(),
        actor: actor.id.clone(),
        body: serde_json::to_string(&remembered).expect("plain data serialises"),
        at_ms: 0,
    }
}

pub(super) fn reply_all(pieces: Vec<Piece>, outcomes: &[Outcome]) {
    for (piece, outcome) in pieces.into_iter().zip(outcomes) {
        for (repeated, asked) in
            std::iter::once((false, piece.asked)).chain(piece.twins.into_iter().map(|twin| (true, twin)))
        {
            match &outcome.fault {
                None => asked.accept(outcome.version, repeated),
                Some(fault) => asked.fault(outcome.version, fault),
            }
        }
    }
}

/// The first answer again, for the one who asked first.
pub(super) fn again(answer: &Answer, actor: &Actor) -> Result<u64, Refused> {
    if answer.actor != actor.id {
        return Err(foreign_key().into());
    }
    let Ok(remembered) = serde_json::from_str::<Remembered>(&answer.body) else {
        return Err(Error::internal(format!("the answer remembered for {} does not read", answer.key)).into());
    };
    match remembered.fault {
        None => Ok(remembered.version),
        Some(fault) => {
            Err(Refused { error: refused_action(&fault), version: Some(remembered.version), state: None })
        }
    }
}

impl Asked {
    /// The same refusal for each who waits; the source stays with the log.
    pub fn refuse(self, error: &Error) {
        let mut copy = Error::new(error.kind, error.message.clone()).code(error.code.clone());
        copy.path.clone_from(&error.path);
        copy.hint.clone_from(&error.hint);
        match self {
            Self::Frame { reply, .. } => drop(reply.send(Err(copy))),
            Self::Act { reply, .. } => drop(reply.send(Err(copy.into()))),
        }
    }

    /// What a game reads is the mode's own word; over HTTP and on pages it says whose word it is.
    fn fault(self, version: u64, fault: &Fault) {
        match self {
            Self::Frame { reply, .. } => {
                let error = match fault.code.as_str() {
                    "action_trapped" => Error::new(ErrorKind::PluginUnavailable, fault.message.clone()),
                    _ => Error::conflict(fault.message.clone()).code(fault.code.clone()),
                };
                let _ = reply.send(Err(error));
            }
            Self::Act { reply, .. } => {
                let _ = reply.send(Err(Refused {
                    error: refused_action(fault),
                    version: Some(version),
                    state: None,
                }));
            }
        }
    }
}
