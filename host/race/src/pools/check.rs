//! Whether a folder is a seed: its document is there, fits, and the mode can start from it.

use std::{
    fs::{self, OpenOptions},
    io::Read,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{
    config::Definition,
    modes::{Modes, Refusal},
};
use crate::packs;

/// Bytes of a document: what the store and the plugins take.
pub const DOCUMENT_MAX: u64 = 768 << 10;

/// No document of any mode: a mode that takes it takes everything, so that it takes another one says nothing.
const SENSELESS: &str = r#"{"regie":"senseless"}"#;

/// A seed that can be played.
#[derive(Debug, Clone)]
pub struct Checked {
    pub document: Bytes,
    pub mode: String,
}

/// `folder` holds the seed. Blocking work is done aside.
pub async fn check(pool: &Definition, folder: &Path, modes: &dyn Modes) -> Result<Checked, Refusal> {
    let (definition, path) = (pool.clone(), folder.to_owned());
    let read = tokio::task::spawn_blocking(move || read(&definition, &path)).await;
    let document = read.map_err(|error| Refusal::Later(error.to_string()))?.map_err(Refusal::Bad)?;
    let mode = fits(pool.mode.id.as_deref(), &document, modes).await?;
    Ok(Checked { document: Bytes::from(document.get().to_owned()), mode })
}

/// The document, and that a settings file (where there is one) can be patched.
fn read(pool: &Definition, folder: &Path) -> Result<Box<RawValue>, String> {
    let document = document(&folder.join(&pool.mode.document), &pool.mode.document)?;
    if let Some(settings) = packs::settings_file(folder, &pool.pack)? {
        packs::check_settings(folder, &settings)?;
    }
    Ok(document)
}

fn document(path: &Path, name: &str) -> Result<Box<RawValue>, String> {
    let unreadable = |error: std::io::Error| format!("`{name}` cannot be read: {error}");
    let seen = match fs::symlink_metadata(path) {
        Ok(seen) => seen,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(format!("it has no `{name}`"));
        }
        Err(error) => return Err(unreadable(error)),
    };
    if !seen.is_file() {
        return Err(format!("`{name}` is not a file"));
    }
    if seen.len() > DOCUMENT_MAX {
        return Err(format!("`{name}` has {} KiB; at most {} KiB", seen.len() >> 10, DOCUMENT_MAX >> 10));
    }
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(no_follow).open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(DOCUMENT_MAX).read_to_string(&mut text).map_err(unreadable)?;
    serde_json::from_str(&text).map_err(|error| format!("`{name}` is not JSON: {error}"))
}

/// The mode that takes it: the pool's own, or, where it names none, the first that does.
async fn fits(wanted: Option<&str>, document: &RawValue, modes: &dyn Modes) -> Result<String, Refusal> {
    if let Some(mode) = wanted {
        let said = |reason| format!("`{mode}` refuses it: {reason}");
        return match modes.takes(mode, document).await {
            Ok(()) => Ok(mode.to_owned()),
            Err(Refusal::Bad(reason)) => Err(Refusal::Bad(said(reason))),
            Err(later) => Err(later),
        };
    }
    let (mut reasons, mut undiscerning) = (Vec::new(), None);
    for mode in modes.ids() {
        match modes.takes(&mode, document).await {
            Ok(()) if takes_anything(&mode, modes).await => undiscerning = undiscerning.or(Some(mode)),
            Ok(()) => return Ok(mode),
            Err(Refusal::Bad(reason)) => reasons.push(format!("`{mode}` refuses it: {reason}")),
            Err(later) => return Err(later),
        }
    }
    match undiscerning {
        Some(mode) => Ok(mode),
        None if reasons.is_empty() => Err(Refusal::Later("no race mode is on the air".into())),
        None => Err(Refusal::Bad(reasons.join("; "))),
    }
}

async fn takes_anything(mode: &str, modes: &dyn Modes) -> bool {
    let senseless: &RawValue = serde_json::from_str(SENSELESS).expect("a constant is JSON");
    modes.takes(mode, senseless).await.is_ok()
}
