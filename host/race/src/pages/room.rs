//! What the host itself says of a race, live, as two blocks of the race's topic: how it stands with its clock, and who is in
//! it. The same for a whole class of viewers, so that it goes out as pictures of plugins do.

use maud::{Markup, html};
use regie_core::parse_rfc3339;
use regie_pages::Words;

use super::time::time;
use crate::model::{ParticipantStatus, Race, RaceStatus, Start};

/// Surfaces that no plugin draws.
pub const ROOM: &str = "room";
pub const PEOPLE: &str = "people";
pub const OWN: [&str; 2] = [ROOM, PEOPLE];

pub struct Room<'a> {
    pub words: Words,
    /// With names as this class may read them.
    pub race: &'a Race,
    /// Slots whose game is connected.
    pub connected: &'a [u32],
    /// Names.
    pub casters: &'a [String],
}

impl Room<'_> {
    /// The fragment of a surface of the host's; `None` for those of plugins.
    pub fn fragment(&self, surface: &str) -> Option<Markup> {
        match surface {
            ROOM => Some(self.clock()),
            PEOPLE => Some(self.people()),
            _ => None,
        }
    }

    /// How the race stands, and the clock that counts now.
    pub fn clock(&self) -> Markup {
        let Self { words, race, .. } = self;
        let started = race.started_at.as_deref().and_then(parse_rfc3339);
        html! {
            div class={ "rg-clock rg-is-" (race.status.as_str()) } data-rg-stamp=(self.stamp()) {
                p class="rg-state" { span class="rg-lamp" aria-hidden="true" {} (words.get(status(race.status))) }
                @match race.status {
                    RaceStatus::Draft | RaceStatus::Open => @if let Some(at) = &race.scheduled_start {
                        p class="rg-starts" { (words.get("race.starts")) " " (time(at)) }
                        @if let Some(ms) = parse_rfc3339(at) { (self.countdown(ms, "race.soon")) }
                    } @else if race.config.start == Start::Async {
                        p class="rg-starts" { (words.get("race.starts_async")) }
                    } @else {
                        p class="rg-starts" { (words.get("race.starts_ready")) }
                    },
                    RaceStatus::Countdown => @if let Some(ms) = started { (self.countdown(ms, "race.go")) },
                    RaceStatus::Running => @if let Some(ms) = started {
                        p class="rg-starts" { (words.get("race.since")) " " (time(race.started_at.as_deref().unwrap_or_default())) }
                        p class="rg-count" role="timer" aria-label=(words.get("race.elapsed")) data-rg-elapsed=(ms) {}
                    },
                    RaceStatus::Finished => @if let Some(at) = &race.finished_at {
                        p class="rg-starts" { (words.get("race.ended")) " " (time(at)) }
                    },
                    RaceStatus::Cancelled => {},
                }
            }
        }
    }

    /// `then`: key of what is said when it is over.
    fn countdown(&self, to_ms: i64, then: &'static str) -> Markup {
        let words = self.words;
        html! {
            p class="rg-count" role="timer" aria-label=(words.get("race.countdown")) data-rg-countdown=(to_ms)
                data-rg-then=(words.get(then)) {}
        }
    }

    /// Everybody in the race, and to whom its seed was shown.
    pub fn people(&self) -> Markup {
        let Self { words, race, .. } = self;
        html! {
            @if race.participants.is_empty() {
                p class="rg-none" { (words.get("race.nobody_yet")) }
            } @else {
                ul class="rg-racers" {
                    @for one in &race.participants {
                        li data-key=(one.slot) {
                            span class="rg-name" { (one.name) }
                            @if self.connected.contains(&one.slot) {
                                span class="rg-connected" title=(words.get("race.connected")) {
                                    svg class="rg-icon" viewBox="0 0 24 24" role="img" aria-label=(words.get("race.connected")) {
                                        path d="M4 9h5V4m6 0v5h5v4a8 8 0 0 1-16 0V9m8 11v3" {}
                                    }
                                }
                            }
                            span class={ "rg-chip rg-is-" (one.status.as_str()) } { (words.get(standing(one.status))) }
                        }
                    }
                }
            }
            @if !self.casters.is_empty() {
                p class="rg-more" { (words.get("race.casters")) " " (self.casters.join(", ")) }
            }
            @for shown in &race.revealed_to {
                p class="rg-more" { (words.get("race.revealed")) " " strong { (shown.name) } ", " (time(&shown.at)) }
            }
        }
    }

    /// Changes with everything that changes what a visitor may do.
    fn stamp(&self) -> String {
        let race = self.race;
        let mut stamp = format!(
            "{} {}",
            race.status.as_str(),
            if race.seeds_released_at.is_some() { "packs" } else { "" }
        );
        for one in &race.participants {
            stamp.push_str(&format!(" {}:{}", one.slot, one.status.as_str()));
        }
        stamp
    }
}

pub fn status(status: RaceStatus) -> &'static str {
    match status {
        RaceStatus::Draft => "race.draft",
        RaceStatus::Open => "race.open",
        RaceStatus::Countdown => "race.countdown",
        RaceStatus::Running => "race.running",
        RaceStatus::Finished => "race.finished",
        RaceStatus::Cancelled => "race.cancelled",
    }
}

fn standing(status: ParticipantStatus) -> &'static str {
    match status {
        ParticipantStatus::Registered => "race.is_registered",
        ParticipantStatus::Ready => "race.is_ready",
        ParticipantStatus::Playing => "race.is_playing",
        ParticipantStatus::Finished => "race.is_finished",
        ParticipantStatus::Abandoned => "race.is_abandoned",
        ParticipantStatus::Disqualified => "race.is_disqualified",
    }
}
