//! What an operator does to a plugin while its overlay is open.

use std::fs;

use regie_tests::{Link, Regie, package};
use reqwest::Method;
use serde_json::{Value, json};

const PROBE: &str = "/api/plugins/tracker-probe";

fn edit(regie: &Regie, text: &str) {
    fs::write(regie.instance.join("config.toml"), text).unwrap();
}

/// The probe with a form, a script and an asset.
async fn formed() -> Regie {
    let mut regie = Regie::with(&["tracker-probe"]).await;
    regie.terminate().await;
    let folder = regie.instance.join("plugins/tracker-probe");
    let manifest = fs::read_to_string(folder.join("plugin.toml")).unwrap();
    let manifest = match manifest.contains("[frontend]") {
        true => manifest.replace("[frontend]", "[frontend]\nscripts = [\"probe.js\"]"),
        false => format!("{manifest}\n[frontend]\nscripts = [\"probe.js\"]\n"),
    };
    let form = "\n[[setting]]\nkey = \"rows\"\ntype = \"int\"\ndefault = 2\nmin = 1\nmax = 9\n";
    fs::write(folder.join("plugin.toml"), manifest + form).unwrap();
    fs::write(folder.join("assets/probe.js"), "export {}").unwrap();
    edit(&regie, "# ours\n[limits]\nlinks = 5000 # enough\n");
    regie.start().await;
    regie
}

async fn overlay(regie: &Regie) -> (Link, Value) {
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({"surface": "overlay:default"})).await;
    let first = link.until(|frame| frame["html"].is_string()).await;
    (link, first)
}

#[tokio::test]
async fn settings_from_the_app_stand_in_the_file_and_on_open_pages_at_once() {
    let regie = formed().await;
    let (mut open, first) = overlay(&regie).await;
    let set = |values: Value| {
        regie.call(Method::PUT, "/api/plugins/tracker-probe/settings", Some(json!({"values": values})))
    };
    let bad = set(json!({"rows": 10})).await;
    assert_eq!(
        (bad.status.as_u16(), &bad.json()["error"]["path"]),
        (400, &json!("values.rows")),
        "{}",
        bad.text
    );
    let good = set(json!({"rows": 7})).await;
    assert_eq!(
        (good.status.as_u16(), &good.json()["settings"]["values"]["rows"]),
        (200, &json!(7)),
        "{}",
        good.text
    );
    open.until(|frame| frame["html"].is_string() && frame["etag"] != first["etag"]).await;
    let file = fs::read_to_string(regie.instance.join("config.toml")).unwrap();
    assert_eq!(file, "# ours\n[limits]\nlinks = 5000 # enough\n\n[plugins.tracker-probe]\nrows = 7\n");

    edit(&regie, &file.replace("rows = 7", "rows = 3").replace("5000", "6000"));
    regie.until(PROBE, |p| p["settings"]["values"]["rows"] == 3).await;
    regie
        .wait("what needs a restart is told", || {
            regie
                .log()
                .lines()
                .any(|line| line.contains("at the next start") && line.contains("limits"))
                .then_some(())
        })
        .await;
    edit(&regie, "[plugins.tracker-probe\n");
    regie.wait("a torn file is told", || regie.log().contains("stays in force").then_some(())).await;
    assert_eq!(regie.get(PROBE).await.json()["settings"]["values"]["rows"], 3);
    assert_eq!(set(json!({"rows": 4})).await.code(), "bad_config");
    let editor = regie.user("ed", "editor").await;
    let seen = regie.call_as(Some(&editor), Method::GET, PROBE, None).await.json();
    assert_eq!(
        (&seen["id"], seen.get("settings")),
        (&json!("tracker-probe"), None),
        "an editor sees no values"
    );
}

#[tokio::test]
async fn a_plugin_is_switched_off_and_on_and_its_sessions_keep_document_and_block() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let (mut open, _) = overlay(&regie).await;
    regie.act("a", json!({"do": "count"})).await;
    open.until(|frame| {
        frame["html"].as_str().is_some_and(|html| html.contains(r#"<span class="n">1</span>"#))
    })
    .await;
    let off = regie.post("/api/plugins/tracker-probe/disable", json!({})).await.json();
    assert_eq!((&off["state"], &off["enabled"]), (&json!("disabled"), &json!(false)));
    assert!(fs::read_to_string(regie.instance.join("config.toml")).unwrap().contains("disabled = true"));
    let page = regie.get("/a/overlay").await.text;
    assert!(page.contains(r#"<span class="n">1</span>"#), "the last block stays: {page}");
    assert_eq!(regie.act("a", json!({"do": "count"})).await.code(), "plugin_unavailable");
    let on = regie.post("/api/plugins/tracker-probe/enable", json!({})).await.json();
    assert_eq!((&on["state"], &on["enabled"]), (&json!("ready"), &json!(true)));
    assert_eq!(regie.act("a", json!({"do": "count"})).await.status, 200);
    open.until(|frame| {
        frame["html"].as_str().is_some_and(|html| html.contains(r#"<span class="n">2</span>"#))
    })
    .await;
}

#[tokio::test]
async fn scripts_are_served_with_the_grant_only_and_overrides_restyle_an_open_overlay() {
    let regie = formed().await;
    let (mut open, first) = overlay(&regie).await;
    let script =
        |status: &Value| format!("/plugins/tracker-probe/{}/probe.js", status["hash"].as_str().unwrap());
    let grant = |yes: bool| {
        regie.call(Method::PUT, "/api/plugins/tracker-probe/grants", Some(json!({"allow_scripts": yes})))
    };
    let status = regie.get(PROBE).await.json();
    assert_eq!(regie.get(&script(&status)).await.status, 404);
    let granted = grant(true).await.json();
    assert_eq!(granted["grants"], json!({"allow_scripts": true, "wants_scripts": true}));
    let served = regie.get(&script(&granted)).await;
    assert_eq!(
        (served.status.as_u16(), served.headers["content-type"].to_str().unwrap()),
        (200, "text/javascript; charset=utf-8")
    );
    assert_eq!(served.headers["x-content-type-options"], "nosniff");
    grant(false).await;
    assert_eq!(regie.get(&script(&status)).await.status, 404);

    let extra = regie.instance.join("overrides/tracker-probe/extra.css");
    fs::create_dir_all(extra.parent().unwrap()).unwrap();
    fs::write(&extra, ".n { color: lime }").unwrap();
    let frame = open.until(|frame| frame["css"].to_string().contains("extra.css")).await;
    assert_ne!(frame["etag"], first["etag"]);
    let sheet = regie.get(frame["css"].as_array().unwrap().last().unwrap().as_str().unwrap()).await;
    assert!(sheet.text.contains("[data-plugin") && sheet.text.contains("#0f0"), "{}", sheet.text);
    fs::write(&extra, "body { position: fixed }").unwrap();
    let status = regie.until(PROBE, |p| p["warnings"].to_string().contains("overrides refused")).await;
    assert_eq!(status["overrides"], json!(["extra.css"]), "the last good one stays");
}

#[tokio::test]
async fn a_package_comes_and_goes_through_the_browser_and_every_step_is_an_admins() {
    let regie = Regie::with(&[]).await;
    let zip = fs::read(package("tracker-probe").with_file_name("tracker-probe-1.0.0.zip")).unwrap();
    let upload = |bytes: Vec<u8>| {
        Regie::answer(
            regie.http.post(format!("{}/api/plugins", regie.url)).bearer_auth(regie_tests::TOKEN).body(bytes),
        )
    };
    assert_eq!(upload(b"no zip".to_vec()).await.code(), "bad_package");
    assert_eq!(upload(zip.clone()).await.status, 201);
    let again = upload(zip).await;
    assert_eq!((again.status.as_u16(), &again.json()["state"]), (200, &json!("ready")));
    assert_eq!(regie.post("/api/plugins/tracker-probe/reload", json!({})).await.status, 200);
    assert!(regie.get("/api/plugins/tracker-probe/logs").await.json()["items"].is_array());

    let editor = regie.user("re", "restreamer").await;
    for (method, path, body) in [
        (Method::POST, "/disable", json!({})),
        (Method::POST, "/enable", json!({})),
        (Method::POST, "/reload", json!({})),
        (Method::PUT, "/settings", json!({"values": {}})),
        (Method::PUT, "/grants", json!({"allow_scripts": true})),
        (Method::GET, "/logs", json!({})),
        (Method::DELETE, "", json!({})),
    ] {
        let path = format!("{PROBE}{path}");
        assert_eq!(
            regie.call_as(Some(&editor), method.clone(), &path, Some(body.clone())).await.status,
            403,
            "{path}"
        );
        let unknown = path.replace("tracker-probe", "none");
        assert_eq!(regie.call(method, &unknown, Some(body)).await.status, 404, "{unknown}");
    }
    let removed = regie.call(Method::DELETE, PROBE, None).await.json();
    let kept = removed["kept"][0].as_str().unwrap();
    assert!(regie.instance.join("plugins").join(kept).exists(), "{removed}");
    assert_eq!(regie.get(PROBE).await.status, 404);
}
