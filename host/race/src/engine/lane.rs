//! One race, one lane: what is asked of it is done one after another, frames and actions in batches.
//!
//! The lane is a task that lives while something waits. What was accepted is finished even when whoever asked has gone.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::{FutureExt, future::BoxFuture};
use regie_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot;

use super::{
    Engine,
    batch::{self, Asked},
    room::{Room, Work},
};

/// What is applied by one call of the mode and one commit.
const BATCH: usize = 32;
/// What may wait for one race; beyond it clients are told to slow down.
const QUEUE: usize = 1024;

pub(super) enum Job {
    Ask(Asked),
    Work(Task),
}

/// Anything but a frame or an action.
pub(super) type Task =
    Box<dyn for<'a> FnOnce(&'a Arc<Engine>, &'a Arc<Room>, &'a mut Work) -> BoxFuture<'a, ()> + Send>;

impl Engine {
    pub(super) fn send(self: &Arc<Self>, room: &Arc<Room>, job: Job) -> Result<()> {
        let mut queue = room.queue.lock();
        if queue.jobs.len() >= QUEUE {
            return Err(Error::new(ErrorKind::RateLimited, "too much waits for this race")
                .hint("try again in a moment"));
        }
        queue.jobs.push_back(job);
        if !queue.running {
            queue.running = true;
            let (engine, room) = (self.clone(), room.clone());
            self.ground.shutdown.spawn(async move { engine.work_off(&room).await });
        }
        Ok(())
    }

    /// Runs `work` when everything that was asked before is done, and nothing else meanwhile.
    pub(super) async fn in_lane<T: Send + 'static>(
        self: &Arc<Self>,
        room: &Arc<Room>,
        work: impl for<'a> FnOnce(&'a Arc<Self>, &'a Arc<Room>, &'a mut Work) -> BoxFuture<'a, Result<T>>
        + Send
        + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let task: Task = Box::new(move |engine, room, held| {
            Box::pin(async move {
                let done = if held.gone { Err(gone()) } else { work(engine, room, held).await };
                let _ = reply.send(done);
            })
        });
        self.send(room, Job::Work(task))?;
        answer.await.map_err(|_| stopping())?
    }

    async fn work_off(self: &Arc<Self>, room: &Arc<Room>) {
        let mut work = room.work.lock().await;
        while let Some((asked, task)) = next(room) {
            let step = async {
                match task {
                    Some(task) => task(self, room, &mut work).await,
                    None => batch::run(self, room, &mut work, asked).await,
                }
            };
            // Whoever waits hears that nothing came of it; the next one gets its turn.
            if AssertUnwindSafe(step).catch_unwind().await.is_err() {
                tracing::error!(race = room.id, "a step of this race panicked");
            }
        }
    }
}

/// What comes next: frames and actions up to a batch, or one task. `None` ends the lane.
fn next(room: &Room) -> Option<(Vec<Asked>, Option<Task>)> {
    let mut queue = room.queue.lock();
    let mut asked = Vec::new();
    while asked.len() < BATCH {
        match queue.jobs.pop_front() {
            Some(Job::Ask(one)) => asked.push(one),
            Some(Job::Work(task)) if asked.is_empty() => return Some((asked, Some(task))),
            Some(task) => {
                queue.jobs.push_front(task);
                break;
            }
            None => break,
        }
    }
    if asked.is_empty() {
        queue.running = false;
        return None;
    }
    Some((asked, None))
}

pub(super) fn stopping() -> Error {
    Error::new(ErrorKind::Unavailable, "the server is stopping").hint("try again in a moment")
}

pub(super) fn gone() -> Error {
    Error::not_found("there is no such race")
}
