//! One race in memory: its document and its lane, its newest moment and its past, and who looks.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, atomic::AtomicBool},
};

use parking_lot::{Mutex, RwLock};

use super::{
    clocks::Clocks,
    document::Held,
    lane::Job,
    moment::{Moment, News},
    past::Past,
    viewers::Viewers,
};
use crate::model::Seen;

pub(super) struct Room {
    pub id: String,
    /// The lane's own.
    pub work: tokio::sync::Mutex<Work>,
    moment: RwLock<Arc<Moment>>,
    pub past: Mutex<Past>,
    pub queue: Mutex<Queue>,
    pub viewers: Mutex<Viewers>,
    /// A look at what is due waits in the lane.
    pub awaits: AtomicBool,
    /// Wakes the task that draws.
    pub moved: tokio::sync::Notify,
}

/// `seq` of a race's first moment in memory; what is read of its past comes before.
const FIRST: u64 = 10;

/// What only the lane touches.
pub(super) struct Work {
    pub held: Held,
    pub clocks: Clocks,
    /// Ids of the clocks that were taken, by slot. In memory alone: after a restart an old one that is told again is refused
    /// by its time, which is harmless.
    pub clocks_seen: BTreeMap<u32, Seen>,
    /// It was deleted; what still waits is answered so.
    pub gone: bool,
}

/// What waits for the lane.
#[derive(Default)]
pub(super) struct Queue {
    pub jobs: VecDeque<Job>,
    pub running: bool,
}

impl Room {
    pub fn new(held: Held) -> Self {
        let moment = Arc::new(held.moment(FIRST));
        let mut past = Past::default();
        past.add(moment.clone());
        Self {
            id: held.race.id.clone(),
            work: tokio::sync::Mutex::new(Work {
                held,
                clocks: Clocks::default(),
                clocks_seen: BTreeMap::new(),
                gone: false,
            }),
            moment: RwLock::new(moment),
            past: Mutex::new(past),
            queue: Mutex::default(),
            viewers: Mutex::default(),
            awaits: AtomicBool::new(false),
            moved: tokio::sync::Notify::new(),
        }
    }

    /// The race as it is now.
    pub fn now(&self) -> Arc<Moment> {
        self.moment.read().clone()
    }

    /// What the lane holds is what is shown from now on.
    pub fn show(&self, held: &Held, at_ms: i64, news: News) {
        self.next(at_ms, news, |next| {
            next.version = held.version;
            next.race = held.race.clone();
            next.state = held.state.clone();
            next.derived = held.derived.clone();
        });
    }

    /// Whether clocks wait for the store; the lane itself knows, while it works.
    pub fn clocks_wait(&self) -> bool {
        self.work.try_lock().is_ok_and(|work| work.clocks.wait())
    }

    pub fn set_connected(&self, at_ms: i64, slot: u32, connected: bool) -> bool {
        if self.now().connected.contains(&slot) == connected {
            return false;
        }
        self.next(at_ms, News::More, |next| {
            let mut slots = BTreeSet::clone(&next.connected);
            if connected {
                slots.insert(slot)
            } else {
                slots.remove(&slot)
            };
            next.connected = Arc::new(slots);
        });
        true
    }

    /// The same race, to be drawn anew: its mode is another one.
    pub fn redraw(&self, at_ms: i64) {
        self.next(at_ms, News::More, |_| {});
    }

    fn next(&self, at_ms: i64, news: News, change: impl FnOnce(&mut Moment)) {
        let mut moment = self.moment.write();
        let next = Arc::new(moment.next(at_ms, news, change));
        self.past.lock().add(next.clone());
        *moment = next;
    }
}
