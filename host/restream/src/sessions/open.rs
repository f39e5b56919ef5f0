//! Open documents of a plugin, for probing a new version of it with copies of them.

use std::sync::Arc;

use regie_store::Bucket;

use super::{Session, Shape};
use crate::{indices, presets, trackers};

/// The buckets of all families.
pub struct OpenSessions {
    pub trackers: Arc<dyn Bucket>,
    pub indices: Arc<dyn Bucket>,
    pub presets: Arc<dyn Bucket>,
}

#[async_trait::async_trait]
impl regie_plugins::Sessions for OpenSessions {
    async fn open_of(&self, plugin: &str) -> Vec<regie_plugins::OpenSession> {
        let families = [
            (&self.trackers, trackers::SHAPE),
            (&self.indices, indices::SHAPE),
            (&self.presets, presets::SHAPE),
        ];
        let mut open = Vec::new();
        for (bucket, shape) in families {
            open_in(bucket, shape, plugin, &mut open).await;
        }
        open
    }
}

async fn open_in(
    bucket: &Arc<dyn Bucket>,
    shape: Shape,
    plugin: &str,
    open: &mut Vec<regie_plugins::OpenSession>,
) {
    for key in bucket.keys("").await.unwrap_or_default() {
        let Ok(Some(document)) = bucket.get(&key).await else { continue };
        let Ok(session) = Session::parse(shape, &document.body) else { continue };
        if session.plugin == plugin {
            open.push(regie_plugins::OpenSession {
                document: key,
                state_version: session.state_version,
                state: session.state,
                derived: session.derived,
                participants: session.participants,
            });
        }
    }
}
