//! A bucket in memory: the part of the contract that identity uses, and a look at what was written.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use bytes::Bytes;
use regie_store::{Answer, Bucket, Document, Entry, Error, Result, Revision, Watch, Write};
use tokio::sync::Mutex;

#[derive(Default)]
pub struct Memory {
    name: &'static str,
    inner: Mutex<Inner>,
    /// Whether the disk is full.
    pub full: AtomicBool,
}

#[derive(Default)]
struct Inner {
    revision: Revision,
    documents: BTreeMap<String, Document>,
    /// Everything that was ever written.
    written: Vec<u8>,
}

impl Memory {
    pub fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    fn check_room(&self) -> Result<()> {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        if self.full.load(Ordering::SeqCst) { Err(full.into()) } else { Ok(()) }
    }

    pub async fn written(&self) -> String {
        String::from_utf8(self.inner.lock().await.written.clone()).unwrap()
    }
}

impl Inner {
    fn store(&mut self, key: &str, write: Write) -> Document {
        self.revision += 1;
        self.written.extend_from_slice(key.as_bytes());
        self.written.extend_from_slice(&write.body);
        for entry in &write.entries {
            self.written.extend_from_slice(entry.actor.get().as_bytes());
            self.written.extend_from_slice(entry.detail.get().as_bytes());
        }
        let Write { body, version, at_ms, .. } = write;
        let document = Document { key: key.into(), revision: self.revision, version, at_ms, body };
        self.documents.insert(key.into(), document.clone());
        document
    }

    fn expect(&self, key: &str, expected: Revision) -> Result<()> {
        let current = self.documents.get(key).map(|d| d.revision);
        if current == Some(expected) { Ok(()) } else { Err(Error::conflict("another revision")) }
    }
}

#[async_trait]
impl Bucket for Memory {
    fn name(&self) -> &str {
        self.name
    }

    async fn get(&self, key: &str) -> Result<Option<Document>> {
        Ok(self.inner.lock().await.documents.get(key).cloned())
    }

    async fn create(&self, key: &str, write: Write) -> Result<Document> {
        assert!(key.split('.').all(|t| (1..=64).contains(&t.len())), "{key}");
        assert!(!key.contains(|c: char| !matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '.')), "{key}");
        self.check_room()?;
        let mut inner = self.inner.lock().await;
        if inner.documents.contains_key(key) {
            return Err(Error::conflict("it exists"));
        }
        Ok(inner.store(key, write))
    }

    async fn put(&self, key: &str, expected: Revision, write: Write) -> Result<Document> {
        self.check_room()?;
        let mut inner = self.inner.lock().await;
        inner.expect(key, expected)?;
        Ok(inner.store(key, write))
    }

    async fn delete(&self, key: &str, expected: Revision, _: Entry) -> Result<()> {
        let mut inner = self.inner.lock().await;
        inner.expect(key, expected)?;
        inner.revision += 1;
        inner.documents.remove(key);
        Ok(())
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>> {
        let below = |key: &&String| {
            prefix.is_empty() || key.strip_prefix(prefix).is_some_and(|r| r.is_empty() || r.starts_with('.'))
        };
        Ok(self.inner.lock().await.documents.keys().filter(below).cloned().collect())
    }

    async fn answer(&self, _: &str, _: Vec<Answer>) -> Result<()> {
        unreachable!("identity keeps no answers")
    }

    async fn watch(&self, _: &str, _: Revision) -> Result<Watch> {
        unreachable!("identity does not watch")
    }

    async fn answered(&self, _: &str, _: &str) -> Result<Option<Answer>> {
        unreachable!("identity keeps no answers")
    }

    async fn answers_kept(&self, _: &str) -> Result<usize> {
        unreachable!("identity keeps no answers")
    }

    async fn history(&self, _: &str, _: Option<u64>, _: usize) -> Result<Vec<Entry>> {
        unreachable!("identity reads no history")
    }

    async fn at_version(&self, _: &str, _: u64) -> Result<Option<Bytes>> {
        unreachable!("identity reads no history")
    }
}
