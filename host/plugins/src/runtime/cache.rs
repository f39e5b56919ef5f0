//! Compiled components, kept between starts. The only module of this crate with `unsafe` in it.
#![allow(unsafe_code)]

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

use regie_core::{Error, Result};
use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

/// Files begin with this and the SHA-256 of what follows.
const MAGIC: &[u8; 8] = b"regiecw1";
const HEADER: usize = 8 + 32;

/// Files kept; the oldest go first. (Building on every save leaves one a build.)
const KEPT: usize = 64;

pub(super) struct Cache {
    dir: PathBuf,
    /// wasmtime's version, the target and the flags, hashed: code compiled for another one is never looked at.
    engine: String,
}

impl Cache {
    pub(super) fn open(dir: &Path, engine: &Engine) -> Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Ok(Self { dir: dir.to_owned(), engine: format!("{:016x}", hasher.finish()) })
    }

    /// The component of `wasm`, compiled now unless it was before. The error is wasmtime's reason, for the author.
    pub(super) fn component(&self, engine: &Engine, wasm: &[u8]) -> std::result::Result<Component, String> {
        let path = self.path(wasm);
        if let Some(component) = load(&path, engine) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, wasm)
            .map_err(|error| format!("plugin.wasm does not compile: {}", super::link::chain(&error)))?;
        let stored = component
            .serialize()
            .map_err(|error| Error::internal(error.to_string()))
            .and_then(|code| self.store(&path, &code));
        if let Err(error) = stored {
            tracing::warn!(path = %path.display(), %error, "compiled plugin not cached; it compiles again at the next start");
        }
        Ok(component)
    }

    fn path(&self, wasm: &[u8]) -> PathBuf {
        self.dir.join(format!("{}-{}.cwasm", hex::encode(Sha256::digest(wasm)), self.engine))
    }

    fn store(&self, path: &Path, code: &[u8]) -> Result<()> {
        let temporary = self.dir.join(format!(".{}", regie_core::random_hex(8)));
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        let written = file
            .write_all(MAGIC)
            .and_then(|()| file.write_all(&Sha256::digest(code)))
            .and_then(|()| file.write_all(code))
            .and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written?;
        self.prune();
        Ok(())
    }

    /// Best effort: a file too many is no fault.
    fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .flatten()
            .filter(|e| e.path().extension().is_some_and(|x| x == "cwasm"))
            .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
            .collect();
        files.sort();
        for (_, path) in files.iter().rev().skip(KEPT) {
            let _ = fs::remove_file(path);
        }
    }
}

/// `None`: missing, damaged, or of another engine; it is compiled again then.
fn load(path: &Path, engine: &Engine) -> Option<Component> {
    let bytes = fs::read(path).ok()?;
    let code = checked(&bytes)?;
    // SAFETY: `deserialize` runs what it is given, so `code` must be what `Component::serialize` wrote for this engine.
    // - The file lies in a folder of mode 0700 that this process's user owns, under a name that only `Cache::store`
    //   writes (by rename, so never in part); nothing is ever read from the drop folder, which others may write to.
    //   Who can write here runs as this user already and gains nothing.
    // - Its SHA-256 is the one written with it: no bit of it has changed on the disk since.
    // - Its name holds the engine's compatibility hash, and wasmtime checks its own header of version, target and flags
    //   again.
    let component = unsafe { Component::deserialize(engine, code) };
    component
        .inspect_err(|error| tracing::warn!(path = %path.display(), %error, "cached plugin code not usable"))
        .ok()
}

fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (header, code) = bytes.split_at_checked(HEADER)?;
    let whole = header.starts_with(MAGIC) && header[MAGIC.len()..] == Sha256::digest(code)[..];
    if !whole {
        tracing::warn!("a file of compiled plugin code is damaged; compiling again");
    }
    whole.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_noticed_before_it_is_used_and_compiled_again() {
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let cache = Cache::open(&dir.path().join("code"), &engine).unwrap();
        let wasm = wat::parse_str("(component)").unwrap();
        let path = cache.path(&wasm);
        cache.component(&engine, &wasm).unwrap();
        let good = fs::read(&path).unwrap();
        assert!(load(&path, &engine).is_some());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&cache.dir).unwrap().permissions().mode() & 0o777, 0o700);

        for at in [0, 9, HEADER, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert!(load(&path, &engine).is_none(), "bit at {at}");
        }
        fs::write(&path, &good[..20]).unwrap();
        assert!(load(&path, &engine).is_none());
        cache.component(&engine, &wasm).unwrap();
        assert_eq!(fs::read(&path).unwrap(), good);
    }

    #[test]
    fn code_that_was_compiled_quickly_lies_under_another_name() {
        let dir = tempfile::tempdir().unwrap();
        let name = |quick_compile| {
            let limits = crate::Limits { quick_compile, ..crate::Limits::default() };
            let engine = super::super::engine::engine(&limits, 1).unwrap();
            Cache::open(&dir.path().join("code"), &engine).unwrap().path(b"")
        };
        assert_ne!(name(false), name(true));
        assert_eq!(name(true), name(true));
    }
}
