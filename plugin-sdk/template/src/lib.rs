//! A tracker of three items: start here, run `cargo test`, then `regie plugin build .` and drop it.

use std::collections::BTreeMap;

use maud::html;
use regie_sdk::{Catalog, Context, Fault, Html, Preset, Tracker, View, html as blocks};
use serde::{Deserialize, Serialize};

/// What the tracker knows of. The key goes into documents: never change one that was published.
struct Item {
    key: &'static str,
    en: &'static str,
    fr: &'static str,
    max: u32,
}

const ITEMS: &[Item] = &[
    Item {
        key: "sword",
        en: "Sword",
        fr: "Épée",
        max: 3,
    },
    Item {
        key: "lantern",
        en: "Lantern",
        fr: "Lanterne",
        max: 1,
    },
    Item {
        key: "shell",
        en: "Shells",
        fr: "Coquillages",
        max: 20,
    },
];

/// The document: for each participant's slot, how many of which item. An item that is missing counts 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    slots: BTreeMap<u32, BTreeMap<String, u32>>,
}

impl State {
    fn count(&self, slot: u32, key: &str) -> u32 {
        self.slots
            .get(&slot)
            .and_then(|items| items.get(key))
            .copied()
            .unwrap_or(0)
    }
}

/// What a button sends: `{"item":"sword","slot":1,"step":1}`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Action {
    item: String,
    slot: u32,
    step: i32,
}

pub struct Plugin;

impl Tracker for Plugin {
    type State = State;
    type Action = Action;

    fn catalog(&self, cx: &Context) -> Catalog {
        let names: BTreeMap<_, _> = ITEMS
            .iter()
            .map(|item| (item.key, cx.t(item.en, item.fr)))
            .collect();
        Catalog::new("{{title}}").with("items", names)
    }

    fn preset(&self, _: &Preset) -> State {
        State::default()
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        let item = ITEMS
            .iter()
            .find(|item| item.key == action.item)
            .ok_or_else(|| {
                Fault::new(
                    "unknown_item",
                    format!("there is no item {:?}", action.item),
                )
                .at("action.item")
            })?;
        if !cx
            .participants()
            .iter()
            .any(|participant| participant.slot == action.slot)
        {
            let text = format!("nobody plays in slot {}", action.slot);
            return Err(Fault::new("unknown_slot", text).at("action.slot"));
        }
        let count = state.count(action.slot, item.key);
        let next = count.saturating_add_signed(action.step).min(item.max);
        // A click beyond an end changes nothing; it is no mistake.
        if next != count {
            cx.words(format!("{} {count} → {next}", item.en));
            state
                .slots
                .entry(action.slot)
                .or_default()
                .insert(action.item, next);
        }
        Ok(())
    }

    fn render(&self, state: &State, view: &View) -> Html {
        html! {
            div class="players" {
                @for participant in view.shown() {
                    section class="player" data-key=(participant.slot) aria-label=(participant.label) {
                        h3 class="label" { (participant.label) }
                        div class="grid" {
                            @for item in ITEMS { (cell(item, participant.slot, state, view)) }
                        }
                    }
                }
            }
        }
    }
}

fn cell(item: &Item, slot: u32, state: &State, view: &View) -> Html {
    let count = state.count(slot, item.key);
    let name = view.t(item.en, item.fr);
    let step = |step| Action {
        item: item.key.into(),
        slot,
        step,
    };
    view.button(format!(
        "{name}, {count} {} {}",
        view.t("of", "sur"),
        item.max
    ))
    .class(if count == 0 {
        "item off"
    } else if count == item.max {
        "item done"
    } else {
        "item"
    })
    .key(item.key)
    .act(step(1))
    .alt(step(-1))
    .body(html! { span class="word" { (name) } @if item.max > 1 { (blocks::plate(count)) } })
}

regie_sdk::export!(Plugin);

#[cfg(test)]
mod tests {
    use regie_sdk::testing::Kit;
    use serde_json::json;

    use super::*;

    #[test]
    fn clicks_count_up_to_the_maximum_and_back() {
        let mut kit = Kit::new(Plugin).participants(["Alice", "Bob"]).start();
        kit.slot = Some(2);
        assert!(kit.click("live", "Sword, 0 of 3").changed);
        assert!(kit.click("live", "Sword, 1 of 3").changed);
        assert!(kit.click_alt("live", "Sword, 2 of 3").changed);
        assert!(
            !kit.act(json!({"item": "lantern", "slot": 1, "step": -1}))
                .changed
        );
        assert_eq!(kit.state["slots"]["2"]["sword"], 1);
    }

    #[test]
    fn unknown_items_and_slots_are_refused() {
        let mut kit = Kit::new(Plugin).start();
        assert_eq!(
            kit.refusal(json!({"item": "boat", "slot": 1, "step": 1}))
                .code,
            "unknown_item"
        );
        assert_eq!(
            kit.refusal(json!({"item": "sword", "slot": 9, "step": 1}))
                .code,
            "unknown_slot"
        );
    }

    #[test]
    fn no_action_breaks_it() {
        let mut kit = Kit::new(Plugin).start();
        kit.assert_total(&[json!({"item": "shell", "slot": 1, "step": 1})], 300);
    }

    #[test]
    fn viewers_get_no_buttons() {
        let page = Kit::new(Plugin).viewer().start().page("overlay:default");
        assert_eq!(page.buttons().count(), 0);
        assert_eq!(page.named("Shells, 0 of 20").len(), 1);
    }
}
