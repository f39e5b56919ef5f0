//! The arbiter at work: one lane in which everything happens, fed by the broker, by people's requests, and by time.

mod broker;
mod garbage;
mod graves;
mod lane;
mod lease;
mod link;
mod people;
mod shared;
mod store;

use std::sync::Arc;

use regie_core::{Actor, Error, Result};
use tokio::sync::{mpsc, oneshot};

pub use shared::Shared;

use crate::{BrokerChoice, BrokerKind, New, Parts, View};

/// Requests that wait for the lane.
const ASKS: usize = 256;

/// What a person asks for.
pub struct Ask {
    pub by: Actor,
    pub wish: Wish,
    pub answer: oneshot::Sender<Result<View>>,
}

pub enum Wish {
    Create { new: New, key: Option<String> },
    Act { id: String, act: Act },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// `switch`: leaves the session that they are in, first.
    Join {
        switch: bool,
    },
    Leave,
    Start,
    Close,
}

pub fn no_such_session() -> Error {
    Error::not_found("there is no such session").path("id")
}

/// Reads what is stored, and starts the lane. Errors: of the store.
pub async fn open(parts: Parts) -> Result<(Arc<Shared>, mpsc::Sender<Ask>)> {
    let store = store::Store::new(parts.sessions.clone());
    let (host, held) = store.host(parts.clock.now_ms()).await?;
    let kind = match &parts.settings.broker {
        BrokerChoice::Embedded { .. } => BrokerKind::Embedded,
        BrokerChoice::External(_) => BrokerKind::External,
        BrokerChoice::Off => BrokerKind::Off,
    };
    let shared = Arc::new(Shared::new(parts.clock.clone(), parts.sessions.clone(), kind, host.id.clone()));
    let (asks, asked) = mpsc::channel(ASKS);
    if kind != BrokerKind::Off {
        let shutdown = parts.shutdown.clone();
        let lane = lane::Lane::open(parts, store, host, held, shared.clone()).await?;
        shutdown.spawn(lane.run(asked));
    }
    Ok((shared, asks))
}
