//! What all spectators of one class are told: made once, shared by all of them.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use bytes::Bytes;
use futures::StreamExt;
use parking_lot::Mutex;
use regie_core::Result;
use tokio::sync::{OnceCell, broadcast};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Sockets, close};
use crate::{
    Class, Event, Follow, Shown,
    wire::{self, Told},
};

/// Messages that wait for a slow spectator; whoever falls further behind skips them and gets the room as it is.
const BEHIND: usize = 32;

/// Every class that somebody looks at.
#[derive(Default)]
pub struct Channels(Mutex<HashMap<(String, Class), Weak<Slot>>>);

/// One of them, perhaps still being opened.
type Slot = OnceCell<Channel>;

/// A spectator's place in a class. What is told ends when the last one is dropped.
pub struct Joined {
    slot: Arc<Slot>,
    pub news: broadcast::Receiver<News>,
}

#[derive(Debug, Clone)]
pub enum News {
    /// One message, or none: time to look whether the class is still one's own.
    Said(Option<Bytes>),
    Ended((u16, &'static str)),
}

struct Channel {
    shared: Arc<Shared>,
    /// Ends the task that listens to the room.
    _listening: DropGuard,
}

struct Shared {
    state: Mutex<State>,
    news: broadcast::Sender<News>,
}

struct State {
    told: Told,
    shown: Arc<Shown>,
    /// `race_state` without its time, for who comes next; made when it is asked for.
    whole: Option<String>,
    ended: bool,
}

impl Sockets {
    /// From now on; the first message is the room as it is. Errors: what following the race answers.
    pub(super) async fn join(self: &Arc<Self>, race: &str, class: Class) -> Result<(Joined, Bytes)> {
        loop {
            let slot = self.channels.slot(race, class);
            let channel = slot.get_or_try_init(|| Channel::open(self, race, class)).await?;
            if let Some((news, whole)) = channel.shared.enter(self.now_ms() - late(class)) {
                return Ok((Joined { slot: slot.clone(), news }, whole));
            }
            self.channels.forget(race, class, &slot);
        }
    }
}

impl Joined {
    /// The room as it is, for one who fell behind.
    pub(super) fn again(&mut self, now_ms: i64) -> Option<Bytes> {
        let (news, whole) = self.slot.get()?.shared.enter(now_ms)?;
        self.news = news;
        Some(whole)
    }
}

impl Channels {
    fn slot(&self, race: &str, class: Class) -> Arc<Slot> {
        let mut channels = self.0.lock();
        let key = (race.to_owned(), class);
        if let Some(slot) = channels.get(&key).and_then(Weak::upgrade) {
            return slot;
        }
        channels.retain(|_, slot| slot.strong_count() > 0);
        let slot = Arc::new(Slot::new());
        channels.insert(key, Arc::downgrade(&slot));
        slot
    }

    /// The one that has ended; another may be there already.
    fn forget(&self, race: &str, class: Class, ended: &Arc<Slot>) {
        let mut channels = self.0.lock();
        let key = (race.to_owned(), class);
        if channels.get(&key).is_some_and(|slot| std::ptr::eq(slot.as_ptr(), Arc::as_ptr(ended))) {
            channels.remove(&key);
        }
    }
}

impl Channel {
    async fn open(sockets: &Arc<Sockets>, race: &str, class: Class) -> Result<Self> {
        let Follow { now, mut events } = sockets.races.follow(race, class).await?;
        let state = State { told: Told::of(&now), shown: now, whole: None, ended: false };
        let (news, _) = broadcast::channel(BEHIND);
        let shared = Arc::new(Shared { state: Mutex::new(state), news });
        let (listening, heard) = (CancellationToken::new(), shared.clone());
        let until = listening.clone();
        sockets.shutdown.spawn(async move {
            while let Some(Some(event)) = until.run_until_cancelled(events.next()).await {
                heard.hear(class, event);
            }
            heard.end(close::BEHIND);
        });
        Ok(Self { shared, _listening: listening.drop_guard() })
    }
}

impl Shared {
    /// `None` once it has ended.
    fn enter(&self, now_ms: i64) -> Option<(broadcast::Receiver<News>, Bytes)> {
        let mut state = self.state.lock();
        if state.ended {
            return None;
        }
        let State { told, shown, whole, .. } = &mut *state;
        let whole = whole.get_or_insert_with(|| told.whole_for_spectators(shown));
        Some((self.news.subscribe(), wire::race_state(whole, now_ms).into()))
    }

    fn hear(&self, class: Class, event: Event) {
        let mut state = self.state.lock();
        let messages = match event {
            Event::Shown(shown) => {
                let messages = state.told.spectate(&shown);
                state.shown = shown;
                messages
            }
            // A class that is late hears of clocks with its pictures.
            Event::Clock { slot, igt_ms, death_count } if class.delay == 0 => {
                state.told.clock(slot, igt_ms, death_count).into_iter().collect()
            }
            Event::Announce { text } if class.delay == 0 => vec![wire::announcement(&text)],
            Event::Spectators { count } => vec![wire::spectator_count(count)],
            Event::Gone => return self.finish(&mut state, close::NO_RACE),
            Event::Status => vec![],
            Event::Clock { .. }
            | Event::Announce { .. }
            | Event::Start { .. }
            | Event::Notify { .. }
            | Event::Reset => return,
        };
        if !messages.is_empty() {
            state.whole = None;
        }
        // Nobody may be there to hear it; the lock is held: whoever enters has either the message or the room after it.
        for message in messages {
            let _ = self.news.send(News::Said(Some(message.into())));
        }
        let _ = self.news.send(News::Said(None));
    }

    fn end(&self, why: (u16, &'static str)) {
        self.finish(&mut self.state.lock(), why);
    }

    fn finish(&self, state: &mut State, why: (u16, &'static str)) {
        if !std::mem::replace(&mut state.ended, true) {
            let _ = self.news.send(News::Ended(why));
        }
    }
}

/// A class that is late has a clock of its own, in milliseconds behind.
pub(super) fn late(class: Class) -> i64 {
    i64::from(class.delay) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Who, wire::tests::example};

    fn shared() -> Shared {
        let shown = Arc::new(example(0));
        let state = State { told: Told::of(&shown), shown, whole: None, ended: false };
        Shared { state: Mutex::new(state), news: broadcast::channel(BEHIND).0 }
    }

    fn clock(igt_ms: u64) -> Event {
        Event::Clock { slot: 1, igt_ms, death_count: None }
    }

    fn text(whole: &Bytes) -> &str {
        std::str::from_utf8(whole).unwrap()
    }

    #[test]
    fn who_falls_behind_skips_what_was_told_and_gets_the_room_as_it_is() {
        let (shared, now) = (shared(), Class::now(Who::Public));
        let (mut slow, _) = shared.enter(0).unwrap();
        for igt_ms in 1..=1000 {
            shared.hear(now, clock(igt_ms));
        }
        assert!(matches!(slow.try_recv(), Err(broadcast::error::TryRecvError::Lagged(_))));
        let (mut again, whole) = shared.enter(7).unwrap();
        assert!(text(&whole).contains(r#""igt_ms":1000"#) && text(&whole).contains(r#""server_time_ms":7"#));
        assert!(again.try_recv().is_err(), "nothing of it comes again");
        shared.hear(now, clock(1001));
        let News::Said(Some(update)) = again.try_recv().unwrap() else { panic!("an update comes first") };
        assert!(text(&update).contains(r#""igt_ms":1001"#));
    }

    #[test]
    fn a_class_that_is_late_hears_of_clocks_with_its_pictures() {
        let (shared, late) = (shared(), Class { who: Who::Public, delay: 30 });
        let (mut news, _) = shared.enter(0).unwrap();
        shared.hear(late, clock(500));
        assert!(news.try_recv().is_err());
        shared.hear(late, Event::Shown(Arc::new(example(500))));
        assert!(matches!(news.try_recv().unwrap(), News::Said(Some(_))));
    }

    #[test]
    fn who_comes_after_the_end_is_not_let_in() {
        let shared = shared();
        let (mut news, _) = shared.enter(0).unwrap();
        shared.hear(Class::now(Who::Public), Event::Gone);
        assert!(matches!(news.try_recv().unwrap(), News::Ended((4004, _))));
        assert!(shared.enter(0).is_none());
    }
}
