//! A restream that is tied to a session of the lobby.

use std::collections::HashMap;

use regie_tests::{Answer, Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};

/// A server with a restream `a`, a session of Ada's and Ben's, and the tokens of people.
struct Show {
    regie: Regie,
    session: String,
    tokens: HashMap<&'static str, String>,
}

impl Show {
    async fn new(labels: &[&str]) -> Self {
        let regie = Regie::with(&["tracker-probe"]).await;
        regie.restream("a", "tracker-probe", labels).await;
        let mut tokens = HashMap::new();
        for (name, role) in [("Ada", "viewer"), ("Ben", "viewer"), ("crew", "viewer"), ("desk", "editor")] {
            tokens.insert(name, regie.user(name, role).await);
        }
        let granted = json!({"items": [{"user": "crew", "role": "restreamer"}]});
        assert_eq!(regie.call(Method::PUT, "/api/restreams/a/roles", Some(granted)).await.status, 200);
        let mut show = Self { regie, session: String::new(), tokens };
        show.regie.until("/api/lobby", |status| status["arbiter"]["active"] == true).await;
        let form = json!({"model_name": "Tide pools", "num_players_min": 1, "num_players_max": 0});
        let made = show.call("Ada", Method::POST, "/api/lobby/sessions", Some(form)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        show.session = made.json()["session_id"].as_str().unwrap().to_owned();
        let path = format!("/api/lobby/sessions/{}/join", show.session);
        assert_eq!(show.call("Ben", Method::POST, &path, Some(json!({}))).await.status, 200);
        show
    }

    async fn call(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.regie.call_as(self.tokens.get(who).map(String::as_str), method, path, body).await
    }

    async fn tie(&self, who: &str) -> Answer {
        let form = json!({"session_id": self.session});
        self.call(who, Method::PUT, "/api/restreams/a/lobby", Some(form)).await
    }

    async fn take(&self, who: &str) -> Answer {
        self.call(who, Method::POST, "/api/restreams/a/lobby/take", None).await
    }

    async fn see(&self, who: &str) -> Value {
        self.call(who, Method::GET, "/api/restreams/a", None).await.json()
    }
}

fn slots(list: &Value) -> Vec<(&str, u64)> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|m| (m["name"].as_str().unwrap(), m["slot"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn members_stand_after_those_who_are_there_in_the_session_of_the_tracker_too() {
    let show = Show::new(&["Zoe"]).await;
    let id = show.see("crew").await["id"].as_u64().unwrap();
    show.regie.act("a", json!({"do": "count"})).await;
    let mut link = Link::open(&show.regie.url, Some(&show.tokens["crew"])).await;
    link.subscribe(&format!("tracker/{id}/main"), json!({})).await;
    link.until(|frame| frame["html"].is_string()).await;
    let tied = show.tie("crew").await;
    assert_eq!(tied.status, 200, "{}", tied.text);
    let lobby = &tied.json()["lobby"];
    assert_eq!((&lobby["title"], &lobby["there"]), (&json!("Tide pools"), &json!(true)));
    assert_eq!(lobby["members"][1]["name"], "Ben");

    let taken = show.take("crew").await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    assert_eq!(slots(&taken.json()["added"]), [("Ada", 2), ("Ben", 3)]);
    assert_eq!((&taken.json()["there"], &taken.json()["refused"]), (&json!([]), &json!([])));
    let file = show.regie.file(id, 3).await;
    let labels: Vec<_> = file["participants"].as_array().unwrap().iter().map(|p| &p["label"]).collect();
    assert_eq!((json!(labels), &file["state"]["n"]), (json!(["Zoe", "Ada", "Ben"]), &json!(1)));
    link.until(|frame| frame["html"].is_string()).await;

    let before = show.see("crew").await;
    let again = show.take("crew").await.json();
    assert_eq!((slots(&again["there"]), &again["added"]), (vec![("Ada", 2), ("Ben", 3)], &json!([])));
    assert_eq!(show.see("crew").await, before, "nothing was written");
}

#[tokio::test]
async fn a_lone_participant_without_a_name_is_nobody_yet() {
    let show = Show::new(&[""]).await;
    show.tie("crew").await;
    assert_eq!(slots(&show.take("crew").await.json()["added"]), [("Ada", 1), ("Ben", 2)]);
}

#[tokio::test]
async fn who_comes_when_all_slots_are_taken_is_told_so() {
    let there: Vec<_> = (1..=31).map(|n| format!("p{n}")).collect();
    let show = Show::new(&there.iter().map(String::as_str).collect::<Vec<_>>()).await;
    show.tie("crew").await;
    let taken = show.take("crew").await.json();
    assert_eq!(slots(&taken["added"]), [("Ada", 32)]);
    assert_eq!(
        (&taken["refused"][0]["name"], &taken["refused"][0]["code"]),
        (&json!("Ben"), &json!("restream_full"))
    );
}

#[tokio::test]
async fn only_its_restreamers_tie_it_and_see_the_tie() {
    let show = Show::new(&["Zoe"]).await;
    assert_eq!(show.take("crew").await.code(), "not_tied");
    for (who, status) in [("nobody", 401), ("Ada", 403), ("desk", 403)] {
        assert_eq!(show.tie(who).await.status, status, "{who}");
        assert_eq!(show.take(who).await.status, status, "{who}");
        let untied = show.call(who, Method::DELETE, "/api/restreams/a/lobby", None).await;
        assert_eq!(untied.status, status, "{who}");
    }
    let unknown = json!({"session_id": "nowhere"});
    let unknown = show.call("crew", Method::PUT, "/api/restreams/a/lobby", Some(unknown)).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.json()["error"]["path"].as_str()),
        (404, Some("session_id"))
    );
    assert_eq!(show.tie("crew").await.status, 200);
    for who in ["nobody", "Ada", "desk"] {
        assert_eq!(show.see(who).await.get("lobby"), None, "{who}");
    }
}

#[tokio::test]
async fn a_session_that_was_closed_is_told_and_leaves_who_was_taken() {
    let show = Show::new(&["Zoe"]).await;
    show.tie("crew").await;
    show.take("crew").await;
    let close = format!("/api/lobby/sessions/{}/close", show.session);
    assert_eq!(show.call("Ada", Method::POST, &close, None).await.status, 200);
    let gone = show.see("crew").await;
    assert_eq!((&gone["lobby"]["there"], &gone["lobby"]["title"]), (&json!(false), &json!("Tide pools")));
    assert_eq!(gone["participants"].as_array().unwrap().len(), 3);
    assert_eq!(show.take("crew").await.code(), "session_gone");
    let copy = show.regie.post("/api/restreams/a/clone", json!({"slug": "b"})).await;
    assert_eq!((copy.status.as_u16(), copy.json().get("lobby")), (201, None), "a copy is tied to nothing");
    let untied = show.call("crew", Method::DELETE, "/api/restreams/a/lobby", None).await;
    assert_eq!((untied.status.as_u16(), untied.json().get("lobby")), (200, None), "{}", untied.text);
}
