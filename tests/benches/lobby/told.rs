//! What came of a run.

use std::time::Duration;

#[derive(Default)]
pub struct Told {
    /// Microseconds from a peer's write until another sees it for good; in order once the run is over.
    pub latencies: Vec<u64>,
    /// Others who did not see a change for good.
    pub unseen: usize,
    pub joins: usize,
    pub leaves: usize,
    /// Who should be in, at the end, without the creators.
    pub members: usize,
    pub lost: usize,
    pub ghosts: usize,
    /// Sessions that are closed or gone, though nobody closed any.
    pub torn: usize,
    pub sent: usize,
    pub received: usize,
    pub broken: usize,
    pub lasted: Duration,
}

impl Told {
    pub fn latency_ms(&self, q: f64) -> f64 {
        let index = (self.latencies.len().saturating_sub(1) as f64 * q) as usize;
        self.latencies.get(index).map_or(f64::NAN, |micros| *micros as f64 / 1e3)
    }
}
