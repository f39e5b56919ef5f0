//! What was observed lately: bases that peers may write from, and messages that may come again.

use std::collections::{HashMap, HashSet, VecDeque};

use regie_lobby_client::wire::{Form, Place, StateDoc};
use sha2::{Digest, Sha256};

use super::{Pair, SetHash};

/// So many pairs and messages are known; a peer whose copy is older than that can still add itself.
const LENGTH: usize = 512;
/// So many are stored with the record.
const STORED_PAIRS: usize = 64;
const STORED_PRINTS: usize = 128;

#[derive(Debug, Default, Clone)]
pub struct Ring {
    pairs: HashMap<(u64, SetHash), u64>,
    prints: VecDeque<u64>,
    known: HashSet<u64>,
}

impl Ring {
    pub fn restore(pairs: &[Pair], prints: &[String]) -> Self {
        let mut ring = Self::default();
        for pair in pairs {
            ring.observe(pair.version, pair.set, pair.rev);
        }
        for print in prints.iter().filter_map(|p| u64::from_str_radix(p, 16).ok()) {
            ring.first_time(print);
        }
        ring
    }

    /// When (own count) the set was last seen with this version.
    pub fn rev(&self, version: u64, set: SetHash) -> Option<u64> {
        self.pairs.get(&(version, set)).copied()
    }

    pub fn observe(&mut self, version: u64, set: SetHash, rev: u64) {
        self.pairs.insert((version, set), rev);
        if self.pairs.len() > LENGTH
            && let Some(oldest) = self.pairs.iter().min_by_key(|(_, rev)| **rev).map(|(pair, _)| *pair)
        {
            self.pairs.remove(&oldest);
        }
    }

    /// Whether a message with this fingerprint is new; from then on it is not.
    pub fn first_time(&mut self, print: u64) -> bool {
        if !self.known.insert(print) {
            return false;
        }
        self.prints.push_back(print);
        if self.prints.len() > LENGTH
            && let Some(oldest) = self.prints.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Oldest first.
    pub fn stored_pairs(&self) -> Vec<Pair> {
        let mut pairs: Vec<_> =
            self.pairs.iter().map(|(&(version, set), &rev)| Pair { version, set, rev }).collect();
        pairs.sort_unstable_by_key(|pair| (pair.rev, pair.version));
        pairs.split_off(pairs.len().saturating_sub(STORED_PAIRS))
    }

    /// Oldest first.
    pub fn stored_prints(&self) -> Vec<String> {
        let skipped = self.prints.len().saturating_sub(STORED_PRINTS);
        self.prints.iter().skip(skipped).map(|print| format!("{print:016x}")).collect()
    }
}

/// The same parts give the same number, in this and in later processes.
pub fn fingerprint(parts: &[&str]) -> u64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Of a state on a form's topic.
pub fn print(form: Form, doc: &StateDoc) -> u64 {
    let topic = Place::State { session: &doc.session_id, form }.to_string();
    fingerprint(&[&topic, &serde_json::to_string(doc).unwrap_or_default()])
}
