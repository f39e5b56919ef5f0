//! What came of a run.

#[derive(Default)]
pub struct Told {
    /// Microseconds from a game's frame to a spectator; in order once the run is over.
    pub latencies: Vec<u64>,
    /// Microseconds from an event to its acknowledgement.
    pub acks: Vec<u64>,
    /// Clocks that were sent.
    pub clocks: usize,
    /// That came, to games and spectators.
    pub frames: usize,
    pub bytes: usize,
    pub errors: usize,
    /// How many `player_update`s spectators were told, in how many bytes.
    pub updates: (usize, usize),
}

impl Told {
    pub fn latency_ms(&self, q: f64) -> f64 {
        at(&self.latencies, q)
    }

    pub fn ack_ms(&self, q: f64) -> f64 {
        at(&self.acks, q)
    }

    /// Of one `player_update`.
    pub fn update_bytes(&self) -> usize {
        self.updates.1 / self.updates.0.max(1)
    }

    pub fn came(&mut self, text: &str) {
        self.frames += 1;
        self.bytes += text.len();
        self.errors += usize::from(text.contains(r#""type":"error""#));
    }

    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.acks.extend(other.acks);
        self.clocks += other.clocks;
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.errors += other.errors;
        self.updates = (self.updates.0 + other.updates.0, self.updates.1 + other.updates.1);
    }
}

fn at(sorted: &[u64], q: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1) as f64 * q) as usize;
    sorted.get(index).map_or(f64::NAN, |micros| *micros as f64 / 1e3)
}
