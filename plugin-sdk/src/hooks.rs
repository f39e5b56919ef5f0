//! The hooks as the host calls them: JSON text in, JSON text or a fault out.
//!
//! A batch is applied in order, each action on a copy of the state, which replaces the state only when it was accepted: so
//! a refused action cannot leave a trace, whatever it did before it failed. (The copy costs less than the JSON
//! that comes and goes with every call.)

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::protocol::{
    ActionContext, ActionEnvelope, ActionResult, ActorContext, CatalogRequest, Fault, MigrateAnswer,
    MigrateRequest, PresetAnswer, PresetRequest, ProjectAnswer, ProjectRequest, RaceStatus, RenderRequest,
    RevealRequest, Settings, StandingsRequest, UpdateAnswer, UpdateRequest,
};
use crate::{Context, Locale, Plugin, Preset, Race, View};

/// # Errors
/// `bad_request` where the request is not one of `catalog`.
pub fn catalog<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let request: CatalogRequest = decode(request, "bad_request", "")?;
    let nobody = nobody();
    encode(&plugin.catalog(&Context::new(&nobody, &request.settings, Locale::of(&request.locale), None)))
}

/// # Errors
/// `bad_request`, or what the plugin's `start` refuses.
pub fn preset<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let PresetRequest::<&RawValue> { participants, settings, seed, random } =
        decode(request, "bad_request", "")?;
    let initial =
        plugin.start(&Preset { participants: &participants, settings: &settings, random: &random, seed })?;
    encode(&PresetAnswer { state: initial.state, derived: initial.derived, seed: initial.seed })
}

/// # Errors
/// `bad_request` and `bad_state` for the whole batch; what is wrong with one action is in its own result.
pub fn update<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let UpdateRequest::<&RawValue, &RawValue, &RawValue> { state, derived, actions, settings } =
        decode(request, "bad_request", "")?;
    let mut state: P::State = decode(state.get(), "bad_state", "state")?;
    let results = actions
        .iter()
        .enumerate()
        .map(|(index, envelope)| {
            apply(plugin, &mut state, index, envelope, derived, &settings).unwrap_or_else(refused)
        })
        .collect();
    encode(&UpdateAnswer { state, results })
}

fn apply<K, P: Plugin<K>>(
    plugin: &P,
    state: &mut P::State,
    index: usize,
    envelope: &ActionEnvelope<&RawValue>,
    derived: Option<&RawValue>,
    settings: &Settings,
) -> Result<ActionResult, Fault> {
    let action = match decode(envelope.action.get(), "bad_action", "action") {
        Ok(action) => action,
        // What happens to a race is told, not asked: what this mode does not know of it changes nothing.
        Err(_) if P::PROJECTS && is_told(envelope.action) => return Ok(ActionResult::default()),
        Err(fault) => return Err(within(fault, index)),
    };
    let context = Context::new(&envelope.ctx, settings, Locale::default(), derived);
    let mut next = state.clone();
    plugin.update(&mut next, action, &context).map_err(|fault| within(fault, index))?;
    let changed = next != *state;
    *state = next;
    let said = context.into_said();
    Ok(ActionResult { changed, effects: said.effects, words: said.words, fault: None })
}

/// Whether the host tells it, as `{"type":"host:start"}`.
fn is_told(action: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Typed {
        #[serde(rename = "type")]
        kind: String,
    }
    serde_json::from_str::<Typed>(action.get()).is_ok_and(|action| action.kind.starts_with("host:"))
}

/// A path of the action's becomes one of the request's; a fault without a path says at least which action.
fn within(mut fault: Fault, index: usize) -> Fault {
    let path = fault.path.as_deref().map(|path| path.strip_prefix("action").unwrap_or(path));
    fault.path = Some(match path {
        None | Some("") => format!("actions[{index}].action"),
        Some(path) => format!("actions[{index}].action.{}", path.trim_start_matches('.')),
    });
    fault
}

fn refused(fault: Fault) -> ActionResult {
    ActionResult { fault: Some(fault), ..ActionResult::default() }
}

/// # Errors
/// `bad_request`, or `bad_state` where the state (a race's projection) is not one this plugin writes: so a hand edit is refused.
pub fn render<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let request: RenderRequest<&RawValue, &RawValue> = decode(request, "bad_request", "")?;
    let state: P::Shown = decode(request.state.get(), "bad_state", "state")?;
    let view = View {
        surface: &request.surface,
        slot: request.slot,
        locale: Locale::of(&request.locale),
        can_edit: request.can_edit,
        participants: &request.participants,
        settings: &request.settings,
        assets: &request.assets,
        derived: request.derived,
        revealed: request.revealed.as_ref(),
    };
    Ok(plugin.render(&state, &view).into_string())
}

/// # Errors
/// `bad_request`, or what the plugin refuses to migrate.
pub fn migrate<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let request: MigrateRequest<Value, Value> = decode(request, "bad_request", "")?;
    let initial = plugin.migrate(request)?;
    encode(&MigrateAnswer { state: initial.state, derived: initial.derived })
}

/// # Errors
/// `bad_request`, `bad_state`, or `no_race` where the plugin is of another kind.
pub fn standings<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let StandingsRequest::<&RawValue, &RawValue> { state, derived, participants, race, now_ms, settings } =
        decode(request, "bad_request", "")?;
    let state: P::State = decode(state.get(), "bad_state", "state")?;
    let race = Race { participants: &participants, status: &race, now_ms, settings: &settings, derived };
    encode(&plugin.standings(&state, &race)?)
}

/// # Errors
/// As [`standings`].
pub fn project<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let request: ProjectRequest<&RawValue, &RawValue> = decode(request, "bad_request", "")?;
    let state: P::State = decode(request.state.get(), "bad_state", "state")?;
    let race = Race {
        participants: &request.participants,
        status: &request.race,
        now_ms: request.now_ms,
        settings: &request.settings,
        derived: request.derived,
    };
    let shown = plugin.project(&state, request.standings, &request.viewer, &race)?;
    encode(&ProjectAnswer { view: shown.view, standings: shown.standings, reveal: shown.reveal })
}

/// # Errors
/// `bad_request`, `no_race`, or what the mode refuses.
pub fn reveal<K, P: Plugin<K>>(plugin: &P, request: &str) -> Result<String, Fault> {
    let RevealRequest::<Value, &RawValue> { seed, derived, reveal, settings } =
        decode(request, "bad_request", "")?;
    let status = RaceStatus::default();
    let race = Race { participants: &[], status: &status, now_ms: 0, settings: &settings, derived };
    encode(&plugin.reveal(seed, reveal, &race)?)
}

/// Decodes, and on failure decodes again with a path, which costs more than the good case should pay.
pub(crate) fn decode<'de, T: Deserialize<'de>>(text: &'de str, code: &str, root: &str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|error| {
        let mut json = serde_json::Deserializer::from_str(text);
        match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Ok(_) => Fault::new(code, error.to_string()),
            Err(traced) => {
                let path = match (root, traced.path().to_string().as_str()) {
                    (root, ".") => root.to_owned(),
                    ("", path) => path.to_owned(),
                    (root, path) => format!("{root}.{path}"),
                };
                Fault::new(code, traced.inner().to_string()).at(path)
            }
        }
    })
}

fn encode(answer: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(answer).map_err(|error| Fault::new("bad_answer", error.to_string()))
}

fn nobody() -> ActionContext {
    let actor =
        ActorContext { id: String::new(), name: String::new(), role: "host".into(), participant: None };
    ActionContext { now_ms: 0, random: String::new(), actor, participants: Vec::new() }
}
