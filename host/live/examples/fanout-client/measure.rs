//! A latency histogram, and what the kernel says of a process.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Microseconds, log-linear: 32 steps an octave, at most 3.2 % off.
pub struct Histogram {
    steps: Vec<AtomicU64>,
    pub max: AtomicU64,
}

impl Histogram {
    pub fn new() -> Self {
        Self { steps: (0..64 * 32).map(|_| AtomicU64::new(0)).collect(), max: AtomicU64::new(0) }
    }

    pub fn add(&self, us: u64) {
        self.steps[step(us)].fetch_add(1, Relaxed);
        self.max.fetch_max(us, Relaxed);
    }

    pub fn quantile(&self, q: f64) -> u64 {
        let counts: Vec<u64> = self.steps.iter().map(|step| step.load(Relaxed)).collect();
        let wanted = q * counts.iter().sum::<u64>() as f64;
        let mut sum = 0;
        let at = counts.iter().position(|count| {
            sum += count;
            sum as f64 >= wanted
        });
        at.map_or(0, value)
    }
}

fn step(us: u64) -> usize {
    if us < 32 {
        return us as usize;
    }
    let octave = 63 - us.leading_zeros() as usize;
    (octave - 4) * 32 + ((us >> (octave - 5)) as usize - 32)
}

fn value(step: usize) -> u64 {
    if step < 32 {
        return step as u64;
    }
    ((step % 32 + 32) as u64) << (step / 32 - 1)
}

/// Seconds of CPU a process and its threads used, from `/proc` (100 ticks a second).
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Proportional memory of a process in KiB.
pub fn memory_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The process and its descendants (nginx has workers).
pub fn tree(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let children = format!("/proc/{0}/task/{0}/children", found[at]);
        let children = std::fs::read_to_string(children).unwrap_or_default();
        found.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        at += 1;
    }
    found
}
