//! What somebody may do with a race now: the transitions themselves are asked.

use regie_core::{Actor, Result};

use crate::model::{Change, Config, Entrance, Invited, Newcomer, Now, Planted, Race, StartAsked};

/// One of `edit`, `delete`, `open`, … as in the race's JSON, in that order.
pub fn can(race: &Race, who: &Actor, has_hud: bool, now: &Now) -> Vec<&'static str> {
    let mut bare = race.clone();
    for participant in &mut bare.participants {
        participant.seen = crate::model::Seen::default();
    }
    let asked = Asked { race: &bare, who, now, has_hud, slot: race.participant_of(&who.id).map(|p| p.slot) };
    let mut can = Vec::new();
    if race.is_organizer(who) {
        can.extend(asked.of_organizer());
    }
    if !who.is_anonymous() {
        can.extend(asked.of_anybody());
    }
    can
}

struct Asked<'a> {
    race: &'a Race,
    who: &'a Actor,
    now: &'a Now,
    has_hud: bool,
    slot: Option<u32>,
}

impl Asked<'_> {
    fn of_organizer(&self) -> impl Iterator<Item = &'static str> {
        let (now, slots) = (self.now, || self.race.participants.iter().map(|p| (p.slot, p.id.clone())));
        let first = slots().next();
        let forced = StartAsked { force: true, at_ms: None };
        let answers = [
            ("edit", self.may(|r| r.configure(other(&r.config)))),
            ("delete", self.race.check_deletable().is_ok()),
            ("open", self.may(|r| r.open(now))),
            ("start", self.may(|r| r.start(forced, now))),
            ("cancel", self.may(Race::cancel)),
            ("reset", self.may(Race::reset)),
            ("finish", self.may(|r| r.finish(now))),
            ("reroll", self.may(|r| r.replant(Planted::default()))),
            ("generate_zips", self.may(|r| r.release_packs(now))),
            ("invite", self.may(|r| r.add_invite(String::new(), Invited::default(), now))),
            ("add", self.may(|r| r.join(somebody(), Entrance::Added, now))),
            ("remove", first.is_some_and(|(_, id)| self.may(|r| r.remove(&id)))),
            ("casters", !self.race.status.is_over()),
            ("lobby", self.race.check_gathers().is_ok()),
            ("reveal", self.may_something(|r| r.reveal_to(&self.who.id, "", now))),
            ("disqualify", slots().any(|(slot, _)| self.may(|r| r.disqualify(slot, now)))),
            ("undo", slots().any(|(slot, _)| self.may(|r| r.undo(slot, now)))),
        ];
        answers.into_iter().filter(|(_, may)| *may).map(|(name, _)| name)
    }

    fn of_anybody(&self) -> impl Iterator<Item = &'static str> {
        let now = self.now;
        let own = |may: &dyn Fn(u32) -> bool| self.slot.is_some_and(may);
        let me = Newcomer { user_id: self.who.id.clone(), ..somebody() };
        let answers = [
            ("join", self.may(|r| r.join(me, Entrance::Own, now))),
            ("leave", own(&|slot| self.may(|r| r.leave(slot)))),
            ("ready", own(&|slot| self.may_something(|r| r.ready(slot, now)))),
            ("begin", own(&|slot| self.may(|r| r.begin(slot, now)))),
            ("abandon", own(&|slot| self.may(|r| r.abandon(slot, now)))),
            ("hud", self.has_hud && self.slot.is_some()),
        ];
        answers.into_iter().filter(|(_, may)| *may).map(|(name, _)| name)
    }

    fn may(&self, does: impl FnOnce(&mut Race) -> Result<Change>) -> bool {
        does(&mut self.race.clone()).is_ok()
    }

    /// Where doing it again is no fault, but of no use.
    fn may_something(&self, does: impl FnOnce(&mut Race) -> Result<Change>) -> bool {
        does(&mut self.race.clone()).is_ok_and(|change| !change.is_nothing())
    }
}

fn somebody() -> Newcomer {
    Newcomer { id: String::new(), user_id: "somebody".into(), name: String::new() }
}

/// A configuration that differs in something that may be changed for as long as anything may.
fn other(config: &Config) -> Config {
    let minutes = config.late_join_minutes;
    Config { late_join_minutes: if minutes == Some(1) { None } else { Some(1) }, ..config.clone() }
}

#[cfg(test)]
mod tests {
    use regie_core::Role;

    use super::*;
    use crate::model::RaceStatus;

    fn race(status: RaceStatus) -> Race {
        let now = Now::at(0);
        let mut race = Race::draft("Sunday".into(), "org", "m", Config::default(), &now);
        for name in ["ada", "ben"] {
            let who = Newcomer { id: name.into(), user_id: name.into(), name: name.into() };
            race.join(who, Entrance::Added, &now).unwrap();
        }
        let steps: &[fn(&mut Race) -> Result<Change>] = match status {
            RaceStatus::Draft => &[],
            RaceStatus::Open => &[|r| r.open(&Now::at(0))],
            _ => &[
                |r| r.open(&Now::at(0)),
                |r| r.ready(1, &Now::at(0)),
                |r| r.start(StartAsked { force: true, at_ms: None }, &Now::at(0)),
            ],
        };
        steps.iter().for_each(|step| drop(step(&mut race).unwrap()));
        if matches!(status, RaceStatus::Running | RaceStatus::Finished) {
            race.go().unwrap();
        }
        if status == RaceStatus::Finished {
            race.finish(&Now::at(0)).unwrap();
        }
        race
    }

    fn check(status: RaceStatus, who: &str, expected: &[&str]) {
        let actor = Actor { id: who.into(), name: who.into(), role: Role::Viewer };
        assert_eq!(can(&race(status), &actor, true, &Now::at(0)), expected, "{who}, {status:?}");
    }

    #[test]
    fn everybody_is_offered_what_they_may_do_now() {
        check(RaceStatus::Draft, "", &[]);
        check(RaceStatus::Open, "", &[]);
        check(RaceStatus::Draft, "eve", &[]);
        check(RaceStatus::Open, "eve", &["join"]);
        check(RaceStatus::Open, "ada", &["leave", "ready", "hud"]);
        check(RaceStatus::Running, "ada", &["abandon", "hud"]);
        check(RaceStatus::Running, "ben", &["ready", "abandon", "hud"]);
        check(RaceStatus::Finished, "ada", &["hud"]);
        let before = ["generate_zips", "invite", "add", "remove", "casters", "lobby", "reveal"];
        let organizer = |first: &[&'static str], last: &[&'static str]| [first, &before[..], last].concat();
        check(RaceStatus::Draft, "org", &organizer(&["edit", "delete", "open", "cancel", "reroll"], &[]));
        let open = ["edit", "delete", "start", "cancel", "reroll"];
        check(RaceStatus::Open, "org", &organizer(&open, &["join"]));
        let counting =
            ["edit", "reset", "generate_zips", "invite", "casters", "lobby", "reveal", "disqualify"];
        check(RaceStatus::Countdown, "org", &counting);
        let running = [
            "edit",
            "reset",
            "finish",
            "generate_zips",
            "invite",
            "casters",
            "lobby",
            "reveal",
            "disqualify",
        ];
        check(RaceStatus::Running, "org", &running);
        check(RaceStatus::Finished, "org", &["edit", "delete", "reset", "reveal", "undo"]);
    }
}
