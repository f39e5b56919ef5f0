//! What tracker sessions, hint sheets and presets do not have in common.

use async_trait::async_trait;
use regie_core::{Result, Topic};
use regie_sdk::protocol::Participant;
use serde_json::{Value, value::RawValue};

use super::{Session, Shape};

/// What the host says of a document, whatever stands in it.
pub struct Place {
    /// The plugin it has to be of; `None`: whatever it was made with.
    pub plugin: Option<String>,
    /// Slots and labels; `None`: the document's own.
    pub participants: Option<Vec<Participant>>,
    /// Fields of the host's own (`restream_slug`), in order.
    pub head: Vec<(&'static str, Value)>,
}

impl Place {
    pub fn fits(&self, session: &Session) -> bool {
        self.plugin.as_ref().is_none_or(|plugin| *plugin == session.plugin)
    }
}

/// What a new document is made from.
pub struct Start {
    pub plugin: String,
    /// A template or preset, as the plugin's `preset` reads it.
    pub seed: Option<Box<RawValue>>,
}

#[async_trait]
pub trait Family: Send + Sync + 'static {
    fn shape(&self) -> Shape;

    /// Errors: `not_found` where there is to be no such document.
    fn place(&self, key: &str) -> Result<Place>;

    /// What the document starts as when it is made, or set back. Errors: `not_found` where it is not made by a visit.
    async fn start(&self, key: &str) -> Result<Start>;

    /// Whether a file that somebody puts where there is none makes a document.
    fn may_be_written(&self, key: &str) -> bool {
        let _ = key;
        false
    }

    /// Topics whose pictures show it.
    fn topics(&self, key: &str) -> Vec<Topic>;
}
