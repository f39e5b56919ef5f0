//! `regie plugin …`: what authors of plugins use.

use std::path::Path;

use regie_core::Error;
use regie_plugins::Kind;
use regie_plugins::author::{
    build::{Options, build},
    check::check,
    new::{self, new},
    pack,
};

use crate::{
    cli::{Language, PluginCommand, PluginKind},
    commands::Outcome,
    dev,
};

pub async fn run(command: PluginCommand) -> Outcome {
    match command {
        PluginCommand::New { name, kind, lang, sdk } => {
            let sdk = sdk.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-sdk"));
            let (kind, language) = (kind_of(kind), language(lang));
            new(&name, Path::new(&name), kind, language, &sdk)?;
            let test = if lang == Language::Rust { "cargo test" } else { "npm ci && npm test" };
            println!("{name}/ is a plugin that works. Next:\n  cd {name} && {test} && regie plugin dev .");
            Ok(())
        }
        PluginCommand::Build { dirs, out } => {
            for dir in dirs {
                println!("{}", build(&dir, out.as_deref(), &Options::default())?);
            }
            Ok(())
        }
        PluginCommand::Dev(args) => dev::run(args).await,
        PluginCommand::Check { packages } => {
            let mut failed = 0;
            for package in packages {
                let report = check(&package).await;
                println!("{report}");
                failed += usize::from(!report.passed());
            }
            if failed == 0 {
                return Ok(());
            }
            Err(Error::bad_request(format!("{failed} package(s) did not pass")).into())
        }
        PluginCommand::Pack { dir, out } => {
            println!("{}", pack::pack(&dir, out.as_deref()).await?);
            Ok(())
        }
    }
}

fn kind_of(kind: PluginKind) -> Kind {
    match kind {
        PluginKind::Tracker => Kind::Tracker,
        PluginKind::Indices => Kind::Indices,
        PluginKind::Race => Kind::Race,
    }
}

fn language(lang: Language) -> new::Language {
    match lang {
        Language::Rust => new::Language::Rust,
        Language::Js => new::Language::JavaScript,
    }
}
