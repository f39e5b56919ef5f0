//! Pictures as they are asked for, and as followers get them: the moment a race moves, and then at most five times a second.

use std::{sync::Arc, time::Instant};

use regie_core::{Error, Result, Topic};

use super::{Engine, Follow, follow::Queue, lane::stopping, moment::Moment, room::Room};
use crate::{
    Class, Event, Shown, Who,
    model::{Now, RaceStatus},
};

/// How a picture is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fresh {
    /// Of this very moment.
    Now,
    /// At least as followers and pages were told of it: they are told of a newer one by themselves.
    Lately,
}

impl Engine {
    /// What a class may see now (with a delay: what it may see of then). Where the mode is away or fails: what it showed last.
    /// Errors: `not_found`.
    pub async fn shown(self: &Arc<Self>, id: &str, class: Class) -> Result<Arc<Shown>> {
        let room = self.room(id)?;
        room.viewers.lock().feed(class).asked();
        self.draw(&room, class, Fresh::Now).await
    }

    /// The picture that followers have, or the first one.
    pub(crate) async fn shown_lately(self: &Arc<Self>, id: &str, class: Class) -> Result<Arc<Shown>> {
        let room = self.room(id)?;
        let fresh = {
            let mut viewers = room.viewers.lock();
            let feed = viewers.feed(class);
            // Nobody kept it fresh while nobody looked.
            let fresh = if feed.is_watched() { Fresh::Lately } else { Fresh::Now };
            feed.asked();
            fresh
        };
        self.draw(&room, class, fresh).await
    }

    /// A finished race as it stood at `igt_ms` of in-game time. Errors: `conflict` with code `not_finished`.
    pub async fn shown_at(self: &Arc<Self>, id: &str, class: Class, igt_ms: u64) -> Result<Arc<Shown>> {
        let moment = self.room(id)?.now();
        if moment.race.status != RaceStatus::Finished {
            return Err(Error::conflict("only a finished race can be replayed").code("not_finished"));
        }
        let plugin = self.mode(&moment.race.mode)?;
        let key = (id.to_owned(), moment.seq, class, igt_ms, plugin.hash().to_owned());
        if let Some(shown) = self.replayed.get(&key) {
            return Ok(shown);
        }
        let shown = Arc::new(self.picture(&moment, class, Some(igt_ms)).await?);
        self.replayed.put(key, shown.clone());
        Ok(shown)
    }

    /// A class's picture, and everything that happens from then on. Errors: `not_found`, `unavailable` once the server stops.
    pub async fn follow(self: &Arc<Self>, id: &str, class: Class) -> Result<Follow> {
        let room = self.room(id)?;
        if self.ground.shutdown.is_requested() {
            return Err(stopping());
        }
        let queue = Queue::new();
        // Before the picture is made, so that nothing falls between; pictures that come meanwhile are newer.
        room.viewers.lock().feed(class).followers.push(queue.clone());
        let events = queue.events();
        let now = self.draw(&room, class, Fresh::Now).await?;
        Ok(Follow { now, events })
    }

    /// After a new moment: what happened goes to followers, and pictures follow.
    pub(super) fn tell(self: &Arc<Self>, room: &Arc<Room>, events: Vec<Event>, now: &Now) {
        let mut viewers = room.viewers.lock();
        for event in events {
            match &event {
                Event::Clock { slot, .. } => {
                    viewers.tell(&event, |class, feed| feed.sees_clock(class, *slot))
                }
                Event::Notify { slot, .. } => {
                    viewers.tell(&event, |class, _| class == Class::now(Who::Participant(*slot)));
                }
                Event::Announce { text } => {
                    room.past.lock().announce(now.ms, text.clone());
                    let race = &room.now().race;
                    viewers.tell(&event, |class, _| class.delay == 0 && hears(race, class.who));
                }
                // Late viewers hear of it when they see it.
                _ => viewers.tell(&event, |class, _| class.delay == 0),
            }
        }
        drop(viewers);
        self.rouse(room);
    }

    /// Starts drawing, unless that is under way.
    pub(super) fn rouse(self: &Arc<Self>, room: &Arc<Room>) {
        let mut viewers = room.viewers.lock();
        if viewers.classes.is_empty() {
            return;
        }
        if std::mem::replace(&mut viewers.drawing, true) {
            room.moved.notify_one();
            return;
        }
        drop(viewers);
        let (engine, room) = (self.clone(), room.clone());
        self.ground.shutdown.spawn(async move { engine.keep_drawing(&room).await });
    }

    /// Draws for every class that somebody looks at, until nothing is left to draw.
    async fn keep_drawing(self: &Arc<Self>, room: &Arc<Room>) {
        let stop = self.ground.shutdown.token();
        loop {
            let (due, next) = plan(room);
            let drawn = due.into_iter().map(|class| self.publish(room, class));
            futures::future::join_all(drawn).await;
            let Some(next) = next else {
                if is_done(room) {
                    return;
                }
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(next.into()) => {}
                () = room.moved.notified() => {}
                () = stop.cancelled() => {
                    room.viewers.lock().drawing = false;
                    return;
                }
            }
        }
    }

    /// A new picture for those who follow this class, and for pages.
    pub(super) async fn publish(self: &Arc<Self>, room: &Arc<Room>, class: Class) {
        let moment = self.seen_now(room, class);
        let watched = room.viewers.lock().feed(class).is_watched();
        if watched && let Err(error) = self.draw(room, class, Fresh::Now).await {
            tracing::debug!(race = room.id, %class, %error, "no new picture");
        }
        // First, so that pages that ask at once get nothing older.
        room.viewers.lock().feed(class).announce(&moment);
        self.ground.hub.changed(&topic(&room.id, class));
    }

    async fn draw(self: &Arc<Self>, room: &Arc<Room>, class: Class, fresh: Fresh) -> Result<Arc<Shown>> {
        let pen = room.viewers.lock().feed(class).pen.clone();
        let _one_at_a_time = pen.lock().await;
        let moment = self.seen_now(room, class);
        {
            let mut viewers = room.viewers.lock();
            let feed = viewers.feed(class);
            if let Some(last) = &feed.last
                && (feed.shows >= moment.seq || fresh == Fresh::Lately && feed.is_up_to_date())
            {
                return Ok(last.clone());
            }
        }
        let drawn = self.picture(&moment, class, None).await;
        let mut viewers = room.viewers.lock();
        let feed = viewers.feed(class);
        feed.failed = drawn.is_err();
        let shown = match drawn {
            Ok(shown) => Arc::new(shown),
            Err(error) => {
                tracing::debug!(race = room.id, %class, %error, "the mode draws nothing; what it showed last stays");
                let bare = Arc::new(Self::without_mode(&moment, class, feed.last.as_deref()));
                if feed.last.is_none() {
                    feed.drawn(None, &moment);
                    return Ok(bare);
                }
                bare
            }
        };
        let before = feed.last.as_ref().map(|last| last.race.status);
        feed.drawn(Some(shown.clone()), &moment);
        if class.delay > 0 && before.is_some_and(|before| before != shown.race.status) {
            feed.tell(&Event::Status);
        }
        feed.tell(&Event::Shown(shown.clone()));
        Ok(shown)
    }

    /// The moment that this class sees now.
    pub(super) fn seen_now(&self, room: &Room, class: Class) -> Arc<Moment> {
        if class.delay == 0 {
            return room.now();
        }
        let then = self.ground.clock.now_ms() - i64::from(class.delay) * 1_000;
        let past = room.past.lock().at(then);
        past.unwrap_or_else(|| room.now())
    }
}

/// Announcements name what spectators see while a race runs: not for who still runs, nor for whom nothing is shown.
pub(super) fn hears(race: &crate::model::Race, who: Who) -> bool {
    match who {
        Who::Public | Who::Caster | Who::Organizer => true,
        Who::Nobody => race.status == RaceStatus::Finished,
        Who::Participant(slot) => race.in_slot(slot).is_some_and(|p| p.status.is_terminal()),
    }
}

/// Classes to draw now, and when the next is due.
fn plan(room: &Room) -> (Vec<Class>, Option<Instant>) {
    let (moment, now) = (room.now(), Instant::now());
    let viewers = room.viewers.lock();
    let live = viewers.classes.iter().filter(|(class, _)| class.delay == 0);
    let due = live.filter_map(|(class, feed)| Some((*class, feed.due(*class, &moment, now)?)));
    let (ready, later): (Vec<_>, Vec<_>) = due.partition(|(_, at)| *at <= now);
    (ready.into_iter().map(|(class, _)| class).collect(), later.into_iter().map(|(_, at)| at).min())
}

/// Nothing came meanwhile that the task would have to draw.
fn is_done(room: &Room) -> bool {
    let mut viewers = room.viewers.lock();
    // Under the lock: whoever shows a later one finds that the task has ended.
    let moment = room.now();
    let open = viewers.classes.iter().any(|(class, feed)| class.delay == 0 && !feed.knows(&moment));
    viewers.drawing = open;
    !open
}

pub(crate) fn topic(id: &str, class: Class) -> Topic {
    Topic::parse(&format!("race/{id}/{class}")).expect("ids and classes are tokens")
}
