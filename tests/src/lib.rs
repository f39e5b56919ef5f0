#![forbid(unsafe_code)]
//! Starts the real binary on port 0 with a temporary instance, and speaks to it as its clients do. Not a part of the server:
//! nothing here knows how it works inside.

mod disk;
mod link;
mod server;
mod socket;
pub mod usage;

use std::path::{Path, PathBuf};

pub use disk::SmallDisk;
pub use link::Link;
pub use server::{Answer, Regie, TOKEN};
pub use socket::{Came, Socket};

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ stands in the project").to_owned()
}

/// A package that `make packages` or `make fixtures` built, by its id.
pub fn package(id: &str) -> PathBuf {
    let built = ["target/fixtures", "target/packages"].map(|folder| root().join(folder).join(id));
    let found = built.iter().find(|path| path.join("plugin.wasm").exists());
    found.unwrap_or_else(|| panic!("{id} is not built: run `make packages fixtures`")).clone()
}

/// Copies a folder file by file, as `cp -r` does.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("its entries can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}
