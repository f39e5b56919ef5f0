//! What a process takes, as Linux counts it.

use std::{fs, process::Command};

/// Since it began, of all its threads.
pub fn cpu_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    let ticks = |n: usize| fields[n].parse::<f64>().expect("ticks");
    (ticks(11) + ticks(12)) / 100.0
}

/// A line of its status: `VmRSS` for now, `VmHWM` for the most it had.
pub fn megabytes(pid: u32, line: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let found = status.lines().find_map(|l| l.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes = found.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.expect("the line is there") / 1024.0
}

/// Keeps this process, all its threads and what it starts from now on, on one core.
pub fn stay_on(core: usize) {
    let (core, pid) = (core.to_string(), std::process::id().to_string());
    let set =
        Command::new("taskset").args(["-a", "-p", "-c", &core, &pid]).output().expect("taskset is there");
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
}
