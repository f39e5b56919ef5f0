//! A panel of a page for people: heading, marks, the tools of those who may edit, and its block.

use maud::{Markup, html};

use super::{Block, Words};

/// Key of the hint sheet among panels.
pub const INDICES: &str = "indices";
/// Columns of a live page.
const COLUMNS: u8 = 12;

pub struct Panel {
    /// `main`, `indices`, or the panel's own.
    pub key: String,
    /// Its title, or its plugin's name; the hint sheet is headed by what it is.
    pub heading: String,
    pub block: Block,
    /// Whether this visitor may act here.
    pub editable: bool,
    /// It shows the session of another restream.
    pub source: Option<Source>,
    /// `(slot, label)` of the participants in it, in order.
    pub slots: Vec<(u32, String)>,
}

/// Where a panel's session is at home.
pub struct Source {
    /// Title of the other restream.
    pub title: String,
    /// Its live page; `None`: this visitor may not see it.
    pub href: Option<String>,
    /// It can be edited from here, too.
    pub shared: bool,
}

impl Panel {
    pub fn heading(&self, words: Words) -> &str {
        if self.key == INDICES { words.get("indices") } else { &self.heading }
    }

    /// `headed`: its heading is seen, not only heard.
    pub fn markup(&self, words: Words, span: u8, headed: bool) -> Markup {
        let (id, heading) = (format!("panel-{}", self.key), self.heading(words));
        // Beside the tools there is room for it.
        let headed = headed || self.editable || self.key == INDICES;
        html! {
            section class="rg-panel" id=(id) data-rg-panel=(self.key) aria-labelledby={ (id) "-h" } style={ "--rg-span:" (span) } {
                header class="rg-panel-head" {
                    h2 id={ (id) "-h" } class=[(!headed).then_some("rg-unseen")] { (heading) }
                    @if let Some(source) = &self.source { (mark(words, source)) }
                    @if self.editable { (tools(words, heading)) }
                }
                (self.block.markup(None))
                // Shown by the stylesheet while the block is empty: it fills when its plugin is back.
                @if self.block.snapshot.is_none() { p class="rg-note rg-away" { (words.get("no_plugin")) } }
            }
        }
    }
}

fn mark(words: Words, source: &Source) -> Markup {
    // Two arrows; an eye. Drawn, because few fonts have them.
    let (sign, said) = if source.shared {
        ("M4 8h15l-4-4m5 12H5l4 4", "shared_with")
    } else {
        ("M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7zm7 0a3 3 0 1 0 6 0 3 3 0 1 0-6 0", "read_only_from")
    };
    html! {
        p class="rg-mark" {
            svg class="rg-icon" viewBox="0 0 24 24" aria-hidden="true" { path d=(sign) {} }
            (words.get(said)) " "
            @match &source.href {
                Some(href) => a href=(href) { (source.title) },
                None => (source.title),
            }
        }
    }
}

/// Undo and redo of one's own last change; the line beside them says why one was refused.
pub fn tools(words: Words, of: &str) -> Markup {
    html! {
        p class="rg-said" role="status" {}
        div class="rg-tools" role="group" aria-label={ (words.get("history_of")) " " (of) } {
            @for (act, sign, word, keys) in [
                ("host:undo", "↶", "undo", "Control+Z"),
                ("host:redo", "↷", "redo", "Control+Shift+Z"),
            ] {
                button type="button" class="rg-button rg-tool" data-rg-act=(act) aria-keyshortcuts=(keys) {
                    span aria-hidden="true" { (sign) }
                    span { (words.get(word)) }
                }
            }
        }
    }
}

/// The panels in the order of `layout` with their spans; those it does not name follow. Where it says nothing, a lone
/// panel has the whole width and others half of it.
pub fn arrange<'a>(panels: &'a [Panel], layout: &[(&str, u8)]) -> Vec<(&'a Panel, u8)> {
    let default = if panels.len() < 2 { COLUMNS } else { COLUMNS / 2 };
    let place = |panel: &Panel| layout.iter().position(|(key, _)| *key == panel.key);
    let mut arranged: Vec<&Panel> = panels.iter().collect();
    arranged.sort_by_key(|panel| place(panel).unwrap_or(usize::MAX));
    let span = |panel: &Panel| place(panel).map_or(default, |at| layout[at].1.clamp(1, COLUMNS));
    arranged.into_iter().map(|panel| (panel, span(panel))).collect()
}

/// Ways to the panels and participants of a page, for screens that show one at a time. Empty where there is but one.
pub fn jumps(words: Words, panels: &[(&Panel, u8)]) -> Markup {
    let slots: usize = panels.iter().map(|(panel, _)| panel.slots.len()).sum();
    if panels.len() < 2 && slots < 2 {
        return html! {};
    }
    html! {
        nav class="rg-jumps" aria-label=(words.get("go_to")) {
            @for (panel, _) in panels {
                @if panels.len() > 1 { a href={ "#panel-" (panel.key) } data-rg-jump=(panel.key) { (panel.heading(words)) } }
                @if panel.slots.len() > 1 {
                    @for (slot, label) in &panel.slots {
                        a class="rg-slot" href={ "#panel-" (panel.key) } data-rg-jump=(panel.key) data-rg-to=(slot) {
                            @if label.is_empty() { (words.get("unnamed")) " " (slot) } @else { (label) }
                        }
                    }
                }
            }
        }
    }
}
