//! Which races there are, for whom.

use std::sync::Arc;

use regie_core::{Actor, Role};

use crate::{
    Races,
    model::{Race, RaceStatus, Visibility},
};

/// Which of them are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Empty: any.
    pub statuses: Vec<RaceStatus>,
    /// Only those the asker organizes, takes part in or casts.
    pub mine: bool,
    /// Only what is older than the race with this id.
    pub after: Option<String>,
    pub limit: usize,
}

impl Races {
    /// Newest first, and whether there are more. Drafts and unlisted ones only for their own people.
    pub fn list(&self, wanted: &Wanted, who: &Actor) -> (Vec<Arc<Race>>, bool) {
        let all = self.engine.races();
        let mut fitting = all.into_iter().filter(|race| {
            (wanted.statuses.is_empty() || wanted.statuses.contains(&race.status))
                && wanted.after.as_ref().is_none_or(|after| race.id < *after)
                && if wanted.mine { race.is_of(who) } else { race.is_listed_for(who) }
        });
        let page = fitting.by_ref().take(wanted.limit).collect();
        (page, fitting.next().is_some())
    }
}

impl Race {
    /// Whether this user organizes it, takes part or casts.
    pub fn is_of(&self, who: &Actor) -> bool {
        !who.is_anonymous()
            && (self.organizer_id == who.id || self.participant_of(&who.id).is_some() || self.is_caster(who))
    }

    pub fn is_listed_for(&self, who: &Actor) -> bool {
        let public = self.config.visibility == Visibility::Public && self.status != RaceStatus::Draft;
        public || who.role == Role::Admin || self.is_of(who)
    }
}
