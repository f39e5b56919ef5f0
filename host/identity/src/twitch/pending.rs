//! Sign-ins under way: remembered for ten minutes, each good once, and only in the browser that began it.

use std::collections::HashMap;

use oauth2::PkceCodeVerifier;
use subtle::ConstantTimeEq;

use crate::secret::{self, Hash};

pub(crate) const LIFE_MS: i64 = 600_000;

/// More at once are nobody's browsers; the oldest go.
const MOST: usize = 4096;

pub(crate) struct Pending {
    pub verifier: PkceCodeVerifier,
    /// As the provider was told.
    pub redirect: String,
    /// Of the cookie.
    pub browser: Hash,
    pub next: String,
    /// Id of the user whose account is to be linked.
    pub link: Option<String>,
    pub expires_at_ms: i64,
}

#[derive(Default)]
pub(crate) struct UnderWay {
    by_state: HashMap<Hash, Pending>,
}

impl UnderWay {
    pub fn keep(&mut self, state: &str, pending: Pending, now_ms: i64) {
        self.by_state.retain(|_, one| one.expires_at_ms > now_ms);
        if self.by_state.len() >= MOST
            && let Some(oldest) =
                self.by_state.iter().min_by_key(|(_, one)| one.expires_at_ms).map(|(state, _)| *state)
        {
            self.by_state.remove(&oldest);
        }
        self.by_state.insert(secret::hash(state), pending);
    }

    /// A state is used up by whoever brings it, so that one that leaked cannot be tried twice.
    pub fn take(&mut self, state: &str, browser: Option<Hash>, now_ms: i64) -> Option<Pending> {
        let pending = self.by_state.remove(&secret::hash(state))?;
        let same = browser.is_some_and(|browser| bool::from(browser.ct_eq(&pending.browser)));
        (same && pending.expires_at_ms > now_ms).then_some(pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(expires_at_ms: i64) -> Pending {
        Pending {
            verifier: PkceCodeVerifier::new("x".repeat(43)),
            redirect: String::new(),
            browser: secret::hash("browser"),
            next: "/".into(),
            link: None,
            expires_at_ms,
        }
    }

    #[test]
    fn a_state_is_good_once_for_ten_minutes_in_the_browser_that_began() {
        let browser = Some(secret::hash("browser"));
        let kept = || {
            let mut all = UnderWay::default();
            all.keep("state", pending(100), 0);
            all
        };
        assert!(kept().take("state", browser, 99).is_some());
        assert!(kept().take("state", browser, 100).is_none(), "too late");
        assert!(kept().take("state", None, 1).is_none(), "no cookie");
        assert!(kept().take("state", Some(secret::hash("other")), 1).is_none(), "another browser");
        assert!(kept().take("other", browser, 1).is_none(), "never begun");
        let mut all = kept();
        assert!(all.take("state", browser, 1).is_some());
        assert!(all.take("state", browser, 1).is_none(), "twice");
    }

    #[test]
    fn what_is_under_way_is_bounded() {
        let mut all = UnderWay::default();
        for n in 0..5000 {
            all.keep(&n.to_string(), pending(1_000 + n), 0);
        }
        assert_eq!(all.by_state.len(), MOST);
        assert!(all.take("4999", Some(secret::hash("browser")), 1).is_some(), "the newest is kept");
    }
}
