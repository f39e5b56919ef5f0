//! What items are called: a room's data packages, kept by their checksums so that a reconnect does not fetch them anew.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    fault::Fault,
    packet::{DataPackage, RoomInfo},
};

/// Items that any game's slot may receive are in the package of this pseudo game.
pub(crate) const COMMON: &str = "Archipelago";

/// Packages kept; a slot needs two.
const MAX_KEPT: usize = 4;
const MAX_NAME: usize = 256;
/// Names in a package; games have some thousands.
const MAX_NAMES: usize = 32_768;

type Ids = Arc<HashMap<i64, String>>;
/// The slot's game first, then [`COMMON`].
pub(crate) type Packages = Vec<Ids>;

/// Packages of earlier connections to the same multiworld.
#[derive(Default)]
pub(crate) struct Cache {
    seed: String,
    kept: Vec<(String, String, Ids)>,
}

impl Cache {
    /// Another multiworld may add names of its own (`dynamic`) to a package with the same checksum.
    pub fn enter(&mut self, room: &RoomInfo) {
        if self.seed != room.seed_name {
            self.seed.clone_from(&room.seed_name);
            self.kept.clear();
        }
    }

    /// The package of `game`, if it is the one that the room has.
    pub fn get(&self, game: &str, room: &RoomInfo) -> Option<Ids> {
        let checksum = room.datapackage_checksums.get(game)?;
        let (.., ids) = self.kept.iter().find(|(g, sum, _)| g == game && sum == checksum)?;
        Some(ids.clone())
    }

    /// Reads the packages of `games`, and keeps those that can be known again. A game that the room has no package for
    /// has no names.
    pub fn take(&mut self, games: &[String], room: &RoomInfo, data: &DataPackage) -> Result<Packages, Fault> {
        games.iter().map(|game| self.take_one(game, room, data)).collect()
    }

    fn take_one(&mut self, game: &str, room: &RoomInfo, data: &DataPackage) -> Result<Ids, Fault> {
        let mut ids: HashMap<i64, String> = HashMap::new();
        for package in data.games.get(game).into_iter().chain(data.dynamic.get(game)) {
            if package.item_name_to_id.len() > MAX_NAMES {
                return Err(Fault::Malformed(format!("more than {MAX_NAMES} names of items in one game")));
            }
            for (name, id) in &package.item_name_to_id {
                if name.is_empty() || name.len() > MAX_NAME {
                    continue;
                }
                // Two names of one id: the same one every time.
                let kept = ids.entry(*id).or_insert_with(|| name.clone());
                if name < kept {
                    kept.clone_from(name);
                }
            }
        }
        let ids = Arc::new(ids);
        let told = data.games.get(game).and_then(|package| package.checksum.as_ref());
        if let Some(checksum) = room.datapackage_checksums.get(game)
            && told.is_none_or(|told| told == checksum)
        {
            self.kept.retain(|(g, ..)| g != game);
            if self.kept.len() >= MAX_KEPT {
                self.kept.remove(0);
            }
            self.kept.push((game.to_owned(), checksum.clone(), ids.clone()));
        }
        Ok(ids)
    }
}

/// Counts by name. An id without a name is `Item <id>`.
pub(crate) fn by_name(counts: &BTreeMap<i64, u32>, packages: &[Ids]) -> BTreeMap<String, u32> {
    let mut named = BTreeMap::new();
    for (id, count) in counts {
        let name = packages.iter().find_map(|ids| ids.get(id)).cloned();
        let sum: &mut u32 = named.entry(name.unwrap_or_else(|| format!("Item {id}"))).or_insert(0);
        *sum = sum.saturating_add(*count);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn room(checksum: &str) -> RoomInfo {
        serde_json::from_value(json!({ "datapackage_checksums": { "A": checksum } })).unwrap()
    }

    fn data(value: serde_json::Value) -> DataPackage {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_package_is_kept_only_under_the_checksum_it_came_with() {
        let games = ["A".to_owned()];
        let package = |sum: &str| data(json!({"games":{"A":{"item_name_to_id":{"Lamp":1},"checksum":sum}}}));
        for (told, asked, kept) in [("x", "x", true), ("x", "y", false)] {
            let mut cache = Cache::default();
            cache.take(&games, &room("x"), &package(told)).unwrap();
            assert_eq!(cache.get("A", &room(asked)).is_some(), kept);
        }
        let mut cache = Cache::default();
        cache.take(&games, &room("x"), &package("other")).unwrap();
        assert!(cache.get("A", &room("x")).is_none(), "the package is not the one announced");
        cache.take(&games, &RoomInfo::default(), &package("x")).unwrap();
        assert!(cache.get("A", &RoomInfo::default()).is_none(), "nothing was announced");
    }

    #[test]
    fn what_a_room_adds_itself_is_named_and_forgotten_in_the_next_multiworld() {
        let mut cache = Cache::default();
        let data = data(json!({
            "games": {"A": {"item_name_to_id": {"Lamp": 1}, "checksum": "x"}},
            "dynamic": {"A": {"item_name_to_id": {"Bridge": 9}}},
        }));
        let packages = cache.take(&["A".to_owned()], &room("x"), &data).unwrap();
        let named = by_name(&BTreeMap::from([(1, 2), (9, 1), (50, 3)]), &packages);
        assert_eq!(named, BTreeMap::from([("Lamp".into(), 2), ("Bridge".into(), 1), ("Item 50".into(), 3)]));
        cache.enter(&room("x"));
        assert!(cache.get("A", &room("x")).is_some());
        cache.enter(&RoomInfo { seed_name: "next".into(), ..room("x") });
        assert!(cache.get("A", &room("x")).is_none());
    }

    #[test]
    fn counts_never_wrap_and_names_are_the_same_every_time() {
        let data = data(json!({"games":{"A":{"item_name_to_id":{"Zeta":1,"Alpha":1,"Item 7":2}}}}));
        let packages = Cache::default().take(&["A".to_owned()], &RoomInfo::default(), &data).unwrap();
        let named = by_name(&BTreeMap::from([(1, 1), (2, u32::MAX), (7, 1)]), &packages);
        assert_eq!(named, BTreeMap::from([("Alpha".into(), 1), ("Item 7".into(), u32::MAX)]));
    }

    #[test]
    fn a_package_of_endless_names_is_refused() {
        let names: HashMap<String, i64> = (0..40_000).map(|n| (format!("Item {n}"), n)).collect();
        let data = data(json!({"games": {"A": {"item_name_to_id": names}}}));
        assert!(Cache::default().take(&["A".to_owned()], &room("x"), &data).is_err());
    }

    #[test]
    fn few_packages_are_kept() {
        let mut cache = Cache::default();
        for n in 0..20 {
            let game = format!("G{n}");
            let room = serde_json::from_value(json!({ "datapackage_checksums": { &game: "s" } })).unwrap();
            cache.take(std::slice::from_ref(&game), &room, &data(json!({"games":{}}))).unwrap();
        }
        assert_eq!(cache.kept.len(), MAX_KEPT);
    }
}
