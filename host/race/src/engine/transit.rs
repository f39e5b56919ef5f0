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
struct Sown {
    state: Box<RawValue>,
    derived: Option<Box<RawValue>>,
    /// SHA-256 of the seed's document, a blob; `None` where the mode needs none.
    seed_digest: Option<String>,
    state_version: u32,
}

/// A transition that was applied to a copy of the document.
struct Applied {
    race: Race,
    change: Change,
    sown: Option<Sown>,
}

impl Engine {
    /// A transition: `what` changes a copy of the document or refuses; its mode hears what it is told; all of it is one durable
    /// commit. Answers what `what` answered.
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

    /// The same, and a new state made of another seed (`None`: of one that the mode makes).
    pub async fn reseed<T: Send + 'static>(
        self: &Arc<Self>,
        id: &str,
        by: &Actor,
        seed: Option<Box<RawValue>>,
        what: impl FnOnce(&mut Race, &Now) -> Result<(Change, T)> + Send + 'static,
    ) -> Result<T> {
        let (room, by) = (self.room(id)?, by.clone());
        self.in_lane(&room, move |engine, room, work| {
            Box::pin(async move {
                let now = engine.now(work);
                let mut race = Race::clone(&work.held.race);
                let (change, answer) = what(&mut race, &now)?;
                let sown = engine.sow(&race, seed).await?;
                engine.apply(room, work, &by, &now, Applied { race, change, sown: Some(sown) }).await?;
                Ok(answer)
            })
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
        if !change.is_nothing() {
            self.apply(room, work, by, &now, Applied { race, change, sown: None }).await?;
        }
        Ok(answer)
    }

    async fn apply(
        self: &Arc<Self>,
        room: &Arc<Room>,
        work: &mut Work,
        by: &Actor,
        now: &Now,
        applied: Applied,
    ) -> Result<()> {
        let Applied { mut race, change, sown } = applied;
        if let Some(sown) = &sown {
            race.state_version = sown.state_version;
            race.seed_digest.clone_from(&sown.seed_digest);
        }
        for _ in 0..ATTEMPTS {
            let plugin = self.ground.plugins.get(&race.mode);
            let mut draft = Draft::of(&work.held, now.clone());
            draft.race = race.clone();
            if let Some(sown) = &sown {
                draft.state = sown.state.clone().into();
                draft.derived = sown.derived.clone().map(Arc::from);
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
                    Ok(())
                }
                // What was decided was decided on another document.
                Stored::Changed => break,
            };
        }
        Err(Error::conflict("the race changed meanwhile").hint("look again, and try again"))
    }

    /// What its mode makes of `seed` for those who take part (`None`: of a seed of its own, where it can). A seed that the
    /// race does not name yet is kept as a blob. Errors: `plugin_unavailable`, or the mode's refusal.
    async fn sow(&self, race: &Race, seed: Option<Box<RawValue>>) -> Result<Sown> {
        let plugin = self.mode(&race.mode)?;
        let request = PresetRequest {
            participants: labels(race),
            settings: Map::new(),
            seed: seed.clone(),
            random: regie_core::random_hex(32),
        };
        let made = plugin.preset(&race.id, request).await?;
        let known = race.seed_digest.clone().filter(|_| seed.is_some());
        let seed_digest = match (known, seed.or(made.seed)) {
            (Some(known), _) => Some(known),
            (None, Some(seed)) => {
                Some(self.ground.store.blob_put(Bytes::from(seed.get().to_owned().into_bytes())).await?)
            }
            (None, None) => None,
        };
        Ok(Sown {
            state: made.state,
            derived: made.derived,
            seed_digest,
            state_version: plugin.manifest().state_version,
        })
    }

    /// Stores a new race with the state that its mode makes of `seed` (`None`: of a seed of its own, which becomes a blob).
    /// Errors: `plugin_unavailable`, or the mode's refusal.
    pub async fn create(
        self: &Arc<Self>,
        mut race: Race,
        by: &Actor,
        seed: Option<Box<RawValue>>,
    ) -> Result<Arc<Race>> {
        let Sown { state, derived, seed_digest, state_version } = self.sow(&race, seed).await?;
        (race.seed_digest, race.state_version) = (seed_digest, state_version);
        let at_ms = self.ground.clock.now_ms();
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
