//! The hook threads and what waits for them: one lane per plugin, updates before renders within it, and between lanes the
//! one that has had the least CPU time goes first. A plugin that uses every call to its limit so gets its share and no
//! more; and where its calls are slow it never holds the last free thread.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use super::call::thread_cpu;

/// A guest's megabyte, wasmtime's own frames, and room for the sanitiser.
const THREAD_STACK: usize = 8 << 20;

/// A lane whose calls take this much lately is slow.
const SLOW: Duration = Duration::from_millis(5);

/// Bytes of requests that may wait in one lane.
const LANE_BYTES: usize = 64 << 20;

/// Idle lanes are forgotten beyond this many.
const LANES: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Update,
    Render,
}

/// Why a call did not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Too much waits for this plugin already.
    Queue,
    /// The server is stopping.
    Closed,
    /// The host's own code panicked on what the plugin answered.
    Panicked,
}

struct Job {
    run: Box<dyn FnOnce() + Send>,
    long: bool,
    bytes: usize,
}

#[derive(Default)]
struct Lane {
    updates: VecDeque<Job>,
    renders: VecDeque<Job>,
    bytes: usize,
    running: usize,
    /// CPU time used, on a scale where an idle lane does not save up.
    used: Duration,
    /// Running mean of a call's CPU time.
    recent: Duration,
}

#[derive(Default)]
struct State {
    lanes: HashMap<String, Lane>,
    /// `used` of the lane served last: where a lane that was idle joins.
    now: Duration,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    threads: usize,
    most: usize,
}

pub(super) struct Queue(Arc<Shared>);

impl Queue {
    pub(super) fn start(threads: usize, most: usize) -> regie_core::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), wake: Condvar::new(), threads, most });
        for n in 0..threads {
            let shared = shared.clone();
            thread::Builder::new()
                .name(format!("plugin-{n}"))
                .stack_size(THREAD_STACK)
                .spawn(move || work(&shared))?;
        }
        Ok(Self(shared))
    }

    /// Runs `job` on a hook thread; not at all when the caller has gone by then.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        lane: &str,
        class: Class,
        long: bool,
        bytes: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Full> {
        let (reply, answer) = oneshot::channel();
        let run = Box::new(move || {
            if !reply.is_closed() {
                let _ = reply.send(job());
            }
        });
        self.push(lane, class, Job { run, long, bytes })?;
        answer.await.map_err(|_| if self.0.state.lock().closed { Full::Closed } else { Full::Panicked })
    }

    fn push(&self, name: &str, class: Class, job: Job) -> Result<(), Full> {
        let mut state = self.0.state.lock();
        if state.closed {
            return Err(Full::Closed);
        }
        let now = state.now;
        if state.lanes.len() > LANES {
            state.lanes.retain(|_, lane| !lane.is_idle());
        }
        let lane = state.lanes.entry(name.to_owned()).or_default();
        if lane.is_idle() {
            lane.used = lane.used.max(now);
        }
        let waiting = match class {
            Class::Update => &mut lane.updates,
            Class::Render => &mut lane.renders,
        };
        if waiting.len() >= self.0.most || lane.bytes.saturating_add(job.bytes) > LANE_BYTES {
            return Err(Full::Queue);
        }
        lane.bytes += job.bytes;
        waiting.push_back(job);
        drop(state);
        self.0.wake.notify_one();
        Ok(())
    }

    /// Drops what waits; the threads end after what they run.
    pub(super) fn close(&self) {
        let mut state = self.0.state.lock();
        state.closed = true;
        let dropped = std::mem::take(&mut state.lanes);
        drop(state);
        drop(dropped);
        self.0.wake.notify_all();
    }
}

impl Lane {
    fn is_idle(&self) -> bool {
        self.running == 0 && self.updates.is_empty() && self.renders.is_empty()
    }

    fn may_run(&self, threads: usize) -> bool {
        let Some(next) = self.updates.front().or(self.renders.front()) else { return false };
        let slow = next.long || self.recent > SLOW;
        !slow || threads == 1 || self.running < threads - 1
    }
}

impl State {
    fn next(&mut self, threads: usize) -> Option<(String, Job)> {
        let ready = self.lanes.iter_mut().filter(|(_, lane)| lane.may_run(threads));
        let (name, lane) = ready.min_by_key(|(_, lane)| lane.used)?;
        let job = lane.updates.pop_front().or_else(|| lane.renders.pop_front())?;
        lane.running += 1;
        lane.bytes -= job.bytes;
        self.now = self.now.max(lane.used);
        Some((name.clone(), job))
    }

    fn done(&mut self, name: &str, cpu: Duration) {
        let Some(lane) = self.lanes.get_mut(name) else { return };
        lane.running -= 1;
        lane.used += cpu;
        lane.recent = (lane.recent + cpu) / 2;
    }
}

fn work(shared: &Shared) {
    let mut state = shared.state.lock();
    loop {
        if state.closed {
            return;
        }
        let Some((name, job)) = state.next(shared.threads) else {
            shared.wake.wait(&mut state);
            continue;
        };
        drop(state);
        let start = thread_cpu();
        if catch_unwind(AssertUnwindSafe(job.run)).is_err() {
            tracing::error!(plugin = name, "the host panicked on what a plugin answered");
        }
        let cpu = thread_cpu() - start;
        state = shared.state.lock();
        state.done(&name, cpu);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(long: bool) -> Job {
        Job { run: Box::new(|| {}), long, bytes: 1 }
    }

    fn queue(most: usize) -> Queue {
        Queue(Arc::new(Shared { state: Mutex::default(), wake: Condvar::new(), threads: 2, most }))
    }

    #[test]
    fn updates_go_before_renders_and_the_lane_with_less_time_before_the_other() {
        let queue = queue(10);
        for class in [Class::Render, Class::Update] {
            queue.push("a", class, job(false)).unwrap();
            queue.push("b", class, job(false)).unwrap();
        }
        let mut state = queue.0.state.lock();
        let (first, _) = state.next(2).unwrap();
        state.done(&first, Duration::from_millis(50));
        let served: Vec<String> = std::iter::from_fn(|| {
            let name = state.next(2)?.0;
            state.done(&name, Duration::from_millis(1));
            Some(name)
        })
        .collect();
        let other = if first == "a" { "b" } else { "a" };
        assert_eq!(served, [other, other, &first]);
        assert!(state.lanes[other].updates.is_empty());
    }

    #[test]
    fn a_slow_lane_never_takes_the_last_thread_and_a_quick_one_may() {
        for (long, expected) in [(true, 1), (false, 2)] {
            let queue = queue(10);
            for _ in 0..4 {
                queue.push("a", Class::Render, job(long)).unwrap();
            }
            let mut state = queue.0.state.lock();
            let running = std::iter::from_fn(|| state.next(2).map(|_| ())).take(2).count();
            assert_eq!(running, expected);
        }
    }

    #[test]
    fn a_lane_is_bounded_and_leaves_the_others_their_room() {
        let queue = queue(2);
        for n in 0..3 {
            assert_eq!(queue.push("a", Class::Render, job(false)).is_ok(), n < 2);
        }
        assert!(queue.push("a", Class::Update, job(false)).is_ok());
        assert!(queue.push("b", Class::Render, job(false)).is_ok());
        let large = Job { bytes: LANE_BYTES, ..job(false) };
        assert_eq!(queue.push("b", Class::Update, large), Err(Full::Queue));
    }

    #[test]
    fn an_idle_lane_does_not_save_up_time() {
        let queue = queue(10);
        queue.push("old", Class::Update, job(false)).unwrap();
        let mut state = queue.0.state.lock();
        state.next(2).unwrap();
        state.done("old", Duration::from_secs(9));
        drop(state);
        for name in ["old", "new"] {
            queue.push(name, Class::Update, job(false)).unwrap();
        }
        let mut state = queue.0.state.lock();
        assert_eq!(state.next(2).unwrap().0, "new");
        assert_eq!(state.next(2).unwrap().0, "old");
        state.done("old", Duration::ZERO);
        drop(state);
        queue.push("late", Class::Update, job(false)).unwrap();
        assert_eq!(queue.0.state.lock().lanes["late"].used, Duration::from_secs(9));
    }

    #[tokio::test]
    async fn a_panic_of_the_host_is_one_callers_and_closing_is_everyones() {
        let queue = Queue::start(2, 10).unwrap();
        let panicking = queue.run("a", Class::Update, false, 0, || panic!("as tested")).await;
        assert_eq!(panicking.map(|()| 0), Err(Full::Panicked));
        assert_eq!(queue.run("a", Class::Update, false, 0, || 7).await, Ok(7));
        queue.close();
        assert_eq!(queue.run("a", Class::Update, false, 0, || 7).await, Err(Full::Closed));
    }
}
