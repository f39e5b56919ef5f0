//! The document of a race: where everybody was and when, and how often they died.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::facts::{Core, Facts};

/// Visits that are kept of one runner. Who goes back and forth more often loses the oldest returns.
const VISITS: usize = 400;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Whether all have started, so that who joins now plays at once.
    pub started: bool,
    #[serde(default)]
    pub over: bool,
    /// By slot.
    pub runners: BTreeMap<u32, Runner>,
    /// What `derived` has no room for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    pub stage: Stage,
    /// The furthest in-game time they reported, in milliseconds.
    pub igt_ms: u64,
    pub deaths: u64,
    /// In the order of in-game time; the last one is where they are. Empty before they start.
    pub visits: Vec<Visit>,
    /// Flags that were told, by their place in [`Core::flags`], so that telling one again changes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<u16>,
    /// In-game time of the finish; it counts in place of `igt_ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Waiting,
    Playing,
    Finished,
    Abandoned,
    Disqualified,
}

/// A node that was entered. Written as a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u16, u64, u64)", into = "(u16, u64, u64)")]
pub struct Visit {
    pub node: u16,
    pub igt_ms: u64,
    pub deaths: u64,
}

impl From<(u16, u64, u64)> for Visit {
    fn from((node, igt_ms, deaths): (u16, u64, u64)) -> Self {
        Self { node, igt_ms, deaths }
    }
}

impl From<Visit> for (u16, u64, u64) {
    fn from(visit: Visit) -> Self {
        (visit.node, visit.igt_ms, visit.deaths)
    }
}

impl Runner {
    pub fn playing(start: u16) -> Self {
        let visits = vec![Visit { node: start, igt_ms: 0, deaths: 0 }];
        Self { stage: Stage::Playing, visits, ..Self::default() }
    }

    pub fn here(&self) -> Option<u16> {
        self.visits.last().map(|visit| visit.node)
    }

    pub fn has_been(&self, node: u16) -> bool {
        self.visits.iter().any(|visit| visit.node == node)
    }

    /// Puts a visit in its place in time; whether that is a visit not known before. Told again it is nothing, and told
    /// with an earlier time than the same stay was known by, it only began earlier.
    pub fn enter(&mut self, node: u16, igt_ms: u64) -> bool {
        self.igt_ms = self.igt_ms.max(igt_ms);
        if self.visits.iter().any(|visit| (visit.node, visit.igt_ms) == (node, igt_ms)) {
            return false;
        }
        let at = self.visits.partition_point(|visit| visit.igt_ms <= igt_ms);
        if at > 0 && self.visits[at - 1].node == node {
            return false;
        }
        if let Some(next) = self.visits.get_mut(at).filter(|next| next.node == node) {
            next.igt_ms = igt_ms;
            return false;
        }
        self.visits.insert(at, Visit { node, igt_ms, deaths: 0 });
        if self.visits.len() > VISITS {
            self.forget_a_return();
        }
        true
    }

    /// Drops the oldest visit of a node that had been visited before, except where they are now.
    fn forget_a_return(&mut self) {
        let mut returns = 1..self.visits.len().saturating_sub(1);
        let again = |at: &usize| self.visits[..*at].iter().any(|v| v.node == self.visits[*at].node);
        if let Some(at) = returns.find(again) {
            let mut deaths = self.visits.remove(at).deaths;
            if self.visits[at - 1].node == self.visits[at].node {
                deaths += self.visits.remove(at).deaths;
            }
            self.visits[at - 1].deaths += deaths;
        }
    }

    /// Takes a new count of deaths, of which those that came since are credited to the latest visit of `node`, else to where they
    /// are. A lower count is an old one.
    pub fn count_deaths(&mut self, deaths: u64, node: Option<u16>) {
        let more = deaths.saturating_sub(self.deaths);
        self.deaths += more;
        let latest = self.visits.iter().rposition(|visit| Some(visit.node) == node);
        let visit = match latest {
            Some(at) => self.visits.get_mut(at),
            None => self.visits.last_mut(),
        };
        if let Some(visit) = visit {
            visit.deaths += more;
        }
    }

    /// The highest layer reached.
    pub fn layer(&self, core: &Core) -> u32 {
        self.visits.iter().map(|visit| core.layer(visit.node)).max().unwrap_or(0)
    }
}
