use std::collections::BTreeMap;

use super::Row;
use crate::facts::Core;

/// When each layer was first reached, among those who are on the way or have arrived. Who jumped over layers has reached them too.
pub fn splits(rows: &[Row], core: &Core) -> BTreeMap<u32, u64> {
    let mut splits: BTreeMap<u32, u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| matches!(row.status.as_str(), "finished" | "playing")) {
        let mut above = 0;
        for visit in &row.visits {
            let layer = core.layer(visit.node);
            for new in above..=layer {
                let first = splits.entry(new).or_insert(visit.igt_ms);
                *first = visit.igt_ms.min(*first);
            }
            above = above.max(layer + 1);
        }
    }
    splits
}

/// Milliseconds behind. Of a finisher: behind the `best` time. Of a player on layer L: how much later they entered it than the first, until
/// their clock passes the moment at which the first left it for the next; from then on how much longer ago that was.
pub fn gap(row: &Row, splits: &BTreeMap<u32, u64>, best: Option<u64>) -> Option<i64> {
    let behind = |own: u64, first: u64| i64::try_from(own).ok()?.checked_sub(i64::try_from(first).ok()?);
    let igt = row.igt_ms?;
    match row.status.as_str() {
        "finished" => behind(igt, best?),
        "playing" => match splits.get(&(row.layer + 1)) {
            Some(next) if igt > *next => behind(igt, *next),
            _ => behind(row.entry_ms?, *splits.get(&row.layer)?),
        },
        _ => None,
    }
}
