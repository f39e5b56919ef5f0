//! The last lines a plugin wrote, for its author.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde::Serialize;

use crate::runtime::{Hook, Line};

const KEPT: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// `trace`, `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The hook that wrote it; empty where the host did.
    pub hook: &'static str,
    pub message: String,
}

/// Shared by all versions of one plugin: what a refused version said is what its author needs.
#[derive(Default)]
pub(crate) struct Logs(Mutex<VecDeque<LogLine>>);

impl Logs {
    pub(crate) fn add(&self, plugin: &str, hook: Hook, lines: Vec<Line>, now_ms: i64) {
        for line in lines {
            tracing::debug!(plugin, hook = hook.as_str(), level = %line.level, "{}", line.message);
            self.push(line.level, hook.as_str(), line.message, now_ms);
        }
    }

    /// A line of the host's own about this plugin.
    pub(crate) fn note(&self, level: tracing::Level, message: String, now_ms: i64) {
        self.push(level, "", message, now_ms);
    }

    pub(crate) fn push(&self, level: tracing::Level, hook: &'static str, message: String, now_ms: i64) {
        let mut lines = self.0.lock();
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(LogLine { at_ms: now_ms, level: level.as_str().to_lowercase(), hook, message });
    }

    pub(crate) fn read(&self) -> Vec<LogLine> {
        self.0.lock().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_hundred_lines_are_kept() {
        let logs = Logs::default();
        for n in 0..205 {
            logs.note(tracing::Level::WARN, n.to_string(), n);
        }
        let lines = logs.read();
        assert_eq!((lines.len(), lines[0].message.as_str(), lines[0].level.as_str()), (200, "5", "warn"));
    }
}
