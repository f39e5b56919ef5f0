//! Writes every surface as a static page, to be looked at in a browser: `cargo run -p tracker-ssr --example preview -- /tmp/preview`.

use std::{env, fs, path::Path};

use regie_sdk::testing::Kit;
use serde_json::{Value, json};
use tracker_ssr::Ssr;
use tracker_ssr::items::{DUNGEONS, ITEMS};

fn main() -> std::io::Result<()> {
    let out = env::args().nth(1).unwrap_or_else(|| "preview".into());
    fs::create_dir_all(&out)?;
    let surfaces = [
        ("live", "#14151a"),
        ("panel", "#14151a"),
        ("overlay:default", "#fff"),
        ("overlay:default", "#000"),
        ("overlay:default", "linear-gradient(120deg, #7ec8f2, #5f9e4a 40%, #e8d9a0 60%, #8a4b2f)"),
        ("overlay:player", "linear-gradient(120deg, #7ec8f2, #5f9e4a 40%, #e8d9a0 60%, #8a4b2f)"),
        ("overlay:strip", "linear-gradient(120deg, #7ec8f2, #5f9e4a 40%, #e8d9a0 60%, #8a4b2f)"),
    ];
    for players in 1..=8 {
        let mut kit = played(players);
        for (index, (surface, ground)) in surfaces.iter().enumerate() {
            kit.can_edit = !surface.starts_with("overlay");
            let name = format!("{}-{players}-{index}.html", surface.replace(':', "-"));
            fs::write(
                Path::new(&out).join(name),
                document(&kit.html(surface), ground, !surface.starts_with("overlay")),
            )?;
        }
    }
    let labelled = played(2).setting("show_labels", true).locale("fr");
    fs::write(Path::new(&out).join("labels.html"), document(&labelled.html("live"), "#14151a", true))
}

/// A show some hours in: the further the player, the more is there.
fn played(players: u32) -> Kit<Ssr, regie_sdk::kind::Tracker> {
    let names = ["Alice", "Bob the Quick", "Chloé", "Dimitri", "Émile", "Fatou", "Gus", "Hana"];
    let mut kit = Kit::new(Ssr).participants(names.into_iter().take(players as usize)).start();
    for slot in 1..=players {
        let actions: Vec<Value> = ITEMS
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let count = (index as u32 * 7 + slot * 5) % (item.max + 2);
                json!({"slot": slot, "item": item.id, "count": count.min(item.max)})
            })
            .chain(DUNGEONS.iter().enumerate().map(|(index, dungeon)| {
                let state = ["required", "off", "done", "done", "off"][(index + slot as usize) % 5];
                json!({"slot": slot, "dungeon": dungeon.code, "state": state})
            }))
            .chain([json!({"slot": slot, "go": slot % 3 == 1})])
            .collect();
        for batch in actions.chunks(32) {
            kit.act_all(batch.to_vec());
        }
    }
    kit
}

fn document(html: &str, ground: &str, page: bool) -> String {
    let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/");
    let html = html.replace("/plugins/test/0/", &format!("file://{assets}"));
    let padding = if page { "16px" } else { "0" };
    format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <link rel=stylesheet href='file://{assets}tracker.css'>\
         <body style='margin:0;padding:{padding};background:{ground};min-height:100vh;box-sizing:border-box'>{html}"
    )
}
