//! On which lane each cell lies: as level with its neighbours as the order of its column allows.

use super::layered::Layered;
use super::order::Order;

const SWEEPS: usize = 24;
const ROUNDS: usize = 40;
/// What a bend costs against a lane of height: a straight line is worth a detour.
const BEND: i64 = 3;

/// The lane of each cell, from 0.
pub(super) fn assign(graph: &Layered, order: &Order) -> Vec<i64> {
    let mut lanes = on_grid(graph, order);
    straighten(graph, order, &mut lanes);
    let top = lanes.iter().copied().min().unwrap_or(0);
    lanes.iter_mut().for_each(|lane| *lane -= top);
    lanes
}

/// How crooked the lines are, and how high the map.
pub(super) fn cost(graph: &Layered, lanes: &[i64]) -> i64 {
    let segments = |cell: usize| graph.after[cell].iter().map(move |&next| (cell, next));
    let crooked: i64 =
        (0..graph.cells()).flat_map(segments).map(|(a, b)| segment(graph, a, b, lanes[b] - lanes[a])).sum();
    crooked + lanes.iter().max().copied().unwrap_or(0)
}

/// Where a long link passes nothing holds it, so it should not bend there.
fn segment(graph: &Layered, a: usize, b: usize, rise: i64) -> i64 {
    let weight = if graph.is_station(a) && graph.is_station(b) { 1 } else { 2 };
    if rise == 0 { 0 } else { weight * (rise.abs() + BEND) }
}

/// Isotonic regression, column by column, towards the mean of the neighbours; then rounded.
fn on_grid(graph: &Layered, order: &Order) -> Vec<i64> {
    let mut y = vec![0.0; graph.cells()];
    for column in order {
        let middle = column.len().saturating_sub(1) as f64 / 2.0;
        for (place, &cell) in column.iter().enumerate() {
            y[cell] = place as f64 - middle;
        }
    }
    for sweep in 0..SWEEPS {
        for step in 0..order.len() {
            let column = &order[if sweep % 2 == 0 { step } else { order.len() - 1 - step }];
            let wanted: Vec<(f64, f64)> = column.iter().map(|&cell| wish(graph, cell, &y)).collect();
            for (&cell, lane) in column.iter().zip(isotonic(&wanted)) {
                y[cell] = lane;
            }
        }
    }
    let mut lanes = vec![0; graph.cells()];
    for column in order {
        for (place, &cell) in column.iter().enumerate() {
            // Less its place it never falls from one cell to the next, nor does it rounded: so lanes stay apart.
            lanes[cell] = (y[cell] - place as f64).round() as i64 + place as i64;
        }
    }
    lanes
}

/// Where a cell wants to be, and how much.
fn wish(graph: &Layered, cell: usize, y: &[f64]) -> (f64, f64) {
    let (mut sum, mut weight) = (0.0, 0.0);
    for &neighbour in graph.before[cell].iter().chain(&graph.after[cell]) {
        let pull = if graph.is_station(cell) && graph.is_station(neighbour) { 1.0 } else { 3.0 };
        sum += pull * y[neighbour];
        weight += pull;
    }
    if weight > 0.0 { (sum / weight, weight) } else { (y[cell], 0.1) }
}

/// The lanes closest to what is wanted (least squares, weighted) that are at least 1 apart: pool adjacent violators.
fn isotonic(wanted: &[(f64, f64)]) -> Vec<f64> {
    // Mean, weight and count of each pool.
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(wanted.len());
    for (place, &(lane, weight)) in wanted.iter().enumerate() {
        pools.push((lane - place as f64, weight, 1));
        while let [.., above, last] = pools[..] {
            if above.0 <= last.0 {
                break;
            }
            let weight = above.1 + last.1;
            let mean = (above.0 * above.1 + last.0 * last.1) / weight;
            pools.truncate(pools.len() - 2);
            pools.push((mean, weight, above.2 + last.2));
        }
    }
    let flat = pools.into_iter().flat_map(|(mean, _, count)| std::iter::repeat_n(mean, count));
    flat.enumerate().map(|(place, mean)| mean + place as f64).collect()
}

/// Moves cells, and whole level lines, up or down while that makes the map straighter.
fn straighten(graph: &Layered, order: &Order, lanes: &mut [i64]) {
    let mut place = vec![0; graph.cells()];
    for column in order {
        for (index, &cell) in column.iter().enumerate() {
            place[cell] = index;
        }
    }
    for _ in 0..ROUNDS {
        let mut gained = false;
        for cell in 0..graph.cells() {
            for group in [vec![cell], level(graph, cell, lanes)] {
                for by in [-1, 1, -2, 2] {
                    gained |= shift(graph, order, &place, lanes, &group, by);
                }
            }
        }
        if !gained {
            break;
        }
    }
}

/// All cells that are joined to this one without a bend, in rising order.
fn level(graph: &Layered, cell: usize, lanes: &[i64]) -> Vec<usize> {
    let mut group = vec![cell];
    let mut next = 0;
    while next < group.len() {
        let cell = group[next];
        for &neighbour in graph.before[cell].iter().chain(&graph.after[cell]) {
            if lanes[neighbour] == lanes[cell] && !group.contains(&neighbour) {
                group.push(neighbour);
            }
        }
        next += 1;
    }
    group
}

/// Shifts the group if there is room and it helps; whether it did.
fn shift(graph: &Layered, order: &Order, place: &[usize], lanes: &mut [i64], group: &[usize], by: i64) -> bool {
    let free = |cell: usize| {
        let column = &order[graph.column_of[cell]];
        let above = place[cell].checked_sub(1).map(|index| column[index]);
        let below = column.get(place[cell] + 1).copied();
        let lane = lanes[cell] + by;
        above.is_none_or(|above| lanes[above] < lane) && below.is_none_or(|below| lanes[below] > lane)
    };
    if !group.iter().all(|&cell| free(cell)) {
        return false;
    }
    let around = |lanes: &[i64]| -> i64 {
        let joined = |cell: usize| graph.before[cell].iter().chain(&graph.after[cell]).map(move |&to| (cell, to));
        let pairs = group.iter().flat_map(|&cell| joined(cell));
        pairs.map(|(a, b)| segment(graph, a, b, lanes[b] - lanes[a])).sum()
    };
    let was = around(lanes);
    group.iter().for_each(|&cell| lanes[cell] += by);
    let gained = around(lanes) < was;
    if !gained {
        group.iter().for_each(|&cell| lanes[cell] -= by);
    }
    gained
}
