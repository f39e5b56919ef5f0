use std::collections::BTreeMap;

use crate::facts::{Core, Names};
use crate::ranks::Row;
use crate::shown::{Exit, Runner, Spot, Visit, Way};

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

/// Every node that occurs in a way; gates lead to nodes of their runner's history, so these are all.
pub fn nodes(runners: &[Runner], core: &Core, names: &Names) -> BTreeMap<String, Spot> {
    let visited = |id: &str| {
        let visits = runners.iter().filter_map(|runner| runner.way.as_ref()).flat_map(|way| &way.history);
        visits.into_iter().any(|visit| visit.node == id)
    };
    core.places
        .iter()
        .enumerate()
        .filter(|(_, place)| visited(&place.id))
        .map(|(number, place)| {
            let spot = Spot {
                name: names.nodes.get(number).cloned().unwrap_or_default(),
                kind: core.kind(place).to_owned(),
                layer: place.layer,
                tier: place.tier,
                original_tier: place.original_tier,
            };
            (place.id.clone(), spot)
        })
        .collect()
}
