#![forbid(unsafe_code)]
//! A hint sheet from any template: named categories of lines, each line one or more cells. It knows no game; what a category
//! means is the template's business, and what is typed is kept as it is.

mod view;

use regie_sdk::sheet::{Edit, Sheet};
use regie_sdk::{Catalog, Context, Fault, Html, Indices, Initial, Preset, View};
use serde_json::{Value, json};

#[derive(Debug)]
pub struct Board;

/// Of the board that starts without a template: key, label, columns.
pub const CATEGORIES: [(&str, &str, usize); 3] =
    [("always", "Always", 2), ("sometimes", "Sometimes", 2), ("barren", "Barren", 1)];

impl Indices for Board {
    type State = Sheet;
    type Action = Edit;

    fn catalog(&self, cx: &Context) -> Catalog {
        let categories =
            CATEGORIES.map(|(key, label, columns)| json!({"key": key, "label": label, "columns": columns}));
        let words = cx.settings.get("words").and_then(Value::as_str).unwrap_or_default();
        let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
        Catalog::new(cx.t("Board", "Tableau")).with("categories", categories).completions("words", words)
    }

    fn preset(&self, _: &Preset) -> Sheet {
        Sheet::of("", CATEGORIES)
    }

    fn start(&self, request: &Preset) -> Result<Initial<Sheet>, Fault> {
        let Some(sheet) = request.seed::<Sheet>()? else { return Ok(Initial::from(self.preset(request))) };
        sheet.check()?;
        Ok(Initial::from(sheet))
    }

    fn update(&self, state: &mut Sheet, action: Edit, cx: &Context) -> Result<(), Fault> {
        action.apply(state, cx)
    }

    fn render(&self, state: &Sheet, view: &View) -> Html {
        view::page(state, view)
    }
}

regie_sdk::export!(Board);
