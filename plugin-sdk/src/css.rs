//! Style sheets for what [`crate::grid`] and [`crate::sheet`] write. An author names one in plugin.toml, `css = ["sdk/grid.css",
//! "mine.css"]`, and `regie plugin build` writes it into the package: a package holds all that it shows.

/// By the path that plugin.toml names them with.
pub const SHEETS: [(&str, &str); 2] =
    [("sdk/grid.css", include_str!("../css/grid.css")), ("sdk/sheet.css", include_str!("../css/sheet.css"))];

/// The text of the style sheet that plugin.toml names so.
pub fn find(path: &str) -> Option<&'static str> {
    SHEETS.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}
