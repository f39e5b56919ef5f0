//! How a race begins.

use regie_core::new_id;

use super::{Config, Now, Race, RaceStatus, SCHEMA};

impl Race {
    /// A draft without anybody and without a seed, organized by this user.
    pub fn draft(name: String, organizer_id: &str, mode: &str, config: Config, now: &Now) -> Self {
        Self {
            schema: SCHEMA,
            id: new_id(),
            name,
            organizer_id: organizer_id.to_owned(),
            mode: mode.to_owned(),
            state_version: 0,
            pool: None,
            seed_id: None,
            seed_digest: None,
            status: RaceStatus::Draft,
            config,
            scheduled_start: None,
            created_at: now.text.clone(),
            created_with: None,
            seeds_released_at: None,
            started_at: None,
            finished_at: None,
            participants: Vec::new(),
            slots_given: 0,
            tries: 0,
            casters: Vec::new(),
            invites: Vec::new(),
            lobby: None,
            revealed_to: Vec::new(),
            deadlines: Vec::new(),
            state: None,
            derived: None,
        }
    }
}
