//! A sink that writes down what it is told, and a run that tells it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use regie_archipelago::{Config, Counts, Options, Sink, State, Status, run};
use regie_core::{Error, Result, SimulatedClock};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

/// Ends a test that waits for what never comes; no assertion is about it.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub all: BTreeMap<String, u32>,
    /// Rebuilt from `changed` alone.
    pub summed: BTreeMap<String, u32>,
    pub calls: usize,
    pub statuses: Vec<Status>,
}

impl Notes {
    pub fn state(&self) -> Option<State> {
        self.statuses.last().map(|status| status.state)
    }

    pub fn error(&self) -> String {
        self.statuses.last().and_then(|status| status.error.clone()).unwrap_or_default()
    }
}

pub struct Notebook {
    notes: watch::Sender<Notes>,
    /// Calls still to be refused.
    refusals: Mutex<usize>,
}

#[async_trait]
impl Sink for Notebook {
    async fn counts(&self, changed: &[(String, u32)], all: &Counts) -> Result<()> {
        let refuse = {
            let mut refusals = self.refusals.lock();
            let refuse = *refusals > 0;
            *refusals = refusals.saturating_sub(1);
            refuse
        };
        self.notes.send_modify(|notes| {
            notes.calls += 1;
            if refuse {
                return;
            }
            notes.all.clone_from(all);
            for (name, count) in changed {
                if *count == 0 {
                    notes.summed.remove(name).expect("only what was told of can be gone");
                } else {
                    assert_ne!(notes.summed.insert(name.clone(), *count), Some(*count), "nothing changed");
                }
            }
            assert_eq!(notes.summed, notes.all);
        });
        if refuse { Err(Error::bad_request("the tracker has no such item")) } else { Ok(()) }
    }

    fn status(&self, status: Status) {
        self.notes.send_modify(|notes| notes.statuses.push(status));
    }
}

pub struct Following {
    pub book: Arc<Notebook>,
    pub clock: Arc<SimulatedClock>,
    pub stop: CancellationToken,
    task: JoinHandle<()>,
}

pub fn config(address: &str) -> Config {
    Config {
        address: address.into(),
        name: "One".into(),
        password: None,
        game: None,
        options: Options {
            retry_min: Duration::from_millis(1),
            retry_max: Duration::from_millis(4),
            refused_min: Duration::from_millis(1),
            refused_max: Duration::from_millis(4),
            sink_retry: Duration::from_millis(1),
            ..Options::default()
        },
    }
}

pub fn follow(config: Config, refusals: usize) -> Following {
    let book =
        Arc::new(Notebook { notes: watch::Sender::new(Notes::default()), refusals: Mutex::new(refusals) });
    let clock = Arc::new(SimulatedClock::at(1000));
    let stop = CancellationToken::new();
    let task = tokio::spawn(run(config, book.clone(), clock.clone(), stop.clone()));
    Following { book, clock, stop, task }
}

impl Following {
    pub async fn until(&self, enough: impl Fn(&Notes) -> bool) -> Notes {
        let mut notes = self.book.notes.subscribe();
        let seen =
            timeout(PATIENCE, notes.wait_for(|notes| enough(notes))).await.map(|seen| seen.unwrap().clone());
        seen.unwrap_or_else(|_| panic!("this is all that came: {:#?}", *self.book.notes.borrow()))
    }

    pub async fn until_counts(&self, counts: &BTreeMap<String, u32>) -> Notes {
        self.until(|notes| notes.all == *counts).await
    }

    pub async fn end(self) -> Notes {
        self.stop.cancel();
        timeout(PATIENCE, self.task).await.expect("it ends when it is told to").unwrap();
        self.book.notes.borrow().clone()
    }
}
