//! Pools of seeds on a server: looked at, filled, taken, and still right after `kill -9`.

use std::{fs, path::Path, path::PathBuf, process::Command, time::Duration};

use regie_tests::{Regie, SmallDisk};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const MODE: &str = "race-dag";

/// Three places in a row, in the mode's own form.
pub fn document(number: u64) -> Value {
    let place = |kind: &str, layer: u32, to: Option<&str>| {
        let exits: Vec<_> =
            to.iter().map(|to| json!({"fog_id": "f", "text": "on", "from": "x", "to": to})).collect();
        json!({"type": kind, "display_name": kind, "zones": [kind], "layer": layer, "tier": layer + 1,
            "original_tier": null, "exits": exits, "entrances": []})
    };
    json!({"version": "4.1", "seed": number, "total_layers": 3, "total_nodes": 3,
        "nodes": {"a": place("start", 0, Some("b")), "b": place("mini_dungeon", 1, Some("c")), "c": place("final_boss", 2, None)},
        "edges": [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}],
        "event_map": {"101": "a", "102": "b"}, "finish_event": 103})
}

pub fn put(instance: &Path, number: u64, document: &Value) -> PathBuf {
    let folder = instance.join(format!("seeds/sprint/available/seed_{number}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("graph.json"), document.to_string()).unwrap();
    folder
}

/// An instance with the mode and a pool `sprint`; not started.
pub fn instance(folder: &Path, config: &str) -> Regie {
    let instance = folder.join("instance");
    regie_tests::copy(&regie_tests::package(MODE), &instance.join("plugins").join(MODE));
    fs::create_dir_all(instance.join("seeds/sprint/available")).unwrap();
    let pools = "[sprint]\ndisplay_name = \"Sprint (~30 min)\"\ndescription = \"short\"\n";
    fs::write(instance.join("seeds/pools.toml"), pools).unwrap();
    fs::write(instance.join("seeds/sprint/config.toml"), config).unwrap();
    Regie::on(instance, &[])
}

/// Free and consumed seeds.
async fn counts(regie: &Regie) -> (u64, u64) {
    let pool = regie.get("/api/admin/seeds").await.json()["pools"][0].clone();
    (pool["available"].as_u64().unwrap(), pool["consumed"].as_u64().unwrap())
}

fn folders(regie: &Regie, place: &str) -> usize {
    fs::read_dir(regie.instance.join("seeds/sprint").join(place)).map_or(0, Iterator::count)
}

async fn new_race(regie: &Regie) -> regie_tests::Answer {
    regie.post("/api/races", json!({"name": "Sunday", "mode": MODE, "pool": "sprint"})).await
}

#[tokio::test]
async fn seeds_are_refused_in_the_modes_own_words_and_found_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie =
        instance(folder.path(), "[budget]\ntotal = 7 # short\n[generator]\ncommand = [\"/secret/place\"]\n");
    put(&regie.instance, 1, &document(1));
    let mut cycle = document(2);
    cycle["edges"].as_array_mut().unwrap().push(json!({"from": "c", "to": "b"}));
    cycle["nodes"]["c"]["exits"] = json!([{"fog_id": "f", "text": "back", "from": "x", "to": "b"}]);
    put(&regie.instance, 2, &cycle);
    let mut nowhere = document(3);
    nowhere["edges"].as_array_mut().unwrap().push(json!({"from": "b", "to": "elsewhere"}));
    put(&regie.instance, 3, &nowhere);
    put(&regie.instance, 4, &json!({"pad": "x".repeat(10 << 20)}));
    let broken = put(&regie.instance, 5, &document(5));
    fs::write(broken.join("graph.json"), "{\"version\":").unwrap();
    fs::create_dir(regie.instance.join("seeds/sprint/available/seed_6")).unwrap();
    regie.start().await;
    let scan = regie.post("/api/admin/seeds/scan", json!({})).await.json();
    let refused = scan["refused"].as_array().unwrap();
    let said: Vec<_> =
        refused.iter().map(|r| (r["folder"].as_str().unwrap(), r["reason"].as_str().unwrap())).collect();
    assert_eq!(
        said.iter().map(|(folder, _)| *folder).collect::<Vec<_>>(),
        ["seed_2", "seed_3", "seed_4", "seed_5", "seed_6"]
    );
    for ((_, reason), part) in
        said.iter().zip(["`race-dag` refuses it", "elsewhere", "10240 KiB", "not JSON", "no `graph.json`"])
    {
        assert!(reason.contains(part), "{part}: {reason}");
    }
    assert_eq!(counts(&regie).await, (1, 0));

    let player = regie.user("ada", "viewer").await;
    let list = regie.call_as(Some(&player), Method::GET, "/api/pools", None).await;
    let pool = &list.json()["items"][0];
    assert_eq!(
        (&pool["name"], &pool["mode"], &pool["problems"]),
        (&json!("sprint"), &json!(MODE), &json!([]))
    );
    assert_eq!(pool["settings"], "[budget]\ntotal = 7 # short\n", "organizers read no paths of this machine");
    assert_eq!(regie.call_as(None, Method::GET, "/api/pools", None).await.status, StatusCode::UNAUTHORIZED);
    for (method, path) in [(Method::GET, "/api/admin/seeds"), (Method::POST, "/api/admin/seeds/scan")] {
        assert_eq!(
            regie.call_as(Some(&player), method, path, Some(json!({}))).await.status,
            StatusCode::FORBIDDEN
        );
    }

    put(&regie.instance, 7, &document(7));
    regie.until("/api/admin/seeds", |seeds| seeds["pools"][0]["available"] == 2).await;
    fs::remove_dir_all(regie.instance.join("seeds/sprint/available/seed_1")).unwrap();
    regie.until("/api/admin/seeds", |seeds| seeds["pools"][0]["available"] == 1).await;
    fs::write(regie.instance.join("seeds/pools.toml"), "[other]\n").unwrap();
    regie.until("/api/admin/seeds", |seeds| seeds["pools"][0]["name"] == "other").await;
}

#[tokio::test]
async fn races_take_seeds_give_them_back_and_an_empty_pool_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = instance(folder.path(), "");
    put(&regie.instance, 1, &document(1));
    put(&regie.instance, 2, &document(2));
    regie.start().await;
    let first = new_race(&regie).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((counts(&regie).await, folders(&regie, "consumed")), ((1, 1), 1));
    let number = |race: &Value| race["seed"]["number"].clone();
    let before = number(&first.json());
    let rerolled = regie.post(&format!("/api/races/{id}/reroll-seed"), json!({})).await;
    assert!(rerolled.status.is_success(), "{}", rerolled.text);
    assert_ne!(number(&regie.get(&format!("/api/races/{id}")).await.json()), before);
    assert_eq!((counts(&regie).await, folders(&regie, "available")), ((1, 1), 1));
    assert_eq!(new_race(&regie).await.status, StatusCode::CREATED);
    let empty = new_race(&regie).await;
    assert_eq!((empty.status, empty.code().as_str()), (StatusCode::CONFLICT, "pool_empty"), "{}", empty.text);
    assert!(empty.json()["error"]["hint"].is_string(), "{}", empty.text);
    let deleted = regie.call(Method::DELETE, &format!("/api/races/{id}"), None).await;
    assert!(deleted.status.is_success(), "{}", deleted.text);
    assert_eq!((counts(&regie).await, folders(&regie, "available")), ((1, 1), 1));
}

#[tokio::test]
async fn killed_while_races_are_made_each_seed_has_one_race_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = instance(folder.path(), "");
    for number in 0..60 {
        put(&regie.instance, number, &document(number));
    }
    regie.start().await;
    for round in 0..4_u64 {
        let (url, http) = (format!("{}/api/races", regie.url), regie.http.clone());
        let making = tokio::spawn(async move {
            let form = json!({"name": "Sunday", "mode": MODE, "pool": "sprint"});
            let one = || http.post(&url).bearer_auth(regie_tests::TOKEN).json(&form).send();
            for _ in 0..5 {
                futures::future::join_all((0..3).map(|_| one())).await;
            }
        });
        tokio::time::timeout(Duration::from_millis(20 + 23 * round), making).await.ok();
        regie.kill();
        regie.start().await;
        let races = regie.get("/api/races?limit=200").await.json()["items"].as_array().unwrap().clone();
        let mut numbers = Vec::new();
        for race in races {
            let race = regie.get(&format!("/api/races/{}", race["id"].as_str().unwrap())).await.json();
            numbers.push(race["seed"]["number"].as_u64().unwrap());
        }
        numbers.sort_unstable();
        let made = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), made, "two races with one seed");
        let made = u64::try_from(made).unwrap();
        assert_eq!(counts(&regie).await, (60 - made, made), "round {round}");
        for number in numbers {
            assert!(
                regie.instance.join(format!("seeds/sprint/consumed/seed_{number}")).is_dir(),
                "seed_{number}"
            );
        }
    }
}

#[tokio::test]
async fn a_mode_fills_a_pool_from_the_page_and_from_the_command_line_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = instance(folder.path(), "[mode]\nid = \"race-dag\"\nsettings = { layers = 5 }\n");
    let pool = |arguments: &[&str]| {
        Command::new(Regie::binary())
            .arg("pool")
            .args(arguments)
            .arg("--instance")
            .arg(&regie.instance)
            .output()
            .unwrap()
    };
    let made = pool(&["generate", "--pool", "sprint", "--count", "2"]);
    assert!(made.status.success(), "{made:?}");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(said.contains("sprint 2/2: seed_") && !said.contains("WARN"), "{said}");
    let listed = pool(&["list"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("2 available, 0 consumed"), "{listed:?}");
    let unknown = pool(&["generate", "--pool", "none"]);
    assert!(
        !unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("`none`"),
        "{unknown:?}"
    );
    let instance = regie.instance.clone();
    regie.start().await;
    assert_eq!(counts(&regie).await, (2, 0));
    let job = regie.post("/api/admin/pools/sprint/generate", json!({"count": 2})).await;
    assert_eq!(job.status, StatusCode::ACCEPTED, "{}", job.text);
    let jobs = regie.until("/api/admin/pools/jobs", |jobs| jobs["items"][0]["state"] != "running").await;
    assert_eq!(
        (&jobs["items"][0]["state"], &jobs["items"][0]["done"]),
        (&json!("done"), &json!(2)),
        "{jobs}"
    );
    let beside = Command::new(Regie::binary())
        .args(["pool", "generate", "--pool", "sprint", "--instance"])
        .arg(&instance)
        .output()
        .unwrap();
    assert!(beside.status.success(), "{beside:?}");
    regie.until("/api/admin/seeds", |seeds| seeds["pools"][0]["available"] == 5).await;
    for seed in fs::read_dir(instance.join("seeds/sprint/available")).unwrap().flatten() {
        let made = fs::read_to_string(seed.path().join("graph.json")).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&made).unwrap()["total_layers"],
            5,
            "the pool's own setting"
        );
    }
    assert_eq!(new_race(&regie).await.status, StatusCode::CREATED);
    for (path, count, code) in [("sprint", 0, "bad_request"), ("none", 1, "not_found")] {
        let refused = regie.post(&format!("/api/admin/pools/{path}/generate"), json!({"count": count})).await;
        assert_eq!(refused.code(), code, "{}", refused.text);
    }
}

#[tokio::test]
async fn a_generator_that_fills_the_disk_leaves_the_pool_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = instance(folder.path(), "");
    let disk = SmallDisk::mount(&regie.instance.join("seeds"), "4m");
    fs::create_dir_all(disk.0.join("sprint/available")).unwrap();
    fs::write(disk.0.join("pools.toml"), "[sprint]\n").unwrap();
    put(&regie.instance, 1, &document(1));
    let config = "[generator]\ncommand = [\"sh\", \"-c\", \"cat /dev/zero > $0/graph.json\", \"{out}\"]\n";
    fs::write(disk.0.join("sprint/config.toml"), config).unwrap();
    regie.start().await;
    let ended = |jobs: &Value| jobs["items"][0]["state"] == "failed";
    for (program, said) in [
        ("cat /dev/zero > $0/graph.json", "No space left"),
        ("cp seed.json $0/graph.json", "disk of the instance is full"),
    ] {
        fs::write(
            disk.0.join("sprint/config.toml"),
            config.replace("cat /dev/zero > $0/graph.json", program),
        )
        .unwrap();
        fs::write(disk.0.join("sprint/seed.json"), document(2).to_string()).unwrap();
        // Fits once, and not a second time beside itself.
        fs::create_dir_all(disk.0.join("sprint/files")).unwrap();
        fs::write(disk.0.join("sprint/files/mod.dll"), vec![1; 2_600_000]).unwrap();
        regie.post("/api/admin/seeds/scan", json!({})).await;
        let job = regie.post("/api/admin/pools/sprint/generate", json!({"count": 5})).await;
        assert_eq!(job.status, StatusCode::ACCEPTED, "{}", job.text);
        let jobs = regie.until("/api/admin/pools/jobs", ended).await;
        let error = jobs["items"][0]["errors"][0].as_str().unwrap();
        assert!(error.contains(said) && jobs["items"][0]["done"] == 0, "{jobs}");
        assert_eq!((counts(&regie).await.0, folders(&regie, "available")), (1, 1));
        assert_eq!(folders(&regie, ".generating"), 1, "only the lock stays");
    }
    let race = new_race(&regie).await;
    assert_eq!(race.status, StatusCode::CREATED, "{}", race.text);
}
