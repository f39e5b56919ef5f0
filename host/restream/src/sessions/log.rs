//! What of a document's history can be taken back: the actions since its last barrier, and which of them are undone now.

use std::collections::BTreeSet;

use regie_store::{Entry, EntryKind};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Actions since a barrier, oldest first.
#[derive(Debug, Default)]
pub struct Log {
    /// The version the barrier led to; the oldest state that actions are run again from.
    pub base: u64,
    pub actions: Vec<Logged>,
    toggles: Vec<Toggle>,
    /// The newest entry, where it is a barrier that restoring takes back.
    pub newest_barrier: Option<Barrier>,
}

/// An action as the history keeps it.
#[derive(Debug)]
pub struct Logged {
    pub version: u64,
    pub actor: String,
    /// `{action, ctx}`, as it was run.
    pub envelope: Box<RawValue>,
    pub words: Option<String>,
}

#[derive(Debug)]
pub struct Barrier {
    pub version: u64,
    pub actor: String,
}

#[derive(Debug)]
struct Toggle {
    version: u64,
    target: u64,
    actor: String,
    undoes: bool,
}

/// What the host writes into the detail of `undo`, `redo` and `restore`.
#[derive(Debug, Deserialize)]
pub struct Names {
    /// The version that this entry takes back (or, for `redo`, brings back).
    pub undoes: Option<u64>,
}

/// An action's detail, as far as it is read here.
#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    result: DetailResult,
}

#[derive(Default, Deserialize)]
struct DetailResult {
    #[serde(default)]
    words: Option<String>,
}

#[derive(Deserialize)]
struct Who {
    #[serde(default)]
    id: String,
}

/// Builds a [`Log`] from entries that come newest first.
#[derive(Default)]
pub struct Reader {
    log: Log,
    /// Entries from this version on were taken back together.
    skip_from: Option<u64>,
    first: bool,
}

impl Reader {
    pub fn new() -> Self {
        Self { first: true, ..Self::default() }
    }

    /// Answers whether the barrier was found: no older entry counts.
    pub fn read(&mut self, entry: &Entry) -> bool {
        if self.skip_from.is_some_and(|from| entry.version >= from) {
            return false;
        }
        let newest = self.first;
        // Labels do not count.
        self.first &= entry.kind == EntryKind::Labels;
        match entry.kind {
            EntryKind::Labels => {}
            EntryKind::Action => self.log.actions.push(Logged {
                version: entry.version,
                actor: actor(entry),
                envelope: entry.detail.clone(),
                words: words(entry),
            }),
            EntryKind::Undo | EntryKind::Redo => {
                if let Some(target) = names(entry) {
                    self.log.toggles.push(Toggle {
                        version: entry.version,
                        target,
                        actor: actor(entry),
                        undoes: entry.kind == EntryKind::Undo,
                    });
                }
            }
            kind => {
                if newest && is_taken_back(kind) {
                    self.log.newest_barrier = Some(Barrier { version: entry.version, actor: actor(entry) });
                }
                match names(entry) {
                    // A barrier and its restoring together are nothing.
                    Some(undone) if kind == EntryKind::Restore => self.skip_from = Some(undone),
                    _ => {
                        self.log.base = entry.version;
                        return true;
                    }
                }
            }
        }
        false
    }

    pub fn end(mut self) -> Log {
        self.log.actions.reverse();
        self.log.toggles.reverse();
        self.log
    }
}

/// Barriers that are taken back by restoring what was there before.
fn is_taken_back(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Reset | EntryKind::Preset | EntryKind::HandEdit | EntryKind::Restore)
}

fn names(entry: &Entry) -> Option<u64> {
    serde_json::from_str::<Names>(entry.detail.get()).ok()?.undoes
}

fn actor(entry: &Entry) -> String {
    serde_json::from_str::<Who>(entry.actor.get()).map(|who| who.id).unwrap_or_default()
}

/// What happened, as the plugin says it.
pub fn words(entry: &Entry) -> Option<String> {
    serde_json::from_str::<Detail>(entry.detail.get()).ok()?.result.words
}

/// How a changed set of undone actions becomes a state: from which stored version, and what is run again.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    pub from: u64,
    /// Indexes into [`Log::actions`].
    pub again: Vec<usize>,
}

impl Log {
    /// Versions of actions that are undone as of version `at`.
    pub fn undone_at(&self, at: u64) -> BTreeSet<u64> {
        let mut undone = BTreeSet::new();
        for toggle in self.toggles.iter().take_while(|t| t.version <= at) {
            if toggle.undoes {
                undone.insert(toggle.target);
            } else {
                undone.remove(&toggle.target);
            }
        }
        undone
    }

    pub fn undone(&self) -> BTreeSet<u64> {
        self.undone_at(u64::MAX)
    }

    pub fn action(&self, version: u64) -> Option<&Logged> {
        self.actions.iter().find(|action| action.version == version)
    }

    /// The newest action of `actor` that stands.
    pub fn newest_of(&self, actor: &str) -> Option<&Logged> {
        let undone = self.undone();
        self.actions.iter().rev().find(|a| a.actor == actor && !undone.contains(&a.version))
    }

    /// The action that `actor` undid last and that is still undone.
    pub fn undone_last_by(&self, actor: &str) -> Option<&Logged> {
        let undone = self.undone();
        let toggle =
            self.toggles.iter().rev().find(|t| t.undoes && t.actor == actor && undone.contains(&t.target))?;
        self.action(toggle.target)
    }

    /// `None` where the state of version `at` may be started from for a state in which exactly `undone` are undone; else the
    /// version before the first action that is to be otherwise.
    pub fn before_misfit(&self, undone: &BTreeSet<u64>, at: u64) -> Option<u64> {
        if at <= self.base {
            return None;
        }
        let then = self.undone_at(at);
        let first = then.symmetric_difference(undone).copied().filter(|version| *version <= at).min()?;
        Some((first - 1).max(self.base))
    }

    /// Indexes of the actions that are run again on the state of version `from`, up to version `upto`.
    pub fn again(&self, undone: &BTreeSet<u64>, from: u64, upto: u64) -> Plan {
        let again = self.actions.iter().enumerate();
        let again =
            again.filter(|(_, a)| a.version > from && a.version <= upto && !undone.contains(&a.version));
        Plan { from, again: again.map(|(index, _)| index).collect() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regie_store::EntryKind as K;
    use serde_json::json;

    use super::*;
    use crate::sessions::raw;

    fn entry(version: u64, kind: EntryKind, actor: &str, undoes: Option<u64>) -> Entry {
        let detail = match undoes {
            Some(target) => json!({"undoes": target}),
            None => json!({"action": version, "result": {"words": format!("w{version}")}}),
        };
        Entry { version, at_ms: 0, kind, actor: raw(&json!({"id": actor})), detail: raw(&detail) }
    }

    fn log(entries: &[Entry]) -> Log {
        let mut reader = Reader::new();
        for entry in entries.iter().rev() {
            if reader.read(entry) {
                break;
            }
        }
        reader.end()
    }

    fn versions(log: &Log) -> Vec<u64> {
        log.actions.iter().map(|a| a.version).collect()
    }

    #[test]
    fn a_barrier_ends_it_and_labels_do_not() {
        let log = log(&[
            entry(1, K::Create, "", None),
            entry(2, K::Action, "a", None),
            entry(3, K::Reset, "r", None),
            entry(4, K::Action, "a", None),
            entry(5, K::Labels, "", None),
            entry(6, K::Action, "b", None),
        ]);
        assert_eq!((log.base, versions(&log)), (3, vec![4, 6]));
        assert!(log.newest_barrier.is_none());
        assert_eq!(log.newest_of("a").unwrap().version, 4);
    }

    #[test]
    fn a_reset_and_its_restoring_together_are_nothing() {
        let mut entries = vec![
            entry(1, K::Create, "", None),
            entry(2, K::Action, "a", None),
            entry(3, K::Reset, "r", None),
        ];
        assert_eq!(log(&entries).newest_barrier.unwrap().version, 3);
        entries.push(entry(4, K::Restore, "r", Some(3)));
        assert_eq!((log(&entries).base, versions(&log(&entries))), (1, vec![2]));
        // The restoring taken back: the reset stands again.
        entries.push(entry(5, K::Restore, "r", Some(4)));
        entries.push(entry(6, K::Action, "a", None));
        assert_eq!((log(&entries).base, versions(&log(&entries))), (3, vec![6]));
    }

    #[test]
    fn redo_brings_back_what_the_same_person_undid_last() {
        let mut entries = vec![
            entry(1, K::Create, "", None),
            entry(2, K::Action, "a", None),
            entry(3, K::Action, "b", None),
            entry(4, K::Undo, "a", Some(2)),
        ];
        assert_eq!(log(&entries).undone_last_by("a").unwrap().version, 2);
        assert!(log(&entries).undone_last_by("b").is_none());
        entries.push(entry(5, K::Redo, "a", Some(2)));
        assert!(log(&entries).undone_last_by("a").is_none() && log(&entries).undone().is_empty());
    }

    proptest! {
        /// Whatever was undone and redone before, and whichever states are stored: the plan's state is that of running
        /// exactly the actions that stand, in order.
        #[test]
        fn a_plan_leads_to_the_actions_that_stand(
            steps in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 1..40),
            keep in prop::collection::vec(any::<bool>(), 41),
            choice in any::<prop::sample::Index>(),
        ) {
            // The state is the list of versions that were applied.
            let mut entries = vec![entry(1, K::Create, "", None)];
            let mut states = vec![(1_u64, Vec::<u64>::new())];
            let mut stand: BTreeSet<u64> = BTreeSet::new();
            let mut all: Vec<u64> = Vec::new();
            for (version, (acts, index)) in (2_u64..).zip(&steps) {
                if *acts || all.is_empty() {
                    entries.push(entry(version, K::Action, "a", None));
                    all.push(version);
                    stand.insert(version);
                } else {
                    let target = *index.get(&all);
                    let undoes = stand.contains(&target);
                    entries.push(entry(version, if undoes { K::Undo } else { K::Redo }, "a", Some(target)));
                    if undoes { stand.remove(&target); } else { stand.insert(target); }
                }
                states.push((version, stand.iter().copied().collect()));
            }
            let log = log(&entries);
            let newest = states.last().unwrap().0;
            let stored: BTreeSet<u64> = states
                .iter()
                .zip(&keep)
                .filter(|((v, _), keep)| *v == 1 || **keep)
                .map(|((v, _), _)| *v)
                .collect();
            prop_assume!(!all.is_empty());
            let target = *choice.get(&all);
            let mut undone = log.undone();
            if !undone.remove(&target) { undone.insert(target); }
            let nearest = |below| *stored.range(..=below).next_back().unwrap();
            let mut from = nearest(newest);
            while let Some(below) = log.before_misfit(&undone, from) {
                from = nearest(below);
            }
            let plan = log.again(&undone, from, newest);
            let (_, mut state) = states.iter().find(|(v, _)| *v == plan.from).unwrap().clone();
            state.extend(plan.again.iter().map(|i| log.actions[*i].version));
            let expected: Vec<u64> = all.iter().copied().filter(|v| !undone.contains(v)).collect();
            prop_assert_eq!(state, expected);
        }
    }
}
