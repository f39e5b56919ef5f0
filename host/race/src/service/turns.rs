//! Requests with the same key, one after another: the second finds what the first was answered.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Weak<Turn<()>>>>);

impl Turns {
    /// Held until the request is answered.
    pub async fn of(&self, key: String) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock();
            turns.retain(|_, turn| turn.strong_count() > 0);
            let turn = turns.get(&key).and_then(Weak::upgrade).unwrap_or_default();
            turns.insert(key, Arc::downgrade(&turn));
            turn
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_same_key_waits_and_another_does_not() {
        let turns = Turns::default();
        let first = turns.of("a".into()).await;
        assert!(turns.of("a".into()).now_or_never().is_none());
        assert!(turns.of("b".into()).now_or_never().is_some());
        drop(first);
        assert!(turns.of("a".into()).now_or_never().is_some());
    }
}
