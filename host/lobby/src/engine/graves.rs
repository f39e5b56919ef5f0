//! Ids of sessions that are over: late messages of theirs are emptied again, for a day.

use std::collections::{HashMap, VecDeque};

use super::store::{Grave, Held};

const DAY_MS: i64 = 24 * 3_600_000;
const MOST: usize = 100_000;
/// Removed at a time, so that nothing waits long for it.
const AT_ONCE: usize = 50;

#[derive(Default)]
pub struct Graves {
    held: HashMap<String, Held>,
    /// The oldest first.
    order: VecDeque<(i64, String)>,
}

impl Graves {
    pub fn new(mut stored: Vec<(Grave, Held)>) -> Self {
        stored.sort_by_key(|(grave, _)| grave.at_ms);
        let mut graves = Self::default();
        for (grave, held) in stored {
            graves.add(grave, held);
        }
        graves
    }

    pub fn add(&mut self, grave: Grave, held: Held) {
        self.order.push_back((grave.at_ms, grave.buried.clone()));
        self.held.insert(grave.buried, held);
    }

    pub fn has(&self, session: &str) -> bool {
        self.held.contains_key(session)
    }

    /// Those that need not be remembered any more, some at a time.
    pub fn expired(&mut self, now_ms: i64) -> Vec<(String, Held)> {
        let mut expired = Vec::new();
        while expired.len() < AT_ONCE {
            let over =
                self.order.len() > MOST || self.order.front().is_some_and(|(at, _)| now_ms - at >= DAY_MS);
            let Some((_, session)) = self.order.pop_front_if(|_| over) else { break };
            if let Some(held) = self.held.remove(&session) {
                expired.push((session, held));
            }
        }
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grave_lasts_a_day_and_the_oldest_go_first_when_there_are_too_many() {
        let graves = |count: i64| {
            let stored = (0..count).map(|at| (Grave::new(&format!("s{at}"), at), Held::default())).collect();
            Graves::new(stored)
        };
        let mut few = graves(60);
        assert!(few.has("s0") && !few.has("s60"));
        assert_eq!(few.expired(DAY_MS - 1), []);
        assert_eq!(few.expired(DAY_MS + 1).len(), 2);
        assert!(!few.has("s1") && few.has("s2"));
        let mut many = graves(100_003);
        assert_eq!(many.expired(0).len(), 3);
        assert_eq!(many.expired(0), []);
    }
}
