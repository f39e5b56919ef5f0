//! What was made lately, by what it was made of.

use std::hash::Hash;

use indexmap::IndexMap;
use parking_lot::Mutex;

/// The `most` values that were asked for last.
pub(crate) struct Cache<K, V> {
    most: usize,
    kept: Mutex<IndexMap<K, V>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    pub fn new(most: usize) -> Self {
        Self { most, kept: Mutex::default() }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut kept = self.kept.lock();
        let value = kept.shift_remove(key)?;
        kept.insert(key.clone(), value.clone());
        Some(value)
    }

    pub fn put(&self, key: K, value: V) {
        let mut kept = self.kept.lock();
        kept.shift_remove(&key);
        kept.insert(key, value);
        if kept.len() > self.most {
            kept.shift_remove_index(0);
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
