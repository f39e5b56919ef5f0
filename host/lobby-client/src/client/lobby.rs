//! Which sessions there are, and the way into one.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time,
};
use uuid::Uuid;

use super::{
    error::{ConnectError, CreateError, JoinError},
    link::{self, Heard, Link},
    list::{Available, List},
    membership::Membership,
    options::{Broker, Options, Protocol, check_client_id},
    session::Entry,
};
use crate::wire::{By, SEED_SYNC_S, check_session_id};

const FILTERS: [&str; 3] = ["session_state/+", "+/session_state", "session_discovery/+"];
/// How often it is looked whether a session expired.
const LOOK: Duration = Duration::from_secs(1);

/// A connection to the broker, and the list of sessions on it.
pub struct Lobby {
    pub(super) peer: Peer,
    available: watch::Receiver<Vec<Available>>,
    list: JoinHandle<()>,
}

/// Who is speaking, and where.
#[derive(Clone)]
pub struct Peer {
    pub me: By,
    pub broker: Arc<Broker>,
    pub protocol: Protocol,
}

/// A session to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct New {
    pub model_name: String,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
    /// What the game's chance starts from, any JSON; those who join are told.
    pub seed: Value,
}

impl New {
    pub fn named(model_name: impl Into<String>, num_players_min: u32, num_players_max: u32) -> Self {
        Self { model_name: model_name.into(), num_players_min, num_players_max, seed: Value::Null }
    }
}

impl Lobby {
    /// Returns when the broker has answered; from then on a connection that breaks is made again. Errors: the broker cannot be reached,
    /// refuses, or the options are none.
    pub async fn connect(options: Options) -> Result<Self, ConnectError> {
        check_client_id(&options.client_id)?;
        let broker = Arc::new(Broker::of(&options)?);
        let incarnation = options.incarnation.unwrap_or_else(since_1970_ms);
        // Two starts of one client may overlap: their lists do not.
        let client_id = format!("{}@lobby-{incarnation}", options.client_id);
        let protocol = link::agree(&broker, options.protocol, &client_id).await?;
        let me = By { client_id: options.client_id, incarnation };
        let (link, heard) = Link::open(&broker, protocol, &client_id, None);
        let (sender, available) = watch::channel(Vec::new());
        let list = tokio::spawn(follow(link, heard, me.client_id.clone(), sender));
        Ok(Self { peer: Peer { me, broker, protocol }, available, list })
    }

    /// Sessions that are not closed and whose creator was heard within 15 s, as they are known now.
    pub fn available(&self) -> Vec<Available> {
        self.available.borrow().clone()
    }

    /// The same, as it changes.
    pub fn watch(&self) -> watch::Receiver<Vec<Available>> {
        self.available.clone()
    }

    /// Makes a session and is its first member. Returns once it stands on the broker.
    pub async fn create(&self, new: New) -> Result<Membership, CreateError> {
        if new.model_name.is_empty() {
            return Err(CreateError::Invalid("a session has the name of a model"));
        }
        if new.num_players_max > 0 && new.num_players_max < new.num_players_min {
            return Err(CreateError::Invalid("a session's most players are not fewer than its fewest"));
        }
        let id = Uuid::now_v7().to_string();
        Ok(Membership::enter(&self.peer, &id, Entry::Create(new)).await?)
    }

    /// Joins a session that is open and has room; also one that this client already is in. With the arbiter it is never lost among
    /// others that join at the same time; without, it is tried three times.
    pub async fn join(&self, session_id: &str) -> Result<Membership, JoinError> {
        check_session_id(session_id).map_err(|_| JoinError::Unknown)?;
        Ok(Membership::enter(&self.peer, session_id, Entry::Join).await?)
    }

    /// This client's, as it stands in states: from [`Options`].
    pub fn client_id(&self) -> &str {
        &self.peer.me.client_id
    }
}

impl Drop for Lobby {
    fn drop(&mut self) {
        self.list.abort();
    }
}

async fn follow(
    link: Link,
    mut heard: mpsc::Receiver<Heard>,
    me: String,
    available: watch::Sender<Vec<Available>>,
) {
    let mut list = List::default();
    let filters = FILTERS.map(str::to_owned);
    let mut looks = time::interval(LOOK);
    // A subscription that is repeated brings what stands there: should a message have been missed, it is not for long.
    let mut reads = time::interval(Duration::from_secs(SEED_SYNC_S));
    let mut connected = false;
    loop {
        tokio::select! {
            one = heard.recv() => match one {
                None | Some(Heard::TakenOver) => return,
                Some(Heard::Connected) => {
                    connected = true;
                    list.forget();
                    link.subscribe(&filters);
                    continue;
                }
                Some(Heard::Lost { why }) => {
                    if connected {
                        tracing::warn!(why, "the list of sessions lost its broker");
                    }
                    connected = false;
                    continue;
                }
                Some(Heard::Message { topic, payload }) => {
                    list.hear(&topic, &payload, Instant::now());
                }
            },
            _ = looks.tick() => {}
            _ = reads.tick(), if connected => {
                link.subscribe(&filters);
                continue;
            }
        }
        let now = list.available(&me, Instant::now());
        available.send_if_modified(|before| {
            let changed = *before != now;
            *before = now;
            changed
        });
    }
}

fn since_1970_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
