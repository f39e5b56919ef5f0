use regie_sdk::{Race, Viewer};

use crate::shown::Sees;

/// How much a class of viewers may see. A role or a status that is not known here sees nothing.
///
/// | role | before the start, cancelled | running | finished |
/// |---|---|---|---|
/// | public, caster | nothing | all | all |
/// | nobody | nothing | nothing | all |
/// | organizer | all | all | all |
/// | participant | nothing | their own way; all once they have ended | all |
pub fn sees(viewer: &Viewer, race: &Race) -> Sees {
    let known = ["public", "caster", "nobody", "organizer", "participant"].contains(&viewer.role.as_str());
    match (race.status.status.as_str(), viewer.role.as_str()) {
        ("finished", _) if known => Sees::All,
        (_, "organizer") => Sees::All,
        ("running", "public" | "caster") => Sees::All,
        ("running", "participant") => participant(viewer, race),
        _ => Sees::Nothing,
    }
}

fn participant(viewer: &Viewer, race: &Race) -> Sees {
    let own = |racer: &&regie_sdk::Racer| Some(racer.slot) == viewer.participant;
    match race.participants.iter().find(own).map(|racer| (racer.slot, racer.status.as_str())) {
        Some((_, "finished" | "abandoned" | "disqualified")) => Sees::All,
        Some((slot, "playing")) => Sees::Own(slot),
        _ => Sees::Nothing,
    }
}
