//! A look without a server: nothing is kept of it.

use std::{collections::BTreeMap, io};

use super::listing::{Listing, no_seed};
use crate::pools::{
    Modes,
    check::check,
    config::Definition,
    folders::{self, Entry, EntryKind},
    model::{Place, Refused},
    modes::Refusal,
};

/// What a server would say of a pool's folders, without one: how many seeds are in each, and what is refused.
pub async fn look_at_folders(pool: &Definition, modes: &dyn Modes) -> io::Result<FolderReport> {
    let listing = Listing::read(&pool.dir)?;
    let mut report = FolderReport { available: 0, ..count_folders(pool)? };
    let mut refuse = |folder: &str, reason: String| {
        report.refused.push(Refused { pool: pool.name.clone(), folder: folder.into(), reason });
    };
    if let Some(fault) = &pool.fault {
        refuse("config.toml", fault.clone());
        return Ok(report);
    }
    let mut numbers = BTreeMap::new();
    let mut good = 0;
    for entry in &listing.available {
        let EntryKind::Seed(number) = entry.kind else {
            refuse(&entry.name, no_seed(entry.kind).into());
            continue;
        };
        if let Some(place) = listing.place_of(number) {
            refuse(&entry.name, format!("the number {number} was used: there is one in {}/", place.as_str()));
            continue;
        }
        if let Some(other) = numbers.insert(number, entry.name.clone()) {
            refuse(&entry.name, format!("the number {number} is that of `{other}`"));
            continue;
        }
        match check(pool, &folders::path(&pool.dir, Place::Available, &entry.name), modes).await {
            Ok(_) => good += 1,
            Err(Refusal::Bad(reason) | Refusal::Later(reason)) => refuse(&entry.name, reason),
        }
    }
    report.available = good;
    Ok(report)
}

/// What lies in a pool's folders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderReport {
    pub available: usize,
    pub consumed: usize,
    pub discarded: usize,
    pub refused: Vec<Refused>,
}

/// How many folders there are, whether or not they can be played.
pub fn count_folders(pool: &Definition) -> io::Result<FolderReport> {
    let listing = Listing::read(&pool.dir)?;
    let folders = |entries: &[Entry]| entries.iter().filter(|e| matches!(e.kind, EntryKind::Seed(_))).count();
    Ok(FolderReport {
        available: folders(&listing.available),
        consumed: folders(&listing.consumed),
        discarded: folders(&listing.discarded),
        refused: Vec::new(),
    })
}
