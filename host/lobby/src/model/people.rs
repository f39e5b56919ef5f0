//! What persons ask for over HTTP.

use regie_lobby_client::wire::{Place, State};
use serde_json::json;

use super::{Authority, Closed, Effects, Gone, Now, Person, Publication, Refused, session::Session};

impl Session {
    /// Idempotent.
    pub fn join(&mut self, who: Person, now: Now) -> Result<Effects, Refused> {
        let mut effects = Effects::default();
        if self.record.member(&who.client_id).is_some() && self.record.state != State::Closed {
            self.seen(&who.client_id, now);
            return Ok(effects);
        }
        match self.record.state {
            State::Open if self.has_room() => self.admit_person(who, now, &mut effects),
            State::Open => return Err(Refused::Full),
            State::Closed => return Err(Refused::Closed),
            State::Starting | State::Started | State::InProgress => return Err(Refused::NotOpen),
        }
        Ok(self.sealed(effects, now))
    }

    /// Idempotent. With its creator goes the session.
    pub fn leave(&mut self, client_id: &str, now: Now) -> Result<Effects, Refused> {
        let mut effects = Effects::default();
        self.departs(client_id, Gone::Asked, now, &mut effects);
        Ok(self.sealed(effects, now))
    }

    pub fn start(&mut self, by: Authority, now: Now) -> Result<Effects, Refused> {
        self.check(&by)?;
        match self.record.state {
            State::Open | State::Starting => {}
            State::Closed => return Err(Refused::Closed),
            State::Started | State::InProgress => return Err(Refused::NotOpen),
        }
        if self.record.members.len() < self.record.num_players_min as usize {
            return Err(Refused::TooFew);
        }
        let mut effects = Effects::default();
        self.advance(State::Started, Closed::Asked, &mut effects, now);
        let session = self.record.session_id.as_str();
        effects.publish.push(Publication {
            topic: Place::GameStart { session }.to_string(),
            payload: json!({
                "session_id": session,
                "clientId": self.record.creator_client_id,
                "timestamp": self.time(now),
            })
            .to_string(),
            retain: false,
        });
        Ok(self.sealed(effects, now))
    }

    /// Idempotent.
    pub fn close(&mut self, by: Authority, now: Now) -> Result<Effects, Refused> {
        self.check(&by)?;
        let mut effects = Effects::default();
        self.advance(State::Closed, Closed::Asked, &mut effects, now);
        Ok(self.sealed(effects, now))
    }

    fn check(&self, by: &Authority) -> Result<(), Refused> {
        match by {
            Authority::Admin => Ok(()),
            Authority::Creator(id) if *id == self.record.creator_client_id => Ok(()),
            Authority::Creator(_) => Err(Refused::NotCreator),
        }
    }
}
