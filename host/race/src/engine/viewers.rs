//! Who looks at a race: its classes of viewers, those who follow each, and the pictures each has.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{follow::Queue, moment::Moment};
use crate::{Class, Event, Shown, Who};

/// After this long without a follower or a question a class is not drawn by itself any more.
const ASKED: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Viewers {
    pub classes: BTreeMap<Class, Feed>,
    /// The task that draws lives.
    pub drawing: bool,
    /// Connections of spectators, whatever class they are in.
    pub spectators: usize,
    /// As it was told last.
    pub told: usize,
}

/// One class of viewers.
pub(super) struct Feed {
    pub followers: Vec<Arc<Queue>>,
    /// The last good picture.
    pub last: Option<Arc<Shown>>,
    /// `seq` of the moment that was drawn last, or tried: also because somebody asked, which tells no page of it.
    pub shows: u64,
    /// `seq` and `real` of the moment that followers and pages were told of last.
    announced: (u64, u64),
    /// The mode drew nothing of it: to be tried again.
    pub failed: bool,
    /// Where late: until when announcements were told, milliseconds since 1970.
    pub told_ms: i64,
    /// When somebody asked last, without following.
    pub asked: Instant,
    /// When they were told, and when of more than clocks.
    told: Option<Instant>,
    told_real: Option<Instant>,
    /// One at a time draws it.
    pub pen: Arc<tokio::sync::Mutex<()>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            followers: Vec::new(),
            last: None,
            shows: 0,
            announced: (0, 0),
            failed: false,
            told_ms: i64::MAX,
            asked: Instant::now(),
            told: None,
            told_real: None,
            pen: Arc::default(),
        }
    }
}

impl Viewers {
    pub fn feed(&mut self, class: Class) -> &mut Feed {
        self.classes.entry(class).or_default()
    }

    /// Ends everybody's stream.
    pub fn end(&mut self) {
        for feed in self.classes.values_mut() {
            for follower in feed.followers.drain(..) {
                follower.end();
            }
        }
    }

    /// Tells followers of the classes that `to` picks.
    pub fn tell(&mut self, event: &Event, to: impl Fn(Class, &Feed) -> bool) {
        for (class, feed) in &mut self.classes {
            if to(*class, feed) {
                feed.tell(event);
            }
        }
    }
}

impl Feed {
    pub fn asked(&mut self) {
        self.asked = Instant::now();
    }

    pub fn is_watched(&self) -> bool {
        !self.followers.is_empty() || self.asked.elapsed() < ASKED
    }

    /// Lets go of followers that are not there any more.
    pub fn prune(&mut self) {
        self.followers.retain(|follower| Arc::strong_count(follower) > 1);
    }

    pub fn tell(&mut self, event: &Event) {
        self.followers.retain(|follower| follower.push(event.clone()));
    }

    /// Whether this class reads the clock of the participant in this slot as it runs.
    pub fn sees_clock(&self, class: Class, slot: u32) -> bool {
        let Some(last) = &self.last else { return false };
        let apart = last.race.config.start == crate::model::Start::Async
            && class.who.slot().is_some_and(|own| own != slot);
        let standing = last.standings.participants.iter().find(|s| s.participant == slot);
        class.delay == 0 && !apart && standing.is_some_and(|standing| standing.igt_ms.is_some())
    }

    /// Whether followers and pages were told of this moment, or of a later one.
    pub fn knows(&self, moment: &Moment) -> bool {
        self.announced.0 >= moment.seq
    }

    /// Whether what was drawn last is as new as what followers and pages were told of.
    pub fn is_up_to_date(&self) -> bool {
        self.shows >= self.announced.0
    }

    /// When they may be told of `moment`; `None`: they were.
    pub fn due(&self, class: Class, moment: &Moment, now: Instant) -> Option<Instant> {
        if self.knows(moment) {
            return None;
        }
        let (after, since) = if self.announced.1 < moment.real {
            (real_interval(class), self.told_real)
        } else {
            (clock_interval(class), self.told)
        };
        Some(since.map_or(now, |since| since + after))
    }

    /// They are told of `moment` now.
    pub fn announce(&mut self, moment: &Moment) {
        let now = Instant::now();
        if self.announced.1 < moment.real {
            self.told_real = Some(now);
        }
        self.told = Some(now);
        self.announced = self.announced.max((moment.seq, moment.real));
    }

    /// It was drawn (or, with `None`, could not be and shows nothing).
    pub fn drawn(&mut self, shown: Option<Arc<Shown>>, moment: &Moment) {
        self.shows = moment.seq;
        if shown.is_some() {
            self.last = shown;
        }
    }
}

/// Between two pictures of a class, where more than clocks moved: a leaderboard in a game is read in passing.
fn real_interval(class: Class) -> Duration {
    Duration::from_millis(if matches!(class.who, Who::Participant(_)) { 1_000 } else { 200 })
}

/// Clocks are told by themselves as they run, so pictures may be rarer.
fn clock_interval(class: Class) -> Duration {
    Duration::from_millis(if matches!(class.who, Who::Participant(_)) { 2_000 } else { 1_000 })
}
