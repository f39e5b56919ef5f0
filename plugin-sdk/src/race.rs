//! Race modes: what the third kind of plugin has besides the common hooks.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::hooks::decode;
use crate::protocol::{Fault, MigrateRequest, RaceStatus, Racer, Settings, Standing, Standings, ViewerClass};
use crate::{Catalog, Context, Html, Initial, Plugin, Preset, View, kind};

/// Who may see what: the class a projection is made for.
pub type Viewer = ViewerClass;

/// The rules of a race: what participants do, how they stand, and who may see what of it.
///
/// The host knows rooms, people and clocks. What happens to the room reaches the mode as an action
/// (`{"type":"host:start"}`); what players' games report reaches it with the participant as the actor. Every function is pure, as
/// with a [`crate::Tracker`].
pub trait RaceMode {
    /// The document that actions change.
    type State: Serialize + DeserializeOwned + Clone + PartialEq;
    /// What a button, a player's game or the host sends.
    type Action: DeserializeOwned;
    /// What one class of viewers may see of a state; `render` gets nothing else. The state itself, where nothing is hidden.
    type Shown: Serialize + DeserializeOwned;

    /// What exists, under a label.
    fn catalog(&self, cx: &Context) -> Catalog;

    /// What a race starts as.
    fn preset(&self, request: &Preset) -> Self::State;

    /// Replaces `preset` where a seed is read or made, and `derived` computed from it.
    ///
    /// # Errors
    /// A fault with a code of the mode's own, where the race cannot start from what was given.
    fn start(&self, request: &Preset) -> Result<Initial<Self::State>, Fault> {
        Ok(Initial::from(self.preset(request)))
    }

    /// One action.
    ///
    /// # Errors
    /// A fault refuses the action; what it did to `state` is thrown away.
    fn update(&self, state: &mut Self::State, action: Self::Action, cx: &Context) -> Result<(), Fault>;

    /// How everybody stands, best first: see [`Standings::ranked`].
    fn standings(&self, state: &Self::State, race: &Race) -> Standings;

    /// All that this class of viewers may see. Nothing else leaves the host.
    fn project(
        &self,
        state: &Self::State,
        standings: Standings,
        viewer: &Viewer,
        race: &Race,
    ) -> Projection<Self::Shown>;

    /// That part of the seed which a projection revealed, ready for clients. Without a seed there is nothing to do.
    ///
    /// # Errors
    /// `no_seed` unless it is written.
    fn reveal(&self, _seed: Value, _reveal: Value, _race: &Race) -> Result<Value, Fault> {
        Err(Fault::new("no_seed", "this mode has no seed to reveal"))
    }

    /// What people see of a projection.
    fn render(&self, shown: &Self::Shown, view: &View) -> Html;

    /// Brings a document of an older `state_version` up to date. Reached only with `export!(…, race, migrate)`.
    ///
    /// # Errors
    /// The default refuses every document as `cannot_migrate`.
    fn migrate(&self, request: MigrateRequest<Value, Value>) -> Result<Initial<Self::State>, Fault> {
        let text = format!("no way from state version {} to this one", request.from);
        Err(Fault::new("cannot_migrate", text))
    }
}

/// What one class of viewers is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection<V> {
    pub view: V,
    pub standings: Standings,
    /// Which part of the seed they may see (4 KB at most), handed to [`RaceMode::reveal`].
    pub reveal: Option<Value>,
}

impl<V> Projection<V> {
    pub fn new(view: V, standings: Standings) -> Self {
        Self { view, standings, reveal: None }
    }

    #[must_use]
    pub fn revealing(mut self, part: impl Into<Value>) -> Self {
        self.reveal = Some(part.into());
        self
    }
}

/// The race around a state: who runs, where it stands, what time it is. Empty while a seed is revealed.
#[derive(Debug)]
pub struct Race<'a> {
    pub participants: &'a [Racer],
    pub status: &'a RaceStatus,
    /// Milliseconds since 1970.
    pub now_ms: i64,
    pub settings: &'a Settings,
    pub(crate) derived: Option<&'a RawValue>,
}

impl Race<'_> {
    /// Milliseconds since the start; `None` before it.
    pub fn elapsed_ms(&self) -> Option<i64> {
        self.status.started_at_ms.map(|start| (self.now_ms - start).max(0))
    }

    /// # Errors
    /// `bad_derived` where it is not a `T`.
    pub fn derived<T: DeserializeOwned>(&self) -> Result<Option<T>, Fault> {
        self.derived.map(|raw| decode(raw.get(), "bad_derived", "derived")).transpose()
    }
}

impl Standings {
    /// Sorts by `key`, least first, and gives places; who has an equal key shares one.
    #[must_use]
    pub fn ranked<K: Ord>(mut standings: Vec<Standing>, key: impl Fn(&Standing) -> K) -> Self {
        standings.sort_by_key(&key);
        let mut place = 1;
        for index in 0..standings.len() {
            if index > 0 && key(&standings[index - 1]) != key(&standings[index]) {
                place = u32::try_from(index + 1).unwrap_or(u32::MAX);
            }
            standings[index].place = place;
        }
        Self { participants: standings, ..Self::default() }
    }
}

impl<T: RaceMode> Plugin<kind::Race> for T {
    type State = <T as RaceMode>::State;
    type Action = <T as RaceMode>::Action;
    type Shown = <T as RaceMode>::Shown;
    const PROJECTS: bool = true;

    fn catalog(&self, cx: &Context) -> Catalog {
        <T as RaceMode>::catalog(self, cx)
    }
    fn start(&self, request: &Preset) -> Result<Initial<Self::State>, Fault> {
        <T as RaceMode>::start(self, request)
    }
    fn update(&self, state: &mut Self::State, action: Self::Action, cx: &Context) -> Result<(), Fault> {
        <T as RaceMode>::update(self, state, action, cx)
    }
    fn render(&self, shown: &Self::Shown, view: &View) -> Html {
        <T as RaceMode>::render(self, shown, view)
    }
    fn migrate(&self, request: MigrateRequest<Value, Value>) -> Result<Initial<Self::State>, Fault> {
        <T as RaceMode>::migrate(self, request)
    }
    fn standings(&self, state: &Self::State, race: &Race) -> Result<Standings, Fault> {
        Ok(<T as RaceMode>::standings(self, state, race))
    }
    fn project(
        &self,
        state: &Self::State,
        standings: Standings,
        viewer: &Viewer,
        race: &Race,
    ) -> Result<Projection<Self::Shown>, Fault> {
        Ok(<T as RaceMode>::project(self, state, standings, viewer, race))
    }
    fn reveal(&self, seed: Value, reveal: Value, race: &Race) -> Result<Value, Fault> {
        <T as RaceMode>::reveal(self, seed, reveal, race)
    }
}
