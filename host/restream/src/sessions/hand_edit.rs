//! A document's file was changed by a person or another program.

use std::sync::Arc;

use regie_core::{Actor, Error, Result};
use regie_plugins::Plugin;
use regie_sdk::protocol::RenderRequest;
use regie_store::{EntryKind, HandEdit};
use serde_json::json;

use super::{Session, Sessions, barrier::explained};
use crate::sources::app_changes;

impl Sessions {
    pub fn hand_edit(self: &Arc<Self>, edit: HandEdit) {
        let sessions = self.clone();
        tokio::spawn(async move {
            let key = edit.key.clone();
            let queued = sessions
                .in_lane(&key, |sessions, key| {
                    Box::pin(async move {
                        sessions.hand_edit_in_lane(&key, edit).await;
                        Ok(())
                    })
                })
                .await;
            if let Err(error) = queued {
                tracing::warn!(key, %error, "a hand edit could not be queued; it stays where it is");
            }
        });
    }

    /// Accepts a hand edit that is based on the current version and that the plugin can show; keeps any other aside.
    async fn hand_edit_in_lane(&self, key: &str, edit: HandEdit) {
        match self.try_hand_edit(key, &edit).await {
            Ok(version) => {
                tracing::info!(key, version, file = %edit.path.display(), "a session file edited by hand is on the air");
                edit.accepted().await;
            }
            Err(error) => {
                let reason = match &error.hint {
                    Some(hint) => format!("{error}; {hint}"),
                    None => error.to_string(),
                };
                tracing::warn!(key, file = %edit.path.display(), reason, "a session file edited by hand was refused and is kept aside");
                edit.reject(reason).await;
                self.hub.changed(&app_changes());
            }
        }
    }

    async fn try_hand_edit(&self, key: &str, edit: &HandEdit) -> Result<u64> {
        let place = self.family.place(key)?;
        let mut session = Session::parse(self.family.shape(), &edit.body)?;
        let document = self.bucket.get(key).await?;
        let current = document.as_ref().map_or(0, |d| d.version);
        match &document {
            None if !self.family.may_be_written(key) => {
                return Err(Error::conflict(
                    "there is no session to edit; the first visit of its page makes one",
                ));
            }
            // A file that names no version was written from scratch, in place of what is there.
            Some(_) if session.version != current && session.version != 0 => {
                return Err(Error::conflict(format!(
                    "it was made from version {}, the document is at version {current} now",
                    session.version
                ))
                .hint("take the file as it is now and make the change again"));
            }
            _ => {}
        }
        if !place.fits(&session) {
            return Err(Error::bad_request(format!(
                "it is a document of `{}`; here is one of `{}`",
                session.plugin,
                place.plugin.as_deref().unwrap_or_default()
            )));
        }
        let plugin = self.plugin(&session.plugin)?;
        if session.state_version != plugin.manifest().state_version {
            return Err(Error::bad_request(format!(
                "state_version is {}; the plugin writes {}",
                session.state_version,
                plugin.manifest().state_version
            )));
        }
        // Slots, labels and names are the host's: whatever the file says, they stay.
        if let Some(participants) = place.participants {
            session.participants = participants;
        }
        for (name, value) in &place.head {
            session.set_field(name, value);
        }
        self.probe(key, &plugin, &session).await?;
        let detail = json!({"file": edit.path.file_name().map(|n| n.to_string_lossy())});
        let nobody = Actor::anonymous();
        if let Some(document) = document {
            let put = self.put(key, &document, session, EntryKind::HandEdit, &nobody, &detail).await?;
            return Ok(put.version);
        }
        session.version = self.next_version(key).await?;
        let write = explained(&session, self.clock.now_ms(), EntryKind::HandEdit, &nobody, &detail);
        let created = self.bucket.create(key, write).await?;
        self.changed(key);
        Ok(created.version)
    }

    async fn probe(&self, key: &str, plugin: &Plugin, session: &Session) -> Result<()> {
        let request = RenderRequest {
            state: &*session.state,
            derived: session.derived.as_deref(),
            revealed: None,
            surface: "live".into(),
            slot: None,
            locale: "en".into(),
            can_edit: true,
            participants: session.participants.clone(),
            settings: plugin.settings(),
            assets: plugin.assets_url(),
        };
        plugin.render(key, request).await?;
        Ok(())
    }
}
