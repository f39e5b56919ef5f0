//! Races that go on, for probing a new version of their mode with copies of them.

use std::sync::Arc;

use regie_plugins::{OpenSession, Sessions};
use regie_store::Bucket;

use super::{document::Held, moment::labels};
use crate::model::RaceStatus;

/// The bucket of all races; those that are over are left alone.
pub struct OpenRaces(pub Arc<dyn Bucket>);

#[async_trait::async_trait]
impl Sessions for OpenRaces {
    async fn open_of(&self, plugin: &str) -> Vec<OpenSession> {
        let mut open = Vec::new();
        for key in self.0.keys("").await.unwrap_or_default() {
            let Ok(Some(document)) = self.0.get(&key).await else { continue };
            let Ok(held) = Held::read(&document) else { continue };
            let over = matches!(held.race.status, RaceStatus::Finished | RaceStatus::Cancelled);
            if held.race.mode == plugin && !over {
                open.push(OpenSession {
                    document: key,
                    state_version: held.race.state_version,
                    state: (*held.state).to_owned(),
                    derived: held.derived.as_deref().map(ToOwned::to_owned),
                    participants: labels(&held.race),
                });
            }
        }
        open
    }
}
