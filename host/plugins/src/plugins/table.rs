//! What the host knows of each package and id, and what follows from it. No I/O.

use std::{collections::BTreeMap, sync::Arc};

use regie_core::rfc3339;

use super::{
    Entry, OnAir, State, Status,
    folder::{Brief, Marks},
};
use crate::{
    Grants, Rests, SettingField, SettingsOf, SettingsStatus, breaker::Resting, logs::Logs, manifest,
    operator, package::overrides::Layer,
};

/// Calls at rest that a status names.
const RESTING: usize = 20;

#[derive(Default)]
pub(super) struct Table {
    /// By name in the drop folder.
    paths: BTreeMap<String, Known>,
    /// Kept when a plugin goes, so that its author still reads why.
    logs: BTreeMap<String, Arc<Logs>>,
    layers: BTreeMap<String, Arc<Layer>>,
    tickets: u64,
}

struct Known {
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
    /// Id and marks by path, as of the last look.
    pub(super) fn marks(&self) -> BTreeMap<String, (String, Marks)> {
        self.paths
            .iter()
            .map(|(path, known)| (path.clone(), (known.id().to_owned(), known.entry.marks)))
            .collect()
    }

    /// The last overrides of each id that could be applied.
    pub(super) fn layers(&self) -> BTreeMap<String, Arc<Layer>> {
        self.layers.clone()
    }

    /// The overrides of the package at `path`.
    pub(super) fn layer_at(&self, path: &str) -> Option<Arc<Layer>> {
        self.paths.get(path)?.entry.read.as_ref().ok()?.layer.clone()
    }

    pub(super) fn logs(&mut self, id: &str) -> Arc<Logs> {
        self.logs.entry(id.to_owned()).or_default().clone()
    }

    /// The path that has this id, if one has: of several the one that counts.
    pub(super) fn path_of(&self, id: &str) -> Option<&str> {
        self.paths_of(id).next()
    }

    pub(super) fn paths_of(&self, id: &str) -> impl Iterator<Item = &str> {
        self.paths.iter().filter(move |(_, known)| known.id() == id).map(|(path, _)| path.as_str())
    }

    /// The form of this plugin's settings, where a manifest could be read.
    pub(super) fn fields(&self, id: &str) -> Option<Vec<SettingField>> {
        let brief = self.paths.get(self.path_of(id)?)?.entry.read.as_ref().ok()?;
        Some(brief.fields.clone())
    }

    pub(super) fn id_at(&self, path: &str) -> Option<&str> {
        self.paths.get(path).map(|known| known.id())
    }

    /// Takes in what a look has found. Answers whether some overrides are refused, or no longer, that were not before.
    pub(super) fn take(&mut self, entries: BTreeMap<String, Entry>, gone: &[String], now_ms: i64) -> bool {
        let mut told = false;
        for path in gone {
            self.paths.remove(path);
        }
        for (path, entry) in entries {
            let before = self.paths.get(&path);
            let same = before.is_some_and(|known| {
                known.id() == entry.id && known.hash() == entry.read.as_ref().ok().map(|b| &b.hash)
            });
            let progress = before
                .filter(|_| same && entry.read.is_ok())
                .map_or(Progress::Idle, |known| known.progress.clone());
            if before.and_then(|known| known.entry.override_fault.as_ref()) != entry.override_fault.as_ref() {
                told = true;
                if let Some(fault) = &entry.override_fault {
                    tracing::error!(plugin = entry.id, "overrides refused: {fault}");
                    self.logs(&entry.id).note(
                        tracing::Level::ERROR,
                        format!("overrides refused: {fault}"),
                        now_ms,
                    );
                }
            }
            if let (Ok(brief), None) = (&entry.read, &entry.override_fault) {
                match &brief.layer {
                    Some(layer) => self.layers.insert(entry.id.clone(), layer.clone()),
                    None => self.layers.remove(&entry.id),
                };
            }
            self.paths.insert(path, Known { entry, progress });
        }
        told
    }

    /// What must be loaded and unloaded now. `again` retries what was refused.
    pub(super) fn plan(&mut self, on_air: &OnAir, enabled: impl Fn(&str) -> bool, again: bool) -> Plan {
        let mut plan = Plan::default();
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (path, known) in &mut self.paths {
            let before = known.progress.clone();
            if let Some(owner) = owners.get(&known.entry.id) {
                known.progress = Progress::Second(owner.clone());
                plan.changed |= known.progress != before;
                continue;
            }
            owners.insert(known.entry.id.clone(), path.clone());
            let air = on_air.get(&known.entry.id).map(|plugin| plugin.hash());
            known.progress = match (&known.entry.read, &before) {
                _ if !enabled(&known.entry.id) => Progress::Disabled,
                (Err(refusal), _) => Progress::Refused(refusal.message.clone()),
                (Ok(brief), _) if air == Some(brief.hash.as_str()) => Progress::Loaded,
                (Ok(_), Progress::Loading(_)) => continue,
                (Ok(_), Progress::Refused(_)) if !again => continue,
                (Ok(_), _) => {
                    self.tickets += 1;
                    let wanted =
                        Wanted { id: known.entry.id.clone(), path: path.clone(), ticket: self.tickets };
                    plan.load.push(wanted);
                    Progress::Loading(self.tickets)
                }
            };
            if let Progress::Refused(reason) = &known.progress
                && known.progress != before
            {
                tracing::error!(
                    plugin = known.entry.id,
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

    pub(super) fn statuses(&self, on_air: &OnAir, settings: &SettingsOf) -> Vec<Status> {
        let mut statuses: Vec<Status> =
            self.paths.iter().map(|(path, known)| known.status(path, on_air, settings)).collect();
        statuses.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        statuses
    }
}

impl Known {
    fn id(&self) -> &str {
        &self.entry.id
    }

    fn hash(&self) -> Option<&String> {
        self.entry.read.as_ref().ok().map(|brief| &brief.hash)
    }

    fn status(&self, path: &str, on_air: &OnAir, settings: &SettingsOf) -> Status {
        let second = match &self.progress {
            Progress::Second(owner) => Some(owner),
            _ => None,
        };
        let plugin = on_air.get(self.id()).filter(|_| second.is_none());
        let brief = self.entry.read.as_ref().ok();
        let error = match &self.progress {
            Progress::Refused(reason) => Some(reason.clone()),
            Progress::Second(owner) => Some(format!(
                "`{owner}` provides the id `{}` already, and comes first; remove one of the two",
                self.id()
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
        let operator = settings(self.id());
        let fields = shown.map(|m| &m.settings).or(brief.map(|b| &b.fields));
        let settings = fields.map(|fields| {
            let (values, faults) = manifest::effective(fields, &operator);
            SettingsStatus { values, fields: fields.clone(), faults }
        });
        let scripts = shown.map(|m| !m.frontend.scripts.is_empty()).or(brief.map(|b| b.wants_scripts));
        let grants = Grants {
            allow_scripts: operator::allows_scripts(&operator),
            wants_scripts: scripts.unwrap_or_default(),
        };
        let mut warnings = brief.map(|b| b.warnings.clone()).unwrap_or_default();
        if grants.wants_scripts && !grants.allow_scripts {
            warnings.push("its scripts do not run: they need the grant `allow_scripts`".into());
        }
        warnings.extend(self.entry.override_fault.iter().map(|fault| format!("overrides refused: {fault}")));
        warnings.extend(settings.iter().flat_map(|s| s.faults.iter().cloned()));
        let name = shown.map(|m| &m.name).or(brief.map(|b: &Brief| &b.name));
        let resting = plugin.map(|p| p.resting()).unwrap_or_default();
        Status {
            name: name.map_or(self.id(), String::as_str).to_owned(),
            id: self.id().to_owned(),
            kind: shown.map(|m| m.kind).or(brief.map(|b| b.kind)),
            version: shown.map(|m| m.version.clone()).or(brief.map(|b| b.version.clone())),
            state,
            error,
            generation: plugin.map(|p| p.generation()).unwrap_or_default(),
            timings: plugin.map(|p| p.timings()).unwrap_or_default(),
            path: path.to_owned(),
            hash: plugin.map(|p| p.hash().to_owned()),
            warnings,
            resting_until: resting.first().map(|first| rfc3339(first.until_ms)),
            resting: resting.into_iter().take(RESTING).map(Rests::from).collect(),
            enabled: operator::is_enabled(&operator),
            grants,
            overrides: plugin.map(|p| p.overrides().to_vec()).unwrap_or_default(),
            settings,
        }
    }
}

impl From<Resting> for Rests {
    fn from(Resting { until_ms, hook, document }: Resting) -> Self {
        Self { until: rfc3339(until_ms), hook, document }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, package::Refusal};

    fn good(id: &str, hash: &str) -> Entry {
        let version = semver::Version::new(1, 0, 0);
        let brief = Brief {
            name: id.into(),
            kind: Kind::Tracker,
            version,
            hash: hash.into(),
            warnings: vec![],
            fields: vec![],
            wants_scripts: false,
            layer: None,
        };
        Entry { id: id.into(), marks: Marks::default(), read: Ok(brief), override_fault: None }
    }

    fn bad(id: &str) -> Entry {
        Entry { read: Err(Refusal::new("torn")), ..good(id, "") }
    }

    fn statuses(table: &Table) -> Vec<Status> {
        let none: SettingsOf = Arc::new(|_| serde_json::Map::new());
        table.statuses(&OnAir::default(), &none)
    }

    fn found(table: &mut Table, entries: &[(&str, Entry)]) -> Plan {
        table.take(entries.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())).collect(), &[], 0);
        table.plan(&OnAir::default(), |_| true, false)
    }

    fn ids(table: &Table) -> Vec<&str> {
        table.paths.values().map(|known| known.id()).collect()
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
        let statuses = statuses(&table);
        assert_eq!(statuses.iter().map(|s| s.path.as_str()).collect::<Vec<_>>(), ["x", "x.zip"]);
        assert!(statuses[1].error.as_ref().unwrap().contains("`x` provides the id"));
        table.take(BTreeMap::new(), &["x".into()], 0);
        assert_eq!(loads(&table.plan(&OnAir::default(), |_| true, false)), ["x.zip"]);
        assert_eq!(ids(&table), ["x"]);
    }

    #[test]
    fn a_package_that_cannot_be_read_says_why_under_its_id() {
        let mut table = Table::default();
        found(&mut table, &[("folder", good("tracker-x", "1"))]);
        assert!(found(&mut table, &[("folder", bad("tracker-x")), ("other.zip", bad("other"))]).changed);
        assert_eq!(ids(&table), ["tracker-x", "other"]);
        let status = &statuses(&table)[1];
        assert_eq!((status.state, status.error.as_deref()), (State::Failed, Some("torn")));
    }

    #[test]
    fn refused_overrides_are_told_once_and_what_applied_before_them_is_kept() {
        let mut table = Table::default();
        let take = |table: &mut Table, fault: Option<&str>| {
            let entry = Entry { override_fault: fault.map(str::to_owned), ..good("x", "1") };
            table.take(BTreeMap::from([("x".into(), entry)]), &[], 0)
        };
        assert!(!take(&mut table, None));
        assert!(take(&mut table, Some("a link")));
        assert!(!take(&mut table, Some("a link")));
        assert!(statuses(&table)[0].warnings[0].contains("overrides refused: a link"));
        assert!(table.logs("x").read()[0].message.contains("a link"));
        assert!(take(&mut table, None));
        assert!(statuses(&table)[0].warnings.is_empty());
    }

    #[test]
    fn a_disabled_plugin_is_not_loaded() {
        let mut table = Table::default();
        table.take(BTreeMap::from([("x".into(), good("x", "1"))]), &[], 0);
        assert!(table.plan(&OnAir::default(), |_| false, false).load.is_empty());
        assert_eq!(statuses(&table)[0].state, State::Disabled);
        assert_eq!(loads(&table.plan(&OnAir::default(), |_| true, false)), ["x"]);
    }
}
