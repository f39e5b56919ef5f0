//! A race mode: whoever has enough points first. Start here, run `cargo test`, then `regie plugin build .`.

use std::collections::BTreeMap;

use maud::html;
use regie_sdk::{
    Catalog, Context, Effect, Fault, Html, Preset, Projection, Race, RaceMode, Standing, Standings,
    View, Viewer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most a race can be about.
const MOST: u32 = 99;

/// The document: points by slot. Who has none is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    goal: u32,
    scores: BTreeMap<u32, Score>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Score {
    points: u32,
    /// When the last one came: of two with as many, the earlier is ahead.
    at_ms: i64,
}

impl State {
    fn score(&self, slot: u32) -> Score {
        self.scores.get(&slot).copied().unwrap_or_default()
    }
}

/// What people, players' games and the host send.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Action {
    /// A button: `{"type":"point","slot":1,"by":1}`.
    #[serde(rename = "point")]
    Point { slot: u32, by: i32 },
    /// The form: `{"type":"goal","fields":{"points":"5"}}`.
    #[serde(rename = "goal")]
    Goal { fields: Fields },
    /// The race starts, or is made ready for another start.
    #[serde(rename = "host:start", alias = "host:reset")]
    Start,
}

/// A form's fields, by the names of its inputs. They are always text.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fields {
    points: String,
}

pub struct Plugin;

impl RaceMode for Plugin {
    type State = State;
    type Action = Action;
    /// Nothing is hidden here. A mode with secrets names a smaller type, and `project` fills it.
    type Shown = State;

    fn catalog(&self, _: &Context) -> Catalog {
        Catalog::new("{{title}}")
    }

    fn preset(&self, request: &Preset) -> State {
        let goal = request
            .settings
            .get("points")
            .and_then(Value::as_u64)
            .unwrap_or(3);
        State {
            goal: u32::try_from(goal).unwrap_or(MOST).clamp(1, MOST),
            scores: BTreeMap::new(),
        }
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        match action {
            Action::Start => state.scores.clear(),
            Action::Goal { fields } => {
                let goal = fields
                    .points
                    .trim()
                    .parse()
                    .ok()
                    .filter(|goal| (1..=MOST).contains(goal));
                state.goal = goal.ok_or_else(|| {
                    Fault::new("bad_goal", format!("a number from 1 to {MOST}"))
                        .at("action.fields.points")
                })?;
                cx.words(format!("{} points win", state.goal));
            }
            Action::Point { slot, by } => {
                let racer = cx
                    .participants()
                    .iter()
                    .find(|one| one.slot == slot)
                    .ok_or_else(|| {
                        Fault::new("unknown_slot", format!("nobody plays in slot {slot}"))
                            .at("action.slot")
                    })?;
                let before = state.score(slot).points;
                let points = before.saturating_add_signed(by).min(state.goal);
                if points != before {
                    state.scores.insert(
                        slot,
                        Score {
                            points,
                            at_ms: cx.now_ms(),
                        },
                    );
                    cx.words(format!("{} {before} → {points}", racer.label));
                }
                if points == state.goal && before < state.goal {
                    cx.effect(Effect::Finished { participant: slot });
                }
            }
        }
        Ok(())
    }

    fn standings(&self, state: &State, race: &Race) -> Standings {
        let standing = |slot: u32, status: &str| Standing {
            participant: slot,
            status: status.into(),
            progress: f64::from(state.score(slot).points),
            ..Standing::default()
        };
        let all = race
            .participants
            .iter()
            .map(|racer| standing(racer.slot, &racer.status))
            .collect();
        Standings::ranked(all, |standing| {
            let score = state.score(standing.participant);
            (std::cmp::Reverse(score.points), score.at_ms)
        })
    }

    fn project(
        &self,
        state: &State,
        standings: Standings,
        _: &Viewer,
        _: &Race,
    ) -> Projection<State> {
        Projection::new(state.clone(), standings)
    }

    fn render(&self, state: &State, view: &View) -> Html {
        let mut order: Vec<_> = view
            .shown()
            .map(|one| (one, state.score(one.slot)))
            .collect();
        order.sort_by_key(|(_, score)| (std::cmp::Reverse(score.points), score.at_ms));
        html! {
            div class="race" {
                p class="goal" { (state.goal) " " (view.t("points win", "points gagnent")) }
                ol class="places" {
                    @for (index, (participant, score)) in order.iter().enumerate() {
                        li class=(if score.points == state.goal { "place won" } else { "place" }) data-key=(participant.slot) {
                            span class="rank" { (index + 1) }
                            span class="who" { (participant.label) }
                            (points(participant.slot, &participant.label, *score, view))
                        }
                    }
                }
                @if view.can_edit { (goal(state, view)) }
            }
        }
    }
}

/// A button where the person may act, the same picture where not. Its name says the state.
fn points(slot: u32, label: &str, score: Score, view: &View) -> Html {
    let action = |by| Action::Point { slot, by };
    view.button(format!("{label}, {} points", score.points))
        .class("points")
        .key("points")
        .act(action(1))
        .alt(action(-1))
        .body(html! { (score.points) })
}

fn goal(state: &State, view: &View) -> Html {
    let name = view.t("Points that win", "Points qui gagnent");
    html! {
        form class="edit" data-key="goal" data-do=(json!({ "type": "goal" })) {
            input name="points" type="number" min="1" max=(MOST) value=(state.goal) aria-label=(name);
            button type="submit" { (view.t("Set", "Fixer")) }
        }
    }
}

regie_sdk::export!(Plugin, race);

#[cfg(test)]
mod tests {
    use regie_sdk::testing::Kit;

    use super::*;

    fn race() -> Kit<Plugin, regie_sdk::kind::Race> {
        Kit::new(Plugin)
            .participants(["Alice", "Bob", "Chloé"])
            .start()
    }

    #[test]
    fn who_has_enough_points_has_finished() {
        let mut kit = race();
        kit.click("live", "Bob, 0 points");
        kit.click("live", "Bob, 1 points");
        let last = kit.click("live", "Bob, 2 points");
        assert_eq!(last.effects, [Effect::Finished { participant: 2 }]);
        assert!(!kit.click("live", "Bob, 3 points").changed);
    }

    #[test]
    fn of_two_with_as_many_points_the_earlier_is_ahead_and_none_share_a_place() {
        let mut kit = race();
        for slot in [2, 1] {
            kit.change(json!({"type": "point", "slot": slot, "by": 1}));
        }
        let standings = kit.standings().unwrap().participants;
        let places: Vec<_> = standings
            .iter()
            .map(|one| (one.participant, one.place))
            .collect();
        assert_eq!(places, [(2, 1), (1, 2), (3, 3)]);
    }

    #[test]
    fn a_start_clears_the_points_and_the_form_sets_the_goal() {
        let mut kit = race();
        kit.change(json!({"type": "point", "slot": 1, "by": 2}));
        kit.change(json!({"type": "host:start"}));
        kit.change(json!({"type": "goal", "fields": {"points": " 5 "}}));
        assert_eq!(kit.state, json!({"goal": 5, "scores": {}}));
        assert_eq!(
            kit.refusal(json!({"type": "goal", "fields": {"points": "many"}}))
                .code,
            "bad_goal"
        );
        assert_eq!(
            kit.refusal(json!({"type": "point", "slot": 9, "by": 1}))
                .code,
            "unknown_slot"
        );
    }

    #[test]
    fn no_action_breaks_it() {
        let goal = json!({"type": "goal", "fields": {"points": "7"}});
        race().assert_total(
            &[
                json!({"type": "point", "slot": 1, "by": 1}),
                goal,
                json!({"type": "host:reset"}),
            ],
            300,
        );
    }

    #[test]
    fn viewers_get_no_buttons() {
        let page = race().viewer().page("overlay:default");
        assert_eq!(page.buttons().count(), 0);
    }
}
