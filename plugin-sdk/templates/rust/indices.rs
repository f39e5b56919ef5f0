//! A sheet of hints in categories: start here, run `cargo test`, then `regie plugin dev .` and look at it.

use indexmap::IndexMap;
use maud::html;
use regie_sdk::{Catalog, Context, Fault, Html, Indices, Initial, Preset, View};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a sheet has that was started without a template.
const CATEGORIES: [(&str, &str); 2] = [("always", "Always"), ("sometimes", "Sometimes")];

/// Lines of a category, cells of a line, characters of a cell.
const LINES: usize = 40;
const CELLS: usize = 6;
const CHARACTERS: usize = 80;

/// The document. A state that has `categories` lies flat in the session's file, where people may edit it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    #[serde(default)]
    label: String,
    categories: IndexMap<String, Category>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Category {
    label: String,
    #[serde(default)]
    columns: Vec<String>,
    /// Lines of cells: where, what.
    #[serde(default)]
    items: Vec<Vec<String>>,
    /// Lines that are found, counted from 0.
    #[serde(default)]
    found: Vec<usize>,
}

/// What people send: anything else is refused before it reaches `update`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Action {
    /// What programs send: `{"category":"always","lines":["Old well | Lantern"]}`.
    Lines {
        category: String,
        lines: Vec<String>,
    },
    /// The form sends the same as text: `{"category":"always","fields":{"lines":"Old well | Lantern\n…"}}`.
    Form { category: String, fields: Fields },
    /// A button: `{"category":"always","found":0}`; once more takes it back.
    Found { category: String, found: usize },
}

#[derive(Debug, Deserialize)]
pub struct Fields {
    lines: String,
}

pub struct Plugin;

impl Indices for Plugin {
    type State = State;
    type Action = Action;

    /// `completions` are words that the host offers while people type into a field with that list's name.
    fn catalog(&self, _: &Context) -> Catalog {
        let categories: IndexMap<_, _> = CATEGORIES.into_iter().collect();
        let words = json!({ "words": ["Old well", "Lantern", "Sword"] });
        Catalog::new("{{title}}")
            .with("categories", categories)
            .with("completions", words)
    }

    fn preset(&self, _: &Preset) -> State {
        let category = |label: &str| Category {
            label: label.into(),
            ..Category::default()
        };
        let categories = CATEGORIES
            .into_iter()
            .map(|(key, label)| (key.to_owned(), category(label)));
        State {
            label: "{{title}}".into(),
            categories: categories.collect(),
        }
    }

    /// A sheet starts from the template that was chosen, if any.
    fn start(&self, request: &Preset) -> Result<Initial<State>, Fault> {
        Ok(Initial::from(
            request.seed()?.unwrap_or_else(|| self.preset(request)),
        ))
    }

    fn update(&self, state: &mut State, action: Action, cx: &Context) -> Result<(), Fault> {
        match action {
            Action::Lines { category, lines } => {
                write(state, &category, lines.iter().map(String::as_str), cx)
            }
            Action::Form { category, fields } => write(state, &category, fields.lines.lines(), cx),
            Action::Found { category, found } => {
                let category = find(state, &category)?;
                let line = category.items.get(found).ok_or_else(|| {
                    Fault::new("unknown_line", format!("there is no line {found}"))
                        .at("action.found")
                })?;
                cx.words(line.join(" → "));
                match category.found.iter().position(|one| *one == found) {
                    Some(index) => drop(category.found.remove(index)),
                    None => category.found.push(found),
                }
                Ok(())
            }
        }
    }

    fn render(&self, state: &State, view: &View) -> Html {
        html! {
            div class="sheet" aria-label=(state.label) role="group" {
                @for (key, category) in &state.categories {
                    section class="category" data-key=(key) {
                        h3 class="title" { (category.label) }
                        ul class="hints" {
                            @for (line, cells) in category.items.iter().enumerate() {
                                li data-key=(line) { (hint(key, category, line, cells, view)) }
                            }
                        }
                        @if view.can_edit { (edit(key, category, view)) }
                    }
                }
            }
        }
    }
}

fn find<'a>(state: &'a mut State, key: &str) -> Result<&'a mut Category, Fault> {
    state.categories.get_mut(key).ok_or_else(|| {
        Fault::new("unknown_category", format!("there is no category {key:?}"))
            .at("action.category")
    })
}

/// Replaces the lines of a category; what was found is found again where the line is still there.
fn write<'l>(
    state: &mut State,
    key: &str,
    lines: impl Iterator<Item = &'l str>,
    cx: &Context,
) -> Result<(), Fault> {
    let cells = |line: &str| -> Vec<String> {
        line.split('|')
            .take(CELLS)
            .map(|cell| cell.trim().chars().take(CHARACTERS).collect())
            .collect()
    };
    let items: Vec<_> = lines
        .filter(|line| !line.trim().is_empty())
        .map(cells)
        .collect();
    if items.len() > LINES {
        return Err(
            Fault::new("too_many", format!("a category has at most {LINES} lines"))
                .at("action.lines"),
        );
    }
    let category = find(state, key)?;
    let found: Vec<_> = category
        .found
        .iter()
        .filter_map(|line| category.items.get(*line))
        .cloned()
        .collect();
    category.found = (0..items.len())
        .filter(|line| found.contains(&items[*line]))
        .collect();
    category.items = items;
    cx.words(format!(
        "{}: {} lines",
        category.label,
        category.items.len()
    ));
    Ok(())
}

/// A line is a button that says whether it is found.
fn hint(key: &str, category: &Category, line: usize, cells: &[String], view: &View) -> Html {
    let found = category.found.contains(&line);
    let state = if found {
        view.t("found", "trouvé")
    } else {
        view.t("open", "à trouver")
    };
    view.button(format!("{}, {state}", cells.join(", ")))
        .class(if found { "hint found" } else { "hint" })
        .act(json!({ "category": key, "found": line }))
        .body(html! { @for cell in cells { span class="cell" { (cell) } } })
}

fn edit(key: &str, category: &Category, view: &View) -> Html {
    let lines: Vec<_> = category
        .items
        .iter()
        .map(|cells| cells.join(" | "))
        .collect();
    let name = format!(
        "{}, {}",
        category.label,
        view.t(
            "one hint a line, cells apart by |",
            "un indice par ligne, cases séparées par |"
        )
    );
    html! {
        form class="edit" data-key="edit" data-do=(json!({ "category": key })) {
            textarea name="lines" rows="4" aria-label=(name) data-x-complete="words" { (lines.join("\n")) }
            button type="submit" { (view.t("Write", "Écrire")) }
        }
    }
}

regie_sdk::export!(Plugin);

#[cfg(test)]
mod tests {
    use regie_sdk::testing::Kit;

    use super::*;

    #[test]
    fn lines_come_from_the_form_and_from_programs_alike() {
        let mut kit = Kit::new(Plugin).start();
        kit.change(json!({"category": "always", "fields": {"lines": "Old well | Lantern\n\n Tower | Sword "}}));
        let items = json!([["Old well", "Lantern"], ["Tower", "Sword"]]);
        assert_eq!(kit.state["categories"]["always"]["items"], items);
        assert!(
            !kit.act(json!({"category": "always", "lines": ["Old well|Lantern", "Tower|Sword"]}))
                .changed
        );
    }

    #[test]
    fn a_hint_is_found_and_stays_so_where_its_line_stays() {
        let mut kit = Kit::new(Plugin).start();
        kit.change(json!({"category": "always", "lines": ["Old well | Lantern", "Tower | Sword"]}));
        assert!(kit.click("live", "Tower, Sword, open").changed);
        kit.change(json!({"category": "always", "lines": ["Tower | Sword"]}));
        assert!(kit.click("live", "Tower, Sword, found").changed);
    }

    #[test]
    fn a_template_is_a_start() {
        let template = json!({"label": "Mine", "categories": {"path": {"label": "Paths", "items": [["Forest", "Bow"]]}}});
        let kit = Kit::new(Plugin).start_from(Some(template)).unwrap();
        assert_eq!(
            kit.page("overlay:default").named("Forest, Bow, open").len(),
            1
        );
        assert!(
            Kit::new(Plugin)
                .start_from(Some(json!({"categories": 1})))
                .is_err()
        );
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let mut kit = Kit::new(Plugin).start();
        assert_eq!(
            kit.refusal(json!({"category": "never", "lines": []})).code,
            "unknown_category"
        );
        assert_eq!(
            kit.refusal(json!({"category": "always", "found": 3})).code,
            "unknown_line"
        );
    }

    #[test]
    fn no_action_breaks_it() {
        let lines = json!({"category": "always", "lines": ["a | b", "c"]});
        let form = json!({"category": "always", "fields": {"lines": "a\nb"}});
        Kit::new(Plugin).start().assert_total(
            &[lines, form, json!({"category": "always", "found": 0})],
            300,
        );
    }

    #[test]
    fn viewers_get_no_form() {
        let page = Kit::new(Plugin).viewer().start().page("live");
        assert_eq!(
            page.elements
                .iter()
                .filter(|element| element.tag == "form")
                .count(),
            0
        );
    }
}
