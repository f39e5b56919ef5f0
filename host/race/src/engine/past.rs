//! How a race was in the last two minutes, second by second: what late viewers see.

use std::{collections::VecDeque, sync::Arc};

use super::moment::Moment;

/// Of the longest delay.
const KEPT_MS: i64 = 120_000;
const SECOND_MS: i64 = 1_000;

/// Oldest first; the first stands for everything before it.
#[derive(Default)]
pub(super) struct Past {
    moments: VecDeque<Arc<Moment>>,
    announced: VecDeque<(i64, Arc<str>)>,
}

impl Past {
    /// Adds the newest; the last of each second stays.
    pub fn add(&mut self, moment: Arc<Moment>) {
        let second = |moment: &Moment| moment.at_ms.div_euclid(SECOND_MS);
        if self.moments.len() > 1 && self.moments.back().is_some_and(|last| second(last) == second(&moment)) {
            self.moments.pop_back();
        }
        let oldest = moment.at_ms.saturating_sub(KEPT_MS + SECOND_MS);
        self.moments.push_back(moment);
        // One that is older than all delays stays for who looks that far back.
        while self.moments.get(1).is_some_and(|second| second.at_ms < oldest) {
            self.moments.pop_front();
        }
    }

    /// Whether anything is known of that time and before.
    pub fn reaches(&self, at_ms: i64) -> bool {
        self.moments.front().is_some_and(|first| first.at_ms <= at_ms)
    }

    /// The race as it was then.
    pub fn at(&self, at_ms: i64) -> Option<Arc<Moment>> {
        let before = self.moments.iter().rev().find(|moment| moment.at_ms <= at_ms);
        before.or(self.moments.front()).cloned()
    }

    pub fn into_moments(self) -> impl Iterator<Item = Arc<Moment>> {
        self.moments.into_iter()
    }

    pub fn announce(&mut self, at_ms: i64, text: Arc<str>) {
        self.announced.retain(|(at, _)| *at > at_ms - KEPT_MS - SECOND_MS);
        self.announced.push_back((at_ms, text));
    }

    /// What was announced in between, the later bound included.
    pub fn announced(&self, after_ms: i64, until_ms: i64) -> Vec<Arc<str>> {
        let then = self.announced.iter().filter(|(at, _)| *at > after_ms && *at <= until_ms);
        then.map(|(_, text)| text.clone()).collect()
    }
}
