#![forbid(unsafe_code)]
//! The binary: command line, wiring of the rooms, router, health, metrics, OpenAPI.

mod cli;
mod commands;
mod demo;
mod dev;
mod instance;
mod logging;
mod openapi;
mod plugin_commands;
mod pool_commands;
mod rooms;
mod router;
mod routes;
mod serve;
mod settings;
mod statics;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// Bad settings.
const EXIT_SETTINGS: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("regie: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(async {
        let done = match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Settings { instance } => commands::settings(&instance),
            Command::Backup { instance, to } => commands::backup(&instance, &to),
            Command::Restore { instance, from } => commands::restore(&instance, &from),
            Command::Openapi => commands::openapi(),
            Command::Plugin(command) => plugin_commands::run(command).await,
            Command::Pool(command) => pool_commands::run(command).await,
            Command::Racer(args) => return Ok(commands::racer(args).await),
        };
        done.map(|()| ExitCode::SUCCESS)
    });
    match outcome {
        Ok(code) => code,
        Err(Failure::Settings(error)) => {
            eprintln!("regie: these settings are wrong:\n{error}");
            ExitCode::from(EXIT_SETTINGS)
        }
        Err(Failure::Other(error)) => {
            eprintln!("regie: {error}");
            for source in std::iter::successors(std::error::Error::source(&error), |e| e.source()) {
                eprintln!("  because: {source}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Why the program ends early.
enum Failure {
    Settings(regie_core::SettingsError),
    Other(regie_core::Error),
}

impl From<regie_core::Error> for Failure {
    fn from(error: regie_core::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<regie_core::SettingsError> for Failure {
    fn from(error: regie_core::SettingsError) -> Self {
        Self::Settings(error)
    }
}
