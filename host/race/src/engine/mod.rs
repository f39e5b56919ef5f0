//! Races as they run: each one's document in memory with one lane of work, its clocks and timers, and its pictures for every
//! class of viewers.

mod batch;
mod cache;
mod clocks;
mod commit;
mod document;
mod draft;
mod draw;
mod follow;
mod frame;
mod json;
mod lane;
mod moment;
mod names;
mod open;
mod past;
mod project;
mod remember;
mod room;
#[cfg(test)]
mod tests;
mod timers;
mod transit;
mod viewers;
mod watch;

use std::{collections::HashMap, sync::Arc};

use parking_lot::RwLock;
use regie_core::{Actor, Clock, Result, Shutdown};
use regie_live::{Act, Hub, Refused};
use regie_plugins::{Plugin, Plugins};
use regie_store::{Bucket, Entry, Store};
use serde_json::value::RawValue;
use tokio::sync::{Notify, oneshot};

use self::{
    batch::Asked,
    document::Held,
    draft::away,
    lane::{Job, gone, stopping},
    room::Room,
};
pub(crate) use self::{cache::Cache, moment::labels};
pub use self::{
    follow::{Events, Follow},
    frame::{Accepted, Frame},
    open::OpenRaces,
    watch::Watching,
};
use crate::{Class, Shown, model::Race};

/// What the engine stands on.
pub struct Ground {
    pub races: Arc<dyn Bucket>,
    pub store: Arc<Store>,
    pub plugins: Arc<Plugins>,
    pub hub: Arc<Hub>,
    pub clock: Arc<dyn Clock>,
    pub lineage: String,
    pub shutdown: Shutdown,
}

pub struct Engine {
    pub(crate) ground: Ground,
    rooms: RwLock<HashMap<String, Arc<Room>>>,
    /// Parts of seeds as clients get them, by what they were made of.
    revealed: Cache<String, Arc<RawValue>>,
    /// Replayed moments: race, its moment, class, in-game time, package.
    replayed: Cache<(String, u64, Class, u64, String), Arc<Shown>>,
    /// There is a new deadline to look at.
    timers: Notify,
}

/// Parts of seeds that are kept, about 100 KB each.
const REVEALED: usize = 256;
const REPLAYED: usize = 512;

impl Engine {
    /// Reads every race and starts what looks at their timers.
    pub async fn open(ground: Ground) -> Result<Arc<Self>> {
        let engine = Arc::new(Self {
            ground,
            rooms: RwLock::default(),
            revealed: Cache::new(REVEALED),
            replayed: Cache::new(REPLAYED),
            timers: Notify::new(),
        });
        let races = &engine.ground.races;
        for key in races.keys("").await? {
            let Some(document) = races.get(&key).await? else { continue };
            let room = Arc::new(Room::new(Held::read(&document)?));
            engine.remember(&room).await;
            engine.rooms.write().insert(key, room);
        }
        engine.ground.shutdown.spawn(engine.clone().keep_time());
        engine.ground.shutdown.spawn(engine.clone().follow_plugins());
        Ok(engine)
    }

    /// Who may see what of a race changed: open links look again.
    pub fn rights_changed(&self) {
        self.ground.hub.reevaluate();
    }

    /// The document as it is, without `state` and `derived`. Errors: `not_found`.
    pub fn race(&self, id: &str) -> Result<Arc<Race>> {
        Ok(self.room(id)?.now().race.clone())
    }

    /// Of the document, rising with every durable change. Errors: `not_found`.
    pub fn version(&self, id: &str) -> Result<u64> {
        Ok(self.room(id)?.now().version)
    }

    /// All of them, newest first.
    pub fn races(&self) -> Vec<Arc<Race>> {
        let mut races: Vec<_> = self.all().into_iter().map(|room| room.now().race.clone()).collect();
        // UUIDv7: by the time they were made.
        races.sort_by(|a, b| b.id.cmp(&a.id));
        races
    }

    /// What plugins get beside a projection.
    pub(crate) fn derived(&self, id: &str) -> Result<Option<Arc<RawValue>>> {
        Ok(self.room(id)?.now().derived.clone())
    }

    /// Slots whose game is connected.
    pub fn connected(&self, id: &str) -> Vec<u32> {
        self.room(id).map(|room| room.now().connected.iter().copied().collect()).unwrap_or_default()
    }

    pub fn set_connected(self: &Arc<Self>, id: &str, slot: u32, connected: bool) {
        let Ok(room) = self.room(id) else { return };
        if room.set_connected(self.ground.clock.now_ms(), slot, connected) {
            self.rouse(&room);
        }
    }

    /// Newest first, entries below version `before`; each one's `detail` has `words` where there is something to say.
    pub async fn history(&self, id: &str, before: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        self.ground.races.history(id, before, limit).await
    }

    /// A frame of a player's game. Durable on return, but for clocks. Errors carry the mode's own code (`igt_regressed`), or
    /// `not_playing`, `already_ended`, `bad_igt`, `plugin_unavailable`, `rate_limited`.
    pub async fn frame(self: &Arc<Self>, id: &str, slot: u32, frame: Frame) -> Result<Accepted> {
        regie_live::check_not_hosts(&frame.body)?;
        let room = self.room(id)?;
        let (reply, answer) = oneshot::channel();
        self.send(&room, Job::Ask(Asked::Frame { slot, frame, reply }))?;
        answer.await.map_err(|_| stopping())?
    }

    /// An action of a page, applied once for its key; who may act, the caller has checked. Answers the version after it.
    pub async fn act(
        self: &Arc<Self>,
        id: &str,
        actor: &Actor,
        slot: Option<u32>,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        act.check()?;
        let room = self.room(id)?;
        let (reply, answer) = oneshot::channel();
        self.send(&room, Job::Ask(Asked::Act { actor: actor.clone(), slot, act, reply }))?;
        answer.await.map_err(|_| stopping())?
    }

    fn room(&self, id: &str) -> Result<Arc<Room>> {
        self.rooms.read().get(id).cloned().ok_or_else(gone)
    }

    fn all(&self) -> Vec<Arc<Room>> {
        self.rooms.read().values().cloned().collect()
    }

    /// Errors: `plugin_unavailable`.
    pub(crate) fn mode(&self, id: &str) -> Result<Arc<Plugin>> {
        self.ground.plugins.get(id).ok_or_else(|| away(id))
    }

    /// A mode that was swapped, or whose settings changed, changes every picture it has a part in.
    async fn follow_plugins(self: Arc<Self>) {
        let (mut changes, stop) = (self.ground.plugins.changes(), self.ground.shutdown.token());
        while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
            for room in self.all() {
                if !room.viewers.lock().classes.is_empty() {
                    room.redraw(self.ground.clock.now_ms());
                    self.rouse(&room);
                }
            }
        }
    }
}
