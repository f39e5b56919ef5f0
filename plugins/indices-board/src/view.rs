use maud::html;
use regie_sdk::sheet::{Category, Fit, Look, Sheet, category};
use regie_sdk::{Html, View};

pub fn page(sheet: &Sheet, view: &View) -> Html {
    let look = Look { complete: Some("words"), ..Look::default() };
    let Some(overlay) = view.overlay() else {
        let class = if view.surface == "panel" { "sheet panel" } else { "sheet" };
        return html! {
            div class=(class) { @for (key, one) in &sheet.categories { (category(key, one, look, view)) } }
        };
    };
    let only = match overlay.strip_prefix("category") {
        Some("") => Some(0),
        Some(number) => {
            number.trim_start_matches('-').parse::<usize>().ok().map(|number| number.saturating_sub(1))
        }
        None => None,
    };
    let shown: Vec<(&String, &Category)> = match only {
        Some(index) => sheet.categories.get_index(index).into_iter().collect(),
        None => sheet.categories.iter().collect(),
    };
    let (width, height) = if only.is_some() { (560, 400) } else { (1280, 720) };
    let fit = Fit::new(width, height, &shown.iter().map(|(_, one)| *one).collect::<Vec<_>>());
    html! {
        div class="sheet air" style={ "--text:" (fit.text) "px;--columns:" (fit.columns) } {
            @for (key, one) in shown {
                (category(key, one, Look { limit: Some(fit.lines(one)), ..Look::default() }, view))
            }
        }
    }
}
