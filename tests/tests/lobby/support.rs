//! A server with a lobby, and the people around it.

use std::{collections::HashMap, path::PathBuf, time::Duration};

use regie_tests::{Answer, Link, Regie};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const PEOPLE: [&str; 4] = ["ada", "ben", "cas", "eve"];

pub struct Hall {
    pub regie: Regie,
    tokens: HashMap<&'static str, String>,
    _folder: TempDir,
}

impl Hall {
    /// On the embedded broker; the server arbitrates.
    pub async fn open() -> Self {
        let hall = Self::with(&[]).await;
        hall.regie.until("/api/lobby", arbitrates).await;
        hall
    }

    /// With these settings; how the broker is then, the test looks itself.
    pub async fn with(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut regie = Regie::on(folder.path().join("instance"), environment);
        regie.start().await;
        let mut tokens = HashMap::new();
        for name in PEOPLE {
            tokens.insert(name, regie.user(name, "viewer").await);
        }
        Self { regie, tokens, _folder: folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self._folder.path().join(name)
    }

    /// As one of them; `admin` has the bootstrap token, `nobody` has none.
    pub async fn call(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.regie.call_as(self.token(who), method, path, body).await
    }

    pub fn token(&self, who: &str) -> Option<&str> {
        match who {
            "nobody" => None,
            "admin" => Some(regie_tests::TOKEN),
            who => Some(self.tokens[who].as_str()),
        }
    }

    pub async fn link(&self, who: &str) -> Link {
        Link::open(&self.regie.url, self.token(who)).await
    }

    /// `POST /api/lobby/sessions/<id>/<verb>`
    pub async fn post(&self, who: &str, id: &str, verb: &str, body: Option<Value>) -> Answer {
        self.call(who, Method::POST, &format!("/api/lobby/sessions/{id}/{verb}"), body).await
    }

    /// The same without a body; answers the session after it.
    pub async fn ok(&self, who: &str, id: &str, verb: &str) -> Value {
        let answer = self.post(who, id, verb, None).await;
        assert_eq!(answer.status, 200, "{who} {verb}: {}", answer.text);
        answer.json()
    }

    pub async fn try_create(&self, who: &str, form: Value) -> Answer {
        self.call(who, Method::POST, "/api/lobby/sessions", Some(form)).await
    }

    /// A session for two to `max`; answers its id.
    pub async fn create(&self, who: &str, max: u32) -> String {
        let made = self.try_create(who, tide_pools(max)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["session_id"].as_str().unwrap().to_owned()
    }

    pub async fn see(&self, who: &str, id: &str) -> Value {
        let answer = self.call(who, Method::GET, &format!("/api/lobby/sessions/{id}"), None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    pub async fn list(&self) -> Vec<Value> {
        self.regie.get("/api/lobby/sessions").await.json()["items"].as_array().unwrap().clone()
    }

    /// The client id of a person.
    pub async fn instance(&self, who: &str) -> String {
        let status = self.call(who, Method::GET, "/api/lobby", None).await.json();
        status["instance_id"].as_str().unwrap().to_owned()
    }
}

pub fn tide_pools(max: u32) -> Value {
    json!({"model_name": "Tide pools", "num_players_min": 2, "num_players_max": max})
}

pub fn arbitrates(status: &Value) -> bool {
    status["broker"]["state"] == "connected" && status["arbiter"]["active"] == true
}

/// Names of a session's members, in order.
pub fn names(session: &Value) -> Vec<&str> {
    let members = session["members"].as_array().unwrap_or_else(|| panic!("{session}"));
    members.iter().map(|member| member["name"].as_str().unwrap_or("?")).collect()
}

/// Ends after a second: what is awaited happens before.
pub async fn within_a_second<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(1), what).await.expect("within a second")
}
