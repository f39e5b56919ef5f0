//! What the host knows of each package and id, and what follows from it. No I/O.

use std::{collections::BTreeMap, sync::Arc};

use super::{Entry, OnAir, State, Status, folder::Brief};
use crate::logs::Logs;

#[derive(Default)]
pub(super) struct Table {
    /// By name in the drop folder.
    paths: BTreeMap<String, Known>,
    /// Kept when a plugin goes, so that its author still reads why.
    logs: BTreeMap<String, Arc<Logs>>,
    tickets: u64,
}

struct Known {
    id: String,
    entry: Entry,
    progress: Progress,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Progress {
    /// Not tried, or not to be tried.
    Idle,
    /// A load with this ticket is under way.
    Loading(u64),
    Loaded,
    Refused(String),
    /// An earlier path has the same id.
    Second(String),
    Disabled,
}

/// A load to be done. Its ticket tells whether its result is still wanted when it comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub id: String,
    pub path: String,
    ticket: u64,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    pub load: Vec<Wanted>,
    pub unload: Vec<String>,
    /// Whether some status is another one than before.
    pub changed: bool,
}

impl Table {
    pub(super) fn fingerprints(&self) -> BTreeMap<String, u64> {
        self.paths.iter().map(|(path, known)| (path.clone(), known.entry.fingerprint)).collect()
    }

    pub(super) fn logs(&mut self, id: &str) -> Arc<Logs> {
        self.logs.entry(id.to_owned()).or_default().clone()
    }

    /// The path that has this id, if one has.
    pub(super) fn path_of(&self, id: &str) -> Option<&str> {
        self.paths.iter().find(|(_, known)| known.id == id).map(|(path, _)| path.as_str())
    }

    pub(super) fn id_at(&self, path: &str) -> Option<&str> {
        self.paths.get(path).map(|known| known.id.as_str())
    }

    /// Takes in what a look has found.
    pub(super) fn take(&mut self, entries: BTreeMap<String, Entry>, gone: &[String]) {
        for path in gone {
            self.paths.remove(path);
        }
        for (path, entry) in entries {
            let before = self.paths.get(&path);
            let id = match &entry.read {
                Ok(brief) => brief.id.clone(),
                Err(refusal) => refusal
                    .id
                    .clone()
                    .or_else(|| before.map(|known| known.id.clone()))
                    .unwrap_or_else(|| path.trim_end_matches(".zip").to_owned()),
            };
            let same = before.is_some_and(|known| {
                known.id == id && known.hash() == entry.read.as_ref().ok().map(|b| &b.hash)
            });
            let progress = before
                .filter(|_| same && entry.read.is_ok())
                .map_or(Progress::Idle, |known| known.progress.clone());
            self.paths.insert(path, Known { id, entry, progress });
        }
    }

    /// What must be loaded and unloaded now. `again` retries what was refused.
    pub(super) fn plan(&mut self, on_air: &OnAir, enabled: impl Fn(&str) -> bool, again: bool) -> Plan {
        let mut plan = Plan::default();
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (path, known) in &mut self.paths {
            let before = known.progress.clone();
            if let Some(owner) = owners.get(&known.id) {
                known.progress = Progress::Second(owner.clone());
                plan.changed |= known.progress != before;
                continue;
            }
            owners.insert(known.id.clone(), path.clone());
            let air = on_air.get(&known.id).map(|plugin| plugin.hash());
            known.progress = match (&known.entry.read, &before) {
                _ if !enabled(&known.id) => Progress::Disabled,
                (Err(refusal), _) => Progress::Refused(refusal.message.clone()),
                (Ok(brief), _) if air == Some(brief.hash.as_str()) => Progress::Loaded,
                (Ok(_), Progress::Loading(_)) => continue,
                (Ok(_), Progress::Refused(_)) if !again => continue,
                (Ok(_), _) => {
                    self.tickets += 1;
                    let wanted = Wanted { id: known.id.clone(), path: path.clone(), ticket: self.tickets };
                    plan.load.push(wanted);
                    Progress::Loading(self.tickets)
                }
            };
            if let Progress::Refused(reason) = &known.progress
                && known.progress != before
            {
                tracing::error!(
                    plugin = known.id,
                    path,
                    last_good = air.is_some(),
                    "plugin refused: {reason}"
                );
            }
            plan.changed |= known.progress != before && !matches!(known.progress, Progress::Loading(_));
        }
        let stays = |id: &str| {
            let owner = owners.get(id).and_then(|path| self.paths.get(path));
            owner.is_some_and(|known| known.progress != Progress::Disabled)
        };
        plan.unload = on_air.keys().filter(|id| !stays(id)).cloned().collect();
        plan
    }

    pub(super) fn is_current(&self, wanted: &Wanted) -> bool {
        self.paths.get(&wanted.path).is_some_and(|known| known.progress == Progress::Loading(wanted.ticket))
    }

    pub(super) fn loaded(&mut self, wanted: &Wanted) {
        self.set(wanted, Progress::Loaded);
    }

    pub(super) fn refused(&mut self, wanted: &Wanted, reason: String) {
        self.set(wanted, Progress::Refused(reason));
    }

    fn set(&mut self, wanted: &Wanted, progress: Progress) {
        if let Some(known) = self.paths.get_mut(&wanted.path) {
            known.progress = progress;
        }
    }

    pub(super) fn statuses(&self, on_air: &OnAir) -> Vec<Status> {
        let mut statuses: Vec<Status> =
            self.paths.iter().map(|(path, known)| known.status(path, on_air)).collect();
        statuses.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        statuses
    }
}

impl Known {
    fn hash(&self) -> Option<&String> {
        self.entry.read.as_ref().ok().map(|brief| &brief.hash)
    }

    fn status(&self, path: &str, on_air: &OnAir) -> Status {
        let second = match &self.progress {
            Progress::Second(owner) => Some(owner),
            _ => None,
        };
        let plugin = on_air.get(&self.id).filter(|_| second.is_none());
        let brief = self.entry.read.as_ref().ok();
        let error = match &self.progress {
            Progress::Refused(reason) => Some(reason.clone()),
            Progress::Second(owner) => Some(format!(
                "`{owner}` provides the id `{}` already, and comes first; remove one of the two",
                self.id
            )),
            Progress::Idle | Progress::Loading(_) if plugin.is_none() => Some("it is being loaded".into()),
            _ => None,
        };
        let state = match (&self.progress, plugin, &error) {
            (Progress::Disabled, ..) => State::Disabled,
            (_, None, _) => State::Failed,
            (_, Some(_), Some(_)) => State::Stale,
            (_, Some(_), None) => State::Ready,
        };
        let shown = plugin.map(|p| p.manifest());
        let (mut warnings, resting) =
            (brief.map(|b| b.warnings.clone()).unwrap_or_default(), plugin.and_then(|p| p.resting_until()));
        warnings.extend(plugin.map(|p| p.setting_faults()).unwrap_or_default());
        let name = shown.map(|m| &m.name).or(brief.map(|b: &Brief| &b.name));
        Status {
            name: name.unwrap_or(&self.id).clone(),
            id: self.id.clone(),
            kind: shown.map(|m| m.kind).or(brief.map(|b| b.kind)),
            version: shown.map(|m| m.version.clone()).or(brief.map(|b| b.version.clone())),
            state,
            error,
            generation: plugin.map(|p| p.generation()).unwrap_or_default(),
            timings: plugin.map(|p| p.timings()).unwrap_or_default(),
            path: path.to_owned(),
            hash: plugin.map(|p| p.hash().to_owned()),
            warnings,
            resting_until_ms: resting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, package::Refusal};

    fn good(id: &str, hash: &str) -> Entry {
        let version = semver::Version::new(1, 0, 0);
        let brief = Brief {
            id: id.into(),
            name: id.into(),
            kind: Kind::Tracker,
            version,
            hash: hash.into(),
            warnings: vec![],
        };
        Entry { fingerprint: 1, read: Ok(brief) }
    }

    fn bad() -> Entry {
        Entry { fingerprint: 1, read: Err(Refusal::new("torn")) }
    }

    fn found(table: &mut Table, entries: &[(&str, Entry)]) -> Plan {
        table.take(entries.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())).collect(), &[]);
        table.plan(&OnAir::default(), |_| true, false)
    }

    fn ids(table: &Table) -> Vec<&str> {
        table.paths.values().map(|known| known.id.as_str()).collect()
    }

    fn loads(plan: &Plan) -> Vec<&str> {
        plan.load.iter().map(|wanted| wanted.path.as_str()).collect()
    }

    #[test]
    fn the_same_content_is_not_loaded_twice_and_newer_content_overtakes() {
        let mut table = Table::default();
        let first = found(&mut table, &[("x", good("x", "1"))]);
        assert_eq!(loads(&first), ["x"]);
        assert!(found(&mut table, &[("x", good("x", "1"))]).load.is_empty());
        let second = found(&mut table, &[("x", good("x", "2"))]);
        assert!(!table.is_current(&first.load[0]));
        assert!(table.is_current(&second.load[0]));
        table.refused(&second.load[0], "why".into());
        assert!(found(&mut table, &[("x", good("x", "2"))]).load.is_empty());
        assert_eq!(loads(&table.plan(&OnAir::default(), |_| true, true)), ["x"]);
    }

    #[test]
    fn the_later_of_two_packages_with_one_id_is_refused_until_the_earlier_goes() {
        let mut table = Table::default();
        assert_eq!(loads(&found(&mut table, &[("x.zip", good("x", "1")), ("x", good("x", "2"))])), ["x"]);
        let statuses = table.statuses(&OnAir::default());
        assert_eq!(statuses.iter().map(|s| s.path.as_str()).collect::<Vec<_>>(), ["x", "x.zip"]);
        assert!(statuses[1].error.as_ref().unwrap().contains("`x` provides the id"));
        table.take(BTreeMap::new(), &["x".into()]);
        assert_eq!(loads(&table.plan(&OnAir::default(), |_| true, false)), ["x.zip"]);
        assert_eq!(ids(&table), ["x"]);
    }

    #[test]
    fn a_package_that_cannot_be_read_any_more_keeps_its_id() {
        let mut table = Table::default();
        found(&mut table, &[("folder", good("tracker-x", "1"))]);
        assert!(found(&mut table, &[("folder", bad()), ("other.zip", bad())]).changed);
        assert_eq!(ids(&table), ["tracker-x", "other"]);
        let status = &table.statuses(&OnAir::default())[1];
        assert_eq!((status.state, status.error.as_deref()), (State::Failed, Some("torn")));
    }

    #[test]
    fn a_disabled_plugin_is_not_loaded() {
        let mut table = Table::default();
        table.take(BTreeMap::from([("x".into(), good("x", "1"))]), &[]);
        assert!(table.plan(&OnAir::default(), |_| false, false).load.is_empty());
        assert_eq!(table.statuses(&OnAir::default())[0].state, State::Disabled);
        assert_eq!(loads(&table.plan(&OnAir::default(), |_| true, false)), ["x"]);
    }
}
