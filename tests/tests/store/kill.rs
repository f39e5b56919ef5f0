use std::time::{Duration, Instant};

use regie_tests::{Link, Regie, TOKEN};
use serde_json::json;

/// `n` of the probe, as its overlay shows it.
async fn shown(regie: &Regie, slug: &str) -> u64 {
    let page = regie.get(&format!("/{slug}/overlay")).await.text;
    let at = page.find("class=\"n\">").unwrap_or_else(|| panic!("{page}")) + 10;
    page[at..].split('<').next().unwrap().parse().unwrap()
}

/// Twenty times: several hundred updates a second on one link, `kill -9` in the middle, restart. Whatever was acknowledged is
/// there; whatever was not is sent again under its key, and nothing is counted twice.
#[tokio::test]
async fn twenty_kills_under_load_lose_nothing_and_count_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    regie_tests::copy(&regie_tests::package("tracker-probe"), &instance.join("plugins/tracker-probe"));
    let mut regie = Regie::on(instance, &[]);
    regie.start().await;
    let mut rates = Vec::new();
    for round in 0..20_u64 {
        // A restream for each round: a document remembers 1,024 action keys.
        let slug = format!("a{round}");
        let id = regie.restream(&slug, "tracker-probe", &["Alice"]).await;
        let topic = format!("tracker/{id}/main");
        let mut link = Link::open(&regie.url, Some(TOKEN)).await;
        let act = |n: u64| json!({"do": {"topic": topic, "key": format!("r{round}-{n}"), "action": {"do": "count"}}});
        let (mut sent, mut acknowledged) = (0_u64, 0_u64);
        let began = Instant::now();
        let run = Duration::from_millis(150 + 37 * (round % 5));
        // Up to 32 under way, as a page that resends holds them.
        while began.elapsed() < run && sent < 900 {
            while sent - acknowledged < 32 {
                link.send(act(sent)).await;
                sent += 1;
            }
            if link.until(|f| f["done"].is_string()).await["error"].is_null() {
                acknowledged += 1;
            }
        }
        rates.push(acknowledged as f64 / began.elapsed().as_secs_f64());
        regie.kill();
        regie.start().await;
        let after = shown(&regie, &slug).await;
        assert!(after >= acknowledged, "round {round}: {acknowledged} acknowledged, {after} there");
        assert!(after <= sent, "round {round}: {sent} sent, {after} there");
        // The client never saw the last answers: it sends everything again that was not acknowledged, and a few that were.
        let mut link = Link::open(&regie.url, Some(TOKEN)).await;
        let from = acknowledged.saturating_sub(10);
        for n in from..sent {
            link.send(act(n)).await;
            let done = link.until(|f| f["done"].is_string()).await;
            assert!(done["error"].is_null(), "{done}");
        }
        assert_eq!(shown(&regie, &slug).await, sent, "round {round}");
    }
    let slowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    println!("acknowledged updates/s by round: {rates:.0?}, slowest {slowest:.0}");
}
