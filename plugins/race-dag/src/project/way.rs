use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Core, Names};
use crate::ranks::Row;
use crate::shown::{Exit, Spot, Visit, Way};

/// Where a runner is and was, and the gates out of there; of those only what this runner has found out.
pub fn way(row: &Row, core: &Core, names: &Names) -> Option<Way> {
    let here = row.here()?;
    let before = row.visits.iter().rev().map(|visit| visit.node).find(|node| *node != here);
    let texts = names.exits.get(usize::from(here)).map(Vec::as_slice).unwrap_or_default();
    let exits = core.place(here).map(|place| place.exits.as_slice()).unwrap_or_default();
    let known = |node: u16| row.visits.iter().any(|visit| visit.node == node);
    let visit = |visit: &crate::state::Visit| Visit {
        node: core.id(visit.node).to_owned(),
        igt_ms: visit.igt_ms,
        deaths: visit.deaths,
    };
    Some(Way {
        at: core.id(here).to_owned(),
        from: before.map(|node| core.id(node).to_owned()),
        history: row.visits.iter().map(visit).collect(),
        exits: texts
            .iter()
            .zip(exits)
            .map(|(text, to)| Exit { text: text.clone(), to: known(*to).then(|| core.id(*to).to_owned()) })
            .collect(),
    })
}

/// The nodes of which something is told.
pub fn nodes<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    core: &Core,
    names: &Names,
) -> BTreeMap<String, Spot> {
    // Gates lead to nodes of their runner's history, so these are all.
    let visits = rows.into_iter().flat_map(|row| &row.visits);
    let visited: BTreeSet<u16> = visits.map(|visit| visit.node).collect();
    let spot = |number: u16| {
        let place = core.place(number)?;
        let spot = Spot {
            name: names.nodes.get(usize::from(number)).cloned().unwrap_or_default(),
            kind: core.kind(place).to_owned(),
            layer: place.layer,
            tier: place.tier,
            original_tier: place.original_tier,
        };
        Some((place.id.clone(), spot))
    };
    visited.into_iter().filter_map(spot).collect()
}
