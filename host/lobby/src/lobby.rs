//! The room as others reach it. What changes something goes through the engine's one lane and is answered when it is durable.

use std::sync::Arc;

use regie_core::{Actor, Clock, Error, ErrorKind, Result, Shutdown, Topic};
use regie_live::Hub;
use regie_store::{Bucket, Entry};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    Options, Status, View,
    engine::{self, Act, Ask, Shared, Wish},
};

/// What the room stands on.
pub struct Parts {
    /// The bucket `lobby`.
    pub sessions: Arc<dyn Bucket>,
    pub clock: Arc<dyn Clock>,
    pub hub: Arc<Hub>,
    pub settings: Options,
    pub shutdown: Shutdown,
    pub lineage: String,
}

/// A session to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
pub struct New {
    /// 1 to 100 characters.
    pub model_name: String,
    pub num_players_min: u32,
    /// 0: no limit.
    pub num_players_max: u32,
}

pub struct Lobby {
    shared: Arc<Shared>,
    asks: mpsc::Sender<Ask>,
    lineage: String,
}

impl Lobby {
    /// Never fails because of the broker: [`Lobby::status`] says how that is. Errors: of the store.
    pub async fn open(parts: Parts) -> Result<Arc<Self>> {
        let lineage = parts.lineage.clone();
        let (shared, asks) = engine::open(parts).await?;
        Ok(Arc::new(Self { shared, asks, lineage }))
    }

    pub fn status(&self) -> Status {
        self.shared.status()
    }

    /// Of the embedded broker: `mqtt://127.0.0.1:39123`. `None` while it does not listen.
    pub fn address(&self) -> Option<String> {
        self.shared.embedded_address()
    }

    /// Of the store, for etags.
    pub fn lineage(&self) -> &str {
        &self.lineage
    }

    /// Rises whenever [`Lobby::sessions`] or the broker's state changed.
    pub fn version(&self) -> u64 {
        self.shared.version()
    }

    /// The same number, and a way to wait for the next.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changes()
    }

    /// Where this room's list is told of on the live link.
    pub fn topic() -> Topic {
        Topic::parse("lobby").expect("one token of letters")
    }

    /// Those that are not closed, the oldest first.
    pub fn sessions(&self) -> Vec<View> {
        self.shared.views()
    }

    /// Errors: `not_found`.
    pub fn session(&self, id: &str) -> Result<View> {
        self.shared.view(id).ok_or_else(engine::no_such_session)
    }

    /// A session whose creator is `by`. The same `key` of the same person gets the session that the first made. Errors: `bad_request`
    /// at the field; `in_another_session`; `too_many_sessions`; `unavailable`; `disk_full`.
    pub async fn create(&self, by: &Actor, new: New, key: Option<String>) -> Result<View> {
        self.ask(by, Wish::Create { new, key }).await
    }

    /// `switch`: leaves the session that they are in, first. In it already: answers it. Errors: `not_found`; `conflict` with code
    /// `full`, `not_open` or `in_another_session`.
    pub async fn join(&self, id: &str, by: &Actor, switch: bool) -> Result<View> {
        self.act(id, by, Act::Join { switch }).await
    }

    /// Not in it: answers it.
    pub async fn leave(&self, id: &str, by: &Actor) -> Result<View> {
        self.act(id, by, Act::Leave).await
    }

    /// Errors: `forbidden` for others than the creator and admins; `conflict` with code `not_open` or `too_few`.
    pub async fn start(&self, id: &str, by: &Actor) -> Result<View> {
        self.act(id, by, Act::Start).await
    }

    /// Errors: `forbidden` for others than the creator and admins.
    pub async fn close(&self, id: &str, by: &Actor) -> Result<View> {
        self.act(id, by, Act::Close).await
    }

    /// A sign of life of a person: their page is open, or they asked for something.
    pub fn seen(&self, by: &Actor) {
        if !by.is_anonymous() {
            self.shared.saw(Self::instance_of(&by.id));
        }
    }

    /// The client id of a person.
    pub fn instance_of(user_id: &str) -> String {
        format!("regie-{user_id}")
    }

    /// Newest first, also of sessions that are over; `after`: those older than this version. Errors: `not_found`.
    pub async fn history(&self, id: &str, after: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        self.shared.history(id, after, limit).await
    }

    async fn act(&self, id: &str, by: &Actor, act: Act) -> Result<View> {
        self.ask(by, Wish::Act { id: id.to_owned(), act }).await
    }

    async fn ask(&self, by: &Actor, wish: Wish) -> Result<View> {
        if by.is_anonymous() {
            return Err(Error::unauthenticated());
        }
        self.shared.check_available()?;
        self.seen(by);
        let (answer, answered) = oneshot::channel();
        let stopped = || Error::new(ErrorKind::Unavailable, "the server is stopping");
        let ask = Ask { by: by.clone(), wish, answer };
        self.asks.send(ask).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}
