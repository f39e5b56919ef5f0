//! One archive of everything that is not a projection: snapshots, journal up to the last whole frame, blobs.
//!
//! It works beside a running server: segments only grow (what was cut off again was never confirmed), and a segment
//! or snapshot that is removed meanwhile makes the copy start again. Blobs are copied before and after the journal, so
//! that whatever a copied document names is there.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Component, Path, PathBuf},
};

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::{
    blobs,
    journal::{
        frame::{self, Parsed},
        segment, snapshot,
    },
    store,
};

const MANIFEST: &str = "backup.json";
/// How often a copy is begun again because the server tidied up meanwhile.
const TRIES: usize = 5;

/// What an archive holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    pub format: u32,
    /// Of the store that was copied; a restored one gets its own.
    pub lineage: String,
    /// The newest group of commits that is in it.
    pub frame: u64,
    pub segments: usize,
    pub blobs: usize,
    /// Before the archive's own headers.
    pub bytes: u64,
}

/// Copies the store in `dir` (`instance/db`) into the archive `to`, which must not exist. The server may run.
pub fn backup(dir: &Path, to: &Path) -> Result<BackupReport> {
    if to.exists() {
        return Err(Error::conflict(format!("{} exists already", to.display())).hint("choose another name"));
    }
    if segment::list(dir)?.is_empty() {
        return Err(Error::not_found(format!("{} holds no store", dir.display()))
            .hint("name the instance's folder with --instance"));
    }
    let part = to.with_extension("part");
    let mut tries = 0;
    let report = loop {
        tries += 1;
        match copy(dir, &part) {
            Ok(report) => break report,
            Err(Stopped::Moved) if tries < TRIES => {}
            Err(stopped) => {
                let _ = fs::remove_file(&part);
                return Err(match stopped {
                    Stopped::Failed(error) => error,
                    Stopped::Moved => Error::internal("the store changed its segments too often; try again"),
                });
            }
        }
    };
    fs::rename(&part, to)?;
    Ok(report)
}

enum Stopped {
    /// A file that was listed is gone.
    Moved,
    Failed(Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Moved } else { Self::Failed(error.into()) }
    }
}

struct Archive(tar::Builder<BufWriter<File>>, u64);

impl Archive {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        self.1 += bytes.len() as u64;
        self.0.append_data(&mut header, name, bytes)
    }
}

fn copy(dir: &Path, part: &Path) -> Result<BackupReport, Stopped> {
    let file = File::create(part).map_err(|e| Stopped::Failed(e.into()))?;
    let mut archive = Archive(tar::Builder::new(BufWriter::new(file)), 0);
    let mut copied = HashSet::new();
    copy_blobs(dir, &mut archive, &mut copied)?;

    let snapshots = snapshot::list(dir)?;
    let segments = segment::list(dir)?;
    for number in snapshots.iter().filter(|n| segments.contains(n)) {
        archive.add(&format!("snapshots/{number:016x}.snap"), &fs::read(snapshot::path(dir, *number))?)?;
    }
    let mut newest = 0;
    for (i, number) in segments.iter().enumerate() {
        let bytes = fs::read(segment::path(dir, *number))?;
        let (end, frame) = whole(&bytes);
        if end == 0 && i + 1 == segments.len() {
            break;
        }
        newest = frame.unwrap_or(newest);
        archive.add(&format!("journal/{number:016x}.log"), &bytes[..end])?;
    }
    copy_blobs(dir, &mut archive, &mut copied)?;
    let lineage = fs::read(dir.join("store.json")).ok().and_then(|bytes| {
        serde_json::from_slice::<serde_json::Value>(&bytes).ok()?["lineage"].as_str().map(str::to_owned)
    });
    let report = BackupReport {
        format: 1,
        lineage: lineage.unwrap_or_default(),
        frame: newest,
        segments: segments.len(),
        blobs: copied.len(),
        bytes: archive.1,
    };
    // The last entry: an archive without it was cut short.
    archive.add(
        MANIFEST,
        &serde_json::to_vec_pretty(&report).map_err(|e| Stopped::Failed(Error::internal(e)))?,
    )?;
    let mut out = archive.0.into_inner()?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(report)
}

/// Where the whole frames of a segment end, and the number of the last.
fn whole(bytes: &[u8]) -> (usize, Option<u64>) {
    let Some(header) = segment::SegmentHeader::decode(bytes) else { return (0, None) };
    let (mut at, mut last, mut next) = (segment::HEADER, None, header.first_frame);
    while let Parsed::Frame { header, payload } = frame::parse(&bytes[at..]) {
        if header.number != next {
            break;
        }
        at += frame::HEADER + payload.len();
        last = Some(header.number);
        next += 1;
    }
    (at, last)
}

fn copy_blobs(dir: &Path, archive: &mut Archive, copied: &mut HashSet<String>) -> Result<(), Stopped> {
    let entries = match fs::read_dir(blobs::dir(dir)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.len() != 64 || copied.contains(&name) {
            continue;
        }
        // Swept in the meantime: no document names it.
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        archive.add(&format!("blobs/{name}"), &bytes)?;
        copied.insert(name);
    }
    Ok(())
}

/// Unpacks an archive into `dir` (`instance/db`), which must hold no store yet. The store gets a new lineage; the index
/// and the session files are made again when the server starts.
pub fn restore(from: &Path, dir: &Path) -> Result<BackupReport> {
    if !segment::list(dir)?.is_empty() {
        return Err(Error::conflict(format!("{} holds a store already", dir.display()))
            .hint("restore into an empty instance, or move its db folder away first"));
    }
    let parent = dir.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let fresh = parent.join(format!(".restoring.{}", regie_core::random_hex(4)));
    let outcome = unpack(from, &fresh).and_then(|report| {
        store::found(&fresh)?;
        for folder in ["journal", "snapshots", "blobs", ""] {
            let folder = fresh.join(folder);
            fs::create_dir_all(&folder)?;
            segment::sync_dir(&folder)?;
        }
        // An empty folder is replaced; anything else in it is not ours to remove.
        match fs::remove_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                return Err(Error::conflict(format!("{} is not empty", dir.display()))
                    .hint("move it away first; nothing was changed"));
            }
            _ => fs::rename(&fresh, dir)?,
        }
        segment::sync_dir(parent)?;
        Ok(report)
    });
    if outcome.is_err() {
        let _ = fs::remove_dir_all(&fresh);
    }
    outcome
}

fn unpack(from: &Path, dir: &Path) -> Result<BackupReport> {
    let no_backup = |why: &str| {
        Error::bad_request(format!("{}: {why}", from.display()))
            .hint("it must be a file that `regie backup` wrote")
    };
    let mut archive = tar::Archive::new(BufReader::new(File::open(from)?));
    let mut report: Option<BackupReport> = None;
    let mut newest = 0;
    for entry in archive.entries()? {
        let mut entry = entry.map_err(|_| no_backup("this is no backup, or it was cut short"))?;
        let path: PathBuf = entry.path()?.into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|_| no_backup("the backup was cut short"))?;
        if path == Path::new(MANIFEST) {
            report =
                Some(serde_json::from_slice(&bytes).map_err(|_| no_backup("its manifest is unreadable"))?);
            continue;
        }
        let parts: Vec<_> = path.components().collect();
        let [Component::Normal(folder), Component::Normal(name)] = parts[..] else {
            return Err(no_backup("it holds a path that does not belong into a store"));
        };
        match folder.to_str() {
            Some("journal") => {
                let (end, frame) = whole(&bytes);
                if end != bytes.len() {
                    return Err(no_backup(&format!("{} is damaged at byte {end}", path.display())));
                }
                newest = frame.unwrap_or(newest);
            }
            Some("snapshots" | "blobs") => {}
            _ => return Err(no_backup("it holds a folder that does not belong into a store")),
        }
        fs::create_dir_all(dir.join(folder))?;
        let mut file = File::create_new(dir.join(folder).join(name))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
    }
    let report = report.ok_or_else(|| no_backup("the backup was cut short"))?;
    if report.format > 1 {
        return Err(no_backup("it was written by a newer version"));
    }
    if report.frame != newest {
        return Err(no_backup("commits are missing"));
    }
    Ok(report)
}
