//! Classes of viewers: all who may see the same of a race. Everything that leaves the room was projected for one of them.

use std::{fmt, str::FromStr};

use regie_core::{Error, Result};

/// A class, and by how much its picture is late. As the last token of a topic: `public`, `public-60`, `caster`, `p3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class {
    pub who: Who,
    /// Seconds: 0, 30, 60 or 120.
    pub delay: u32,
}

/// What a mode is told of a viewer, besides the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// Spectators, while the public view is live or late.
    Public,
    /// Spectators of a race whose public view is `none`: who takes part, and nothing of how far.
    Nobody,
    /// Casters, and the organizer once a race runs.
    Caster,
    /// The organizer who had the seed shown to them before the start.
    Organizer,
    /// The participant in this slot.
    Participant(u32),
}

/// By how much a spectator may want to be late, in seconds.
pub const DELAYS: [u32; 4] = [0, 30, 60, 120];

impl Class {
    pub const fn now(who: Who) -> Self {
        Self { who, delay: 0 }
    }
}

impl Who {
    /// As `viewer.role` of the protocol.
    pub fn role(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Nobody => "nobody",
            Self::Caster => "caster",
            Self::Organizer => "organizer",
            Self::Participant(_) => "participant",
        }
    }

    pub fn slot(self) -> Option<u32> {
        match self {
            Self::Participant(slot) => Some(slot),
            _ => None,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Who::Participant(slot) => write!(f, "p{slot}")?,
            other => f.write_str(other.role())?,
        }
        if self.delay > 0 {
            write!(f, "-{}", self.delay)?;
        }
        Ok(())
    }
}

impl FromStr for Class {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unknown = || Error::not_found(format!("there is no class of viewers `{text}`"));
        let (who, delay) = match text.split_once('-') {
            Some((who, delay)) => (who, delay.parse().ok().filter(|d| *d > 0).ok_or_else(unknown)?),
            None => (text, 0),
        };
        if !DELAYS.contains(&delay) {
            return Err(unknown());
        }
        let who = match who {
            "public" => Who::Public,
            "nobody" => Who::Nobody,
            "caster" => Who::Caster,
            "organizer" => Who::Organizer,
            other => {
                let slot = other.strip_prefix('p').filter(|slot| !slot.starts_with('0'));
                Who::Participant(slot.and_then(|slot| slot.parse().ok()).ok_or_else(unknown)?)
            }
        };
        Ok(Self { who, delay })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_read_as_it_is_written_and_nothing_else_is() {
        for text in ["public", "public-60", "nobody", "caster-120", "organizer", "p1", "p12-30"] {
            assert_eq!(text.parse::<Class>().map(|class| class.to_string()).ok().as_deref(), Some(text));
        }
        for text in ["", "p", "p0", "p01", "p-1", "public-", "public-0", "public-61", "admin", "caster-x"] {
            assert!(text.parse::<Class>().is_err(), "{text}");
        }
    }
}
