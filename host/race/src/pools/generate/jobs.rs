//! Generations on the server: one at a time a pool, each with its progress, each can be cancelled.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use regie_core::{Actor, Error, Result, new_id, rfc3339};
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        Pools,
        model::{JobState, Progress},
    },
    Workshop,
};

/// Seeds of one job.
const COUNT_MAX: u32 = 1_000;

/// Jobs that are remembered, the running ones among them.
const KEPT: usize = 20;

/// Errors of a job that are remembered.
const ERRORS: usize = 20;

/// So many attempts in a row without a seed, and the rest will fail as well.
pub const GIVE_UP: u32 = 3;

#[derive(Default)]
pub struct Jobs(Mutex<VecDeque<Arc<Job>>>);

struct Job {
    progress: Mutex<Progress>,
    cancel: CancellationToken,
}

impl Jobs {
    pub fn running(&self) -> impl Iterator<Item = Progress> {
        self.all().into_iter().filter(|job| job.state == JobState::Running)
    }

    /// Newest first.
    fn all(&self) -> Vec<Progress> {
        self.0.lock().iter().map(|job| job.progress.lock().clone()).collect()
    }
}

impl Pools {
    /// Fills a pool with up to `count` further seeds, in the background; answers the job's id. Errors: `bad_request`, `not_found`,
    /// `conflict` (`busy`, `bad_pool`, `no_generator`).
    pub async fn generate(self: &Arc<Self>, pool: &str, count: u32, by: &Actor) -> Result<String> {
        if !(1..=COUNT_MAX).contains(&count) {
            return Err(Error::bad_request(format!("{count} seeds are out of bounds"))
                .path("count")
                .hint(format!("1 to {COUNT_MAX}")));
        }
        let definition = self.definition(pool)?;
        if super::who_fills(&definition, &*self.modes).await.is_none() {
            return Err(Error::conflict(format!("nothing can fill the pool `{pool}`"))
                .code("no_generator")
                .hint("name a [generator] command in its config.toml"));
        }
        let workshop = Workshop::open(definition, self.modes.clone())?;
        let job = Arc::new(Job {
            progress: Mutex::new(Progress {
                job: new_id(),
                pool: pool.to_owned(),
                done: 0,
                failed: 0,
                count,
                errors: Vec::new(),
                started_at: rfc3339(self.clock.now_ms()),
                state: JobState::Running,
            }),
            cancel: self.shutdown.token().child_token(),
        });
        {
            let mut jobs = self.jobs.0.lock();
            jobs.push_front(job.clone());
            jobs.truncate(KEPT);
        }
        let id = job.progress.lock().job.clone();
        tracing::info!(pool, count, by = by.name, job = id, "filling a pool");
        let pools = self.clone();
        self.shutdown.spawn(async move {
            let state = pools.run(&workshop, &job, count).await;
            // Free before anybody reads that it has ended.
            drop(workshop);
            job.progress.lock().state = state;
            let progress = job.progress.lock().clone();
            tracing::info!(
                progress.pool,
                progress.job,
                progress.done,
                progress.failed,
                ?state,
                "a generation ended"
            );
        });
        Ok(id)
    }

    /// Of the last generations, newest first.
    pub fn progress(&self) -> Vec<Progress> {
        self.jobs.all()
    }

    /// Asks it to end; what it has made stays. Nothing happens where it has ended. Errors: `not_found`.
    pub fn cancel(&self, job: &str) -> Result<()> {
        let jobs = self.jobs.0.lock();
        let job = jobs.iter().find(|known| known.progress.lock().job == job);
        job.ok_or_else(|| Error::not_found("there is no such generation"))?.cancel.cancel();
        Ok(())
    }

    async fn run(&self, workshop: &Workshop, job: &Job, count: u32) -> JobState {
        let mut in_a_row = 0;
        for _ in 0..count {
            if job.cancel.is_cancelled() {
                return JobState::Cancelled;
            }
            match self.make_one(workshop, &job.cancel).await {
                Ok(()) => {
                    in_a_row = 0;
                    job.progress.lock().done += 1;
                }
                Err(error) if error.code == "cancelled" => return JobState::Cancelled,
                Err(error) => {
                    tracing::warn!(pool = workshop.pool.name, "no seed was made: {error}");
                    in_a_row += 1;
                    job.failed(&error);
                    if in_a_row == GIVE_UP || error.kind == regie_core::ErrorKind::DiskFull {
                        return JobState::Failed;
                    }
                }
            }
        }
        JobState::Done
    }

    async fn make_one(&self, workshop: &Workshop, cancel: &CancellationToken) -> Result<()> {
        let made = workshop.make(cancel).await?;
        self.adopt(&workshop.pool, &made.folder, made.number, made.document, made.mode).await
    }
}

impl Job {
    fn failed(&self, error: &Error) {
        let mut progress = self.progress.lock();
        progress.failed += 1;
        if progress.errors.len() == ERRORS {
            progress.errors.remove(0);
        }
        progress.errors.push(match (&error.hint, &error.source) {
            (Some(hint), _) => format!("{error} ({hint})"),
            // The administrator reads this, and has the log.
            (None, Some(source)) => format!("{error}: {source}"),
            (None, None) => error.to_string(),
        });
    }
}
