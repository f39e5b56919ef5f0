use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Category, LINES_MAX, Line, Sheet};
use crate::{Context, Fault};

/// What the forms and buttons of a sheet send.
///
/// - `{"category":"always","lines":["Batreaux 50 | Beetle"]}` replaces the lines; they may also be one text with line breaks, and
///   come from a form, under `fields`.
/// - `{"category":"always","add":"Batreaux 50 | Beetle"}` (or `fields.add`) adds one.
/// - `{"category":"always","line":0,"is":"Batreaux 50","marked":true}` marks a line as done with; `is` is its first cell, so that a
///   line that moved meanwhile is found, and another one is not hit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Edit {
    r#type: Option<String>,
    category: Option<String>,
    lines: Option<Lines>,
    add: Option<String>,
    line: Option<usize>,
    is: Option<String>,
    marked: Option<bool>,
    fields: BTreeMap<String, Lines>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "lines are a list of texts, or one text with line breaks")]
enum Lines {
    Text(String),
    List(Vec<String>),
}

impl Edit {
    /// A field of the form, as one text.
    pub fn field(&self, name: &str) -> Option<String> {
        self.fields.get(name).map(|lines| match lines {
            Lines::Text(text) => text.clone(),
            Lines::List(list) => list.join("\n"),
        })
    }

    /// # Errors
    /// `unknown_action`, `unknown_category`, `too_many_lines`, `line_too_long`, `line_moved`, or `bad_action` where parts are missing.
    pub fn apply(&self, sheet: &mut Sheet, cx: &Context) -> Result<(), Fault> {
        if let Some(other) = &self.r#type {
            return Err(Fault::new("unknown_action", format!("this sheet knows no action {other:?}"))
                .at("action.type"));
        }
        let key = self.category.as_deref().unwrap_or_default();
        let keys = || sheet.categories.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        if !sheet.categories.contains_key(key) {
            let text = format!("there is no category {key:?}; there are {}", keys());
            return Err(Fault::new("unknown_category", text).at("action.category"));
        }
        let category = sheet.categories.get_mut(key).expect("it was looked up a line before");
        let words = if let Some(lines) = self.lines.as_ref().or(self.fields.get("lines")) {
            let path = if self.lines.is_some() { "action.lines" } else { "action.fields.lines" };
            replace(category, lines, path)?
        } else if let Some(line) = self.add.clone().or_else(|| self.field("add")) {
            let path = if self.add.is_some() { "action.add" } else { "action.fields.add" };
            add(category, &line, path)?
        } else if let (Some(line), Some(marked)) = (self.line, self.marked) {
            mark(category, line, self.is.as_deref(), marked)?
        } else {
            let text = "an edit has `lines`, one line to `add`, or a `line` with `marked`";
            return Err(Fault::new("bad_action", text).at("action"));
        };
        cx.words(format!("{}: {words}", if category.label.is_empty() { key } else { &category.label }));
        Ok(())
    }
}

fn replace(category: &mut Category, lines: &Lines, path: &str) -> Result<String, Fault> {
    let texts: Vec<&str> = match lines {
        Lines::Text(text) => text.lines().collect(),
        Lines::List(list) => list.iter().flat_map(|text| text.lines()).collect(),
    };
    let mut items = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let line = readable(text, category.columns, &format!("{path}[{index}]"))?;
        if !line.is_empty() {
            items.push(line);
        }
    }
    if items.len() > LINES_MAX {
        let text = format!("a category has at most {LINES_MAX} lines, not {}", items.len());
        return Err(Fault::new("too_many_lines", text).at(path));
    }
    let missing = |from: &[Line], of: &[Line]| -> Vec<String> {
        from.iter().filter(|line| !of.contains(line)).map(Line::text).collect()
    };
    let (added, gone) = (missing(&items, &category.items), missing(&category.items, &items));
    category.items = items;
    Ok(match (&added[..], &gone[..]) {
        ([one], []) => format!("+ {one}"),
        ([], [one]) => format!("− {one}"),
        ([new], [old]) => format!("{old} → {new}"),
        _ => format!("{} lines", category.items.len()),
    })
}

fn add(category: &mut Category, text: &str, path: &str) -> Result<String, Fault> {
    let line = readable(text, category.columns, path)?;
    if line.is_empty() {
        return Err(Fault::new("bad_action", "the line to add is empty").at(path));
    }
    if category.items.len() >= LINES_MAX {
        let text = format!("a category has at most {LINES_MAX} lines");
        return Err(Fault::new("too_many_lines", text).at(path));
    }
    let words = format!("+ {}", line.text());
    category.add(line);
    Ok(words)
}

fn mark(category: &mut Category, at: usize, is: Option<&str>, marked: bool) -> Result<String, Fault> {
    let first = |line: &Line| is.is_none_or(|is| line.0.first().is_some_and(|cell| cell == is));
    let columns = category.columns;
    let index = match category.items.get(at) {
        Some(line) if first(line) => Some(at),
        _ => category.items.iter().position(|line| is.is_some() && first(line)),
    };
    let line = index.and_then(|index| category.items.get_mut(index)).ok_or_else(|| {
        Fault::new("line_moved", "that line is not there any more; look again").at("action.line")
    })?;
    line.mark(columns, marked);
    let what = line.0.first().cloned().unwrap_or_default();
    Ok(format!("{what}: {}", if marked { "found" } else { "open" }))
}

fn readable(text: &str, columns: usize, path: &str) -> Result<Line, Fault> {
    let line = Line::parse(text, columns);
    match line.too_long() {
        Some(why) => Err(Fault::new("line_too_long", why).at(path)),
        None => Ok(line),
    }
}
