//! A pack as bytes on their way: zipped on a thread of its own, at the pace of whoever takes it, in memory that does not grow.

use std::{
    io::{self, Read, Write},
    sync::Arc,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use regie_core::{Error, ErrorKind, Result};
use time::OffsetDateTime;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, mpsc},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    files::{Folder, Member},
    settings::{self, Connection},
};
use crate::pools::{PackTable, Pools, Seed};

/// Bytes that are handed on at once; four of them may wait.
const PIECE: usize = 128 << 10;
const WAITING: usize = 4;

/// Whoever takes nothing for so long has gone.
const STALLED: Duration = Duration::from_secs(60);

/// What is deflated: small and not compressed yet. All else is stored, which costs no time and hardly a byte more.
const TEXT: &[&str] = &[
    "txt", "toml", "json", "ini", "cfg", "conf", "bat", "cmd", "sh", "ps1", "md", "xml", "yml", "yaml",
    "csv", "html", "me",
];
const TEXT_MAX: u64 = 1 << 20;

/// From this size on an entry has 64-bit sizes: below it the file may still grow a little while it is read.
const LARGE: u64 = 0xf000_0000;

/// Whose pack it is.
#[derive(Clone)]
pub struct PackFor {
    pub race_id: String,
    /// Of the race, for the name of the file.
    pub race_name: String,
    pub player_name: String,
    /// The server's address as players reach it, `http(s)` or `ws(s)`.
    pub url: String,
    pub mod_token: String,
}

/// A pack that is ready to be sent. Nothing is read before its first piece is asked for.
pub struct Pack {
    /// `<race>-<player>.zip`
    pub name: String,
    job: Job,
}

struct Job {
    folder: Option<Folder>,
    members: Vec<Member>,
    settings: (String, String),
    launcher: Option<String>,
    _permit: OwnedSemaphorePermit,
}

/// The pack of one player: the files of `seed` (`None`: the race has none) with the player's settings file among them.
/// Errors: `not_found` where the seed's folder is gone, `conflict` (`bad_seed`) where its settings file cannot be used,
/// `rate_limited` while too many packs are being sent.
pub async fn pack(pools: &Arc<Pools>, seed: Option<&Seed>, whose: &PackFor) -> Result<Pack> {
    let permit = pools.downloads.clone().try_acquire_owned().map_err(|_| {
        Error::new(ErrorKind::RateLimited, "too many packs are being downloaded")
            .hint("try again in a minute")
    })?;
    let connection = Connection {
        url: socket_url(&whose.url),
        mod_token: whose.mod_token.clone(),
        race_id: whose.race_id.clone(),
    };
    let place = seed.map(|seed| -> Result<_> {
        let (table, document) = pools.packing(&seed.pool)?;
        Ok((pools.folder(seed)?, table, document))
    });
    let (place, name) = (place.transpose()?, file_name(&whose.race_name, &whose.player_name));
    let prepared = tokio::task::spawn_blocking(move || prepare(place, &connection, permit)).await;
    Ok(Pack { name, job: prepared.map_err(Error::internal)?? })
}

fn prepare(
    place: Option<(std::path::PathBuf, PackTable, String)>,
    connection: &Connection,
    permit: OwnedSemaphorePermit,
) -> Result<Job> {
    let bad =
        |reason: String| Error::conflict(format!("the seed's settings file: {reason}")).code("bad_seed");
    let patched = |text: &str| settings::patch(text, connection).map_err(bad);
    let Some((path, table, document)) = place else {
        let settings = (settings::SETTINGS_FILE.into(), patched(settings::TEMPLATE)?);
        return Ok(Job { folder: None, members: Vec::new(), settings, launcher: None, _permit: permit });
    };
    let found = settings::find(&path, &table).map_err(bad)?;
    let folder = Folder::open(&path)?;
    let text = match &found {
        Some(found) => settings::read(folder.file(found.as_ref())?).map_err(bad)?,
        None => settings::TEMPLATE.to_owned(),
    };
    let name = found.or(table.settings).unwrap_or_else(|| settings::SETTINGS_FILE.into());
    let mut excluded = table.exclude;
    excluded.extend([document, "spoiler*".to_owned()]);
    let mut members = folder.members(&excluded)?;
    members.retain(|member| member.name() != name);
    let settings = (name, patched(&text)?);
    Ok(Job { folder: Some(folder), members, settings, launcher: table.launcher, _permit: permit })
}

impl Pack {
    /// The zip. Dropping it ends the work; an error ends the stream, so that no half pack looks whole.
    pub fn stream(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        enum At {
            Start(Job),
            Running(mpsc::Receiver<io::Result<Bytes>>),
        }
        stream::unfold(At::Start(self.job), |at| async {
            let mut pieces = match at {
                At::Start(job) => start(job),
                At::Running(pieces) => pieces,
            };
            pieces.recv().await.map(|piece| (piece, At::Running(pieces)))
        })
    }
}

/// On a thread of its own: a slow player must not hold one of those that all blocking work shares.
fn start(job: Job) -> mpsc::Receiver<io::Result<Bytes>> {
    let (sender, pieces) = mpsc::channel(WAITING);
    let (failed, runtime) = (sender.clone(), Handle::current());
    let work = move || {
        let mut sink = Sink { sender, runtime, piece: BytesMut::with_capacity(PIECE) };
        let written = write(&job, &mut sink).and_then(|()| sink.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::warn!(%error, "a pack ended early");
            let _ = sink.send(Err(error));
        }
    };
    let spawned = std::thread::Builder::new().name("regie-pack".into()).spawn(work);
    if let Err(error) = spawned {
        let _ = failed.try_send(Err(error));
    }
    pieces
}

fn write(job: &Job, sink: &mut Sink) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(sink);
    let (name, text) = &job.settings;
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
    zip.start_file(name.as_str(), options.last_modified_time(date(OffsetDateTime::now_utc())))?;
    zip.write_all(text.as_bytes())?;
    let mut piece = vec![0; PIECE];
    for member in &job.members {
        let Some(folder) = &job.folder else { break };
        let name = member.name();
        let mut file = folder.file(&member.path)?;
        zip.start_file(name.as_str(), options_for(member, &name, job.launcher.as_deref()))?;
        loop {
            let read = file.read(&mut piece)?;
            if read == 0 {
                break;
            }
            zip.write_all(&piece[..read])?;
        }
    }
    zip.finish()?;
    Ok(())
}

fn options_for(member: &Member, name: &str, launcher: Option<&str>) -> SimpleFileOptions {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let deflate = member.size <= TEXT_MAX && TEXT.contains(&ending.as_str());
    let method = if deflate { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let executable = member.mode & 0o100 != 0 || launcher == Some(name);
    let modified = OffsetDateTime::from_unix_timestamp(member.modified).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    SimpleFileOptions::default()
        .compression_method(method)
        .large_file(member.size >= LARGE)
        .unix_permissions(if executable { 0o755 } else { 0o644 })
        .last_modified_time(date(modified))
}

/// 1980 is the first year a zip knows.
fn date(at: OffsetDateTime) -> DateTime {
    let year = u16::try_from(at.year()).unwrap_or_default();
    DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second())
        .unwrap_or_default()
}

/// Hands on what is written in pieces, and waits while enough of them wait.
struct Sink {
    sender: mpsc::Sender<io::Result<Bytes>>,
    runtime: Handle,
    piece: BytesMut,
}

impl Sink {
    fn send(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        let sent =
            self.runtime.block_on(async { tokio::time::timeout(STALLED, self.sender.send(piece)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was taken for a minute")),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, BytesMut::with_capacity(PIECE));
        self.send(Ok(piece.freeze()))
    }
}

/// `https://x/` → `wss://x`: what games connect to.
fn socket_url(url: &str) -> String {
    let url = url.trim_end_matches('/');
    match url.split_once("://") {
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(("http", rest)) => format!("ws://{rest}"),
        _ => url.to_owned(),
    }
}

/// What every file system takes.
fn file_name(race: &str, player: &str) -> String {
    let part = |text: &str, otherwise: &str| {
        let kept: String = text
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '_' | '.') { c } else { '-' })
            .take(60)
            .collect();
        let words: Vec<_> = kept.split('-').filter(|word| !word.is_empty()).collect();
        let joined = words.join("-");
        let joined = joined.trim_matches('.');
        if joined.is_empty() { otherwise.to_owned() } else { joined.to_owned() }
    };
    format!("{}-{}.zip", part(race, "race"), part(player, "player"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_named_after_race_and_player() {
        for (race, player, expected) in [
            ("Sunday Showdown!", "Ada", "Sunday-Showdown-Ada.zip"),
            ("a/b\\c:\"d\"\r\n", "..", "a-b-c-d-player.zip"),
            ("Été", "名前", "Été-名前.zip"),
            ("", "", "race-player.zip"),
        ] {
            assert_eq!(file_name(race, player), expected);
        }
    }

    #[test]
    fn games_connect_to_the_socket_of_the_same_address() {
        for (url, expected) in [
            ("https://race.example/", "wss://race.example"),
            ("http://127.0.0.1:4400", "ws://127.0.0.1:4400"),
            ("wss://race.example", "wss://race.example"),
        ] {
            assert_eq!(socket_url(url), expected);
        }
    }

    #[test]
    fn small_text_is_deflated_and_all_else_is_stored() {
        let member = |size| Member { path: "x".into(), size, mode: 0o644, modified: 0 };
        for (name, size, deflated) in [
            ("a.TOML", 10, true),
            ("a.toml", TEXT_MAX + 1, false),
            ("a.dll", 10, false),
            ("a.zip", 10, false),
            ("launch.bat", 10, true),
            ("README", 10, false),
        ] {
            let options = format!("{:?}", options_for(&member(size), name, None));
            assert_eq!(options.contains("Deflated"), deflated, "{name} {size}: {options}");
        }
    }
}
