//! What a new version must show before it goes on the air: that it answers, on every surface, and can take over the
//! documents that are open.

use async_trait::async_trait;
use regie_core::Clock;
use regie_sdk::protocol::{Participant, PresetRequest, RenderRequest};
use serde_json::{Map, value::RawValue};

use crate::{
    CallError, Plugin,
    manifest::Kind,
    seen::{Look, Seen, Subject, seen},
};

/// A copy of a document that a plugin's sessions have open.
#[derive(Debug, Clone)]
pub struct OpenSession {
    /// The document's name, for messages.
    pub document: String,
    pub state_version: u32,
    pub state: Box<RawValue>,
    pub derived: Option<Box<RawValue>>,
    pub participants: Vec<Participant>,
}

/// Open documents of a plugin, for probing a new version with copies of them before it goes on the air.
#[async_trait]
pub trait Sessions: Send + Sync {
    async fn open_of(&self, plugin: &str) -> Vec<OpenSession>;
}

/// Where nothing is open: tests, and tools that only check packages.
#[async_trait]
impl Sessions for () {
    async fn open_of(&self, _: &str) -> Vec<OpenSession> {
        Vec::new()
    }
}

/// Those of two rooms.
#[async_trait]
impl<A: Sessions, B: Sessions> Sessions for (A, B) {
    async fn open_of(&self, plugin: &str) -> Vec<OpenSession> {
        let mut open = self.0.open_of(plugin).await;
        open.extend(self.1.open_of(plugin).await);
        open
    }
}

/// The error is in the author's terms; nothing of what the plugin answered is kept. `on_air` is the version that would be
/// replaced.
pub(crate) async fn probe(
    plugin: &Plugin,
    on_air: Option<&Plugin>,
    open: &[OpenSession],
) -> Result<(), String> {
    let manifest = plugin.manifest();
    let locale = manifest.locales.first().map_or("en", String::as_str);
    plugin.catalog(locale).await.map_err(|error| said("`catalog`", &error))?;
    for count in 1..=2 {
        let participants: Vec<_> =
            (1..=count).map(|slot| Participant { slot, label: format!("Player {slot}") }).collect();
        presets(plugin, locale, participants).await?;
    }
    for session in open {
        takes_over(plugin, on_air, locale, session).await?;
    }
    Ok(())
}

async fn presets(plugin: &Plugin, locale: &str, participants: Vec<Participant>) -> Result<(), String> {
    let request = PresetRequest {
        participants: participants.clone(),
        settings: Map::new(),
        seed: None,
        random: regie_core::random_hex(32),
    };
    let count = participants.len();
    let preset = match plugin.preset("", request).await {
        Ok(preset) => preset,
        // A race mode may have nothing to start from without a seed, and says so cleanly.
        Err(CallError::Fault(_)) if plugin.manifest().kind == Kind::Race => return Ok(()),
        Err(error) => return Err(said(&format!("`preset` with {count} participant(s)"), &error)),
    };
    let subject = Subject {
        name: "",
        state: &preset.state,
        derived: preset.derived.as_deref(),
        seed: preset.seed.as_deref(),
        participants: &participants,
    };
    for (surface, drawn) in draw(plugin, subject, locale).await {
        drawn.map_err(|error| {
            said(&format!("`render` of its own preset with {count} participant(s) on `{surface}`"), &error)
        })?;
    }
    Ok(())
}

/// Every surface, and what came of drawing it. Where there is nothing to draw for want of a projection, that stands for all.
async fn draw(plugin: &Plugin, subject: Subject<'_>, locale: &str) -> Vec<(String, Result<(), CallError>)> {
    let seen = match seen(plugin, subject, &Look::spectator(regie_core::SystemClock.now_ms())).await {
        Ok(seen) => seen,
        Err(error) => return vec![("any surface".to_owned(), Err(error))],
    };
    let manifest = plugin.manifest();
    let bases = manifest.bases().filter(|_| seen.revealed.is_some());
    let mut drawn = Vec::new();
    for surface in manifest.surfaces().into_iter().chain(bases) {
        let request = render(&seen, subject, &surface, locale);
        drawn.push((surface, plugin.render(subject.name, request).await.map(drop)));
    }
    drawn
}

/// An open document must be drawn on every surface, as it is or migrated; what the version on the air cannot draw either is no
/// reason to keep that version.
async fn takes_over(
    plugin: &Plugin,
    on_air: Option<&Plugin>,
    locale: &str,
    session: &OpenSession,
) -> Result<(), String> {
    let (document, from, to) = (&session.document, session.state_version, plugin.manifest().state_version);
    if from > to {
        return Err(format!(
            "state_too_new: `{document}` is open with state_version {from}, and this package has {to}; \
             documents are never taken back"
        ));
    }
    if from == to {
        let derived = session.derived.as_deref();
        return draws(plugin, on_air, locale, session, &session.state, derived, "as it is").await;
    }
    if !plugin.has_migrate() {
        return Err(format!(
            "`{document}` is open with state_version {from}; this package has {to} and exports no `migration` to bring it there"
        ));
    }
    let migrated = plugin.migrate(document, from, &session.state, session.derived.as_deref()).await;
    let migrated = migrated
        .map_err(|error| said(&format!("`migrate` of `{document}` from state_version {from}"), &error))?;
    let derived = migrated.derived.as_deref().or(session.derived.as_deref());
    draws(plugin, None, locale, session, &migrated.state, derived, "after `migrate`").await
}

async fn draws(
    plugin: &Plugin,
    on_air: Option<&Plugin>,
    locale: &str,
    session: &OpenSession,
    state: &RawValue,
    derived: Option<&RawValue>,
    when: &str,
) -> Result<(), String> {
    let document = &session.document;
    let subject = Subject { name: document, state, derived, seed: None, participants: &session.participants };
    let mut before = None;
    for (surface, drawn) in draw(plugin, subject, locale).await {
        let Err(error) = drawn else { continue };
        if before.is_none()
            && let Some(on_air) = on_air
        {
            before = Some(draw(on_air, subject, locale).await);
        }
        let neither = |(name, drawn): &(String, Result<(), CallError>)| {
            drawn.is_err() && (*name == surface || name == "any surface")
        };
        if before.as_ref().is_some_and(|before| before.iter().any(neither)) {
            continue;
        }
        return Err(said(
            &format!("`render` of the open document `{document}` {when} on `{surface}`"),
            &error,
        ));
    }
    Ok(())
}

fn render<'a>(
    seen: &'a Seen<'a>,
    subject: Subject<'a>,
    surface: &str,
    locale: &str,
) -> RenderRequest<&'a RawValue, &'a RawValue> {
    RenderRequest {
        state: &seen.view,
        derived: subject.derived,
        revealed: seen.revealed.clone().filter(|_| surface.ends_with(":base")),
        surface: surface.into(),
        slot: None,
        locale: locale.into(),
        can_edit: matches!(surface, "live" | "editor"),
        participants: subject.participants.to_vec(),
        settings: Map::new(),
        assets: String::new(),
    }
}

fn said(what: &str, error: &CallError) -> String {
    match error {
        CallError::Fault(fault) => {
            format!("the probe's {what} was refused by the plugin: {} ({})", fault.message, fault.code)
        }
        CallError::Trapped { reason, .. } => format!("the probe's {what} failed: the plugin {reason}"),
        other => format!("the probe's {what} failed: {other}"),
    }
}
