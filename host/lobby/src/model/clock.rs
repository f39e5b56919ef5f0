//! The creator's clock: its heartbeats, how far it is from ours, and times as texts in its frame.

use std::collections::VecDeque;

use time::{OffsetDateTime, PrimitiveDateTime, format_description::well_known::Iso8601};

/// Heartbeats that stale copies may still carry: 20 minutes of them.
const KEPT: usize = 256;
/// The least delayed of so many heartbeats tells the offset.
const SAMPLES: usize = 8;

#[derive(Debug, Default, Clone)]
pub struct CreatorClock {
    /// As it was written.
    latest: String,
    /// Whole seconds: a peer that reads and writes a heartbeat may cut its fraction.
    seen: VecDeque<i64>,
    samples: VecDeque<i64>,
    /// What was seen before the restart is not known.
    restored: bool,
    /// … and nothing was since.
    unsure: bool,
}

impl CreatorClock {
    pub fn restore(latest: &str, offset_ms: Option<i64>) -> Self {
        let restored = !latest.is_empty();
        let samples = offset_ms.into_iter().collect();
        let mut clock = Self { samples, restored, unsure: restored, ..Self::default() };
        clock.set(latest);
        clock
    }

    pub fn latest(&self) -> &str {
        &self.latest
    }

    /// Whether only the creator can have written this heartbeat, because it was never seen before.
    pub fn is_fresh(&self, heartbeat: &str) -> bool {
        let seen = |ms: i64| self.seen.contains(&ms.div_euclid(1000));
        read(heartbeat).is_some_and(|ms| !seen(ms) && (!self.restored || self.is_later(ms)))
    }

    /// A fresh heartbeat, from now on the newest. Whether its writer must be the creator: the first one after a restart may be in
    /// somebody's copy.
    pub fn beat(&mut self, heartbeat: &str, wall_ms: i64) -> bool {
        self.set(heartbeat);
        self.sample(heartbeat, wall_ms);
        !std::mem::take(&mut self.unsure)
    }

    /// Takes note of a heartbeat that is not its creator's word now, because it came again or was the host's own.
    pub fn notice(&mut self, heartbeat: &str) {
        if let Some(ms) = read(heartbeat).filter(|ms| self.is_later(*ms)) {
            push(&mut self.seen, ms.div_euclid(1000), KEPT);
            heartbeat.clone_into(&mut self.latest);
        }
    }

    fn is_later(&self, ms: i64) -> bool {
        read(&self.latest).is_none_or(|latest| ms > latest)
    }

    /// The newest heartbeat from now on.
    pub fn set(&mut self, heartbeat: &str) {
        heartbeat.clone_into(&mut self.latest);
        if let Some(ms) = read(heartbeat) {
            push(&mut self.seen, ms.div_euclid(1000), KEPT);
        }
    }

    /// A fresh heartbeat that arrived just now.
    pub fn sample(&mut self, heartbeat: &str, wall_ms: i64) {
        if let Some(ms) = read(heartbeat) {
            push(&mut self.samples, ms - wall_ms, SAMPLES);
        }
    }

    /// The creator's clock minus ours. Delays only make a sample smaller, so the greatest is the best.
    pub fn offset_ms(&self) -> Option<i64> {
        self.samples.iter().max().copied()
    }
}

fn push(queue: &mut VecDeque<i64>, value: i64, length: usize) {
    queue.push_back(value);
    if queue.len() > length {
        queue.pop_front();
    }
}

/// Whether two texts mean the same second. Unreadable ones are the same as each other and no other.
pub fn same_second(one: &str, other: &str) -> bool {
    one == other || read(one).map(|ms| ms.div_euclid(1000)) == read(other).map(|ms| ms.div_euclid(1000))
}

/// Whether one sender wrote `text` later than `earlier`; where that cannot be read, whether it is another text or none.
pub fn is_after(text: &str, earlier: &str) -> bool {
    match (read(text), read(earlier)) {
        (Some(ms), Some(earlier)) => ms > earlier,
        _ => text.is_empty() || text != earlier,
    }
}

/// Milliseconds since 1970 of a naive ISO text, as if it were UTC; of one with an offset, in UTC. `None`: unreadable.
pub fn read(text: &str) -> Option<i64> {
    let text = text.trim().replacen(' ', "T", 1);
    let at = match PrimitiveDateTime::parse(&text, &Iso8601::DEFAULT) {
        Ok(naive) if !has_offset(&text) => naive.assume_utc(),
        _ => OffsetDateTime::parse(&text, &Iso8601::DEFAULT).ok()?,
    };
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']))
}

/// `2026-02-04T13:38:00.120000`: as Python writes a naive time, also without a fraction where it is zero. An offset would break
/// the parser of the published client.
pub fn write(ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    let (hour, minute, second) = time.as_hms();
    let whole = format!("{date}T{hour:02}:{minute:02}:{second:02}");
    match time.microsecond() {
        0 => whole,
        fraction => format!("{whole}.{fraction:06}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_shape_that_peers_write() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(read(text), expected, "{text}");
        check("1970-01-01T00:00:01", Some(1000));
        check("1970-01-01T00:00:01.5", Some(1500));
        check("1970-01-01T00:00:01.123456", Some(1123));
        check("1970-01-01 00:00:01", Some(1000));
        check("1970-01-01T02:00:01+02:00", Some(1000));
        check("1970-01-01T00:00:01Z", Some(1000));
        check("1969-12-31T23:59:59.5", Some(-500));
        for bad in ["", "yesterday", "12", "2024-13-01T00:00:00", "2024-01-01", "\u{1F389}2024-01-01T00:00"] {
            check(bad, None);
        }
    }

    #[test]
    fn what_is_written_has_no_offset_and_is_read_again() {
        assert_eq!(write(0), "1970-01-01T00:00:00");
        assert_eq!(write(1_770_212_280_120), "2026-02-04T13:38:00.120000");
        assert_eq!(read(&write(1_770_212_280_120)), Some(1_770_212_280_120));
    }

    #[test]
    fn a_heartbeat_is_fresh_once_and_the_least_delayed_tells_the_offset() {
        let mut clock = CreatorClock::default();
        for (sent, delay) in [(5_000, 40), (10_000, 900), (15_000, 20)] {
            let text = write(7_200_000 + sent);
            assert!(clock.is_fresh(&text));
            clock.set(&text);
            clock.sample(&text, sent + delay);
            assert!(!clock.is_fresh(&text));
            assert!(!clock.is_fresh(&text[..19]), "cut to the second it is the same");
        }
        assert_eq!(clock.offset_ms(), Some(7_199_980));
        assert!(!clock.is_fresh("nonsense"));
    }
}
