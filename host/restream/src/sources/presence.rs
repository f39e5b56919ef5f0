//! `presence/<slug>`: who is at work on a restream, and what counts on it by itself.

use std::sync::Arc;

use async_trait::async_trait;
use regie_core::{Credential, Error, Result, Role, Topic};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Variant, Want};
use serde::Deserialize;

use super::gone;
use crate::{
    model::Restream,
    service::{Restreams, visible},
};

pub struct PresenceSource(pub Arc<Restreams>);

/// What a page says of its person.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Said {
    Here {
        #[serde(default)]
        panel: Option<String>,
        #[serde(default)]
        slot: Option<u32>,
    },
    Gone,
}

impl PresenceSource {
    fn restream(&self, topic: &Topic) -> Result<Arc<Restream>> {
        match topic.tokens().collect::<Vec<_>>()[..] {
            ["presence", slug] => Ok(self.0.directory.by_slug(slug).map_err(|_| gone(topic))?.restream),
            _ => Err(gone(topic)),
        }
    }
}

#[async_trait]
impl Source for PresenceSource {
    async fn admit(
        &self,
        topic: &Topic,
        _want: Want,
        key: Option<&str>,
        credential: &dyn Credential,
    ) -> Result<Variant> {
        let restream = self.restream(topic)?;
        let actor = credential.actor_on(&restream.target()).unwrap_or_default();
        if !visible(&restream, &actor) && !credential.opens(key, topic, None) {
            return Err(gone(topic));
        }
        let want = Want { form: Form::State, surface: None, slot: None, locale: None };
        // Crews see each other's names, others only how many there are.
        Ok(Variant { want, can_edit: actor.role >= Role::Editor })
    }

    async fn snapshot(&self, topic: &Topic, variant: &Variant) -> Result<Snapshot> {
        let restream = self.restream(topic)?;
        let (version, json) = self.0.presence.read(&restream, variant.can_edit);
        Ok(Snapshot {
            version,
            etag: format!("presence-{version}-{}", u8::from(variant.can_edit)),
            css: Arc::from([]),
            body: Body::State(json.to_string().into()),
        })
    }

    async fn act(
        &self,
        topic: &Topic,
        credential: &dyn Credential,
        act: Act,
    ) -> std::result::Result<u64, Refused> {
        let restream = self.restream(topic)?;
        let actor = credential.actor_on(&restream.target()).unwrap_or_default();
        actor.require(Role::Editor)?;
        let said: Said = serde_json::from_str(act.action.get()).map_err(|error| {
            Error::bad_request(format!("action: {error}"))
                .path("action")
                .hint(r#"{"type":"here","panel":"main","slot":1} or {"type":"gone"}"#)
        })?;
        Ok(match said {
            Said::Here { panel, slot } => {
                let panel = panel.filter(|p| restream.panels.iter().any(|known| known.key == *p));
                self.0.presence.here(&restream, actor, panel, slot)
            }
            Said::Gone => self.0.presence.gone(&restream, &actor),
        })
    }
}
