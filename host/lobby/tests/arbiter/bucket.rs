//! A bucket that can be made to fail, or to be endlessly slow.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::SeqCst},
};

use async_trait::async_trait;
use bytes::Bytes;
use regie_core::{Error, ErrorKind, Result};
use regie_store::{Answer, Bucket, Document, Entry, Revision, Watch, Write};
use tokio::sync::Notify;

pub const WELL: u8 = 0;
pub const FULL: u8 = 1;
pub const ENDLESS: u8 = 2;

/// How the next writes go.
#[derive(Default)]
pub struct Mood {
    mood: AtomicU8,
    pub asked: Notify,
}

impl Mood {
    pub fn set(&self, mood: u8) {
        self.mood.store(mood, SeqCst);
    }

    async fn bear(&self) -> Result<()> {
        let mood = self.mood.load(SeqCst);
        if mood != WELL {
            self.asked.notify_one();
        }
        match mood {
            FULL => Err(Error::new(ErrorKind::DiskFull, "the disk is full")),
            ENDLESS => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

pub struct Moody {
    pub bucket: Arc<dyn Bucket>,
    pub mood: Arc<Mood>,
}

#[async_trait]
impl Bucket for Moody {
    fn name(&self) -> &str {
        self.bucket.name()
    }

    async fn get(&self, key: &str) -> Result<Option<Document>> {
        self.bucket.get(key).await
    }

    async fn create(&self, key: &str, write: Write) -> Result<Document> {
        self.mood.bear().await?;
        self.bucket.create(key, write).await
    }

    async fn put(&self, key: &str, expected: Revision, write: Write) -> Result<Document> {
        self.mood.bear().await?;
        self.bucket.put(key, expected, write).await
    }

    async fn answer(&self, key: &str, answers: Vec<Answer>) -> Result<()> {
        self.bucket.answer(key, answers).await
    }

    async fn delete(&self, key: &str, expected: Revision, entry: Entry) -> Result<()> {
        self.mood.bear().await?;
        self.bucket.delete(key, expected, entry).await
    }

    async fn keys(&self, prefix: &str) -> Result<Vec<String>> {
        self.bucket.keys(prefix).await
    }

    async fn watch(&self, prefix: &str, since: Revision) -> Result<Watch> {
        self.bucket.watch(prefix, since).await
    }

    async fn answered(&self, key: &str, action_key: &str) -> Result<Option<Answer>> {
        self.bucket.answered(key, action_key).await
    }

    async fn answers_kept(&self, key: &str) -> Result<usize> {
        self.bucket.answers_kept(key).await
    }

    async fn history(&self, key: &str, before: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        self.bucket.history(key, before, limit).await
    }

    async fn at_version(&self, key: &str, version: u64) -> Result<Option<Bytes>> {
        self.bucket.at_version(key, version).await
    }
}
