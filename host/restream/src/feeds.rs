//! Rooms elsewhere whose items count on a tracker: one connection a panel and slot, kept while the restream names it.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use regie_archipelago::{Config, Options, Sink, State, Status};
use regie_core::{Actor, Error, Result, Shutdown, new_id};
use regie_store::{Bucket, Write};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{
    directory::Directory,
    model::{Feed, Restream},
    presence::Presence,
    sessions::{AutoItem, Counts, Sessions},
    trackers::session_key,
};

/// What history and pages call it.
const SOURCE: &str = "archipelago";
/// Items that are told at once.
const CHUNK: usize = 256;

type Name = (u64, String, u32);

pub struct Feeds {
    trackers: Arc<Sessions>,
    directory: Arc<Directory>,
    presence: Arc<Presence>,
    secrets: Arc<dyn Bucket>,
    shutdown: Shutdown,
    running: Mutex<HashMap<Name, Running>>,
}

struct Running {
    feed: Feed,
    stop: CancellationToken,
    seen: Arc<Mutex<Seen>>,
}

/// How a connection is doing.
#[derive(Debug, Clone)]
pub struct Seen {
    pub status: Status,
    /// Items that the tracker does not know, with its words.
    pub refused: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Secret {
    schema: u32,
    password: String,
}

impl Feeds {
    pub fn new(
        trackers: Arc<Sessions>,
        directory: Arc<Directory>,
        presence: Arc<Presence>,
        secrets: Arc<dyn Bucket>,
        shutdown: Shutdown,
    ) -> Arc<Self> {
        Arc::new(Self { trackers, directory, presence, secrets, shutdown, running: Mutex::default() })
    }

    /// Connections of `restream` become what it names now.
    pub async fn follow(self: &Arc<Self>, restream: &Restream) -> Result<()> {
        self.end_unless(|name, feed| {
            name.0 != restream.id || restream.archipelago.iter().any(|f| f == feed && there(restream, f))
        });
        for feed in restream.archipelago.iter().filter(|feed| there(restream, feed)) {
            let name = (restream.id, feed.panel.clone(), feed.slot);
            if self.running.lock().contains_key(&name) {
                continue;
            }
            let password = self.password(restream.id, feed).await?;
            self.start(name, feed.clone(), password);
        }
        Ok(())
    }

    /// Ends the connections of a restream, and forgets its passwords.
    pub async fn stop(&self, restream_id: u64) -> Result<()> {
        self.end_unless(|name, _| name.0 != restream_id);
        for key in self.secrets.keys(&format!("{SOURCE}.{restream_id}")).await? {
            self.forget(&key).await?;
        }
        Ok(())
    }

    fn end_unless(&self, stays: impl Fn(&Name, &Feed) -> bool) {
        self.running.lock().retain(|name, running| {
            let stays = stays(name, &running.feed);
            if !stays {
                running.stop.cancel();
            }
            stays
        });
    }

    /// Ends one connection, so that the next [`Self::follow`] begins it anew: with another password, say.
    pub fn restart(&self, restream_id: u64, panel: &str, slot: u32) {
        if let Some(running) = self.running.lock().remove(&(restream_id, panel.to_owned(), slot)) {
            running.stop.cancel();
        }
    }

    pub fn seen(&self, restream_id: u64, feed: &Feed) -> Option<Seen> {
        let running = self.running.lock();
        let running = running.get(&(restream_id, feed.panel.clone(), feed.slot))?;
        Some(running.seen.lock().clone())
    }

    /// `None` forgets it.
    pub async fn set_password(&self, restream_id: u64, feed: &Feed, password: Option<String>) -> Result<()> {
        let key = secret_key(restream_id, feed);
        let Some(password) = password.filter(|p| !p.is_empty()) else { return self.forget(&key).await };
        let body = serde_json::to_vec(&Secret { schema: 1, password }).map_err(Error::internal)?;
        let now_ms = self.trackers.clock.now_ms();
        let write = |version| Write { body: body.clone().into(), version, at_ms: now_ms, ..Write::default() };
        match self.secrets.get(&key).await? {
            Some(old) => self.secrets.put(&key, old.revision, write(old.version + 1)).await?,
            None => self.secrets.create(&key, write(1)).await?,
        };
        Ok(())
    }

    async fn forget(&self, key: &str) -> Result<()> {
        let Some(old) = self.secrets.get(key).await? else { return Ok(()) };
        let entry = regie_store::Entry {
            version: old.version + 1,
            at_ms: self.trackers.clock.now_ms(),
            kind: regie_store::EntryKind::Delete,
            actor: crate::sessions::raw(&Actor::anonymous()),
            detail: crate::sessions::raw(&"forgotten"),
        };
        self.secrets.delete(key, old.revision, entry).await
    }

    async fn password(&self, restream_id: u64, feed: &Feed) -> Result<Option<String>> {
        let Some(stored) = self.secrets.get(&secret_key(restream_id, feed)).await? else { return Ok(None) };
        let secret: Secret = serde_json::from_slice(&stored.body).map_err(Error::internal)?;
        Ok(Some(secret.password))
    }

    fn start(self: &Arc<Self>, name: Name, feed: Feed, password: Option<String>) {
        let stop = self.shutdown.token().child_token();
        let since_ms = self.trackers.clock.now_ms();
        let status = Status { state: State::Connecting, error: None, items: 0, since_ms };
        let seen = Arc::new(Mutex::new(Seen { status, refused: Vec::new() }));
        let sink = Arc::new(Panel {
            feeds: self.clone(),
            restream_id: name.0,
            feed: feed.clone(),
            seen: seen.clone(),
        });
        let config = config(&feed, password);
        let running = Running { feed, stop: stop.clone(), seen };
        self.running.lock().insert(name, running);
        self.shutdown.spawn(regie_archipelago::run(config, sink, self.trackers.clock.clone(), stop));
    }
}

/// Whether the panel and slot that it counts on are there.
fn there(restream: &Restream, feed: &Feed) -> bool {
    let panel = restream.panels.iter().find(|p| p.key == feed.panel && p.has_session());
    panel.is_some_and(|panel| restream.slots(panel).iter().any(|p| p.slot == feed.slot))
}

pub fn config(feed: &Feed, password: Option<String>) -> Config {
    Config {
        address: feed.address.clone(),
        name: feed.name.clone(),
        password,
        game: feed.game.clone(),
        options: Options::default(),
    }
}

fn secret_key(restream_id: u64, feed: &Feed) -> String {
    format!("{SOURCE}.{restream_id}.{}.{}", feed.panel, feed.slot)
}

/// Where a connection's counts go.
struct Panel {
    feeds: Arc<Feeds>,
    restream_id: u64,
    feed: Feed,
    seen: Arc<Mutex<Seen>>,
}

#[async_trait]
impl Sink for Panel {
    async fn counts(&self, changed: &[(String, u32)], _all: &regie_archipelago::Counts) -> Result<()> {
        let restream = self.feeds.directory.by_id(self.restream_id)?.restream;
        for chunk in changed.chunks(CHUNK) {
            let items = chunk.iter().map(|(item, count)| AutoItem { item: item.clone(), count: *count });
            let counts = Counts { slot: self.feed.slot, source: SOURCE.to_owned(), items: items.collect() };
            self.feeds.presence.counted(&restream, &counts);
            let key = session_key(self.restream_id, &self.feed.panel);
            let counted =
                self.feeds.trackers.count(&key, counts, new_id()).await.map_err(|refused| refused.error)?;
            let mut seen = self.seen.lock();
            for item in counted.refused {
                seen.refused.retain(|(known, _)| *known != item.item);
                if seen.refused.len() < 100 {
                    seen.refused.push((item.item, item.message));
                }
            }
        }
        Ok(())
    }

    fn status(&self, status: Status) {
        self.seen.lock().status = status;
    }
}
