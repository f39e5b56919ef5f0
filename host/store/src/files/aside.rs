//! Refused edits: the bytes as `<name>.rejected`, why in `<name>.rejected.txt`, and a line in `db/rejected.jsonl`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use regie_core::rfc3339;

use super::{RejectedEdit, swap};

/// Moves `from` to a free `.rejected` name beside `path` and says why. `edit.path` is filled in.
pub fn put(from: &Path, path: &Path, db: &Path, mut edit: RejectedEdit) -> io::Result<RejectedEdit> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut number = 1u32;
    edit.path = loop {
        let kept = if number == 1 { format!("{name}.rejected") } else { format!("{name}.rejected.{number}") };
        let kept = path.with_file_name(kept);
        match swap::place(from, &kept) {
            Ok(()) => break kept,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    };
    tracing::warn!(key = edit.key, kept = %edit.path.display(), reason = edit.reason, "a hand edit was refused");
    // The bytes are safe; what is said about them is worth no failure.
    if let Err(error) = explain(&edit).and_then(|()| remember(db, &edit)) {
        tracing::warn!(%error, kept = %edit.path.display(), "the reason could not be written");
    }
    Ok(edit)
}

fn explain(edit: &RejectedEdit) -> io::Result<()> {
    let version = |v: Option<u64>| v.map_or_else(|| "none".into(), |v| v.to_string());
    let mut text = edit.path.clone().into_os_string();
    text.push(".txt");
    let said = format!(
        "{}\n\nThis edit of {} was not taken over.\nIts version: {}\nThe version it met: {}\nWhen: {}\n\n\
         To apply it: copy the change into the current file, keep the current \"version\", save, and remove this one.\n",
        edit.reason,
        edit.key,
        version(edit.base_version),
        version(edit.current_version),
        rfc3339(edit.at_ms),
    );
    fs::write(PathBuf::from(text), said)
}

fn list(db: &Path) -> PathBuf {
    db.join("rejected.jsonl")
}

fn remember(db: &Path, edit: &RejectedEdit) -> io::Result<()> {
    let mut line = serde_json::to_vec(edit)?;
    line.push(b'\n');
    OpenOptions::new().create(true).append(true).open(list(db))?.write_all(&line)
}

/// What was refused before and still lies there.
pub fn known(db: &Path, bucket: &str) -> Vec<RejectedEdit> {
    let text = fs::read_to_string(list(db)).unwrap_or_default();
    let edits = text.lines().filter_map(|line| serde_json::from_str::<RejectedEdit>(line).ok());
    edits.filter(|edit| edit.bucket == bucket && edit.path.exists()).collect()
}
