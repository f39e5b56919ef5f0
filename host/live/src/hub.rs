//! The Hub: which rooms answer for which topics, the feeds that are watched, and the links that watch.

use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map::Entry},
    sync::{
        Arc,
        atomic::{
            AtomicU64, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::{Duration, Instant},
};

use parking_lot::{Mutex, RwLock};
use regie_core::{Error, ErrorKind, Result, Shutdown, Topic};
use tokio::{runtime::Handle, sync::watch as channel};
use tokio_util::sync::CancellationToken;

use crate::{
    feed::{Feed, FeedKey, Shared, guarded},
    links::Agents,
    message,
    options::{Counters, Options, Stats},
    session::Session,
    shard::{Command, Shard},
    source::{Credential, Snapshot, Source, Variant, Want},
};

/// Feeds that nobody watches and that are kept for [`Options::linger`]; more than this and the oldest goes at once.
const IDLE_FEEDS: usize = 1024;

/// The latest value of every topic that somebody watches. One per server.
pub struct Hub {
    pub(crate) shared: Arc<Shared>,
    pub(crate) stop: CancellationToken,
    rooms: RwLock<HashMap<&'static str, Arc<dyn Source>>>,
    topics: Mutex<HashMap<Topic, HashMap<FeedKey, Arc<Feed>>>>,
    idle: Mutex<VecDeque<(Instant, Arc<Feed>)>>,
    pub(crate) sessions: Mutex<HashMap<u64, Arc<Session>>>,
    /// Links whose subscription was refused or whose topic is gone: they try again when it changes.
    waiting: Mutex<HashMap<Topic, HashSet<u64>>>,
    /// Counts calls of `changed`, so that a refusal that crosses one is tried again.
    changes: AtomicU64,
    /// Counts calls of `reevaluate`: streams compare.
    evaluations: AtomicU64,
    ids: AtomicU64,
    turns: AtomicUsize,
    pub(crate) link_changes: channel::Sender<u64>,
    pub(crate) agents: Mutex<Agents>,
}

/// Keeps a feed alive.
pub(crate) struct Watching {
    pub feed: Arc<Feed>,
    hub: Arc<Hub>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        if self.feed.let_go() {
            self.hub.rest(&self.feed);
        }
    }
}

/// One of the [`Options::links`].
pub(crate) struct Permit {
    hub: Arc<Hub>,
    kind: fn(&Counters) -> &AtomicU64,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let counters = &self.hub.shared.counters;
        counters.open.fetch_sub(1, SeqCst);
        (self.kind)(counters).fetch_sub(1, Relaxed);
    }
}

impl Hub {
    /// Starts the writer threads; they end, with every link told so, when `shutdown` is requested. Call it inside a tokio
    /// runtime: rooms are asked there.
    pub fn start(options: Options, shutdown: &Shutdown) -> Arc<Self> {
        let (shards, threads): (Vec<_>, Vec<_>) = (0..options.shards.max(1)).map(Shard::make).unzip();
        let shared =
            Arc::new(Shared { options, counters: Counters::default(), shards, runtime: Handle::current() });
        for thread in threads {
            let (ended, end) = tokio::sync::oneshot::channel();
            thread.start(Arc::clone(&shared), ended);
            // Shutdown waits until each thread has said goodbye to its links.
            shutdown.spawn(async move {
                let _ = end.await;
            });
        }
        let hub = Arc::new(Self {
            shared,
            stop: shutdown.token(),
            rooms: RwLock::default(),
            topics: Mutex::default(),
            idle: Mutex::default(),
            sessions: Mutex::default(),
            waiting: Mutex::default(),
            changes: AtomicU64::new(0),
            evaluations: AtomicU64::new(0),
            ids: AtomicU64::new(1),
            turns: AtomicUsize::new(0),
            link_changes: channel::Sender::new(0),
            agents: Mutex::default(),
        });
        shutdown.spawn(Arc::clone(&hub).keep());
        hub
    }

    /// `source` answers for every topic whose first token is `room`.
    pub fn register(&self, room: &'static str, source: Arc<dyn Source>) {
        self.rooms.write().insert(room, source);
    }

    /// The document behind `topic` is durable at a new version: editors get its picture at once, others at once and then
    /// once every [`Options::viewer_interval`].
    pub fn changed(&self, topic: &Topic) {
        self.changes.fetch_add(1, SeqCst);
        let feeds: Vec<_> =
            self.topics.lock().get(topic).map_or_else(Vec::new, |f| f.values().cloned().collect());
        refresh(feeds);
        let returned = self.waiting.lock().remove(topic);
        self.retry(topic, returned);
    }

    /// The picture of every matching topic changed (a plugin was swapped, labels or settings changed).
    pub fn changed_all(&self, filter: impl Fn(&Topic) -> bool) {
        self.changes.fetch_add(1, SeqCst);
        let feeds = {
            let topics = self.topics.lock();
            topics.iter().filter(|(t, _)| filter(t)).flat_map(|(_, f)| f.values().cloned()).collect()
        };
        refresh(feeds);
        let returned: Vec<_> = self.waiting.lock().extract_if(|topic, _| filter(topic)).collect();
        for (topic, links) in returned {
            self.retry(&topic, Some(links));
        }
    }

    /// The topic is gone: links are told (`not_found`) and get it again if it returns; streams end.
    pub fn removed(&self, topic: &Topic) {
        self.changes.fetch_add(1, SeqCst);
        let feeds = self.topics.lock().remove(topic);
        let error = Error::not_found("this topic is gone").path("topic");
        for feed in feeds.into_iter().flat_map(HashMap::into_values) {
            let FeedKey { variant, delay } = &feed.key;
            feed.retire(&message::refused(topic.as_str(), Some(&variant.want), *delay, &error));
        }
        let sessions: Vec<_> = self.sessions.lock().values().cloned().collect();
        for session in sessions {
            session.lost(topic);
        }
    }

    /// Asks every open link's [`Credential`] again: what it may no longer see is dropped, what it may edit now changes.
    pub fn reevaluate(&self) {
        let sessions: Vec<_> = self.sessions.lock().values().cloned().collect();
        for session in sessions {
            session.reevaluate();
        }
        self.rouse_streams();
    }

    pub fn stats(&self) -> Stats {
        let topics = self.topics.lock();
        self.shared.counters.stats(topics.len(), topics.values().map(HashMap::len).sum())
    }

    /// The picture that links of this variant get, from the same cache: for pages that are rendered on the server.
    pub async fn snapshot(
        self: &Arc<Self>,
        topic: &Topic,
        want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<(Variant, Snapshot)> {
        let variant = self.admit(topic, want, key, credential).await?;
        let watching = self.watch(topic, variant.clone(), 0)?;
        let picture = watching.feed.ready().await?;
        Ok((variant, picture.snapshot.clone()))
    }

    pub(crate) fn source(&self, topic: &Topic) -> Result<Arc<dyn Source>> {
        let rooms = self.rooms.read();
        rooms
            .get(topic.room())
            .cloned()
            .ok_or_else(|| Error::not_found("no room answers for this topic").path("topic"))
    }

    pub(crate) async fn admit(
        &self,
        topic: &Topic,
        want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        guarded(self.source(topic)?.admit(topic, want, key, credential)).await
    }

    /// The feed of this variant, made when it is the first watcher.
    pub(crate) fn watch(self: &Arc<Self>, topic: &Topic, variant: Variant, delay: u32) -> Result<Watching> {
        let source = self.source(topic)?;
        let key = FeedKey { variant, delay };
        let mut topics = self.topics.lock();
        if let Some(feed) = topics.get(topic).and_then(|feeds| feeds.get(&key))
            && feed.hold()
        {
            return Ok(Watching { feed: Arc::clone(feed), hub: Arc::clone(self) });
        }
        let feeds = topics.entry(topic.clone()).or_default();
        if feeds.len() >= self.shared.options.variants_per_topic {
            return Err(
                Error::new(ErrorKind::RateLimited, "too many different pictures of this topic").path("topic")
            );
        }
        let id = self.ids.fetch_add(1, Relaxed);
        let feed = Arc::new(Feed::new(id, topic.clone(), key.clone(), source, Arc::clone(&self.shared)));
        feed.hold();
        feeds.insert(key, Arc::clone(&feed));
        Ok(Watching { feed, hub: Arc::clone(self) })
    }

    /// Nobody watches `feed` any more.
    fn rest(&self, feed: &Arc<Feed>) {
        if self.shared.options.linger.is_zero() {
            return self.forget(feed);
        }
        let mut idle = self.idle.lock();
        idle.push_back((Instant::now(), Arc::clone(feed)));
        let oldest = if idle.len() > IDLE_FEEDS { idle.pop_front() } else { None };
        drop(idle);
        if let Some((_, oldest)) = oldest {
            self.forget(&oldest);
        }
    }

    fn forget(&self, feed: &Arc<Feed>) {
        let mut topics = self.topics.lock();
        let Entry::Occupied(mut entry) = topics.entry(feed.topic.clone()) else { return };
        let same = entry.get().get(&feed.key).is_some_and(|f| Arc::ptr_eq(f, feed));
        // Held again since: whoever lets go last brings it here again.
        if same && feed.is_unused() {
            entry.get_mut().remove(&feed.key);
            if entry.get().is_empty() {
                entry.remove();
            }
            if topics.capacity() > 1024 && topics.len() < topics.capacity() / 8 {
                topics.shrink_to_fit();
            }
        }
    }

    /// Lets resting feeds go when their time is over.
    async fn keep(self: Arc<Self>) {
        let linger = self.shared.options.linger;
        let every = linger.clamp(Duration::from_millis(20), Duration::from_secs(1));
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = tokio::time::sleep(every) => {}
            }
            loop {
                let next = {
                    let mut idle = self.idle.lock();
                    idle.front()
                        .is_some_and(|(since, _)| since.elapsed() >= linger)
                        .then(|| idle.pop_front())
                        .flatten()
                };
                let Some((_, feed)) = next else { break };
                self.forget(&feed);
            }
        }
        for shard in &self.shared.shards {
            shard.push(Command::Shutdown);
        }
        // They see that the server stops, and end.
        self.rouse_streams();
    }

    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(SeqCst)
    }

    pub(crate) fn evaluations(&self) -> u64 {
        self.evaluations.load(SeqCst)
    }

    /// Streams wait on their feed alone; one that is being opened compares the count before it waits.
    fn rouse_streams(&self) {
        self.evaluations.fetch_add(1, SeqCst);
        let feeds: Vec<_> = self.topics.lock().values().flat_map(|feeds| feeds.values().cloned()).collect();
        for feed in feeds {
            feed.rouse();
        }
    }

    /// `link` wants to hear when `topic` changes.
    pub(crate) fn wait(&self, topic: &Topic, link: u64) {
        self.waiting.lock().entry(topic.clone()).or_default().insert(link);
    }

    pub(crate) fn wait_no_more(&self, topic: &Topic, link: u64) {
        let mut waiting = self.waiting.lock();
        if let Some(links) = waiting.get_mut(topic) {
            links.remove(&link);
            if links.is_empty() {
                waiting.remove(topic);
            }
        }
    }

    fn retry(&self, topic: &Topic, links: Option<HashSet<u64>>) {
        let sessions = self.sessions.lock();
        let found: Vec<_> = links.into_iter().flatten().filter_map(|id| sessions.get(&id).cloned()).collect();
        drop(sessions);
        for session in found {
            session.returned(topic);
        }
    }

    pub(crate) fn permit(self: &Arc<Self>, kind: fn(&Counters) -> &AtomicU64) -> Result<Permit> {
        let counters = &self.shared.counters;
        if self.stop.is_cancelled() {
            return Err(Error::new(ErrorKind::Unavailable, "the server is shutting down"));
        }
        if counters.open.fetch_add(1, SeqCst) >= self.shared.options.links {
            counters.open.fetch_sub(1, SeqCst);
            return Err(Error::new(ErrorKind::Unavailable, "too many live links are open")
                .hint("try again in a while"));
        }
        kind(counters).fetch_add(1, Relaxed);
        Ok(Permit { hub: Arc::clone(self), kind })
    }

    /// Links go to the shards in turn.
    pub(crate) fn next_shard(&self) -> usize {
        self.turns.fetch_add(1, Relaxed) % self.shared.shards.len()
    }

    pub(crate) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Relaxed)
    }
}

/// Editors' pictures are asked for first.
fn refresh(mut feeds: Vec<Arc<Feed>>) {
    feeds.sort_by_key(|feed| !feed.key.variant.can_edit);
    for feed in feeds {
        feed.changed();
    }
}
