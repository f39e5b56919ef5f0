//! Who belongs to which class of viewers, and which others they may look through.

use regie_core::{Actor, Role};

use super::{Participant, PublicView, Race, RaceStatus};
use crate::{Class, Who, class::DELAYS};

/// By how much spectators are late where the race says so, in seconds.
const LATE: u32 = 60;

impl Race {
    /// The participant that this user is.
    pub fn participant_of(&self, user_id: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| !user_id.is_empty() && p.user_id == user_id)
    }

    pub fn in_slot(&self, slot: u32) -> Option<&Participant> {
        self.participants.iter().find(|p| p.slot == slot)
    }

    pub(super) fn in_slot_mut(&mut self, slot: u32) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.slot == slot)
    }

    /// By the participant's own id.
    pub fn participant(&self, id: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    /// Whoever organizes it, and every admin.
    pub fn is_organizer(&self, user: &Actor) -> bool {
        user.role == Role::Admin || (!user.is_anonymous() && self.organizer_id == user.id)
    }

    pub fn is_caster(&self, user: &Actor) -> bool {
        !user.is_anonymous() && self.casters.contains(&user.id)
    }

    /// What `user` belongs to. Who plays sees as who plays, whatever else they are; a wished delay only adds.
    pub fn class_of(&self, user: &Actor, delay: u32) -> Class {
        if let Some(participant) = self.participant_of(&user.id) {
            return Class::now(Who::Participant(participant.slot));
        }
        if self.is_organizer(user) || self.is_caster(user) {
            let revealed = self.revealed_to.iter().any(|r| r.user_id == user.id);
            return if revealed && self.is_organizer(user) {
                Class::now(Who::Organizer)
            } else {
                Class { who: Who::Caster, delay: offered(delay) }
            };
        }
        self.public_class(delay)
    }

    /// What everybody belongs to who has no part in it.
    pub fn public_class(&self, delay: u32) -> Class {
        match self.config.public_view {
            PublicView::Live => Class { who: Who::Public, delay: offered(delay) },
            PublicView::Delayed => Class { who: Who::Public, delay: offered(delay.max(LATE)) },
            PublicView::None if self.status == RaceStatus::Finished => {
                Class { who: Who::Public, delay: offered(delay) }
            }
            PublicView::None => Class::now(Who::Nobody),
        }
    }

    /// Whether `user` may see what `class` sees: their own class's view, or less.
    pub fn may_see(&self, user: &Actor, class: Class) -> bool {
        let own = self.class_of(user, 0);
        let at_least = self.public_class(0);
        match (own.who, class.who) {
            (own, wanted) if own == wanted => class.delay >= self.class_of(user, 0).delay,
            (_, Who::Nobody) => true,
            (Who::Organizer, Who::Caster | Who::Public) | (Who::Caster, Who::Public) => true,
            // Spectators see more than who still runs.
            (Who::Participant(slot), Who::Public) => {
                let ended = self.in_slot(slot).is_some_and(|p| p.status.is_terminal());
                (ended || self.status == RaceStatus::Finished)
                    && at_least.who == Who::Public
                    && class.delay >= at_least.delay
            }
            _ => false,
        }
    }
}

/// The least of the offered delays that is not shorter.
pub(crate) fn offered(delay: u32) -> u32 {
    DELAYS.into_iter().find(|offered| *offered >= delay).unwrap_or(DELAYS[DELAYS.len() - 1])
}
