//! A plugin's style sheet, confined to the plugin's own block and lowered to what OBS's older browsers understand.
//!
//! Four steps, each of which only narrows: the source is read token by token (every address, at any depth, wherever a token may
//! stand: custom properties and `image-set` too); `lightningcss` parses it and lowers nesting and newer syntax; every selector is
//! written anew below `[data-plugin="<id>"]`, global names (`@keyframes`, fonts, layers) get the plugin's prefix; and the *output*
//! is parsed again and must prove to hold all of it.
//!
//! The host's own sheet gives the block `contain: layout paint; isolation: isolate; overflow: clip`. So rules whose subject is the
//! block itself may only dress it, not move, size or uncontain it.

mod declarations;
mod print;
mod selectors;
mod tokens;
mod verify;

#[cfg(test)]
mod tests;

use std::fmt;

use lightningcss::rules::Location;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};
use serde::Serialize;

/// The longest style sheet that is read, in bytes.
pub const SHEET_MAX: usize = 512 * 1024;

/// What is wrong with a style sheet, and where. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl Fault {
    fn new(at: Location, message: impl Into<String>) -> Self {
        Self { line: at.line + 1, column: at.column, message: message.into() }
    }

    /// For what is only seen after lowering, when places are gone.
    fn nowhere(message: impl Into<String>) -> Self {
        Self { line: 1, column: 1, message: message.into() }
    }
}

/// The style sheet as it is served: scoped, lowered, minified.
///
/// `plugin_id` is the manifest's id; `base` the URL prefix of its assets, `/plugins/<id>/<hash>/`, from which the sheet must be
/// served, so that relative addresses stay below it. Fonts are known by the file that declares them: `@font-face` belongs into the
/// file that uses the family.
pub fn confine(css: &str, plugin_id: &str, base: &str) -> Result<String, Vec<Fault>> {
    if css.len() > SHEET_MAX {
        return Err(vec![Fault::nowhere(format!(
            "a style sheet has at most {SHEET_MAX} bytes; this one has {}",
            css.len()
        ))]);
    }
    let plain =
        plugin_id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'));
    if !plain || plugin_id.is_empty() {
        return Err(vec![Fault::nowhere(format!("`{plugin_id}` is not a plugin's id: [a-z0-9_-]"))]);
    }
    let faults = tokens::check(css, base);
    if !faults.is_empty() {
        return Err(faults);
    }
    let scope = Scope::new(plugin_id);
    let lowered = lower(css, &scope)?;
    let flat = parse(&lowered)?;
    let confined = print::print(&flat.rules, &scope)?;
    verify::verify(&confined, &scope, base)?;
    Ok(confined)
}

/// How one plugin's block and names are told from everyone else's.
struct Scope {
    id: String,
    /// `[data-plugin="<id>"]`.
    selector: String,
    /// Before the plugin's own global names.
    prefix: String,
}

impl Scope {
    fn new(id: &str) -> Self {
        Self { id: id.to_owned(), selector: format!("[data-plugin=\"{id}\"]"), prefix: format!("p-{id}-") }
    }
}

fn targets() -> Targets {
    Targets {
        browsers: Some(Browsers { chrome: Some(103 << 16), ..Browsers::default() }),
        ..Targets::default()
    }
}

fn printer<'a>() -> PrinterOptions<'a> {
    PrinterOptions { minify: true, targets: targets(), ..PrinterOptions::default() }
}

fn parse(css: &str) -> Result<StyleSheet<'_>, Vec<Fault>> {
    StyleSheet::parse(css, ParserOptions::default()).map_err(|error| {
        let at = error.loc.as_ref().map_or((1, 1), |at| (at.line + 1, at.column));
        vec![Fault { line: at.0, column: at.1, message: error.kind.to_string() }]
    })
}

/// Checks what has a place in the source, then unfolds nesting and newer syntax.
fn lower(css: &str, scope: &Scope) -> Result<String, Vec<Fault>> {
    let mut sheet = parse(css)?;
    let mut faults = Vec::new();
    verify::source(&sheet.rules, scope, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let failed = |message: String| vec![Fault::nowhere(message)];
    sheet
        .minify(MinifyOptions { targets: targets(), ..MinifyOptions::default() })
        .map_err(|error| failed(error.kind.to_string()))?;
    Ok(sheet.to_css(printer()).map_err(|error| failed(error.kind.to_string()))?.code)
}
