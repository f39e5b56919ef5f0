use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::protocol::{Fault, MigrateRequest, Standings};
use crate::{Catalog, Context, Html, Preset, Projection, Race, View, Viewer};

/// What a session starts as. A plain state converts into one.
#[derive(Debug, Clone, PartialEq)]
pub struct Initial<S> {
    pub state: S,
    /// Immutable, 16 KB at most, handed to every hook where the manifest says `reads_derived = true`.
    pub derived: Option<Value>,
    /// A seed that was made from `random`; the host keeps it for good.
    pub seed: Option<Value>,
}

impl<S> From<S> for Initial<S> {
    fn from(state: S) -> Self {
        Self { state, derived: None, seed: None }
    }
}

impl<S> Initial<S> {
    /// # Errors
    /// `bad_derived` where `derived` cannot be JSON (a map whose keys are no strings).
    pub fn with_derived(mut self, derived: &impl Serialize) -> Result<Self, Fault> {
        let json =
            serde_json::to_value(derived).map_err(|error| Fault::new("bad_derived", error.to_string()))?;
        self.derived = Some(json);
        Ok(self)
    }
}

impl<S> Initial<S> {
    /// # Errors
    /// `bad_seed` where `seed` cannot be JSON (a map whose keys are no strings).
    pub fn with_seed(mut self, seed: &impl Serialize) -> Result<Self, Fault> {
        let json = serde_json::to_value(seed).map_err(|error| Fault::new("bad_seed", error.to_string()))?;
        self.seed = Some(json);
        Ok(self)
    }
}

/// Marks which trait a plugin was written against, so that one set of hooks serves all kinds.
pub mod kind {
    pub enum Tracker {}
    pub enum Indices {}
    pub enum Race {}

    /// Kinds whose component exports nothing but the common hooks.
    #[diagnostic::on_unimplemented(message = "a race mode is exported with `export!(…, race)`")]
    pub trait Plain {}
    impl Plain for Tracker {}
    impl Plain for Indices {}

    /// The kind whose component exports `standings`, `project` and `reveal` too.
    #[diagnostic::on_unimplemented(message = "only a `RaceMode` is exported with `export!(…, race)`")]
    pub trait Racing {}
    impl Racing for Race {}
}

macro_rules! author_trait {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// Every function is pure: the same request gives the same answer. There is no clock, no randomness and no
        /// memory between calls besides what the arguments carry.
        pub trait $name {
            /// The document that actions change.
            type State: Serialize + DeserializeOwned + Clone + PartialEq;
            /// What a button or a program sends. One that does not decode is refused as `bad_action`.
            type Action: DeserializeOwned;

            /// What exists, under a label.
            fn catalog(&self, cx: &Context) -> Catalog;

            /// What a session starts as.
            fn preset(&self, request: &Preset) -> Self::State;

            /// Replaces `preset` where there is more to it: derived data, a seed or template that may be refused.
            ///
            /// # Errors
            /// A fault with a code of the plugin's own, where the session cannot start from what was given.
            fn start(&self, request: &Preset) -> Result<Initial<Self::State>, Fault> {
                Ok(Initial::from(self.preset(request)))
            }

            /// One action. Whether it changed anything is found by comparing; what a refused one did to `state` is
            /// thrown away.
            ///
            /// # Errors
            /// A fault refuses the action: the person is shown its message, nobody else sees anything.
            fn update(&self, state: &mut Self::State, action: Self::Action, cx: &Context) -> Result<(), Fault>;

            /// What people see. See [`crate::html`] for what the host lets pass.
            fn render(&self, state: &Self::State, view: &View) -> Html;

            /// Brings a document of an older `state_version` up to date. Reached only with `export!(…, migrate)`.
            ///
            /// # Errors
            /// The default refuses every document as `cannot_migrate`.
            fn migrate(&self, request: MigrateRequest<Value, Value>) -> Result<Initial<Self::State>, Fault> {
                let text = format!("no way from state version {} to this one", request.from);
                Err(Fault::new("cannot_migrate", text))
            }
        }

        impl<T: $name> Plugin<kind::$name> for T {
            type State = <T as $name>::State;
            type Action = <T as $name>::Action;
            type Shown = <T as $name>::State;

            fn catalog(&self, cx: &Context) -> Catalog {
                <T as $name>::catalog(self, cx)
            }
            fn start(&self, request: &Preset) -> Result<Initial<Self::State>, Fault> {
                <T as $name>::start(self, request)
            }
            fn update(&self, state: &mut Self::State, action: Self::Action, cx: &Context) -> Result<(), Fault> {
                <T as $name>::update(self, state, action, cx)
            }
            fn render(&self, state: &Self::State, view: &View) -> Html {
                <T as $name>::render(self, state, view)
            }
            fn migrate(&self, request: MigrateRequest<Value, Value>) -> Result<Initial<Self::State>, Fault> {
                <T as $name>::migrate(self, request)
            }
        }
    };
}

author_trait! {
    /// What a participant has and has done: items, counters, progress.
    Tracker
}

author_trait! {
    /// A sheet of hints. Its seed is the template that was chosen, if any; the host's form for lines of text sends
    /// `{"category":"always","lines":["Batreaux 50 | Beetle"]}`.
    Indices
}

/// What the hooks drive. Implemented for everything that is a [`Tracker`], [`Indices`] or [`crate::RaceMode`]; the marker only tells
/// them apart.
pub trait Plugin<Kind> {
    type State: Serialize + DeserializeOwned + Clone + PartialEq;
    type Action: DeserializeOwned;
    /// What `render` draws: the state, or what `project` left of it.
    type Shown: Serialize + DeserializeOwned;
    /// Whether `project` comes before `render`.
    const PROJECTS: bool = false;

    fn catalog(&self, cx: &Context) -> Catalog;
    /// # Errors
    /// As [`Tracker::start`].
    fn start(&self, request: &Preset) -> Result<Initial<Self::State>, Fault>;
    /// # Errors
    /// As [`Tracker::update`].
    fn update(&self, state: &mut Self::State, action: Self::Action, cx: &Context) -> Result<(), Fault>;
    fn render(&self, shown: &Self::Shown, view: &View) -> Html;
    /// # Errors
    /// As [`Tracker::migrate`].
    fn migrate(&self, request: MigrateRequest<Value, Value>) -> Result<Initial<Self::State>, Fault>;

    /// # Errors
    /// `no_race` where this is no race mode.
    fn standings(&self, _: &Self::State, _: &Race) -> Result<Standings, Fault> {
        Err(no_race())
    }
    /// # Errors
    /// As [`Plugin::standings`].
    fn project(
        &self,
        _: &Self::State,
        _: Standings,
        _: &Viewer,
        _: &Race,
    ) -> Result<Projection<Self::Shown>, Fault> {
        Err(no_race())
    }
    /// # Errors
    /// As [`Plugin::standings`], or what the mode refuses.
    fn reveal(&self, _: Value, _: Value, _: &Race) -> Result<Value, Fault> {
        Err(no_race())
    }
}

fn no_race() -> Fault {
    Fault::new("no_race", "this plugin is no race mode")
}
