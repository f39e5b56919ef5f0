//! The times and choices that a lobby's operator may set, and the clock that callers bring.

/// What time it is, given by the caller: nothing here reads a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds of a clock that never steps: silence is judged by it alone.
    pub mono_ms: u64,
    /// Milliseconds since 1970, UTC: for times that are shown and written.
    pub wall_ms: i64,
}

/// What becomes of an open session whose creator fell silent. One who leaves always closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreatorGone {
    Close,
    /// The peer that has been in it for longest is the creator from then on; the host writes the heartbeat for it.
    HandOver,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A plain peer that was silent for so long is shown as doubtful, and its word against the creator counts.
    pub suspect_ms: u64,
    /// … and for so long is out, while the session is open.
    pub expiry_ms: u64,
    /// The same for a person, who has no game that speaks every 3 s.
    pub person_expiry_ms: u64,
    pub creator_gone: CreatorGone,
    /// For how long one who left is kept from coming back by old messages.
    pub burial_ms: u64,
    /// Signs of life so long after somebody's leaving, by their own clock, say that they are back: two that were due.
    pub return_ms: i64,
    /// From `closed` to empty topics.
    pub closing_ms: u64,
    /// A session that runs, and in which everybody was silent for so long, closes.
    pub abandoned_ms: u64,
    /// Heartbeat and discovery of sessions that the host holds.
    pub heartbeat_ms: u64,
    /// How often a value of the host's own is published again, before its message expiry (30 s) ends.
    pub refresh_ms: u64,
    /// How far a writer's clock may be from the creator's to be taken for it.
    pub clock_tolerance_ms: u64,
    /// The host's own naive time minus UTC: the frame of sessions that persons made, as games compare with their local time.
    pub local_offset_ms: i64,
    /// Members of one session, whatever `num_players_max` says.
    pub max_members: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            suspect_ms: 10_000,
            expiry_ms: 15_000,
            person_expiry_ms: 120_000,
            creator_gone: CreatorGone::Close,
            burial_ms: 24 * 3_600_000,
            return_ms: 6_000,
            closing_ms: 5_000,
            abandoned_ms: 30 * 60_000,
            heartbeat_ms: 5_000,
            refresh_ms: 10_000,
            clock_tolerance_ms: 3_000,
            local_offset_ms: 0,
            max_members: 1_000,
        }
    }
}
