//! One connection a player: a new one takes the seat of the old one, never the other way round. A player must not be locked
//! out by a link that is half dead.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub struct Seats {
    taken: Mutex<HashMap<(String, u32), (u64, CancellationToken)>>,
    serial: AtomicU64,
}

/// A seat as its holder has it.
pub struct Seat {
    key: (String, u32),
    serial: u64,
    /// Cancelled once somebody else sits here.
    pub evicted: CancellationToken,
}

impl Seats {
    /// Whoever sat there is told to go. `then` runs before anybody else takes or leaves a seat: what is said of a seat is
    /// said in the order of what happened.
    pub fn take(&self, race: &str, slot: u32, then: impl FnOnce()) -> Seat {
        let (key, serial) = ((race.to_owned(), slot), self.serial.fetch_add(1, Relaxed));
        let evicted = CancellationToken::new();
        let mut taken = self.taken.lock();
        if let Some((_, before)) = taken.insert(key.clone(), (serial, evicted.clone())) {
            before.cancel();
        }
        then();
        Seat { key, serial, evicted }
    }

    /// `then` runs as with [`Seats::take`], where the seat is empty now: somebody else may have it.
    pub fn leave(&self, seat: &Seat, then: impl FnOnce()) {
        let mut taken = self.taken.lock();
        if taken.get(&seat.key).is_some_and(|(serial, _)| *serial == seat.serial) {
            taken.remove(&seat.key);
            then();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_connection_evicts_the_old_one_and_the_old_one_leaves_the_seat_taken() {
        let seats = Seats::default();
        let (old, other) = (seats.take("race", 1, || ()), seats.take("race", 2, || ()));
        let new = seats.take("race", 1, || ());
        assert!(old.evicted.is_cancelled() && !new.evicted.is_cancelled() && !other.evicted.is_cancelled());
        let mut empty = 0;
        seats.leave(&old, || empty += 1);
        assert_eq!(empty, 0, "somebody else sits there");
        seats.leave(&new, || empty += 1);
        seats.leave(&other, || empty += 1);
        assert_eq!((empty, seats.taken.lock().len()), (2, 0));
    }
}
