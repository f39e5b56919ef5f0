//! Who is at work on a restream now. Kept in memory only: pages say it again every twenty seconds, and whoever has not for
//! three quarters of a minute is gone.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use regie_core::{Actor, Clock, Role, Shutdown, Topic, rfc3339};
use regie_live::Hub;
use serde_json::{Value, json};

use crate::{model::Restream, sessions::Counts};

/// A person is gone that long after the last sign.
const PERSON_MS: i64 = 45_000;
/// A source of counts is shown that long after the last one.
const SOURCE_MS: i64 = 600_000;
const SWEEP: Duration = Duration::from_secs(5);

pub struct Presence {
    shows: Mutex<HashMap<u64, Show>>,
    clock: Arc<dyn Clock>,
    hub: Arc<Hub>,
}

#[derive(Default)]
struct Show {
    slug: String,
    version: u64,
    people: BTreeMap<String, Person>,
    /// When each last counted.
    sources: BTreeMap<(String, u32), i64>,
}

struct Person {
    name: String,
    role: Role,
    panel: Option<String>,
    slot: Option<u32>,
    since_ms: i64,
    seen_ms: i64,
}

impl Presence {
    pub fn new(clock: Arc<dyn Clock>, hub: Arc<Hub>, shutdown: &Shutdown) -> Arc<Self> {
        let presence = Arc::new(Self { shows: Mutex::default(), clock, hub });
        let (swept, stop) = (presence.clone(), shutdown.token());
        shutdown.spawn(async move {
            while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
                swept.sweep();
            }
        });
        presence
    }

    /// `actor` has a page open, at this panel and slot. Answers the version of the list.
    pub fn here(&self, restream: &Restream, actor: Actor, panel: Option<String>, slot: Option<u32>) -> u64 {
        let now_ms = self.clock.now_ms();
        self.change(restream, |show| {
            let known = show.people.get(&actor.id);
            let same = known.is_some_and(|p| {
                p.panel == panel && p.slot == slot && p.name == actor.name && p.role == actor.role
            });
            let since_ms = known.map_or(now_ms, |p| p.since_ms);
            let person =
                Person { name: actor.name, role: actor.role, panel, slot, since_ms, seen_ms: now_ms };
            show.people.insert(actor.id, person);
            !same
        })
    }

    pub fn gone(&self, restream: &Restream, actor: &Actor) -> u64 {
        self.change(restream, |show| show.people.remove(&actor.id).is_some())
    }

    /// A source counted something.
    pub fn counted(&self, restream: &Restream, counts: &Counts) {
        let now_ms = self.clock.now_ms();
        self.change(restream, |show| {
            let before = show.sources.insert((counts.source.clone(), counts.slot), now_ms);
            before.is_none_or(|before| now_ms - before > 5_000)
        });
    }

    /// `(version, {people, count, sources})`; without `names` nobody is named.
    pub fn read(&self, restream: &Restream, names: bool) -> (u64, Value) {
        let shows = self.shows.lock();
        let Some(show) = shows.get(&restream.id) else {
            return (0, json!({"people": [], "count": 0, "sources": []}));
        };
        let people: Vec<_> = show
            .people
            .iter()
            .filter(|_| names)
            .map(|(id, p)| {
                json!({"id": id, "name": p.name, "role": p.role, "panel": p.panel, "slot": p.slot, "since": rfc3339(p.since_ms)})
            })
            .collect();
        let sources: Vec<_> = show
            .sources
            .iter()
            .map(|((source, slot), at_ms)| json!({"source": source, "slot": slot, "at": rfc3339(*at_ms)}))
            .collect();
        (show.version, json!({"people": people, "count": show.people.len(), "sources": sources}))
    }

    fn change(&self, restream: &Restream, what: impl FnOnce(&mut Show) -> bool) -> u64 {
        let version = {
            let mut shows = self.shows.lock();
            let show = shows.entry(restream.id).or_default();
            show.slug.clone_from(&restream.slug);
            if !what(show) {
                return show.version;
            }
            show.version += 1;
            show.version
        };
        self.tell(&restream.slug);
        version
    }

    fn sweep(&self) {
        let now_ms = self.clock.now_ms();
        let mut changed = Vec::new();
        for show in self.shows.lock().values_mut() {
            let before = (show.people.len(), show.sources.len());
            show.people.retain(|_, p| now_ms - p.seen_ms < PERSON_MS);
            show.sources.retain(|_, at_ms| now_ms - *at_ms < SOURCE_MS);
            if before != (show.people.len(), show.sources.len()) {
                show.version += 1;
                changed.push(show.slug.clone());
            }
        }
        for slug in changed {
            self.tell(&slug);
        }
    }

    fn tell(&self, slug: &str) {
        if let Ok(topic) = Topic::parse(&format!("presence/{slug}")) {
            self.hub.changed(&topic);
        }
    }
}
