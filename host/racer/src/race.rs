//! A race from the first connection to its end: what is told, what is answered, what is told again.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{Graph, Link, Outbox, Random, Row, Runner, Settings, Told, View, runner::Says};

/// How often the game is looked at, and how often it says its clock.
const LOOK: Duration = Duration::from_millis(100);
const CLOCK: Duration = Duration::from_secs(1);

/// How to race.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Run a route through it; without one this is a display.
    pub graph: Option<Graph>,
    /// In-game time to a time on the wall.
    pub speed: u64,
    /// The same number, the same run.
    pub seed: Option<u64>,
    /// Of a hundred runners, how many give up.
    pub quits: u64,
    /// Breaks the link when it has been up for so long.
    pub cut_every: Option<Duration>,
    /// Stays for the others' end.
    pub stay: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// This player's end, or the race's; the own row as it was last told.
    Ended(Option<Row>),
    /// The server does not want this client.
    Refused(String),
    Stopped,
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Ready,
    Abandon,
}

/// Races until it is over, refused or stopped. `show` gets what is known, and the own in-game time, after everything that happens.
pub async fn race(
    settings: &Settings,
    options: Options,
    mut wishes: mpsc::Receiver<Wish>,
    stop: &CancellationToken,
    mut show: impl FnMut(&View, u64),
) -> Outcome {
    let random = options.seed.map_or_else(Random::from_system, Random::new);
    let mut racer = Racer::new(options, random);
    let mut link = Link::open(settings);
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return Outcome::Stopped,
            told = link.next() => match told {
                Some(Told::Over(reason)) => return Outcome::Refused(reason),
                None => return Outcome::Refused("the link ended".into()),
                Some(told) => racer.hear(told, &link).await,
            },
            Some(wish) = wishes.recv() => racer.wish(wish, &link).await,
            _ = look.tick() => racer.look(&link).await,
        }
        show(&racer.view, racer.igt_ms());
        if racer.is_done() {
            return Outcome::Ended(racer.view.own().cloned());
        }
    }
}

struct Racer {
    view: View,
    options: Options,
    random: Random,
    runner: Option<Runner>,
    outbox: Outbox,
    clock_said: Instant,
    cut: Instant,
    /// When what was refused for the moment is said again.
    again: Option<Instant>,
}

impl Racer {
    fn new(options: Options, mut random: Random) -> Self {
        // Not the number of the run: two runs of one number must not take each other's frames for their own.
        let outbox = Outbox::new(Random::from_system().draw());
        let runner = Self::runner(&options, &mut random);
        let now = Instant::now();
        Self {
            view: View::default(),
            options,
            random,
            runner,
            outbox,
            clock_said: now,
            cut: now,
            again: None,
        }
    }

    fn runner(options: &Options, random: &mut Random) -> Option<Runner> {
        let graph = options.graph.clone()?;
        Some(Runner::new(graph, options.speed, options.quits, random))
    }

    fn igt_ms(&self) -> u64 {
        match (&self.runner, self.view.own()) {
            (Some(runner), _) if runner.has_begun() => runner.igt_ms(),
            (_, own) => own.map_or(0, |row| row.igt_ms),
        }
    }

    fn is_done(&self) -> bool {
        let own = self.view.own().is_some_and(Row::has_ended) && !self.options.stay;
        (own || self.view.is_over()) && self.outbox.is_empty()
    }

    async fn hear(&mut self, told: Told, link: &Link) {
        match told {
            Told::Up(message) => {
                self.view.connected = true;
                self.cut = Instant::now();
                self.view.note.clear();
                self.view.hear(&message);
                self.arrive(&message, link).await;
            }
            Told::Message(message) => {
                self.view.hear(&message);
                self.heed(&message);
            }
            Told::Down(reason) => {
                self.view.connected = false;
                self.view.note = reason;
            }
            Told::Reset => {
                self.view = View { connected: false, ..View::default() };
                self.outbox.clear();
                self.runner = Self::runner(&self.options, &mut self.random);
            }
            Told::Over(_) => {}
        }
    }

    /// Ready first, then everything that was not acknowledged, in order.
    async fn arrive(&mut self, auth_ok: &Value, link: &Link) {
        if let Some(runner) = &mut self.runner {
            runner.flags = match self.view.status.as_str() {
                "setup" => true,
                "draft" | "open" | "countdown" => false,
                _ if runner.has_begun() => runner.flags,
                _ => self.options.graph.as_ref().is_some_and(|graph| !graph.event_map.is_empty()),
            };
        }
        let own = self.view.own().cloned().unwrap_or_default();
        if own.has_ended() || self.view.is_over() {
            // Frames go in order: what came before the end is there, and what did not get its answer would get none now.
            self.outbox.clear();
            return;
        }
        link.say(json!({"type": "ready"})).await;
        for frame in self.outbox.again() {
            link.say(frame.clone()).await;
        }
        let running = auth_ok["race"]["status"] == "running" && own.status == "playing";
        if let Some(runner) = self.runner.as_mut().filter(|runner| running && !runner.has_begun()) {
            runner.begin(Duration::ZERO, own.igt_ms);
        }
    }

    fn heed(&mut self, message: &Value) {
        let id = message["message_id"].as_str();
        match message["type"].as_str().unwrap_or_default() {
            "race_start" => {
                let seconds = message["countdown_seconds"].as_u64().unwrap_or(0);
                if let Some(runner) = self.runner.as_mut().filter(|runner| !runner.has_begun()) {
                    runner.begin(Duration::from_secs(seconds), 0);
                }
            }
            "error" => {
                let later = ["rate_limited", "plugin_unavailable", "unavailable", "disk_full"];
                match id {
                    Some(_) if message["code"].as_str().is_some_and(|code| later.contains(&code)) => {
                        self.again.get_or_insert(Instant::now() + CLOCK);
                    }
                    Some(id) => self.outbox.settled(id),
                    None => {}
                }
            }
            kind if kind.ends_with("_ack") => self.outbox.settled(id.unwrap_or_default()),
            _ => {}
        }
    }

    async fn wish(&mut self, wish: Wish, link: &Link) {
        let frame = match wish {
            Wish::Ready => json!({"type": "ready"}),
            Wish::Abandon => self.outbox.add(json!({"type": "abandon"})),
        };
        link.say(frame).await;
    }

    async fn look(&mut self, link: &Link) {
        let up = self.view.connected;
        if let Some(every) = self.options.cut_every
            && up
            && self.cut.elapsed() >= every
        {
            self.cut = Instant::now();
            link.cut();
        }
        if up && self.again.is_some_and(|at| at <= Instant::now()) {
            self.again = None;
            for frame in self.outbox.again() {
                link.say(frame.clone()).await;
            }
        }
        // Told during the countdown, or before the server's own clock is at zero, it would be refused.
        let plays = self.view.own().is_some_and(|own| own.status == "playing");
        let Some(runner) = self.runner.as_mut().filter(|_| plays) else { return };
        for says in runner.says() {
            match says {
                Says::Event(frame) | Says::End(frame) => {
                    let frame = self.outbox.add(frame);
                    if up {
                        link.say(frame).await;
                    }
                }
                Says::Clock(frame) if up && self.clock_said.elapsed() >= CLOCK => {
                    self.clock_said = Instant::now();
                    link.say(frame).await;
                }
                Says::Clock(_) => {}
            }
        }
    }
}
