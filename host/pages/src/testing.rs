//! Pages as the server writes them, kept in `frontend/live/test/pages`: the page runtime's own tests open them in a browser, so
//! that the two sides cannot drift apart.

use std::{env, fs, path::PathBuf};

/// Compares `(name, page)` with the files that are kept; with `UPDATE_PAGES=1` in the environment writes them anew.
///
/// # Panics
/// Where one differs: for tests only.
pub fn check_samples(pages: &[(&str, String)]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../frontend/live/test/pages");
    for (name, html) in pages {
        let path = folder.join(format!("{name}.html"));
        // A line for each element, so that a change can be read.
        let html = format!("{}\n", html.replace("><", ">\n<").replace(">\n</", "></"));
        if env::var_os("UPDATE_PAGES").is_some() {
            fs::write(&path, &html).expect("the folder is this project's");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == html,
            "{name} has changed: run `UPDATE_PAGES=1 cargo test --workspace --lib pages::`"
        );
    }
}
