//! The pages of races as visitors of all kinds get them.

use regie_tests::{Answer, Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

/// A race that its organizer (the admin of the tests) has opened; answers its id.
async fn opened(regie: &Regie, config: Value) -> String {
    let form = json!({"name": "Sunday showdown", "mode": "race-dag", "config": config});
    let made = regie.post("/api/races", form).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    step(regie, &id, "open", json!({})).await;
    id
}

async fn step(regie: &Regie, id: &str, step: &str, body: Value) {
    let answer = regie.post(&format!("/api/races/{id}/{step}"), body).await;
    assert!(answer.status.is_success(), "{step}: {}", answer.text);
}

/// A player of the race, with a token of their own.
async fn player(regie: &Regie, id: &str, name: &str) -> String {
    let token = regie.user(name, "viewer").await;
    for step in ["join", "ready"] {
        let answer = seen(regie, Some(&token), Method::POST, &format!("/api/races/{id}/{step}")).await;
        assert!(answer.status.is_success(), "{step}: {}", answer.text);
    }
    token
}

async fn start(regie: &Regie, id: &str) {
    step(regie, id, "start", json!({"force": true})).await;
    regie.until(&format!("/api/races/{id}"), |race| race["status"] == "running").await;
}

async fn seen(regie: &Regie, token: Option<&str>, method: Method, path: &str) -> Answer {
    let body = (method == Method::POST).then(|| json!({}));
    regie.call_as(token, method, path, body).await
}

async fn page(regie: &Regie, token: Option<&str>, path: &str) -> String {
    let answer = seen(regie, token, Method::GET, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

/// What a block of the page holds.
fn block<'a>(page: &'a str, surface: &str) -> &'a str {
    let from = page.find(&format!("data-rg-surface=\"{surface}\"")).unwrap_or_else(|| panic!("{surface}: {page}"));
    let from = from + page[from..].find('>').unwrap() + 1;
    let next = page[from..].find("class=\"rg-block\"").map_or(page.len(), |at| from + at);
    &page[from..next]
}

fn topic(page: &str) -> &str {
    page.split("data-rg-topic=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

#[tokio::test]
async fn the_list_shows_what_is_public_and_drafts_to_their_own_people() {
    let regie = Regie::with(&["race-dag"]).await;
    assert!(page(&regie, None, "/races").await.contains("There is no race yet"));
    let draft = regie.post("/api/races", json!({"name": "Secret plan", "mode": "race-dag"})).await;
    assert_eq!(draft.status, 201, "{}", draft.text);
    let id = opened(&regie, json!({})).await;
    let open = page(&regie, None, "/races").await;
    assert!(open.contains("Sunday showdown") && !open.contains("Secret plan"), "{open}");
    assert!(open.contains(&format!("href=\"/race/{id}\"")));
    assert!(page(&regie, Some(regie_tests::TOKEN), "/races").await.contains("Secret plan"));
    assert!(page(&regie, None, "/races?lang=fr").await.contains("À venir"));
}

#[tokio::test]
async fn each_visitor_finds_what_they_may_do_and_their_own_class_of_pictures() {
    let regie = Regie::with(&["race-dag"]).await;
    let id = opened(&regie, json!({"countdown_seconds": 0})).await;
    let path = format!("/race/{id}");
    let ada = player(&regie, &id, "ada").await;
    let eve = regie.user("eve", "viewer").await;
    let post = |act: &str| format!("action=\"/api/races/{id}/{act}\"");
    let anonymous = page(&regie, None, &path).await;
    assert!(!anonymous.contains("data-rg-post"), "{anonymous}");
    assert!(anonymous.contains("Sign in to take part"));
    assert_eq!(topic(&anonymous), format!("race/{id}/public"));
    assert!(page(&regie, Some(&eve), &path).await.contains(&post("join")));
    let organizer = page(&regie, Some(regie_tests::TOKEN), &path).await;
    assert!(organizer.contains(&format!("{path}/manage")));
    let own = page(&regie, Some(&ada), &path).await;
    assert!(own.contains(&post("leave")) && own.contains(&post("hud-key")) && !own.contains(&post("join")));
    assert_eq!(topic(&own), format!("race/{id}/p1"));

    start(&regie, &id).await;
    let own = page(&regie, Some(&ada), &path).await;
    assert!(own.contains("id=\"rg-abandon\"") && own.contains("data-rg-elapsed"), "{own}");
    assert!(!page(&regie, Some(&eve), &path).await.contains("data-rg-post"));
    assert_eq!(topic(&page(&regie, None, &format!("{path}?delay=30")).await), format!("race/{id}/public-30"));
}

#[tokio::test]
async fn nothing_of_the_seed_is_on_a_page_before_the_start_and_a_runner_sees_less_than_spectators() {
    let regie = Regie::with(&["race-dag"]).await;
    let id = opened(&regie, json!({"countdown_seconds": 0})).await;
    let ada = player(&regie, &id, "ada").await;
    let (path, base) = (format!("/race/{id}"), "overlay:dag:base");
    for visitor in [None, Some(ada.as_str()), Some(regie_tests::TOKEN)] {
        let before = page(&regie, visitor, &path).await;
        assert!(!block(&before, base).contains("<svg"), "{before}");
    }
    start(&regie, &id).await;
    let spectator = page(&regie, None, &path).await;
    let runner = page(&regie, Some(&ada), &path).await;
    assert!(block(&spectator, base).contains("<svg"), "{spectator}");
    assert!(block(&runner, base).len() < block(&spectator, base).len() / 2, "{runner}");
}

#[tokio::test]
async fn who_looks_sees_who_joins_who_is_ready_and_the_clock() {
    let regie = Regie::with(&["race-dag"]).await;
    let id = opened(&regie, json!({"countdown_seconds": 0})).await;
    let mut link = Link::open(&regie.url, None).await;
    for surface in ["room", "people"] {
        link.subscribe(&format!("race/{id}/public"), json!({"as": "html", "surface": surface})).await;
    }
    let holds = |surface: &'static str, text: &'static str| {
        move |frame: &Value| {
            frame["surface"] == surface && frame["html"].as_str().is_some_and(|html| html.contains(text))
        }
    };
    link.until(holds("people", "Nobody has joined yet")).await;
    player(&regie, &id, "ada").await;
    link.until(holds("people", "rg-is-ready")).await;
    start(&regie, &id).await;
    link.until(holds("room", "data-rg-elapsed")).await;
}

#[tokio::test]
async fn an_overlay_shows_what_its_key_opens_and_nothing_once_the_key_is_void() {
    let regie = Regie::with(&["race-dag"]).await;
    let id = opened(&regie, json!({"countdown_seconds": 0, "public_view": "none"})).await;
    let ada = player(&regie, &id, "ada").await;
    start(&regie, &id).await;
    let overlay = page(&regie, None, &format!("/overlay/{id}/dag")).await;
    assert_eq!(topic(&overlay), format!("race/{id}/nobody"));
    assert!(!overlay.contains("<button") && overlay.contains("class=\"obs-overlay\""));

    let made = regie.post(&format!("/api/races/{id}/overlay-key"), json!({"overlay": "dag"})).await;
    let path = |answer: &Answer| {
        let url = answer.json()["url"].as_str().unwrap_or_else(|| panic!("{}", answer.text)).to_owned();
        url[url.find("/overlay/").unwrap()..].to_owned()
    };
    let keyed = path(&made);
    assert_eq!(topic(&page(&regie, None, &keyed).await), format!("race/{id}/caster"));
    let late = page(&regie, None, &format!("{keyed}&delay=30&follow=true&maxLayers=6")).await;
    assert_eq!(topic(&late), format!("race/{id}/caster-30"));
    assert!(late.contains(";--map-follow:1;--map-layers:6\""), "{late}");
    let other = keyed.replace("/dag?", "/leaderboard?");
    assert_eq!(seen(&regie, None, Method::GET, &other).await.status, 404);

    let hud = |answer: Answer| path(&answer);
    let first = hud(seen(&regie, Some(&ada), Method::POST, &format!("/api/races/{id}/hud-key")).await);
    let shown = page(&regie, None, &first).await;
    assert_eq!(topic(&shown), format!("race/{id}/p1"));
    assert!(shown.contains("data-rg-slot=\"1\""));
    let second = hud(seen(&regie, Some(&ada), Method::POST, &format!("/api/races/{id}/hud-key")).await);
    assert_eq!(seen(&regie, None, Method::GET, &first).await.status, 404, "a new link ends the old one");
    assert_eq!(seen(&regie, None, Method::GET, &second).await.status, 200);
}

#[tokio::test]
async fn a_race_that_is_over_is_shown_at_any_of_its_moments() {
    let regie = Regie::with(&["race-dag"]).await;
    let id = opened(&regie, json!({"countdown_seconds": 0})).await;
    player(&regie, &id, "ada").await;
    let path = format!("/race/{id}/replay?t=0");
    let early = seen(&regie, None, Method::GET, &path).await;
    assert_eq!((early.status.as_u16(), early.headers["location"].to_str().unwrap()), (303, &*format!("/race/{id}")));
    start(&regie, &id).await;
    step(&regie, &id, "finish", json!({})).await;
    let replay = page(&regie, None, &path).await;
    for said in ["type=\"range\"", "data-rg-replay=\"live\"", "data-rg-replay=\"overlay:dag\"", "<svg"] {
        assert!(replay.contains(said), "{said}: {replay}");
    }
    assert!(page(&regie, None, &format!("/race/{id}")).await.contains(&format!("/race/{id}/replay")));
}

#[tokio::test]
async fn other_addresses_lead_to_the_app_or_are_not_found() {
    let regie = Regie::with(&["race-dag"]).await;
    for (path, location) in [
        ("/race/new", "/app/races/new"),
        ("/race/r1/manage", "/app/races/r1"),
        ("/race/r1/join", "/app/races/r1/join"),
        ("/invite/t%2F1", "/app/invite?token=t%2F1"),
        ("/users/ada", "/app/people/ada"),
    ] {
        let answer = seen(&regie, None, Method::GET, path).await;
        assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (303, location));
    }
    let id = opened(&regie, json!({})).await;
    for path in [
        "/race/absent".to_owned(),
        "/race/absent/replay".to_owned(),
        "/overlay/absent/dag".to_owned(),
        format!("/overlay/{id}/absent"),
        format!("/overlay/{id}/hud"),
        format!("/overlay/{id}/dag?key=no.key"),
    ] {
        assert_eq!(seen(&regie, None, Method::GET, &path).await.status, 404, "{path}");
    }
}
