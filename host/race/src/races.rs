//! The room as others reach it: its parts, opened in order.

use std::sync::Arc;

use regie_core::{Actor, Clock, Result, Shutdown};
use regie_identity::Identity;
use regie_live::{Hub, Rosters};
use regie_plugins::Plugins;
use regie_store::{Bucket, Store};

use crate::{
    Class, Shown,
    engine::{Accepted, Cache, Engine, Follow, Frame, Ground},
    model::{Participant, Race},
    pools::Pools,
    service::Turns,
    tokens::Tokens,
};

const MODES: usize = 64;

/// What the room stands on.
pub struct Parts {
    pub races: Arc<dyn Bucket>,
    pub counters: Arc<dyn Bucket>,
    /// The key of mods' tokens.
    pub secrets: Arc<dyn Bucket>,
    pub store: Arc<Store>,
    pub plugins: Arc<Plugins>,
    pub identity: Arc<Identity>,
    pub pools: Arc<Pools>,
    pub hub: Arc<Hub>,
    /// Who is gathered in the sessions of lobbies.
    pub rosters: Arc<dyn Rosters>,
    pub clock: Arc<dyn Clock>,
    pub lineage: String,
    /// What packs and links are made with; `None`: the address that a request came to.
    pub public_url: Option<String>,
    pub shutdown: Shutdown,
}

pub struct Races {
    pub engine: Arc<Engine>,
    pub identity: Arc<Identity>,
    pub counters: Arc<dyn Bucket>,
    pub plugins: Arc<Plugins>,
    pub pools: Arc<Pools>,
    pub clock: Arc<dyn Clock>,
    pub rosters: Arc<dyn Rosters>,
    pub public_url: Option<String>,
    tokens: Tokens,
    /// Whether a mode can be raced without a pool, by its package.
    pub(crate) alone: Cache<String, bool>,
    /// Of requests with an `Idempotency-Key`.
    pub(crate) turns: Turns,
}

impl Races {
    pub async fn open(parts: Parts) -> Result<Arc<Self>> {
        let tokens = Tokens::open(&parts.secrets, &*parts.clock).await?;
        let engine = Engine::open(Ground {
            races: parts.races,
            store: parts.store,
            plugins: parts.plugins.clone(),
            hub: parts.hub,
            clock: parts.clock.clone(),
            lineage: parts.lineage,
            shutdown: parts.shutdown,
        })
        .await?;
        let named = |id: &str| engine.race(id).ok().and_then(|race| race.seed_id.clone());
        parts.pools.sweep(named).await?;
        Ok(Arc::new(Self {
            engine,
            identity: parts.identity,
            counters: parts.counters,
            plugins: parts.plugins,
            pools: parts.pools,
            clock: parts.clock,
            rosters: parts.rosters,
            public_url: parts.public_url,
            tokens,
            alone: Cache::new(MODES),
            turns: Turns::default(),
        }))
    }

    pub(crate) fn lineage(&self) -> &str {
        &self.engine.ground.lineage
    }

    /// The document as it is, without `state` and `derived`. Errors: `not_found`.
    pub fn race(&self, id: &str) -> Result<Arc<Race>> {
        self.engine.race(id)
    }

    /// What `user` belongs to; `delay` is the one they wish, and only adds.
    pub fn class_of(&self, race: &Race, user: &Actor, delay: u32) -> Class {
        race.class_of(user, delay)
    }

    /// See [`Engine::shown`].
    pub async fn shown(&self, id: &str, class: Class) -> Result<Arc<Shown>> {
        self.engine.shown(id, class).await
    }

    /// See [`Engine::shown_at`].
    pub async fn shown_at(&self, id: &str, class: Class, igt_ms: u64) -> Result<Arc<Shown>> {
        self.engine.shown_at(id, class, igt_ms).await
    }

    /// See [`Engine::follow`].
    pub async fn follow(&self, id: &str, class: Class) -> Result<Follow> {
        self.engine.follow(id, class).await
    }

    /// What this player's game signs in with.
    pub fn mod_token(&self, race: &Race, participant: &Participant) -> String {
        self.tokens.of_mod(race, participant)
    }

    /// What this player's pack is downloaded with.
    pub fn pack_token(&self, race: &Race, participant: &Participant) -> String {
        self.tokens.of_pack(race, participant)
    }

    /// The slot a mod's token is good for. Errors: `unauthenticated` with code `bad_token`, or `revoked` for one of an older generation.
    pub fn participant_of_token(&self, race: &Race, token: &str) -> Result<u32> {
        self.tokens.slot_of_mod(race, token)
    }

    /// The same for a pack's.
    pub fn participant_of_pack_token(&self, race: &Race, token: &str) -> Result<u32> {
        self.tokens.slot_of_pack(race, token)
    }

    /// See [`Engine::frame`].
    pub async fn mod_frame(&self, id: &str, slot: u32, frame: Frame) -> Result<Accepted> {
        self.engine.frame(id, slot, frame).await
    }

    /// Shown to all.
    pub fn set_connected(&self, id: &str, slot: u32, connected: bool) {
        self.engine.set_connected(id, slot, connected);
    }
}
