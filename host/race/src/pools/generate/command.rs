//! The operator's generator: a program of its own, in a process group of its own, that is never waited for without end.

use std::{path::Path, process::Stdio, time::Duration};

use regie_core::{Error, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::super::config::{Definition, Generator};

/// Between being asked to stop and being stopped.
const GRACE: Duration = Duration::from_secs(2);

/// What is kept of the end of what it wrote.
const TAIL: usize = 4 << 10;

/// Lines of it that an error tells.
const LINES: usize = 8;

/// Runs `[generator] command` until it has succeeded. Errors: `generator` with the end of what it wrote, `cancelled`.
pub async fn run(pool: &Definition, out: &Path, cancel: &CancellationToken) -> Result<()> {
    let Some(generator) = &pool.generator else {
        return Err(Error::conflict("the pool has no generator").code("no_generator"));
    };
    let mut child = spawn(pool, generator, out)?;
    let group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
    let outputs = [tail(child.stdout.take()), tail(child.stderr.take())];
    let limit = Duration::from_secs(generator.timeout_seconds.max(1));
    let ended = tokio::select! {
        ended = child.wait() => Ok(ended?),
        () = tokio::time::sleep(limit) => Err(format!("it did not end within {} s", limit.as_secs())),
        () = cancel.cancelled() => {
            group.stop(&mut child).await;
            return Err(Error::conflict("the generation was cancelled").code("cancelled"));
        }
    };
    if ended.is_err() {
        group.stop(&mut child).await;
    }
    // What it started and left behind goes with it; otherwise its output would stay open, too.
    drop(group);
    let reason = match ended {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => format!("it ended with {status}"),
        Err(reason) => reason,
    };
    let mut said = String::new();
    for output in outputs {
        said.push_str(&output.await.unwrap_or_default());
    }
    let program = &generator.command[0];
    let last: Vec<_> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = last[last.len().saturating_sub(LINES)..].join("\n");
    Err(Error::conflict(format!("the generator `{program}` made no seed: {reason}\n{last}").trim_end())
        .code("generator"))
}

fn spawn(pool: &Definition, generator: &Generator, out: &Path) -> Result<Child> {
    let absolute = |path: &Path| std::path::absolute(path).map(|path| path.display().to_string());
    let (config, out) = (absolute(&pool.config())?, absolute(out)?);
    let fill = |text: &String| text.replace("{config}", &config).replace("{out}", &out);
    let cwd = generator.cwd.as_ref().map_or_else(|| pool.dir.clone(), |cwd| pool.dir.join(cwd));
    let mut command = Command::new(fill(&generator.command[0]));
    command
        .args(generator.command[1..].iter().map(fill))
        .current_dir(&cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .process_group(0);
    // Our secrets are none of its business.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REGIE_")) {
        command.env_remove(name);
    }
    command.spawn().map_err(|error| {
        let (program, cwd) = (&generator.command[0], cwd.display());
        Error::conflict(format!("the generator `{program}` cannot be started in {cwd}: {error}"))
            .code("generator")
            .hint("[generator] command and cwd of the pool's config.toml")
    })
}

/// A process group; dropping it kills what is left of it.
struct Group(Option<Pid>);

impl Group {
    /// Asks first, so that it can tidy up.
    async fn stop(&self, child: &mut Child) {
        self.signal(Signal::TERM);
        if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
            self.signal(Signal::KILL);
            let _ = child.wait().await;
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // Nobody left in it is what we want.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Reads to the end, whatever comes, and keeps the last of it.
fn tail(output: Option<impl AsyncRead + Unpin + Send + 'static>) -> JoinHandle<String> {
    tokio::spawn(async move {
        let Some(mut output) = output else { return String::new() };
        let (mut kept, mut piece) = (Vec::new(), vec![0; 16 << 10]);
        while let Ok(read @ 1..) = output.read(&mut piece).await {
            kept.extend_from_slice(&piece[..read]);
            if kept.len() > 2 * TAIL {
                kept.drain(..kept.len() - TAIL);
            }
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}
