//! Failed logins per name and per address, and failed guesses at secrets per address, in a window that starts with the
//! first of them.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
};

use parking_lot::Mutex;
use regie_core::{Error, ErrorKind, Result};

use crate::secret;

/// More are not remembered; the oldest go first.
const REMEMBERED: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Address(IpAddr),
    /// Of the folded name, so that a long one costs no more than a short one.
    Name(secret::Hash),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    started_ms: i64,
    attempts: u64,
}

pub(crate) struct Limiter {
    most: u64,
    window_ms: i64,
    windows: Mutex<HashMap<Who, Window>>,
}

/// An attempt that was let through. It counts as failed unless [`Limiter::succeeded`] takes it back.
#[derive(Debug)]
pub(crate) struct Attempt(Vec<Who>);

impl Limiter {
    pub fn new(most: u64, window_ms: u64) -> Self {
        let window_ms = i64::try_from(window_ms).unwrap_or(i64::MAX);
        Self { most, window_ms, windows: Mutex::default() }
    }

    /// Counted before the password is looked at, so that attempts at the same time do not get past the limit.
    pub fn attempt(&self, name: &str, from: IpAddr, now_ms: i64) -> Result<Attempt> {
        self.count(vec![Who::Address(network(from)), Who::Name(secret::hash(name))], now_ms)
    }

    /// Of someone who is signed in: a password asked for once more.
    pub fn attempt_as(&self, name: &str, now_ms: i64) -> Result<Attempt> {
        self.count(vec![Who::Name(secret::hash(name))], now_ms)
    }

    /// Of a secret that nobody's name goes with.
    pub fn guess(&self, from: IpAddr, now_ms: i64) -> Result<Attempt> {
        self.count(vec![Who::Address(network(from))], now_ms)
    }

    fn count(&self, who: Vec<Who>, now_ms: i64) -> Result<Attempt> {
        let attempt = Attempt(who);
        let mut windows = self.windows.lock();
        for who in &attempt.0 {
            if let Some(window) = windows.get(who)
                && window.attempts >= self.most
                && self.runs(window, now_ms)
            {
                let wait = (window.started_ms.saturating_add(self.window_ms) - now_ms + 999) / 1000;
                return Err(Error::new(ErrorKind::RateLimited, "too many failed attempts")
                    .hint(format!("try again in {wait} s")));
            }
        }
        for who in &attempt.0 {
            self.make_room(&mut windows, now_ms);
            let window = windows.entry(who.clone()).or_insert(Window { started_ms: now_ms, attempts: 0 });
            if !self.runs(window, now_ms) {
                *window = Window { started_ms: now_ms, attempts: 0 };
            }
            window.attempts += 1;
        }
        Ok(attempt)
    }

    pub fn succeeded(&self, attempt: &Attempt) {
        let mut windows = self.windows.lock();
        for who in &attempt.0 {
            if let Some(window) = windows.get_mut(who) {
                window.attempts = window.attempts.saturating_sub(1);
            }
        }
    }

    fn runs(&self, window: &Window, now_ms: i64) -> bool {
        now_ms.saturating_sub(window.started_ms) < self.window_ms
    }

    fn make_room(&self, windows: &mut HashMap<Who, Window>, now_ms: i64) {
        if windows.len() < REMEMBERED {
            return;
        }
        windows.retain(|_, window| self.runs(window, now_ms));
        if windows.len() >= REMEMBERED {
            // A tenth at a time, so that whoever fills this up pays for the sorting once in a thousand attempts.
            let mut starts: Vec<i64> = windows.values().map(|window| window.started_ms).collect();
            let (_, cut, _) = starts.select_nth_unstable(REMEMBERED / 10);
            let cut = *cut;
            windows.retain(|_, window| window.started_ms > cut);
        }
    }
}

/// One household has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn failures_are_counted_per_name_and_per_address_until_the_window_ends() {
        let limiter = Limiter::new(3, 1000);
        for n in 0..3 {
            assert!(limiter.attempt("ada", ip(&format!("192.0.2.{n}")), 0).is_ok());
        }
        let refused = |name: &str, from: &str, now| {
            limiter.attempt(name, ip(from), now).err().map(|e| e.kind) == Some(ErrorKind::RateLimited)
        };
        assert!(refused("ada", "192.0.2.9", 999), "the name, from a new address");
        assert!(!refused("bob", "192.0.2.9", 999));
        assert!(!refused("ada", "192.0.2.9", 1000), "a new window");
        for n in 0..3 {
            assert!(limiter.attempt(&format!("n{n}"), ip("2001:db8::1"), 2000).is_ok());
        }
        assert!(refused("new", "2001:db8::ffff", 2001), "another address of the same /64");
        assert!(!refused("new", "2001:db8:0:1::1", 2001));
    }

    #[test]
    fn a_success_does_not_count() {
        let limiter = Limiter::new(1, 1000);
        for _ in 0..5 {
            let attempt = limiter.attempt("ada", ip("192.0.2.1"), 0).unwrap();
            limiter.succeeded(&attempt);
        }
    }

    #[test]
    fn guesses_count_for_the_address_and_an_asked_password_for_the_name_alone() {
        let limiter = Limiter::new(2, 1000);
        for _ in 0..2 {
            limiter.guess(ip("192.0.2.1"), 0).unwrap();
            limiter.attempt_as("ada", 0).unwrap();
        }
        assert!(limiter.guess(ip("192.0.2.1"), 0).is_err());
        assert!(limiter.attempt("bob", ip("192.0.2.1"), 0).is_err());
        assert!(limiter.attempt("ada", ip("192.0.2.2"), 0).is_err());
        assert!(limiter.attempt("bob", ip("192.0.2.2"), 0).is_ok());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limiter = Limiter::new(3, i64::MAX as u64);
        for n in 0..REMEMBERED + 50 {
            limiter.attempt(&n.to_string(), Ipv6Addr::from_bits((n as u128) << 64).into(), n as i64).unwrap();
        }
        assert!(limiter.windows.lock().len() <= REMEMBERED + 1);
    }
}
