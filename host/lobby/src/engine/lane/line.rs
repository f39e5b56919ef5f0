//! A task that keeps a connection, and its end in the lane.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::super::link::{self, Event, Link, Role};
use crate::Remote;

/// Events that wait for the lane; then the task reads no further.
const EVENTS: usize = 1024;
/// How long a farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);

pub struct Line {
    events: mpsc::Receiver<Event>,
    /// While connected.
    pub link: Option<Link>,
    _stop: DropGuard,
}

impl Line {
    pub fn start(remote: Remote, role: Role) -> Self {
        let (told, events) = mpsc::channel(EVENTS);
        let stop = CancellationToken::new();
        tokio::spawn(link::run(remote, role, told, stop.clone()));
        Self { events, link: None, _stop: stop.drop_guard() }
    }

    /// What is there already.
    pub fn try_next(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// What was published is sent, then the connection ends in order, so that the will is not.
    pub async fn farewell(mut self) {
        let gone = async {
            while let Some(event) = self.events.recv().await {
                if matches!(event, Event::Down(_)) {
                    break;
                }
            }
        };
        if self.link.as_ref().is_some_and(Link::disconnect) {
            // After it the connection is cut.
            let _ = tokio::time::timeout(FAREWELL, gone).await;
        }
    }
}

/// Waits for ever where there is no line.
pub async fn next(line: &mut Option<Line>) -> Event {
    if let Some(line) = line
        && let Some(event) = line.events.recv().await
    {
        return event;
    }
    std::future::pending().await
}
