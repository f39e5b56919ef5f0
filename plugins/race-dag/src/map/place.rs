//! From columns and lanes to pixels: lanes as far apart and columns as wide as the picture allows.

use super::layered::Layered;
use super::layout::{Column, Layout, Via};

/// Of the picture, in pixels; a map that needs more is wider, and is scaled where it is drawn.
pub(super) const WIDTH: i32 = 1760;
const HEIGHT: i32 = 400;
/// Apart from one lane to the next.
const LANE: std::ops::RangeInclusive<i32> = 32..=100;
/// What lies level on both sides of a slope, so that stations stand on straight line.
const STUB: i32 = 16;
const COLUMN_MIN: i32 = 48;
const COLUMN_MAX: i32 = 220;

pub(super) fn place(graph: &Layered, lanes: &[i64], crossings: u32) -> Layout {
    let steepest = steepest(graph, lanes);
    let top = lanes.iter().copied().max().unwrap_or(0);
    let top = i32::try_from(top).unwrap_or(i32::MAX / 1000);
    let fits = |lane: &i32| lane * top <= HEIGHT && widths(&steepest, *lane).iter().sum::<i32>() <= WIDTH;
    // Even, so that half of it is a whole number.
    let lane = LANE.rev().step_by(4).find(fits).unwrap_or(*LANE.start());
    let mut widths = widths(&steepest, lane);
    let room = (WIDTH - widths.iter().sum::<i32>()).max(0);
    spread(&mut widths[..graph.layers.len().saturating_sub(1)], room);
    let mut x = 0;
    let columns = graph.layers.iter().zip(&widths).zip(&steepest);
    let columns: Vec<Column> = columns
        .map(|((&layer, width), rise)| {
            let column = Column { layer, x, fork: x + (width - rise * lane) / 2 };
            x += width;
            column
        })
        .collect();
    let y = |cell: usize| i32::try_from(lanes[cell]).unwrap_or(0) * lane;
    let rank = ranks(graph);
    let joined = |cell: usize| graph.after[cell].iter().map(move |&next| (cell, next));
    let short = (0..graph.stations.len()).flat_map(joined).filter(|(_, to)| graph.is_station(*to));
    let long = graph.long.iter().map(|(from, to, _)| (*from, *to));
    let links = short.chain(long).chain(graph.beside.iter().copied());
    Layout {
        width: x,
        height: top * lane,
        crossings,
        columns,
        stations: (graph.stations.iter().enumerate())
            .map(|(station, stop)| (stop.id.to_owned(), (graph.column_of[station], y(station))))
            .collect(),
        links: links.map(|(from, to)| (rank[from], rank[to])).collect(),
        vias: (graph.long.iter())
            .map(|(from, to, cells)| Via {
                link: (rank[*from], rank[*to]),
                ys: cells.iter().map(|&cell| y(cell)).collect(),
            })
            .collect(),
    }
}

/// The place of each station in the order of ids.
fn ranks(graph: &Layered) -> Vec<usize> {
    let mut by_id: Vec<usize> = (0..graph.stations.len()).collect();
    by_id.sort_unstable_by_key(|&station| graph.stations[station].id);
    let mut ranks = vec![0; by_id.len()];
    for (rank, station) in by_id.into_iter().enumerate() {
        ranks[station] = rank;
    }
    ranks
}

/// Lanes that the steepest line rises between a column and the next.
fn steepest(graph: &Layered, lanes: &[i64]) -> Vec<i32> {
    let mut steepest = vec![0; graph.columns.len()];
    let mut rise = |column: usize, a: usize, b: usize, share: i64| {
        let lanes = i32::try_from((lanes[a] - lanes[b]).abs() / share).unwrap_or(i32::MAX / 1000);
        steepest[column] = lanes.max(steepest[column]);
    };
    for cell in 0..graph.cells() {
        graph.after[cell].iter().for_each(|&next| rise(graph.column_of[cell], cell, next, 1));
    }
    // Out and back within half the height, and not into the lines that fork there.
    graph.beside.iter().for_each(|&(a, b)| rise(graph.column_of[a], a, b, 1));
    steepest
}

/// Of each column up to the next; the last one only has room for what bulges out of it.
fn widths(steepest: &[i32], lane: i32) -> Vec<i32> {
    let last = steepest.len().saturating_sub(1);
    let width = |(column, &rise): (usize, &i32)| {
        let least = if column == last { 0 } else { COLUMN_MIN };
        if rise == 0 { least } else { least.max(rise * lane + 2 * STUB) }
    };
    steepest.iter().enumerate().map(width).collect()
}

/// Gives the room that is left to the narrowest columns first, so that they become alike.
fn spread(widths: &mut [i32], mut room: i32) {
    while room > 0 {
        let Some(least) = widths.iter().copied().min().filter(|least| *least < COLUMN_MAX) else { return };
        for width in widths.iter_mut().filter(|width| **width == least) {
            if room > 0 {
                *width += 1;
                room -= 1;
            }
        }
    }
}
