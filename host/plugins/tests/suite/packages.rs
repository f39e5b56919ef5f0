//! What is loaded, what is refused and in which words, and what is served of it.

use std::{fs, os::unix::fs::PermissionsExt};

use regie_plugins::{Kind, State, load_package};
use serde_json::json;

use crate::{
    fixture::{Guest, WIT, component},
    house::{House, manifest, names},
};

/// The good guest with `from` replaced in interface and code.
fn altered(changes: &[(&str, &str)]) -> Vec<u8> {
    let (mut wit, mut wat) = (WIT.to_owned(), Guest::default().wat());
    for (from, to) in changes {
        assert!(wit.contains(from) || wat.contains(from), "{from}");
        wit = wit.replace(from, to);
        wat = wat.replace(from, to);
    }
    component(&wit, "tracker", &wat)
}

fn importing(interface: &str, package: &str) -> Vec<u8> {
    let name = package.split_once('@').map_or(package, |(name, _)| name);
    let version = package.split_once('@').unwrap().1;
    let import = format!("{name}/{interface}@{version}");
    let wit = format!(
        "package {package};\ninterface {interface} {{ get: func() -> u32; }}\n// package\n{}",
        WIT.replace("world tracker { ", &format!("world tracker {{ import {import}; "))
    );
    let call = format!("(module (import \"{import}\" \"get\" (func $get (result i32)))");
    component(&wit, "tracker", &Guest::default().wat().replacen("(module", &call, 1))
}

#[tokio::test]
async fn a_package_that_does_not_fit_is_refused_in_its_authors_terms_and_delays_no_other() {
    let good = Guest::default().component();
    let no_render = altered(&[
        ("  render: func(request: string) -> result<string, fault>;\n", ""),
        ("regie:plugin/hooks@1.0.0#render", "unused"),
    ]);
    let other_shape = altered(&[(
        "render: func(request: string) -> result<string, fault>",
        "render: func(request: string) -> string",
    )]);
    let no_hooks = component(
        WIT,
        "migrating",
        &Guest::default()
            .wat()
            .replace("hooks@1.0.0#update", "migration@1.0.0#migrate")
            .replace("regie:plugin/hooks@1.0.0#", "unused-")
            .replace(
                "(import \"regie:plugin/log@1.0.0\" \"log\" (func $log (param i32 i32 i32 i32)))",
                "(func $log (param i32 i32 i32 i32))",
            ),
    );
    let memory =
        Guest::default().wat().replace("(memory (export \"memory\") 2)", "(memory (export \"memory\") 1025)");
    let race = manifest("t13").replace("\"tracker\"", "\"race\"");
    let css = format!("{}[frontend]\ncss = [\"none.css\"]\n", manifest("t14"));
    let cases: Vec<(String, Vec<u8>, &str)> = vec![
        (
            manifest("t01").replace("api = \"1.0\"", "api = \"2.0\""),
            good.clone(),
            "built for api 2.0, this host links 1.0",
        ),
        (
            manifest("t02").replace("api = \"1.0\"", "api = \"1.1\""),
            good.clone(),
            "built for api 1.1, this host links 1.0",
        ),
        (manifest("t03"), altered(&[("@1.0.0", "@1.1.0")]), "imports `log` 1.1, this host links up to 1.0"),
        (
            manifest("t04"),
            importing("environment", "wasi:cli@0.2.0"),
            "imports `wasi:cli/environment@0.2.0`, and this host gives plugins `regie:plugin/log` and nothing else; there is no WASI here",
        ),
        (manifest("t05"), importing("files", "some:body@1.0.0"), "imports `some:body/files@1.0.0`"),
        (manifest("t06"), no_render, "exports `hooks` without `render: func(request: string)"),
        (manifest("t07"), other_shape, "exports `hooks.render` in another shape"),
        (manifest("t08"), no_hooks, "exports no `hooks`, which every plugin of kind tracker has"),
        (manifest("t09"), wat::parse_str("(module)").unwrap(), "is a core module and not a component"),
        (manifest("t10"), b"#!/bin/sh".to_vec(), "is no WebAssembly"),
        (manifest("t11"), good[..good.len() / 2].to_vec(), "does not compile"),
        (manifest("t12"), component(WIT, "tracker", &memory), "exceeds the limit"),
        (race, good.clone(), "exports no `race`, which every plugin of kind race has"),
        (css, good.clone(), "frontend.css names `none.css`"),
        (
            manifest("t15").replace("kind", "kindd"),
            good.clone(),
            "plugin.toml, line 3: unknown field `kindd`",
        ),
        (
            manifest("t16"),
            Guest { in_preset: "(unreachable)".into(), ..Guest::default() }.component(),
            "the probe's `preset` with 1 participant(s) failed: the plugin panicked",
        ),
        (
            manifest("t17"),
            Guest { in_preset: "(loop $on (br $on))".into(), ..Guest::default() }.component(),
            "used more than its 500 ms of CPU time",
        ),
        (
            manifest("t18"),
            Guest { preset: "{\"state\":\"f\"}".into(), ..Guest::default() }.component(),
            "`render` of its own preset with 1 participant(s) on `live` was refused by the plugin: not like this (refused)",
        ),
        (
            manifest("t19"),
            Guest { preset: "{\"state\":\"u\"}".into(), ..Guest::default() }.component(),
            "`render` of its own preset",
        ),
        (
            manifest("t20"),
            Guest { catalog: "{".into(), ..Guest::default() }.component(),
            "`catalog` failed: the plugin's answer cannot be used",
        ),
    ];
    let house = House::new();
    for (n, (manifest, wasm, _)) in cases.iter().enumerate() {
        house.write(&format!("t{:02}", n + 1), manifest, wasm);
    }
    house.write_guest("well", &Guest::default());
    fs::create_dir(house.path("empty")).unwrap();
    fs::write(house.path("torn.zip"), "PK").unwrap();
    fs::write(house.path("README.txt"), "no package").unwrap();

    let plugins = house.start().await;
    for (n, (_, _, says)) in cases.iter().enumerate() {
        let status = plugins.status(&format!("t{:02}", n + 1)).unwrap();
        let error = status.error.unwrap_or_default();
        assert_eq!(status.state, State::Failed, "{n}: {error}");
        assert!(error.contains(says), "{n}: {error}");
    }
    assert_eq!(
        plugins.status("empty").unwrap().error.unwrap(),
        "there is no plugin.toml; a package has one at its top, beside plugin.wasm"
    );
    assert!(plugins.status("torn").unwrap().error.unwrap().contains("zip is damaged"));
    assert_eq!(plugins.all().iter().map(|p| p.id()).collect::<Vec<_>>(), ["well"]);
    assert_eq!(plugins.statuses().len(), cases.len() + 3);
}

#[tokio::test]
async fn a_single_package_is_checked_as_the_folder_would() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    let cache = house.dir.path().join("cache");
    let plugin = load_package(&house.path("test"), &cache, &house.limits).await.unwrap();
    assert_eq!(plugin.catalog("en").await.unwrap().get(), r#"{"label":"Test"}"#);
    plugin.instantiate().unwrap();
    fs::write(house.path("test/plugin.wasm"), "#!").unwrap();
    let error = load_package(&house.path("test"), &cache, &house.limits).await.unwrap_err();
    assert_eq!((&*error.code, error.message.as_str()), ("bad_package", "plugin.wasm is no WebAssembly"));
}

#[tokio::test]
async fn a_status_says_what_is_on_the_air() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    let plugins = house.start().await;
    let status = plugins.status("test").unwrap();
    assert_eq!(
        (status.state, status.kind, status.error.as_deref()),
        (State::Ready, Some(Kind::Tracker), None)
    );
    let plugin = plugins.get("test").unwrap();
    assert_eq!(plugin.generation(), status.generation);
    let shown = serde_json::to_value(&status).unwrap();
    let timings = json!({});
    assert_eq!(
        shown,
        json!({"id": "test", "name": "Test", "kind": "tracker", "version": "1.0.0", "state": "ready", "generation": 1,
            "timings": timings, "path": "test", "hash": plugin.hash(), "enabled": true, "overrides": [],
            "grants": {"allow_scripts": false, "wants_scripts": false},
            "settings": {"values": {}, "fields": [], "faults": []}})
    );
}

#[tokio::test]
async fn assets_are_served_by_listed_extensions_and_style_sheets_confined() {
    let house = House::new();
    let text = format!("{}[frontend]\ncss = [\"test.css\"]\nscripts = [\"test.js\"]\n", manifest("test"));
    house.write("test", &text, &Guest::default().component());
    fs::create_dir_all(house.path("test/assets/icons")).unwrap();
    for (name, text) in [
        ("test.css", "p { color: red }"),
        ("test.js", "1"),
        ("icons/bow.svg", "<svg/>"),
        ("page.html", "<p>"),
    ] {
        fs::write(house.path("test/assets").join(name), text).unwrap();
    }
    let plugins = house.start().await;
    let plugin = plugins.get("test").unwrap_or_else(|| panic!("{:?}", plugins.statuses()));
    assert_eq!(plugin.assets_url(), format!("/plugins/test/{}/", plugin.hash()));
    assert_eq!(plugin.stylesheets(), [format!("{}test.css", plugin.assets_url())]);
    let icon = plugin.asset("icons/bow.svg").unwrap();
    assert_eq!((icon.content_type, &icon.bytes[..]), ("image/svg+xml", &b"<svg/>"[..]));
    let css = plugin.asset("test.css").unwrap();
    assert_eq!(css.content_type, "text/css; charset=utf-8");
    let css = String::from_utf8(css.bytes.to_vec()).unwrap();
    assert!(css.contains("data-plugin") && css.contains("red"), "{css}");
    for path in ["test.js", "page.html", "../plugin.toml", "plugin.wasm", "", "icons", "icons/../test.css"] {
        assert!(plugin.asset(path).is_none(), "{path}");
    }
    let warnings = plugins.status("test").unwrap().warnings;
    assert!(
        warnings.iter().any(|w| w.contains("allow_scripts"))
            && warnings.iter().any(|w| w.contains("page.html")),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn the_operators_settings_reach_the_plugin_and_a_wrong_one_is_named() {
    let house = House::new();
    let text = format!(
        "{}[[setting]]\nkey = \"rows\"\ntype = \"int\"\ndefault = 2\n[[setting]]\nkey = \"dim\"\ntype = \"bool\"\ndefault = true\n",
        manifest("test")
    );
    house.write("test", &text, &Guest::default().component());
    house.settings.lock().insert("rows".into(), json!(5));
    let plugins = house.start().await;
    let plugin = plugins.get("test").unwrap();
    assert_eq!(json!(plugin.settings()), json!({"rows": 5, "dim": true}));
    house.settings.lock().insert("dim".into(), json!("no"));
    assert_eq!(json!(plugin.settings()), json!({"rows": 5, "dim": true}));
    assert!(
        plugins.status("test").unwrap().warnings[0].contains("`dim` is \"no\"; it must be true or false")
    );
}

#[tokio::test]
async fn compiled_code_is_kept_for_the_next_start_where_only_the_server_reads() {
    let house = House::new();
    house.write_guest("test", &Guest::default());
    let cache = house.dir.path().join("cache");
    drop(house.start().await);
    let first = names(&cache);
    assert_eq!(first.len(), 1, "{first:?}");
    let file = cache.join(&first[0]);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);

    let again = house.start().await;
    assert!(again.get("test").is_some());
    assert_eq!((names(&cache), fs::metadata(&file).unwrap().modified().unwrap()), (first.clone(), written));
    drop(again);

    fs::write(&file, b"damaged").unwrap();
    assert!(house.start().await.get("test").is_some());
    assert!(fs::metadata(&file).unwrap().len() > 1000, "it is compiled and written again");
}
