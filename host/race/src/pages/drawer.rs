//! Links for browser sources: copied, or with a key made for them.

use maud::{Markup, html};

use super::race::RacePage;
use crate::model::PublicView;

/// An overlay of the mode, for everybody.
pub struct OverlayLink {
    pub name: String,
    pub title: String,
    /// Pixels of the browser source.
    pub width: u32,
    pub height: u32,
    /// With the server's public address where it is known, else from the root.
    pub url: String,
}

pub fn drawer(page: &RacePage<'_>) -> Markup {
    let RacePage { words, race, me, .. } = page;
    // Without a key such an overlay would show what spectators see: less, later, or nothing.
    let keyed = race.config.public_view != PublicView::Live;
    let may = me.can("casters") || me.manages() || matches!(me.class.who, crate::Who::Caster);
    html! {
        @if !page.overlays.is_empty() {
            details class="rg-panel rg-drawer" data-rg-part="overlays" {
                summary { (words.get("race.overlays")) }
                @if keyed { p class="rg-more" { (words.get(if may { "race.keyed_may" } else { "race.keyed" })) } }
                ul {
                    @for overlay in &page.overlays {
                        li {
                            h3 { (overlay.title) " " span class="rg-more" { (overlay.width) " × " (overlay.height) } }
                            div class="rg-copy" {
                                input readonly value=(overlay.url) data-rg-url aria-label={ (words.get("race.link_of")) " " (overlay.title) };
                                button type="button" class="rg-button" data-rg-copy aria-label={ (words.get("race.copy")) ": " (overlay.title) } {
                                    (words.get("race.copy"))
                                }
                            }
                            p class="rg-more" { a href=(overlay.url) { (words.get("race.look")) } }
                            @if keyed && may { (with_key(page, overlay)) }
                        }
                    }
                }
                p class="rg-more" { (words.get("race.overlay_options")) }
            }
        }
    }
}

fn with_key(page: &RacePage<'_>, overlay: &OverlayLink) -> Markup {
    let words = page.words;
    let body = serde_json::json!({ "overlay": overlay.name }).to_string();
    html! {
        form method="post" action={ "/api/races/" (page.race.id) "/overlay-key" } data-rg-post data-rg-body=(body) {
            button class="rg-button" aria-label={ (words.get("race.make_key")) ": " (overlay.title) } { (words.get("race.make_key")) }
            div class="rg-copy" hidden {
                input name="url" readonly aria-label={ (words.get("race.keyed_link_of")) " " (overlay.title) };
                button type="button" class="rg-button" data-rg-copy { (words.get("race.copy")) }
            }
            p class="rg-said" role="alert" {}
        }
    }
}
