//! What calls cost: the last few hundred of each hook.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use parking_lot::Mutex;
use serde::Serialize;

use crate::runtime::Hook;

const KEPT: usize = 512;

/// CPU time of a hook's calls, in microseconds; the percentiles are of the last 512.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Timing {
    pub count: u64,
    pub p50_us: u64,
    pub p99_us: u64,
    /// Traps and answers that were none.
    pub traps: u64,
}

#[derive(Default)]
pub(crate) struct Timings(Mutex<BTreeMap<Hook, Recent>>);

#[derive(Default)]
struct Recent {
    count: u64,
    traps: u64,
    last_us: VecDeque<u64>,
}

impl Timings {
    pub(crate) fn add(&self, hook: Hook, cpu: Duration, trapped: bool) {
        let mut hooks = self.0.lock();
        let recent = hooks.entry(hook).or_default();
        recent.count += 1;
        recent.traps += u64::from(trapped);
        if recent.last_us.len() == KEPT {
            recent.last_us.pop_front();
        }
        recent.last_us.push_back(u64::try_from(cpu.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn read(&self) -> BTreeMap<&'static str, Timing> {
        self.0.lock().iter().map(|(hook, recent)| (hook.as_str(), recent.read())).collect()
    }
}

impl Recent {
    fn read(&self) -> Timing {
        let mut sorted: Vec<u64> = self.last_us.iter().copied().collect();
        sorted.sort_unstable();
        let at =
            |percent: usize| sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)));
        let (p50_us, p99_us) = (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default());
        Timing { count: self.count, p50_us, p99_us, traps: self.traps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_last_calls_and_counts_of_all() {
        let timings = Timings::default();
        for us in (0..1_000).map(|n| if n < 488 { 9_999 } else { n - 488 }) {
            timings.add(Hook::Update, Duration::from_micros(us), us == 7);
        }
        let expected = Timing { count: 1_000, p50_us: 256, p99_us: 506, traps: 1 };
        assert_eq!(timings.read()["update"], expected);
    }
}
