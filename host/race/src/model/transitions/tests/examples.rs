use regie_store::EntryKind;

use super::{at, draft, newcomer, opened, run_due, running, told};
use crate::{
    Event,
    model::{
        Change, Config, Entrance, Invited, ParticipantStatus as P, Planted, Race, RaceStatus as R, Start,
        StartAsked,
    },
};

fn statuses(race: &Race) -> Vec<P> {
    race.participants.iter().map(|p| p.status).collect()
}

fn joined(changes: &[Change]) -> Vec<(&'static str, Option<u32>)> {
    changes.iter().flat_map(told).collect()
}

#[test]
fn a_start_commits_status_and_moment_together_and_the_countdown_ends_by_itself() {
    let mut race = opened(Config::default());
    race.ready(1, &at(1)).unwrap();
    race.ready(2, &at(2)).unwrap();
    let change = race.start(StartAsked::default(), &at(3)).unwrap();
    assert_eq!((race.status, race.started_at.clone()), (R::Countdown, Some(at(13).text)));
    let [Event::Start { slot: None, countdown_seconds: 10, at_ms }, Event::Status] = change.events[..] else {
        panic!("{:?}", change.events)
    };
    assert_eq!(at_ms, at(13).ms);
    assert!(run_due(&mut race, &at(12)).is_empty());
    assert_eq!(joined(&run_due(&mut race, &at(13))), [("host:start", None)]);
    assert_eq!((race.status, statuses(&race)), (R::Running, vec![P::Playing, P::Playing]));
}

#[test]
fn a_start_names_who_is_not_ready_unless_it_is_forced() {
    let mut race = opened(Config::default());
    race.ready(2, &at(1)).unwrap();
    let refusal = race.start(StartAsked::default(), &at(3)).unwrap_err();
    assert_eq!((refusal.code.as_ref(), refusal.path.as_deref()), ("not_ready", Some("force")));
    assert!(refusal.message.contains("Ada") && !refusal.message.contains("Ben"), "{refusal}");
    assert_eq!(refusal.hint.as_deref(), Some(r#"{"force":true}"#));
    race.start(StartAsked { force: true, at_ms: None }, &at(3)).unwrap();
    run_due(&mut race, &at(13));
    assert_eq!(statuses(&race), [P::Registered, P::Playing]);
    let late = race.ready(1, &at(20)).unwrap();
    assert_eq!(told(&late), [("host:ready", Some(1)), ("host:start", Some(1))]);
    assert_eq!(statuses(&race), [P::Playing, P::Playing]);
}

#[test]
fn nobody_starts_a_race_without_players() {
    let mut race = draft(Config::default());
    race.open(&at(0)).unwrap();
    let asked = StartAsked { force: true, at_ms: None };
    assert_eq!(race.start(asked, &at(1)).unwrap_err().code, "no_participants");
}

#[test]
fn a_scheduled_race_starts_at_exactly_that_time() {
    let mut race = opened(Config::default());
    let asked = |seconds| StartAsked { force: false, at_ms: Some(at(seconds).ms) };
    let past = race.start(asked(5), &at(5)).unwrap_err();
    assert_eq!(
        (past.kind, past.path.as_deref()),
        (regie_core::ErrorKind::BadRequest, Some("scheduled_start"))
    );
    race.start(asked(100), &at(5)).unwrap();
    assert_eq!((race.status, race.next_due_ms()), (R::Open, Some(at(90).ms)));
    race.ready(1, &at(20)).unwrap();
    // The server slept through the beginning of the countdown.
    race.due("countdown", None, &at(93));
    assert_eq!((race.status, race.started_at.clone()), (R::Countdown, Some(at(100).text)));
    run_due(&mut race, &at(100));
    assert_eq!(statuses(&race), [P::Playing, P::Registered]);
}

#[test]
fn an_unscheduled_race_waits_and_one_without_players_does_not_start() {
    let mut race = opened(Config::default());
    race.schedule(Some(at(100).ms), &at(5)).unwrap();
    race.schedule(None, &at(6)).unwrap();
    assert!(race.deadlines.is_empty() && race.scheduled_start.is_none());
    let mut empty = draft(Config::default());
    empty.schedule(Some(at(100).ms), &at(5)).unwrap();
    assert!(empty.deadlines.is_empty(), "a draft does not start");
    empty.open(&at(6)).unwrap();
    run_due(&mut empty, &at(200));
    assert_eq!((empty.status, empty.scheduled_start), (R::Open, None));
}

#[test]
fn a_schedule_that_passed_before_the_race_opened_is_dropped() {
    let mut race = draft(Config::default());
    race.schedule(Some(at(100).ms), &at(5)).unwrap();
    race.open(&at(101)).unwrap();
    assert_eq!((race.scheduled_start, race.deadlines.len()), (None, 0));
}

#[test]
fn a_race_ends_when_the_last_player_has_and_an_undo_lets_it_run_again() {
    let mut race = running(Config::default());
    race.abandon(2, &at(20)).unwrap();
    race.finished(1, &at(30)).unwrap();
    let over = race.settle(&at(30)).unwrap();
    assert_eq!(told(&over), [("host:finish", None)]);
    assert_eq!((race.status, race.finished_at.clone()), (R::Finished, Some(at(30).text)));
    assert_eq!(race.finished(1, &at(31)).unwrap_err().code, "already_ended");
    let undone = race.undo(1, &at(40)).unwrap();
    assert_eq!(told(&undone), [("host:undo", Some(1))]);
    assert_eq!((race.status, race.finished_at.clone()), (R::Running, None));
    assert_eq!(statuses(&race), [P::Playing, P::Abandoned]);
    assert_eq!(race.finished(2, &at(41)).unwrap_err().code, "already_ended", "a finish after an abandon");
}

#[test]
fn the_time_limit_abandons_who_has_not_ended() {
    let mut race = running(Config { time_limit_minutes: Some(1), ..Config::default() });
    race.finished(1, &at(30)).unwrap();
    let changes = run_due(&mut race, &at(70));
    assert_eq!(joined(&changes), [("host:abandon", Some(2)), ("host:finish", None)]);
    assert_eq!((race.status, statuses(&race)), (R::Finished, vec![P::Finished, P::Abandoned]));
    race.undo(2, &at(75)).unwrap();
    assert!(race.deadlines.is_empty(), "the organizer gave them more time");
}

#[test]
fn in_a_race_where_each_starts_alone_each_has_a_countdown_and_a_limit_of_their_own() {
    let config = Config { start: Start::Async, time_limit_minutes: Some(1), ..Config::default() };
    let mut race = opened(config);
    assert!(race.begin(1, &at(0)).is_err(), "not before the organizer has started it");
    race.start(StartAsked::default(), &at(1)).unwrap();
    assert_eq!((race.status, race.started_at.clone()), (R::Running, Some(at(1).text)));
    let begun = race.ready(1, &at(100)).unwrap();
    assert_eq!(told(&begun), [("host:ready", Some(1))]);
    let [Event::Start { slot: Some(1), at_ms, .. }] = begun.events[..] else { panic!("{:?}", begun.events) };
    assert_eq!(at_ms, at(110).ms);
    assert!(race.ready(1, &at(105)).unwrap().is_nothing(), "a game that connects again changes nothing");
    assert_eq!(race.begin(1, &at(105)).unwrap_err().code, "already_begun");
    assert_eq!(joined(&run_due(&mut race, &at(110))), [("host:start", Some(1))]);
    assert_eq!(race.participants[0].started_at, Some(at(110).text));
    assert_eq!(joined(&run_due(&mut race, &at(1000))), [("host:abandon", Some(1))]);
    assert_eq!(statuses(&race), [P::Abandoned, P::Registered]);
    assert_eq!(race.status, R::Running, "the other may still begin");
    race.finish(&at(2000)).unwrap();
    assert_eq!((race.status, statuses(&race)), (R::Finished, vec![P::Abandoned, P::Abandoned]));
}

#[test]
fn a_reset_is_a_new_try_with_the_same_people() {
    let mut race = running(Config::default());
    race.finished(1, &at(30)).unwrap();
    let change = race.reset().unwrap();
    assert_eq!((change.kind, told(&change)), (EntryKind::Reset, vec![("host:reset", None)]));
    assert!(change.events.iter().any(|e| matches!(e, Event::Reset)));
    assert_eq!((race.status, statuses(&race)), (R::Open, vec![P::Registered, P::Registered]));
    assert_eq!((&race.started_at, &race.scheduled_start), (&None, &None));
    assert!(!race.is_unplayed(), "its seed is known");
}

#[test]
fn a_countdown_that_is_stopped_does_not_go_and_was_no_try() {
    let mut race = opened(Config::default());
    race.ready(1, &at(0)).unwrap();
    race.start(StartAsked { force: true, at_ms: None }, &at(1)).unwrap();
    race.abandon(2, &at(2)).unwrap();
    let change = race.reset().unwrap();
    assert_eq!((change.words.as_str(), told(&change)), ("stopped the countdown", vec![("host:reset", None)]));
    assert!(change.events.iter().any(|e| matches!(e, Event::Reset)), "games stop counting");
    assert_eq!((race.status, statuses(&race)), (R::Open, vec![P::Registered, P::Registered]));
    assert_eq!((&race.started_at, &race.scheduled_start), (&None, &None));
    assert!(race.is_unplayed() && run_due(&mut race, &at(60)).is_empty());
    race.start(StartAsked { force: true, at_ms: None }, &at(61)).unwrap();
    assert_eq!(race.tries, 1);
}

#[test]
fn late_players_join_within_their_minutes() {
    let mut race = running(Config { late_join_minutes: Some(1), ..Config::default() });
    race.join(newcomer("Cy"), Entrance::Own, &at(70)).unwrap();
    race.ready(3, &at(80)).unwrap();
    assert_eq!(statuses(&race)[2], P::Playing);
    assert_eq!(race.join(newcomer("Dan"), Entrance::Added, &at(71)).unwrap_err().code, "started");
}

#[test]
fn places_are_limited_and_taken_once_and_slots_are_never_given_again() {
    let mut race = opened(Config { max_participants: 2, ..Config::default() });
    assert_eq!(race.join(newcomer("Cy"), Entrance::Own, &at(1)).unwrap_err().code, "race_full");
    assert_eq!(race.join(newcomer("Ada"), Entrance::Own, &at(1)).unwrap_err().code, "already_joined");
    race.leave(2).unwrap();
    race.join(newcomer("Cy"), Entrance::Own, &at(1)).unwrap();
    let cy = race.participants.last().unwrap();
    assert_eq!((cy.slot, cy.colour), (3, 1), "a free colour, a new slot");
}

#[test]
fn an_invitation_for_somebody_is_used_up_and_one_for_anybody_is_not() {
    let mut race = draft(Config::default());
    race.add_invite("named".into(), Invited { name: "Ada", client_id: Some("c-7") }, &at(0)).unwrap();
    race.add_invite("open".into(), Invited::default(), &at(0)).unwrap();
    race.join(newcomer("Ada"), Entrance::Invited("named"), &at(1)).unwrap();
    assert_eq!(race.participants[0].client_id.as_deref(), Some("c-7"), "a lobby knows them as before");
    let again = race.join(newcomer("Ben"), Entrance::Invited("named"), &at(1)).unwrap_err();
    assert_eq!(again.kind, regie_core::ErrorKind::NotFound);
    race.join(newcomer("Ben"), Entrance::Invited("open"), &at(1)).unwrap();
    race.join(newcomer("Cy"), Entrance::Invited("open"), &at(1)).unwrap();
    assert_eq!(race.participants.len(), 3);
}

#[test]
fn the_start_settles_the_rules_but_not_the_name_or_who_may_watch() {
    let mut race = running(Config::default());
    let refused = |config| {
        let refusal = running(Config::default()).configure(config).unwrap_err();
        assert_eq!(refusal.code, "started");
        refusal.path.unwrap_or_default()
    };
    assert_eq!(refused(Config { start: Start::Async, ..Config::default() }), "config.start");
    assert_eq!(
        refused(Config { show_finished_names: false, ..Config::default() }),
        "config.show_finished_names"
    );
    race.rename(" Monday ").unwrap();
    let visibility = crate::model::Visibility::Unlisted;
    race.configure(Config { visibility, late_join_minutes: Some(5), ..Config::default() }).unwrap();
    let few = race.configure(Config { max_participants: 1, ..race.config.clone() }).unwrap_err();
    assert_eq!((race.name.as_str(), few.path.as_deref()), ("Monday", Some("config.max_participants")));
}

#[test]
fn another_seed_voids_packs_that_were_out_and_everybody_is_asked_again() {
    let mut race = opened(Config::default());
    race.ready(1, &at(1)).unwrap();
    race.release_packs(&at(1)).unwrap();
    race.replant(Planted { pool: Some("sprint".into()), ..Planted::default() }).unwrap();
    assert_eq!((statuses(&race), race.seeds_released_at.clone()), (vec![P::Registered, P::Registered], None));
    assert!(race.participants.iter().all(|p| p.token_generation == 2));
}

#[test]
fn an_organizer_who_plays_is_not_shown_the_seed() {
    let mut race = opened(Config::default());
    assert!(race.reveal_to("u-Ada", "Ada", &at(1)).is_err());
    race.reveal_to("o", "Org", &at(1)).unwrap();
    assert!(race.reveal_to("o", "Org", &at(2)).unwrap().is_nothing());
    assert_eq!(race.revealed_to.len(), 1);
}
