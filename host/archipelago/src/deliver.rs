//! The way to the sink: the newest counts, never a queue, so that a slow sink does not hold up the link.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use regie_core::Result;
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::status::{Reporter, Status};

/// Count by item name; what was never received is not in it.
pub type Counts = BTreeMap<String, u32>;

/// Takes what a slot has received.
#[async_trait]
pub trait Sink: Send + Sync + 'static {
    /// `all` are the absolute counts of everything received so far. `changed` are those that differ from the last call
    /// that succeeded, by name; a count can fall to 0 when the room started over. Calls never overlap; while one is
    /// under way newer counts replace each other, so not every delivery of the room makes a call. After an error the
    /// newest counts are offered again, later and later; the connection stays up.
    async fn counts(&self, changed: &[(String, u32)], all: &Counts) -> Result<()>;

    /// Called at every difference, in order. Must not block, and must not call back.
    fn status(&self, status: Status);
}

/// Offers each new value of `counts` until its sender is gone or `stop`; a call that is under way is waited for.
pub(crate) async fn deliver(
    mut counts: watch::Receiver<Arc<Counts>>,
    sink: &dyn Sink,
    report: &Reporter,
    retry: Duration,
    stop: &CancellationToken,
) {
    let mut told = Arc::new(Counts::new());
    let mut wait = None;
    loop {
        let news = async {
            match wait {
                // Newer counts are a reason to try at once: they may be what the sink was waiting for.
                Some(wait) => timeout(wait, counts.changed()).await.unwrap_or(Ok(())),
                None => counts.changed().await,
            }
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            news = news => if news.is_err() { return },
        }
        let all = counts.borrow_and_update().clone();
        let changed = difference(&told, &all);
        if changed.is_empty() {
            wait = None;
            report.delivered(None);
            continue;
        }
        match sink.counts(&changed, &all).await {
            Ok(()) => {
                told = all;
                wait = None;
                report.delivered(None);
            }
            Err(error) => {
                tracing::warn!(error = %error, code = %error.code, "the counts were not taken");
                report.delivered(Some(error.to_string()));
                wait = Some(wait.map_or(retry, |wait: Duration| (wait * 2).min(retry * 16)));
            }
        }
    }
}

fn difference(told: &Counts, all: &Counts) -> Vec<(String, u32)> {
    let gone = told.keys().filter(|name| !all.contains_key(*name)).map(|name| (name.clone(), 0));
    let new = all.iter().filter(|(name, count)| told.get(*name) != Some(count));
    new.map(|(name, count)| (name.clone(), *count)).chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;
    use regie_core::SimulatedClock;
    use tokio::sync::Semaphore;

    use super::*;

    /// Takes a call only when it is let.
    struct Slow {
        calls: Mutex<Vec<Counts>>,
        called: Semaphore,
        gate: Semaphore,
    }

    #[async_trait]
    impl Sink for Slow {
        async fn counts(&self, _: &[(String, u32)], all: &Counts) -> Result<()> {
            self.calls.lock().push(all.clone());
            self.called.add_permits(1);
            self.gate.acquire().await.unwrap().forget();
            Ok(())
        }

        fn status(&self, _: Status) {}
    }

    fn lamps(count: u32) -> Counts {
        Counts::from([("Lamp".into(), count)])
    }

    #[tokio::test]
    async fn a_slow_sink_gets_the_newest_counts_and_its_last_call_is_waited_for() {
        let none = Semaphore::const_new;
        let sink = Arc::new(Slow { calls: Mutex::default(), called: none(0), gate: none(0) });
        let report = Reporter::new(Arc::new(SimulatedClock::at(0)), sink.clone());
        let (counts, news) = watch::channel(Arc::new(Counts::new()));
        let stop = CancellationToken::new();
        let room = async {
            counts.send_replace(Arc::new(lamps(1)));
            sink.called.acquire().await.unwrap().forget();
            for count in 2..9 {
                counts.send_replace(Arc::new(lamps(count)));
            }
            sink.gate.add_permits(1);
            sink.called.acquire().await.unwrap().forget();
            stop.cancel();
            assert_eq!(*sink.calls.lock(), [lamps(1), lamps(8)]);
            sink.gate.add_permits(1);
        };
        tokio::join!(room, deliver(news, &*sink, &report, Duration::ZERO, &stop));
        assert_eq!(sink.gate.available_permits(), 0, "the call under way at the end was finished");
    }

    #[test]
    fn what_differs_is_told_and_what_is_gone_is_told_as_none() {
        let counts =
            |list: &[(&str, u32)]| list.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect::<Counts>();
        let told = counts(&[("Hammer", 1), ("Lamp", 2), ("Rope", 1)]);
        let all = counts(&[("Bomb", 1), ("Hammer", 1), ("Lamp", 3)]);
        let changed = difference(&told, &all);
        assert_eq!(changed, [("Bomb".into(), 1), ("Lamp".into(), 3), ("Rope".into(), 0)]);
    }
}
