//! `regie pool …`: works on the folders alone, so that it does not matter whether a server runs on them. What it makes, the
//! server finds; who has a seed, only the server knows.

use std::{
    io::{IsTerminal, Write, stderr},
    path::Path,
    sync::Arc,
};

use regie_core::{Error, Result};
use regie_plugins::{Kind, Limits, Operator, load_package};
use regie_race::pools::{
    Definition, FolderReport, GIVE_UP, Loaded, Workshop, count_folders, look_at_folders, read_definitions,
};
use tokio_util::sync::CancellationToken;

use crate::{Failure, cli::PoolCommand, commands::Outcome, instance::Instance};

pub async fn run(command: PoolCommand) -> Outcome {
    match command {
        PoolCommand::List { instance } => list(&Instance::at(&instance)),
        PoolCommand::Scan { instance } => scan(&Instance::at(&instance)).await,
        PoolCommand::Generate { instance, pool, count } => {
            generate(&Instance::at(&instance), &pool, count).await
        }
    }
}

fn list(instance: &Instance) -> Outcome {
    for pool in pools(instance)? {
        show(&pool, &count_folders(&pool)?);
    }
    Ok(())
}

async fn scan(instance: &Instance) -> Outcome {
    let (pools, modes) = (pools(instance)?, modes(instance).await?);
    for pool in pools {
        let report = look_at_folders(&pool, &modes).await?;
        show(&pool, &report);
        for refused in report.refused {
            println!("  {}: {}", refused.folder, refused.reason);
        }
    }
    Ok(())
}

async fn generate(instance: &Instance, name: &str, count: u32) -> Outcome {
    let found = pools(instance)?.into_iter().find(|pool| pool.name == name);
    let pool = found.ok_or_else(|| {
        Error::not_found(format!("there is no pool `{name}`")).hint("regie pool list names them")
    })?;
    pool.check()?;
    let workshop = Workshop::open(Arc::new(pool), Arc::new(modes(instance).await?))?;
    let cancel = CancellationToken::new();
    let (stop, stopped) = (cancel.clone(), crate::serve::stop_signal());
    let stopping = tokio::spawn(async move {
        stopped.await;
        stop.cancel();
    });
    let mut bar = Bar { name, count, done: 0, failed: 0 };
    let mut in_a_row = 0;
    bar.draw();
    while bar.done + bar.failed < count && in_a_row < GIVE_UP {
        match workshop.make(&cancel).await {
            Ok(made) => {
                (bar.done, in_a_row) = (bar.done + 1, 0);
                bar.say(&made.folder);
            }
            Err(error) if error.code == "cancelled" => break,
            Err(error) => {
                (bar.failed, in_a_row) = (bar.failed + 1, in_a_row + 1);
                let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
                bar.say(&format!("no seed: {error}{hint}"));
            }
        }
        bar.draw();
    }
    bar.end();
    stopping.abort();
    if bar.done == count {
        return Ok(());
    }
    Err(Error::conflict(format!("{} of {count} seeds were made", bar.done)).into())
}

fn pools(instance: &Instance) -> Result<Vec<Definition>, Failure> {
    let file = instance.seeds().join("pools.toml");
    let (pools, refused) = read_definitions(&instance.seeds())
        .map_err(|reason| Error::bad_request(format!("{}: {reason}", file.display())))?;
    for (pool, reason) in refused {
        eprintln!("{}: [{pool}]: {reason}", file.display());
    }
    if pools.is_empty() {
        eprintln!("{} names no pools", file.display());
    }
    Ok(pools)
}

/// The race modes of the instance, loaded for this command. What does not load is named and left out.
async fn modes(instance: &Instance) -> Result<Loaded, Failure> {
    let limits = Limits::from(&instance.settings(&[])?);
    let operator = Operator::open(&instance.config());
    let mut loaded = Vec::new();
    let mut paths: Vec<_> = match std::fs::read_dir(instance.plugins()) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    paths.sort();
    for path in paths.iter().filter(|path| may_be_a_mode(path)) {
        match load_package(path, &instance.cache(), &limits).await {
            Ok(plugin) if plugin.manifest().kind == Kind::Race => {
                let settings = operator.of(plugin.id());
                loaded.push((plugin, settings));
            }
            Ok(_) => {}
            Err(error) => eprintln!("{}: {error}", path.display()),
        }
    }
    Ok(Loaded(loaded))
}

/// Trackers and hint sheets are not compiled for nothing.
fn may_be_a_mode(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending == "zip") {
        return true;
    }
    let manifest = std::fs::read_to_string(path.join("plugin.toml")).unwrap_or_default();
    manifest
        .parse::<toml::Table>()
        .is_ok_and(|table| table.get("kind").and_then(|kind| kind.as_str()) == Some("race"))
}

fn show(pool: &Definition, report: &FolderReport) {
    let FolderReport { available, consumed, discarded, .. } = report;
    let Definition { name, display_name, .. } = pool;
    println!("{name}  {display_name}: {available} available, {consumed} consumed, {discarded} discarded");
}

/// On a terminal it is drawn over itself; elsewhere only what happened is written, a line each.
struct Bar<'a> {
    name: &'a str,
    count: u32,
    done: u32,
    failed: u32,
}

impl Bar<'_> {
    const WIDTH: u32 = 30;

    fn draw(&self) {
        let Self { name, count, done, failed } = self;
        if stderr().is_terminal() {
            let filled = (done + failed) * Self::WIDTH / count;
            let drawn: String = (0..Self::WIDTH).map(|at| if at < filled { '#' } else { '-' }).collect();
            eprint!("\r\x1b[K{name} [{drawn}] {done} of {count} made, {failed} failed");
            let _ = stderr().flush();
        }
    }

    fn say(&self, what: &str) {
        let (clear, Self { name, count, done, failed }) =
            (if stderr().is_terminal() { "\r\x1b[K" } else { "" }, self);
        eprintln!("{clear}{name} {}/{count}: {what}", done + failed);
    }

    fn end(&self) {
        if stderr().is_terminal() {
            eprintln!();
        }
    }
}
