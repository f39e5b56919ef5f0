use crate::facts::Core;
use crate::state::{Runner, Visit};

/// One participant at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub slot: u32,
    pub place: u32,
    /// As the host has it, but that who ended later than the moment is still playing.
    pub status: String,
    /// The highest layer reached.
    pub layer: u32,
    /// In-game time at which that was.
    pub entry_ms: Option<u64>,
    /// Absent before the start; the final time of who has finished.
    pub igt_ms: Option<u64>,
    pub gap_ms: Option<i64>,
    pub deaths: u64,
    pub visits: Vec<Visit>,
}

impl Row {
    pub fn of(slot: u32, status: &str, runner: Option<&Runner>, core: &Core, cut: Option<u64>) -> Self {
        let mut row = Self {
            slot,
            place: 0,
            status: status.to_owned(),
            layer: 0,
            entry_ms: None,
            igt_ms: None,
            gap_ms: None,
            deaths: 0,
            visits: Vec::new(),
        };
        let Some(runner) = runner.filter(|runner| !runner.visits.is_empty()) else { return row };
        let clock = runner.finish_ms.unwrap_or(runner.igt_ms);
        let later = cut.filter(|cut| clock > *cut);
        match later {
            None => {
                row.visits.clone_from(&runner.visits);
                row.deaths = runner.deaths;
            }
            Some(cut) => {
                row.visits.extend(runner.visits.iter().filter(|visit| visit.igt_ms <= cut));
                // Nobody knows when in a stay deaths came: those of one that had not ended are not told yet.
                if let Some(open) = row.visits.last_mut() {
                    open.deaths = 0;
                }
                row.deaths = row.visits.iter().map(|visit| visit.deaths).sum();
                if matches!(status, "finished" | "abandoned") {
                    row.status = "playing".into();
                }
            }
        }
        row.igt_ms = Some(later.unwrap_or(clock));
        row.layer = row.visits.iter().map(|visit| core.layer(visit.node)).max().unwrap_or(0);
        row.entry_ms = row.visits.iter().find(|visit| core.layer(visit.node) == row.layer).map(|v| v.igt_ms);
        row
    }

    pub fn here(&self) -> Option<u16> {
        self.visits.last().map(|visit| visit.node)
    }
}
