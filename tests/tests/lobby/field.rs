//! A server, the broker that it arbitrates on, and plain peers.

use std::time::Duration;

use regie_tests::Regie;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    mosquitto::{Mosquitto, free_port},
    peers::Peers,
};

/// Where the sessions are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum On {
    Mosquitto,
    /// The server's own.
    Embedded,
}

pub struct Field {
    pub peers: Peers,
    pub regie: Regie,
    pub mosquitto: Option<Mosquitto>,
    /// Of the broker.
    pub port: u16,
    _folder: TempDir,
}

impl Field {
    /// Everything runs, and the server arbitrates.
    pub async fn on(broker: On) -> Self {
        Self::with(broker, &[]).await
    }

    /// With these packages in the server.
    pub async fn with(broker: On, packages: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mosquitto, port) = match broker {
            On::Mosquitto => {
                let mosquitto = Mosquitto::start().await;
                let port = mosquitto.port;
                (Some(mosquitto), port)
            }
            On::Embedded => (None, free_port()),
        };
        let mut regie = server(&folder, "instance", mosquitto.as_ref(), port);
        for id in packages {
            regie_tests::copy(&regie_tests::package(id), &regie.instance.join("plugins").join(id));
        }
        regie.start().await;
        arbitrates(&regie).await;
        Self { peers: Peers::start(port), regie, mosquitto, port, _folder: folder }
    }

    /// A session as the server has it; nothing for those that are over.
    pub async fn session(&self, id: &str) -> Option<Value> {
        let sessions = self.sessions().await;
        sessions.into_iter().find(|session| session["session_id"] == id)
    }

    pub async fn sessions(&self) -> Vec<Value> {
        let list = self.regie.get("/api/lobby/sessions?limit=200").await;
        list.json()["items"].as_array().unwrap_or_else(|| panic!("{}", list.text)).clone()
    }

    /// A number that the lobby counts.
    pub async fn stat(&self, name: &str) -> u64 {
        let status = self.regie.get("/api/lobby").await.json();
        status["stats"][name].as_u64().unwrap_or_else(|| panic!("no {name} in {status}"))
    }

    /// Looks until the lobby counted so many.
    pub async fn until_stat(&self, name: &str, least: u64) {
        self.regie.until("/api/lobby", |status| status["stats"][name].as_u64() >= Some(least)).await;
    }

    /// Looks at the session until it fits.
    pub async fn until_session(&self, id: &str, fits: impl Fn(Option<&Value>) -> bool) -> Option<Value> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
        loop {
            let session = self.session(id).await;
            if fits(session.as_ref()) {
                return session;
            }
            let late = tokio::time::Instant::now() > deadline;
            assert!(!late, "{id} stays {session:?}\n{}", self.regie.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Not started yet.
pub fn server(folder: &TempDir, name: &str, mosquitto: Option<&Mosquitto>, port: u16) -> Regie {
    let (key, value) = match mosquitto {
        Some(mosquitto) => ("REGIE_LOBBY_BROKER", mosquitto.url()),
        None => ("REGIE_LOBBY_LISTEN", format!("127.0.0.1:{port}")),
    };
    Regie::on(folder.path().join(name), &[(key, &value)])
}

pub async fn arbitrates(regie: &Regie) {
    let active =
        |status: &Value| status["broker"]["state"] == "connected" && status["arbiter"]["active"] == true;
    regie.until("/api/lobby", active).await;
}
