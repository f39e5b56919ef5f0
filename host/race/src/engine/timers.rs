//! What happens by time: deadlines of races at their moment, also those that passed while the server was down; clocks
//! that wait for the store; what late viewers see next.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use regie_core::Actor;

use super::{
    Engine,
    draw::hears,
    lane::Job,
    room::{Room, Work},
};
use crate::{
    Class, Event,
    model::{Now, Race},
};

/// How often everything is looked at.
const LOOK_MS: i64 = 1_000;
/// The next look is no sooner than this.
const PAUSE_MS: i64 = 5;

impl Engine {
    pub(super) async fn keep_time(self: Arc<Self>) {
        let shutdown = self.ground.shutdown.clone();
        loop {
            self.look();
            let wait = self.next_due_ms().clamp(PAUSE_MS, LOOK_MS).unsigned_abs();
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(wait)) => {}
                () = self.timers.notified() => {}
                () = shutdown.requested() => break,
            }
        }
        // What was told is stored before the server stops.
        for room in self.all() {
            let flushed = self
                .in_lane(&room, |engine, room, work| Box::pin(async move { engine.flush(room, work).await }));
            if let Err(error) = flushed.await {
                tracing::warn!(race = room.id, %error, "clocks of the last seconds were not stored");
            }
            room.viewers.lock().end();
        }
    }

    /// One look at everything.
    pub(crate) fn look(self: &Arc<Self>) {
        let now_ms = self.ground.clock.now_ms();
        for room in self.all() {
            let due = room.now().race.next_due_ms().is_some_and(|due| due <= now_ms);
            if due || room.clocks_wait() {
                self.look_after(&room);
            }
            self.look_at_viewers(&room, now_ms);
        }
    }

    /// Milliseconds until the next deadline; many where there is none.
    fn next_due_ms(&self) -> i64 {
        let now_ms = self.ground.clock.now_ms();
        let due = self.all().into_iter().filter_map(|room| room.now().race.next_due_ms()).min();
        due.map_or(LOOK_MS, |due| due.saturating_sub(now_ms))
    }

    /// Once, however often it is asked before the lane gets there.
    fn look_after(self: &Arc<Self>, room: &Arc<Room>) {
        if room.awaits.swap(true, Ordering::AcqRel) {
            return;
        }
        let task = Job::Work(Box::new(|engine, room, work| {
            Box::pin(async move {
                room.awaits.store(false, Ordering::Release);
                engine.do_due(room, work).await;
                if work.clocks.are_due(engine.ground.clock.now_ms())
                    && let Err(error) = engine.flush(room, work).await
                {
                    tracing::warn!(race = room.id, %error, "clocks wait longer for the store");
                }
            })
        }));
        // A full lane is looked at again in a second.
        if self.send(room, task).is_err() {
            room.awaits.store(false, Ordering::Release);
        }
    }

    async fn do_due(self: &Arc<Self>, room: &Arc<Room>, work: &mut Work) {
        // As many as may be due at once: one each for the race and for everybody.
        for _ in 0..=2 * work.held.race.participants.len() + 2 {
            let now = self.now(work);
            let Some(due) = work.held.race.first_due(now.ms).filter(|_| !work.gone) else { return };
            let what = |race: &mut Race, now: &Now| {
                let mut change = race.due(&due.kind, due.slot, now);
                // Also where nothing came of it the deadline is gone, and that is stored.
                if change.is_nothing() {
                    change.words = format!("nothing was left to do for `{}`", due.kind);
                }
                Ok((change, ()))
            };
            if let Err(error) = self.change_now(room, work, &Actor::anonymous(), what).await {
                tracing::warn!(race = room.id, %error, "what is due cannot be done now; it is tried again");
                return;
            }
        }
    }

    fn look_at_viewers(self: &Arc<Self>, room: &Arc<Room>, now_ms: i64) {
        let mut late = Vec::new();
        let mut again = false;
        {
            let mut viewers = room.viewers.lock();
            if viewers.classes.is_empty() {
                return;
            }
            let spectators = viewers.spectators;
            if std::mem::replace(&mut viewers.told, spectators) != spectators {
                viewers.tell(&Event::Spectators { count: spectators }, |_, _| true);
            }
            for (class, feed) in &mut viewers.classes {
                feed.prune();
                again |= feed.failed && feed.is_watched();
                if class.delay > 0 {
                    late.push(*class);
                }
            }
        }
        if again && self.ground.plugins.get(&room.now().race.mode).is_some() {
            room.redraw(now_ms);
            self.rouse(room);
        }
        for class in late {
            self.look_back(room, class, now_ms);
        }
    }

    /// What a late class sees and hears next.
    fn look_back(self: &Arc<Self>, room: &Arc<Room>, class: Class, now_ms: i64) {
        let then = now_ms - i64::from(class.delay) * 1_000;
        let moment = self.seen_now(room, class);
        let news = {
            let mut viewers = room.viewers.lock();
            let feed = viewers.feed(class);
            let heard = room.past.lock().announced(feed.told_ms, then);
            feed.told_ms = then;
            for text in heard.into_iter().filter(|_| hears(&moment.race, class.who)) {
                feed.tell(&Event::Announce { text });
            }
            !feed.knows(&moment)
        };
        if news {
            let (engine, room) = (self.clone(), room.clone());
            self.ground.shutdown.spawn(async move { engine.publish(&room, class).await });
        }
    }
}
