//! From what a generator left to a seed in `available/`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use regie_core::{Error, Result, random_hex};
use serde::Deserialize;

use super::super::{
    config::Definition,
    folders::{self, EntryKind},
    model::Place,
};
use crate::packs;

/// Finds the seed in `out` (there, or in its only folder), lays the pool's own `files/` over it, and sees that players can
/// be told where to connect.
pub fn complete(pool: &Definition, out: &Path) -> Result<PathBuf> {
    let seed = find(pool, out)?;
    let files = pool.dir.join("files");
    if files.is_dir() {
        copy(&files, &seed)?;
    }
    let settings = packs::settings_file(&seed, &pool.pack).map_err(bad)?;
    if settings.is_none() {
        let name = pool.pack.settings.as_deref().unwrap_or("*_race.toml");
        return Err(bad(format!(
            "the seed has no settings file `{name}`: put one into {}/files/, and what else players need",
            pool.name
        )));
    }
    Ok(seed)
}

/// Moves the seed into `available/` under its number; answers number and name.
pub fn put(pool: &Definition, seed: &Path, document: &[u8]) -> Result<(u64, String)> {
    let number = number(seed, document);
    for place in Place::ALL {
        let there = folders::entries(&pool.dir, place)?;
        if there.iter().any(|entry| entry.kind == EntryKind::Seed(number)) {
            return Err(bad(format!("the number {number} is there already, in {}/", place.as_str())));
        }
    }
    let folder = format!("seed_{number}");
    let to = folders::path(&pool.dir, Place::Available, &folder);
    fs::create_dir_all(pool.dir.join(Place::Available.as_str()))?;
    let flags = rustix::fs::RenameFlags::NOREPLACE;
    rustix::fs::renameat_with(rustix::fs::CWD, seed, rustix::fs::CWD, &to, flags).map_err(io::Error::from)?;
    Ok((number, folder))
}

fn find(pool: &Definition, out: &Path) -> Result<PathBuf> {
    let document = &pool.mode.document;
    if out.join(document).exists() {
        return Ok(out.to_owned());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.path().join(document).exists() {
            found.push(entry.path());
        }
    }
    match (found.pop(), found.len()) {
        (Some(seed), 0) => Ok(seed),
        (None, _) => Err(bad(format!("the generator left no `{document}`"))),
        _ => Err(bad(format!("the generator left more than one `{document}`"))),
    }
}

/// As the generator numbered it: its folder, else the document's `seed`; else drawn.
fn number(seed: &Path, document: &[u8]) -> u64 {
    #[derive(Deserialize)]
    struct Numbered {
        seed: u64,
    }
    let name = seed.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let digits = name.strip_prefix("seed_").unwrap_or(name);
    // The name of a folder that we made is 16 digits and letters, and says nothing.
    let named =
        (digits.len() < 16 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok());
    let said = || serde_json::from_slice::<Numbered>(document).ok().map(|document| document.seed);
    let drawn = || u64::from_str_radix(&random_hex(4), 16).unwrap_or_default();
    named.flatten().or_else(said).unwrap_or_else(drawn)
}

/// Everything below `from`, over what is there. Links are not followed.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        } else {
            let path = entry.path();
            return Err(bad(format!("{} is neither a file nor a folder", path.display())));
        }
    }
    Ok(())
}

fn bad(reason: impl Into<String>) -> Error {
    Error::conflict(reason).code("bad_seed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_the_number_its_generator_gave_it() {
        for (folder, document, expected) in [
            ("/out/seed_7", "{\"seed\":8}", Some(7)),
            ("/out/102727018", "{}", Some(102_727_018)),
            ("/out/0123456789abcdef", "{\"seed\":8}", Some(8)),
            ("/out/0123456789012345", "{\"seed\":8}", Some(8)),
            ("/out/x", "{\"seed\":-1}", None),
        ] {
            let number = number(Path::new(folder), document.as_bytes());
            assert!(expected.is_none_or(|expected| expected == number), "{folder} {document}: {number}");
        }
    }
}
