//! Writer threads. A shard owns its share of the sockets and writes shared, pre-framed bytes to them, non-blocking; other
//! threads only leave it commands. Nothing here waits for a room, a lock that is held for long, or a reader.

mod fan;
mod link;
mod stream;
mod work;

use std::{collections::HashMap, sync::Arc, thread};

use bytes::Bytes;
use mio::{Poll, Token, Waker};
use parking_lot::Mutex;
use tokio::sync::oneshot;

pub(crate) use self::stream::Stream;
use crate::{
    feed::{Feed, Shared},
    links::Told,
    picture::Picture,
    session::Session,
};

pub(crate) enum Command {
    Adopt {
        session: Arc<Session>,
        stream: Stream,
        /// Read by the HTTP server past the end of the request.
        leftover: Bytes,
    },
    Join {
        link: u64,
        feed: Arc<Feed>,
        picture: Option<Arc<Picture>>,
        /// What the client has.
        etag: Option<Box<str>>,
    },
    Leave {
        link: u64,
        feed: u64,
    },
    Publish {
        feed: u64,
        picture: Arc<Picture>,
    },
    /// Tell every member, then let go of them.
    Retire {
        feed: u64,
        frame: Bytes,
    },
    Send {
        link: u64,
        frame: Bytes,
    },
    /// What each link was last told.
    Report {
        answer: oneshot::Sender<HashMap<u64, Vec<Told>>>,
    },
    Shutdown,
}

/// The other threads' side of a shard.
pub(crate) struct Shard {
    queue: Mutex<Vec<Command>>,
    waker: Waker,
}

impl Shard {
    /// The handle and the thread to be started with it.
    pub(crate) fn make(index: usize) -> (Arc<Self>, ShardThread) {
        let poll = Poll::new().expect("the system gives an epoll instance to a server that starts");
        let waker = Waker::new(poll.registry(), WAKE)
            .expect("an event descriptor can be added to a new epoll instance");
        let shard = Arc::new(Self { queue: Mutex::default(), waker });
        (Arc::clone(&shard), ShardThread { index, poll, shard })
    }

    pub(crate) fn push(&self, command: Command) {
        let mut queue = self.queue.lock();
        queue.push(command);
        let first = queue.len() == 1;
        drop(queue);
        if first && let Err(error) = self.waker.wake() {
            tracing::error!(%error, "a live shard cannot be woken");
        }
    }
}

const WAKE: Token = Token(usize::MAX);

pub(crate) struct ShardThread {
    index: usize,
    poll: Poll,
    shard: Arc<Shard>,
}

impl ShardThread {
    /// `ended` is dropped when the thread has closed its links and ends.
    pub(crate) fn start(self, shared: Arc<Shared>, ended: oneshot::Sender<()>) {
        let worker = work::Worker::new(self.poll, self.shard, shared);
        let run = move || {
            worker.run();
            drop(ended);
        };
        thread::Builder::new()
            .name(format!("live-{}", self.index))
            .spawn(run)
            .expect("the system gives a thread to a server that starts");
    }
}
