//! How much one connection may ask, and whether it still lives.

use std::time::Duration;

use tokio::time::Instant;

/// Frames at once: what a game sends after it was away, with every flag of its seed scanned again.
const BURST: f64 = 400.0;
/// Frames a second for as long as it likes.
const STEADY: f64 = 40.0;
/// Between two pings.
pub const BEAT: Duration = Duration::from_secs(30);
/// Pings without an answer that are waited for.
const MISSED: u32 = 2;

/// A bucket of tokens, one a frame.
pub struct Pace {
    tokens: f64,
    at: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self { tokens: BURST, at: now }
    }

    /// Whether one more frame is looked at now.
    pub fn allows(&mut self, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens, self.at) = ((self.tokens + since * STEADY).min(BURST), now);
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}

/// Counts pings that were not answered. Whatever is heard is an answer.
#[derive(Debug, Default)]
pub struct Pulse {
    unanswered: u32,
}

impl Pulse {
    pub fn heard(&mut self) {
        self.unanswered = 0;
    }

    /// At every beat: whether there is somebody to ping.
    pub fn beats(&mut self) -> bool {
        self.unanswered += 1;
        self.unanswered <= MISSED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_after_an_absence_passes_and_a_flood_does_not() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let passed = (0..500).filter(|_| pace.allows(start)).count();
        assert_eq!(passed, 400);
        let passed = (0..2000_u64).filter(|n| pace.allows(start + Duration::from_millis(n * 5))).count();
        assert!((395..=401).contains(&passed), "{passed} of 200 a second for ten seconds");
    }

    #[test]
    fn two_pings_without_an_answer_end_it_at_the_third_beat() {
        let mut pulse = Pulse::default();
        assert_eq!([pulse.beats(), pulse.beats(), pulse.beats()], [true, true, false]);
        let mut pulse = Pulse::default();
        for _ in 0..10 {
            assert!(pulse.beats());
            pulse.heard();
        }
    }
}
