//! What pools and seeds are, to those outside and in the bucket `seeds`.

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::Dialect;

pub const SCHEMA: u32 = 1;

/// One seed of a pool, a document of its own: who has it is decided by compare-and-set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    pub schema: u32,
    /// UUIDv7.
    pub id: String,
    pub pool: String,
    pub number: u64,
    pub status: SeedStatus,
    /// Name of its folder, `seed_<number>`.
    pub folder: String,
    /// Where the folder was last put. Differs from what `status` says while it is on its way there.
    pub place: Place,
    /// SHA-256 of its document, a blob of the store.
    pub digest: String,
    /// The race mode that took the document.
    pub mode: String,
    /// The race that has it. With the status `available`: reserved, the race is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_by: Option<String>,
    /// The race that has it is being deleted, and never started.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaving: bool,
    /// What its document looked like on disk when it was read.
    pub mark: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeedStatus {
    Available,
    Consumed,
    Discarded,
}

/// The folder of the pool that a seed's folder lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Available,
    Consumed,
    Discarded,
}

/// A pool as people see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pool {
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// The race mode its seeds are for; `null` while that is not known (no seed yet).
    pub mode: Option<String>,
    pub dialect: Dialect,
    /// How its seeds are made: its `config.toml` without what is about packs and this machine.
    pub settings: String,
    /// Free ones: reserved seeds do not count.
    pub available: usize,
    pub consumed: usize,
    pub discarded: usize,
    /// What of the pool cannot be used, and why.
    pub problems: Vec<Problem>,
    /// Who can fill it: an external command, or the mode itself.
    pub can_generate: Option<Maker>,
    pub running: Option<Progress>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// A folder below `available/`, or a file of the pool.
    pub folder: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Maker {
    Command,
    Mode,
}

/// What a look at the folders found.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Scan {
    pub pools: Vec<Pool>,
    /// Seeds that were not there before.
    pub added: usize,
    /// Seeds whose folders are gone.
    pub removed: usize,
    pub refused: Vec<Refused>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RefusedFolder)]
pub struct Refused {
    pub pool: String,
    pub folder: String,
    pub reason: String,
}

/// How far the filling of a pool is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    pub job: String,
    pub pool: String,
    /// Seeds made.
    pub done: u32,
    /// Attempts that made none.
    pub failed: u32,
    /// Attempts that are wanted.
    pub count: u32,
    /// Why attempts failed, the last 20.
    pub errors: Vec<String>,
    /// RFC 3339.
    pub started_at: String,
    pub state: JobState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    Running,
    /// All attempts were made.
    Done,
    /// Given up: the disk is full, or attempts failed three times in a row.
    Failed,
    Cancelled,
}

impl SeedStatus {
    pub fn place(self) -> Place {
        match self {
            Self::Available => Place::Available,
            Self::Consumed => Place::Consumed,
            Self::Discarded => Place::Discarded,
        }
    }
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Available, Self::Consumed, Self::Discarded];

    /// The name of the folder.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Consumed => "consumed",
            Self::Discarded => "discarded",
        }
    }
}

impl Seed {
    /// Neither played, nor discarded, nor kept for a race.
    pub fn is_free(&self) -> bool {
        self.status == SeedStatus::Available && self.reserved_by.is_none()
    }

    pub fn is_held_by(&self, race: &str) -> bool {
        self.reserved_by.as_deref() == Some(race)
    }
}

/// `seed_102727018` → 102727018
pub fn number_of(folder: &str) -> Option<u64> {
    let digits = folder.strip_prefix("seed_")?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// `[a-z0-9-]{1,40}`: the name of a pool is the name of its folder, and part of addresses.
pub fn check_name(name: &str) -> Result<()> {
    let fits = (1..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits {
        return Ok(());
    }
    Err(Error::bad_request(format!("`{name}` cannot be the name of a pool"))
        .path("pool")
        .hint("1 to 40 of a-z, 0-9 and -"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeds_number_is_in_the_name_of_its_folder() {
        for (folder, number) in [
            ("seed_102727018", Some(102_727_018)),
            ("seed_007", Some(7)),
            ("seed_", None),
            ("seed_-1", None),
            ("seed_1x", None),
            ("Seed_1", None),
            ("seed_99999999999999999999", None),
        ] {
            assert_eq!(number_of(folder), number, "{folder}");
        }
    }

    #[test]
    fn names_of_pools_are_slugs() {
        for good in ["sprint", "a", "two-hours-2"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "Sprint", "a/b", "..", "é", &"x".repeat(41)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
