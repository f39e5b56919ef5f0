use std::cell::RefCell;

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
