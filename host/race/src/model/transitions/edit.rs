//! Name and rules: free before the start, settled by it.

use regie_core::{Error, Result};

use super::refused;
use crate::{
    Event,
    model::{Change, Config, Race, RaceStatus},
};

const NAME_MOST: usize = 80;

impl Race {
    pub fn rename(&mut self, name: &str) -> Result<Change> {
        let name = check_name(name)?;
        if name == self.name {
            return Ok(Change::nothing());
        }
        let words = format!("renamed the race to {name}");
        self.name = name;
        Ok(Change::said(words).event(Event::Status))
    }

    /// Errors: 400 out of bounds; 409 at the field for what the start has settled, and for fewer places than people.
    pub fn configure(&mut self, config: Config) -> Result<Change> {
        config.check()?;
        if config == self.config {
            return Ok(Change::nothing());
        }
        if self.status == RaceStatus::Cancelled {
            return Err(refused(self, "be changed"));
        }
        if self.status.is_started()
            && let Some(field) = settled_difference(&self.config, &config)
        {
            return Err(Error::conflict(format!("`{field}` is settled once a race has started"))
                .code("started")
                .path(format!("config.{field}"))
                .hint("after the start: visibility, max_participants, late_join_minutes"));
        }
        if self.participants.len() > usize::try_from(config.max_participants).unwrap_or(usize::MAX) {
            return Err(Error::conflict(format!("{} take part already", self.participants.len()))
                .path("config.max_participants"));
        }
        self.config = config;
        self.set_countdown_deadline();
        Ok(Change::said("changed the settings").event(Event::Status))
    }
}

/// The name as it is kept. Errors: 400 at `name`.
pub fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MOST || name.chars().any(char::is_control) {
        return Err(Error::bad_request("this cannot be the name of a race")
            .path("name")
            .hint(format!("1 to {NAME_MOST} characters on one line")));
    }
    Ok(name.to_owned())
}

/// The first field that differs and that the start settles.
fn settled_difference(old: &Config, new: &Config) -> Option<&'static str> {
    let differs = [
        ("show_finished_names", old.show_finished_names != new.show_finished_names),
        ("countdown_seconds", old.countdown_seconds != new.countdown_seconds),
        ("time_limit_minutes", old.time_limit_minutes != new.time_limit_minutes),
        ("start", old.start != new.start),
        ("public_view", old.public_view != new.public_view),
        ("dialect", old.dialect != new.dialect),
    ];
    differs.into_iter().find(|(_, differs)| *differs).map(|(field, _)| field)
}
