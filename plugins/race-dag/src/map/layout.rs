use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use serde::{Deserialize, Serialize};

use super::path::Point;
use super::{lanes, layered, order, place};
use crate::graph::Graph;

/// What is laid out: a node and the layer that says in which column it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stop<'a> {
    pub layer: u32,
    pub id: &'a str,
}

/// Where everything is, in pixels of a picture [`place::WIDTH`] wide (more where that is too narrow). Small enough for `derived`:
/// the ways of lines follow from where they begin and end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub width: i32,
    pub height: i32,
    pub crossings: u32,
    /// One for every layer that has a station, left to right.
    pub columns: Vec<Column>,
    /// Column and height by node id.
    pub stations: BTreeMap<String, (usize, i32)>,
    /// Two stations each, counted in the order of their ids; the one further left first.
    pub links: BTreeSet<(usize, usize)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vias: Vec<Via>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub layer: u32,
    pub x: i32,
    /// Where lines to the next column leave their height.
    pub fork: i32,
}

/// The heights at which a long link passes the columns between its ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Via {
    pub link: (usize, usize),
    pub ys: Vec<i32>,
}

/// The same with every line written out, for clients that draw it themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub width: i32,
    pub height: i32,
    pub crossings: u32,
    pub layers: Vec<Column>,
    pub stations: BTreeMap<String, Place>,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub x: i32,
    pub y: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub from: String,
    pub to: String,
    pub points: Vec<Point>,
}

/// The map of a seed, or of a part of one.
pub fn layout(graph: &Graph) -> Layout {
    let stops: Vec<Stop> =
        graph.nodes.iter().map(|(id, node)| Stop { id, layer: node.layer }).collect();
    let links: Vec<(&str, &str)> =
        graph.edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
    lay_out(&stops, &links)
}

/// The same for any graph. What a link names that is no stop is left out, as are links to itself and repetitions.
pub fn lay_out(stops: &[Stop<'_>], links: &[(&str, &str)]) -> Layout {
    let graph = layered::Layered::new(stops, links);
    let best = order::candidates(&graph)
        .into_iter()
        .map(|order| {
            let lanes = lanes::assign(&graph, &order);
            ((order::crossings(&graph, &order), lanes::cost(&graph, &lanes)), lanes)
        })
        // The first of the best: a tie never depends on anything but the order of the starts.
        .reduce(|best, next| if next.0 < best.0 { next } else { best });
    best.map_or_else(Layout::default, |((crossings, _), lanes)| place::place(&graph, &lanes, crossings))
}

impl Layout {
    pub fn at(&self, id: &str) -> Option<Place> {
        let &(column, y) = self.stations.get(id)?;
        Some(Place { x: self.columns.get(column)?.x, y })
    }

    /// The corners of the line between two stations, from the one to the other; `None` where there is none.
    pub fn route(&self, from: &str, to: &str) -> Option<Vec<Point>> {
        let index = |id: &str| self.stations.range::<str, _>((Unbounded, Excluded(id))).count();
        let (start, end) = (self.stations.get(from)?, self.stations.get(to)?);
        if let Some(link) = self.links.get(&(index(from), index(to))) {
            return Some(self.line(*link, *start, *end));
        }
        let mut back = self.line(*self.links.get(&(index(to), index(from)))?, *end, *start);
        back.reverse();
        Some(back)
    }

    fn line(&self, link: (usize, usize), (left, y): (usize, i32), (right, end): (usize, i32)) -> Vec<Point> {
        if left == right {
            return self.bulge(left, y, end);
        }
        let via = self.vias.iter().find(|via| via.link == link);
        let between = via.map_or(&[][..], |via| &via.ys);
        let mut points = vec![[self.columns[left].x, y]];
        let mut level = y;
        for (column, next) in (left..right).zip(between.iter().copied().chain([end])) {
            let fork = self.columns[column].fork;
            if next != level {
                points.extend([[fork, level], [fork + (next - level).abs(), next]]);
            }
            level = next;
        }
        points.push([self.columns[right].x, end]);
        points.dedup();
        points
    }

    /// Between two stations of one column: out to the right and back.
    fn bulge(&self, column: usize, y: i32, end: i32) -> Vec<Point> {
        let (x, half) = (self.columns[column].x, (end - y) / 2);
        vec![[x, y], [x + half.abs(), y + half], [x, end]]
    }

    /// With every line written out.
    pub fn document(&self) -> Document {
        let ids: Vec<&String> = self.stations.keys().collect();
        let link = |&(from, to): &(usize, usize)| {
            let (from, to) = (*ids.get(from)?, *ids.get(to)?);
            Some(Link { from: from.clone(), to: to.clone(), points: self.route(from, to)? })
        };
        Document {
            width: self.width,
            height: self.height,
            crossings: self.crossings,
            layers: self.columns.clone(),
            stations: self.stations.keys().filter_map(|id| Some((id.clone(), self.at(id)?))).collect(),
            links: self.links.iter().filter_map(link).collect(),
        }
    }
}
