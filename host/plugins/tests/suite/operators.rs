//! What an operator does to a plugin without changing its package: overrides, grants, settings, removal.

use std::{fs, os::unix::fs::symlink, sync::Arc};

use regie_core::ErrorKind;
use regie_plugins::{Plugin, Plugins, State};
use serde_json::{Value, json};

use crate::{
    fixture::Guest,
    house::{House, manifest, names, until, zipped},
};

/// `test`, with a style sheet, an icon and a script.
async fn dressed() -> (House, Arc<Plugins>, Arc<Plugin>) {
    let house = House::new();
    let form = "[frontend]\ncss = [\"test.css\"]\nscripts = [\"test.js\"]\n[[setting]]\nkey = \"rows\"\ntype = \"int\"\ndefault = 2\nmin = 1\n";
    house.write("test", &format!("{}{form}", manifest("test")), &Guest::default().component());
    fs::create_dir_all(house.path("test/assets/icons")).unwrap();
    for (name, text) in [
        ("test.css", "p { color: red }"),
        ("icons/bow.svg", "<svg/>"),
        ("test.js", "import './more.js'"),
        ("more.js", "2"),
    ] {
        fs::write(house.path("test/assets").join(name), text).unwrap();
    }
    let plugins = house.start().await;
    let plugin = plugins.get("test").unwrap_or_else(|| panic!("{:?}", plugins.statuses()));
    (house, plugins, plugin)
}

fn text(plugin: &Plugin, path: &str) -> String {
    let asset = plugin.asset(path).unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(asset.bytes.to_vec()).unwrap()
}

fn warns(plugins: &Plugins, of: &str) -> bool {
    plugins.status("test").unwrap().warnings.iter().any(|warning| warning.contains(of))
}

#[tokio::test]
async fn overrides_shadow_assets_add_a_sheet_of_their_own_and_change_every_address() {
    let (house, plugins, before) = dressed().await;
    house.lay_over("icons/bow.svg", "<svg id='ours'/>");
    house.lay_over("extra.css", ":scope p, p { color: blue }");
    until(&plugins, |p| p.get("test").unwrap().overrides().len() == 2).await;
    let plugin = plugins.get("test").unwrap();
    assert_ne!(plugin.hash(), before.hash());
    assert_eq!(text(&plugin, "icons/bow.svg"), "<svg id='ours'/>");
    assert_eq!(
        text(&before, "icons/bow.svg"),
        "<svg/>",
        "pages that still show the old picture find its files"
    );
    let base = plugin.assets_url();
    assert_eq!(plugin.stylesheets(), [format!("{base}test.css"), format!("{base}extra.css")]);
    let extra = text(&plugin, "extra.css");
    assert!(extra.contains("[data-plugin") && extra.contains("#00f"), "{extra}");
    let status = plugins.status("test").unwrap();
    assert_eq!(
        (status.state, status.overrides),
        (State::Ready, vec!["extra.css".to_owned(), "icons/bow.svg".into()])
    );

    fs::remove_dir_all(house.dir.path().join("overrides/test")).unwrap();
    until(&plugins, |p| p.get("test").unwrap().hash() == before.hash()).await;
    assert_eq!(text(&plugins.get("test").unwrap(), "icons/bow.svg"), "<svg/>");
}

#[tokio::test]
async fn overrides_that_are_refused_are_named_and_the_last_good_ones_stay_also_under_a_new_package() {
    let (house, plugins, _) = dressed().await;
    house.lay_over("test.css", "p { color: green }");
    until(&plugins, |p| !p.get("test").unwrap().overrides().is_empty()).await;
    let good = plugins.get("test").unwrap();
    let broken = house.dir.path().join("overrides/test/extra.css");
    fs::write(&broken, "p { position: fixed }").unwrap();
    until(&plugins, |p| warns(p, "overrides/test/extra.css`, line 1")).await;
    assert_eq!(plugins.get("test").unwrap().hash(), good.hash());
    assert!(plugins.logs("test").iter().any(|line| line.message.contains("overrides refused")));

    fs::write(house.path("test/assets/icons/bow.svg"), "<svg>2</svg>").unwrap();
    until(&plugins, |p| p.get("test").unwrap().hash() != good.hash()).await;
    let plugin = plugins.get("test").unwrap();
    assert!(text(&plugin, "test.css").contains("green") && warns(&plugins, "extra.css"));

    fs::remove_file(&broken).unwrap();
    symlink("/etc/passwd", house.dir.path().join("overrides/test/a.txt")).unwrap();
    until(&plugins, |p| warns(p, "a.txt` is a link")).await;
    fs::remove_file(house.dir.path().join("overrides/test/a.txt")).unwrap();
    until(&plugins, |p| !warns(p, "overrides refused")).await;
    assert_eq!(plugins.status("test").unwrap().overrides, ["test.css"]);
}

#[tokio::test]
async fn overrides_that_are_bad_from_the_start_keep_no_plugin_off_the_air() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    house.lay_over("a.html", "<p>");
    house.lay_over("icons/bo.svg", "<svg/>");
    let plugins = house.start().await;
    assert!(plugins.get("test").unwrap().overrides().is_empty());
    assert!(warns(&plugins, "a.html`: files of this extension are not served"));
    fs::remove_file(house.dir.path().join("overrides/test/a.html")).unwrap();
    until(&plugins, |p| !p.get("test").unwrap().overrides().is_empty()).await;
    assert!(warns(&plugins, "icons/bo.svg overrides nothing"), "a slip in a path is told");
}

#[tokio::test]
async fn scripts_are_served_and_named_with_the_operators_grant_only_and_never_for_an_editor() {
    let (house, plugins, plugin) = dressed().await;
    assert!(
        plugin.scripts().is_empty() && plugin.asset("test.js").is_none() && plugin.asset("more.js").is_none()
    );
    assert!(warns(&plugins, "allow_scripts"));
    house.settings.lock().insert("allow_scripts".into(), json!(true));
    let url = format!("{}test.js", plugin.assets_url());
    assert_eq!(plugin.scripts(), [url]);
    for (surface, scripts) in [("live", 1), ("overlay:default", 1), ("editor", 0), ("panel", 0), ("", 0)] {
        assert_eq!(plugin.scripts_on(surface).len(), scripts, "{surface}");
    }
    for name in ["test.js", "more.js"] {
        assert_eq!(plugin.asset(name).unwrap().content_type, "text/javascript; charset=utf-8");
    }
    assert!(plugin.asset("none.js").is_none());
    let status = plugins.status("test").unwrap();
    assert!(
        status.grants.allow_scripts && status.grants.wants_scripts && status.warnings.is_empty(),
        "{status:?}"
    );
    house.settings.lock().insert("allow_scripts".into(), json!("yes"));
    assert!(plugin.asset("test.js").is_none(), "only `true` is a grant");
}

#[tokio::test]
async fn a_plugin_that_asks_for_no_script_gets_none_with_the_grant() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    fs::create_dir(house.path("test/assets")).unwrap();
    fs::write(house.path("test/assets/x.js"), "1").unwrap();
    house.settings.lock().insert("allow_scripts".into(), json!(true));
    let plugin = house.start().await.get("test").unwrap();
    assert!(plugin.asset("x.js").is_none() && plugin.scripts().is_empty());
}

#[tokio::test]
async fn settings_are_checked_by_the_form_also_of_a_plugin_that_is_switched_off() {
    let (house, plugins, plugin) = dressed().await;
    let check = |values: Value| plugins.check_settings("test", values.as_object().unwrap());
    check(json!({"rows": 3})).unwrap();
    assert_eq!(check(json!({"rows": 0})).unwrap_err().path.as_deref(), Some("values.rows"));
    assert_eq!(plugins.check_settings("none", &Default::default()).unwrap_err().kind, ErrorKind::NotFound);
    let generation = plugins.generation();
    house.settings.lock().insert("rows".into(), json!(5));
    plugins.settings_changed().await;
    assert_eq!((plugin.settings()["rows"].as_i64(), plugins.generation()), (Some(5), generation + 1));

    house.settings.lock().insert("disabled".into(), json!(true));
    plugins.settings_changed().await;
    let status = plugins.status("test").unwrap();
    assert_eq!((status.state, status.enabled, plugins.get("test").is_none()), (State::Disabled, false, true));
    assert_eq!(status.settings.unwrap().values["rows"], 5);
    check(json!({"rows": 3})).unwrap();
    house.settings.lock().insert("disabled".into(), json!(false));
    plugins.settings_changed().await;
    assert!(plugins.get("test").is_some());
}

#[tokio::test]
async fn a_removed_plugin_is_kept_aside_and_not_loaded_from_there() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    let zip =
        zipped(&[("plugin.toml", manifest("up").as_bytes()), ("plugin.wasm", &Guest::default().component())]);
    fs::write(house.path("up.zip"), &zip).unwrap();
    let plugins = house.start().await;
    for (id, suffix) in [("test", ""), ("up", ".zip")] {
        let moved = plugins.remove(id).await.unwrap();
        assert!(moved[0].starts_with(&format!(".removed/{id}-")) && moved[0].ends_with(suffix), "{moved:?}");
        assert!(house.path(&moved[0]).exists());
        assert_eq!((plugins.status(id), plugins.get(id).is_none()), (None, true));
    }
    assert_eq!(plugins.remove("test").await.unwrap_err().kind, ErrorKind::NotFound);
    plugins.rescan().await;
    assert!(plugins.statuses().is_empty());
    assert_eq!(names(&house.dir.path().join("plugins")), [".removed"]);
    house.write_guest("test", &Guest::default());
    plugins.rescan().await;
    assert_eq!(plugins.remove("test").await.unwrap().len(), 1, "a second removal overwrites nothing");
    assert_eq!(names(&house.path(".removed")).len(), 3);
}

#[tokio::test]
async fn reloading_tries_again_what_was_refused_and_knows_what_it_reloads() {
    let (house, plugins, _) = dressed().await;
    assert_eq!(plugins.reload("none").await.unwrap_err().kind, ErrorKind::NotFound);
    fs::write(house.path("test/plugin.wasm"), "broken").unwrap();
    assert_eq!(plugins.reload("test").await.unwrap().state, State::Stale);
    fs::write(house.path("test/plugin.wasm"), Guest::html("<p>two</p>").component()).unwrap();
    assert_eq!(plugins.reload("test").await.unwrap().state, State::Ready);
}
