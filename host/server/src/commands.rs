//! Commands that are not servers.

use std::path::Path;

use regie_core::Error;
use regie_plugins::author::build::Options as BuildOptions;

use crate::{Failure, cli::PluginCommand, instance::Instance, openapi, settings};

type Outcome = Result<(), Failure>;

pub fn settings(root: &Path) -> Outcome {
    let settings = Instance::at(root).settings(&[])?;
    for line in settings.shown(&settings::declared()) {
        println!("{} = {}    ({})\n    {}", line.name, line.value, line.origin, line.meaning);
    }
    Ok(())
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

pub async fn plugin(command: PluginCommand) -> Outcome {
    match command {
        PluginCommand::New { name, sdk } => {
            let sdk = sdk.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-sdk"));
            regie_plugins::author::new::new(&name, Path::new(&name), &sdk)?;
            println!(
                "{name}/ is a tracker of three items. Next:\n  cd {name} && cargo test && regie plugin build ."
            );
            Ok(())
        }
        PluginCommand::Build { dirs, out } => {
            for dir in dirs {
                let built =
                    regie_plugins::author::build::build(&dir, out.as_deref(), &BuildOptions::default())?;
                println!("{built}");
            }
            Ok(())
        }
        PluginCommand::Check { packages } => {
            let mut failed = 0;
            for package in packages {
                let report = regie_plugins::author::check::check(&package).await;
                println!("{report}");
                failed += usize::from(!report.passed());
            }
            if failed == 0 {
                return Ok(());
            }
            Err(Error::bad_request(format!("{failed} package(s) did not pass")).into())
        }
    }
}
