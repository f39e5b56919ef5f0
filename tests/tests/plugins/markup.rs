//! What a plugin renders is sanitised, whatever it answers.

use regie_tests::Regie;
use serde_json::json;

/// Everything inside the block's element, from the overlay page.
async fn shown(regie: &Regie, html: &str) -> String {
    let set = regie.act("a", json!({"do": "html", "html": html})).await;
    assert_eq!(set.status, 200, "{}", set.text);
    let page = regie.get("/a/overlay").await.text;
    let start = page.find("rg-block").expect("a block");
    let end = page.find("</main>").expect("the page goes on after the block");
    page[start..end].to_owned()
}

#[tokio::test]
async fn hostile_markup_never_reaches_a_page() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    for (html, forbidden) in [
        ("<script>alert(1)</script>x", "<script"),
        ("<img src=x onerror=alert(1)>", "onerror"),
        ("<svg onload=alert(1)><path d='M0 0'/></svg>", "onload"),
        ("<a href='javascript:alert(1)'>x</a>", "javascript:"),
        ("<img src='https://evil.example/x.png'>", "evil.example"),
        ("<div style='background:url(https://evil.example/x)'>x</div>", "evil.example"),
        ("<div style='position:fixed;inset:0'>x</div>", "fixed"),
        ("<link rel=stylesheet href='/x.css'>", "x.css"),
        ("<iframe src='/app'></iframe>", "<iframe"),
        ("<form action='https://evil.example'><button>x</button></form>", "evil.example"),
        ("<button formaction='/api/auth/logout'>x</button>", "formaction"),
        ("<div id='rg-page'>{}</div>", "id="),
        ("<div data-rg-topic='tracker/2/main'>x</div>", "data-rg-topic=\"tracker/2/main\""),
        ("<div class='rg-bar ok'>x</div>", "rg-bar"),
        ("<base href='https://evil.example/'>", "<base"),
        ("<meta http-equiv=refresh content='0;url=/'>", "<meta"),
        ("<style>*{display:none}</style>", "display:none"),
        ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", "onerror"),
    ] {
        let block = shown(&regie, html).await;
        assert!(!block.to_lowercase().contains(forbidden), "{html} left {forbidden} in {block}");
    }
}

#[tokio::test]
async fn unbalanced_markup_stays_inside_its_block() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    regie
        .act("a", json!({"do": "html", "html": "</section></div></div></main></body><p class='stray'>x</p>"}))
        .await;
    let page = regie.get("/a/live").await.text;
    let stray = page.find("stray").expect("harmless markup is shown");
    let end = page.find("</section>").expect("the panel's own end");
    assert!(stray < end, "{page}");
    assert_eq!(page.matches("</main>").count(), 1);
    assert_eq!(page.matches("<div").count(), page.matches("</div>").count());
}

#[tokio::test]
async fn the_page_policy_lets_nothing_foreign_run() {
    let regie = Regie::with(&["tracker-probe"]).await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    for path in ["/a/live", "/a/overlay"] {
        let page = regie.get(path).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
        assert!(policy.contains("style-src 'self'") && policy.contains("base-uri 'none'"), "{policy}");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        let again = regie.get(path).await;
        assert_ne!(
            page.headers["content-security-policy"], again.headers["content-security-policy"],
            "a nonce is used once"
        );
    }
}
