//! `/<slug>`: who plays, and where to look.

use maud::{Markup, html};
use regie_core::Role;

use super::{Page, Statics, Words, bar, index::places};
use crate::model::Restream;

/// `role`: what the visitor may do with this restream.
pub fn restream(words: Words, statics: &Statics, role: Role, restream: &Restream) -> Markup {
    let path = format!("/{}", restream.slug);
    let actions = html! {
        @if role >= Role::Restreamer {
            a class="rg-button" href={ "/app/restreams/" (restream.slug) } { (words.get("control_room")) }
        }
    };
    let times = restream.participants.iter().any(|p| p.show_final_time && p.final_time.is_some());
    let teams = restream.participants.iter().any(|p| p.team.is_some());
    let main = html! {
        (bar(words, &path, &restream.title, &actions))
        main {
            @if !restream.enabled { p class="rg-note" { (words.get("hidden")) } }
            (places(words, restream, "rg-primary"))
            @for paragraph in restream.description.split("\n\n").filter(|p| !p.trim().is_empty()) {
                p class="rg-text" { (paragraph) }
            }
            table class="rg-table" {
                caption { (words.get("participants")) }
                thead {
                    tr {
                        th scope="col" { (words.get("slot")) }
                        th scope="col" { (words.get("label")) }
                        @if teams { th scope="col" { (words.get("team")) } }
                        @if times { th scope="col" { (words.get("final_time")) } }
                    }
                }
                tbody {
                    @for participant in &restream.participants {
                        tr {
                            td { (participant.slot) }
                            td {
                                @if participant.label.is_empty() { (words.get("unnamed")) " " (participant.slot) }
                                @else { (participant.label) }
                            }
                            @if teams { td { (participant.team.as_deref().unwrap_or_default()) } }
                            @if times {
                                td class="rg-time" {
                                    @if participant.show_final_time { (participant.final_time.as_deref().unwrap_or_default()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Page::still(words, &restream.title, &statics.page_css, main).markup()
}
