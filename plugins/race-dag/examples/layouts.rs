//! How well and how fast maps are laid out: `cargo run --release -p race-dag --example layouts`.

#[path = "../tests/drawing/support/graphs.rs"]
mod graphs;
#[path = "../tests/drawing/support/random.rs"]
mod random;
#[path = "../tests/drawing/support/seeds.rs"]
mod seeds;

use std::time::Instant;

use race_dag::map::lay_out;

fn main() {
    for graph in graphs::all() {
        let (stops, links) = (graph.stops(), graph.links());
        let times = (0..9).map(|_| {
            let start = Instant::now();
            let _ = lay_out(&stops, &links);
            start.elapsed()
        });
        let mut times: Vec<_> = times.collect();
        times.sort();
        let map = lay_out(&stops, &links);
        let bytes = serde_json::to_string(&map).map_or(0, |text| text.len());
        println!(
            "{:44} {:3} nodes {:3} links {:2} crossings {:4}x{:3} {bytes:5} bytes, median {:?}",
            graph.name,
            stops.len(),
            links.len(),
            map.crossings,
            map.width,
            map.height,
            times[times.len() / 2],
        );
    }
}
