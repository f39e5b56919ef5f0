//! Putting a document into its file without losing what somebody else put there.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use bytes::Bytes;

use super::{
    RejectedEdit, aside,
    swap::{self, Print},
    worker::{Decided, Edit, Found, RETRY, STALE, Worker},
};
use crate::Document;

impl Worker {
    /// Puts the document into its file, or removes the file of a deleted one.
    pub fn project(&mut self, key: &str, decided: Option<Decided>) {
        let document = self.document(key);
        let interval = self.options.file_interval;
        let outcome = self.swap_in(key, document.as_ref(), decided);
        let Some(file) = self.known.get_mut(key) else { return };
        let now = Instant::now();
        match outcome {
            Ok(()) => file.not_before = now + interval,
            Err(error) => {
                tracing::warn!(%error, path = %file.path.display(), "the file could not be written; trying again");
                file.dirty = true;
                file.not_before = now + RETRY;
            }
        }
        self.busy.insert(key.into());
    }

    fn swap_in(
        &mut self,
        key: &str,
        document: Option<&Document>,
        decided: Option<Decided>,
    ) -> io::Result<()> {
        let Some(file) = self.known.get_mut(key) else { return Ok(()) };
        let path = file.path.clone();
        file.edit = Edit::None;
        let body = document.map(|d| d.body.clone());
        // What is displaced lies at `temp`, whatever happens between here and the end.
        let (temp, print) = match &body {
            Some(body) => {
                let temp = swap::prepare(&path, body)?;
                let print = Print::of(&temp)?;
                match swap::exchange(&temp, &path) {
                    Ok(()) => (Some(temp), print),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        match swap::place(&temp, &path) {
                            Ok(()) => (None, print),
                            Err(error) => return fs::remove_file(&temp).and(Err(error)),
                        }
                    }
                    Err(error) => return fs::remove_file(&temp).and(Err(error)),
                }
            }
            None => {
                let temp = swap::beside(&path);
                match swap::place(&path, &temp) {
                    Ok(()) => (Some(temp), None),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => (None, None),
                    Err(error) => return Err(error),
                }
            }
        };
        let displaced = match &temp {
            Some(temp) => Some(Bytes::from(fs::read(temp)?)),
            None => None,
        };
        let mut kept = false;
        if let Some(Decided { body: edit, base, refused }) = &decided {
            let there = displaced.as_ref() == Some(edit);
            match (refused, &temp) {
                (Some(reason), Some(temp)) if there => self.set_aside(key, temp, reason, *base)?,
                (Some(reason), _) => {
                    let copy = swap::prepare(&path, edit)?;
                    self.set_aside(key, &copy, reason, *base)?;
                }
                (None, Some(temp)) if there => fs::remove_file(temp)?,
                _ => {}
            }
            kept = there;
        }
        if let (Some(temp), Some(displaced), false) = (&temp, &displaced, kept) {
            match (self.judge(key, displaced), &body) {
                (Found::Ours, _) => fs::remove_file(temp)?,
                (Found::Stale(base), _) => self.set_aside(key, temp, STALE, base)?,
                (Found::Fresh, None) => self.set_aside(key, temp, "the document was deleted", None)?,
                (Found::Fresh, Some(body)) => return self.give_back(key, temp, &path, body),
            }
        }
        let Some(file) = self.known.get_mut(key) else { return Ok(()) };
        file.dirty = false;
        file.seen = print;
        file.written = body.clone().unwrap_or_default();
        if body.is_none() {
            self.known.remove(key);
        }
        Ok(())
    }

    /// An edit that nobody has looked at was displaced: it goes back to its place, to settle and be looked at.
    fn give_back(&mut self, key: &str, temp: &Path, path: &Path, body: &Bytes) -> io::Result<()> {
        match swap::exchange(temp, path) {
            Ok(()) => {
                let back = fs::read(temp)?;
                if back == *body {
                    fs::remove_file(temp)?;
                } else {
                    // Saved once more in between: the later one belongs into the file.
                    swap::exchange(temp, path)?;
                    self.set_aside(key, temp, "it was saved again before it was looked at", None)?;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => swap::place(temp, path)?,
            Err(error) => return Err(error),
        }
        if let Some(file) = self.known.get_mut(key) {
            file.seen = None;
            file.dirty = true;
        }
        self.look(key);
        Ok(())
    }

    pub fn set_aside(&self, key: &str, from: &Path, reason: &str, base: Option<u64>) -> io::Result<()> {
        let Some(path) = self.layout.path(key).map(|p| self.root.join(p)) else { return Ok(()) };
        let edit = RejectedEdit {
            bucket: self.bucket.state.name.clone(),
            key: key.into(),
            path: PathBuf::new(),
            reason: reason.into(),
            at_ms: self.options.clock.now_ms(),
            base_version: base,
            current_version: self.document(key).map(|d| d.version),
        };
        let edit = aside::put(from, &path, &self.options.dir, edit)?;
        self.rejected.lock().push(edit);
        Ok(())
    }
}
