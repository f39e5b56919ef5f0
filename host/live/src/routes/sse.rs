//! Server-sent events for programs: the newest value of one topic, as hyper's own stream.

use std::{
    convert::Infallible,
    hash::{BuildHasher, RandomState},
    sync::{Arc, atomic::Ordering::Relaxed},
};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures::stream;
use regie_core::{Result, Topic};
use tokio::{
    sync::watch,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use crate::{
    feed::Settled,
    hub::{Hub, Permit, Watching},
    picture::Picture,
    source::{Credential, Want},
};

struct Streaming {
    hub: Arc<Hub>,
    topic: Topic,
    want: Want,
    credential: Arc<dyn Credential>,
    watching: Watching,
    updates: watch::Receiver<Settled>,
    /// The Hub's count when the right to see this was last looked at.
    evaluations: u64,
    shown: Arc<Picture>,
    /// What is said before anything else.
    opening: Option<Bytes>,
    beats: Interval,
    _permit: Permit,
}

/// The whole value as an unnamed event at connect and on every change; its id is the version. A client that comes back
/// with the current version (or etag) as `Last-Event-ID` is not sent it again. The stream ends when the topic goes, when
/// `credential` may no longer see it, and at shutdown: the client's next request is told why.
pub async fn sse(
    hub: Arc<Hub>,
    topic: Topic,
    want: Want,
    last_event_id: Option<String>,
    credential: Arc<dyn Credential>,
) -> Result<Response> {
    // Before anything is asked: what changes from here on is noticed.
    let evaluations = hub.evaluations();
    let permit = hub.permit(|counters| &counters.sse)?;
    let variant = hub.admit(&topic, want.clone(), None, &*credential).await?;
    let watching = hub.watch(&topic, variant, 0)?;
    let updates = watching.feed.watch();
    let shown = watching.feed.ready().await?;
    let known =
        last_event_id.is_some_and(|id| id == shown.snapshot.version.to_string() || id == shown.snapshot.etag);
    // A crowd that lost its server comes back over three seconds, not at once.
    let retry = 1000 + RandomState::new().hash_one(hub.next_id()) % 3000;
    let mut opening = format!("retry: {retry}\n\n").into_bytes();
    if !known {
        opening.extend_from_slice(&shown.event());
        hub.shared.counters.sse_events.fetch_add(1, Relaxed);
    }
    let beat = hub.shared.options.beat;
    let mut beats = interval_at(Instant::now() + beat, beat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let opening = Some(Bytes::from(opening));
    let streaming = Streaming {
        hub,
        topic,
        want,
        credential,
        watching,
        updates,
        evaluations,
        shown,
        opening,
        beats,
        _permit: permit,
    };
    let events = stream::unfold(streaming, |mut streaming| async {
        streaming.next().await.map(|event| (Ok::<_, Infallible>(event), streaming))
    });
    let mut response = Response::new(Body::from_stream(events));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would keep events back otherwise.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

impl Streaming {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(opening) = self.opening.take() {
            return Some(opening);
        }
        loop {
            if self.hub.evaluations() != self.evaluations {
                self.admit_again().await?;
            }
            let newest = {
                let settled = self.updates.borrow_and_update();
                if settled.gone {
                    return None;
                }
                settled.picture.clone().filter(|picture| !Arc::ptr_eq(picture, &self.shown))
            };
            if let Some(newest) = newest {
                self.hub.shared.counters.sse_events.fetch_add(1, Relaxed);
                let event = newest.event();
                self.shown = newest;
                return Some(event);
            }
            tokio::select! {
                biased;
                changed = self.updates.changed() => changed.ok()?,
                _ = self.beats.tick() => return Some(Bytes::from_static(b": beat\n\n")),
            }
        }
    }

    /// `None` when the stream must end.
    async fn admit_again(&mut self) -> Option<()> {
        if self.hub.stop.is_cancelled() {
            return None;
        }
        self.evaluations = self.hub.evaluations();
        let variant = self.hub.admit(&self.topic, self.want.clone(), None, &*self.credential).await.ok()?;
        if variant != self.watching.feed.key.variant {
            self.watching = self.hub.watch(&self.topic, variant, 0).ok()?;
            self.updates = self.watching.feed.watch();
            self.watching.feed.ready().await.ok()?;
        }
        Some(())
    }
}
