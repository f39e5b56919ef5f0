//! Real seeds, where this machine has any. What must hold of them must hold of generated ones as well.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Seeds in `shared/data/race`, found by `REGIE_SHARED` or above this crate.
pub fn real_seeds() -> Vec<(String, Value)> {
    let Some(folder) = shared().map(|shared| shared.join("data/race")) else { return Vec::new() };
    let files = std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = files.map(Iterator::collect).unwrap_or_default();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?))
    };
    files.iter().filter_map(read).collect()
}

fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("REGIE_SHARED").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared"));
    named.into_iter().chain(above).find(|folder| folder.join("data/race").is_dir())
}
