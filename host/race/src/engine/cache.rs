//! What was made lately, by what it was made of.

use std::{collections::HashMap, hash::Hash};

use parking_lot::Mutex;

/// The `most` values that were asked for last.
pub(crate) struct Cache<K, V> {
    most: usize,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    /// Counts questions: who was asked for when.
    turn: u64,
    values: HashMap<K, (u64, V)>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    pub fn new(most: usize) -> Self {
        Self { most, kept: Mutex::new(Kept { turn: 0, values: HashMap::new() }) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut kept = self.kept.lock();
        kept.turn += 1;
        let turn = kept.turn;
        let (asked, value) = kept.values.get_mut(key)?;
        *asked = turn;
        Some(value.clone())
    }

    pub fn put(&self, key: K, value: V) {
        let mut kept = self.kept.lock();
        kept.turn += 1;
        let turn = kept.turn;
        kept.values.insert(key, (turn, value));
        if kept.values.len() > self.most
            && let Some(oldest) =
                kept.values.iter().min_by_key(|(_, (asked, _))| *asked).map(|(key, _)| key.clone())
        {
            kept.values.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_the_longest_goes_first() {
        let cache = Cache::new(2);
        cache.put("a", 1);
        cache.put("b", 2);
        assert_eq!(cache.get(&"a"), Some(1));
        cache.put("c", 3);
        assert_eq!(["a", "b", "c"].map(|key| cache.get(&key)), [Some(1), None, Some(3)]);
    }
}
