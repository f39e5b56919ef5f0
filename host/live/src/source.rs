//! What a domain room gives the Hub: who may see a topic, its picture for each variant, and what actions do.

use std::sync::Arc;

use async_trait::async_trait;
pub use regie_core::Credential;
use regie_core::{Error, Result, Topic};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Act;

/// What a client asked to see of a topic. Who may edit is computed, never part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Want {
    #[serde(rename = "as", default)]
    pub form: Form,
    /// `live`, `overlay:<name>`, `panel`, …; only for [`Form::Html`].
    #[serde(default)]
    pub surface: Option<String>,
    /// 1-based participant; `None`: all.
    #[serde(default)]
    pub slot: Option<u32>,
    #[serde(default)]
    pub locale: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A rendered fragment.
    #[default]
    Html,
    /// The document's JSON.
    State,
}

/// One picture of a topic: everyone who shares it gets the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variant {
    pub want: Want,
    pub can_edit: bool,
}

/// The value of a topic for one variant.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub version: u64,
    /// `<lineage>-<version>-<view>`; any difference means the client needs this snapshot.
    pub etag: String,
    /// Stylesheets the picture needs (URLs below `/plugins/`); a page loads new ones before it shows the picture.
    pub css: Arc<[String]>,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub enum Body {
    Html(Arc<str>),
    /// One JSON value.
    State(Arc<str>),
}

/// A refusal tells the current version and, where the actor may see it, the current state.
#[derive(Debug)]
pub struct Refused {
    pub error: Error,
    pub version: Option<u64>,
    pub state: Option<Box<RawValue>>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, version: None, state: None }
    }
}

/// A room that answers for all topics under one first token.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// Checks that the topic exists and that `credential` may see it; answers the variant it gets.
    async fn admit(
        &self,
        topic: &Topic,
        want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant>;

    /// The current picture. Called once per change and variant, whatever the number of viewers.
    async fn snapshot(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot>;

    /// Applies an action; the role is checked here, every time: what `credential` was good for when the link opened does
    /// not count. `Ok` is the document's version after it.
    async fn act(
        &self,
        topic: &Topic,
        credential: &dyn Credential,
        act: Act,
    ) -> std::result::Result<u64, Refused>;
}
