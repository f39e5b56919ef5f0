//! What people see: the board with everybody's marks, and the leaderboard.

use maud::html;
use regie_sdk::{Html, Participant, Standing, View};

use crate::action::Action;
use crate::board::Rule;
use crate::shown::Shown;

pub fn render(shown: &Shown, view: &View) -> Html {
    match view.surface {
        "overlay:board" => html! { div class="bingo air" { (board(shown, view)) } },
        "overlay:leaderboard" | "panel" => html! { div class="bingo air" { (leaderboard(shown, view)) } },
        _ => html! {
            div class="bingo live" {
                (board(shown, view))
                (leaderboard(shown, view))
            }
        },
    }
}

fn board(shown: &Shown, view: &View) -> Html {
    let Some(goals) = &shown.goals else {
        return html! { p class="hidden" { (view.t("The board is shown at the start", "La grille s’affiche au départ")) } };
    };
    html! {
        div class="board" role="group" aria-label=(view.t("Board", "Grille")) style={ "--columns: " (shown.width) } {
            @for (square, goal) in goals.iter().enumerate() { (cell(shown, view, square, goal)) }
        }
    }
}

/// A square, with the badges of those who have it; a button for a player whose it may become.
fn cell(shown: &Shown, view: &View, square: usize, goal: &str) -> Html {
    let owners: Vec<_> = view
        .shown()
        .filter(|one| shown.marks.get(&one.slot).is_some_and(|marks| marks.contains(&square)))
        .collect();
    let own = owners.iter().any(|one| Some(one.slot) == shown.me);
    let taken = shown.shared && !owners.is_empty() && !own;
    let names = owners.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join(", ");
    let name = if owners.is_empty() {
        format!("{goal}, {}", view.t("open", "libre"))
    } else {
        format!("{goal}, {}", view.t("done by", "fait par").to_owned() + " " + &names)
    };
    let colour = owners.first().filter(|_| shown.shared).map(|one| colour(one.slot));
    let class = match (own, owners.is_empty()) {
        (true, _) => "cell own",
        (false, false) => "cell done",
        (false, true) => "cell",
    };
    let action = if own { Action::Unmark { square } } else { Action::Mark { square, igt_ms: None } };
    let body = html! {
        span class="goal" { (goal) }
        span class="badges" aria-hidden="true" { @for one in &owners { (badge(one)) } }
    };
    html! {
        div class="square" data-key=(square) style=[colour.map(|n| format!("--owner: var(--c{n})"))] {
            (view.button(name).class(class).act_where(shown.may_mark && !taken, action).body(body))
        }
    }
}

/// A letter on a colour: neither stands alone.
fn badge(one: &Participant) -> Html {
    let letter = one.label.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
    html! {
        span class="badge" style={ "--own: var(--c" (colour(one.slot)) ")" } {
            (letter.unwrap_or_else(|| one.slot.to_string()))
        }
    }
}

fn colour(slot: u32) -> u32 {
    slot.saturating_sub(1) % 8
}

fn leaderboard(shown: &Shown, view: &View) -> Html {
    html! {
        div class="ranks" {
            p class="rule" { (rule(shown, view)) }
            ol class="rows" {
                @for standing in &shown.ranks {
                    @if let Some(one) = view.shown().find(|one| one.slot == standing.participant) {
                        (row(shown, view, standing, one))
                    }
                }
            }
        }
    }
}

fn row(shown: &Shown, view: &View, standing: &Standing, one: &Participant) -> Html {
    let class = if Some(one.slot) == shown.me { "row me" } else { "row" };
    let time = standing.igt_ms.filter(|_| standing.status == "finished").map(clock);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of squares or lines"
    )]
    let progress = standing.progress.max(0.0) as usize;
    html! {
        li class=(class) data-key=(one.slot) data-x-status=(standing.status) {
            span class="place" { (standing.place) }
            (badge(one))
            span class="who" { (one.label) }
            @if let Some(time) = time {
                span class="figure" { (time) }
            } @else if let Some(word) = ended(&standing.status, view) {
                span class="figure quiet" { (word) }
            } @else {
                span class="figure" {
                    (progress) @if shown.rule != Rule::Lockout { "/" (shown.goal) }
                }
            }
        }
    }
}

fn ended(status: &str, view: &View) -> Option<&'static str> {
    Some(match status {
        "abandoned" => view.t("out", "abandon"),
        "disqualified" => view.t("disqualified", "disqualifié"),
        "ready" => view.t("ready", "prêt"),
        "registered" => view.t("not ready", "pas prêt"),
        _ => return None,
    })
}

fn rule(shown: &Shown, view: &View) -> String {
    match (shown.rule, shown.goal) {
        (Rule::Lines, 1) => view.t("One line wins", "Une ligne gagne").into(),
        (Rule::Lines, goal) => format!("{goal} {}", view.t("lines win", "lignes gagnent")),
        (Rule::Blackout, _) => view.t("The whole board", "Toute la grille").into(),
        (Rule::Lockout, _) => view.t("Most squares win", "Le plus de cases gagne").into(),
    }
}

/// `1:02:03`
fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_has_hours_minutes_and_seconds() {
        assert_eq!([clock(0), clock(3_723_999)], ["0:00:00", "1:02:03"]);
    }

    #[test]
    fn actions_are_what_buttons_carry() {
        let mark = serde_json::to_value(Action::Mark { square: 3, igt_ms: None }).unwrap();
        assert_eq!(mark, json!({"type": "mark", "square": 3}));
    }
}
