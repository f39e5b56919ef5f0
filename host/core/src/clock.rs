//! One clock, simulated in tests, so that no test sleeps.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Wall-clock time in milliseconds since 1970, UTC.
pub trait Clock: Send + Sync + 'static {
    fn now_ms(&self) -> i64;
}

pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

/// Stands still until told otherwise.
pub struct SimulatedClock(AtomicI64);

impl SimulatedClock {
    pub fn at(ms: i64) -> Self {
        Self(AtomicI64::new(ms))
    }

    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for SimulatedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// `2026-02-04T13:38:00Z`, with milliseconds where there are some.
pub fn rfc3339(ms: i64) -> String {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".into())
}

/// Milliseconds since 1970 of a time with its offset (`2026-02-04T13:38:00Z`); what is finer is cut off. `None` where the
/// text is no such time.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_utc_with_a_z() {
        assert_eq!(rfc3339(1_770_212_280_000), "2026-02-04T13:38:00Z");
        assert_eq!(rfc3339(1_770_212_280_250), "2026-02-04T13:38:00.25Z");
    }

    #[test]
    fn a_time_is_read_with_its_offset_or_not_at_all() {
        for (text, ms) in [
            ("2026-02-04T13:38:00Z", Some(1_770_212_280_000)),
            ("2026-02-04T14:38:00.250999+01:00", Some(1_770_212_280_250)),
            ("1969-12-31T23:59:59.9999Z", Some(-1)),
            ("2026-02-04T13:38:00", None),
            ("2026-02-30T13:38:00Z", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(parse_rfc3339(text), ms, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_time_is_read_back(ms in -62_000_000_000_000..253_000_000_000_000_i64) {
            prop_assert_eq!(parse_rfc3339(&rfc3339(ms)), Some(ms));
        }

        #[test]
        fn no_text_makes_reading_a_time_fail_hard(text in ".{0,40}") {
            let read = parse_rfc3339(&text);
            prop_assert!(read.is_none_or(|ms| ms.abs() < 1 << 53));
        }
    }
}
