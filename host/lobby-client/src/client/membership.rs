//! Being in a session.

use parking_lot::Mutex;
use serde_json::Value;
use std::sync::Arc;
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinHandle,
};

use super::{
    change::{Change, Failed},
    error::ActError,
    lobby::Peer,
    session::{Entry, Order, Session, Told},
};
use crate::wire::StateDoc;

/// Events that nobody has asked for yet; older ones are forgotten.
const EVENTS: usize = 256;
const ORDERS: usize = 8;

/// What happens in a session. Client ids are as in `connected_instances`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Joined(String),
    Left(String),
    Started,
    /// This client or another is the creator from now on: the one before fell silent, and the arbiter hands over.
    HandedOver(String),
    /// The session is over for everybody. The last event.
    Closed,
    /// It is over for this peer: why, for people. The last event.
    Evicted(String),
}

/// A place in a session: signs of life are sent as long as it is held. Dropped, it leaves, as far as the program still runs.
pub struct Membership {
    session_id: String,
    orders: mpsc::Sender<Order>,
    state: watch::Receiver<StateDoc>,
    events: broadcast::Sender<Event>,
    first: Mutex<Option<broadcast::Receiver<Event>>>,
    seed: Arc<Mutex<Value>>,
    task: JoinHandle<()>,
}

impl Membership {
    pub(super) async fn enter(peer: &Peer, session_id: &str, entry: Entry) -> Result<Self, Failed> {
        let (orders, receiver) = mpsc::channel(ORDERS);
        let (events, first) = broadcast::channel(EVENTS);
        let (entered, answer) = oneshot::channel();
        let seed = Arc::new(Mutex::new(entry.seed()));
        let told = Told { events: events.clone(), seed: seed.clone() };
        let task = Session::spawn(peer, session_id, entry, receiver, told, entered);
        let state =
            answer.await.unwrap_or_else(|_| Err(Failed::Broker("the session's task ended".into())))?;
        let session_id = session_id.to_owned();
        Ok(Self { session_id, orders, state, events, first: Mutex::new(Some(first)), seed, task })
    }

    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// As it stands on the broker, as far as this peer knows; stays as it was last when the membership ends.
    pub fn state(&self) -> watch::Receiver<StateDoc> {
        self.state.clone()
    }

    /// Asked for first, what happened since it was joined, 256 events at most; later, what happens from then on. Ends after
    /// [`Event::Closed`] and [`Event::Evicted`], and when it was left.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.first.lock().take().unwrap_or_else(|| self.events.subscribe())
    }

    /// The creator's; null until it was heard.
    pub fn seed(&self) -> Value {
        self.seed.lock().clone()
    }

    /// Takes this peer out; the creator's leaving closes the session. Returns when the broker shows it; wait for [`Self::ended`] before the
    /// program ends.
    pub async fn leave(&self) -> Result<(), ActError> {
        let left = self.order(Change::Leave).await;
        match left {
            Err(ActError::Ended) => Ok(()),
            other => other,
        }
    }

    /// `open` → `started`, and says so to everybody. The creator's.
    pub async fn start(&self) -> Result<(), ActError> {
        self.order(Change::Start).await
    }

    /// Ends the session for everybody, for ever. The creator's. Its topics are emptied five seconds later: see [`Self::ended`].
    pub async fn close(&self) -> Result<(), ActError> {
        self.order(Change::Close).await
    }

    /// Until this membership is over and what it leaves behind is tidied up.
    pub async fn ended(self) {
        let Self { task, orders, .. } = self;
        // The task leaves the session when nobody can order anything any more: here it has to end by itself.
        let _ = task.await;
        drop(orders);
    }

    /// Cuts the connection as a crash would: the broker sends the will, and no word is said. For rehearsals and tests.
    pub fn vanish(self) {
        self.task.abort();
    }

    async fn order(&self, change: Change) -> Result<(), ActError> {
        let (done, answer) = oneshot::channel();
        self.orders.send(Order { change, done }).await.map_err(|_| ActError::Ended)?;
        Ok(answer.await.map_err(|_| ActError::Ended)??)
    }
}
