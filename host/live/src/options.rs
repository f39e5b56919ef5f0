//! Every number of the Hub in one place, and what it counts.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    thread,
    time::Duration,
};

use serde::Serialize;

/// Limits and rhythms. The defaults hold 20,000 links on a small machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Writer threads; each owns its share of the sockets. Default: one per core.
    pub shards: usize,
    /// Least time between two pictures of a variant that cannot edit.
    pub viewer_interval: Duration,
    /// How long a variant that nobody watches keeps its picture, so that a page and the link it opens share one render.
    pub linger: Duration,
    /// Delays in seconds that a subscription may ask for.
    pub delays: Vec<u32>,
    /// Open WebSockets and SSE streams together.
    pub links: usize,
    /// Subscriptions of one link.
    pub topics_per_link: usize,
    /// Different pictures of one topic at a time.
    pub variants_per_topic: usize,
    /// Largest message of a signed-in client, in bytes; larger closes the link with 1009.
    pub message_bytes: usize,
    /// The same for visitors, who only subscribe.
    pub visitor_message_bytes: usize,
    /// Bytes of unfinished messages that one shard holds for all its links together.
    pub unfinished_bytes: usize,
    /// Actions and subscriptions of one link that wait for their answer; one more is refused with `rate_limited`.
    pub outstanding: usize,
    /// Bytes of answers waiting for a link that does not read; more closes it. Pictures are not in it: of each variant
    /// only the newest waits, shared by all.
    pub pending_bytes: usize,
    /// Messages in a row that are no frames of ours before the link is closed with 1008.
    pub strikes: u8,
    /// `SO_SNDBUF`, in bytes: what a reader that stopped can cost the kernel.
    pub send_buffer: usize,
    /// `TCP_NOTSENT_LOWAT`, in bytes: unsent bytes beyond this wait in the Hub, where newer pictures replace them.
    pub unsent_bytes: u32,
    /// A new link must say something sensible within this.
    pub hello: Duration,
    /// A message must be complete this long after its first byte.
    pub message_time: Duration,
    /// A link with something to write that takes no byte for this long is closed.
    pub stalled: Duration,
    /// A peer that acknowledges nothing for this long is gone (`TCP_USER_TIMEOUT`).
    pub dead_peer: Duration,
    /// How long the other side may take to answer our close.
    pub farewell: Duration,
    /// A link on which nothing was sent for this long gets a `beat`; an SSE stream a comment. Whole seconds.
    pub beat: Duration,
    /// A picture that takes longer counts as failed.
    pub render_time: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shards: thread::available_parallelism().map_or(1, usize::from),
            viewer_interval: Duration::from_millis(100),
            linger: Duration::from_secs(5),
            delays: vec![30, 60, 120],
            links: 20_000,
            topics_per_link: 256,
            variants_per_topic: 512,
            message_bytes: 1 << 20,
            visitor_message_bytes: 128 << 10,
            unfinished_bytes: 64 << 20,
            outstanding: 64,
            pending_bytes: 256 << 10,
            strikes: 8,
            send_buffer: 128 << 10,
            unsent_bytes: 64 << 10,
            hello: Duration::from_secs(30),
            message_time: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
            dead_peer: Duration::from_secs(45),
            farewell: Duration::from_secs(5),
            beat: Duration::from_secs(15),
            render_time: Duration::from_secs(10),
        }
    }
}

/// What the Hub did since it started (counters) and holds now (`links`, `sse`, `topics`, `variants`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub links: u64,
    pub sse: u64,
    pub topics: u64,
    pub variants: u64,
    /// Pictures written to WebSockets.
    pub delivered: u64,
    /// Pictures that a slow link skipped because a newer one replaced them.
    pub coalesced: u64,
    /// Bytes written to WebSockets.
    pub bytes: u64,
    /// Events given to SSE streams.
    pub sse_events: u64,
    pub renders: u64,
    pub render_errors: u64,
    pub actions: u64,
    /// Closed because nothing could be written for too long, or too many answers waited.
    pub closed_slow: u64,
    /// Closed because of what they sent (RFC 6455 violations, too large, garbage, silence at the start).
    pub closed_fault: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// WebSockets and SSE streams together, held by permits.
    pub open: AtomicUsize,
    pub links: AtomicU64,
    pub sse: AtomicU64,
    pub delivered: AtomicU64,
    pub coalesced: AtomicU64,
    pub bytes: AtomicU64,
    pub sse_events: AtomicU64,
    pub renders: AtomicU64,
    pub render_errors: AtomicU64,
    pub actions: AtomicU64,
    pub closed_slow: AtomicU64,
    pub closed_fault: AtomicU64,
}

impl Counters {
    pub(crate) fn stats(&self, topics: usize, variants: usize) -> Stats {
        Stats {
            links: self.links.load(Relaxed),
            sse: self.sse.load(Relaxed),
            topics: topics as u64,
            variants: variants as u64,
            delivered: self.delivered.load(Relaxed),
            coalesced: self.coalesced.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            sse_events: self.sse_events.load(Relaxed),
            renders: self.renders.load(Relaxed),
            render_errors: self.render_errors.load(Relaxed),
            actions: self.actions.load(Relaxed),
            closed_slow: self.closed_slow.load(Relaxed),
            closed_fault: self.closed_fault.load(Relaxed),
        }
    }
}
