//! How well and how fast maps are laid out and drawn: `cargo run --release -p race-dag --example timings`.

#[path = "../tests/drawing/support/graphs.rs"]
mod graphs;
#[path = "../tests/drawing/support/random.rs"]
mod random;
#[path = "../tests/drawing/support/seeds.rs"]
mod seeds;

use std::time::{Duration, Instant};

use race_dag::map::{Canvas, Named, lay_out, signs};

fn main() {
    for graph in graphs::all() {
        let (stops, links) = (graph.stops(), graph.links());
        let map = lay_out(&stops, &links);
        let document = map.document();
        let canvas = Canvas::new(document.width, document.height);
        let stations = document.stations.values();
        let named: Vec<Named> = stations
            .map(|place| Named { name: "Deep Tunnel - Warden", at: canvas.at(*place), rank: 1 })
            .collect();
        let lines: Vec<_> = document.links.iter().map(|link| canvas.line(&link.points)).collect();
        println!(
            "{:44} {:3} nodes {:3} links {:2} crossings {:4}x{:3} {:5} bytes, laid out in {:?}, named in {:?} and {:?}",
            graph.name,
            stops.len(),
            document.links.len(),
            map.crossings,
            map.width,
            map.height,
            serde_json::to_string(&map).map_or(0, |text| text.len()),
            median(|| drop(lay_out(&stops, &links))),
            median(|| drop(signs(&named, &lines, 22.0, 1.0))),
            median(|| drop(signs(&named, &lines, 22.0, 2.0))),
        );
    }
}

fn median(run: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}
