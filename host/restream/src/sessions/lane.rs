//! One document, one lane: jobs on a session run one after another, actions among them in batches.
//!
//! A lane is a task with a bounded queue; it ends after a while without work and is started again by the next job. A job
//! that was accepted is finished even when whoever asked has gone.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use parking_lot::Mutex;
use regie_core::{Actor, Error, ErrorKind, Result, Shutdown};
use regie_live::{Act, Refused};
use tokio::sync::{mpsc, oneshot};

use super::auto::Mark;

/// Actions that are applied by one call of the plugin and one commit.
pub const BATCH: usize = 32;
/// Actions that may wait for one document; beyond it the client is told to slow down.
const QUEUE: usize = 512;
const IDLE: Duration = Duration::from_secs(300);

/// An action and where its answer goes.
pub struct ActJob {
    pub actor: Actor,
    pub act: Act,
    /// What an automatic count is remembered as, once it is committed.
    pub mark: Option<Mark>,
    pub reply: oneshot::Sender<std::result::Result<u64, Refused>>,
}

/// Anything but an action.
pub type Work = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

pub enum Job {
    Act(ActJob),
    Work(Work),
}

/// What a lane works with: the owner of the documents.
#[async_trait::async_trait]
pub trait Worker: Send + Sync + 'static {
    async fn act(&self, key: &str, batch: Vec<ActJob>);
}

pub struct Lanes {
    lanes: Arc<Mutex<HashMap<String, mpsc::Sender<Job>>>>,
    shutdown: Shutdown,
}

impl Lanes {
    pub fn new(shutdown: Shutdown) -> Self {
        Self { lanes: Arc::default(), shutdown }
    }

    /// Queues `job` for the document `key`. Errors: `rate_limited` when its queue is full.
    pub fn send(&self, key: &str, worker: Arc<dyn Worker>, job: Job) -> Result<()> {
        let mut lanes = self.lanes.lock();
        let sender = match lanes.get(key) {
            Some(sender) if !sender.is_closed() => sender.clone(),
            _ => {
                let (sender, receiver) = mpsc::channel(QUEUE);
                lanes.insert(key.to_owned(), sender.clone());
                let lane = run(key.to_owned(), worker, receiver, self.lanes.clone(), self.shutdown.clone());
                self.shutdown.spawn(lane);
                sender
            }
        };
        sender.try_send(job).map_err(|_| {
            Error::new(ErrorKind::RateLimited, "too many actions wait for this document")
                .hint("try again in a moment")
        })
    }
}

async fn run(
    key: String,
    worker: Arc<dyn Worker>,
    mut queue: mpsc::Receiver<Job>,
    lanes: Arc<Mutex<HashMap<String, mpsc::Sender<Job>>>>,
    shutdown: Shutdown,
) {
    let mut held = None;
    loop {
        let job = match held.take() {
            Some(job) => job,
            None => tokio::select! {
                biased;
                job = queue.recv() => match job {
                    Some(job) => job,
                    None => return,
                },
                () = shutdown.requested() => return,
                () = tokio::time::sleep(IDLE) => {
                    // Under the map's lock nobody can send: a queue that is empty now stays empty.
                    let mut lanes = lanes.lock();
                    if queue.is_empty() {
                        lanes.remove(&key);
                        return;
                    }
                    continue;
                }
            },
        };
        let first = match job {
            Job::Act(first) => first,
            Job::Work(work) => {
                work().await;
                continue;
            }
        };
        let mut batch = vec![first];
        while batch.len() < BATCH {
            match queue.try_recv() {
                Ok(Job::Act(next)) => batch.push(next),
                Ok(other) => {
                    held = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        worker.act(&key, batch).await;
    }
}
