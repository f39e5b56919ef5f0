//! What a broker counts.

use serde::Serialize;

/// Sums since the start (`received`, `sent`, `dropped`, `refused`) and what there is now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    pub connections: usize,
    /// Of connections and of clients that are away.
    pub sessions: usize,
    pub subscriptions: usize,
    pub retained: usize,
    pub retained_bytes: usize,
    /// Messages that wait for their clients, and their bytes.
    pub queued: usize,
    pub queued_bytes: usize,
    /// Messages from clients, and to them.
    pub received: u64,
    pub sent: u64,
    /// Messages that found no room, or were too large for their client.
    pub dropped: u64,
    /// Connections that were turned away or broke the protocol.
    pub refused: u64,
}
