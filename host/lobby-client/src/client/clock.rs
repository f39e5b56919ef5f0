//! Times as peers write them, and a little chance.

use std::time::Duration;

use chrono::{Local, NaiveDateTime};
use uuid::Uuid;

/// Local time without an offset, in microseconds: peers in Python compare it with their own `datetime.now()`.
pub fn now() -> String {
    Local::now().naive_local().format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Whether this text is a time of the local clock not further away than so much.
pub fn is_within(text: &str, distance: Duration) -> bool {
    let Ok(time) = text.parse::<NaiveDateTime>() else { return false };
    let apart = Local::now().naive_local().signed_duration_since(time).abs();
    apart.to_std().is_ok_and(|apart| apart <= distance)
}

/// Somewhere between a half and three halves of it, so that peers that failed together do not try again together.
pub fn about(duration: Duration) -> Duration {
    let [.., a, b] = Uuid::now_v7().into_bytes();
    let chance = f64::from(u16::from_le_bytes([a, b])) / f64::from(u16::MAX);
    duration.mul_f64(0.5 + chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_now_is_read_as_now() {
        assert!(is_within(&now(), Duration::from_secs(2)));
        for other in ["2001-01-01T00:00:00", "", "yesterday"] {
            assert!(!is_within(other, Duration::from_secs(15)), "{other}");
        }
    }

    #[test]
    fn about_is_between_a_half_and_three_halves() {
        for _ in 0..100 {
            let it = about(Duration::from_millis(100)).as_millis();
            assert!((50..=150).contains(&it), "{it}");
        }
    }
}
