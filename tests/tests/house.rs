//! The rules of ARCHITECTURE.md and STYLE.md that a machine can check. Each test is named in ARCHITECTURE.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files of the project below `folder`: nothing that is built or fetched.
fn files(folder: &str, extensions: &[&str]) -> Vec<(String, String)> {
    const SKIPPED: &[&str] = &[
        "target",
        "node_modules",
        "dist",
        "build",
        ".svelte-kit",
        ".git",
        "results",
        "package-lock.json",
        "Cargo.lock",
    ];
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if (extensions.is_empty() || extensions.iter().any(|e| name.ends_with(e)))
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.push((path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text));
        }
    }
    found.sort();
    found
}

fn manifest(path: &Path) -> toml::Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Crates of `host/`, with the names of what they depend on (not for tests).
fn rooms() -> BTreeMap<String, BTreeSet<String>> {
    let mut rooms = BTreeMap::new();
    for entry in fs::read_dir(root().join("host")).unwrap() {
        let path = entry.unwrap().path();
        let manifest = manifest(&path.join("Cargo.toml"));
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        let names = dependencies.into_iter().flat_map(|t| t.keys().cloned()).collect();
        rooms.insert(path.file_name().unwrap().to_string_lossy().into_owned(), names);
    }
    assert!(rooms.len() >= 7, "{rooms:?}");
    rooms
}

#[test]
fn rooms_import_downwards_only() {
    let lower: &[(&str, &[&str])] = &[
        ("core", &[]),
        ("store", &["core"]),
        ("live", &["core"]),
        ("identity", &["core", "store"]),
        ("plugins", &["core", "store", "sdk"]),
        ("pages", &["core", "live", "identity"]),
        ("archipelago", &["core"]),
        ("restream", &["core", "store", "live", "identity", "plugins", "pages", "archipelago", "sdk"]),
        ("race", &["core", "store", "live", "identity", "plugins", "pages", "sdk"]),
        ("racer", &["core"]),
        ("broker", &["core"]),
        ("lobby-client", &[]),
        ("lobby", &["core", "store", "live", "identity", "broker", "lobby-client"]),
        (
            "server",
            &[
                "core",
                "store",
                "live",
                "identity",
                "plugins",
                "pages",
                "archipelago",
                "restream",
                "race",
                "racer",
                "lobby",
                "lobby-client",
            ],
        ),
    ];
    let allowed: BTreeMap<_, _> = lower.iter().copied().collect();
    for (room, dependencies) in rooms() {
        let allowed =
            allowed.get(room.as_str()).unwrap_or_else(|| panic!("say in this test what `{room}` may import"));
        for dependency in dependencies.iter().filter_map(|d| d.strip_prefix("regie-")) {
            assert!(allowed.contains(&dependency), "host/{room} imports {dependency}");
        }
    }
}

#[test]
fn engines_stay_in_their_rooms() {
    for (room, dependencies) in rooms() {
        for (engine, homes) in [
            ("wasmtime", &["plugins"][..]),
            ("sled", &["store"]),
            ("async-nats", &["store"]),
            ("rumqttc", &["lobby", "lobby-client"]),
            ("rmqtt-codec", &["broker"]),
        ] {
            assert!(
                homes.contains(&room.as_str()) || !dependencies.contains(engine),
                "host/{room} names {engine}"
            );
        }
    }
}

#[test]
fn http_types_stop_at_routes() {
    for (path, text) in files("host", &[".rs"]) {
        let allowed = path.starts_with("host/server/")
            || path.starts_with("host/core/")
            || path.contains("/routes")
            || !path.contains("/src/");
        assert!(allowed || !text.contains("axum::"), "{path} names axum outside of routes/");
    }
}

#[test]
fn no_game_is_named_outside_plugins() {
    let games = [
        "skyward",
        "zelda",
        "ocarina",
        "tracker-ssr",
        "tracker_ssr",
        "ootr",
        "wind waker",
        "beetle",
        "clawshot",
        "triforce",
        "tadtone",
        "gratitude",
        "elden",
        "dark souls",
        "randomizer",
    ];
    for folder in ["host", "frontend"] {
        for (path, text) in files(folder, &[]) {
            let text = text.to_lowercase();
            for game in games {
                assert!(!text.contains(game), "{path} names `{game}`");
            }
        }
    }
}

#[test]
fn every_crate_says_what_it_is_and_is_safe() {
    for (path, text) in files("host", &["src/lib.rs", "src/main.rs"]) {
        let unsafe_rule = if path == "host/plugins/src/lib.rs" {
            "#![deny(unsafe_code)]"
        } else {
            "#![forbid(unsafe_code)]"
        };
        assert!(text.starts_with(unsafe_rule), "{path} does not open with {unsafe_rule}");
        assert!(
            text.lines().nth(1).is_some_and(|line| line.starts_with("//!")),
            "{path} does not say what it is for"
        );
    }
    let admitted: Vec<_> = files("host", &[".rs"])
        .into_iter()
        .filter(|(_, text)| text.lines().any(|line| line.trim_start().contains("allow(unsafe_code)")))
        .map(|(path, _)| path)
        .collect();
    assert!(admitted.len() <= 1, "one module may be unsafe (loading compiled code), these are: {admitted:?}");
}

#[test]
fn versions_are_named_once() {
    for folder in ["host", "plugin-sdk", "plugins", "tests"] {
        for (path, text) in files(folder, &["Cargo.toml"]) {
            if path.contains("template") || path.contains("fixtures") {
                continue;
            }
            let manifest: toml::Table = text.parse().unwrap();
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else { continue };
                for (name, value) in table {
                    let here = value.is_str() || value.get("version").is_some();
                    assert!(
                        !here,
                        "{path} names a version of {name}; versions stand in the workspace's manifest"
                    );
                }
            }
        }
    }
}

#[test]
fn architecture_md_names_every_room_and_every_test_of_it_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for room in rooms().keys() {
        assert!(text.contains(&format!("host/{room}")), "ARCHITECTURE.md does not mention host/{room}");
    }
    let sources: String = ["tests", "host", "plugin-sdk", "plugins"]
        .iter()
        .flat_map(|f| files(f, &[".rs"]))
        .map(|(_, text)| text)
        .collect();
    let mut named = 0;
    for line in text.lines().filter(|l| l.trim_start().starts_with(|c: char| c.is_ascii_digit())) {
        let test = line.rsplit('`').nth(1).unwrap_or_else(|| panic!("an invariant without its test: {line}"));
        assert!(
            sources.contains(&format!("fn {test}(")),
            "there is no test `{test}`, which ARCHITECTURE.md names"
        );
        named += 1;
    }
    assert!(named >= 10, "only {named} invariants have a test");
}

#[test]
fn every_rule_of_style_md_gives_its_reason() {
    let text = fs::read_to_string(root().join("STYLE.md")).unwrap();
    let rules: Vec<_> = text.lines().filter(|line| line.starts_with("- ")).collect();
    assert!(rules.len() >= 10);
    for rule in rules {
        assert!(rule.contains(" Why: "), "a rule without its reason: {rule}");
    }
}

#[test]
fn routes_of_the_server_are_reserved() {
    let mut taken = BTreeSet::new();
    for (path, text) in files("host", &[".rs"]) {
        if !path.contains("router") && !path.contains("/routes") {
            continue;
        }
        for part in text.split(".route(\"/").skip(1) {
            let segment: String =
                part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect();
            if !segment.is_empty() {
                taken.insert(segment);
            }
        }
    }
    assert!(taken.contains("api") && taken.contains("live"), "{taken:?}");
    for segment in taken {
        assert!(
            regie_core::RESERVED_SEGMENTS.contains(&segment.as_str()),
            "/{segment} is a route, and a restream may take it"
        );
    }
}

#[test]
fn licences_are_ones_that_deny_toml_allows() {
    let deny = manifest(&root().join("deny.toml"));
    let allowed: BTreeSet<String> = deny["licenses"]["allow"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap().to_owned())
        .collect();
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let expression = package["license"].as_str().unwrap_or("none").replace('/', " OR ");
        // An `OR` needs one side, an `AND` all.
        let fits = expression.split(" OR ").any(|side| {
            side.trim_matches(['(', ')', ' '])
                .split(" AND ")
                .all(|l| allowed.contains(l.trim_matches(['(', ')', ' '])))
        });
        if !fits {
            refused.push(format!("{} {}: {expression}", package["name"], package["version"]));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn nothing_is_skipped_and_no_registry_is_named() {
    let skipped = ["#[ign", "ore]"].concat();
    for (path, text) in
        files(".", &[".rs", ".ts", ".svelte", ".mjs", ".js", ".json", ".toml", ".md", ".sh", ".yml"])
    {
        if path == "tests/tests/house.rs" {
            continue;
        }
        assert!(!text.contains(&skipped), "{path} skips a test");
        for mark in [
            "test.skip(",
            "it.skip(",
            "describe.skip(",
            "test.only(",
            "it.only(",
            "describe.only(",
            "test.fixme(",
        ] {
            assert!(!text.contains(mark), "{path} has {mark}");
        }
        for host in ["registry.npmjs", "static.crates", "index.crates", "files.pythonhosted", "deb.debian"] {
            assert!(!text.contains(host), "{path} names a registry host");
        }
    }
    let lock = fs::read_to_string(root().join("frontend/package-lock.json")).unwrap();
    assert!(!lock.contains("\"resolved\": \"http"), "package-lock.json names where packages come from");
}
