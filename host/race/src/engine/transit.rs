//! What happens to the room: transitions, beginning and end of a race.

use std::sync::Arc;

use bytes::Bytes;
use regie_core::{Actor, Error, Result};
use regie_sdk::protocol::PresetRequest;
use regie_store::{Entry, EntryKind, Write};
use serde_json::{Map, json, value::RawValue};

use super::{
    Engine,
    commit::{ATTEMPTS, Stored},
    document::{self, Held},
    draft::Draft,
    json::raw,
    moment::{News, labels},
    room::{Room, Work},
};
use crate::{
    Event,
    model::{Change, Now, Race},
};

/// What a mode made of a seed.
#[derive(Debug, Clone)]
pub struct Sown {
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    /// SHA-256 of the seed's document, a blob; `None` where the mode needs none.
    pub seed_digest: Option<String>,
    pub state_version: u32,
}

impl Engine {
    /// A transition: `what` changes a copy of the document or refuses; its mode hears what it is told; all of it is one durable
    /// commit. A `state` (with `derived`) that `what` puts into the document replaces the one there. Answers what `what` answered.
    /// Errors: those of `what`; `plugin_unavailable` where the mode must hear of it and cannot.
    pub async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        id: &str,
        by: &Actor,
        what: impl FnOnce(&mut Race, &Now) -> Result<(Change, T)> + Send + 'static,
    ) -> Result<T> {
        let (room, by) = (self.room(id)?, by.clone());
        self.in_lane(&room, move |engine, room, work| {
            Box::pin(async move { engine.change_now(room, work, &by, what).await })
        })
        .await
    }

    pub(super) async fn change_now<T>(
        self: &Arc<Self>,
        room: &Arc<Room>,
        work: &mut Work,
        by: &Actor,
        what: impl FnOnce(&mut Race, &Now) -> Result<(Change, T)>,
    ) -> Result<T> {
        let now = self.now(work);
        let mut race = Race::clone(&work.held.race);
        let (change, answer) = what(&mut race, &now)?;
        if change.is_nothing() {
            return Ok(answer);
        }
        let sown = race.state.take().map(|state| (state, race.derived.take()));
        for _ in 0..ATTEMPTS {
            let plugin = self.ground.plugins.get(&race.mode);
            let mut draft = Draft::of(&work.held, now.clone());
            draft.race = race.clone();
            if let Some((state, derived)) = &sown {
                draft.state = state.clone().into();
                draft.derived = derived.clone().map(Arc::from);
            }
            if let Some(plugin) = &plugin
                && !change.tell.is_empty()
            {
                draft.migrate(plugin).await?;
            }
            draft.transit(plugin.as_deref(), by, change.clone()).await?;
            if plugin.is_some_and(|plugin| self.replaced(&plugin)) {
                continue;
            }
            return match self.store(work, &mut draft).await? {
                Stored::Done => {
                    room.show(&work.held, draft.now.ms, News::More);
                    self.tell(room, std::mem::take(&mut draft.events), &draft.now);
                    self.timers.notify_one();
                    Ok(answer)
                }
                // What was decided was decided on another document.
                Stored::Changed => break,
            };
        }
        Err(Error::conflict("the race changed meanwhile").hint("look again, and try again"))
    }

    /// What `mode` makes of `seed` for those who take part (`None`: a seed of its own, where it can). The seed is kept as a
    /// blob. Errors: `plugin_unavailable`, or the mode's refusal.
    pub async fn sow(&self, race: &Race, seed: Option<Box<RawValue>>) -> Result<Sown> {
        let plugin = self.mode(&race.mode)?;
        let request = PresetRequest {
            participants: labels(race),
            settings: Map::new(),
            seed: seed.clone(),
            random: regie_core::random_hex(32),
        };
        let made = plugin.preset(&race.id, request).await?;
        let seed = seed.or(made.seed);
        let seed_digest = match seed {
            Some(seed) => {
                Some(self.ground.store.blob_put(Bytes::from(seed.get().to_owned().into_bytes())).await?)
            }
            None => None,
        };
        Ok(Sown {
            state: made.state,
            derived: made.derived,
            seed_digest,
            state_version: plugin.manifest().state_version,
        })
    }

    /// Stores a new race. Without a `state` of its own it gets the one its mode makes of `seed`; see [`Self::sow`].
    pub async fn create(
        self: &Arc<Self>,
        mut race: Race,
        by: &Actor,
        seed: Option<Box<RawValue>>,
    ) -> Result<Arc<Race>> {
        if race.state.is_none() {
            let sown = self.sow(&race, seed).await?;
            race.state = Some(sown.state);
            race.derived = sown.derived;
            race.seed_digest = sown.seed_digest;
            race.state_version = sown.state_version;
        }
        let at_ms = self.ground.clock.now_ms();
        let (state, derived) = (race.state.take(), race.derived.take());
        let state = state.ok_or_else(|| Error::internal("a race without a state"))?;
        let detail = json!({"words": format!("created {}", race.name)});
        let entry =
            Entry { version: 1, at_ms, kind: EntryKind::Create, actor: raw(by), detail: raw(&detail) };
        let write = Write {
            body: document::body(&race, &state, derived.as_deref())?,
            version: 1,
            at_ms,
            entries: vec![entry],
            answers: Vec::new(),
        };
        let document = self.ground.races.create(&race.id, write).await?;
        let held = Held::read(&document)?;
        let race = held.race.clone();
        self.rooms.write().insert(race.id.clone(), Arc::new(Room::new(held)));
        self.timers.notify_one();
        Ok(race)
    }

    /// Removes it once `may` agrees; whoever follows is told.
    pub async fn delete(
        self: &Arc<Self>,
        id: &str,
        by: &Actor,
        may: impl FnOnce(&Race) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (room, by) = (self.room(id)?, by.clone());
        self.in_lane(&room, move |engine, room, work| {
            Box::pin(async move {
                may(&work.held.race)?;
                let at_ms = engine.now(work).ms;
                let (version, actor) = (work.held.version + 1, raw(&by));
                let detail = raw(&json!({"words": format!("deleted {}", work.held.race.name)}));
                let entry = Entry { version, at_ms, kind: EntryKind::Delete, actor, detail };
                engine.ground.races.delete(&room.id, work.held.revision, entry).await?;
                work.gone = true;
                engine.rooms.write().remove(&room.id);
                let classes: Vec<_> = {
                    let mut viewers = room.viewers.lock();
                    viewers.tell(&Event::Gone, |_, _| true);
                    viewers.classes.keys().copied().collect()
                };
                for class in classes {
                    engine.ground.hub.removed(&super::draw::topic(&room.id, class));
                }
                Ok(())
            })
        })
        .await
    }
}
