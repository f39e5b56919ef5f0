//! A race and the people around it.

use std::collections::HashMap;

use regie_tests::{Answer, Regie};
use reqwest::Method;
use serde_json::{Value, json};

/// Plays a mode that makes its own seeds.
pub const MODE: &str = "race-probe";

pub struct Room {
    pub regie: Regie,
    /// Of the race.
    pub id: String,
    mode: &'static str,
    tokens: HashMap<&'static str, String>,
}

impl Room {
    /// A draft that `org` organizes, with this configuration.
    pub async fn draft(config: Value) -> Self {
        Self::draft_in(MODE, config).await
    }

    /// The same in another mode.
    pub async fn draft_in(mode: &'static str, config: Value) -> Self {
        let regie = Regie::with(&[mode]).await;
        let mut tokens = HashMap::new();
        for name in ["org", "ada", "ben", "cas", "eve"] {
            tokens.insert(name, regie.user(name, "viewer").await);
        }
        let mut room = Self { regie, id: String::new(), mode, tokens };
        room.id = room.create(config).await;
        room
    }

    /// Ada and Ben take part, Cas comments.
    pub async fn open(config: Value) -> Self {
        Self::open_in(MODE, config).await
    }

    pub async fn open_in(mode: &'static str, config: Value) -> Self {
        let room = Self::draft_in(mode, config).await;
        room.ok("org", "open").await;
        room.ok("ada", "join").await;
        room.ok("ben", "join").await;
        let cas = room.post("org", "casters", json!({"name": "cas"})).await;
        assert_eq!(cas.status, 201, "{}", cas.text);
        room
    }

    /// Ada and Ben play.
    pub async fn running() -> Self {
        Self::running_in(MODE).await
    }

    pub async fn running_in(mode: &'static str) -> Self {
        let room = Self::open_in(mode, json!({"countdown_seconds": 0})).await;
        room.start().await;
        room
    }

    /// Everybody is ready, and then plays.
    pub async fn start(&self) {
        self.ok("ada", "ready").await;
        self.ok("ben", "ready").await;
        self.ok("org", "start").await;
        self.until("org", |race| race["status"] == "running").await;
    }

    pub async fn create(&self, config: Value) -> String {
        let form = json!({"name": "Sunday", "mode": self.mode, "config": config});
        let made = self.call("org", Method::POST, "/api/races", Some(form)).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// As one of them; `admin` has the bootstrap token, `nobody` has none.
    pub async fn call(&self, who: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let token = match who {
            "nobody" => None,
            "admin" => Some(regie_tests::TOKEN),
            who => Some(self.tokens[who].as_str()),
        };
        self.regie.call_as(token, method, path, body).await
    }

    /// Of one of them.
    pub fn token(&self, who: &str) -> &str {
        &self.tokens[who]
    }

    /// `POST /api/races/<id>/<verb>`
    pub async fn post(&self, who: &str, verb: &str, body: Value) -> Answer {
        self.call(who, Method::POST, &format!("/api/races/{}/{verb}", self.id), Some(body)).await
    }

    pub async fn delete(&self, who: &str, what: &str) -> Answer {
        self.call(who, Method::DELETE, &format!("/api/races/{}/{what}", self.id), None).await
    }

    pub async fn patch(&self, who: &str, body: Value) -> Answer {
        self.call(who, Method::PATCH, &format!("/api/races/{}", self.id), Some(body)).await
    }

    /// As [`Self::post`] without a body; answers the race after it.
    pub async fn ok(&self, who: &str, verb: &str) -> Value {
        let path = format!("/api/races/{}/{verb}", self.id);
        let answer = self.call(who, Method::POST, &path, None).await;
        assert_eq!(answer.status, 200, "{who} {verb}: {}", answer.text);
        answer.json()
    }

    /// The race as this person sees it.
    pub async fn see(&self, who: &str) -> Value {
        let answer = self.call(who, Method::GET, &format!("/api/races/{}", self.id), None).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Looks until it fits.
    pub async fn until(&self, who: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let race = self.see(who).await;
            if fits(&race) {
                return race;
            }
            assert!(std::time::Instant::now() < deadline, "stays {race}\n{}", self.regie.log());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// This player is through after so many milliseconds.
    pub async fn finish(&self, who: &str, igt_ms: u64) {
        let action = json!({"type": "finish", "igt_ms": igt_ms});
        let acted = self.post(who, "act", json!({"action": action})).await;
        assert_eq!(acted.status, 200, "{}", acted.text);
    }

    /// Id of the participant of this name.
    pub async fn pid(&self, name: &str) -> String {
        let race = self.see("org").await;
        of(&race, name)["id"].as_str().unwrap().to_owned()
    }
}

/// One participant of a race's JSON.
pub fn of<'a>(race: &'a Value, name: &str) -> &'a Value {
    let participants = race["participants"].as_array().unwrap();
    participants.iter().find(|p| p["name"] == name).unwrap_or_else(|| panic!("{name} is not in {race}"))
}

pub fn can(race: &Value) -> Vec<&str> {
    race["me"]["can"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect()
}
