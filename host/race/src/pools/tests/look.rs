use super::*;

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_the_reason_and_the_rest_is_offered() {
    let bench = Bench::new().await;
    bench.put("seed_1", r#"{"seed":1}"#);
    bench.put("seed_2", "{\"seed\":");
    bench.put("seed_3", r#"{"seed":3,"cycle":true}"#);
    bench.put("seed_4", &format!(r#"{{"seed":4,"pad":"{}"}}"#, "x".repeat(10 << 20)));
    bench.put("seed_01", r#"{"seed":1}"#);
    bench.put("practice", r#"{"seed":5}"#);
    fs::create_dir(bench.available().join("seed_6")).unwrap();
    fs::write(bench.available().join("seed_7.zip"), "PK").unwrap();
    std::os::unix::fs::symlink(bench.available().join("seed_1"), bench.available().join("seed_8")).unwrap();
    bench.put("seed_9", r#"{"seed":9}"#);
    fs::write(bench.available().join("seed_9/my_race.toml"), "[server\n").unwrap();
    fs::create_dir(bench.available().join("seed_10")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", bench.available().join("seed_10/graph.json")).unwrap();
    let scan = bench.pools.scan().await.unwrap();
    let expected = [
        ("practice", "`seed_<number>`"),
        ("seed_1", "the number 1 is that of `seed_01`"),
        ("seed_10", "`graph.json` is not a file"),
        ("seed_2", "`graph.json` is not JSON"),
        ("seed_3", "`maze` refuses it: it leads back to `a` (cycle)"),
        ("seed_4", "has 10240 KiB; at most 768 KiB"),
        ("seed_6", "it has no `graph.json`"),
        ("seed_7.zip", "it is a file"),
        ("seed_8", "symbolic link"),
        ("seed_9", "`my_race.toml` cannot be used"),
    ];
    let said: Vec<_> = scan.refused.iter().map(|refused| &*refused.folder).collect();
    assert_eq!(said, expected.map(|(folder, _)| folder));
    for (refused, (_, reason)) in scan.refused.iter().zip(expected) {
        assert!(refused.reason.contains(reason), "{refused:?}");
    }
    assert_eq!((scan.added, scan.removed, bench.counts()), (1, 0, (1, 0, 0)));
    assert_eq!(bench.pools.list()[0].problems.len(), expected.len());
}

#[tokio::test]
async fn a_folder_that_is_still_being_copied_waits_and_is_no_seed_yet() {
    let bench = Bench::new().await;
    let slow = Bench::open(Arc::new(tempfile::tempdir().unwrap()), Duration::from_secs(3_600)).await;
    fs::create_dir_all(slow.seeds.join("sprint")).unwrap();
    fs::copy(bench.seeds.join("pools.toml"), slow.seeds.join("pools.toml")).unwrap();
    slow.put("seed_1", r#"{"seed":1}"#);
    slow.pools.look_in_passing().await.unwrap();
    assert_eq!(slow.counts(), (0, 0, 0));
    let problem = slow.pools.list()[0].problems.remove(0);
    assert!(problem.folder == "seed_1" && problem.message.contains("still being copied"), "{problem:?}");
}

#[tokio::test]
async fn what_was_refused_is_offered_once_it_is_mended_without_being_asked() {
    let bench = Bench::new().await;
    bench.put("seed_1", "{");
    bench.pools.look_in_passing().await.unwrap();
    assert_eq!((bench.counts().0, bench.pools.list()[0].problems.len()), (0, 1));
    bench.put("seed_1", r#"{"seed":1}"#);
    bench.pools.look_in_passing().await.unwrap();
    assert_eq!((bench.counts().0, bench.pools.list()[0].problems.len()), (1, 0));
}

#[tokio::test]
async fn folders_that_are_moved_or_deleted_by_hand_are_followed() {
    let bench = Bench::filled(&[1, 2, 3]).await;
    fs::remove_dir_all(bench.available().join("seed_1")).unwrap();
    fs::create_dir(bench.seeds.join("sprint/consumed")).unwrap();
    fs::rename(bench.available().join("seed_2"), bench.seeds.join("sprint/consumed/seed_2")).unwrap();
    let scan = bench.pools.scan().await.unwrap();
    assert_eq!((scan.added, scan.removed, bench.counts()), (0, 2, (1, 1, 0)));
    fs::rename(bench.seeds.join("sprint/consumed/seed_2"), bench.available().join("seed_2")).unwrap();
    assert_eq!(bench.pools.scan().await.unwrap().added, 1);
    assert_eq!(bench.counts(), (2, 0, 0));
}

#[tokio::test]
async fn a_seed_that_is_edited_by_hand_is_judged_again() {
    let bench = Bench::filled(&[1]).await;
    let before = bench.pools.take("sprint", "r").await.unwrap();
    bench.pools.give_back(&before.id, "r").await.unwrap();
    bench.put("seed_1", r#"{"seed":1,"edited":1}"#);
    let empty = bench.pools.take("sprint", "r").await.unwrap_err();
    assert_eq!(empty.code, "pool_empty", "what was not looked at is not given out");
    bench.pools.look_in_passing().await.unwrap();
    let after = bench.pools.take("sprint", "r").await.unwrap();
    assert_ne!(after.digest, before.digest);
    bench.pools.give_back(&after.id, "r").await.unwrap();
    bench.put("seed_1", "{");
    bench.pools.look_in_passing().await.unwrap();
    assert_eq!(bench.counts(), (0, 0, 0));
}

#[tokio::test]
async fn pools_toml_may_be_edited_while_the_server_runs() {
    let bench = Bench::filled(&[1]).await;
    let pools = bench.seeds.join("pools.toml");
    fs::write(&pools, "[sprint]\ndisplay_name = \"Other\"\n[marathon]\n").unwrap();
    bench.pools.look_in_passing().await.unwrap();
    let names: Vec<_> = bench.pools.list().into_iter().map(|pool| pool.display_name).collect();
    assert_eq!(names, ["marathon", "Other"]);
    fs::write(&pools, "[sprint\n").unwrap();
    assert_eq!(bench.pools.scan().await.unwrap().refused[0].folder, "pools.toml");
    assert_eq!(bench.pools.list().len(), 2, "what was read before stays in force");
    fs::write(&pools, "").unwrap();
    bench.pools.look_in_passing().await.unwrap();
    assert_eq!(bench.pools.take("sprint", "r").await.unwrap_err().kind, regie_core::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_pool_whose_config_is_not_understood_offers_nothing_and_says_why() {
    let bench = Bench::with("[pack]\nexclude = 3\n").await;
    bench.put("seed_1", r#"{"seed":1}"#);
    let scan = bench.pools.scan().await.unwrap();
    assert_eq!((scan.refused[0].folder.as_str(), bench.counts().0), ("config.toml", 0));
    assert_eq!(bench.pools.take("sprint", "r").await.unwrap_err().code, "bad_pool");
}
