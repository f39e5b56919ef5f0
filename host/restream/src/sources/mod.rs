//! What this room answers on the live link, by the first token of a topic: `tracker`, `indices`, `preset`, `presence`, and
//! `app/changes`, which tells open lists to look again.

mod app;
mod presence;
mod session;

use std::sync::Arc;

use regie_core::{Error, Topic};
use regie_live::Source;

pub(crate) use self::app::app_changes;
use self::{app::AppSource, presence::PresenceSource, session::SessionSource};
use crate::service::Restreams;

/// Every topic of this room, by first token.
pub fn sources(restreams: &Arc<Restreams>) -> Vec<(&'static str, Arc<dyn Source>)> {
    let sessions = SessionSource::new(restreams.clone());
    vec![
        ("tracker", sessions.clone()),
        ("indices", sessions.clone()),
        ("preset", sessions),
        ("presence", Arc::new(PresenceSource(restreams.clone()))),
        ("app", Arc::new(AppSource::default())),
    ]
}

fn gone(topic: &Topic) -> Error {
    Error::not_found(format!("there is nothing at `{topic}`")).path("topic")
}
