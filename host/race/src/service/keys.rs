//! Addresses of browser sources that open more than everybody sees: a player's own picture, and the casters'.

use regie_core::{Actor, Error, Result};
use regie_identity::{Key, NewKey, fit_label};

use super::access::refused;
use crate::{Class, Races, Who, model::Race};

/// A player's picture, as their game would draw it.
const HUD: &str = "hud";

const MOST_KEYS: usize = 10_000;

impl Races {
    /// The path of the player's own picture; the one before is void. Errors: 403 for who does not take part, 404 where the
    /// mode draws none.
    pub async fn hud_key(&self, id: &str, by: &Actor) -> Result<String> {
        let (race, slot) = self.for_participant(id, by)?;
        self.check_overlay(&race, HUD)?;
        let topic = topic(id, Who::Participant(slot));
        for old in self.keys_of(|key| key.topics == [topic.clone()]) {
            self.identity.revoke_key(by, &old.kid).await?;
        }
        self.overlay_path(&race, by, topic, HUD).await
    }

    /// The path of an overlay as casters see it. Errors: 403 for others, 409 for who plays.
    pub async fn caster_key(&self, id: &str, by: &Actor, overlay: &str) -> Result<String> {
        let race = self.race(id)?;
        if !race.is_organizer(by) && !race.is_caster(by) {
            return Err(refused(by, "only casters and the organizer may do this"));
        }
        if race.participant_of(&by.id).is_some_and(|p| !p.status.is_terminal()) {
            return Err(Error::conflict("you take part: what casters see stays hidden until you have ended")
                .code("plays")
                .path("participants"));
        }
        self.check_overlay(&race, overlay)?;
        self.overlay_path(&race, by, topic(id, Who::Caster), overlay).await
    }

    /// Who takes part from now on, or casts no more, keeps no key to what casters see, nor a link that shows it.
    pub(super) async fn forget_casting(&self, id: &str, user_id: &str, by: &Actor) {
        let topic = topic(id, Who::Caster);
        self.forget(by, |key| key.topics == [topic.clone()] && key.created_by_id == user_id).await;
        self.engine.rights_changed();
    }

    /// The race is gone.
    pub(super) async fn forget_keys(&self, id: &str, by: &Actor) {
        let below = format!("race/{id}/");
        self.forget(by, |key| key.topics.iter().any(|topic| topic.starts_with(&below))).await;
    }

    async fn forget(&self, by: &Actor, which: impl Fn(&Key) -> bool) {
        for key in self.keys_of(which) {
            if let Err(error) = self.identity.revoke_key(by, &key.kid).await {
                tracing::warn!(%error, kid = key.kid, "a key could not be revoked");
            }
        }
    }

    fn keys_of(&self, which: impl Fn(&Key) -> bool) -> Vec<Key> {
        let (mut keys, _) = self.identity.keys(MOST_KEYS, None);
        keys.retain(which);
        keys
    }

    async fn overlay_path(&self, race: &Race, by: &Actor, topic: String, overlay: &str) -> Result<String> {
        let new = NewKey {
            label: fit_label(&format!("{overlay} of {}, {}", by.name, race.name)),
            topics: vec![topic],
            surfaces: vec![format!("overlay:{overlay}")],
        };
        let (_, secret) = self.identity.create_key(by, new).await?;
        Ok(format!("/overlay/{}/{overlay}?key={}", race.id, secret.as_str()))
    }

    fn check_overlay(&self, race: &Race, overlay: &str) -> Result<()> {
        let plugin = self.plugins.get(&race.mode);
        let has = plugin.is_some_and(|p| p.manifest().overlays.iter().any(|o| o.name == overlay));
        if has {
            return Ok(());
        }
        Err(Error::not_found(format!("this mode has no overlay `{overlay}`")).path("overlay"))
    }
}

fn topic(id: &str, who: Who) -> String {
    format!("race/{id}/{}", Class::now(who))
}
