#![forbid(unsafe_code)]
//! Race mode: runners find their way through a generated graph of places in layers, from one start to one end.
//!
//! It knows where everybody was and when, in in-game time; it has no clock of its own and no idea of the game.

pub mod action;
pub mod facts;
pub mod generate;
pub mod graph;
pub mod map;
pub mod project;
pub mod random;
pub mod ranks;
pub mod reveal;
pub mod rules;
pub mod shown;
pub mod state;
pub mod view;

use regie_sdk::{
    Catalog, Context, Fault, Html, Initial, Preset, Projection, Race, RaceMode, Standings, View, Viewer,
};
use serde_json::{Value, json};

use action::Action;
use facts::{Derived, Facts};
use generate::Wish;
use graph::Graph;
use random::Random;
use ranks::Table;
use shown::Shown;
use state::{Runner, State};

#[derive(Debug)]
pub struct Dag;

impl RaceMode for Dag {
    type State = State;
    type Action = Action;
    type Shown = Shown;

    fn catalog(&self, cx: &Context) -> Catalog {
        Catalog::new(cx.t("Layered graph race", "Course dans un graphe en couches"))
    }

    fn preset(&self, request: &Preset) -> State {
        let runners = request.participants.iter().map(|one| (one.slot, Runner::default()));
        State { runners: runners.collect(), ..State::default() }
    }

    fn start(&self, request: &Preset) -> Result<Initial<State>, Fault> {
        let given: Option<Graph> = request.seed()?;
        let made = given.is_none();
        let graph = given.unwrap_or_else(|| generate::generate(request.random, &Wish::of(request.settings)));
        graph::check(&graph)?;
        let (here, rest) = Facts::of(&graph, json!(map::layout(&graph))).split();
        let salt = format!("{:016x}", Random::of(request.random, "salt").draw());
        let state = State { facts: rest, ..self.preset(request) };
        let mut initial = Initial::from(state).with_derived(&Derived { salt, facts: here })?;
        initial.seed = made.then(|| json!(graph));
        Ok(initial)
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        rules::update(state, &action, cx)
    }

    fn standings(&self, state: &State, race: &Race) -> Standings {
        let core = facts::or_log(facts::core(race, state.facts.as_ref()));
        Table::of(state, &core, race, None).standings(&core)
    }

    fn project(
        &self,
        state: &State,
        standings: Standings,
        viewer: &Viewer,
        race: &Race,
    ) -> Projection<Shown> {
        project::project(state, standings, viewer, race)
    }

    fn reveal(&self, seed: Value, part: Value, race: &Race) -> Result<Value, Fault> {
        reveal::reveal(seed, part, race.derived::<Derived>()?.as_ref())
    }

    fn render(&self, shown: &Shown, view: &View) -> Html {
        view::render(shown, view)
    }
}

regie_sdk::export!(Dag, race);
