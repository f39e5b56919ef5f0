use regie_live::Tie;

use super::{at, newcomer, opened};
use crate::model::{
    Config, Entrance, Invited, ParticipantStatus as P, Race, RaceStatus as R, Start, StartAsked,
};

const RACE: [R; 6] = [R::Draft, R::Open, R::Countdown, R::Running, R::Finished, R::Cancelled];
const PEOPLE: [P; 6] = [P::Registered, P::Ready, P::Playing, P::Finished, P::Abandoned, P::Disqualified];

/// Ada in slot 1 with this status, Ben ready, in a race of this status.
fn made(status: R, ada: P, config: Config) -> Race {
    let mut race = opened(config);
    race.status = status;
    race.started_at = status.is_started().then(|| at(10).text);
    race.finished_at = (status == R::Finished).then(|| at(50).text);
    for (participant, status) in race.participants.iter_mut().zip([ada, P::Ready]) {
        participant.status = status;
    }
    race
}

fn cy() -> Invited<'static> {
    Invited { name: "Cy", client_id: None }
}

fn tie() -> Tie {
    Tie { session_id: "s1".into(), title: "Tide pools".into() }
}

type Does = fn(&mut Race) -> regie_core::Result<()>;

/// From which statuses of the race it is allowed, and where that leads.
fn check_race(name: &str, does: Does, allowed: &[(R, R)]) {
    for status in RACE {
        let mut race = made(status, P::Ready, Config::default());
        let led_to = does(&mut race).map(|()| race.status);
        match allowed.iter().find(|(from, _)| *from == status) {
            Some((_, to)) => assert_eq!(led_to.ok(), Some(*to), "{name} from {status:?}"),
            None => {
                let refusal = led_to.expect_err(&format!("{name} from {status:?}"));
                assert_eq!(refusal.kind, regie_core::ErrorKind::Conflict, "{name} from {status:?}");
                assert!(refusal.path.is_some(), "{name} from {status:?}: {refusal}");
            }
        }
    }
}

#[test]
fn each_transition_of_a_race_is_allowed_from_its_statuses_and_no_others() {
    check_race("open", |r| r.open(&at(1)).map(drop), &[(R::Draft, R::Open)]);
    check_race("start", |r| r.start(StartAsked::default(), &at(1)).map(drop), &[(R::Open, R::Countdown)]);
    check_race("go", |r| r.go().map(drop), &[(R::Countdown, R::Running)]);
    let begun = [R::Countdown, R::Running, R::Finished].map(|s| (s, R::Open));
    check_race("reset", |r| r.reset().map(drop), &begun);
    check_race("finish", |r| r.finish(&at(60)).map(drop), &[(R::Running, R::Finished)]);
    check_race("cancel", |r| r.cancel().map(drop), &[(R::Draft, R::Cancelled), (R::Open, R::Cancelled)]);
    let later = |r: &mut Race| r.schedule(Some(at(500).ms), &at(1)).map(drop);
    check_race("schedule", later, &[(R::Draft, R::Draft), (R::Open, R::Open)]);
    check_race("reroll", |r| r.check_rerollable(), &[(R::Draft, R::Draft), (R::Open, R::Open)]);
    check_race("leave", |r| r.leave(1).map(drop), &[(R::Draft, R::Draft), (R::Open, R::Open)]);
    check_race("remove", |r| r.remove("p-Ada").map(drop), &[(R::Draft, R::Draft), (R::Open, R::Open)]);
    let join = |r: &mut Race| r.join(newcomer("Cy"), Entrance::Own, &at(20)).map(drop);
    check_race("join", join, &[(R::Open, R::Open)]);
    let add = |r: &mut Race| r.join(newcomer("Cy"), Entrance::Added, &at(20)).map(drop);
    check_race("add", add, &[(R::Draft, R::Draft), (R::Open, R::Open)]);
    let not_over = [R::Draft, R::Open, R::Countdown, R::Running].map(|s| (s, s));
    check_race("release", |r| r.release_packs(&at(1)).map(drop), &not_over);
    check_race("invite", |r| r.add_invite("t".into(), cy(), &at(1)).map(drop), &not_over);
    check_race("tie", |r| r.tie(tie()).map(drop), &not_over);
    check_race("untie", |r| r.untie().map(drop), &not_over);
    check_race(
        "abandon",
        |r| r.abandon(1, &at(20)).map(drop),
        &[(R::Countdown, R::Countdown), (R::Running, R::Running)],
    );
    let disqualify = |r: &mut Race| r.disqualify(1, &at(20)).map(drop);
    check_race("disqualify", disqualify, &[(R::Countdown, R::Countdown), (R::Running, R::Running)]);
    let deletable = [R::Draft, R::Open, R::Finished, R::Cancelled].map(|s| (s, s));
    check_race("delete", |r| r.check_deletable(), &deletable);
}

/// Of a participant in a running race: where each status leads; what is not named is refused with the code.
fn check_person(name: &str, start: Start, does: Does, allowed: &[(P, P)], code: &str) {
    for status in PEOPLE {
        let mut race = made(R::Running, status, Config { start, ..Config::default() });
        let led_to = does(&mut race).map(|()| race.participants[0].status);
        match allowed.iter().find(|(from, _)| *from == status) {
            Some((_, to)) => assert_eq!(led_to.ok(), Some(*to), "{name} from {status:?}"),
            None => {
                let refusal = led_to.expect_err(&format!("{name} from {status:?}"));
                let expected = if status.is_terminal() { "already_ended" } else { code };
                assert_eq!(refusal.code, expected, "{name} from {status:?}");
            }
        }
    }
}

#[test]
fn each_transition_of_a_participant_is_allowed_from_its_statuses_and_no_others() {
    let (registered, ready, playing) = (P::Registered, P::Ready, P::Playing);
    let together = Start::Together;
    let late = [(registered, playing), (ready, ready), (playing, playing)];
    check_person("ready", together, |r| r.ready(1, &at(20)).map(drop), &late, "");
    check_person(
        "begin",
        Start::Async,
        |r| r.begin(1, &at(20)).map(drop),
        &[(registered, ready), (ready, ready), (playing, playing)],
        "",
    );
    check_person(
        "finished",
        together,
        |r| r.finished(1, &at(20)).map(drop),
        &[(playing, P::Finished)],
        "not_playing",
    );
    check_person("check", together, |r| r.check_playing(1), &[(playing, playing)], "not_playing");
    let out = |to| [(registered, to), (ready, to), (playing, to)];
    check_person("abandon", together, |r| r.abandon(1, &at(20)).map(drop), &out(P::Abandoned), "");
    check_person("disqualify", together, |r| r.disqualify(1, &at(20)).map(drop), &out(P::Disqualified), "");
    for status in PEOPLE {
        let mut race = made(R::Running, status, Config::default());
        assert_eq!(race.undo(1, &at(20)).is_ok(), status.is_terminal(), "undo from {status:?}");
        if status.is_terminal() {
            assert_eq!(race.participants[0].status, P::Registered, "who had not begun is registered again");
        }
    }
}

#[test]
fn nobody_is_ready_in_a_race_that_is_over() {
    for status in [R::Finished, R::Cancelled] {
        let mut race = made(status, P::Registered, Config::default());
        assert!(race.ready(1, &at(60)).is_err(), "{status:?}");
    }
}
