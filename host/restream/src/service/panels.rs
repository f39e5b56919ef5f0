//! What crews do with one panel, or with the hint sheet: the session behind it, whoever's it is.

use std::sync::Arc;

use regie_core::{Actor, Error, Result, Role};

use super::Restreams;
use crate::{
    model::{INDICES_PANEL, MAIN_PANEL, Restream, RestreamPatch},
    sessions::{From, Session, Sessions},
    trackers::session_key,
};

/// A session as a restream names it.
pub struct On {
    pub sessions: Arc<Sessions>,
    pub key: String,
    /// Whether this restream's crew may change it.
    pub editable: bool,
}

impl On {
    /// Errors: `forbidden` where the panel only shows another restream's session.
    pub fn require_editable(&self) -> Result<()> {
        if self.editable {
            return Ok(());
        }
        Err(Error::forbidden("this panel only shows another restream's tracker").path("panel"))
    }
}

impl Restreams {
    /// The session of `panel` (`indices`: the sheet). Errors: `not_found`.
    pub fn on(&self, restream: &Restream, panel: Option<&str>) -> Result<On> {
        match panel.unwrap_or(MAIN_PANEL) {
            INDICES_PANEL => {
                Ok(On { sessions: self.sheets.clone(), key: restream.slug.clone(), editable: true })
            }
            panel => {
                let shown = self.directory.shown(restream.id, panel)?;
                Ok(On { sessions: self.trackers.clone(), key: shown.key, editable: shown.editable })
            }
        }
    }

    /// The session behind a panel, its history included when there is none any more.
    pub fn past(&self, restream: &Restream, panel: Option<&str>) -> Result<On> {
        match panel.unwrap_or(MAIN_PANEL) {
            panel
                if panel != INDICES_PANEL && restream.panels.iter().all(|p| !p.is_on() || p.key != panel) =>
            {
                regie_core::check_slug(panel).map_err(|error| error.path("panel"))?;
                let key = session_key(restream.id, panel);
                Ok(On { sessions: self.trackers.clone(), key, editable: true })
            }
            panel => self.on(restream, Some(panel)),
        }
    }

    /// The plugin that shows the hint sheet; `None` where there is none.
    pub fn sheet_plugin(&self, restream: &Restream) -> Option<String> {
        if !restream.wants_indices() {
            return None;
        }
        let template = self.templates.read(&restream.indices_template).ok().flatten();
        Some(template.map_or_else(|| restream.indices_template.clone(), |template| template.plugin))
    }

    /// As `<restream>/<panel>` names it: what it is now.
    pub async fn session_named(&self, name: &str, actor: impl Fn(&Restream) -> Actor) -> Result<Session> {
        let (slug, panel) = name.split_once('/').unwrap_or((name, MAIN_PANEL));
        let entry = self.directory.by_slug(slug).map_err(|error| error.path("from"))?;
        actor(&entry.restream).require(Role::Restreamer)?;
        let on = self.on(&entry.restream, Some(panel)).map_err(|error| error.path("from"))?;
        on.sessions.parse(&on.sessions.ensure(&on.key).await?)
    }

    /// The preset that a session is set back to, as its plugin reads it.
    pub async fn preset(&self, on: &On, slug: &str) -> Result<From> {
        let session = on.sessions.parse(&on.sessions.ensure(&on.key).await?)?;
        let seed = self.preset_seed(&session.plugin, slug).await;
        Ok(From::Preset(slug.to_owned(), seed.map_err(|error| error.path("preset_slug"))?))
    }

    /// Brings back what stood at `version`, of whatever plugin: the panel becomes one of that plugin's again.
    pub async fn restore(
        &self,
        restream: &Restream,
        panel: Option<&str>,
        version: u64,
        actor: &Actor,
    ) -> Result<u64> {
        let on = self.past(restream, panel)?;
        on.require_editable()?;
        let session = on.sessions.at_version(&on.key, version).await?;
        let panel = panel.unwrap_or(MAIN_PANEL);
        if panel == INDICES_PANEL {
            if !restream.wants_indices() {
                self.bring_back_sheet(restream, &session, actor).await?;
            }
            return on.sessions.restore(&on.key, actor, version).await;
        }
        let now = restream.panels.iter().find(|p| p.key == panel);
        if now.is_none_or(|now| now.tracker_type != session.plugin) {
            self.check_tracker_type(&session.plugin, None)?;
            let mut panels = restream.panels.clone();
            let mut patch = RestreamPatch::default();
            match panels.iter_mut().find(|p| p.key == panel) {
                Some(_) if panel == MAIN_PANEL => patch.tracker_type = Some(session.plugin.clone()),
                Some(there) => {
                    there.tracker_type.clone_from(&session.plugin);
                    patch.panels = Some(panels);
                }
                None => {
                    panels.push(crate::model::Panel::new(panel, &session.plugin));
                    patch.panels = Some(panels);
                }
            }
            self.edit(&restream.slug, patch, actor).await?;
        }
        on.sessions.restore(&on.key, actor, version).await
    }

    /// A sheet that was removed comes back with the template it had.
    async fn bring_back_sheet(&self, restream: &Restream, session: &Session, actor: &Actor) -> Result<()> {
        let template = session.field::<String>("template").unwrap_or_else(|_| session.plugin.clone());
        let known = self.indices_templates().iter().any(|choice| choice.key == template);
        let template = if known { template } else { session.plugin.clone() };
        let patch = RestreamPatch { indices_template: Some(template), ..RestreamPatch::default() };
        self.edit(&restream.slug, patch, actor).await.map(drop)
    }
}
