//! Races as they run: each one's document in memory with one lane of work, its clocks and timers, and its pictures for every
//! class of viewers.

mod follow;
mod frame;

use std::sync::Arc;

use regie_core::{Actor, Clock, Result, Shutdown};
use regie_live::{Act, Hub, Refused};
use regie_plugins::Plugins;
use regie_store::{Bucket, Store};
use serde_json::value::RawValue;

pub use self::{
    follow::{Events, Follow},
    frame::{Accepted, Frame},
};
use crate::{
    Class, Shown,
    model::{Change, Now, Race},
};

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
}

impl Engine {
    /// Reads every race and starts what looks at their timers.
    pub async fn open(_ground: Ground) -> Result<Arc<Self>> {
        todo!()
    }

    /// The document as it is, without `state` and `derived`. Errors: `not_found`.
    pub fn race(&self, _id: &str) -> Result<Arc<Race>> {
        todo!()
    }

    /// Of the document, rising with every durable change. Errors: `not_found`.
    pub fn version(&self, _id: &str) -> Result<u64> {
        todo!()
    }

    /// All of them, newest first.
    pub fn races(&self) -> Vec<Arc<Race>> {
        todo!()
    }

    /// Slots whose game is connected.
    pub fn connected(&self, _id: &str) -> Vec<u32> {
        todo!()
    }

    /// Stores a new race with the state that its mode makes of `seed` (`None`: the mode makes one, which becomes a blob).
    /// Errors: `plugin_unavailable`, or the mode's refusal.
    pub async fn create(
        self: &Arc<Self>,
        _race: Race,
        _by: &Actor,
        _seed: Option<Box<RawValue>>,
    ) -> Result<Arc<Race>> {
        todo!()
    }

    /// A transition: `what` changes a copy of the document or refuses; its mode hears what it is told; all of it is one durable
    /// commit. Answers what `what` answered.
    pub async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        _id: &str,
        _by: &Actor,
        _what: impl FnOnce(&mut Race, &Now) -> Result<(Change, T)> + Send + 'static,
    ) -> Result<T> {
        todo!()
    }

    /// The same with a new state made of another seed (`None`: one that the mode makes).
    pub async fn reseed<T: Send + 'static>(
        self: &Arc<Self>,
        _id: &str,
        _by: &Actor,
        _seed: Option<Box<RawValue>>,
        _what: impl FnOnce(&mut Race, &Now) -> Result<(Change, T)> + Send + 'static,
    ) -> Result<T> {
        todo!()
    }

    /// Removes it once `may` agrees; whoever follows is told.
    pub async fn delete(
        self: &Arc<Self>,
        _id: &str,
        _by: &Actor,
        _may: impl FnOnce(&Race) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        todo!()
    }

    /// A frame of a player's game. Durable on return, but for clocks. Errors carry the mode's own code (`igt_regressed`), or
    /// `not_playing`, `already_ended`, `bad_igt`, `plugin_unavailable`, `rate_limited`.
    pub async fn frame(self: &Arc<Self>, _id: &str, _slot: u32, _frame: Frame) -> Result<Accepted> {
        todo!()
    }

    /// An action of a page, applied once for its key; who may act, the caller has checked. Answers the version after it.
    pub async fn act(
        self: &Arc<Self>,
        _id: &str,
        _actor: &Actor,
        _slot: Option<u32>,
        _act: Act,
    ) -> std::result::Result<u64, Refused> {
        todo!()
    }

    pub fn set_connected(self: &Arc<Self>, _id: &str, _slot: u32, _connected: bool) {}

    /// What a class may see now (with a delay: what it may see of then).
    pub async fn shown(self: &Arc<Self>, _id: &str, _class: Class) -> Result<Arc<Shown>> {
        todo!()
    }

    /// A finished race as it stood at `igt_ms` of in-game time. Errors: `conflict` with code `not_finished`.
    pub async fn shown_at(self: &Arc<Self>, _id: &str, _class: Class, _igt_ms: u64) -> Result<Arc<Shown>> {
        todo!()
    }

    /// From now on. Errors: `not_found`, `plugin_unavailable`.
    pub async fn follow(self: &Arc<Self>, _id: &str, _class: Class) -> Result<Follow> {
        todo!()
    }

    /// How many follow it now, participants' games apart.
    pub fn spectators(&self, _id: &str) -> usize {
        todo!()
    }
}
