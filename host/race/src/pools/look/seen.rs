//! What the last look found, besides the seeds themselves.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use super::super::{
    ByPool,
    config::Definition,
    model::{Maker, Problem, Refused},
};

#[derive(Default)]
pub struct Seen {
    definitions: ByPool<Arc<Definition>>,
    problems: ByPool<Vec<Problem>>,
    strays: ByPool<Strays>,
    filled: ByPool<(u64, Option<Filled>)>,
    verdicts: HashMap<std::path::PathBuf, Verdict>,
}

/// Folders in `consumed/` and `discarded/` without a document: from another instance, or from before a fresh start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strays {
    pub consumed: usize,
    pub discarded: usize,
}

/// Who can fill a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    pub maker: Maker,
    pub mode: Option<String>,
}

/// Why a folder was refused, and what it looked like then.
struct Verdict {
    newest: Duration,
    generation: u64,
    reason: String,
}

impl Seen {
    pub fn pools(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.definitions.values()
    }

    pub fn get(&self, pool: &str) -> Option<Arc<Definition>> {
        self.definitions.get(pool).cloned()
    }

    pub fn problems(&self, pool: &str) -> Vec<Problem> {
        self.problems.get(pool).cloned().unwrap_or_default()
    }

    pub fn strays(&self, pool: &str) -> Strays {
        self.strays.get(pool).copied().unwrap_or_default()
    }

    pub fn made(&self, pool: &str) -> Option<Filled> {
        self.filled.get(pool).and_then(|(_, filled)| filled.clone())
    }

    /// What is no longer in `pools.toml` is gone; what was decided with other settings is decided again.
    pub fn define(&mut self, pools: Vec<Definition>) {
        let before = std::mem::take(&mut self.definitions);
        for pool in pools {
            let same = before.get(&pool.name).is_some_and(|before| before.text == pool.text);
            if !same {
                self.filled.remove(&pool.name);
                self.verdicts.retain(|folder, _| !folder.starts_with(&pool.dir));
            }
            self.definitions.insert(pool.name.clone(), Arc::new(pool));
        }
    }

    pub fn tell(&mut self, refused: &[Refused]) {
        self.problems.clear();
        for refused in refused {
            self.problems.entry(refused.pool.clone()).or_default().push(refused.into());
        }
    }

    pub fn stray(&mut self, pool: &str, strays: Strays) {
        self.strays.insert(pool.to_owned(), strays);
    }

    pub fn knows_who_fills(&self, pool: &Definition, generation: u64) -> bool {
        self.filled.get(&pool.name).is_some_and(|(known, _)| *known == generation)
    }

    pub fn fill(&mut self, pool: &Definition, generation: u64, filled: Option<Filled>) {
        self.filled.insert(pool.name.clone(), (generation, filled));
    }

    /// Why this folder was refused, where neither it nor the modes changed since.
    pub fn verdict(&self, folder: &Path, newest: Duration, generation: u64) -> Option<String> {
        let verdict = self.verdicts.get(folder)?;
        (verdict.newest == newest && verdict.generation == generation).then(|| verdict.reason.clone())
    }

    pub fn judge(&mut self, folder: &Path, newest: Duration, generation: u64, reason: &str) {
        let verdict = Verdict { newest, generation, reason: reason.to_owned() };
        self.verdicts.insert(folder.to_owned(), verdict);
    }

    pub fn forget_verdicts(&mut self) {
        self.verdicts.clear();
    }
}
