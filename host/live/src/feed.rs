//! One variant of one topic: its newest picture, who holds it, and the one task that renders while there are changes.
//!
//! Lock order: the Hub's `topics`, then a feed's `state`, then a shard's queue. A picture is put into `state` and handed to
//! the shards under the same lock under which links join, so that no link can fall between two pictures.

use std::{
    collections::VecDeque,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use bytes::Bytes;
use futures::FutureExt;
use parking_lot::Mutex;
use regie_core::{Error, Result, Topic};
use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

use crate::{
    options::{Counters, Options},
    picture::Picture,
    shard::{Command, Shard},
    source::{Snapshot, Source, Variant},
};

/// What feeds, sessions and shards share.
pub(crate) struct Shared {
    pub options: Options,
    pub counters: Counters,
    pub shards: Vec<Arc<Shard>>,
    pub runtime: Handle,
}

/// What makes one feed of a topic different from another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FeedKey {
    pub variant: Variant,
    /// Seconds.
    pub delay: u32,
}

pub(crate) struct Feed {
    pub id: u64,
    pub topic: Topic,
    pub key: FeedKey,
    source: Arc<dyn Source>,
    shared: Arc<Shared>,
    state: Mutex<State>,
    settled: watch::Sender<Settled>,
    /// Ends the pause after a failure.
    poke: Notify,
}

struct State {
    /// Counts changes; the picture in hand shows change `have`.
    wanted: u64,
    have: u64,
    /// The render task lives.
    running: bool,
    users: usize,
    gone: bool,
    /// Changed while nobody watched: the picture in hand must not be shown again.
    stale: bool,
    /// Members on each shard.
    members: Vec<u32>,
    /// On the air.
    current: Option<Arc<Picture>>,
    /// Newest rendered; differs from what is on the air where there is a delay.
    etag: Option<String>,
    /// Rendered, to go on the air later.
    later: VecDeque<(Instant, Arc<Picture>)>,
    /// When the next picture may go out.
    next: Option<Instant>,
}

/// Outcome of the last render, for those who wait in tasks (SSE, pages, subscriptions).
#[derive(Default)]
pub(crate) struct Settled {
    epoch: u64,
    pub picture: Option<Arc<Picture>>,
    error: Option<Arc<Error>>,
    pub gone: bool,
}

impl Feed {
    pub(crate) fn new(
        id: u64,
        topic: Topic,
        key: FeedKey,
        source: Arc<dyn Source>,
        shared: Arc<Shared>,
    ) -> Self {
        let members = vec![0; shared.shards.len()];
        let state = State {
            wanted: 1,
            have: 0,
            running: false,
            users: 0,
            gone: false,
            stale: false,
            members,
            current: None,
            etag: None,
            later: VecDeque::new(),
            next: None,
        };
        let settled = watch::Sender::new(Settled::default());
        Self { id, topic, key, source, shared, state: Mutex::new(state), settled, poke: Notify::new() }
    }

    /// One more link, stream or page. `false`: the feed is gone, make another.
    pub(crate) fn hold(self: &Arc<Self>) -> bool {
        let mut state = self.state.lock();
        if state.gone {
            return false;
        }
        state.users += 1;
        self.start(&mut state);
        true
    }

    /// `true` when that was the last one.
    pub(crate) fn let_go(&self) -> bool {
        let mut state = self.state.lock();
        state.users -= 1;
        state.users == 0
    }

    pub(crate) fn is_unused(&self) -> bool {
        let state = self.state.lock();
        state.users == 0 || state.gone
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.state.lock().gone
    }

    /// The document changed: render, unless nobody watches.
    pub(crate) fn changed(self: &Arc<Self>) {
        let mut state = self.state.lock();
        state.wanted += 1;
        state.stale |= state.users == 0;
        self.start(&mut state);
        drop(state);
        if self.settled.borrow().error.is_some() {
            self.poke.notify_one();
        }
    }

    fn start(self: &Arc<Self>, state: &mut State) {
        if state.users > 0 && !state.running && !state.gone && state.have < state.wanted {
            state.running = true;
            self.shared.runtime.spawn(Arc::clone(self).run());
        }
    }

    /// A picture that may be shown now: the newest, or the one before it while the next is being made.
    pub(crate) async fn ready(&self) -> Result<Arc<Picture>> {
        let mut settled = self.settled.subscribe();
        let target = {
            let state = self.state.lock();
            match &state.current {
                Some(picture) if !state.stale && (state.running || state.have == state.wanted) => {
                    return Ok(Arc::clone(picture));
                }
                _ => state.wanted,
            }
        };
        let Ok(settled) = settled.wait_for(|s| s.gone || s.epoch >= target).await else {
            return Err(Error::not_found("this topic is gone").path("topic"));
        };
        match (&settled.picture, &settled.error) {
            _ if settled.gone => Err(Error::not_found("this topic is gone").path("topic")),
            (Some(picture), _) => Ok(Arc::clone(picture)),
            (None, Some(error)) => Err(copy(error)),
            (None, None) => Err(Error::not_found("nothing is on the air yet").path("topic")),
        }
    }

    /// Pictures as they come; the newest only.
    pub(crate) fn watch(&self) -> watch::Receiver<Settled> {
        self.settled.subscribe()
    }

    /// Wakes the streams that wait for pictures, without one.
    pub(crate) fn rouse(&self) {
        self.settled.send_modify(|_| {});
    }

    /// Adds a link of a shard; it gets the picture on the air unless `etag` names it.
    pub(crate) fn join(self: &Arc<Self>, shard: usize, link: u64, etag: Option<Box<str>>) {
        let mut state = self.state.lock();
        if state.gone {
            return;
        }
        state.members[shard] += 1;
        let picture = state.current.clone();
        self.shared.shards[shard].push(Command::Join { link, feed: Arc::clone(self), picture, etag });
    }

    /// `tell`: the shard still has the link.
    pub(crate) fn leave(&self, shard: usize, link: u64, tell: bool) {
        let mut state = self.state.lock();
        state.members[shard] = state.members[shard].saturating_sub(1);
        if tell {
            self.shared.shards[shard].push(Command::Leave { link, feed: self.id });
        }
    }

    /// The topic is gone: its links are told and let go.
    pub(crate) fn retire(&self, frame: &Bytes) {
        let mut state = self.state.lock();
        state.gone = true;
        state.current = None;
        state.later.clear();
        for (shard, members) in self.shared.shards.iter().zip(&mut state.members) {
            if std::mem::take(members) > 0 {
                shard.push(Command::Retire { feed: self.id, frame: frame.clone() });
            }
        }
        drop(state);
        self.settled.send_modify(|s| {
            s.gone = true;
            s.picture = None;
        });
        self.poke.notify_one();
    }

    async fn run(self: Arc<Self>) {
        let mut failures = 0;
        loop {
            let next = self.state.lock().next;
            if let Some(next) = next {
                sleep_until(next).await;
            }
            let target = {
                let mut state = self.state.lock();
                if state.users == 0 || state.gone || state.have == state.wanted {
                    state.running = false;
                    return;
                }
                state.wanted
            };
            self.shared.counters.renders.fetch_add(1, Relaxed);
            let render = guarded(self.source.snapshot(&self.topic, &self.key.variant));
            let result = timeout(self.shared.options.render_time, render).await.unwrap_or_else(|_| {
                Err(Error::new(regie_core::ErrorKind::Unavailable, "the picture took too long"))
            });
            match result {
                Ok(snapshot) => {
                    failures = 0;
                    self.rendered(target, snapshot);
                }
                Err(error) => {
                    failures += 1;
                    self.failed(target, error, failures);
                    let pause = Duration::from_secs(1 << failures.min(6)).min(Duration::from_secs(30)) / 2;
                    tokio::select! {
                        () = sleep(pause) => {}
                        () = self.poke.notified() => {}
                    }
                }
            }
        }
    }

    /// The last good picture stays on the air; only those who have none are told.
    fn failed(&self, target: u64, error: Error, failures: u32) {
        self.shared.counters.render_errors.fetch_add(1, Relaxed);
        self.state.lock().stale = false;
        if failures == 1 {
            tracing::warn!(topic = %self.topic, code = %error.code, error = %error, source = ?error.source,
                "no new picture; the last one stays on the air");
        }
        self.settled.send_modify(|s| {
            s.epoch = target;
            s.error = Some(Arc::new(error));
        });
    }

    fn rendered(self: &Arc<Self>, target: u64, snapshot: Snapshot) {
        let known = self.state.lock().etag.as_deref() == Some(&*snapshot.etag);
        // Encoded outside the lock: only this task writes `etag` and `current`.
        let picture = (!known)
            .then(|| Arc::new(Picture::new(&self.topic, &self.key.variant, self.key.delay, snapshot)));
        let mut state = self.state.lock();
        state.have = target;
        state.stale = false;
        if state.gone {
            return;
        }
        if let Some(picture) = picture {
            state.etag = Some(picture.snapshot.etag.clone());
            if !self.key.variant.can_edit || self.key.delay > 0 {
                state.next = Some(Instant::now() + self.shared.options.viewer_interval);
            }
            if self.key.delay == 0 {
                self.air(&mut state, picture);
            } else {
                let at = Instant::now() + Duration::from_secs(self.key.delay.into());
                if state.later.is_empty() {
                    self.shared.runtime.spawn(Arc::clone(self).release());
                }
                state.later.push_back((at, picture));
            }
        }
        let current = state.current.clone();
        // Under the lock: whoever was given this picture by `ready` must not see an older one here after it.
        self.settled.send_modify(|s| {
            s.epoch = target;
            s.picture = current;
            s.error = None;
        });
    }

    /// Puts delayed pictures on the air when their time has come. Ends when none is left.
    async fn release(self: Arc<Self>) {
        loop {
            let Some(at) = self.state.lock().later.front().map(|(at, _)| *at) else { return };
            sleep_until(at).await;
            let mut state = self.state.lock();
            while state.later.front().is_some_and(|(at, _)| *at <= Instant::now()) {
                let Some((_, picture)) = state.later.pop_front() else { break };
                self.air(&mut state, picture);
            }
            if state.later.is_empty() {
                return;
            }
        }
    }

    fn air(&self, state: &mut State, picture: Arc<Picture>) {
        for (shard, members) in self.shared.shards.iter().zip(&state.members) {
            if *members > 0 {
                shard.push(Command::Publish { feed: self.id, picture: Arc::clone(&picture) });
            }
        }
        state.current = Some(picture);
    }
}

/// A panic of a room is an error of one call, not the end of a feed or a link.
pub(crate) async fn guarded<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    AssertUnwindSafe(call).catch_unwind().await.unwrap_or_else(|_| Err(Error::internal("a room panicked")))
}

/// What the user reads of an error; the log had the source.
fn copy(error: &Error) -> Error {
    Error {
        kind: error.kind,
        code: error.code.clone(),
        message: error.message.clone(),
        path: error.path.clone(),
        hint: error.hint.clone(),
        source: None,
    }
}
