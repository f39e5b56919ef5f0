//! Writes every surface as a static page, to be looked at in a browser: `cargo run -p indices-board --example preview -- /tmp/preview`.

use indices_board::Board;
use regie_sdk::testing::{Kit, Preview};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let preview = Preview::from_args(env!("CARGO_MANIFEST_DIR"), &["sdk/sheet.css"])?
        .overlays(&["category", "category-2"]);
    for (name, seed) in [("few", template(4)), ("many", template(30))] {
        let mut kit = Kit::new(Board).start_from(Some(seed)).unwrap_or_else(|fault| panic!("{fault:?}"));
        kit.change(json!({"category": "always", "line": 1, "is": "Water Dragon Reward", "marked": true}));
        preview.write(name, &mut kit)?;
    }
    Ok(())
}

fn template(lines: usize) -> Value {
    let places = [
        "Batreaux 50",
        "Water Dragon Reward",
        "Beedle 1600",
        "Song from Levias",
        "A place with a long name on an island",
    ];
    let items = ["Beetle", "", "Clawshots", "Triforce of Courage", "Small key"];
    let pairs: Vec<Value> = (0..lines).map(|n| json!([places[n % 5], items[(n * 3) % 5]])).collect();
    let alone: Vec<Value> = (0..lines.min(7)).map(|n| json!([places[(n * 2) % 5]])).collect();
    json!({"label": "Season 4", "categories": {
        "always": {"label": "Always", "columns": 2, "items": pairs},
        "sometimes": {"label": "Sometimes", "columns": 2, "items": pairs},
        "barren": {"label": "Barren", "columns": 1, "items": alone},
        "notes": {"label": "Notes", "columns": 1, "items": []}}})
}
