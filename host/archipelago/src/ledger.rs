//! What a slot has received, as counts by item id.

use std::collections::BTreeMap;

use crate::fault::Fault;

/// Kinds of items; a room that invents more than this is not a room.
const MAX_KINDS: usize = 16_384;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    counts: BTreeMap<i64, u32>,
    /// Length of the room's list as far as we know it: the index that the next delivery must have.
    next: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Counted,
    /// The delivery does not join on to what we have; nothing was counted.
    Gap,
}

impl Ledger {
    /// A delivery at index 0 is the whole list, one at our own next index goes on, any other shows that something was
    /// missed (network protocol, "Synchronizing Items").
    pub fn receive(&mut self, index: u64, items: impl ExactSizeIterator<Item = i64>) -> Result<Step, Fault> {
        if index == 0 {
            self.counts.clear();
            self.next = 0;
        } else if index != self.next {
            return Ok(Step::Gap);
        }
        self.next = self.next.saturating_add(items.len() as u64);
        for id in items {
            if self.counts.len() >= MAX_KINDS && !self.counts.contains_key(&id) {
                return Err(Fault::Malformed(format!("more than {MAX_KINDS} kinds of items")));
            }
            let count = self.counts.entry(id).or_insert(0);
            *count = count.saturating_add(1);
        }
        Ok(Step::Counted)
    }

    pub fn counts(&self) -> &BTreeMap<i64, u32> {
        &self.counts
    }

    pub fn total(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_append_replace_or_show_a_gap() {
        let mut ledger = Ledger::default();
        let mut step = |index, items: &[i64]| {
            let step = ledger.receive(index, items.iter().copied()).unwrap();
            (step, ledger.counts().clone().into_iter().collect::<Vec<_>>(), ledger.total())
        };
        assert_eq!(step(0, &[5, 5, 7]), (Step::Counted, vec![(5, 2), (7, 1)], 3));
        assert_eq!(step(3, &[7]), (Step::Counted, vec![(5, 2), (7, 2)], 4));
        // A delivery that we have already, one that overlaps, one too far.
        for index in [1, 3, 5, u64::MAX] {
            assert_eq!(step(index, &[7, 7]), (Step::Gap, vec![(5, 2), (7, 2)], 4), "{index}");
        }
        assert_eq!(step(0, &[7]), (Step::Counted, vec![(7, 1)], 1));
        assert_eq!(step(0, &[]), (Step::Counted, vec![], 0));
    }

    #[test]
    fn a_room_cannot_make_us_remember_without_end() {
        let mut ledger = Ledger::default();
        let fault = ledger.receive(0, (0..20_000i64).collect::<Vec<_>>().into_iter()).unwrap_err();
        assert!(matches!(fault, Fault::Malformed(_)));
        assert!(ledger.counts().len() <= MAX_KINDS);
    }
}
