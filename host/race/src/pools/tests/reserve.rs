use std::collections::BTreeSet;

use regie_core::ErrorKind;

use super::*;
use crate::pools::SeedStatus;

#[tokio::test]
async fn a_seed_is_reserved_then_confirmed_and_its_folder_follows() {
    let bench = Bench::filled(&[1]).await;
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    assert_eq!((bench.counts(), bench.there("available/seed_1")), ((0, 0, 0), true));
    assert_eq!(bench.pools.take("sprint", "r").await.unwrap().id, seed.id, "asked again, the same one");
    let other = bench.pools.take("sprint", "s").await.unwrap_err();
    assert_eq!((other.kind, &*other.code, other.hint.is_some()), (ErrorKind::Conflict, "pool_empty", true));
    assert_eq!(bench.pools.confirm(&seed.id, "s").await.unwrap_err().code, "seed_taken");
    for _ in 0..2 {
        bench.pools.confirm(&seed.id, "r").await.unwrap();
        assert_eq!((bench.counts(), bench.there("consumed/seed_1")), ((0, 1, 0), true));
    }
    assert_eq!(bench.pools.document(&seed.id).await.unwrap().get(), r#"{"seed":1}"#);
    bench.pools.give_back(&seed.id, "s").await.unwrap();
    assert_eq!(bench.counts(), (0, 1, 0), "nobody gives back what another race has");
    for _ in 0..2 {
        bench.pools.give_back(&seed.id, "r").await.unwrap();
        assert_eq!((bench.counts(), bench.there("available/seed_1")), ((1, 0, 0), true));
    }
}

#[tokio::test]
async fn races_that_take_at_the_same_time_never_get_the_same_seed() {
    let bench = Bench::filled(&[1, 2, 3, 4, 5, 6, 7, 8]).await;
    let races: Vec<_> = (0..12).map(|n| format!("r{n}")).collect();
    let taken = futures::future::join_all(races.iter().map(|race| bench.pools.take("sprint", race))).await;
    let numbers: BTreeSet<_> = taken.iter().flatten().map(|seed| seed.number).collect();
    assert_eq!((numbers.len(), taken.iter().filter(|taken| taken.is_err()).count()), (8, 4));
}

#[tokio::test]
async fn another_seed_is_another_one_and_a_bad_one_is_never_given_again() {
    let bench = Bench::filled(&[1, 2]).await;
    let first = bench.pools.take("sprint", "r").await.unwrap();
    bench.pools.confirm(&first.id, "r").await.unwrap();
    let second = bench.pools.take_other("sprint", "r", &first.id).await.unwrap();
    assert_ne!(first.id, second.id);
    bench.pools.confirm(&second.id, "r").await.unwrap();
    bench.pools.discard(&first.id, "r").await.unwrap();
    assert_eq!((bench.counts(), bench.there(&format!("discarded/{}", first.folder))), ((0, 1, 1), true));
    bench.pools.give_back(&first.id, "r").await.unwrap();
    let empty = bench.pools.take_other("sprint", "r", &second.id).await.unwrap_err();
    assert_eq!((empty.code.as_ref(), bench.counts()), ("pool_empty", (0, 1, 1)));
    bench.pools.scan().await.unwrap();
    assert_eq!(bench.counts(), (0, 1, 1));
}

#[tokio::test]
async fn after_a_stop_between_any_two_steps_each_seed_is_where_its_race_says() {
    let bench = Bench::filled(&[1, 2, 3, 4, 5]).await;
    let mut seeds = Vec::new();
    for race in ["unwritten", "written", "rerolled", "deleted", "played"] {
        seeds.push(bench.pools.take("sprint", race).await.unwrap());
    }
    for (seed, race) in seeds.iter().zip(["", "", "rerolled", "deleted", "played"]).skip(2) {
        bench.pools.confirm(&seed.id, race).await.unwrap();
    }
    bench.pools.will_give_back(&seeds[3].id, "deleted").await.unwrap();
    // The document says so, the folder is not there yet.
    let half = bench.seeds.join("sprint/consumed").join(&seeds[4].folder);
    fs::rename(&half, bench.available().join(&seeds[4].folder)).unwrap();
    let moving = |seed: &super::super::Seed| {
        Some(super::super::Seed { place: super::super::Place::Available, ..seed.clone() })
    };
    bench.pools.records.change(&seeds[4].id, moving).await.unwrap();

    let bench = bench.again().await;
    let named = |race: &str| match race {
        "written" => Some(seeds[1].id.clone()),
        "rerolled" => Some("another".into()),
        "played" => Some(seeds[4].id.clone()),
        _ => None,
    };
    for _ in 0..2 {
        bench.pools.sweep(named).await.unwrap();
        let shown: Vec<_> = seeds
            .iter()
            .map(|seed| {
                let now = bench.pools.seed(&seed.id).unwrap();
                (now.status, bench.there(&format!("{}/{}", now.status.place().as_str(), now.folder)))
            })
            .collect();
        use SeedStatus::{Available, Consumed};
        let expected = [Available, Consumed, Available, Available, Consumed];
        assert_eq!(shown, expected.map(|status| (status, true)));
        bench.pools.scan().await.unwrap();
    }
    assert_eq!(bench.counts(), (3, 2, 0));
}

#[tokio::test]
async fn a_folder_that_cannot_be_moved_keeps_nobody_from_playing() {
    let bench = Bench::filled(&[1]).await;
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    fs::remove_dir_all(bench.available().join("seed_1")).unwrap();
    bench.pools.scan().await.unwrap();
    bench.pools.confirm(&seed.id, "r").await.unwrap();
    assert_eq!(bench.counts(), (0, 1, 0));
    assert!(bench.pools.document(&seed.id).await.is_ok(), "the document is kept apart from the folder");
    assert_eq!(bench.pools.folder(&seed).unwrap_err().kind, ErrorKind::NotFound);
}
