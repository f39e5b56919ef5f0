#![forbid(unsafe_code)]
//! The Ocarina of Time Randomizer tracker: the item grid that its players know, with the two trade quests step by step, songs,
//! stones and medallions, for one to eight players. It knows names and maxima and no logic.

pub mod action;
pub mod items;
pub mod state;
mod view;

use regie_sdk::{Catalog, Context, Fault, Html, Initial, Preset, Tracker, View};
use serde_json::{Value, json};

use action::Action;
use items::ITEMS;
use state::State;

#[derive(Debug)]
pub struct Ootr;

impl Tracker for Ootr {
    type State = State;
    type Action = Action;

    fn catalog(&self, cx: &Context) -> Catalog {
        let items = ITEMS.iter().map(|item| {
            let levels: Vec<Value> = item
                .levels
                .iter()
                .map(|level| json!({"name": level.name.in_locale(cx.locale), "canonical": level.canonical}))
                .collect();
            json!({"id": item.id, "name": item.name.in_locale(cx.locale), "canonical": item.canonical, "max": item.max,
                "group": item.group.name().in_locale(cx.locale), "levels": levels})
        });
        Catalog::new("Ocarina of Time Randomizer").with("items", items.collect::<Vec<_>>())
    }

    fn preset(&self, _: &Preset) -> State {
        State::default()
    }

    fn start(&self, request: &Preset) -> Result<Initial<State>, Fault> {
        Ok(Initial::from(State { slots: request.by_slot("slots")? }))
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        action::apply(state, &action, cx)
    }

    fn render(&self, state: &State, view: &View) -> Html {
        view::page(state, view)
    }
}

regie_sdk::export!(Ootr);
