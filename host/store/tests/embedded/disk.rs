//! A disk that is full or fails.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use regie_core::ErrorKind;
use regie_store::{Disk, Options, RealDisk, Store, Write};

use crate::common::{body, clock, options, write};

/// Has room up to a byte of the file; fails to flush on demand.
#[derive(Default)]
struct TightDisk {
    room: AtomicU64,
    broken: AtomicBool,
    stuck: AtomicBool,
}

impl Disk for TightDisk {
    fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        let room = self.room.load(Ordering::SeqCst).saturating_sub(offset) as usize;
        if room >= bytes.len() {
            return file.write_all_at(bytes, offset);
        }
        // As a real one does: what fits is there.
        file.write_all_at(&bytes[..room], offset)?;
        Err(io::Error::from_raw_os_error(28))
    }

    fn sync_data(&self, file: &File) -> io::Result<()> {
        if self.broken.load(Ordering::SeqCst) {
            Err(io::Error::from_raw_os_error(5))
        } else {
            RealDisk.sync_data(file)
        }
    }

    fn set_len(&self, file: &File, len: u64) -> io::Result<()> {
        if self.stuck.load(Ordering::SeqCst) {
            Err(io::Error::from_raw_os_error(5))
        } else {
            file.set_len(len)
        }
    }
}

async fn store(dir: &std::path::Path, disk: &Arc<TightDisk>) -> Arc<Store> {
    Store::open(Options { disk: disk.clone(), ..options(dir, &clock()) }).await.unwrap()
}

fn plain(version: u64) -> Write {
    Write { answers: vec![], ..write(version) }
}

#[tokio::test]
async fn a_full_disk_refuses_changes_nothing_and_the_store_goes_on_when_there_is_room() {
    for stuck in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let disk = Arc::new(TightDisk::default());
        disk.room.store(u64::MAX, Ordering::SeqCst);
        let store = store(dir.path(), &disk).await;
        let bucket = store.bucket("b");
        let first = bucket.create("a", plain(1)).await.unwrap();
        let path = dir.path().join("db/journal/0000000000000001.log");
        let len = std::fs::metadata(&path).unwrap().len();

        disk.room.store(len + 50, Ordering::SeqCst);
        disk.stuck.store(stuck, Ordering::SeqCst);
        for _ in 0..3 {
            let error = bucket.put("a", first.revision, plain(2)).await.unwrap_err();
            let expected = if stuck && error.kind == ErrorKind::Internal {
                ErrorKind::Internal
            } else {
                ErrorKind::DiskFull
            };
            assert_eq!(error.kind, expected);
            assert_eq!(bucket.get("a").await.unwrap().unwrap(), first);
            assert!(store.health().last_disk_error.is_some());
            let now = std::fs::metadata(&path).unwrap().len();
            assert_eq!(now > len, stuck, "the torn bytes are cut unless that fails, too");
        }

        disk.room.store(u64::MAX, Ordering::SeqCst);
        disk.stuck.store(false, Ordering::SeqCst);
        bucket.put("a", first.revision, plain(2)).await.unwrap();
        assert_eq!(store.health().last_disk_error, None);
        store.close().await;
        drop(store);

        let store = Store::open(options(dir.path(), &clock())).await.unwrap();
        assert_eq!(store.bucket("b").get("a").await.unwrap().unwrap().version, 2);
        assert_eq!(store.bucket("b").at_version("a", 1).await.unwrap().unwrap(), body(1));
        assert_eq!(store.health().torn_bytes, 0);
    }
}

#[tokio::test]
async fn after_a_flush_that_failed_the_journal_goes_on_in_a_new_segment() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(TightDisk::default());
    disk.room.store(u64::MAX, Ordering::SeqCst);
    let store = store(dir.path(), &disk).await;
    let bucket = store.bucket("b");
    let first = bucket.create("a", plain(1)).await.unwrap();
    // The cut fails as well: the old segment keeps a whole record that was never confirmed.
    disk.broken.store(true, Ordering::SeqCst);
    disk.stuck.store(true, Ordering::SeqCst);
    let lost = Write { body: "{\"never\":\"confirmed\"}".into(), ..plain(2) };
    assert_eq!(bucket.put("a", first.revision, lost).await.unwrap_err().kind, ErrorKind::Internal);
    disk.broken.store(false, Ordering::SeqCst);
    disk.stuck.store(false, Ordering::SeqCst);
    assert_eq!(bucket.get("a").await.unwrap().unwrap(), first);
    bucket.put("a", first.revision, plain(2)).await.unwrap();
    assert_eq!(bucket.at_version("a", 2).await.unwrap().unwrap(), body(2));
    assert_eq!(store.health().segments, 2);
    store.close().await;
    std::fs::remove_dir_all(dir.path().join("db/sled")).unwrap();
    std::fs::remove_dir_all(dir.path().join("db/snapshots")).unwrap();
    drop(store);

    let store = Store::open(options(dir.path(), &clock())).await.unwrap();
    let bucket = store.bucket("b");
    assert_eq!(bucket.get("a").await.unwrap().unwrap().body, body(2));
    assert_eq!(bucket.at_version("a", 2).await.unwrap().unwrap(), body(2));
    let versions: Vec<_> = bucket.history("a", None, 10).await.unwrap().iter().map(|e| e.version).collect();
    assert_eq!(versions, [2, 1]);
}
