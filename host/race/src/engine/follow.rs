//! What a follower is told, in order and bounded: a slow one skips pictures and clocks, never the rest.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use futures::Stream;
use parking_lot::Mutex;

use crate::{Event, Shown};

/// What waits for a follower besides pictures and clocks; beyond it the follower is dropped, and its stream ends.
const MOST: usize = 256;

/// A class's picture, and everything that happens from then on. Dropping it ends it.
pub struct Follow {
    pub now: Arc<Shown>,
    pub events: Events,
}

/// Ends when the race is gone (after [`Event::Gone`]), the server stops, or the follower fell too far behind.
pub struct Events(Arc<Queue>);

pub(super) struct Queue(Mutex<Waiting>);

struct Waiting {
    events: VecDeque<Event>,
    waker: Option<Waker>,
    ended: bool,
}

impl Queue {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Waiting { events: VecDeque::new(), waker: None, ended: false })))
    }

    pub(super) fn events(self: Arc<Self>) -> Events {
        Events(self)
    }

    /// `false`: nobody listens any more.
    pub(super) fn push(&self, event: Event) -> bool {
        let mut waiting = self.0.lock();
        if waiting.ended {
            return false;
        }
        // The newest of its kind stands for those before it, at the place of the newest.
        if let Some(at) = waiting.events.iter().position(|old| replaces(&event, old)) {
            waiting.events.remove(at);
        }
        waiting.ended = waiting.events.len() >= MOST || matches!(event, Event::Gone);
        if waiting.events.len() < MOST {
            waiting.events.push_back(event);
        }
        let (ended, waker) = (waiting.ended, waiting.waker.take());
        drop(waiting);
        if let Some(waker) = waker {
            waker.wake();
        }
        !ended
    }

    pub(super) fn end(&self) {
        let mut waiting = self.0.lock();
        waiting.ended = true;
        if let Some(waker) = waiting.waker.take() {
            waker.wake();
        }
    }
}

fn replaces(new: &Event, old: &Event) -> bool {
    match (new, old) {
        (Event::Shown(_), Event::Shown(_)) | (Event::Spectators { .. }, Event::Spectators { .. }) => true,
        (Event::Clock { slot, .. }, Event::Clock { slot: other, .. }) => slot == other,
        _ => false,
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut waiting = self.0.0.lock();
        match waiting.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None if waiting.ended => Poll::Ready(None),
            None => {
                waiting.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.0.end();
    }
}
