#![forbid(unsafe_code)]
//! The Skyward Sword Randomizer tracker: what one to eight players hold, how far their dungeons are, and whether they are in
//! go mode. It knows no rules of the game beyond names and maxima: what is reachable is another program's business.

pub mod action;
pub mod items;
pub mod state;
mod view;

use regie_sdk::{Catalog, Context, Fault, Html, Initial, Preset, Tracker, View};
use serde_json::{Value, json};

use action::Action;
use items::{COMPOSITES, DUNGEONS, GRATITUDE, GRATITUDE_MAX, GRATITUDE_NAME, ITEMS};
use state::State;

#[derive(Debug)]
pub struct Ssr;

impl Tracker for Ssr {
    type State = State;
    type Action = Action;

    fn catalog(&self, cx: &Context) -> Catalog {
        let items: Vec<Value> = ITEMS
            .iter()
            .map(|item| {
                let tiers: Vec<_> = item.tiers.iter().map(|tier| tier.in_locale(cx.locale)).collect();
                json!({"id": item.id, "name": item.name.in_locale(cx.locale), "canonical": item.canonical, "max": item.max,
                    "group": item.group.name().in_locale(cx.locale), "tiers": tiers})
            })
            .collect();
        let composites: Vec<Value> = COMPOSITES
            .iter()
            .map(|one| json!({"id": one.id, "name": one.name.in_locale(cx.locale), "parts": one.parts}))
            .chain([
                json!({"id": GRATITUDE, "name": GRATITUDE_NAME.in_locale(cx.locale), "max": GRATITUDE_MAX}),
            ])
            .collect();
        let dungeons: Vec<Value> = DUNGEONS
            .iter()
            .map(|one| json!({"code": one.code, "name": one.name.in_locale(cx.locale), "keys": one.keys, "boss_key": one.boss_key}))
            .collect();
        Catalog::new("Skyward Sword Randomizer")
            .with("items", items)
            .with("composites", composites)
            .with("dungeons", dungeons)
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

regie_sdk::export!(Ssr);
