//! In which order the cells of a column stand, so that few lines cross: barycentre sweeps with swaps of neighbours, from several starts.

use super::layered::Layered;

/// Cells of each column from top to bottom.
pub(super) type Order = Vec<Vec<usize>>;

const STARTS: u64 = 8;
const SWEEPS: usize = 24;
/// Sweeps without a gain after which a start has said all.
const PATIENCE: usize = 5;

/// The best order found from each start.
pub(super) fn candidates(graph: &Layered) -> Vec<Order> {
    let mut all = Vec::new();
    for start in 0..STARTS {
        let order = swept(graph, shuffled(&graph.columns, start));
        if !all.contains(&order) {
            all.push(order);
        }
    }
    all
}

pub(super) fn crossings(graph: &Layered, order: &Order) -> u32 {
    let at = positions(graph, order);
    let between = |column: &Vec<usize>| {
        let mut ends: Vec<(usize, usize)> =
            column.iter().flat_map(|&cell| graph.after[cell].iter().map(move |&next| (cell, next))).collect();
        ends.iter_mut().for_each(|(from, to)| (*from, *to) = (at[*from], at[*to]));
        let pairs = ends.iter().enumerate().flat_map(|(i, a)| ends[i + 1..].iter().map(move |b| (a, b)));
        pairs.filter(|(a, b)| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count()
    };
    u32::try_from(order.iter().map(between).sum::<usize>()).unwrap_or(u32::MAX)
}

fn swept(graph: &Layered, mut order: Order) -> Order {
    let mut best = (crossings(graph, &order), order.clone());
    let mut idle = 0;
    for sweep in 0..SWEEPS {
        let (rightwards, last) = (sweep % 2 == 0, order.len().saturating_sub(1));
        for step in 1..order.len() {
            let (column, neighbours) =
                if rightwards { (step, &graph.before) } else { (last - step, &graph.after) };
            by_barycentre(graph, &mut order, column, neighbours);
        }
        swap_neighbours(graph, &mut order);
        let found = crossings(graph, &order);
        if found < best.0 {
            best = (found, order.clone());
            idle = 0;
        } else {
            idle += 1;
        }
        if best.0 == 0 || idle == PATIENCE {
            break;
        }
    }
    best.1
}

/// Sorts a column by the mean place of its cells' neighbours; who has none keeps its own.
fn by_barycentre(graph: &Layered, order: &mut Order, column: usize, neighbours: &[Vec<usize>]) {
    let at = positions(graph, order);
    let mean = |cell: usize| {
        let of = &neighbours[cell];
        // Scaled to whole numbers: sorting must not depend on how floats compare.
        if of.is_empty() { at[cell] * 5040 } else { of.iter().map(|&n| at[n] * 5040).sum::<usize>() / of.len() }
    };
    let mut keyed: Vec<_> = order[column].iter().map(|&cell| (mean(cell), cell)).collect();
    keyed.sort_by_key(|(mean, _)| *mean);
    order[column] = keyed.into_iter().map(|(_, cell)| cell).collect();
}

/// Swaps cells next to each other while that takes crossings away.
fn swap_neighbours(graph: &Layered, order: &mut Order) {
    let mut at = positions(graph, order);
    for _ in 0..SWEEPS {
        let mut gained = false;
        for column in order.iter_mut() {
            for upper in 1..column.len() {
                let (a, b) = (column[upper - 1], column[upper]);
                let pair = |a: usize, b: usize| {
                    inversions(&graph.before[a], &graph.before[b], &at)
                        + inversions(&graph.after[a], &graph.after[b], &at)
                };
                if pair(b, a) < pair(a, b) {
                    column.swap(upper - 1, upper);
                    at.swap(a, b);
                    gained = true;
                }
            }
        }
        if !gained {
            break;
        }
    }
}

/// Crossings of the lines of a cell with those of the one below it, towards one side.
fn inversions(upper: &[usize], lower: &[usize], at: &[usize]) -> usize {
    upper.iter().map(|&u| lower.iter().filter(|&&l| at[l] < at[u]).count()).sum()
}

fn positions(graph: &Layered, order: &Order) -> Vec<usize> {
    let mut at = vec![0; graph.cells()];
    for column in order {
        for (place, &cell) in column.iter().enumerate() {
            at[cell] = place;
        }
    }
    at
}

/// The columns in another order for every start; the first start takes them as they are.
fn shuffled(columns: &Order, start: u64) -> Order {
    let mut columns = columns.clone();
    let mut random = SplitMix(start);
    if start > 0 {
        for column in &mut columns {
            for end in (1..column.len()).rev() {
                column.swap(end, random.below(end + 1));
            }
        }
    }
    columns
}

/// SplitMix64: the same numbers on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        // Below `end`, so it fits.
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}
