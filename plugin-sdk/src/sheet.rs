//! Hint sheets in the shape that people write by hand, for plugins of kind indices:
//!
//! ```json
//! {"label":"Season 4","categories":{
//!   "always":{"label":"Always","columns":2,"items":[["Water Dragon Reward",""],["Batreaux 50","Beetle","✓"]]},
//!   "barren":{"label":"Barren","columns":1,"items":[]}}}
//! ```
//!
//! [`Sheet`] is such a document, as template and as state: order and unknown fields stay as they are. A line that is done with has
//! one cell more than its category has columns, a [`MARK`], so the file says it and so does a person who edits lines as text.
//! [`Edit`] is what the forms and buttons of [`category`] send.

mod edit;
mod fit;
mod view;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::Fault;

pub use edit::Edit;
pub use fit::Fit;
pub use view::{Look, category};

/// What the cell behind the last column says of a line that is done with.
pub const MARK: &str = "✓";

/// Categories of a sheet.
pub const CATEGORIES_MAX: usize = 40;
/// Lines of a category.
pub const LINES_MAX: usize = 100;
/// Cells of a line, the mark among them.
pub const CELLS_MAX: usize = 9;
/// Characters of a line, and of a label.
pub const LINE_MAX: usize = 300;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Sheet {
    #[serde(default)]
    pub label: String,
    pub categories: IndexMap<String, Category>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Category {
    #[serde(default)]
    pub label: String,
    #[serde(default = "one")]
    pub columns: usize,
    #[serde(default)]
    pub items: Vec<Line>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

fn one() -> usize {
    1
}

impl Sheet {
    /// An empty category for each key, label and number of columns.
    pub fn of<'a>(label: &str, categories: impl IntoIterator<Item = (&'a str, &'a str, usize)>) -> Self {
        let categories = categories
            .into_iter()
            .map(|(key, label, columns)| (key.to_owned(), Category::new(label, columns)));
        Self { label: label.into(), categories: categories.collect(), rest: Map::new() }
    }

    /// Says what of a template is beyond the limits.
    ///
    /// # Errors
    /// `bad_seed` with the path below `seed`.
    pub fn check(&self) -> Result<(), Fault> {
        let refuse = |path: String, text: String| Err(Fault::new("bad_seed", text).at(path));
        if self.categories.len() > CATEGORIES_MAX {
            return refuse(
                "seed.categories".into(),
                format!("a sheet has at most {CATEGORIES_MAX} categories"),
            );
        }
        for (key, category) in &self.categories {
            let at = format!("seed.categories.{key}");
            if category.columns == 0 || category.columns >= CELLS_MAX {
                return refuse(format!("{at}.columns"), format!("columns are 1 to {}", CELLS_MAX - 1));
            }
            if category.items.len() > LINES_MAX {
                return refuse(format!("{at}.items"), format!("a category has at most {LINES_MAX} lines"));
            }
            for (index, line) in category.items.iter().enumerate() {
                if let Some(why) = line.too_long() {
                    return refuse(format!("{at}.items[{index}]"), why);
                }
            }
        }
        Ok(())
    }
}

impl Category {
    pub fn new(label: &str, columns: usize) -> Self {
        Self { label: label.into(), columns, items: Vec::new(), rest: Map::new() }
    }

    /// The lines as a person edits them: one a row, cells apart by ` | `.
    pub fn text(&self) -> String {
        self.items.iter().map(Line::text).collect::<Vec<_>>().join("\n")
    }

    /// The line of these cells, unless the same stands there already (marked or not). Full is full: then it is not added either.
    pub fn add(&mut self, line: Line) -> bool {
        let columns = self.columns;
        let there = self.items.iter().any(|one| one.cells(columns) == line.cells(columns));
        let room = self.items.len() < LINES_MAX;
        if room && !there {
            self.items.push(line);
        }
        room && !there
    }
}

/// The cells of a line; at least as many as its category has columns, where this crate made it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Line(pub Vec<String>);

impl Line {
    /// Cells that a person wrote, split at the bars and trimmed.
    pub fn parse(text: &str, columns: usize) -> Self {
        let cells = text.split('|').map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "));
        Self::of(cells, columns)
    }

    pub fn of(cells: impl IntoIterator<Item = impl Into<String>>, columns: usize) -> Self {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        // A document that was edited by hand may claim any number.
        let columns = columns.min(CELLS_MAX - 1);
        while cells.len() > columns && cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        while cells.len() < columns {
            cells.push(String::new());
        }
        Self(cells)
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    pub fn is_marked(&self, columns: usize) -> bool {
        self.0.len() > columns && self.0.last().is_some_and(|cell| cell == MARK)
    }

    /// What is shown in columns: all but the mark.
    pub fn cells(&self, columns: usize) -> &[String] {
        let shown = self.0.len() - usize::from(self.is_marked(columns));
        &self.0[..shown]
    }

    pub fn mark(&mut self, columns: usize, marked: bool) {
        *self = Self::of(self.cells(columns).to_vec(), columns);
        if marked {
            self.0.push(MARK.into());
        }
    }

    pub fn text(&self) -> String {
        self.0.join(" | ").trim_end_matches([' ', '|']).to_owned()
    }

    /// Why nobody could read it on a stream, where that is so.
    fn too_long(&self) -> Option<String> {
        if self.0.len() > CELLS_MAX {
            return Some(format!("a line has at most {CELLS_MAX} cells"));
        }
        let length: usize = self.0.iter().map(|cell| cell.chars().count()).sum();
        (length > LINE_MAX).then(|| format!("a line has at most {LINE_MAX} characters, not {length}"))
    }
}

/// People write numbers without quotes, and lines of one cell without brackets.
impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Cell {
            Text(String),
            Number(serde_json::Number),
            Nothing(()),
        }
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a line is a list of cells, which are text")]
        enum Written {
            Cells(Vec<Cell>),
            Cell(Cell),
        }
        let text = |cell: Cell| match cell {
            Cell::Text(text) => text,
            Cell::Number(number) => number.to_string(),
            Cell::Nothing(()) => String::new(),
        };
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Cells(cells) => cells.into_iter().map(text).collect(),
            Written::Cell(cell) => vec![text(cell)],
        }))
    }
}
