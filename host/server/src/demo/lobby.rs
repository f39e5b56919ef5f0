//! Sessions with simulated peers that come and go: join, leave, vanish without a word, start, close, and begin anew.

use std::{collections::HashMap, path::Path, time::Duration};

use regie_core::{Error, Result};
use regie_lobby_client::{Lobby, Membership, New, Options};
use serde::Deserialize;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

/// What `demo-lobby.json` of an instance holds.
#[derive(Debug, Clone, Deserialize)]
pub struct Plan {
    /// Between a step and the next.
    beat_seconds: u64,
    sessions: Vec<Session>,
}

/// Lived again and again.
#[derive(Debug, Clone, Deserialize)]
struct Session {
    model_name: String,
    num_players_min: u32,
    num_players_max: u32,
    creator: String,
    life: Vec<Step>,
}

/// A peer's name is its client id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Join(String),
    Leave(String),
    /// The connection is cut.
    Crash(String),
    Start,
    Close,
    Wait,
}

impl Plan {
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read(file)?;
        serde_json::from_slice(&text).map_err(|e| Error::bad_request(format!("{}: {e}", file.display())))
    }

    /// On the broker at `address`, until it is stopped.
    pub async fn run(self, address: String, stop: CancellationToken) {
        let beat = Duration::from_secs(self.beat_seconds);
        let mut lives = JoinSet::new();
        for session in self.sessions {
            let address = address.clone();
            lives.spawn(async move {
                loop {
                    if let Err(error) = session.live(&address, beat).await {
                        tracing::warn!(error, "a session of the demo did not live to its end");
                        sleep(beat).await;
                    }
                }
            });
        }
        // The lives have no end of their own.
        stop.cancelled().await;
        lives.shutdown().await;
    }
}

/// Who is in a session now. Dropped, they are gone without a word: nobody is left to say one when the server stops.
#[derive(Default)]
struct Present(HashMap<String, (Lobby, Membership)>);

impl Drop for Present {
    fn drop(&mut self) {
        for (_, (_, membership)) in self.0.drain() {
            membership.vanish();
        }
    }
}

impl Session {
    /// Errors: the session could not be made.
    async fn live(&self, address: &str, beat: Duration) -> std::result::Result<(), String> {
        let mut present = Present::default();
        let lobby = peer(address, &self.creator).await?;
        let new = New::named(&self.model_name, self.num_players_min, self.num_players_max);
        let membership = lobby.create(new).await.map_err(|error| error.to_string())?;
        let id = membership.session_id().to_owned();
        present.0.insert(self.creator.clone(), (lobby, membership));
        for step in &self.life {
            sleep(beat).await;
            if let Err(error) = self.step(step, &id, address, &mut present).await {
                // Some are made to fail: a session may be full.
                tracing::debug!(model = self.model_name, ?step, error, "a peer of the demo was refused");
            }
        }
        Ok(())
    }

    async fn step(
        &self,
        step: &Step,
        id: &str,
        address: &str,
        present: &mut Present,
    ) -> std::result::Result<(), String> {
        let done = match step {
            Step::Wait => Ok(()),
            Step::Join(name) => {
                let lobby = peer(address, name).await?;
                let membership = lobby.join(id).await.map_err(|error| error.to_string())?;
                present.0.insert(name.clone(), (lobby, membership));
                Ok(())
            }
            Step::Leave(name) => match present.0.remove(name) {
                Some((_lobby, membership)) => {
                    let left = membership.leave().await;
                    membership.ended().await;
                    left
                }
                None => Ok(()),
            },
            Step::Crash(name) => {
                if let Some((_lobby, membership)) = present.0.remove(name) {
                    membership.vanish();
                }
                Ok(())
            }
            Step::Start | Step::Close => match present.0.get(&self.creator) {
                Some((_, membership)) if matches!(step, Step::Start) => membership.start().await,
                Some((_, membership)) => membership.close().await,
                None => Ok(()),
            },
        };
        done.map_err(|error| error.to_string())
    }
}

async fn peer(address: &str, name: &str) -> std::result::Result<Lobby, String> {
    Lobby::connect(Options::new(address, name)).await.map_err(|error| error.to_string())
}
