//! What everybody may read of the engine without asking its lane.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use parking_lot::{Mutex, RwLock};
use regie_core::{Clock, Error, ErrorKind, Result};
use regie_lobby_client::wire::State;
use regie_store::{Bucket, Entry};
use tokio::sync::watch;

use super::{no_such_session, store};
use crate::{ArbiterStatus, BrokerKind, BrokerStatus, LinkState, Stats, Status, View};

pub struct Shared {
    clock: Arc<dyn Clock>,
    bucket: Arc<dyn Bucket>,
    status: RwLock<Status>,
    views: RwLock<HashMap<String, Arc<View>>>,
    version: watch::Sender<u64>,
    /// Client ids of persons who gave a sign of life since the last look.
    seen: Mutex<HashSet<String>>,
}

impl Shared {
    pub fn new(clock: Arc<dyn Clock>, bucket: Arc<dyn Bucket>, kind: BrokerKind, host: String) -> Self {
        let off = kind == BrokerKind::Off;
        let broker = BrokerStatus {
            kind,
            address: None,
            state: if off { LinkState::Off } else { LinkState::Connecting },
            since_ms: clock.now_ms(),
            protocol: None,
            error: None,
            hint: off.then(|| TURN_ON.into()),
        };
        let arbiter = ArbiterStatus { host, epoch: 0, active: false, other: None };
        Self {
            clock,
            bucket,
            status: RwLock::new(Status { broker, arbiter, stats: Stats::default() }),
            views: RwLock::default(),
            version: watch::Sender::new(1),
            seen: Mutex::default(),
        }
    }

    pub fn status(&self) -> Status {
        self.status.read().clone()
    }

    /// Answers whether anything but numbers changed; then the version rose.
    pub fn set_status(&self, change: impl FnOnce(&mut Status)) -> bool {
        let mut status = self.status.write();
        let before = (status.broker.clone(), status.arbiter.clone());
        change(&mut status);
        if status.broker.state != before.0.state {
            status.broker.since_ms = self.clock.now_ms();
        }
        let changed = before != (status.broker.clone(), status.arbiter.clone());
        if changed {
            self.version.send_modify(|version| *version += 1);
        }
        changed
    }

    pub fn embedded_address(&self) -> Option<String> {
        let status = self.status.read();
        status.broker.address.clone().filter(|_| status.broker.kind == BrokerKind::Embedded)
    }

    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// Of sessions that are not closed, the oldest first.
    pub fn views(&self) -> Vec<View> {
        let mut views: Vec<_> =
            self.views.read().values().filter(|v| v.state != State::Closed).cloned().collect();
        views.sort_by(|a, b| (a.created_at_ms, &a.id).cmp(&(b.created_at_ms, &b.id)));
        views.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    pub fn view(&self, id: &str) -> Option<View> {
        self.views.read().get(id).map(|view| View::clone(view))
    }

    /// Answers whether it is another one than before; then the version rose.
    pub fn show(&self, id: &str, view: View) -> bool {
        let mut views = self.views.write();
        if views.get(id).is_some_and(|before| **before == view) {
            return false;
        }
        views.insert(id.to_owned(), Arc::new(view));
        self.version.send_modify(|version| *version += 1);
        true
    }

    pub fn hide(&self, id: &str) {
        if self.views.write().remove(id).is_some() {
            self.version.send_modify(|version| *version += 1);
        }
    }

    pub fn saw(&self, instance: String) {
        self.seen.lock().insert(instance);
    }

    pub fn take_seen(&self) -> HashSet<String> {
        std::mem::take(&mut *self.seen.lock())
    }

    /// Errors: `unavailable` where there is no broker, or another host arbitrates on it.
    pub fn check_available(&self) -> Result<()> {
        let status = self.status.read();
        match status.broker.state {
            LinkState::Off => Err(Error::new(ErrorKind::Unavailable, "lobbies are turned off").hint(TURN_ON)),
            LinkState::Standby => {
                let other = status.arbiter.other.as_deref().unwrap_or("another host");
                Err(Error::new(ErrorKind::Unavailable, format!("{other} arbitrates lobbies on this broker"))
                    .hint("ask there; this host takes over when that one is gone"))
            }
            LinkState::Connecting | LinkState::Connected | LinkState::Away => Ok(()),
        }
    }

    pub async fn history(&self, id: &str, after: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        let key = store::key(id);
        let entries = self.bucket.history(&key, after, limit).await?;
        if entries.is_empty() && self.bucket.get(&key).await?.is_none() {
            return Err(no_such_session());
        }
        Ok(entries)
    }
}

const TURN_ON: &str = "set lobby.broker to `embedded` or to the address of a broker";
