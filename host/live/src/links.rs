//! The open links, for operators: who watches what, from where, and telling pages to load again.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

use regie_core::{Actor, Topic};
use tokio::sync::{oneshot, watch};

use crate::{
    hub::Hub,
    session::Session,
    shard::{Command, Shard},
};

/// Different user agents that are kept once; beyond it each link keeps its own.
const AGENTS: usize = 512;
/// Bytes of a user agent that are kept.
const AGENT: usize = 256;

/// An open WebSocket.
#[derive(Debug, Clone)]
pub struct LinkInfo {
    /// Rises; never used again while the server runs.
    pub id: u64,
    /// Path and query as the page said them, without keys; empty where it said nothing.
    pub page: String,
    /// Name of the page's script, likewise.
    pub build: String,
    pub address: IpAddr,
    pub agent: Arc<str>,
    /// Milliseconds since 1970.
    pub since_ms: i64,
    /// When it last said something (pages say something every 10 s).
    pub seen_ms: i64,
    /// What it watches, by topic.
    pub told: Vec<Told>,
    /// Absent for visitors.
    pub actor: Option<Actor>,
}

/// The newest picture of a topic that was written to a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub topic: Topic,
    /// Of the document; `None` while nothing was written.
    pub version: Option<u64>,
}

impl Hub {
    /// Every open WebSocket, oldest first.
    pub async fn links(&self) -> Vec<LinkInfo> {
        let mut told: HashMap<u64, Vec<Told>> = HashMap::new();
        let ask = |shard: &Arc<Shard>| {
            let (answer, answered) = oneshot::channel();
            shard.push(Command::Report { answer });
            answered
        };
        // All at once, then one after another.
        let asked: Vec<_> = self.shared.shards.iter().map(ask).collect();
        for answered in asked {
            // A shard that has ended has no links.
            told.extend(answered.await.unwrap_or_default());
        }
        let mut links: Vec<_> = self
            .open()
            .iter()
            .map(|session| session.info(told.remove(&session.link).unwrap_or_default()))
            .collect();
        links.sort_by_key(|link| link.id);
        links
    }

    /// Who watches `topic` over an open link now, each once; visitors are nobody.
    pub fn watchers(&self, topic: &Topic) -> Vec<Actor> {
        let mut watchers: Vec<_> = self.open().iter().filter_map(|session| session.watcher(topic)).collect();
        watchers.sort_by(|a, b| a.id.cmp(&b.id));
        watchers.dedup_by(|a, b| a.id == b.id);
        watchers
    }

    /// Tells the pages of the links that `filter` names to load again; answers how many were told.
    pub fn reload(&self, filter: impl Fn(&LinkInfo) -> bool) -> usize {
        let chosen: Vec<_> =
            self.open().into_iter().filter(|session| filter(&session.info(Vec::new()))).collect();
        for session in &chosen {
            session.reload();
        }
        chosen.len()
    }

    /// Rises when a page says what it is, or one that did is gone.
    pub fn link_changes(&self) -> watch::Receiver<u64> {
        self.link_changes.subscribe()
    }

    pub(crate) fn links_changed(&self) {
        self.link_changes.send_modify(|count| *count += 1);
    }

    fn open(&self) -> Vec<Arc<Session>> {
        self.sessions.lock().values().cloned().collect()
    }

    /// The user agent as links keep it: visible, cut, and shared by those who have the same.
    pub(crate) fn agent(&self, text: &str) -> Arc<str> {
        let text = &text[..text.floor_char_boundary(AGENT)];
        let mut agents = self.agents.lock();
        if let Some(known) = agents.get(text) {
            return known.clone();
        }
        let agent: Arc<str> = text.into();
        if agents.len() >= AGENTS {
            agents.retain(|agent| Arc::strong_count(agent) > 1);
        }
        if agents.len() < AGENTS {
            agents.insert(agent.clone());
        }
        agent
    }
}

pub(crate) type Agents = HashSet<Arc<str>>;
