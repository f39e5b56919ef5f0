//! Numbers of the arbiter's work, for status and metrics.

use serde::Serialize;

/// Since the server's start; `sessions` and `members` are of now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Writes of a state by peers.
    pub raw_writes: u64,
    /// Own writes that came back.
    pub echoes: u64,
    pub heartbeats: u64,
    pub corrections: u64,
    pub refusals: u64,
    pub joins: u64,
    pub leaves: u64,
    /// Members who were silent for too long.
    pub evictions: u64,
    /// Writes that would have brought back who had left.
    pub returns_refused: u64,
    pub malformed: u64,
    pub oversized: u64,
    /// Members who vanished without evidence of leaving. Always 0; it is counted so that one can see it.
    pub lost: u64,
    pub commits: u64,
    pub reconnects: u64,
    pub sessions: u64,
    pub members: u64,
    /// From the arrival of a peer's write until its correction is handed to the broker.
    pub latency_p50_ms: u64,
    pub latency_p99_ms: u64,
}

/// Upper bounds of the latencies' buckets, in milliseconds; what is above falls into a last one.
const BOUNDS_MS: [u64; 16] = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 75, 100, 250, 1_000, 3_000, 10_000];

/// Latencies in a few buckets: quantiles are the upper bounds of theirs.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    counts: [u64; BOUNDS_MS.len() + 1],
}

impl Latencies {
    pub fn record(&mut self, ms: u64) {
        let bucket = BOUNDS_MS.iter().position(|bound| ms <= *bound).unwrap_or(BOUNDS_MS.len());
        self.counts[bucket] += 1;
    }

    /// 0 where nothing was recorded. `percent` is 1 to 100.
    pub fn quantile_ms(&self, percent: u64) -> u64 {
        let total: u64 = self.counts.iter().sum();
        let rank = (total * percent).div_ceil(100);
        let mut below = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            below += count;
            if rank > 0 && below >= rank {
                return BOUNDS_MS.get(bucket).copied().unwrap_or(60_000);
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_upper_bound_of_its_bucket() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.quantile_ms(50), 0);
        for ms in 0..100 {
            latencies.record(ms);
        }
        assert_eq!((latencies.quantile_ms(50), latencies.quantile_ms(99)), (50, 100));
        latencies.record(1_000_000);
        assert_eq!(latencies.quantile_ms(100), 60_000);
    }
}
