//! Two plugins on one server: neither can act on, name, restyle or reach beyond its own.

use std::fs;

use regie_tests::{Link, Regie};
use serde_json::json;

#[tokio::test]
async fn a_plugins_assets_are_its_own_and_hold_no_documents() {
    let regie = Regie::with(&["tracker-probe", "tracker-ssr"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let ssr = regie.get("/api/plugins/tracker-ssr").await.json();
    assert_eq!(ssr["state"], "ready");
    // Every path form that could lead out of the package.
    let page = regie.get("/a/overlay").await.text;
    let css = page
        .split("href=\"")
        .find_map(|p| p.strip_prefix("/plugins/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let base = css.rsplit_once('/').unwrap().0;
    let good = regie.get(&format!("/plugins/{css}")).await;
    assert_eq!(good.status, 200);
    assert!(
        good.text.contains(r#"[data-plugin=tracker-probe]"#)
            || good.text.contains(r#"[data-plugin="tracker-probe"]"#),
        "{}",
        good.text
    );
    assert_eq!(good.headers["cache-control"], "public, max-age=31536000, immutable");
    assert!(good.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
    for path in [
        format!("/plugins/{base}/../plugin.wasm"),
        format!("/plugins/{base}/%2e%2e/plugin.wasm"),
        format!("/plugins/{base}/plugin.toml"),
        format!("/plugins/{base}/plugin.wasm"),
        format!("/plugins/{base}/%2e%2e/%2e%2e/tracker-ssr/plugin.wasm"),
        "/plugins/tracker-probe/0000/probe.css".to_owned(),
    ] {
        assert_eq!(regie.get(&path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn scripts_of_a_plugin_are_not_served() {
    let regie = Regie::with(&[]).await;
    let folder = regie.instance.join("plugins/tracker-probe");
    regie_tests::copy(&regie_tests::package("tracker-probe"), &folder);
    fs::write(folder.join("assets/evil.js"), "fetch('/api/users')").unwrap();
    fs::write(folder.join("assets/evil.html"), "<script>1</script>").unwrap();
    let status = regie.until("/api/plugins/tracker-probe", |p| p["state"] == "ready").await;
    assert_eq!(
        status["warnings"].as_array().map(Vec::len),
        Some(1),
        "their author is told of the page: {status}"
    );
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let page = regie.get("/a/overlay").await.text;
    let css = page
        .split("href=\"")
        .find_map(|p| p.strip_prefix("/plugins/"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let base = css.rsplit_once('/').unwrap().0;
    for name in ["evil.js", "evil.html"] {
        assert_eq!(regie.get(&format!("/plugins/{base}/{name}")).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn a_link_acts_on_the_topic_it_names_and_no_plugin_names_one() {
    let regie = Regie::with(&["tracker-probe"]).await;
    let one = regie.restream("one", "tracker-probe", &["Alice"]).await;
    let two = regie.restream("two", "tracker-probe", &["Bob"]).await;
    // The first plugin's markup tries to be a block of the second.
    let html = format!(
        "<div class=\"rg-block\" data-plugin=\"x\" data-rg-topic=\"tracker/{two}/main\"><button data-do='{{\"do\":\"count\"}}' aria-label=\"x\">x</button></div>"
    );
    regie.act("one", json!({"do": "html", "html": html})).await;
    let page = regie.get("/one/live").await.text;
    assert_eq!(page.matches("data-rg-topic=").count(), 1, "{page}");
    assert!(page.contains(&format!("data-rg-topic=\"tracker/{one}/main\"")));
    assert_eq!(page.matches("data-plugin=").count(), 1, "{page}");
    let mut link = Link::open(&regie.url, None).await;
    link.subscribe(&format!("tracker/{one}/main"), json!({})).await;
    let frame = link.until(|f| f["html"].is_string()).await;
    assert!(!frame["html"].as_str().unwrap().contains("data-rg-topic"), "{frame}");
}
