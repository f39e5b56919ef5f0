#![forbid(unsafe_code)]
//! Hint sheet of the Skyward Sword Randomizer: six categories of lines, and one field into which hints are typed in shorthand. It
//! knows names and where a hint belongs; what a hint is worth is people's business.

pub mod facts;
pub mod names;
pub mod quick;
mod view;

use regie_sdk::sheet::{Edit, Line, Sheet};
use regie_sdk::{Catalog, Context, Fault, Html, Indices, Initial, Preset, View};
use serde::Deserialize;
use serde_json::json;

use facts::{ALWAYS, CATEGORIES, DUNGEONS, SONGS, TRIFORCES, checks, items, regions};

#[derive(Debug)]
pub struct Hints;

/// `{"quick":"faron woods barren"}`, also as a form's field; else an edit of the lines of a category.
#[derive(Debug, Deserialize)]
pub struct Action {
    quick: Option<String>,
    #[serde(flatten)]
    edit: Edit,
}

impl Indices for Hints {
    type State = Sheet;
    type Action = Action;

    fn catalog(&self, cx: &Context) -> Catalog {
        let categories = CATEGORIES
            .map(|(key, en, fr, columns)| json!({"key": key, "label": cx.t(en, fr), "columns": columns}));
        let bosses = DUNGEONS.iter().map(|dungeon| dungeon.2);
        Catalog::new(cx.t("Skyward Sword Randomizer hints", "Indices de Skyward Sword Randomizer"))
            .with("categories", categories)
            .completions("regions", regions())
            .completions("checks", checks())
            .completions("items", items())
            .completions("path", regions().chain(bosses))
            .completions("placed", checks().chain(items()))
            .completions("triforce", TRIFORCES.into_iter().chain(regions()))
            .completions("songs", SONGS.into_iter().chain(regions()).chain(items()))
            .completions("quick", regions().chain(items()))
    }

    fn preset(&self, _: &Preset) -> Sheet {
        let mut sheet = Sheet::of("", CATEGORIES.map(|(key, label, _, columns)| (key, label, columns)));
        for (key, names) in [("always", &ALWAYS[..]), ("triforce", &TRIFORCES), ("songs", &SONGS)] {
            if let Some(category) = sheet.categories.get_mut(key) {
                category.items = names.iter().map(|name| Line::of([*name], category.columns)).collect();
            }
        }
        sheet
    }

    fn start(&self, request: &Preset) -> Result<Initial<Sheet>, Fault> {
        let Some(sheet) = request.seed::<Sheet>()? else { return Ok(Initial::from(self.preset(request))) };
        sheet.check()?;
        Ok(Initial::from(sheet))
    }

    fn update(&self, state: &mut Sheet, action: Action, cx: &Context) -> Result<(), Fault> {
        let typed = action.quick.map(|text| (text, "action.quick"));
        match typed.or_else(|| Some((action.edit.field("quick")?, "action.fields.quick"))) {
            Some((text, path)) => {
                let words = quick::apply(state, &text).map_err(|fault| fault.at(path))?;
                cx.words(words);
                Ok(())
            }
            None => action.edit.apply(state, cx),
        }
    }

    fn render(&self, state: &Sheet, view: &View) -> Html {
        view::page(state, view)
    }
}

regie_sdk::export!(Hints);
