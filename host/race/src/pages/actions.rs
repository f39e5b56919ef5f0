//! What this visitor may do in the race, and which picture they see of it.

use maud::{Markup, html};

use super::race::RacePage;
use crate::{
    Who,
    class::DELAYS,
    model::{PublicView, RaceStatus},
};

/// A part of the page that is the visitor's own: it comes with the page, and is fetched with it again.
pub fn actions(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, me, .. } = page;
    let own = doing(page);
    let viewing = viewing(page);
    let hint = hint(page);
    html! {
        section class="rg-panel rg-own" data-rg-part="own" aria-label=(words.get("race.own"))
            hidden[own.0.is_empty() && viewing.0.is_empty() && hint.is_none()] {
            @if let Some(hint) = hint { p class="rg-more" { (words.get(hint)) } }
            (own)
            @if me.can("abandon") { (abandon(page)) }
            (viewing)
            p class="rg-said" role="alert" {}
            @if race.status == RaceStatus::Open && page.actor.is_anonymous() {
                p class="rg-more" {
                    a href={ "/app/login?next=" (page.path()) } { (words.get("race.sign_in_to_join")) }
                }
            }
        }
    }
}

/// Buttons in the order of a race's course; the next step is the primary one.
fn doing(page: &RacePage<'_>) -> Markup {
    let RacePage { words, me, .. } = page;
    let api = format!("/api/races/{}", page.race.id);
    let primary = ["begin", "ready", "join"].into_iter().find(|act| me.can(act));
    let post = |act: &'static str, word: &'static str| {
        html! {
            @if me.can(act) {
                form method="post" action={ (api) "/" (act) } data-rg-post {
                    button class={ "rg-button" @if primary == Some(act) { " rg-primary" } } id={ "rg-" (act) } { (words.get(word)) }
                }
            }
        }
    };
    html! {
        (post("join", "race.join"))
        (post("begin", "race.begin"))
        (post("ready", "race.ready"))
        @if let Some(pack) = &me.pack {
            a class="rg-button" href=(pack) download { (words.get("race.pack")) }
        }
        @if me.can("hud") {
            form method="post" action={ (api) "/hud-key" } data-rg-post {
                button class="rg-button" id="rg-hud" { (words.get("race.hud")) }
                div class="rg-copy" hidden {
                    input name="url" readonly aria-label=(words.get("race.hud_link"));
                    button type="button" class="rg-button" data-rg-copy { (words.get("race.copy")) }
                }
                p class="rg-more" hidden { (words.get("race.hud_hint")) }
            }
        }
        @if me.can("abandon") {
            button type="button" class="rg-button rg-danger" data-rg-open="rg-abandon" { (words.get("race.abandon")) }
        }
        (post("leave", "race.leave"))
    }
}

/// It cannot be taken back by whoever does it: says what is lost.
fn abandon(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, me, .. } = page;
    let participant = me.participant_id.as_deref().unwrap_or_default();
    html! {
        dialog class="rg-dialog" id="rg-abandon" aria-labelledby="rg-abandon-h" {
            h2 id="rg-abandon-h" { (words.get("race.abandon_ask")) }
            p { (words.get("race.abandon_lost")) }
            p class="rg-said" role="alert" {}
            div class="rg-choice" {
                form method="dialog" { button class="rg-button" { (words.get("race.keep_playing")) } }
                form method="post" action={ "/api/races/" (race.id) "/participants/" (participant) "/abandon" } data-rg-post {
                    button class="rg-button rg-danger" { (words.get("race.abandon")) }
                }
            }
        }
    }
}

/// Who does not play chooses by how much their picture is late.
fn viewing(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, me, .. } = page;
    if !matches!(me.class.who, Who::Public | Who::Caster) || race.status == RaceStatus::Finished {
        return html! {};
    }
    let least = match (me.class.who, race.config.public_view) {
        (Who::Public, PublicView::Delayed) => 60,
        _ => 0,
    };
    html! {
        form class="rg-delay" method="get" {
            label { (words.get("race.delay")) " "
                select name="delay" data-rg-go {
                    @for delay in DELAYS.into_iter().filter(|delay| *delay >= least) {
                        option value=(delay) selected[delay == me.class.delay] {
                            @if delay == 0 { (words.get("race.no_delay")) } @else { (delay) " s" }
                        }
                    }
                }
            }
            noscript { button class="rg-button" { (words.get("race.apply")) } }
        }
    }
}

/// Why the page shows less than one might expect.
fn hint(page: &RacePage<'_>) -> Option<&'static str> {
    let RacePage { race, me, .. } = page;
    match (me.class.who, race.status) {
        (Who::Nobody, RaceStatus::Running) => Some("race.hint_none"),
        (Who::Public, RaceStatus::Running) if race.config.public_view == PublicView::Delayed => {
            Some("race.hint_delayed")
        }
        (Who::Participant(slot), RaceStatus::Running)
            if race.participants.iter().any(|p| p.slot == slot && !p.status.is_terminal()) =>
        {
            Some("race.hint_own")
        }
        (Who::Organizer, RaceStatus::Draft | RaceStatus::Open) => Some("race.hint_revealed"),
        _ => None,
    }
}
