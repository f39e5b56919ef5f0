//! Writes every surface as a static page, to be looked at in a browser: `cargo run -p tracker-ootr --example preview -- /tmp/preview`.

use regie_sdk::testing::{Kit, Preview};
use serde_json::{Value, json};
use tracker_ootr::Ootr;
use tracker_ootr::items::ITEMS;

fn main() -> std::io::Result<()> {
    let css = ["icons.css", "sdk/grid.css", "tracker.css"];
    let preview = Preview::from_args(env!("CARGO_MANIFEST_DIR"), &css)?.overlays(&["player", "strip"]);
    for players in 1..=8 {
        preview.write(&players.to_string(), &mut played(players))?;
    }
    let mut labelled = played(2).setting("show_labels", true).locale("fr");
    preview.write("labels", &mut labelled)
}

/// A show some hours in: the further the player, the more is there.
fn played(players: u32) -> Kit<Ootr, regie_sdk::kind::Tracker> {
    let names = ["Alice", "Bob the Quick", "Chloé", "Dimitri", "Émile", "Fatou", "Gus", "Hana"];
    let mut kit = Kit::new(Ootr).participants(names.into_iter().take(players as usize)).start();
    for slot in 1..=players {
        let actions: Vec<Value> = ITEMS
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let count = (index as u32 * 7 + slot * 5) % (item.max + 2);
                json!({"slot": slot, "item": item.id, "count": count.min(item.max)})
            })
            .collect();
        for batch in actions.chunks(32) {
            kit.act_all(batch.to_vec());
        }
    }
    kit
}
