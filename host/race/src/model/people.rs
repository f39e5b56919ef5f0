//! Who is who in a race.

use super::{Participant, Race};

impl Race {
    pub fn in_slot(&self, slot: u32) -> Option<&Participant> {
        self.participants.iter().find(|p| p.slot == slot)
    }

    pub(super) fn in_slot_mut(&mut self, slot: u32) -> Option<&mut Participant> {
        self.participants.iter_mut().find(|p| p.slot == slot)
    }

    pub fn participant(&self, id: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.id == id)
    }

    pub fn of_user(&self, user_id: &str) -> Option<&Participant> {
        self.participants.iter().find(|p| p.user_id == user_id)
    }

    pub fn is_caster(&self, user_id: &str) -> bool {
        self.casters.iter().any(|c| c == user_id)
    }

    pub fn is_organizer(&self, user_id: &str) -> bool {
        self.organizer_id == user_id
    }
}
