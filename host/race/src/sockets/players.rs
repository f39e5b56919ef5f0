//! What a player's game says to the host itself: that they are ready, and that they give up.

use regie_core::{Actor, Result, Role};

use super::Sockets;
use crate::model::{Change, Now, Participant, ParticipantStatus, Race};

impl Sockets {
    /// Durable on return; again by who is ready or plays: nothing. Errors: `already_ended`, or what forbids it now.
    pub(super) async fn ready(&self, race: &str, player: &Participant) -> Result<()> {
        let slot = player.slot;
        self.change(race, player, move |race, now| race.ready(slot, now)).await
    }

    /// Durable on return; again by who has abandoned: nothing. Errors: `already_ended` after another end.
    pub(super) async fn abandon(&self, race: &str, player: &Participant) -> Result<()> {
        let slot = player.slot;
        let abandon = move |race: &mut Race, now: &Now| match race.in_slot(slot) {
            Some(player) if player.status == ParticipantStatus::Abandoned => Ok(Change::default()),
            _ => race.abandon(slot, now),
        };
        self.change(race, player, abandon).await
    }

    async fn change(
        &self,
        race: &str,
        player: &Participant,
        what: impl FnOnce(&mut Race, &Now) -> Result<Change> + Send + 'static,
    ) -> Result<()> {
        let by = Actor { id: player.user_id.clone(), name: player.name.clone(), role: Role::Viewer };
        self.races.engine.change(race, &by, move |race, now| Ok((what(race, now)?, ()))).await
    }
}
