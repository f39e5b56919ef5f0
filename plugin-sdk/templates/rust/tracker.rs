//! A tracker of three items and a note: start here, run `cargo test`, then `regie plugin dev .` and look at it.

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

/// The document: what each participant has, by slot. What is missing counts 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    slots: BTreeMap<u32, Player>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Player {
    items: BTreeMap<String, u32>,
    #[serde(default)]
    note: String,
}

impl State {
    fn count(&self, slot: u32, key: &str) -> u32 {
        self.slots
            .get(&slot)
            .and_then(|player| player.items.get(key))
            .copied()
            .unwrap_or(0)
    }
}

/// What people send: anything else is refused before it reaches `update`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Action {
    /// A button: `{"item":"sword","slot":1,"step":1}`.
    Step { item: String, slot: u32, step: i32 },
    /// The form: `{"note":1,"fields":{"text":"dungeon 3"}}`, with the slot.
    Note { note: u32, fields: Fields },
}

/// A form's fields, by the names of its inputs. They are always text.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fields {
    text: String,
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
        match action {
            Action::Step { item, slot, step } => {
                let item = ITEMS.iter().find(|one| one.key == item).ok_or_else(|| {
                    Fault::new("unknown_item", format!("there is no item {item:?}"))
                        .at("action.item")
                })?;
                plays(slot, cx)?;
                let count = state.count(slot, item.key);
                let next = count.saturating_add_signed(step).min(item.max);
                // A click beyond an end changes nothing; it is no mistake.
                if next != count {
                    cx.words(format!("{} {count} → {next}", item.en));
                    state
                        .slots
                        .entry(slot)
                        .or_default()
                        .items
                        .insert(item.key.into(), next);
                }
            }
            Action::Note { note: slot, fields } => {
                plays(slot, cx)?;
                let text: String = fields.text.trim().chars().take(60).collect();
                cx.words(format!("note: {text}"));
                state.slots.entry(slot).or_default().note = text;
            }
        }
        Ok(())
    }

    fn render(&self, state: &State, view: &View) -> Html {
        html! {
            div class="players" {
                @for participant in view.shown() {
                    section data-key=(participant.slot) aria-label=(participant.label) {
                        h3 class="label" { (participant.label) }
                        div class="grid" {
                            @for item in ITEMS { (cell(item, participant.slot, state, view)) }
                        }
                        @if view.flag("show_notes", true) { (note(participant.slot, state, view)) }
                    }
                }
            }
        }
    }
}

fn plays(slot: u32, cx: &Context) -> Result<(), Fault> {
    if cx
        .participants()
        .iter()
        .any(|participant| participant.slot == slot)
    {
        return Ok(());
    }
    Err(Fault::new("unknown_slot", format!("nobody plays in slot {slot}")).at("action.slot"))
}

/// A button where the person may act, the same picture where not. Its name says the state.
fn cell(item: &Item, slot: u32, state: &State, view: &View) -> Html {
    let count = state.count(slot, item.key);
    let name = view.t(item.en, item.fr);
    let step = |step| Action::Step {
        item: item.key.into(),
        slot,
        step,
    };
    let class = match count {
        0 => "item off",
        _ if count == item.max => "item done",
        _ => "item",
    };
    view.button(format!(
        "{name}, {count} {} {}",
        view.t("of", "sur"),
        item.max
    ))
    .class(class)
    .key(item.key)
    .act(step(1))
    .alt(step(-1))
    .body(html! { span class="word" { (name) } @if item.max > 1 { (blocks::plate(count)) } })
}

/// What crews wrote, and the form they write it with.
fn note(slot: u32, state: &State, view: &View) -> Html {
    let text = state.slots.get(&slot).map_or("", |player| &player.note);
    let action = serde_json::json!({ "note": slot }).to_string();
    html! {
        @if !text.is_empty() { p class="note" data-key="note" { (text) } }
        @if view.can_edit {
            form class="edit" data-key="edit" data-do=(action) {
                input name="text" type="text" maxlength="60" value=(text) aria-label=(view.t("Note", "Note"));
                button type="submit" { (view.t("Write", "Écrire")) }
            }
        }
    }
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
        assert_eq!(kit.state["slots"]["2"]["items"]["sword"], 1);
    }

    #[test]
    fn a_note_is_shown_to_everybody() {
        let mut kit = Kit::new(Plugin).start();
        kit.change(json!({"note": 1, "fields": {"text": " dungeon <3> "}}));
        assert!(kit.page("overlay:default").text().contains("dungeon <3>"));
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
        let note = json!({"note": 1, "fields": {"text": "x"}});
        kit.assert_total(&[json!({"item": "shell", "slot": 1, "step": 1}), note], 300);
    }

    #[test]
    fn viewers_get_no_buttons() {
        let page = Kit::new(Plugin).viewer().start().page("overlay:default");
        assert_eq!(page.buttons().count(), 0);
        assert_eq!(page.named("Shells, 0 of 20").len(), 1);
    }
}
