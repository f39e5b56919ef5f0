//! Gives a plugin that keeps failing a rest: per (hook, document), and for the whole plugin once three documents see it.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::runtime::Hook;

/// Traps within [`WINDOW_MS`] that open it.
const TRAPS: usize = 3;
const WINDOW_MS: i64 = 60_000;
/// Documents with an open breaker within [`WINDOW_MS`] that open it for the whole plugin.
const DOCUMENTS: usize = 3;
const FIRST_REST_MS: i64 = 1_000;
const LONGEST_REST_MS: i64 = 60_000;
/// Entries kept before those that are over are cleared out.
const ENTRIES: usize = 1_024;

#[derive(Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    entries: HashMap<(Hook, String), Entry>,
    plugin: Rest,
}

#[derive(Default)]
struct Entry {
    /// Times of the traps within the window.
    traps: Vec<i64>,
    rest: Rest,
}

/// Closed while `length_ms` is 0; else open until `until_ms`, and from then on half-open: the next trap doubles it, a
/// success ends it.
#[derive(Default, Clone, Copy)]
struct Rest {
    until_ms: i64,
    length_ms: i64,
    opened_ms: i64,
}

/// Calls that are refused until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resting {
    /// Milliseconds since 1970.
    pub until_ms: i64,
    /// `None`: all of them.
    pub hook: Option<&'static str>,
    /// `None`: all, or calls that are about none.
    pub document: Option<String>,
}

impl Rest {
    fn open(&mut self, now_ms: i64) {
        self.length_ms =
            if self.length_ms == 0 { FIRST_REST_MS } else { (self.length_ms * 2).min(LONGEST_REST_MS) };
        self.until_ms = now_ms + self.length_ms;
        self.opened_ms = now_ms;
    }

    fn is_open(self, now_ms: i64) -> bool {
        self.length_ms > 0 && now_ms < self.until_ms
    }
}

impl Breaker {
    /// `Err` with the time (milliseconds since 1970) from which a call may be tried.
    pub(crate) fn check(&self, hook: Hook, document: &str, now_ms: i64) -> Result<(), i64> {
        let state = self.0.lock();
        let entry = state.entries.get(&(hook, document.to_owned())).map(|e| e.rest);
        let until = [Some(state.plugin), entry]
            .into_iter()
            .flatten()
            .filter(|r| r.is_open(now_ms))
            .map(|r| r.until_ms)
            .max();
        until.map_or(Ok(()), Err)
    }

    /// A clean fault is a success here: the plugin answered.
    pub(crate) fn succeeded(&self, hook: Hook, document: &str, now_ms: i64) {
        let mut state = self.0.lock();
        // A call that was in flight when the plugin was sent to rest does not wake it.
        if !state.plugin.is_open(now_ms) {
            state.plugin = Rest::default();
        }
        if state.entries.is_empty() {
            return;
        }
        // Traps that were not enough to open it stay counted until their minute is over.
        if let Some(entry) = state.entries.get_mut(&(hook, document.to_owned()))
            && entry.rest.length_ms > 0
            && !entry.rest.is_open(now_ms)
        {
            *entry = Entry::default();
        }
    }

    /// Whether this trap opened the breaker (or opened it again).
    pub(crate) fn trapped(&self, hook: Hook, document: &str, now_ms: i64) -> bool {
        let mut state = self.0.lock();
        if state.entries.len() >= ENTRIES {
            state.entries.retain(|_, entry| entry.is_recent(now_ms));
        }
        let entry = state.entries.entry((hook, document.to_owned())).or_default();
        entry.traps.retain(|at| now_ms - at < WINDOW_MS);
        entry.traps.push(now_ms);
        let opens = !entry.rest.is_open(now_ms) && (entry.rest.length_ms > 0 || entry.traps.len() >= TRAPS);
        if !opens {
            return false;
        }
        entry.rest.open(now_ms);
        entry.traps.clear();
        // Calls without a document (the catalog) say nothing about documents.
        let mut documents: Vec<&str> = state
            .entries
            .iter()
            .filter(|((_, document), e)| {
                !document.is_empty() && e.rest.length_ms > 0 && now_ms - e.rest.opened_ms < WINDOW_MS
            })
            .map(|((_, document), _)| document.as_str())
            .collect();
        documents.sort_unstable();
        documents.dedup();
        if documents.len() >= DOCUMENTS && !state.plugin.is_open(now_ms) {
            state.plugin.open(now_ms);
        }
        true
    }

    /// What rests now, longest first: the whole plugin (no hook, no document), and each hook on a document.
    pub(crate) fn resting(&self, now_ms: i64) -> Vec<Resting> {
        let state = self.0.lock();
        let open = |rest: Rest| rest.is_open(now_ms).then_some(rest.until_ms);
        let plugin = open(state.plugin).map(|until_ms| Resting { until_ms, hook: None, document: None });
        let calls = state.entries.iter().filter_map(|((hook, document), entry)| {
            let document = (!document.is_empty()).then(|| document.clone());
            Some(Resting { until_ms: open(entry.rest)?, hook: Some(hook.as_str()), document })
        });
        let mut all: Vec<_> = plugin.into_iter().chain(calls).collect();
        all.sort_by(|a, b| {
            b.until_ms.cmp(&a.until_ms).then_with(|| (a.hook, &a.document).cmp(&(b.hook, &b.document)))
        });
        all
    }
}

impl Entry {
    fn is_recent(&self, now_ms: i64) -> bool {
        now_ms - self.rest.until_ms < WINDOW_MS || self.traps.last().is_some_and(|at| now_ms - at < WINDOW_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trap(breaker: &Breaker, document: &str, at: &[i64]) {
        for now in at {
            breaker.trapped(Hook::Update, document, *now);
        }
    }

    /// Until when the whole plugin rests.
    fn whole(breaker: &Breaker, now_ms: i64) -> Option<i64> {
        breaker.resting(now_ms).into_iter().find(|r| r.hook.is_none()).map(|r| r.until_ms)
    }

    #[test]
    fn what_rests_is_told_with_its_hook_and_document_while_it_does() {
        let breaker = Breaker::default();
        trap(&breaker, "a", &[0, 10, 20]);
        let resting = Resting { until_ms: 1_020, hook: Some("update"), document: Some("a".into()) };
        assert_eq!((breaker.resting(30), breaker.resting(1_020)), (vec![resting], vec![]));
    }

    #[test]
    fn three_traps_within_a_minute_open_it_for_that_hook_and_document_only() {
        let breaker = Breaker::default();
        trap(&breaker, "a", &[0, 10, 20]);
        assert_eq!(breaker.check(Hook::Update, "a", 30), Err(1_020));
        assert_eq!(breaker.check(Hook::Render, "a", 30), Ok(()));
        assert_eq!(breaker.check(Hook::Update, "b", 30), Ok(()));
        assert_eq!(breaker.check(Hook::Update, "a", 1_020), Ok(()));
    }

    #[test]
    fn traps_further_apart_than_a_minute_do_not_add_up() {
        let breaker = Breaker::default();
        trap(&breaker, "a", &[0, 1, 60_001, 60_002]);
        assert_eq!(breaker.check(Hook::Update, "a", 60_003), Ok(()));
        trap(&breaker, "a", &[60_004]);
        assert!(breaker.check(Hook::Update, "a", 60_005).is_err());
    }

    #[test]
    fn each_further_trap_doubles_the_rest_to_a_minute_and_a_success_ends_it() {
        let breaker = Breaker::default();
        trap(&breaker, "a", &[0, 0, 0]);
        let mut now = 0;
        for rest in [1, 2, 4, 8, 16, 32, 60, 60].map(|s| s * 1_000) {
            assert_eq!(breaker.check(Hook::Update, "a", now), Err(now + rest));
            now += rest;
            trap(&breaker, "a", &[now]);
        }
        breaker.succeeded(Hook::Update, "a", now);
        assert!(breaker.check(Hook::Update, "a", now).is_err(), "a call that was in flight does not end it");
        now += 60_000;
        breaker.succeeded(Hook::Update, "a", now);
        assert_eq!(breaker.check(Hook::Update, "a", now), Ok(()));
        trap(&breaker, "a", &[now, now]);
        assert_eq!(breaker.check(Hook::Update, "a", now), Ok(()), "it counts from nothing again");
    }

    #[test]
    fn three_documents_open_it_for_the_whole_plugin_and_two_do_not() {
        let breaker = Breaker::default();
        trap(&breaker, "", &[0, 0, 0]);
        trap(&breaker, "a", &[0, 0, 0]);
        trap(&breaker, "b", &[0, 0, 0]);
        assert_eq!((breaker.check(Hook::Render, "z", 1), whole(&breaker, 1)), (Ok(()), None));
        trap(&breaker, "c", &[5, 5, 5]);
        assert_eq!((breaker.check(Hook::Render, "z", 6), whole(&breaker, 6)), (Err(1_005), Some(1_005)));
        breaker.succeeded(Hook::Render, "z", 6);
        assert!(breaker.check(Hook::Render, "z", 6).is_err(), "a call that was in flight does not end it");
        breaker.trapped(Hook::Update, "c", 1_005);
        breaker.succeeded(Hook::Render, "z", 3_005);
        assert_eq!((breaker.check(Hook::Render, "z", 3_005), whole(&breaker, 3_005)), (Ok(()), None));
    }

    #[test]
    fn it_forgets_documents_whose_minute_is_over() {
        let breaker = Breaker::default();
        for n in 0..ENTRIES {
            trap(&breaker, &n.to_string(), &[0]);
        }
        trap(&breaker, "late", &[WINDOW_MS]);
        assert_eq!(breaker.0.lock().entries.len(), 1);
    }
}
