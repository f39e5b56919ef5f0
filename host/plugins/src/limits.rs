//! Every bound on what a plugin may take, with its setting.

use std::time::Duration;

use regie_core::{Kind, Setting, Settings};

/// What packages and calls may cost. [`Limits::default`] is what the settings declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Hook threads; 0: as many as there are cores (two at least).
    pub threads: usize,
    /// CPU time of one `update`, `render`, `migrate`, `standings` or `project`.
    pub call: Duration,
    /// CPU time of one `catalog`, `preset` or `reveal`.
    pub long_call: Duration,
    /// Bytes of linear memory a call may use.
    pub memory: usize,
    /// Bytes of a request to a hook.
    pub request: usize,
    /// Bytes of a hook's answer.
    pub answer: usize,
    /// Bytes of one log line; the rest of it is cut.
    pub log_line: usize,
    /// Log lines a call may write; further ones are dropped.
    pub log_lines: usize,
    /// Calls that may wait for one plugin, updates and renders counted apart.
    pub queue: usize,
    /// Bytes of a package, unpacked.
    pub package: u64,
    /// Files of a package.
    pub files: usize,
    /// A drop folder's path is read once it was quiet for this long …
    pub settle: Duration,
    /// … and after this long at most.
    pub settle_most: Duration,
    /// How long calls may still run once the server was asked to stop: rooms that drain may need them.
    pub last_calls: Duration,
    /// Compiled fast into slower code: for authors, who wait for every save.
    pub quick_compile: bool,
}

static THREADS: Setting =
    Setting::new("plugins", "threads", Kind::Integer, "0", "hook threads; 0: as many as there are cores");
static CALL_MS: Setting = Setting::new(
    "plugins",
    "call_ms",
    Kind::Integer,
    "50",
    "CPU time of an update or a render, in milliseconds",
);
static LONG_CALL_MS: Setting = Setting::new(
    "plugins",
    "long_call_ms",
    Kind::Integer,
    "500",
    "CPU time of a catalog or a preset, in milliseconds",
);
static MEMORY: Setting =
    Setting::new("plugins", "memory", Kind::Integer, "67108864", "bytes of memory a call may use");
static REQUEST: Setting =
    Setting::new("plugins", "request", Kind::Integer, "1048576", "bytes of a request to a hook");
static ANSWER: Setting =
    Setting::new("plugins", "answer", Kind::Integer, "1048576", "bytes of a hook's answer");
static LOG_LINE: Setting =
    Setting::new("plugins", "log_line", Kind::Integer, "8192", "bytes of a plugin's log line");
static LOG_LINES: Setting =
    Setting::new("plugins", "log_lines", Kind::Integer, "100", "log lines a call may write");
static QUEUE: Setting = Setting::new(
    "plugins",
    "queue",
    Kind::Integer,
    "1024",
    "calls that may wait for one plugin, per kind of call",
);
static PACKAGE: Setting =
    Setting::new("plugins", "package", Kind::Integer, "67108864", "bytes of a plugin package, unpacked");
static FILES: Setting = Setting::new("plugins", "files", Kind::Integer, "1000", "files of a plugin package");
static SETTLE_MS: Setting =
    Setting::new("plugins", "settle_ms", Kind::Integer, "300", "quiet time before a changed package is read");
static SETTLE_MOST_MS: Setting = Setting::new(
    "plugins",
    "settle_most_ms",
    Kind::Integer,
    "2000",
    "longest wait before a changed package is read",
);
static LAST_CALLS_MS: Setting = Setting::new(
    "plugins",
    "last_calls_ms",
    Kind::Integer,
    "5000",
    "how long hooks may run once the server is asked to stop",
);
static QUICK_COMPILE: Setting = Setting::new(
    "plugins",
    "quick_compile",
    Kind::Bool,
    "false",
    "compile plugins fast into slower code; for development, calls may take twice as long",
);

/// Table `[plugins]` of `config.toml`.
pub static SETTINGS: &[&Setting] = &[
    &THREADS,
    &CALL_MS,
    &LONG_CALL_MS,
    &MEMORY,
    &REQUEST,
    &ANSWER,
    &LOG_LINE,
    &LOG_LINES,
    &QUEUE,
    &PACKAGE,
    &FILES,
    &SETTLE_MS,
    &SETTLE_MOST_MS,
    &LAST_CALLS_MS,
    &QUICK_COMPILE,
];

impl From<&Settings> for Limits {
    fn from(settings: &Settings) -> Self {
        Self {
            threads: settings.size(&THREADS),
            call: settings.millis(&CALL_MS),
            long_call: settings.millis(&LONG_CALL_MS),
            memory: settings.size(&MEMORY),
            request: settings.size(&REQUEST),
            answer: settings.size(&ANSWER),
            log_line: settings.size(&LOG_LINE),
            log_lines: settings.size(&LOG_LINES),
            queue: settings.size(&QUEUE),
            package: settings.integer(&PACKAGE),
            files: settings.size(&FILES),
            settle: settings.millis(&SETTLE_MS),
            settle_most: settings.millis(&SETTLE_MOST_MS),
            last_calls: settings.millis(&LAST_CALLS_MS),
            quick_compile: settings.bool(&QUICK_COMPILE),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            threads: 0,
            call: Duration::from_millis(50),
            long_call: Duration::from_millis(500),
            memory: 64 << 20,
            request: 1 << 20,
            answer: 1 << 20,
            log_line: 8 << 10,
            log_lines: 100,
            queue: 1024,
            package: 64 << 20,
            files: 1000,
            settle: Duration::from_millis(300),
            settle_most: Duration::from_secs(2),
            last_calls: Duration::from_secs(5),
            quick_compile: false,
        }
    }
}

impl Limits {
    /// Hook threads in force. Two at least, so that a slow plugin never holds the only one.
    pub(crate) fn hook_threads(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        if self.threads == 0 { cores().max(2) } else { self.threads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_settings_say_what_the_defaults_are() {
        let none = std::path::Path::new("/nonexistent/config.toml");
        let settings = Settings::load(SETTINGS, none, [], &[]).unwrap();
        assert_eq!(Limits::from(&settings), Limits::default());
    }
}
