//! `regie plugin check`: the loader itself, then what the interface promises beyond types, tried out.

mod actions;
#[cfg(test)]
#[path = "check/tests.rs"]
mod promises;
mod race;
mod session;
mod styles;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::{Limits, Plugin, Timing, load_package};
use actions::Random;

/// How much is tried. The same seed tries the same.
#[derive(Debug, Clone)]
pub struct Options {
    pub seed: u64,
    /// Actions taken from the plugin's own pages, per session.
    pub clicks: usize,
    /// Actions no page would send, per session.
    pub hostile: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, clicks: 400, hostile: 600 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The host would refuse it, or people would see it fail.
    Error,
    /// Worth a look; nothing breaks.
    Warning,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    pub severity: Severity,
    pub message: String,
}

/// What came of a check.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Empty where the package could not be read.
    pub plugin: String,
    /// Each once, errors first.
    pub findings: BTreeSet<Finding>,
    /// CPU time by hook, in microseconds.
    pub timings: BTreeMap<&'static str, Timing>,
    /// Actions taken, and how many of them the plugin refused.
    pub actions: usize,
    pub refused: usize,
}

impl Report {
    /// Whether there is no error; warnings pass.
    pub fn passed(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    fn error(&mut self, message: impl Into<String>) {
        self.findings.insert(Finding { severity: Severity::Error, message: message.into() });
    }

    fn warn(&mut self, message: impl Into<String>) {
        self.findings.insert(Finding { severity: Severity::Warning, message: message.into() });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed() { "passes" } else { "does not pass" };
        writeln!(
            f,
            "{} {verdict}: {} actions tried, {} of them refused",
            self.plugin, self.actions, self.refused
        )?;
        for finding in &self.findings {
            let word = if finding.severity == Severity::Error { "error" } else { "warning" };
            writeln!(f, "  {word}: {}", finding.message)?;
        }
        writeln!(f, "  {:<10} {:>6} {:>10} {:>10}", "hook", "calls", "half µs", "99 % µs")?;
        for (hook, timing) in &self.timings {
            writeln!(f, "  {hook:<10} {:>6} {:>10} {:>10}", timing.count, timing.p50_us, timing.p99_us)?;
        }
        Ok(())
    }
}

/// Checks a package, a folder or a zip, with the defaults of [`Options`] and of [`Limits`].
pub async fn check(package: &Path) -> Report {
    check_with(package, &Options::default(), &Limits::default()).await
}

pub async fn check_with(package: &Path, options: &Options, limits: &Limits) -> Report {
    let mut report = Report { plugin: package.display().to_string(), ..Report::default() };
    let cache = match tempfile::tempdir() {
        Ok(cache) => cache,
        Err(error) => {
            report.error(format!("no temporary folder for compiled code: {error}"));
            return report;
        }
    };
    let plugin = match load_package(package, cache.path(), limits).await {
        Ok(plugin) => plugin,
        Err(error) => {
            report.error(format!("the loader refuses it: {error}"));
            return report;
        }
    };
    report.plugin = format!("{} {}", plugin.id(), plugin.manifest().version);
    named(package, &plugin, &mut report);
    styles::check(&plugin, &mut report);
    let words = catalogs(&plugin, &mut report).await;
    let mut shown = BTreeSet::new();
    for participants in [1, 2, 5] {
        let mut session = session::Session {
            plugin: &plugin,
            report: &mut report,
            words: &words,
            random: Random::new(options.seed ^ u64::from(participants)),
            participants,
            shown: &mut shown,
            now_ms: 1_770_000_000_000,
            calls: 0,
        };
        session.run(options).await;
    }
    judge_shown(&plugin, &shown, &mut report);
    judge_log(&plugin, &mut report);
    report.timings = plugin.timings();
    judge_times(&mut report, limits);
    report
}

/// A folder that has the name of another plugin was copied from it, and would take its place.
fn named(package: &Path, plugin: &Plugin, report: &mut Report) {
    let name = package.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let id = plugin.id();
    let is_id = name.len() > 1
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
    if package.is_dir() && is_id && name != id {
        report.error(format!(
            "plugin.toml has the id `{id}`, and the package's folder is called `{name}`: give both the same name, a folder's is what \
             operators see"
        ));
    }
}

/// An overlay that never shows anything is one that somebody forgot.
fn judge_shown(plugin: &Plugin, shown: &BTreeSet<String>, report: &mut Report) {
    // A race mode that needs a seed was not drawn at all.
    if !plugin.timings().contains_key("render") {
        return;
    }
    for overlay in &plugin.manifest().overlays {
        let surface = format!("overlay:{}", overlay.name);
        if !shown.contains(&surface) {
            report.error(format!(
                "`{surface}` shows nothing, neither for the preset nor after actions: let `render` answer something for it, or take its \
                 [[overlay]] out of plugin.toml"
            ));
        }
    }
}

/// Every word of the catalog, in every locale: what else may an id be?
async fn catalogs(plugin: &Plugin, report: &mut Report) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for locale in plugin.manifest().locales.iter().map(String::as_str).chain(["xx"]) {
        let (first, second) = (plugin.catalog(locale).await, plugin.catalog(locale).await);
        match (first, second) {
            (Ok(first), Ok(second)) => {
                if first.get() != second.get() {
                    report.error(format!("`catalog` ({locale}) answers differently to the same request"));
                }
                let catalog: Value = serde_json::from_str(first.get()).unwrap_or_default();
                if catalog.get("label").and_then(Value::as_str).is_none_or(str::is_empty) {
                    report.warn(format!(
                        "the catalog ({locale}) has no `label`, so lists show the plugin's id"
                    ));
                }
                collect(&catalog, &mut words);
            }
            (Err(error), _) | (_, Err(error)) => report.error(format!("`catalog` ({locale}): {error}")),
        }
    }
    words
}

fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(word) => {
            words.insert(word.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, words)),
        Value::Object(map) => {
            for (key, value) in map {
                words.insert(key.clone());
                collect(value, words);
            }
        }
        _ => {}
    }
}

/// What the sanitiser took out, and what the plugin said when it panicked, stand in its log.
fn judge_log(plugin: &Plugin, report: &mut Report) {
    for line in plugin.logs() {
        if line.message.starts_with("dropped from the HTML") {
            report.error(line.message);
        }
    }
}

fn judge_times(report: &mut Report, limits: &Limits) {
    let mut slow = Vec::new();
    for (hook, timing) in &report.timings {
        let long = matches!(*hook, "catalog" | "preset" | "reveal");
        let budget = if long { limits.long_call } else { limits.call };
        let budget = u64::try_from(budget.as_micros()).unwrap_or(u64::MAX);
        if timing.p99_us > budget {
            slow.push((
                Severity::Error,
                format!("`{hook}` takes {} µs of CPU; a call has {budget}", timing.p99_us),
            ));
        } else if timing.p99_us > budget / 2 {
            slow.push((
                Severity::Warning,
                format!(
                    "`{hook}` takes {} µs of CPU, more than half of the {budget} a call has",
                    timing.p99_us
                ),
            ));
        }
    }
    report.findings.extend(slow.into_iter().map(|(severity, message)| Finding { severity, message }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_loader_refuses_does_not_pass_and_says_why() {
        let package = tempfile::tempdir().expect("a temporary folder");
        let report = check(package.path()).await;
        assert!(!report.passed());
        assert!(report.to_string().contains("there is no plugin.toml"), "{report}");
    }

    #[test]
    fn warnings_pass_errors_do_not_and_each_is_told_once() {
        let mut report = Report::default();
        report.warn("slow");
        report.warn("slow");
        assert!(report.passed());
        report.error("wrong");
        assert!(!report.passed());
        let messages: Vec<_> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["wrong", "slow"]);
    }

    #[test]
    fn a_hook_over_its_budget_is_an_error_and_over_half_of_it_a_warning() {
        let judged = |p99_us| {
            let mut report = Report::default();
            report.timings.insert("render", Timing { count: 1, p50_us: 1, p99_us, traps: 0 });
            judge_times(&mut report, &Limits::default());
            (report.passed(), report.findings.len())
        };
        assert_eq!([judged(1_000), judged(30_000), judged(60_000)], [(true, 0), (true, 1), (false, 1)]);
    }
}
