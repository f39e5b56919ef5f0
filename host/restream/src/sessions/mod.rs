//! Documents that a plugin understands and people change by actions: trackers, hint sheets, presets. One engine for all;
//! what differs is said by their [`Family`].

mod act;
mod auto;
mod barrier;
mod document;
mod family;
mod hand_edit;
mod lane;
mod log;
mod open;
mod undo;

use std::sync::Arc;

use futures::future::BoxFuture;
use regie_core::{Actor, Clock, Error, ErrorKind, Result, Shutdown};
use regie_live::{Act, Hub, Refused};
use regie_plugins::{Plugin, Plugins};
use regie_store::{Bucket, Document, Entry};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::oneshot;

pub(crate) use self::barrier::seed_of;
use self::lane::{ActJob, Job, Lanes, Worker};
pub use self::{
    auto::{AutoItem, Counted, Counts},
    barrier::From,
    document::{NewSession, Session, Shape},
    family::{Family, Place, Start},
    log::{Log, words},
    open::OpenSessions,
    undo::{Undo, Undone},
};

/// All documents of one family.
pub struct Sessions {
    pub(crate) family: Box<dyn Family>,
    pub(crate) bucket: Arc<dyn Bucket>,
    pub(crate) plugins: Arc<Plugins>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) hub: Arc<Hub>,
    lanes: Lanes,
}

/// What every family stands on.
#[derive(Clone)]
pub struct Ground {
    pub plugins: Arc<Plugins>,
    pub clock: Arc<dyn Clock>,
    pub hub: Arc<Hub>,
    pub shutdown: Shutdown,
}

impl Sessions {
    pub fn new(family: Box<dyn Family>, bucket: Arc<dyn Bucket>, ground: &Ground) -> Arc<Self> {
        Arc::new(Self {
            family,
            bucket,
            plugins: ground.plugins.clone(),
            clock: ground.clock.clone(),
            hub: ground.hub.clone(),
            lanes: Lanes::new(ground.shutdown.clone()),
        })
    }

    /// The document as it is, made if this is the first visit of any of its pages, streams or endpoints.
    /// Errors: `not_found` where there is to be none, `plugin_unavailable` where its plugin cannot make one.
    pub async fn ensure(self: &Arc<Self>, key: &str) -> Result<Document> {
        let place = self.family.place(key)?;
        if let Some(document) = self.bucket.get(key).await?
            && let Ok(session) = self.parse(&document)
            && place.fits(&session)
            && !self.outdated(&session)
        {
            return Ok(document);
        }
        self.in_lane(key, |sessions, key| Box::pin(async move { sessions.ensure_in_lane(&key).await })).await
    }

    /// The document, if there is one.
    pub async fn get(&self, key: &str) -> Result<Option<Document>> {
        self.bucket.get(key).await
    }

    /// Applies an action, once for its key. The caller has checked the role.
    pub async fn act(
        self: &Arc<Self>,
        key: &str,
        actor: Actor,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        act.check()?;
        let (reply, answer) = oneshot::channel();
        let job = ActJob { actor, act, mark: None, reply };
        self.lanes.send(key, self.clone(), Job::Act(job))?;
        answer.await.map_err(|_| stopping())?
    }

    /// Newest first, entries below version `before`.
    pub async fn history(&self, key: &str, before: Option<u64>, limit: usize) -> Result<Vec<Entry>> {
        self.bucket.history(key, before, limit).await
    }

    pub fn parse(&self, document: &Document) -> Result<Session> {
        Session::parse(self.family.shape(), &document.body)
    }

    /// The plugin of a session. Errors: `plugin_unavailable`.
    pub fn plugin(&self, id: &str) -> Result<Arc<Plugin>> {
        self.plugins.get(id).ok_or_else(|| {
            Error::new(ErrorKind::PluginUnavailable, format!("the plugin `{id}` is not loaded"))
                .hint("the page of plugins says why; what was entered is safe")
        })
    }

    /// Runs `work` on the document when everything that was asked before is done, and nothing else meanwhile.
    pub(crate) async fn in_lane<T: Send + 'static>(
        self: &Arc<Self>,
        key: &str,
        work: impl FnOnce(Arc<Self>, String) -> BoxFuture<'static, Result<T>> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let (sessions, name) = (self.clone(), key.to_owned());
        let work = move || -> BoxFuture<'static, ()> {
            Box::pin(async move { drop(reply.send(work(sessions, name).await)) })
        };
        self.lanes.send(key, self.clone(), Job::Work(Box::new(work)))?;
        answer.await.map_err(|_| stopping())?
    }

    /// Whether its plugin writes documents of a higher `state_version`.
    fn outdated(&self, session: &Session) -> bool {
        let plugin = self.plugins.get(&session.plugin);
        plugin.is_some_and(|plugin| session.state_version < plugin.manifest().state_version)
    }

    /// Whether another package of this plugin went on the air since.
    fn replaced(&self, plugin: &Plugin) -> bool {
        self.plugins.get(plugin.id()).is_some_and(|now| now.hash() != plugin.hash())
    }

    /// Tells viewers, once the document is durable.
    pub(crate) fn changed(&self, key: &str) {
        for topic in self.family.topics(key) {
            self.hub.changed(&topic);
        }
    }
}

#[async_trait::async_trait]
impl Worker for Sessions {
    async fn act(&self, key: &str, batch: Vec<ActJob>) {
        act::run(self, key, batch).await;
    }
}

/// JSON of plain data, for entries and answers.
pub(crate) fn raw(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("plain data serialises")
}

fn stopping() -> Error {
    Error::new(ErrorKind::Unavailable, "the server is stopping").hint("try again in a moment")
}
