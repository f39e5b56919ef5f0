//! The session of a lobby that a race is tied to.

use regie_core::{Error, Result};
use regie_live::Tie;

use super::refused;
use crate::{
    Event,
    model::{Change, Race},
};

impl Race {
    /// In place of the one before.
    pub fn tie(&mut self, tie: Tie) -> Result<Change> {
        self.check_gathers()?;
        if self.lobby.as_ref() == Some(&tie) {
            return Ok(Change::nothing());
        }
        let words = format!("tied the race to the session {}", tie.title);
        self.lobby = Some(tie);
        // Who works on the race is told on its topics.
        Ok(Change::said(words).event(Event::Status))
    }

    pub fn untie(&mut self) -> Result<Change> {
        self.check_gathers()?;
        Ok(match self.lobby.take() {
            Some(tie) => {
                let words = format!("untied the race from the session {}", tie.title);
                Change::said(words).event(Event::Status)
            }
            None => Change::nothing(),
        })
    }

    /// The session, for as long as its members may become participants.
    /// Errors: 409 once the race is over, `not_tied`.
    pub fn tied(&self) -> Result<&Tie> {
        self.check_gathers()?;
        self.lobby.as_ref().ok_or_else(|| {
            Error::conflict("this race is tied to no session of a lobby")
                .code("not_tied")
                .path("lobby")
                .hint(r#"PUT …/lobby {"session_id":"…"}"#)
        })
    }

    pub fn check_gathers(&self) -> Result<()> {
        if self.status.is_over() {
            return Err(refused(self, "be tied to a session"));
        }
        Ok(())
    }
}
