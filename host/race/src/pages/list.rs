//! `/races`: what runs, what comes, what was.

use maud::{Markup, html};
use regie_core::Actor;
use regie_pages::{Page, Statics, Words, bar};

use super::{
    room::status,
    time::{clock, time},
};
use crate::model::{Race, RaceStatus};

/// A race that the visitor may find in the list.
pub struct Listed<'a> {
    pub race: &'a Race,
    /// What people call the mode.
    pub mode: String,
    /// Names of those on the first place of a race that is over, with their in-game time.
    pub winners: Vec<String>,
    pub winning_ms: Option<u64>,
}

/// `races` in any order; `now_ms`: the server's clock.
pub fn list(
    words: Words,
    statics: &Statics,
    nonce: &str,
    actor: &Actor,
    races: &[Listed<'_>],
    now_ms: i64,
) -> Markup {
    let of = |wanted: &[RaceStatus]| -> Vec<&Listed<'_>> {
        races.iter().filter(|listed| wanted.contains(&listed.race.status)).collect()
    };
    let running = of(&[RaceStatus::Countdown, RaceStatus::Running]);
    let mut coming = of(&[RaceStatus::Draft, RaceStatus::Open]);
    // Those without a time start when all are ready: after the others.
    coming.sort_by(|a, b| {
        let at = |listed: &Listed<'_>| {
            (listed.race.scheduled_start.is_none(), listed.race.scheduled_start.clone())
        };
        at(a).cmp(&at(b))
    });
    let mut past = of(&[RaceStatus::Finished]);
    past.sort_by(|a, b| b.race.finished_at.cmp(&a.race.finished_at));
    let actions = html! {
        @if actor.is_anonymous() {
            a class="rg-button" href="/app/login?next=/races" { (words.get("sign_in")) }
        } @else {
            a class="rg-button rg-primary" href="/race/new" { (words.get("race.new")) }
        }
    };
    let main = html! {
        (bar(words, "/races", words.get("races"), &actions))
        main class="rg-races" {
            @if races.is_empty() {
                div class="rg-empty" {
                    p { (words.get("race.none_yet")) }
                    p { (words.get("race.none_yet_hint")) }
                }
            }
            (group(words, "race.list_running", &running))
            (group(words, "race.list_coming", &coming))
            (group(words, "race.list_past", &past))
        }
    };
    Page {
        host_css: vec![&statics.page_css, &statics.race_css],
        further: vec![&statics.race_js],
        nonce,
        data: serde_json::json!({ "now": now_ms, "words": words.below("race.runtime.") }),
        ..Page::still(words, words.get("races"), &statics.page_css, main)
    }
    .markup()
}

fn group(words: Words, heading: &'static str, races: &[&Listed<'_>]) -> Markup {
    html! {
        @if !races.is_empty() {
            section {
                h2 { (words.get(heading)) }
                ul class="rg-cards" { @for listed in races { (card(words, listed)) } }
            }
        }
    }
}

fn card(words: Words, listed: &Listed<'_>) -> Markup {
    let race = listed.race;
    let people = race.participants.len();
    html! {
        li class={ "rg-card rg-is-" (race.status.as_str()) } {
            h3 { a href={ "/race/" (race.id) } { (race.name) } }
            p class="rg-state" { span class="rg-lamp" aria-hidden="true" {} (words.get(status(race.status))) }
            @match race.status {
                RaceStatus::Draft | RaceStatus::Open => p class="rg-more" {
                    @match &race.scheduled_start {
                        Some(at) => { (words.get("race.starts")) " " (time(at)) },
                        None => (words.get("race.starts_ready")),
                    }
                },
                RaceStatus::Finished => {
                    @if !listed.winners.is_empty() {
                        p class="rg-winner" {
                            (words.get("race.winner")) " " strong { (listed.winners.join(", ")) }
                            @if let Some(ms) = listed.winning_ms { " · " (clock(ms)) }
                        }
                    }
                    @if let Some(at) = &race.finished_at { p class="rg-more" { (words.get("race.ended")) " " (time(at)) } }
                },
                _ => @if let Some(at) = &race.started_at { p class="rg-more" { (words.get("race.since")) " " (time(at)) } },
            }
            p class="rg-more" {
                (listed.mode) " · "
                @if race.status == RaceStatus::Open { (people) "/" (race.config.max_participants) } @else { (people) }
                " " (words.get(if people == 1 { "race.player" } else { "race.players" }))
            }
        }
    }
}
