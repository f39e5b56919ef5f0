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
    /// Take part in a race with the settings file of a player's pack, or run a route through its seed.
    Racer(regie_racer::Args),
    /// Print the OpenAPI document.
    Openapi,
    /// Build and check plugins.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Look at pools of seeds and fill them; the server may be running.
    #[command(subcommand)]
    Pool(PoolCommand),
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
    /// Write a complete plugin to start from.
    New {
        /// Its id, and the name of its folder.
        name: String,
        #[arg(long, value_enum, default_value = "tracker")]
        kind: PluginKind,
        /// What to write it in.
        #[arg(long, value_enum, default_value = "rust")]
        lang: Language,
        /// Where regie-sdk is (for Rust); that of this binary's own sources where it is absent.
        #[arg(long)]
        sdk: Option<PathBuf>,
    },
    /// Compile plugins, crates and folders of JavaScript, into packages.
    Build {
        /// Folders of plugins.
        #[arg(default_value = ".")]
        dirs: Vec<PathBuf>,
        /// Where packages go; beside each plugin, in `dist/`, where it is absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Build a plugin on every save and show it: the last good version stays on the air.
    Dev(Dev),
    /// Load a package as the server would, and put it through the conformance suite.
    Check {
        /// A package folder or zip.
        packages: Vec<PathBuf>,
    },
    /// Make the zip that is handed on, of a plugin's folder (built first) or of a package, once it passes `check`.
    Pack {
        /// A plugin's folder, or a package.
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// The folder that gets the zip; `dist/` of the plugin, or beside the package, where it is absent.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Parser)]
pub struct Dev {
    /// The plugin's folder.
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Put it into this instance, whose server runs; a temporary server is started where neither this nor --url is given.
    #[arg(long, conflicts_with = "url")]
    pub instance: Option<PathBuf>,
    /// Install it into the server at this address.
    #[arg(long, requires = "token")]
    pub url: Option<String>,
    /// An administrator's token for --url.
    #[arg(long, env = "REGIE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Address and port of the temporary server.
    #[arg(long, default_value = "127.0.0.1:4401")]
    pub listen: String,
    /// Gets `{"url","pid","version"}` once the temporary server accepts.
    #[arg(long)]
    pub ready_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum PoolCommand {
    /// The pools, and how many seeds lie in their folders.
    List {
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
    },
    /// Check every seed as the server does, and say what is refused and why.
    Scan {
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
    },
    /// Make seeds by the pool's generator or its mode. A seed that fails never reaches the pool.
    Generate {
        #[arg(long, default_value = "instance")]
        instance: PathBuf,
        #[arg(long)]
        pool: String,
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        count: u32,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum PluginKind {
    Tracker,
    Indices,
    Race,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    Rust,
    Js,
}
