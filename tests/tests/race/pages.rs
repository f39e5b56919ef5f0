//! The pages of races as visitors of all kinds get them.

use std::time::{Duration, Instant};

use regie_tests::{Answer, Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Room;

/// It has a map with a lower layer, and makes its own seeds.
const MODE: &str = "race-dag";

impl Room {
    async fn get(&self, who: &str, path: &str) -> Answer {
        self.call(who, Method::GET, path, None).await
    }

    async fn page(&self, who: &str, path: &str) -> String {
        let answer = self.get(who, path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    /// The race's own page.
    async fn race(&self, who: &str) -> String {
        self.page(who, &format!("/race/{}", self.id)).await
    }

    /// The same once it fits: blocks are as late as what followers get, a fraction of a second.
    async fn race_when(&self, who: &str, fits: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let page = self.race(who).await;
            if fits(&page) {
                return page;
            }
            assert!(Instant::now() < deadline, "stays {page}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The path of an overlay that this verb makes a key for.
    async fn key(&self, who: &str, verb: &str, body: Value) -> String {
        let made = self.post(who, verb, body).await;
        let url = made.json()["url"].as_str().unwrap_or_else(|| panic!("{}", made.text)).to_owned();
        url[url.find("/overlay/").expect("a link to an overlay")..].to_owned()
    }

    fn topic(&self, class: &str) -> String {
        format!("race/{}/{class}", self.id)
    }
}

/// What a block of the page holds.
fn block<'a>(page: &'a str, surface: &str) -> &'a str {
    let named = format!("data-rg-surface=\"{surface}\"");
    let from = page.find(&named).unwrap_or_else(|| panic!("{surface} is not in {page}"));
    let from = from + page[from..].find('>').expect("the tag ends") + 1;
    let next = page[from..].find("class=\"rg-block\"").map_or(page.len(), |at| from + at);
    &page[from..next]
}

fn topic(page: &str) -> &str {
    page.split("data-rg-topic=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

#[tokio::test]
async fn the_list_shows_what_is_public_and_drafts_to_their_own_people() {
    let room = Room::draft_in(MODE, json!({})).await;
    assert!(room.page("nobody", "/races").await.contains("There is no race yet"));
    assert!(room.page("org", "/races").await.contains("Sunday"));
    room.ok("org", "open").await;
    let open = room.page("nobody", "/races").await;
    assert!(open.contains("Sunday") && open.contains(&format!("href=\"/race/{}\"", room.id)), "{open}");
    assert!(room.page("nobody", "/races?lang=fr").await.contains("À venir"));
}

#[tokio::test]
async fn each_visitor_finds_what_they_may_do_and_their_own_class_of_pictures() {
    let room = Room::open_in(MODE, json!({"countdown_seconds": 0})).await;
    let post = |act: &str| format!("action=\"/api/races/{}/{act}\"", room.id);
    let anonymous = room.race("nobody").await;
    assert!(!anonymous.contains("data-rg-post") && anonymous.contains("Sign in to take part"), "{anonymous}");
    assert!(room.race("eve").await.contains(&post("join")));
    assert!(room.race("org").await.contains(&format!("/race/{}/manage", room.id)));
    let own = room.race("ada").await;
    for act in ["ready", "leave", "hud-key"] {
        assert!(own.contains(&post(act)), "{act}: {own}");
    }
    assert!(!own.contains(&post("join")));
    for (who, class) in
        [("nobody", "public"), ("eve", "public"), ("cas", "caster"), ("ada", "p1"), ("ben", "p2")]
    {
        assert_eq!(topic(&room.race(who).await), room.topic(class), "{who}");
    }
    room.start().await;
    room.race_when("ada", |page| page.contains("id=\"rg-abandon\"") && page.contains("data-rg-elapsed"))
        .await;
    assert!(!room.race("eve").await.contains("data-rg-post"));
    let late = room.page("cas", &format!("/race/{}?delay=30", room.id)).await;
    assert_eq!(topic(&late), room.topic("caster-30"));
}

#[tokio::test]
async fn nothing_of_the_seed_is_on_a_page_before_the_start_and_a_runner_sees_less_than_spectators() {
    let room = Room::open_in(MODE, json!({"countdown_seconds": 0})).await;
    let base = "overlay:dag:base";
    for who in ["nobody", "ada", "cas", "org"] {
        let before = room.race(who).await;
        assert!(!block(&before, base).contains("<svg"), "{who}: {before}");
    }
    room.start().await;
    let drawn = |page: &str| block(page, base).contains("<svg");
    let (spectator, runner) = (room.race_when("nobody", drawn).await, room.race_when("ada", drawn).await);
    assert!(block(&runner, base).len() < block(&spectator, base).len() / 2, "{runner}");
}

#[tokio::test]
async fn who_looks_sees_who_is_ready_and_the_clock() {
    let room = Room::open_in(MODE, json!({"countdown_seconds": 0})).await;
    let mut link = Link::open(&room.regie.url, None).await;
    for surface in ["room", "people"] {
        link.subscribe(&room.topic("public"), json!({"as": "html", "surface": surface})).await;
    }
    let holds = |surface: &'static str, text: &'static str| {
        move |frame: &Value| {
            frame["surface"] == surface && frame["html"].as_str().is_some_and(|html| html.contains(text))
        }
    };
    link.until(holds("people", "rg-is-registered")).await;
    room.ok("ada", "ready").await;
    link.until(holds("people", "rg-is-ready")).await;
    room.start().await;
    link.until(holds("room", "data-rg-elapsed")).await;
}

#[tokio::test]
async fn an_overlay_shows_what_its_key_opens_and_nothing_once_the_key_is_void() {
    let room = Room::open_in(MODE, json!({"countdown_seconds": 0, "public_view": "none"})).await;
    room.start().await;
    let overlay = room.page("nobody", &format!("/overlay/{}/dag", room.id)).await;
    assert_eq!(topic(&overlay), room.topic("nobody"));
    assert!(!overlay.contains("<button") && overlay.contains("class=\"obs-overlay\""), "{overlay}");

    let casters = room.key("cas", "overlay-key", json!({"overlay": "dag"})).await;
    assert_eq!(topic(&room.page("nobody", &casters).await), room.topic("caster"));
    let late = room.page("nobody", &format!("{casters}&delay=30&follow=true&maxLayers=6")).await;
    assert_eq!(topic(&late), room.topic("caster-30"));
    assert!(late.contains(";--map-follow:1;--map-layers:6\""), "{late}");
    let other = casters.replace("/dag?", "/leaderboard?");
    assert_eq!(room.get("nobody", &other).await.status, 404, "a key opens one overlay");

    let first = room.key("ada", "hud-key", json!({})).await;
    let shown = room.page("nobody", &first).await;
    assert_eq!(topic(&shown), room.topic("p1"));
    assert!(shown.contains("data-rg-slot=\"1\""), "{shown}");
    let second = room.key("ada", "hud-key", json!({})).await;
    assert_eq!(room.get("nobody", &first).await.status, 404, "a new link ends the old one");
    assert_eq!(room.get("nobody", &second).await.status, 200);
}

#[tokio::test]
async fn a_race_that_is_over_is_shown_at_any_of_its_moments() {
    let room = Room::running_in(MODE).await;
    let path = format!("/race/{}/replay?t=0", room.id);
    let early = room.get("nobody", &path).await;
    assert_eq!((early.status.as_u16(), location(&early)), (303, &*format!("/race/{}", room.id)));
    room.ok("org", "finish").await;
    let replay = room.page("nobody", &path).await;
    for said in ["type=\"range\"", "data-rg-replay=\"live\"", "data-rg-replay=\"overlay:dag\"", "<svg"] {
        assert!(replay.contains(said), "{said}: {replay}");
    }
    assert!(room.race("nobody").await.contains(&format!("/race/{}/replay", room.id)));
}

#[tokio::test]
async fn other_addresses_lead_to_the_app_or_are_not_found() {
    let regie = Regie::with(&[MODE]).await;
    for (path, expected) in [
        ("/race/new", "/app/races/new"),
        ("/race/r1/manage", "/app/races/r1"),
        ("/race/r1/join", "/app/races/r1/join"),
        ("/invite/t%2F1", "/app/invite?token=t%2F1"),
        ("/users/ada", "/app/people/ada"),
    ] {
        let answer = regie.get(path).await;
        assert_eq!((answer.status.as_u16(), location(&answer)), (303, expected));
    }
    let made = regie.post("/api/races", json!({"name": "Sunday", "mode": MODE})).await.json();
    let overlay = format!("/overlay/{}", made["id"].as_str().unwrap());
    for path in [
        "/race/absent".to_owned(),
        "/race/absent/replay".to_owned(),
        "/overlay/absent/dag".to_owned(),
        format!("{overlay}/absent"),
        format!("{overlay}/hud"),
        format!("{overlay}/dag?key=no.key"),
    ] {
        assert_eq!(regie.get(&path).await.status, 404, "{path}");
    }
}

fn location(answer: &Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}
