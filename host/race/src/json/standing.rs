//! Who takes part, in the order in which they stand.

use regie_core::Actor;
use serde_json::Value;

use super::{ParticipantView, coarse};
use crate::{
    Races, Shown,
    model::{Participant, Race},
};

/// In the order of the standings; by slot where there are none.
pub fn participants(
    races: &Races,
    race: &Race,
    shown: Option<&Shown>,
    who: &Actor,
    delay: u32,
    base: &str,
) -> Vec<ParticipantView> {
    let organizer = race.is_organizer(who);
    let pack = |id: &str| {
        let participant = race.participant(id)?;
        let theirs = organizer || (!who.is_anonymous() && participant.user_id == who.id);
        (theirs && race.seeds_released_at.is_some()).then(|| races.pack_url(race, participant, base))
    };
    let view = |p: &Participant, standing, connected| {
        let pack = pack(&p.id);
        ParticipantView {
            url: pack.clone(),
            pack,
            ..ParticipantView::new(p, standing, connected, &races.identity)
        }
    };
    let Some(shown) = shown else {
        let class = race.class_of(who, delay);
        let known = |p: &Participant| Participant { status: coarse(race, p, class), ..p.clone() };
        return race.participants.iter().map(|p| view(&known(p), None, false)).collect();
    };
    let standings = &shown.standings.participants;
    let mut views: Vec<_> = (shown.race.participants.iter())
        .map(|p| {
            let at = standings.iter().position(|s| s.participant == p.slot);
            let standing = at.and_then(|at| standings.get(at));
            (at.unwrap_or(usize::MAX), view(p, standing, shown.connected.contains(&p.slot)))
        })
        .collect();
    views.sort_by_key(|(at, view)| (*at, view.slot));
    views.into_iter().map(|(_, view)| view).collect()
}

/// The most progress there is, where the mode says it.
pub fn total(shown: &Shown) -> Option<u64> {
    shown.standings.more.get("total").and_then(Value::as_u64)
}
