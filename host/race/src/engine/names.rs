//! The race as a class may read it: without what is the room's own, and with the names it may know.

use std::sync::Arc;

use crate::{
    Who,
    model::{ParticipantStatus, Race, RaceStatus, Seen},
};

pub(super) struct SeenBy {
    pub race: Arc<Race>,
    /// Names of finishers are replaced.
    pub hidden: bool,
}

pub(super) fn seen_by(race: &Arc<Race>, who: Who) -> SeenBy {
    let hidden = hides_finishers(race, who);
    let mut seen = Race::clone(race);
    seen.invites.clear();
    // Whoever works on the race; to others it says nothing.
    if !matches!(who, Who::Caster | Who::Organizer) {
        seen.lobby = None;
    }
    for participant in &mut seen.participants {
        participant.seen = Seen::default();
        participant.client_id = None;
        if hidden && participant.status == ParticipantStatus::Finished {
            participant.name = format!("#{}", participant.slot);
            participant.user_id.clear();
        }
    }
    SeenBy { race: Arc::new(seen), hidden }
}

/// Players who still run may not read who has finished, where the race says so.
fn hides_finishers(race: &Race, who: Who) -> bool {
    let runs = who.slot().and_then(|slot| race.in_slot(slot)).is_some_and(|p| !p.status.is_terminal());
    let somebody = || race.participants.iter().any(|p| p.status == ParticipantStatus::Finished);
    runs && !race.config.show_finished_names && race.status == RaceStatus::Running && somebody()
}
