//! What rendering costs after the plugin: cleaning its HTML, per byte. The budget is 30 µs a kilobyte.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use regie_plugins::{css, html::Sanitiser};

const BASE: &str = "/plugins/tracker-x/0123456789abcdef/";

/// Two players with sixty items each, as the SDK writes them.
fn tracker(extra: &str) -> String {
    let cell = |slot: usize, item: usize| {
        format!(
            r#"<button class="cell item level-{level}" type="button" data-key="p{slot}-item-{item}" aria-label="Item number {item}, {level} of 3" data-do="{{&quot;slot&quot;:{slot},&quot;item&quot;:&quot;item-{item}&quot;,&quot;step&quot;:1}}" data-do-alt="{{&quot;slot&quot;:{slot},&quot;item&quot;:&quot;item-{item}&quot;,&quot;step&quot;:-1}}"><img src="{BASE}icons/item-{item}.svg" alt="" width="48" height="48"><span class="plate" aria-hidden="true">{level}</span></button>"#,
            level = item % 4,
        )
    };
    let player = |slot: usize| {
        let cells: String = (0..60).map(|item| cell(slot, item)).collect();
        format!(
            r#"<section class="player" data-key="p{slot}" aria-label="Player {slot}"><h2 class="label">Player {slot}</h2><div class="grid" style="--cell: 56px; --gap: 6px">{cells}</div></section>"#
        )
    };
    format!(r#"<div class="tracker">{}{}{extra}</div>"#, player(1), player(2))
}

fn markup(criterion: &mut Criterion) {
    let sanitiser = Sanitiser::new(BASE);
    let mut group = criterion.benchmark_group("markup");
    // A menu is parsed by rules of its own, so this page takes the way through the real parser.
    for (name, extra) in [("plain", ""), ("with a menu", "<select><option>a</option></select>")] {
        let page = tracker(extra);
        group.throughput(Throughput::Bytes(page.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| sanitiser.clean(black_box(&page))));
    }
    let sheet: String =
        (0..100).map(|n| format!(".item-{n}:hover{{color:red;& .plate{{inset:0}}}}")).collect();
    group.throughput(Throughput::Bytes(sheet.len() as u64));
    group.bench_function("style sheet", |bencher| {
        bencher.iter(|| css::confine(black_box(&sheet), "tracker-x", BASE))
    });
    group.finish();
}

criterion_group!(benches, markup);
criterion_main!(benches);
