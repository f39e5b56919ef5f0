//! What a player's game says to the host itself: that they are ready, and that they give up.

use regie_core::{Actor, Result, Role};

use super::Sockets;
use crate::model::{Participant, ParticipantStatus};

impl Sockets {
    /// Durable on return; again by who is ready or plays: nothing. Errors: `already_ended`, or what forbids it now.
    pub(super) async fn ready(&self, race: &str, player: &Participant) -> Result<()> {
        self.races.ready(race, &person(player)).await
    }

    /// Durable on return; again by who has abandoned: nothing. Errors: `already_ended` after another end.
    pub(super) async fn abandon(&self, race: &str, player: &Participant) -> Result<()> {
        let document = self.races.race(race)?;
        if document.in_slot(player.slot).is_some_and(|p| p.status == ParticipantStatus::Abandoned) {
            return Ok(());
        }
        self.races.abandon(race, &person(player), &player.id).await
    }
}

/// A game acts in its player's name.
fn person(player: &Participant) -> Actor {
    Actor { id: player.user_id.clone(), name: player.name.clone(), role: Role::Viewer }
}
