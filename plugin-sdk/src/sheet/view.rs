use maud::html;
use serde_json::json;

use super::{Category, LINE_MAX, Line, MARK};
use crate::{Html, View};

/// How a category is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'a> {
    /// Instead of the category's own label: its name in the reader's language.
    pub label: Option<&'a str>,
    /// List of the catalog's `completions` for what is typed.
    pub complete: Option<&'a str>,
    /// Lines that there is room for; how many more there are is said.
    pub limit: Option<usize>,
}

/// A category as a table under its name; for those who may edit, with a button a line, a field to add one and, folded away, all of
/// them as text. Overlays get the table alone.
///
/// Classes: `category` `heading` `lines` `line` (`marked`) `cell` `tick` `none` `more` `add` `edit`.
pub fn category(key: &str, category: &Category, look: Look, view: &View) -> Html {
    let label = look.label.unwrap_or(if category.label.is_empty() { key } else { &category.label });
    let limit = look.limit.unwrap_or(usize::MAX);
    let widest = category.items.iter().map(|line| line.cells(category.columns).len()).max();
    let columns = widest.unwrap_or(0).max(category.columns.min(super::CELLS_MAX));
    let edits = view.can_edit && view.overlay().is_none();
    let hidden = category.items.len().saturating_sub(limit);
    html! {
        section class="category" data-key={ "c-" (key) } aria-label=(label) {
            h2 class="heading" { (label) }
            @if category.items.is_empty() {
                @if view.overlay().is_none() { p class="none" { (view.t("Nothing yet", "Rien encore")) } }
            } @else {
                table class="lines" aria-label=(label) {
                    tbody {
                        @for (index, line) in category.items.iter().take(limit).enumerate() {
                            (row(key, index, line, category.columns, columns, edits, view))
                        }
                    }
                }
            }
            @if hidden > 0 { p class="more" { "+ " (hidden) } }
            @if edits { (forms(key, label, category, look.complete, view)) }
        }
    }
}

fn row(key: &str, index: usize, line: &Line, own: usize, columns: usize, edits: bool, view: &View) -> Html {
    let marked = line.is_marked(own);
    let cells = line.cells(own);
    let first = cells.first().map_or("", String::as_str);
    let state = if marked { view.t("found", "trouvé") } else { view.t("open", "ouvert") };
    let act = json!({"category": key, "line": index, "is": first, "marked": !marked});
    let text =
        cells.iter().filter(|cell| !cell.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ");
    let tick = || {
        let mark = view.button(format!("{text}, {state}")).class("tick-mark").act_where(edits, act.clone());
        mark.body(if marked { MARK } else { "" })
    };
    let page = view.overlay().is_none();
    html! {
        tr class=(if marked { "line marked" } else { "line" }) {
            @if page { td class="tick" { @if edits || marked { (tick()) } } }
            @for column in 0..columns {
                td class="cell" {
                    @if column == 0 && marked && !page { (tick()) }
                    (cells.get(column).map_or("", String::as_str))
                }
            }
        }
    }
}

fn forms(key: &str, label: &str, category: &Category, complete: Option<&str>, view: &View) -> Html {
    let act = json!({"category": key}).to_string();
    let cells = if category.columns > 1 {
        view.t("Cells are split by |", "Cellules séparées par |")
    } else {
        view.t("One line each", "Une ligne chacun")
    };
    let add = view.t("Add to", "Ajouter à");
    let rows = category.items.len().clamp(2, 16) + 1;
    html! {
        form class="add" data-do=(act) autocomplete="off" {
            input type="text" name="add" aria-label={ (add) " " (label) } placeholder=(view.t("Add a line", "Ajouter une ligne"))
                maxlength=(LINE_MAX) data-x-complete=[complete];
            button type="submit" aria-label={ (add) " " (label) } { "+" }
        }
        details class="edit" {
            summary { (view.t("Edit", "Modifier")) }
            form data-do=(act) {
                textarea name="lines" rows=(rows) spellcheck="false" aria-label={ (label) ", " (cells) } data-x-complete=[complete] {
                    (category.text())
                }
                p class="hint" { (cells) "; " (view.t("✓ at the end: found", "✓ à la fin : trouvé")) }
                button type="submit" { (view.t("Save", "Enregistrer")) }
            }
        }
    }
}
