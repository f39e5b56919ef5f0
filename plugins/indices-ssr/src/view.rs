use maud::html;
use regie_sdk::sheet::{Category, Fit, Look, Sheet, category};
use regie_sdk::{Html, View};

use crate::facts::label;

pub fn page(sheet: &Sheet, view: &View) -> Html {
    match view.overlay() {
        Some(overlay) => on_air(sheet, overlay, view),
        None => live(sheet, view),
    }
}

fn live(sheet: &Sheet, view: &View) -> Html {
    html! {
        div class=(if view.surface == "panel" { "sheet panel" } else { "sheet" }) {
            @if view.can_edit { (quick(view)) }
            @for (key, one) in &sheet.categories {
                (category(key, one, look(key, one, view), view))
            }
        }
    }
}

fn look<'c>(key: &str, category: &'c Category, view: &View) -> Look<'c> {
    let label = Some(label(key, &category.label, view.locale)).filter(|label| !label.is_empty());
    let complete = match key {
        "path" => "path",
        "triforce" => "triforce",
        "barren" => "regions",
        "songs" => "songs",
        _ => "placed",
    };
    Look { label, complete: Some(complete), limit: None }
}

fn quick(view: &View) -> Html {
    let name = view.t("Hint in shorthand", "Indice en abrégé");
    let examples = view.t(
        "faron woods barren · lake floria -> et · bow in volcano summit · batreaux 80 = beetle",
        "faron woods stérile · lake floria -> et · bow dans volcano summit · batreaux 80 = beetle",
    );
    html! {
        form class="add quick" data-key="quick" data-do="{}" autocomplete="off" {
            label class="quick-label" {
                span { (name) }
                input type="text" name="quick" placeholder=(examples) maxlength="200" data-x-complete="quick" spellcheck="false";
            }
            button type="submit" { (view.t("Write down", "Noter")) }
        }
    }
}

fn on_air(sheet: &Sheet, overlay: &str, view: &View) -> Html {
    // Named like a category it is that one's; else all that say anything, because most do so only late in a race.
    let only = sheet.categories.get_key_value(overlay);
    let alone = only.is_some() || crate::facts::CATEGORIES.iter().any(|category| category.0 == overlay);
    let shown: Vec<(&String, &Category)> = if alone {
        only.into_iter().collect()
    } else {
        sheet.categories.iter().filter(|(_, category)| !category.items.is_empty()).collect()
    };
    let (width, height) = if alone { (560, 400) } else { (1280, 720) };
    let fit = Fit::new(width, height, &shown.iter().map(|(_, one)| *one).collect::<Vec<_>>());
    html! {
        div class="sheet air" style={ "--text:" (fit.text) "px;--columns:" (fit.columns) } {
            @for (key, one) in shown {
                (category(key, one, Look { limit: Some(fit.lines(one)), ..look(key, one, view) }, view))
            }
        }
    }
}
