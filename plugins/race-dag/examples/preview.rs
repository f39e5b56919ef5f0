//! Writes every surface as a static page, to be looked at in a browser: `cargo run -p race-dag --example preview -- /tmp/preview`.

#[path = "../tests/drawing/support/random.rs"]
mod random;
#[path = "../tests/drawing/support/seeds.rs"]
mod seeds;
#[path = "../tests/drawing/support/show.rs"]
mod show;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use serde_json::Value;
use show::{PUBLIC, Seat, Show};

const PAGE: &str = "#0e1015";
/// Grounds that overlays must be read on: white, black, and something like a moving picture.
const GROUNDS: [(&str, &str); 3] = [
    ("white", "#fff"),
    ("black", "#000"),
    ("busy", "repeating-linear-gradient(115deg, #7ec8f2 0 90px, #5f9e4a 90px 210px, #e8d9a0 210px 300px, #8a4b2f 300px 420px)"),
];
/// As somebody sees who has no green cones.
const DEUTERANOPIA: &str = "<svg width=0 height=0 style='position:absolute'><filter id=d color-interpolation-filters=linearRGB>\
    <feColorMatrix values='0.367 0.861 -0.228 0 0 0.280 0.673 0.047 0 0 -0.012 0.043 0.969 0 0 0 0 0 1 0'/></filter></svg>\
    <style>html{filter:url(#d)}</style>";

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "preview".into()));
    fs::create_dir_all(&out)?;
    let mut all: Vec<(String, Option<Value>, u32)> =
        vec![("made-13".into(), None, 13), ("made-30".into(), None, 30)];
    all.extend(seeds::real_seeds().into_iter().enumerate().map(|(at, (_, seed))| (format!("real-{at}"), Some(seed), 0)));
    for (name, seed, layers) in &all {
        race(&out, name, seed.as_ref(), *layers)?;
    }
    for runners in [0, 1, 16] {
        let mut show = Show::new(runners, None, 20);
        write_all(&out, &format!("open-{runners}"), &show, &PUBLIC)?;
        show.start();
        show.run(0.6);
        write_all(&out, &format!("run-{runners}"), &show, &PUBLIC)?;
    }
    Ok(())
}

/// Eight who run: two have arrived, one has given up; and the same when it is over, and as one of them sees it.
fn race(out: &Path, name: &str, seed: Option<&Value>, layers: u32) -> io::Result<()> {
    let mut show = Show::new(8, seed, layers);
    show.start();
    write_all(out, &format!("{name}-start"), &show, &PUBLIC)?;
    for slot in 1..=8 {
        let share = if slot <= 2 { 1.0 } else { 0.95 - 0.09 * slot as f64 };
        show.walk(slot, share, 30_000 + 2_000 * slot as u64);
    }
    show.set(8, "abandoned");
    write_all(out, name, &show, &PUBLIC)?;
    write_all(out, &format!("{name}-fr"), &show, &Seat { locale: "fr", ..PUBLIC })?;
    write_all(out, &format!("{name}-own"), &show, &Seat { role: "participant", slot: Some(4), locale: "en" })?;
    show.finish();
    write_all(out, &format!("{name}-over"), &show, &PUBLIC)
}

fn write_all(out: &Path, name: &str, show: &Show, seat: &Seat) -> io::Result<()> {
    for surface in ["live", "panel", "editor"] {
        page(out, &format!("{name}-{surface}"), PAGE, "", &format!("<div style='padding:16px;max-width:420px'>{}</div>", show.html(surface, seat)))?;
    }
    let map = format!(
        "<div class=canvas style='width:1920px;height:720px;position:relative'>{}{}</div>",
        layer(&show.html("overlay:dag:base", seat)),
        layer(&show.html("overlay:dag", seat))
    );
    let share = map.split("data-x-share=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let follow = format!("<style>.canvas{{--map-follow:1;--map-layers:8;{share}}}</style>");
    for (ground, colour) in GROUNDS {
        page(out, &format!("{name}-map-{ground}"), colour, "", &map)?;
        page(out, &format!("{name}-board-{ground}"), colour, "", &framed(600, 900, &show.html("overlay:leaderboard", seat)))?;
        let player = Seat { slot: Some(seat.slot.unwrap_or(4)), ..*seat };
        page(out, &format!("{name}-hud-{ground}"), colour, "", &framed(480, 760, &show.html("overlay:hud", &player)))?;
    }
    page(out, &format!("{name}-map-follow"), GROUNDS[2].1, &follow, &map)?;
    page(out, &format!("{name}-map-deutan"), PAGE, DEUTERANOPIA, &map)
}

fn layer(html: &str) -> String {
    format!("<div style='position:absolute;inset:0'>{html}</div>")
}

fn framed(width: u32, height: u32, html: &str) -> String {
    format!("<div style='width:{width}px;height:{height}px'>{html}</div>")
}

fn page(out: &Path, name: &str, ground: &str, head: &str, body: &str) -> io::Result<()> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let sheet = |name: &str| fs::read_to_string(assets.join(name));
    let css = [sheet("race.css")?, sheet("map.css")?, sheet("overlay.css")?].concat();
    let html = format!(
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><style>{css}</style>{head}\
         <body style='margin:0;background:{ground};min-height:100vh'>{body}"
    );
    fs::write(out.join(format!("{name}.html")), html)
}
