//! Races as JSON for whoever asks: only what their class of viewers may see.

mod can;
mod item;
mod participant;
mod race;
mod shown;
mod standing;
mod taken;

pub use can::can;
pub use item::RaceItem;
pub use participant::ParticipantView;
pub use race::{InviteView, Person, RaceView};
pub use shown::ShownView;
pub use taken::TakenView;

use crate::{
    Class, Who,
    model::{Participant, ParticipantStatus, Race, RaceStatus},
};

/// A participant's status where no picture of the class was made: who has ended is not told to those who see late, nor to
/// players from whom names are hidden.
fn coarse(race: &Race, participant: &Participant, class: Class) -> ParticipantStatus {
    let runs = race.status == RaceStatus::Running;
    let plays = matches!(class.who, Who::Participant(slot) if race.in_slot(slot).is_some_and(|p| !p.status.is_terminal()));
    let hidden = class.delay > 0 || (plays && !race.config.show_finished_names);
    if runs && hidden && participant.status.is_terminal() {
        return ParticipantStatus::Playing;
    }
    participant.status
}
