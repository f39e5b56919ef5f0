//! What is refused is logged at once and then, once a minute, with how much more of its kind there was.

use std::collections::HashMap;

const MINUTE_MS: u64 = 60_000;
/// Kinds that are counted apart; more share one.
const KINDS: usize = 100;

#[derive(Default)]
pub struct Garbage {
    kinds: HashMap<String, Kind>,
}

struct Kind {
    since_ms: u64,
    more: u64,
}

impl Garbage {
    /// Answers whether it is to be logged now.
    pub fn note(&mut self, kind: &str, now_ms: u64) -> bool {
        let kind = if self.kinds.len() >= KINDS && !self.kinds.contains_key(kind) { "other" } else { kind };
        match self.kinds.get_mut(kind) {
            Some(known) => {
                known.more += 1;
                false
            }
            None => {
                self.kinds.insert(kind.to_owned(), Kind { since_ms: now_ms, more: 0 });
                true
            }
        }
    }

    /// Kinds whose minute is over, with how many more there were.
    pub fn due(&mut self, now_ms: u64) -> Vec<(String, u64)> {
        let over = |kind: &mut Kind| now_ms.saturating_sub(kind.since_ms) >= MINUTE_MS;
        let due = self.kinds.extract_if(|_, kind| over(kind)).map(|(name, kind)| (name, kind.more));
        due.filter(|(_, more)| *more > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_at_once_and_then_once_a_minute_with_a_count() {
        let mut garbage = Garbage::default();
        assert!(garbage.note("a", 0));
        assert!(!garbage.note("a", 1));
        assert!(!garbage.note("a", 2));
        assert!(garbage.note("b", 2));
        assert_eq!(garbage.due(59_999), []);
        assert_eq!(garbage.due(60_000), [("a".to_owned(), 2)]);
        assert!(garbage.note("a", 60_001));
        for kind in 0..1_000 {
            garbage.note(&kind.to_string(), 60_002);
        }
        assert!(garbage.kinds.len() <= KINDS + 1);
    }
}
