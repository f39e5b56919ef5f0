//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// The control room of a game broadcast.
#[derive(Debug, Parser)]
#[command(name = "regie", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server on an instance folder.
    Serve(Serve),
    /// Run a server with a living demo on a temporary copy of an instance.
    Demo(Demo),
    /// Every setting with its value, origin and meaning.
    Settings {
        /// The instance folder.
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
    },
    /// Copy everything an instance knows into one file; the server may be running.
    Backup {
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
        /// The file to write.
        #[arg(long)]
        to: PathBuf,
    },
    /// Bring a backup into an instance that has no data yet.
    Restore {
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
        /// A file made by `regie backup`.
        #[arg(long)]
        from: PathBuf,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Build and check plugins.
    #[command(subcommand)]
    Plugin(PluginCommand),
}

#[derive(Debug, Parser)]
pub struct Serve {
    /// The instance folder: settings, plugins, data.
    #[arg(long, default_value = "instance")]
    pub instance: PathBuf,
    /// Address and port, over the setting `server.listen`.
    #[arg(long)]
    pub listen: Option<String>,
    /// Gets `{"url","pid","version"}` once the server accepts; removed at exit.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
}

#[derive(Debug, Parser)]
pub struct Demo {
    /// The instance to copy.
    #[arg(long, default_value = "instance")]
    pub instance: PathBuf,
    /// Folders with plugin packages to add to the copy.
    #[arg(long)]
    pub plugins: Vec<PathBuf>,
    #[arg(long, default_value = "127.0.0.1:4400")]
    pub listen: String,
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// Write a complete crate to start from.
    New {
        /// Its id, and the name of its folder.
        name: String,
        /// Where regie-sdk is; that of this binary's own sources where it is absent.
        #[arg(long)]
        sdk: Option<PathBuf>,
    },
    /// Compile plugin crates into packages.
    Build {
        /// Folders of plugin crates.
        #[arg(default_value = ".")]
        dirs: Vec<PathBuf>,
        /// Where packages go; beside each crate, in `dist/`, where it is absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Load a package as the server would, and put it through the conformance suite.
    Check {
        /// A package folder or zip.
        packages: Vec<PathBuf>,
    },
}
