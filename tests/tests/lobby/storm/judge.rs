//! What peers did, held against what peers saw: who was missing where they should have been seen, who was seen though gone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A member's time in a session, by the peers' own doing. Seconds of the peers' clock.
#[derive(Debug, Clone)]
struct Stay {
    from: f64,
    until: f64,
    crashed: bool,
}

/// What a peer showed of its session from `from` to `until`.
struct Look<'a> {
    peer: &'a str,
    from: f64,
    until: f64,
    members: BTreeSet<&'a str>,
}

#[derive(Debug, Default)]
pub struct Verdict {
    /// Members whom somebody did not see more than three seconds after they joined.
    pub unseen: Wrongs,
    /// Departed whom somebody saw more than three seconds after they left (after the expiry, where they crashed).
    pub returned: Wrongs,
    /// From a peer's join until another, who was there, saw it; in seconds, sorted.
    pub joins_s: Vec<f64>,
    pub broken: usize,
    pub gave_up: usize,
}

/// What somebody should not have seen, or should have. Plain peers see each other's writes before they are corrected: that is
/// over in a moment, and counted apart.
#[derive(Debug, Default)]
pub struct Wrongs {
    pub lasting: Vec<String>,
    pub moments: usize,
    /// Of the moments, in seconds.
    pub longest_s: f64,
}

impl Wrongs {
    /// `times` in order.
    fn add(&mut self, times: impl Iterator<Item = (f64, f64)>, peer: &str, by: &str) {
        let mut runs: Vec<(f64, f64)> = Vec::new();
        for (from, until) in times {
            match runs.last_mut().filter(|run| from - run.1 < 0.001) {
                Some(run) => run.1 = until,
                None => runs.push((from, until)),
            }
        }
        for (from, until) in runs {
            if until - from > 1.0 {
                self.lasting.push(format!("{peer} by {by} from {from:.1} to {until:.1}"));
            } else {
                self.moments += 1;
                self.longest_s = self.longest_s.max(until - from);
            }
        }
    }
}

/// `down`: from when to when nothing is promised; who left then, was perhaps not heard, and counts as crashed when it was over.
pub fn judge(reports: &[Value], end: f64, down: Option<(f64, f64)>) -> Verdict {
    let (stays, looks) = (stays(reports, end), looks(reports, end));
    let mut verdict = Verdict::default();
    for report in reports {
        verdict.broken += usize::from(report["did"] == "broken");
        verdict.gave_up += usize::from(report["did"] == "gave_up");
    }
    let (down, up) = down.unwrap_or((end, end));
    // Something of it is outside of the time that nothing is promised for.
    let counts = |from: f64, until: f64| from < until.min(down) || from.max(up) < until;
    for ((session, peer), stays) in &stays {
        let Some(looks) = looks.get(session) else { continue };
        for (n, stay) in stays.iter().enumerate() {
            let next = stays.get(n + 1).map_or(end, |stay| stay.from);
            let unheard = (down - 1.0..up).contains(&stay.until);
            let gone = match (unheard, stay.crashed) {
                (true, _) => up + 22.0,
                (false, true) => stay.until + 22.0,
                (false, false) => stay.until + 3.0,
            };
            let known = if (down - 1.0..up).contains(&stay.from) { up + 3.0 } else { stay.from + 3.0 };
            let others: BTreeSet<_> = looks.iter().map(|look| look.peer).filter(|p| p != peer).collect();
            for other in others {
                let of_other = || looks.iter().filter(|look| look.peer == other);
                let sees = |look: &Look| look.members.contains(peer.as_str());
                let wrong = of_other()
                    .filter(|look| !sees(look))
                    .map(|l| (l.from.max(known), l.until.min(stay.until)));
                verdict.unseen.add(wrong.filter(|(from, until)| counts(*from, *until)), peer, other);
                let wrong =
                    of_other().filter(|look| sees(look)).map(|l| (l.from.max(gone), l.until.min(next)));
                verdict.returned.add(wrong.filter(|(from, until)| counts(*from, *until)), peer, other);
                // Who crashed and came back before that was noticed, was seen all the time.
                let there =
                    of_other().any(|look| look.from <= stay.from && stay.from < look.until && !sees(look));
                let seen = of_other().find(|look| look.from >= stay.from && sees(look));
                if let Some(seen) = seen.filter(|seen| there && seen.from < stay.until) {
                    verdict.joins_s.push(seen.from - stay.from);
                }
            }
        }
    }
    verdict.joins_s.sort_by(f64::total_cmp);
    verdict
}

impl Verdict {
    /// Of the times from a join to another's view, in milliseconds.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let at = (self.joins_s.len() as f64 * share) as usize;
        self.joins_s.get(at.min(self.joins_s.len().saturating_sub(1))).copied().unwrap_or_default() * 1000.0
    }
}

fn stays(reports: &[Value], end: f64) -> BTreeMap<(String, String), Vec<Stay>> {
    let mut stays: BTreeMap<_, Vec<Stay>> = BTreeMap::new();
    let mut sessions: BTreeMap<&str, &str> = BTreeMap::new();
    for report in reports {
        let (Some(peer), Some(did)) = (report["peer"].as_str(), report["did"].as_str()) else { continue };
        let at = report["at"].as_f64().unwrap();
        match did {
            "create" | "join" => {
                let session = report["session"].as_str().unwrap();
                sessions.insert(peer, session);
                let stay = Stay { from: at, until: end, crashed: false };
                stays.entry((session.to_owned(), peer.to_owned())).or_default().push(stay);
            }
            "left" | "crashed" | "closed" | "emptied" => {
                let Some(session) = sessions.remove(peer) else { continue };
                let stay = stays.get_mut(&(session.to_owned(), peer.to_owned())).unwrap().last_mut().unwrap();
                (stay.until, stay.crashed) = (at, did == "crashed");
            }
            _ => {}
        }
    }
    stays
}

fn looks(reports: &[Value], end: f64) -> BTreeMap<String, Vec<Look<'_>>> {
    let mut looks: BTreeMap<_, Vec<Look>> = BTreeMap::new();
    let mut open: BTreeMap<&str, (&Value, f64)> = BTreeMap::new();
    for report in reports {
        let (Some(peer), Some(view)) = (report["peer"].as_str(), report.get("view")) else { continue };
        let at = report["at"].as_f64().unwrap();
        if let Some((view, from)) = open.insert(peer, (view, at)) {
            keep(&mut looks, peer, view, from, at);
        }
    }
    for (peer, (view, from)) in open {
        keep(&mut looks, peer, view, from, end);
    }
    looks
}

fn keep<'a>(
    looks: &mut BTreeMap<String, Vec<Look<'a>>>,
    peer: &'a str,
    view: &'a Value,
    from: f64,
    until: f64,
) {
    // Who looks on from outside is promised nothing.
    let Some(session) = view["session"].as_str().filter(|_| view["in"] == true) else { return };
    let members = view["members"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    looks.entry(session.to_owned()).or_default().push(Look { peer, from, until, members });
}
