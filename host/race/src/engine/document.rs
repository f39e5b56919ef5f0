//! A race's document, taken apart for memory and put together for the store.

use std::sync::Arc;

use bytes::Bytes;
use regie_core::{Error, Result};
use regie_store::Document;
use serde_json::value::RawValue;

use super::moment::Moment;
use crate::model::Race;

/// What the lane of a race works on: the stored document, and clocks that moved since.
#[derive(Clone)]
pub(super) struct Held {
    /// Without `state` and `derived`.
    pub race: Arc<Race>,
    pub state: Arc<RawValue>,
    pub derived: Option<Arc<RawValue>>,
    pub revision: u64,
    pub version: u64,
    pub at_ms: i64,
}

impl Held {
    /// Errors: of a document that a newer server wrote, or that is damaged.
    pub fn read(document: &Document) -> Result<Self> {
        let mut race =
            Race::read(&document.body).map_err(|error| error.path(format!("races.{}", document.key)))?;
        let nothing = || RawValue::from_string("null".into()).expect("null is JSON");
        let state = race.state.take().unwrap_or_else(nothing);
        let derived = race.derived.take();
        Ok(Self {
            race: Arc::new(race),
            state: state.into(),
            derived: derived.map(Arc::from),
            revision: document.revision,
            version: document.version,
            at_ms: document.at_ms,
        })
    }

    pub fn moment(&self, seq: u64) -> Moment {
        let Self { race, state, derived, .. } = self.clone();
        Moment::first(seq, self.at_ms, self.version, race, state, derived)
    }
}

/// The document's bytes.
pub(super) fn body(race: &Race, state: &RawValue, derived: Option<&RawValue>) -> Result<Bytes> {
    let mut whole = race.clone();
    whole.state = Some(state.to_owned());
    whole.derived = derived.map(ToOwned::to_owned);
    Ok(serde_json::to_vec(&whole).map_err(Error::internal)?.into())
}
