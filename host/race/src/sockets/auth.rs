//! Who looks on, and what that makes them see.

use std::sync::Arc;

use regie_core::{Actor, Credential, Topic};

use super::Sockets;
use crate::{Class, Who, model::Race};

/// Who asked for a spectator's connection, and how.
pub struct Visitor {
    /// Of the request: a cookie's or a bearer token's; `auth` replaces it.
    pub credential: Arc<dyn Credential>,
    /// An OBS key.
    pub key: Option<String>,
    /// By how much they want to be late, in seconds.
    pub delay: u32,
}

impl Visitor {
    /// What they belong to now: asked again whenever it may have changed.
    pub fn class(&self, sockets: &Sockets, race: &Race) -> Class {
        self.by_key(race).unwrap_or_else(|| sockets.races.class_of(race, &self.actor(), self.delay))
    }

    /// A token with a scope is good for that alone.
    fn actor(&self) -> Actor {
        let person = self.credential.actor().filter(|_| self.credential.scope().is_none());
        person.unwrap_or_default()
    }

    /// What a key opens of this race: the casters' view or a player's, as documents.
    fn by_key(&self, race: &Race) -> Option<Class> {
        let key = self.key.as_deref()?;
        let players = race.participants.iter().map(|p| Class::now(Who::Participant(p.slot)));
        let casters = Class { who: Who::Caster, delay: self.delay };
        std::iter::once(casters).chain(players).find(|class| {
            let topic = Topic::parse(&format!("race/{}/{}", race.id, Class::now(class.who)));
            topic.is_ok_and(|topic| self.credential.opens(Some(key), &topic, None))
        })
    }
}
