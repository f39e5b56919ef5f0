//! Commands that are not servers.

use std::{path::Path, process::ExitCode};

use regie_core::Error;
use tokio_util::sync::CancellationToken;

use crate::{Failure, instance::Instance, openapi, serve::stop_signal, settings};

pub type Outcome = Result<(), Failure>;

pub fn settings(root: &Path) -> Outcome {
    let settings = Instance::at(root).settings(&[])?;
    for line in settings.shown(&settings::declared()) {
        println!("{} = {}    ({})\n    {}", line.name, line.value, line.origin, line.meaning);
    }
    Ok(())
}

/// Ctrl C gives the terminal back before it ends.
pub async fn racer(args: regie_racer::Args) -> ExitCode {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let waits = tokio::spawn(async move {
        stop_signal().await;
        asked.cancel();
    });
    let code = regie_racer::run(args, stop).await;
    waits.abort();
    code
}

pub fn openapi() -> Outcome {
    let text = openapi::document().to_pretty_json().map_err(Error::internal)?;
    println!("{text}");
    Ok(())
}

pub fn backup(root: &Path, to: &Path) -> Outcome {
    let report = regie_store::backup(&Instance::at(root).db(), to)?;
    println!("{}: {} commits, {} blobs, {} bytes", to.display(), report.frame, report.blobs, report.bytes);
    Ok(())
}

pub fn restore(root: &Path, from: &Path) -> Outcome {
    let report = regie_store::restore(from, &Instance::at(root).db())?;
    println!("{}: {} commits, {} blobs restored", root.display(), report.frame, report.blobs);
    Ok(())
}
