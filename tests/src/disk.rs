//! A disk that fills up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A file system in memory, mounted at the path; gone when it is dropped. Needs root.
pub struct SmallDisk(pub PathBuf);

impl SmallDisk {
    /// `size` as mount takes it: `3m`.
    pub fn mount(at: &Path, size: &str) -> Self {
        fs::create_dir_all(at).expect("the folder can be made");
        let size = format!("size={size}");
        let mut mount = Command::new("mount");
        let done =
            mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status().expect("mount is there");
        assert!(done.success(), "a small disk needs the right to mount one (root)");
        Self(at.to_owned())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
