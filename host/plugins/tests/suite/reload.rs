//! What happens on the air when the drop folder changes.

use std::fs;

use regie_core::ErrorKind;
use regie_plugins::{OpenSession, State};
use serde_json::json;

use crate::{
    fixture::Guest,
    house::{House, manifest, names, on_air, raw, render, until, zipped},
};

async fn shown(plugin: &regie_plugins::Plugin) -> String {
    plugin.render("d", render(&raw("\"\""))).await.unwrap().html
}

#[tokio::test]
async fn a_package_copied_over_file_by_file_is_one_reload_and_calls_in_flight_keep_their_version() {
    let (house, plugins, old) = on_air(&Guest::html("<p>one</p>")).await;
    let generation = plugins.generation();
    fs::write(house.path("test/plugin.toml"), manifest("test").replace("1.0.0", "1.1.0")).unwrap();
    fs::create_dir(house.path("test/assets")).unwrap();
    for n in 0..20 {
        fs::write(house.path("test/assets").join(format!("{n}.svg")), "<svg/>").unwrap();
    }
    fs::write(house.path("test/plugin.wasm"), Guest::html("<p>two</p>").component()).unwrap();
    until(&plugins, |p| p.generation() > generation).await;

    let new = plugins.get("test").unwrap();
    assert_eq!((shown(&new).await.as_str(), shown(&old).await.as_str()), ("<p>two</p>", "<p>one</p>"));
    assert_eq!(new.manifest().version.to_string(), "1.1.0");
    assert!(new.asset("19.svg").is_some());
    assert_eq!(
        plugins.version("test", old.hash()).unwrap().hash(),
        old.hash(),
        "pages still load the old pictures"
    );
    assert!(plugins.version("test", "0").is_none());
    assert_ne!(new.hash(), old.hash());
    plugins.rescan().await;
    assert_eq!(
        (plugins.generation(), new.generation()),
        (generation + 1, generation + 1),
        "one reload, and nothing more"
    );
}

#[tokio::test]
async fn a_version_that_fails_leaves_the_last_good_one_on_the_air_until_it_is_mended() {
    let (house, plugins, _) = on_air(&Guest::html("<p>one</p>")).await;
    let broken = Guest { in_preset: "(unreachable)".into(), ..Guest::html("<p>two</p>") };
    house.write_guest("test", &broken);
    until(&plugins, |p| p.status("test").unwrap().state == State::Stale).await;
    let status = plugins.status("test").unwrap();
    assert!(status.error.unwrap().contains("`preset`"));
    assert_eq!(shown(&plugins.get("test").unwrap()).await, "<p>one</p>");
    assert!(plugins.logs("test").iter().any(|line| line.message.contains("refused")));

    fs::write(house.path("test/plugin.toml"), "id = ").unwrap();
    until(&plugins, |p| p.status("test").unwrap().error.is_some_and(|e| e.contains("plugin.toml, line 1")))
        .await;
    assert_eq!(plugins.status("test").unwrap().state, State::Stale);

    house.write_guest("test", &Guest::html("<p>three</p>"));
    until(&plugins, |p| p.status("test").unwrap().state == State::Ready).await;
    assert_eq!(shown(&plugins.get("test").unwrap()).await, "<p>three</p>");
}

#[tokio::test]
async fn going_back_to_the_version_on_the_air_mends_the_status_without_a_reload() {
    let (house, plugins, plugin) = on_air(&Guest::default()).await;
    let good = fs::read(house.path("test/plugin.wasm")).unwrap();
    fs::write(house.path("test/plugin.wasm"), "broken").unwrap();
    until(&plugins, |p| p.status("test").unwrap().state == State::Stale).await;
    fs::write(house.path("test/plugin.wasm"), good).unwrap();
    until(&plugins, |p| p.status("test").unwrap().state == State::Ready).await;
    assert_eq!(plugins.get("test").unwrap().generation(), plugin.generation());
}

#[tokio::test]
async fn a_removed_folder_unloads_its_plugin_and_a_new_one_loads() {
    let (house, plugins, plugin) = on_air(&Guest::default()).await;
    fs::remove_dir_all(house.path("test")).unwrap();
    until(&plugins, |p| p.get("test").is_none()).await;
    assert_eq!((plugins.status("test"), plugins.all().len()), (None, 0));
    assert_eq!(shown(&plugin).await, "<p>on the air</p>", "who holds it still may call it");

    fs::create_dir(house.path(".half")).unwrap();
    house.write_guest("later", &Guest::default());
    until(&plugins, |p| p.get("later").is_some()).await;
}

#[tokio::test]
async fn of_two_packages_with_one_id_the_first_path_counts_and_the_other_is_told_so() {
    let (house, plugins, folder) = on_air(&Guest::html("<p>folder</p>")).await;
    let wasm = Guest::html("<p>zip</p>").component();
    let zip = zipped(&[("plugin.toml", manifest("test").as_bytes()), ("plugin.wasm", &wasm)]);
    fs::write(house.path("test.zip"), zip).unwrap();
    until(&plugins, |p| p.statuses().len() == 2).await;
    let statuses = plugins.statuses();
    assert_eq!((statuses[0].state, statuses[1].state), (State::Ready, State::Failed));
    assert!(statuses[1].error.as_ref().unwrap().contains("`test` provides the id `test` already"));
    assert_eq!(shown(&plugins.get("test").unwrap()).await, "<p>folder</p>");

    fs::remove_dir_all(house.path("test")).unwrap();
    until(&plugins, |p| p.get("test").is_some_and(|plugin| plugin.hash() != folder.hash())).await;
    assert_eq!(plugins.statuses().len(), 1);
    assert_eq!(shown(&plugins.get("test").unwrap()).await, "<p>zip</p>");
}

#[tokio::test]
async fn open_documents_decide_whether_a_version_may_follow() {
    let (house, plugins, _) = on_air(&Guest::html("<p>one</p>")).await;
    let session = |state_version| OpenSession {
        document: "tracker.7.main".into(),
        state_version,
        state: raw("\"x\""),
        derived: None,
        participants: Vec::new(),
    };
    let write = |state_version: u32, migrate: Option<&str>, html: &str| {
        let guest = Guest { migrate: migrate.map(str::to_owned), ..Guest::html(html) };
        house.write(
            "test",
            &format!("{}state_version = {state_version}\n", manifest("test")),
            &guest.component(),
        );
    };
    *house.open.lock() = vec![session(2)];
    write(1, None, "<p>older</p>");
    plugins.rescan().await;
    let refused = |says: &str| {
        let status = plugins.status("test").unwrap();
        let error = status.error.unwrap_or_default();
        assert!(status.state == State::Stale && error.contains(says), "{error}");
    };
    refused("state_too_new: `tracker.7.main` is open with state_version 2, and this package has 1");
    write(3, None, "<p>three</p>");
    plugins.rescan().await;
    refused("exports no `migration`");
    write(3, Some("{\"state\":\"f\"}"), "<p>three</p>");
    plugins.rescan().await;
    refused("`render` of the open document `tracker.7.main` after `migrate` on `live`");
    write(3, Some("{\"state\":\"x\"}"), "<p>three</p>");
    plugins.rescan().await;
    let plugin = plugins.get("test").unwrap();
    assert_eq!(shown(&plugin).await, "<p>three</p>");
    assert!(plugin.has_migrate());
    assert_eq!(plugin.migrate("d", 2, &raw("\"\""), None).await.unwrap().state.get(), "\"x\"");
}

#[tokio::test]
async fn an_upload_goes_on_the_air_and_a_bad_one_leaves_the_folder_as_it_was() {
    let house = House::new();
    let plugins = house.start().await;
    let zip = |html: &str, preset: &str| {
        let guest = Guest { preset: preset.into(), ..Guest::html(html) };
        zipped(&[("up/plugin.toml", manifest("up").as_bytes()), ("up/plugin.wasm", &guest.component())])
    };
    let status = plugins.install(zip("<p>one</p>", "{\"state\":\"\"}").into()).await.unwrap();
    assert_eq!((status.state, status.path.as_str()), (State::Ready, "up.zip"));
    assert_eq!(names(&house.dir.path().join("plugins")), ["up.zip"]);

    let written = fs::read(house.path("up.zip")).unwrap();
    for (bad, says) in [(zip("<p>two</p>", "nope"), "`preset`"), (b"no zip".to_vec(), "zip is damaged")] {
        let error = plugins.install(bad.into()).await.unwrap_err();
        assert_eq!((error.kind, &*error.code), (ErrorKind::BadRequest, "bad_package"));
        assert!(error.message.contains(says), "{error}");
    }
    assert_eq!(fs::read(house.path("up.zip")).unwrap(), written);
    assert_eq!(names(&house.dir.path().join("plugins")), ["up.zip"]);

    plugins.install(zip("<p>three</p>", "{\"state\":\"\"}").into()).await.unwrap();
    assert_eq!(shown(&plugins.get("up").unwrap()).await, "<p>three</p>");

    house.write_guest("folder", &Guest::default());
    fs::write(house.path("folder/README"), "mine").unwrap();
    plugins.rescan().await;
    let (text, wasm) = (manifest("folder"), Guest::html("<p>four</p>").component());
    let files: [(&str, &[u8]); 3] =
        [("plugin.toml", text.as_bytes()), ("plugin.wasm", &wasm), ("assets/a/b.svg", b"<svg/>")];
    let status = plugins.install(zipped(&files).into()).await.unwrap();
    assert_eq!((status.state, status.path.as_str()), (State::Ready, "folder"), "a folder stays one");
    let plugin = plugins.get("folder").unwrap();
    assert_eq!(shown(&plugin).await, "<p>four</p>");
    assert!(plugin.asset("a/b.svg").is_some());
    assert_eq!(names(&house.path("folder")), ["assets", "plugin.toml", "plugin.wasm"]);
    let kept = names(&house.path(".removed"));
    assert_eq!(kept.len(), 1, "what was there is kept: {kept:?}");
    assert_eq!(fs::read_to_string(house.path(".removed").join(&kept[0]).join("README")).unwrap(), "mine");
    assert_eq!(names(&house.dir.path().join("plugins")), [".removed", "folder", "up.zip"]);
}

#[tokio::test]
async fn the_operator_switches_a_plugin_off_and_on() {
    let (house, plugins, _) = on_air(&Guest::default()).await;
    house.settings.lock().insert("enabled".into(), json!(false));
    plugins.rescan().await;
    assert_eq!(
        (plugins.get("test").is_none(), plugins.status("test").unwrap().state),
        (true, State::Disabled)
    );
    house.settings.lock().insert("enabled".into(), json!(true));
    plugins.rescan().await;
    assert_eq!((plugins.get("test").is_some(), plugins.status("test").unwrap().state), (true, State::Ready));
}
