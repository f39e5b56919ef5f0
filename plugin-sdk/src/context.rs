use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use crate::hooks::decode;
use crate::protocol::{ActionContext, Effect, Fault, Participant, Settings};
use crate::{Initial, Locale};

/// What an action may depend on besides the state, and where it leaves words and effects.
///
/// The catalog gets one too, with nobody acting at time 0.
#[derive(Debug)]
pub struct Context<'a> {
    pub action: &'a ActionContext,
    pub settings: &'a Settings,
    /// English while updating: the history has one language for all its readers.
    pub locale: Locale,
    derived: Option<&'a RawValue>,
    said: RefCell<Said>,
}

#[derive(Debug, Default)]
pub(crate) struct Said {
    pub words: Option<String>,
    pub effects: Vec<Effect>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        action: &'a ActionContext,
        settings: &'a Settings,
        locale: Locale,
        derived: Option<&'a RawValue>,
    ) -> Self {
        Self { action, settings, locale, derived, said: RefCell::default() }
    }

    /// Says what happened, for the history: "Bow → Iron Bow". The last call counts.
    pub fn words(&self, words: impl Into<String>) {
        self.said.borrow_mut().words = Some(words.into());
    }

    /// Asks the host for something once the action is committed.
    pub fn effect(&self, effect: Effect) {
        self.said.borrow_mut().effects.push(effect);
    }

    pub fn t<T>(&self, en: T, fr: T) -> T {
        self.locale.t(en, fr)
    }

    pub fn participants(&self) -> &'a [Participant] {
        &self.action.participants
    }

    /// The slot that an action is about: the one it names, else the actor's own. `None` where that is nobody's here.
    pub fn slot(&self, named: Option<u32>) -> Option<u32> {
        let slot = named.or(self.action.actor.participant)?;
        self.participants().iter().any(|participant| participant.slot == slot).then_some(slot)
    }

    /// The words with the participant's label before them, where there are several.
    pub fn words_of(&self, slot: u32, words: &str) {
        match self.participants().iter().find(|participant| participant.slot == slot) {
            Some(participant) if self.participants().len() > 1 => {
                self.words(format!("{}: {words}", participant.label));
            }
            _ => self.words(words),
        }
    }

    /// Milliseconds since 1970; never falls within one document.
    pub fn now_ms(&self) -> i64 {
        self.action.now_ms
    }

    /// # Errors
    /// `bad_derived` where it is not a `T`.
    pub fn derived<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        derived(self.derived)
    }

    pub(crate) fn into_said(self) -> Said {
        self.said.into_inner()
    }
}

/// What a session starts from.
#[derive(Debug)]
pub struct Preset<'a> {
    pub participants: &'a [Participant],
    pub settings: &'a Settings,
    /// 64 hex digits, drawn once and kept.
    pub random: &'a str,
    pub(crate) seed: Option<&'a RawValue>,
}

impl Preset<'_> {
    /// The seed, or for a hint sheet the template, that the session starts from.
    ///
    /// # Errors
    /// `bad_seed` with the path at which it stopped being a `T`.
    pub fn seed<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        self.seed.map(|raw| decode(raw.get(), "bad_seed", "seed")).transpose()
    }

    /// What each participant starts with, from the preset that is applied: `{"participant":…}` is for everybody, `{"state":{…}}` has
    /// one for each slot, under the name `slots` (`{"state":{"slots":{"1":…}}}`). A slot that the preset does not have gets what the
    /// first has where there is only one, else nothing. Without a preset nobody has anything.
    ///
    /// # Errors
    /// `bad_seed`, with the path at which the preset stopped being one.
    pub fn by_slot<T: DeserializeOwned + Clone + Default>(
        &self,
        slots: &str,
    ) -> Result<BTreeMap<u32, T>, Fault> {
        let Some(seed) = self.seed::<BTreeMap<String, Box<RawValue>>>()? else {
            return Ok(self.participants.iter().map(|one| (one.slot, T::default())).collect());
        };
        let (shared, own) = match (seed.get("participant"), seed.get("state")) {
            (Some(shared), None) => (decode(shared.get(), "bad_seed", "seed.participant")?, BTreeMap::new()),
            (None, Some(state)) => {
                let state: BTreeMap<String, Box<RawValue>> = decode(state.get(), "bad_seed", "seed.state")?;
                let own: BTreeMap<u32, T> = match state.get(slots) {
                    Some(own) => decode(own.get(), "bad_seed", &format!("seed.state.{slots}"))?,
                    None => {
                        let text = format!("the preset's state has no `{slots}`");
                        return Err(Fault::new("bad_seed", text).at("seed.state"));
                    }
                };
                let only = own.values().next().filter(|_| own.len() == 1).cloned();
                (only.unwrap_or_default(), own)
            }
            _ => {
                let text = "a preset has either `participant` (for everybody) or `state` (by slot)";
                return Err(Fault::new("bad_seed", text).at("seed"));
            }
        };
        let start = |slot| own.get(&slot).unwrap_or(&shared).clone();
        Ok(self.participants.iter().map(|one| (one.slot, start(one.slot))).collect())
    }

    /// The state with nothing besides, for [`crate::Tracker::start`].
    pub fn initial<S>(&self, state: S) -> Initial<S> {
        Initial::from(state)
    }
}

/// Who looks at what, in which language, and whether they may act.
#[derive(Debug)]
pub struct View<'a> {
    /// `live`, `overlay:<name>`, `overlay:<name>:base`, `editor` or `panel`.
    pub surface: &'a str,
    /// Only this participant; all of them where it is absent.
    pub slot: Option<u32>,
    pub locale: Locale,
    pub can_edit: bool,
    pub participants: &'a [Participant],
    pub settings: &'a Settings,
    /// Base URL of the plugin's assets, with a slash at its end.
    pub assets: &'a str,
    pub(crate) derived: Option<&'a RawValue>,
    pub(crate) revealed: Option<&'a Value>,
}

impl<'a> View<'a> {
    pub fn t<T>(&self, en: T, fr: T) -> T {
        self.locale.t(en, fr)
    }

    /// Name of the overlay, where this is one.
    pub fn overlay(&self) -> Option<&'a str> {
        self.surface.strip_prefix("overlay:")
    }

    /// The participants to show, in the host's order.
    pub fn shown(&self) -> impl Iterator<Item = &'a Participant> + use<'a> {
        let slot = self.slot;
        self.participants.iter().filter(move |participant| slot.is_none_or(|slot| slot == participant.slot))
    }

    /// A setting that is a bool, with what it is where the host sent none.
    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.settings.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    /// # Errors
    /// `bad_derived` where it is not a `T`.
    pub fn derived<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        derived(self.derived)
    }

    /// What `reveal` answered, for a base layer.
    ///
    /// # Errors
    /// `bad_revealed` where it is not a `T`.
    pub fn revealed<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        let refused = |error: serde_json::Error| Fault::new("bad_revealed", error.to_string()).at("revealed");
        self.revealed.map(|value| T::deserialize(value).map_err(refused)).transpose()
    }
}

fn derived<T: DeserializeOwned>(raw: Option<&RawValue>) -> Result<Option<T>, Fault> {
    raw.map(|raw| decode(raw.get(), "bad_derived", "derived")).transpose()
}
