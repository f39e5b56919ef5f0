//! What one link is subscribed to and has under way. No task lives with a link: subscriptions are worked off in order by a
//! task that ends when there are none, actions by one such task per topic.

use std::{
    collections::VecDeque,
    net::IpAddr,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use futures::{FutureExt, future::join_all};
use parking_lot::Mutex;
use regie_core::{Actor, Clock, Error, ErrorKind, SystemClock, Topic};

use crate::{
    act::Act,
    hub::{Hub, Permit, Watching},
    links::{LinkInfo, Told},
    message::{self, Do, Hello, Said, Subscribe, Unreadable, Unsubscribe},
    shard::Command,
    source::{Credential, Refused, Variant, Want},
};

pub(crate) struct Session {
    /// The link's id on its shard.
    pub link: u64,
    /// Nobody had signed in when the link opened.
    pub visitor: bool,
    shard: usize,
    hub: Arc<Hub>,
    credential: Arc<dyn Credential>,
    /// Where it comes from, and with what.
    peer: Peer,
    /// Milliseconds since 1970.
    since_ms: i64,
    /// When it last said something, likewise.
    seen_ms: AtomicI64,
    state: Mutex<State>,
    _permit: Permit,
}

/// The other end of a link, as the server that took the connection knows it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub address: IpAddr,
    /// The browser's `User-Agent`, or nothing. Shared: a crowd has few different ones.
    pub agent: Arc<str>,
}

#[derive(Default)]
struct State {
    closed: bool,
    /// What its page said it is.
    hello: Option<Box<Hello>>,
    /// A task works off the mailbox.
    working: bool,
    mailbox: VecDeque<Control>,
    subscriptions: Vec<Subscription>,
    lanes: Vec<Lane>,
    outstanding: usize,
    outstanding_bytes: usize,
}

struct Subscription {
    topic: Topic,
    want: Want,
    key: Option<Box<str>>,
    delay: u32,
    /// `None`: refused, or its topic is gone.
    watching: Option<Watching>,
}

/// Actions on one topic, in order; a task runs while it exists.
struct Lane {
    topic: Topic,
    queue: VecDeque<(Act, usize)>,
}

enum Control {
    /// `bytes` of the message count as outstanding until it is worked off.
    Said {
        unsubscribe: Vec<Unsubscribe>,
        subscribe: Vec<Result<Subscribe, Box<Unreadable>>>,
        bytes: usize,
    },
    Reevaluate,
    Returned(Topic),
    Lost(Topic),
}

impl Session {
    pub(crate) fn open(
        hub: Arc<Hub>,
        credential: Arc<dyn Credential>,
        shard: usize,
        link: u64,
        permit: Permit,
        peer: Peer,
    ) -> Arc<Self> {
        let visitor = credential.actor().is_none_or(|actor| actor.is_anonymous());
        let since_ms = now_ms();
        let session = Arc::new(Self {
            link,
            visitor,
            shard,
            hub,
            credential,
            peer,
            since_ms,
            seen_ms: AtomicI64::new(since_ms),
            state: Mutex::default(),
            _permit: permit,
        });
        session.hub.sessions.lock().insert(link, Arc::clone(&session));
        session
    }

    /// Takes a message of `bytes` bytes; `answer` is called with what can be said at once.
    pub(crate) fn accept(self: &Arc<Self>, said: Said, bytes: usize, mut answer: impl FnMut(Bytes)) {
        let Said { subscribe, unsubscribe, action, hello, beat } = said;
        self.seen_ms.store(now_ms(), Relaxed);
        if let Some(hello) = hello {
            self.state.lock().hello = Some(Box::new(hello));
            self.hub.links_changed();
        }
        if !subscribe.is_empty() || !unsubscribe.is_empty() {
            if self.take(bytes) {
                self.post(Control::Said { unsubscribe, subscribe, bytes });
            } else {
                answer(message::fault(&busy()));
            }
        }
        if let Some(Do { topic, act }) = action {
            match Topic::parse(&topic) {
                Err(error) => answer(message::done(&act.key, &Err(error.into()))),
                Ok(_) if !self.take(bytes) => answer(message::done(&act.key, &Err(busy().into()))),
                Ok(topic) => self.line_up(topic, act, bytes),
            }
        }
        if let Some(beat) = beat {
            answer(message::beat(beat.get()));
        }
    }

    pub(crate) fn reevaluate(self: &Arc<Self>) {
        self.post(Control::Reevaluate);
    }

    /// The topic can be had again.
    pub(crate) fn returned(self: &Arc<Self>, topic: &Topic) {
        self.post(Control::Returned(topic.clone()));
    }

    /// The topic is gone, and its feeds let go of this link.
    pub(crate) fn lost(self: &Arc<Self>, topic: &Topic) {
        let state = self.state.lock();
        // One that is being subscribed now finds out by itself: its feed is gone, or a changed one is made.
        let concerned = state.working || state.subscriptions.iter().any(|s| s.topic == *topic);
        drop(state);
        if concerned {
            self.post(Control::Lost(topic.clone()));
        }
    }

    /// The link is no more. Actions that arrived are still carried out.
    pub(crate) fn close(&self) {
        let subscriptions = {
            let mut state = self.state.lock();
            state.closed = true;
            state.mailbox = VecDeque::new();
            if state.hello.is_some() {
                self.hub.links_changed();
            }
            std::mem::take(&mut state.subscriptions)
        };
        self.hub.sessions.lock().remove(&self.link);
        for subscription in subscriptions {
            match subscription.watching {
                Some(watching) => watching.feed.leave(self.shard, self.link, false),
                None => self.hub.wait_no_more(&subscription.topic, self.link),
            }
        }
    }

    /// How it looks to an operator; `told` are the versions it has got.
    pub(crate) fn info(&self, told: Vec<Told>) -> LinkInfo {
        let hello = self.state.lock().hello.clone();
        let (page, build) = hello.map(|hello| (hello.page.into(), hello.build.into())).unwrap_or_default();
        LinkInfo {
            id: self.link,
            page,
            build,
            address: self.peer.address,
            agent: self.peer.agent.clone(),
            since_ms: self.since_ms,
            seen_ms: self.seen_ms.load(Relaxed),
            told,
            actor: self.credential.actor().filter(|actor| !actor.is_anonymous()),
        }
    }

    /// Somebody signed in to whom `topic` is shown here.
    pub(crate) fn watcher(&self, topic: &Topic) -> Option<Actor> {
        let watches =
            self.state.lock().subscriptions.iter().any(|s| s.watching.is_some() && s.topic == *topic);
        self.credential.actor().filter(|actor| watches && !actor.is_anonymous())
    }

    pub(crate) fn reload(&self) {
        self.send(message::reload());
    }

    fn take(&self, bytes: usize) -> bool {
        let options = &self.hub.shared.options;
        let mut state = self.state.lock();
        let room = state.outstanding < options.outstanding
            && (state.outstanding == 0 || state.outstanding_bytes + bytes <= 2 * options.message_bytes);
        if room {
            state.outstanding += 1;
            state.outstanding_bytes += bytes;
        }
        room
    }

    fn give_back(&self, bytes: usize) {
        let mut state = self.state.lock();
        state.outstanding -= 1;
        state.outstanding_bytes -= bytes;
    }

    fn send(&self, frame: Bytes) {
        self.hub.shared.shards[self.shard].push(Command::Send { link: self.link, frame });
    }

    fn post(self: &Arc<Self>, control: Control) {
        let mut state = self.state.lock();
        let again = matches!(control, Control::Reevaluate)
            && state.mailbox.iter().any(|c| matches!(c, Control::Reevaluate));
        if state.closed || again {
            return;
        }
        state.mailbox.push_back(control);
        if !std::mem::replace(&mut state.working, true) {
            self.hub.shared.runtime.spawn(Arc::clone(self).work());
        }
    }

    async fn work(self: Arc<Self>) {
        loop {
            let control = {
                let mut state = self.state.lock();
                match state.mailbox.pop_front() {
                    Some(control) => control,
                    None => {
                        state.working = false;
                        state.mailbox = VecDeque::new();
                        return;
                    }
                }
            };
            match control {
                Control::Said { unsubscribe, subscribe, bytes } => {
                    unsubscribe.iter().for_each(|one| self.unsubscribe(one));
                    join_all(subscribe.into_iter().map(|one| self.subscribe(one))).await;
                    self.give_back(bytes);
                }
                Control::Reevaluate => self.admit_again(|_| true).await,
                Control::Returned(topic) => {
                    self.admit_again(|s| s.watching.is_none() && s.topic == topic).await
                }
                Control::Lost(topic) => {
                    self.let_go(&topic);
                    // It may have returned already.
                    self.admit_again(|s| s.watching.is_none() && s.topic == topic).await;
                }
            }
        }
    }

    async fn subscribe(&self, one: Result<Subscribe, Box<Unreadable>>) {
        let Subscribe { topic, want, key, delay, etag } = match one {
            Ok(subscribe) => subscribe,
            Err(bad) => return self.send(message::refused(&bad.topic, bad.want.as_ref(), 0, &bad.error)),
        };
        let options = &self.hub.shared.options;
        if delay != 0 && !options.delays.contains(&delay) {
            let error = Error::bad_request("there is no such delay")
                .path("delay")
                .hint(format!("seconds, one of {:?}", options.delays));
            return self.send(message::refused(topic.as_str(), Some(&want), delay, &error));
        }
        {
            let mut state = self.state.lock();
            let same = |s: &Subscription| s.topic == topic && s.want == want && s.delay == delay;
            let old = state.subscriptions.iter().position(same).map(|at| state.subscriptions.swap_remove(at));
            let full = state.subscriptions.len() >= options.topics_per_link;
            drop(state);
            if let Some(old) = old {
                self.drop_subscription(old);
            }
            if full {
                let error = Error::new(ErrorKind::RateLimited, "this link watches too many topics")
                    .hint("unsubscribe from some first");
                return self.send(message::refused(topic.as_str(), Some(&want), delay, &error));
            }
        }
        self.enter(Subscription { topic, want, key, delay, watching: None }, etag, true).await;
    }

    /// Admits and joins; a refusal is told when `aloud`, and the subscription waits until it can be had.
    async fn enter(&self, mut subscription: Subscription, etag: Option<Box<str>>, aloud: bool) {
        let mut told = !aloud;
        // A refusal that crosses a change is looked at again: a few times, since others change too.
        for _ in 0..4 {
            let changes = self.hub.changes();
            match self.admit(&subscription).await {
                Ok(variant) => return self.join(subscription, variant, etag, aloud).await,
                Err(error) => {
                    if !std::mem::replace(&mut told, true) {
                        let Subscription { topic, want, delay, .. } = &subscription;
                        self.send(message::refused(topic.as_str(), Some(want), *delay, &error));
                    }
                    if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Unauthenticated) {
                        break;
                    }
                    self.hub.wait(&subscription.topic, self.link);
                    if self.hub.changes() == changes {
                        break;
                    }
                }
            }
        }
        subscription.watching = None;
        self.keep(subscription, None);
    }

    async fn admit(&self, s: &Subscription) -> Result<Variant, Error> {
        self.hub.admit(&s.topic, s.want.clone(), s.key.as_deref(), &*self.credential).await
    }

    /// Adds the link to the variant's feed. Where there is no picture to begin with, that is told when `aloud`, and the
    /// link stays for the first one.
    async fn join(
        &self,
        mut subscription: Subscription,
        variant: Variant,
        etag: Option<Box<str>>,
        aloud: bool,
    ) {
        let mut fault = None;
        match self.hub.watch(&subscription.topic, variant, subscription.delay) {
            Ok(watching) => {
                // What is delayed comes when it comes.
                if subscription.delay == 0 {
                    fault = watching.feed.ready().await.err();
                }
                subscription.watching = Some(watching);
            }
            Err(error) => fault = Some(error),
        }
        if let Some(error) = fault.filter(|_| aloud) {
            let Subscription { topic, want, delay, .. } = &subscription;
            self.send(message::refused(topic.as_str(), Some(want), *delay, &error));
        }
        self.keep(subscription, etag);
    }

    fn keep(&self, subscription: Subscription, etag: Option<Box<str>>) {
        let mut state = self.state.lock();
        if state.closed {
            drop(state);
            self.hub.wait_no_more(&subscription.topic, self.link);
            return;
        }
        if let Some(watching) = &subscription.watching {
            watching.feed.join(self.shard, self.link, etag);
        }
        state.subscriptions.push(subscription);
    }

    fn drop_subscription(&self, old: Subscription) {
        match old.watching {
            Some(watching) => watching.feed.leave(self.shard, self.link, true),
            None => self.hub.wait_no_more(&old.topic, self.link),
        }
    }

    fn unsubscribe(&self, one: &Unsubscribe) {
        let mut state = self.state.lock();
        let leaves =
            |s: &mut Subscription| s.topic == one.topic && one.want.as_ref().is_none_or(|w| *w == s.want);
        let left: Vec<_> = state.subscriptions.extract_if(.., leaves).collect();
        drop(state);
        left.into_iter().for_each(|old| self.drop_subscription(old));
    }

    /// Asks the room again about every subscription that `which` names.
    async fn admit_again(&self, which: impl Fn(&Subscription) -> bool) {
        let chosen: Vec<Subscription> = {
            let mut state = self.state.lock();
            // Cloned, not taken: whatever a closing link holds must be found by `close`.
            state.subscriptions.iter_mut().filter(|s| which(s)).map(|s| s.without_feed()).collect()
        };
        for subscription in chosen {
            let admitted = self.admit(&subscription).await;
            // First let go: from here on, nothing of the old picture is sent.
            let Some(saw) = self.let_go_unless(&subscription, admitted.as_ref().ok()) else { continue };
            match admitted {
                Ok(variant) => self.join(subscription, variant, None, saw).await,
                Err(_) => self.enter(subscription, None, saw).await,
            }
        }
    }

    /// Drops the subscription unless it shows `variant` already; answers whether it showed something, and `None` when
    /// there is nothing to do.
    fn let_go_unless(&self, subscription: &Subscription, variant: Option<&Variant>) -> Option<bool> {
        let mut state = self.state.lock();
        let at = state.subscriptions.iter().position(|s| s.is(subscription))?;
        let now = state.subscriptions[at].watching.as_ref().map(|w| &w.feed.key.variant);
        if now.is_some() && now == variant {
            return None;
        }
        let old = state.subscriptions.swap_remove(at);
        drop(state);
        let saw = old.watching.is_some();
        self.drop_subscription(old);
        Some(saw)
    }

    /// The topic is gone: wait for its return.
    fn let_go(&self, topic: &Topic) {
        let mut gone = Vec::new();
        let mut state = self.state.lock();
        for subscription in state.subscriptions.iter_mut().filter(|s| s.topic == *topic) {
            if subscription.watching.as_ref().is_some_and(|w| w.feed.is_gone()) {
                gone.extend(subscription.watching.take());
            }
        }
        // Under the lock, so that `close` finds what waits.
        if !gone.is_empty() && !state.closed {
            self.hub.wait(topic, self.link);
        }
        drop(state);
    }

    fn line_up(self: &Arc<Self>, topic: Topic, act: Act, bytes: usize) {
        let mut state = self.state.lock();
        if let Some(lane) = state.lanes.iter_mut().find(|lane| lane.topic == topic) {
            lane.queue.push_back((act, bytes));
            return;
        }
        state.lanes.push(Lane { topic: topic.clone(), queue: VecDeque::from([(act, bytes)]) });
        drop(state);
        self.hub.shared.runtime.spawn(Arc::clone(self).act(topic));
    }

    async fn act(self: Arc<Self>, topic: Topic) {
        loop {
            let next = {
                let mut state = self.state.lock();
                let Some(at) = state.lanes.iter().position(|lane| lane.topic == topic) else { return };
                let next = state.lanes[at].queue.pop_front();
                if next.is_none() {
                    state.lanes.swap_remove(at);
                }
                next
            };
            let Some((act, bytes)) = next else { return };
            let key = act.key.clone();
            let result = self.carry_out(&topic, act).await;
            self.hub.shared.counters.actions.fetch_add(1, Relaxed);
            self.send(message::done(&key, &result));
            self.give_back(bytes);
        }
    }

    async fn carry_out(&self, topic: &Topic, act: Act) -> Result<u64, Refused> {
        let source = self.hub.source(topic)?;
        let result = match AssertUnwindSafe(source.act(topic, &*self.credential, act)).catch_unwind().await {
            Ok(result) => result,
            Err(_) => Err(Error::internal("a room panicked").into()),
        };
        if let Err(Refused { error, .. }) = &result
            && let Some(source) = &error.source
        {
            tracing::warn!(topic = %topic, code = %error.code, error = %source, "action failed");
        }
        result
    }
}

impl Subscription {
    fn without_feed(&self) -> Self {
        let (topic, want, key) = (self.topic.clone(), self.want.clone(), self.key.clone());
        Self { topic, want, key, delay: self.delay, watching: None }
    }

    fn is(&self, other: &Self) -> bool {
        self.topic == other.topic && self.want == other.want && self.delay == other.delay
    }
}

fn now_ms() -> i64 {
    SystemClock.now_ms()
}

fn busy() -> Error {
    Error::new(ErrorKind::RateLimited, "too much is under way on this link").hint("wait for the answers")
}
