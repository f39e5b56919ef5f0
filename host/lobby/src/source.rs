//! What this room answers on the live link: `lobby`, all sessions as JSON, for whoever is signed in; and that a page which
//! watches it is a sign of life of its person.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use regie_core::{Credential, Error, Result, Shutdown, Topic};
use regie_live::{Act, Body, Form, Hub, Refused, Snapshot, Source, Variant, Want};

use crate::{Lobby, json::LobbyPicture};

/// How often open pages are looked at; a person may be silent for far longer.
const LOOK: Duration = Duration::from_secs(10);

pub struct LobbySource {
    lobby: Arc<Lobby>,
}

impl LobbySource {
    /// What it answers for: the first token of its topics.
    pub const ROOM: &'static str = "lobby";

    /// Lets `hub` ask the room, and the room see who watches.
    pub fn attach(lobby: &Arc<Lobby>, hub: &Arc<Hub>, shutdown: &Shutdown) {
        hub.register(Self::ROOM, Arc::new(Self { lobby: Arc::clone(lobby) }));
        let (lobby, hub, stop) = (Arc::clone(lobby), Arc::clone(hub), shutdown.token());
        shutdown.spawn(async move {
            let topic = Lobby::topic();
            while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
                for watcher in hub.watchers(&topic) {
                    lobby.seen(&watcher);
                }
            }
        });
    }
}

#[async_trait]
impl Source for LobbySource {
    async fn admit(
        &self,
        topic: &Topic,
        want: Want,
        _: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        if *topic != Lobby::topic() {
            return Err(Error::not_found("there is no such topic").path("topic").hint("lobby"));
        }
        if credential.scope().is_some() {
            return Err(Error::forbidden("this token is good for one thing only"));
        }
        if credential.actor().is_none_or(|actor| actor.is_anonymous()) {
            return Err(Error::unauthenticated());
        }
        if want.form != Form::State {
            return Err(Error::bad_request("lobbies are told as JSON").path("as").hint("state"));
        }
        // The same for all, in whatever words they asked.
        let want = Want { form: Form::State, surface: None, slot: None, locale: None };
        Ok(Variant { want, can_edit: false })
    }

    async fn snapshot(&self, _: &Topic, _: &Variant) -> Result<Snapshot> {
        // The version first: what changes in between is told again.
        let version = self.lobby.version();
        let text = serde_json::to_string(&LobbyPicture::of(&self.lobby)).map_err(Error::internal)?;
        let mut view = DefaultHasher::new();
        text.hash(&mut view);
        let etag = format!("{}-{version}-{:x}", self.lobby.lineage(), view.finish());
        Ok(Snapshot { version, etag, css: Arc::from([]), body: Body::State(text.into()) })
    }

    async fn act(&self, _: &Topic, _: &dyn Credential, _: Act) -> std::result::Result<u64, Refused> {
        Err(Error::bad_request("nothing is done on this topic")
            .path("topic")
            .hint("POST /api/lobby/sessions/…")
            .into())
    }
}
