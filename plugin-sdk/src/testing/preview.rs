use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::Kit;
use crate::{Plugin, css};

/// Grounds that an overlay must be read on, and the page's own.
const BUSY: &str = "linear-gradient(120deg, #7ec8f2, #5f9e4a 40%, #e8d9a0 60%, #8a4b2f)";
const PAGE: &str = "#14151a";

/// Writes surfaces as static pages, to be looked at in a browser without a server. Made for an example of the plugin's crate:
///
/// ```no_run
/// # use regie_sdk::{Plugin, testing::{Kit, Preview}};
/// # fn example<K, P: Plugin<K>>(plugin: P) -> std::io::Result<()> {
/// let preview = Preview::from_args(env!("CARGO_MANIFEST_DIR"), &["sdk/grid.css", "tracker.css"])?.overlays(&["player"]);
/// preview.write("start", &mut Kit::new(plugin).start())
/// # }
/// ```
pub struct Preview {
    out: PathBuf,
    assets: PathBuf,
    css: Vec<String>,
    overlays: Vec<String>,
}

impl Preview {
    /// Into the folder that the command line names, `preview` where it names none. `crate_dir` holds `assets/`; `css` is what
    /// plugin.toml names.
    ///
    /// # Errors
    /// Where the folder cannot be made.
    pub fn from_args(crate_dir: &str, css: &[&str]) -> io::Result<Self> {
        let out = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "preview".into()));
        fs::create_dir_all(&out)?;
        Ok(Self {
            out,
            assets: Path::new(crate_dir).join("assets"),
            css: css.iter().map(|&sheet| sheet.to_owned()).collect(),
            overlays: Vec::new(),
        })
    }

    /// Overlays besides `default`.
    pub fn overlays(mut self, names: &[&str]) -> Self {
        self.overlays = names.iter().map(|name| format!("overlay:{name}")).collect();
        self
    }

    /// Every surface of this session: `<name>-<surface>-<n>.html`. `default` stands on white, on black and on a picture.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn write<P: Plugin<K>, K>(&self, name: &str, kit: &mut Kit<P, K>) -> io::Result<()> {
        let fixed = [
            ("live", PAGE),
            ("panel", PAGE),
            ("overlay:default", "#fff"),
            ("overlay:default", "#000"),
            ("overlay:default", BUSY),
        ];
        let others = self.overlays.iter().map(|overlay| (overlay.as_str(), BUSY));
        for (index, (surface, ground)) in fixed.into_iter().chain(others).enumerate() {
            let is_page = !surface.starts_with("overlay");
            kit.can_edit = is_page;
            let file = format!("{name}-{}-{index}.html", surface.replace(':', "-"));
            fs::write(self.out.join(file), self.document(&kit.html(surface), ground, is_page))?;
        }
        Ok(())
    }

    fn document(&self, html: &str, ground: &str, is_page: bool) -> String {
        let assets = self.assets.display();
        let html = html.replace("/plugins/test/0/", &format!("file://{assets}/"));
        let padding = if is_page { "16px" } else { "0" };
        let mut styles = String::new();
        for sheet in &self.css {
            let _ = match css::find(sheet) {
                Some(text) => write!(styles, "<style>{text}</style>"),
                None => write!(styles, "<link rel=stylesheet href='file://{assets}/{sheet}'>"),
            };
        }
        format!(
            "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>{styles}\
             <body style='margin:0;padding:{padding};background:{ground};height:100vh;box-sizing:border-box'>{html}"
        )
    }
}
