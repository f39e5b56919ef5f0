//! `regie racer`: the command, and how it ends.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, time::Duration};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    Graph, Options, Outcome, Row, Settings, View,
    race::{Wish, race},
    screen::{Screen, clock},
};

/// Take part in a race with the settings file of a pack: watch it in the terminal, or run a route by yourself.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The settings file of a player's pack.
    #[arg(long)]
    pub settings: PathBuf,
    /// Stand in for the game: run a route through the seed.
    #[arg(long, requires = "graph")]
    pub simulate: bool,
    /// The seed's document (a pack does not hold it: it would tell the way).
    #[arg(long)]
    pub graph: Option<PathBuf>,
    /// How many times as fast as the clock on the wall in-game time goes.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub speed: u64,
    /// The same number, the same run; another run each time where it is absent.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Of a hundred runners, how many give up on their way.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=100))]
    pub quits: u64,
    /// Break the link whenever it has been up for so many seconds, to rehearse a bad network.
    #[arg(long)]
    pub cut_every: Option<u64>,
    /// Stay until the whole race is over.
    #[arg(long)]
    pub stay: bool,
    /// Lines of text in place of the display.
    #[arg(long)]
    pub plain: bool,
}

/// Races; the exit code is 0 after an end, 1 where the server refuses this player, 2 for a file that cannot be read.
pub async fn run(args: Args, stop: CancellationToken) -> ExitCode {
    let read = || -> Result<_, String> {
        let graph = args.graph.as_deref().filter(|_| args.simulate).map(Graph::read).transpose()?;
        Ok((Settings::read(&args.settings)?, graph))
    };
    let (settings, graph) = match read() {
        Ok(read) => read,
        Err(fault) => {
            eprintln!("regie racer: {fault}");
            return ExitCode::from(2);
        }
    };
    let options = Options {
        stay: args.stay || graph.is_none(),
        graph,
        speed: args.speed,
        seed: args.seed,
        quits: args.quits,
        cut_every: args.cut_every.map(Duration::from_secs),
    };
    let (wish, wishes) = mpsc::channel(8);
    let outcome = if args.plain || !std::io::stdout().is_terminal() {
        let mut lines = Lines::default();
        race(&settings, options, wishes, &stop, |view, _| lines.show(view)).await
    } else {
        display(&settings, options, (wish, wishes), &stop).await
    };
    said(&outcome)
}

async fn display(
    settings: &Settings,
    options: Options,
    (wish, wishes): (mpsc::Sender<Wish>, mpsc::Receiver<Wish>),
    stop: &CancellationToken,
) -> Outcome {
    let mut screen = Screen::open(settings);
    let mut quit = stop.child_token();
    let stopped = quit.clone();
    let outcome = race(settings, options, wishes, &stopped, |view, igt_ms| {
        screen.keys(&wish, &mut quit);
        screen.draw(view, igt_ms);
    })
    .await;
    drop(screen);
    outcome
}

fn said(outcome: &Outcome) -> ExitCode {
    match outcome {
        Outcome::Ended(Some(Row { name, status, place, igt_ms, .. })) => {
            println!("{name}: {status}, place {place}, {}", clock(*igt_ms));
            ExitCode::SUCCESS
        }
        Outcome::Ended(None) | Outcome::Stopped => ExitCode::SUCCESS,
        Outcome::Refused(reason) => {
            eprintln!("regie racer: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// One line for everything that a reader of a log wants to know.
#[derive(Default)]
struct Lines {
    last: String,
}

impl Lines {
    fn show(&mut self, view: &View) {
        let layer = view.own().map_or(0, |row| row.layer);
        let link = if view.connected { "connected" } else { "away" };
        let line = format!(
            "{} {link} layer {layer}/{} {} {}",
            view.status, view.last_layer, view.zone.name, view.note
        );
        if line != self.last {
            println!("{}", line.trim_end());
            self.last = line;
        }
    }
}
