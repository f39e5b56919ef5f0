//! Writes every surface as a static page, to be looked at in a browser: `cargo run -p indices-ssr --example preview -- /tmp/preview`.

use indices_ssr::Hints;
use regie_sdk::testing::{Kit, Preview};
use serde_json::json;

fn main() -> std::io::Result<()> {
    let css = ["sdk/sheet.css", "quick.css"];
    let preview = Preview::from_args(env!("CARGO_MANIFEST_DIR"), &css)?.overlays(&["always", "path"]);
    for (name, hints) in [("start", 0), ("some", 9), ("all", HINTS.len())] {
        let mut kit = Kit::new(Hints).locale(if hints == 9 { "fr" } else { "en" }).start();
        for hint in &HINTS[..hints] {
            kit.change(json!({"quick": hint}));
        }
        preview.write(name, &mut kit)?;
    }
    Ok(())
}

const HINTS: [&str; 16] = [
    "faron woods barren",
    "lake floria -> et",
    "volcano summit path",
    "batreaux 80 = beetle",
    "levias = clawshots",
    "triforce of courage in sky",
    "farore in lanayru mine",
    "bow in mogma turf",
    "owlans crystals = whip",
    "sandship barren",
    "thunderhead stérile",
    "skyview sots",
    "beedles island goddess = small key, skyview",
    "nayru dans batreaux",
    "rickety coaster = song of the hero",
    "triforce of wisdom in ancient cistern",
];
