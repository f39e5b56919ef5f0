//! The graph as columns of cells: stations, and the places where long links pass a column.

use std::collections::{BTreeMap, BTreeSet};

use super::Stop;

pub(super) struct Layered<'a> {
    pub stations: Vec<Stop<'a>>,
    /// The layer of each column.
    pub layers: Vec<u32>,
    /// The cells of each column. Cells are numbered, the stations first.
    pub columns: Vec<Vec<usize>>,
    pub column_of: Vec<usize>,
    /// Neighbours of a cell in the column before and the one after it.
    pub before: Vec<Vec<usize>>,
    pub after: Vec<Vec<usize>>,
    /// Links over more than one column: both ends and the cells between.
    pub long: Vec<(usize, usize, Vec<usize>)>,
    /// Pairs of stations in one column.
    pub beside: Vec<(usize, usize)>,
}

impl<'a> Layered<'a> {
    pub fn new(stops: &[Stop<'a>], links: &[(&str, &str)]) -> Self {
        let mut stations = stops.to_vec();
        stations.sort_unstable();
        let mut seen = BTreeSet::new();
        stations.retain(|stop| seen.insert(stop.id));
        let layers: Vec<u32> =
            stations.iter().map(|stop| stop.layer).collect::<BTreeSet<_>>().into_iter().collect();
        let column_of = stations.iter().map(|stop| layers.partition_point(|layer| *layer < stop.layer)).collect();
        let index: BTreeMap<&str, usize> =
            stations.iter().enumerate().map(|(index, stop)| (stop.id, index)).collect();
        let mut graph = Self {
            before: vec![Vec::new(); stations.len()],
            after: vec![Vec::new(); stations.len()],
            columns: vec![Vec::new(); layers.len()],
            layers,
            column_of,
            long: Vec::new(),
            beside: Vec::new(),
            stations,
        };
        for (cell, &column) in graph.column_of.iter().enumerate() {
            graph.columns[column].push(cell);
        }
        let ends = links.iter().filter_map(|(from, to)| Some((*index.get(from)?, *index.get(to)?)));
        // Stations are numbered by layer, so that the lesser one stands further left; a link back is drawn like one forth.
        let links: BTreeSet<_> =
            ends.filter(|(from, to)| from != to).map(|(from, to)| (from.min(to), from.max(to))).collect();
        for (from, to) in links {
            graph.connect(from, to);
        }
        graph
    }

    fn connect(&mut self, from: usize, to: usize) {
        let (first, last) = (self.column_of[from], self.column_of[to]);
        if first == last {
            self.beside.push((from, to));
            return;
        }
        let between: Vec<usize> = (first + 1..last).map(|column| self.pass(column)).collect();
        let mut left = from;
        for &right in between.iter().chain([&to]) {
            self.after[left].push(right);
            self.before[right].push(left);
            left = right;
        }
        if !between.is_empty() {
            self.long.push((from, to, between));
        }
    }

    fn pass(&mut self, column: usize) -> usize {
        let cell = self.column_of.len();
        self.column_of.push(column);
        self.columns[column].push(cell);
        self.before.push(Vec::new());
        self.after.push(Vec::new());
        cell
    }

    pub fn cells(&self) -> usize {
        self.column_of.len()
    }

    pub fn is_station(&self, cell: usize) -> bool {
        cell < self.stations.len()
    }
}
