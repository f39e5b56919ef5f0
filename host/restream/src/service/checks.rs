//! What a form names has to be there: trackers, panels of other restreams, presets, hint sheets.

use regie_core::{Error, ErrorKind, Result};
use regie_plugins::Kind;
use serde_json::value::RawValue;

use super::Restreams;
use crate::model::{MAIN_PANEL, NONE, Panel, Restream};

impl Restreams {
    /// A type that is in use stays valid while its plugin is away.
    pub(super) fn check_tracker_type(&self, tracker_type: &str, current: Option<&str>) -> Result<()> {
        let known = tracker_type == NONE
            || current == Some(tracker_type)
            || self.plugins.get(tracker_type).is_some_and(|p| p.manifest().kind == Kind::Tracker);
        if known {
            return Ok(());
        }
        let names: Vec<_> = self.tracker_types().into_iter().map(|c| c.key).collect();
        Err(Error::bad_request(format!("there is no tracker `{tracker_type}`"))
            .path("tracker_type")
            .hint(format!("one of {}", names.join(", "))))
    }

    pub(super) fn check_panels(&self, panels: &[Panel], current: &[Panel]) -> Result<()> {
        for (index, panel) in panels.iter().enumerate() {
            if let Some((slug, key)) = panel.source() {
                self.check_source(slug, key)
                    .map_err(|error| error.path(format!("panels[{index}].source")))?;
                continue;
            }
            let before = current.iter().find(|p| p.key == panel.key).map(|p| p.tracker_type.as_str());
            self.check_tracker_type(&panel.tracker_type, before)
                .map_err(|error| error.path(format!("panels[{index}].tracker_type")))?;
        }
        Ok(())
    }

    pub(super) fn check_source(&self, slug: &str, key: &str) -> Result<()> {
        let entry = self.directory.by_slug(slug)?;
        let panel = entry.restream.panel(key)?;
        if !panel.has_session() {
            return Err(Error::bad_request(format!("panel `{key}` of `{slug}` has no tracker of its own"))
                .hint("the panel that the session belongs to"));
        }
        Ok(())
    }

    /// A preset as its plugin reads it. Errors: `bad_request` where there is none.
    pub(super) async fn preset_seed(&self, tracker_type: &str, preset: &str) -> Result<Box<RawValue>> {
        match self.presets.seed(tracker_type, preset).await {
            Err(error) if error.kind == ErrorKind::NotFound => {
                let names: Vec<_> =
                    self.presets.list(tracker_type).await?.into_iter().map(|p| p.slug).collect();
                Err(Error::bad_request(format!("`{tracker_type}` has no preset `{preset}`"))
                    .hint(if names.is_empty() { "there is none yet".into() } else { names.join(", ") }))
            }
            read => read,
        }
    }

    pub(super) fn check_template(&self, template: &str) -> Result<()> {
        let choices = self.indices_templates();
        if choices.iter().any(|t| t.key == template) {
            // One that does not read is said here, where somebody can mend it.
            return self.templates.read(template).map(drop);
        }
        // A file that does not read is not in the list: its own fault says more.
        self.templates.read(template)?;
        let names: Vec<_> = choices.into_iter().map(|c| c.key).collect();
        Err(Error::bad_request(format!("there is no hint sheet `{template}`"))
            .path("indices_template")
            .hint(format!("one of {}", names.join(", "))))
    }

    /// Presets that a form names anew.
    pub(super) async fn check_presets(&self, panels: &[Panel], before: &Restream) -> Result<()> {
        for (index, panel) in panels.iter().enumerate() {
            let stands = before.panels.iter().any(|p| p.key == panel.key && p.preset == panel.preset);
            let Some(preset) = panel.preset.as_ref().filter(|_| !stands && panel.source.is_none()) else {
                continue;
            };
            let tracker_type = if panel.key == MAIN_PANEL && panel.tracker_type == NONE {
                before.tracker_type()
            } else {
                &panel.tracker_type
            };
            self.preset_seed(tracker_type, preset)
                .await
                .map_err(|error| error.path(format!("panels[{index}].preset")))?;
        }
        Ok(())
    }
}
