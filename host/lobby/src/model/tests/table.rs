//! Each rule once: what was said so far, what is said then, and what is true after it.

use regie_lobby_client::wire::{Arbitrated, By, Form, State, StateDoc};

use crate::model::{
    Authority, Closed, CreatorGone, Effects, Gone, Mark, NewSession, Note, Now, Person, Record, Refused,
    Rules, Said, Session, clock,
};

const T0: i64 = 1_770_000_000_000;
/// The creator's clock is two hours ahead of the host's.
const FRAME: i64 = 7_200_000;

pub fn at(ms: u64) -> Now {
    Now { mono_ms: 1_000_000 + ms, wall_ms: T0 + ms as i64 }
}

fn time(ms: u64) -> String {
    clock::write(T0 + FRAME + ms as i64)
}

/// `members`: `c` is the creator. Written at `ms` by a peer whose clock is the creator's.
pub fn doc(version: u64, members: &str, ms: u64) -> StateDoc {
    StateDoc {
        session_id: "s".into(),
        creator_client_id: "c".into(),
        model_name: "Tide pools".into(),
        state: State::Open,
        connected_instances: members.chars().map(String::from).collect(),
        num_players_min: 2,
        num_players_max: 0,
        created_at: time(0),
        last_updated: time(ms),
        last_heartbeat: time(0),
        version,
        arbitrated: None,
        by: None,
        other: Default::default(),
    }
}

fn wrote(version: u64, members: &str, ms: u64) -> Said {
    said(doc(version, members, ms))
}

fn said(doc: StateDoc) -> Said {
    Said::State { form: Form::Prefix, doc, retained: false }
}

fn sign(client_id: &str, ms: u64) -> Said {
    Said::SeedSync { client_id: client_id.into(), timestamp: time(ms), retained: false }
}

fn disconnect(client_id: &str) -> Said {
    Said::Disconnect { client_id: client_id.into(), timestamp: time(1) }
}

fn by(client_id: &str, incarnation: u64, doc: StateDoc) -> StateDoc {
    StateDoc { by: Some(By { client_id: client_id.into(), incarnation }), ..doc }
}

/// What stands there after corrections that came back.
fn settle(session: &mut Session, now: Now) -> Vec<(Form, StateDoc)> {
    let mark = Mark { host: "host".into(), epoch: 1 };
    let mut written = Vec::new();
    for form in Form::ALL {
        let Some(doc) = session.correction(form, &mark, now) else { continue };
        session.published(form, &doc, now);
        assert_eq!(session.correction(form, &mark, now), None, "once is enough");
        session.observe(Said::State { form, doc: doc.clone(), retained: false }, now);
        assert_eq!(session.correction(form, &mark, now), None, "and it stands");
        written.push((form, doc));
    }
    written
}

/// A session that `c` made, with these limits; then all of that, a millisecond apart, each corrected at once.
fn after(history: Vec<Said>, rules: Rules, limit: u32) -> Session {
    let first = StateDoc { num_players_max: limit, ..doc(1, "c", 0) };
    let (mut session, _) = Session::found(Form::Prefix, first, false, rules, at(0));
    settle(&mut session, at(0));
    for said in history {
        tell(&mut session, said, limit, at(1));
        settle(&mut session, at(1));
    }
    session
}

fn tell(session: &mut Session, mut said: Said, limit: u32, now: Now) -> Effects {
    if let Said::State { doc, .. } = &mut said {
        doc.num_players_max = limit;
    }
    session.observe(said, now)
}

fn members(record: &Record) -> String {
    record.members.iter().map(|member| member.client_id.as_str()).collect()
}

/// `expected`: the members after it, and whether the written topic is corrected.
fn check(history: Vec<Said>, write: Said, expected: (&str, bool)) {
    check_limited(0, history, write, expected);
}

fn check_limited(limit: u32, history: Vec<Said>, write: Said, expected: (&str, bool)) {
    let mut session = after(history.clone(), Rules::default(), limit);
    let effects = tell(&mut session, write.clone(), limit, at(2));
    assert_eq!(members(session.record()), expected.0, "{history:#?}\n{write:#?}\n{effects:#?}");
    let corrected = settle(&mut session, at(2)).iter().any(|(form, _)| *form == Form::Prefix);
    assert_eq!(corrected, expected.1, "corrected: {history:#?}\n{write:#?}");
}

#[test]
fn a_clean_change_of_one_passes_untouched_and_is_mirrored() {
    check(vec![], wrote(2, "ca", 2), ("ca", false));
    check(vec![wrote(2, "ca", 1)], wrote(3, "c", 2), ("c", false));
    check(vec![wrote(2, "ca", 1)], wrote(2, "ca", 2), ("ca", false));
    let mut session = after(vec![], Rules::default(), 0);
    session.observe(wrote(2, "ca", 2), at(2));
    let written = settle(&mut session, at(2));
    let [(Form::Suffix, mirror)] = &written[..] else { panic!("{written:?}") };
    assert_eq!((mirror.version, mirror.connected_instances.len()), (2, 2));
}

#[test]
fn a_write_from_an_old_copy_is_done_to_the_truth() {
    // Two joined from the same copy, on the same and on the other topic.
    check(vec![wrote(2, "ca", 1)], wrote(2, "cb", 2), ("cab", true));
    let other = Said::State { form: Form::Suffix, doc: doc(2, "cb", 1), retained: false };
    check(vec![wrote(2, "ca", 1)], other, ("cab", true));
    // A creator's heartbeat from before they came.
    let heartbeat = StateDoc { last_heartbeat: time(5_000), ..doc(1, "c", 5_000) };
    check(vec![wrote(2, "ca", 1)], said(heartbeat), ("ca", true));
    // One leaves from a copy in which another is not yet.
    check(vec![wrote(2, "ca", 1), wrote(3, "cab", 1)], wrote(3, "c", 2), ("cb", true));
    // From a copy that nobody saw: who is new is in, and nobody is out.
    check(vec![wrote(2, "ca", 1)], wrote(40, "cb", 2), ("cab", true));
    check(vec![wrote(2, "ca", 1)], wrote(40, "", 2), ("ca", true));
    // The same ids twice.
    check(vec![], wrote(2, "caa", 2), ("ca", false));
}

#[test]
fn where_two_can_be_meant_nobody_leaves() {
    // Both (2, ca) and (2, cb) were written: either of them leaves to (3, c).
    let both = vec![wrote(2, "ca", 1), wrote(2, "cb", 1)];
    check(both.clone(), wrote(3, "c", 2), ("cab", true));
    // Who says who it is, is believed.
    check(both.clone(), said(by("a", 0, doc(3, "c", 2))), ("cb", true));
    check([both.clone(), vec![wrote(3, "c", 1)]].concat(), disconnect("b"), ("ca", true));
    let mut session = after([both, vec![wrote(3, "c", 1)]].concat(), Rules::default(), 0);
    for ms in [3_000, 6_000, 9_000, 12_000, 15_000] {
        session.observe(sign("c", ms), at(ms));
        session.observe(sign("b", ms), at(ms));
        session.tick(at(ms + 500));
    }
    assert_eq!(members(session.record()), "cb", "silence mends it");
}

#[test]
fn one_who_left_is_back_by_newer_evidence_only() {
    let left = || vec![wrote(2, "ca", 1), wrote(3, "c", 1)];
    // Its own join again, its trailing sign of life, others' old copies of it.
    check(left(), wrote(2, "ca", 1), ("c", true));
    check(left(), sign("a", 2), ("c", false));
    check(left(), wrote(3, "cab", 2), ("cb", true));
    check(left(), wrote(50, "ca", 2), ("c", true));
    let ready = Said::Ready { client_id: "a".into(), retained: true };
    check(left(), ready, ("c", false));
    // A join from what stood there since.
    check(left(), wrote(4, "ca", 2), ("ca", false));
    // Signs of life that it can only give when it is back: it found itself in an old copy, and had nothing to write.
    let signed = || [vec![sign("a", 0)], left()].concat();
    check(signed(), sign("a", 5_999), ("c", false));
    check(signed(), sign("a", 6_001), ("ca", true));
    // Others' old copies name it, and what it once had retained is published again.
    let old =
        Said::SeedSync { client_id: "a".into(), timestamp: "2024-01-01T12:00:00".into(), retained: false };
    check([signed(), vec![wrote(2, "ca", 0)]].concat(), old, ("c", false));
    // A disconnect that comes after the state it goes with has been joined again, twice: the second is the first again.
    let again = [left(), vec![disconnect("a"), wrote(4, "ca", 2)]].concat();
    check(again, disconnect("a"), ("ca", false));
    // A later connection of its own.
    let left = vec![said(by("a", 1, doc(2, "ca", 1))), said(by("a", 1, doc(3, "c", 1)))];
    check(left.clone(), said(by("a", 1, doc(9, "ca", 2))), ("c", true));
    check(left, said(by("a", 2, doc(9, "ca", 2))), ("ca", false));
}

#[test]
fn a_join_that_could_be_another_s_is_settled_by_a_sign_of_life() {
    // a and b left from (4, cab), so each of (5, cb) and (5, ca) stood there when one of them is back.
    let left = vec![wrote(2, "ca", 1), wrote(3, "cab", 1), wrote(4, "ca", 1), wrote(4, "cb", 1)];
    check(left.clone(), wrote(5, "cab", 2), ("c", true));
    check([left, vec![wrote(5, "cab", 1)]].concat(), sign("b", 2), ("cb", true));
}

#[test]
fn a_lost_join_is_found_by_a_sign_of_life() {
    check(vec![], sign("a", 2), ("ca", true));
    check(vec![], Said::SeedSync { client_id: "a".into(), timestamp: time(1), retained: true }, ("c", false));
    check_limited(1, vec![], sign("a", 2), ("c", false));
}

#[test]
fn limits_hold_in_the_brokers_order() {
    check_limited(2, vec![wrote(2, "ca", 1)], wrote(2, "cb", 2), ("ca", true));
    let mut session = after(vec![wrote(2, "ca", 1)], Rules::default(), 2);
    let effects = tell(&mut session, wrote(2, "cb", 2), 2, at(2));
    assert_eq!(effects.refusals.len(), 1);
    let refusal = &effects.refusals[0];
    assert_eq!((&*refusal.client_id, &*refusal.reason, refusal.num_players_max), ("b", "full", 2));
    assert!(effects.notes.contains(&Note::Refused { client_id: "b".into(), why: Refused::Full }));
    // Refused, it is not let in by its signs when there is room; it is by joining again.
    settle(&mut session, at(3));
    tell(&mut session, wrote(4, "c", 3), 2, at(3));
    tell(&mut session, sign("b", 4), 2, at(4));
    assert_eq!(members(session.record()), "c");
    tell(&mut session, wrote(5, "cb", 4), 2, at(4));
    assert_eq!(members(session.record()), "cb");
}

#[test]
fn what_the_first_state_fixed_stays() {
    for change in [
        |doc: &mut StateDoc| doc.creator_client_id = "a".into(),
        |doc: &mut StateDoc| doc.model_name = "Hills".into(),
        |doc: &mut StateDoc| doc.num_players_min = 9,
        |doc: &mut StateDoc| doc.created_at = time(99_000),
        |doc: &mut StateDoc| doc.created_at = "long ago".into(),
    ] {
        let mut write = doc(2, "ca", 2);
        change(&mut write);
        check(vec![], said(write), ("ca", true));
    }
    let mut write = doc(2, "ca", 2);
    write.created_at.push_str(".000000");
    check(vec![], said(write), ("ca", false));
}

fn state_after(history: Vec<Said>, write: Said, ms: u64) -> (State, Effects) {
    let mut session = after(history, Rules::default(), 0);
    session.observe(sign("c", ms), at(ms.saturating_sub(4_000)));
    let effects = session.observe(write, at(ms));
    (session.record().state, effects)
}

#[test]
fn a_state_is_believed_of_the_creator_only() {
    let joined = || vec![wrote(2, "ca", 1)];
    let closed = |doc: StateDoc| StateDoc { state: State::Closed, ..doc };
    let check = |write: StateDoc, ms: u64, expected: State| {
        let (state, effects) = state_after(joined(), said(write.clone()), ms);
        assert_eq!(state, expected, "{write:#?} {effects:#?}");
        assert_eq!(
            effects.notes.iter().any(|note| matches!(note, Note::Refused { .. })),
            expected == State::Open
        );
    };
    // The creator's clock, the creator by name, the creator leaves.
    check(closed(doc(3, "ca", 50)), 50, State::Closed);
    check(by("c", 1, closed(doc(3, "ca", 99_999_000))), 50, State::Closed);
    check(closed(doc(3, "a", 99_999_000)), 50, State::Closed);
    check(StateDoc { state: State::Started, ..doc(3, "ca", 50) }, 50, State::Started);
    // Somebody else by name, a clock that is two hours off, or that cannot be read.
    check(by("a", 1, closed(doc(3, "ca", 50))), 50, State::Open);
    check(closed(doc(3, "ca", 7_200_000)), 50, State::Open);
    check(closed(doc(3, "ca", 6_000)), 50, State::Open);
    check(StateDoc { last_updated: "soon".into(), ..closed(doc(3, "ca", 50)) }, 50, State::Open);
}

#[test]
fn a_peer_that_missed_heartbeats_cannot_close_and_one_that_did_not_can() {
    let closed = |ms| StateDoc { state: State::Closed, ..doc(2, "c", ms) };
    let mut session = after(vec![], Rules::default(), 0);
    for ms in [5_000, 10_000, 15_000] {
        session.observe(said(StateDoc { last_heartbeat: time(ms), ..doc(1, "c", ms) }), at(ms));
    }
    settle(&mut session, at(16_000));
    let effects = session.observe(said(closed(17_000)), at(17_000));
    assert_eq!(session.record().state, State::Open, "{effects:?}");
    settle(&mut session, at(17_100));
    session.observe(said(StateDoc { version: 9, ..closed(25_500) }), at(25_500));
    assert_eq!(session.record().state, State::Closed, "silent for 10 s");
}

#[test]
fn a_state_that_was_refused_is_not_believed_of_those_who_copied_it() {
    let mut session = after(vec![wrote(2, "ca", 1), wrote(3, "cab", 1)], Rules::default(), 0);
    let wrong = StateDoc { state: State::Closed, ..doc(4, "cab", 7_200_000) };
    session.observe(said(wrong), at(2));
    session.observe(said(StateDoc { state: State::Closed, ..doc(5, "cb", 3) }), at(3));
    assert_eq!(
        (session.record().state, &*members(session.record())),
        (State::Open, "cb"),
        "a left, as it saw it closed"
    );
    settle(&mut session, at(4));
    session.observe(
        said(StateDoc { state: State::Closed, last_heartbeat: time(5_000), ..doc(5, "cab", 5_000) }),
        at(5_000),
    );
    assert_eq!(session.record().state, State::Open, "the creator's heartbeat, of the copy");
    settle(&mut session, at(5_001));
    let version = session.record().version + 1;
    session.observe(said(StateDoc { state: State::Closed, ..doc(version, "cb", 5_002) }), at(5_002));
    assert_eq!(session.record().state, State::Closed, "the creator closes what was corrected");
}

#[test]
fn closed_is_for_ever_and_running_sessions_take_nobody() {
    let started = || said(StateDoc { state: State::Started, ..doc(2, "c", 1) });
    check(vec![started()], wrote(3, "ca", 2), ("c", true));
    check(vec![started()], sign("a", 2), ("c", false));
    check(vec![Said::GameStart], wrote(2, "ca", 2), ("c", true));
    let mut session = after(vec![Said::GameStart], Rules::default(), 0);
    assert_eq!(session.record().state, State::Started);
    session.close(Authority::Admin, at(2)).unwrap();
    session.observe(said(StateDoc { last_heartbeat: time(3), ..doc(9, "ca", 3) }), at(3));
    let written = settle(&mut session, at(3));
    assert!(written.iter().all(|(_, doc)| doc.state == State::Closed && doc.version == 10), "{written:?}");
    assert_eq!(session.join(person("u"), at(4)), Err(Refused::Closed));
    session.observe(Said::GameStart, at(5));
    assert_eq!(session.record().state, State::Closed);
}

#[test]
fn a_closed_session_leaves_nothing_behind() {
    let mut session = after(vec![wrote(2, "ca", 1)], Rules::default(), 0);
    session.observe(Said::Ready { client_id: "z".into(), retained: true }, at(1));
    let reserve =
        Said::Reservation { client_id: "a".into(), player: "Ada".into(), reserve: true, retained: false };
    session.observe(reserve, at(1));
    session.observe(wrote(3, "a", 2), at(2));
    assert_eq!(session.record().closed.map(|closed| closed.why), Some(Closed::CreatorLeft));
    assert_eq!(session.tick(at(4_900)).empty, Vec::<String>::new());
    let empty = session.tick(at(5_100)).empty;
    for topic in [
        "session_state/s",
        "s/session_state",
        "session_discovery/s",
        "s/session_seed_sync",
        "s/session_instance_ready/a",
        "s/session_instance_ready/c",
        "s/session_instance_ready/z",
        "s/session_player_reservation/Ada",
    ] {
        assert!(empty.iter().any(|at| at == topic), "{topic} of {empty:?}");
    }
    assert!(session.is_over());
    assert_eq!(session.tick(at(60_000)), Effects::default());
}

#[test]
fn silence_counts_while_it_is_open_and_the_link_is_up() {
    let joined = || after(vec![wrote(2, "ca", 1)], Rules::default(), 0);
    let live = |session: &mut Session, ms: u64| {
        session.observe(sign("c", ms), at(ms));
        session.tick(at(ms))
    };
    let mut session = joined();
    assert_eq!(live(&mut session, 9_900).notes, vec![]);
    let suspected = Note::Suspected { client_id: "a".into(), suspect: true };
    assert_eq!(live(&mut session, 10_100).notes, vec![suspected]);
    assert!(session.view(at(10_100)).members[1].suspect);
    let effects = live(&mut session, 15_100);
    assert_eq!((effects.notes, effects.commit), (vec![Note::Evicted { client_id: "a".into() }], true));
    session.observe(sign("a", 16_000), at(16_000));
    assert_eq!(members(session.record()), "ca", "it was only silent");

    let mut running = after(vec![wrote(2, "ca", 1), Said::GameStart], Rules::default(), 0);
    for ms in [20_000, 100_000, 1_700_000] {
        running.tick(at(ms));
        assert_eq!(members(running.record()), "ca");
    }
    running.tick(at(1_800_100));
    assert_eq!(running.record().closed.map(|closed| closed.why), Some(Closed::Abandoned));

    let mut away = joined();
    away.link_lost();
    away.tick(at(60_000));
    away.link_up(true);
    away.link_settled(at(61_000));
    away.tick(at(75_000));
    assert_eq!(members(away.record()), "ca", "nobody could be heard");
    away.tick(at(76_100));
    assert_eq!(away.record().closed.map(|closed| closed.why), Some(Closed::CreatorSilent));
}

#[test]
fn a_silent_creator_closes_or_hands_over() {
    let rules = Rules { creator_gone: CreatorGone::HandOver, ..Rules::default() };
    let mut session = after(vec![wrote(2, "ca", 1), wrote(3, "cab", 1)], rules, 0);
    for ms in [5_000, 10_000, 15_100] {
        session.observe(sign("b", ms), at(ms));
        session.observe(sign("a", ms), at(ms));
    }
    let effects = session.tick(at(15_200));
    assert!(effects.notes.contains(&Note::HandedOver { from: "c".into(), to: "a".into() }), "{effects:?}");
    let written = settle(&mut session, at(15_200));
    assert_eq!(written[0].1.creator_client_id, "a");
    assert_eq!(written[0].1.last_heartbeat, time(15_200), "the host writes it");
}

#[test]
fn wills_of_earlier_connections_say_nothing() {
    let joined = || vec![said(by("a", 2, doc(2, "ca", 1)))];
    let will = |incarnation| Said::Will { client_id: "a".into(), incarnation };
    check(joined(), will(1), ("ca", false));
    check(joined(), will(2), ("c", true));
    check([joined(), vec![will(2)]].concat(), sign("a", 2), ("ca", true));
    check([joined(), vec![said(by("a", 1, doc(3, "c", 2)))]].concat(), will(1), ("c", false));
}

#[test]
fn an_emptied_ready_message_says_that_its_client_leaves() {
    let emptied = || Said::ReadyEmptied { client_id: "a".into() };
    check(vec![wrote(2, "ca", 1)], emptied(), ("c", true));
    check(vec![wrote(2, "ca", 1), emptied()], sign("a", 2), ("c", false));
    // What the host tidied up says nothing about one who is back.
    let ready = || Said::Ready { client_id: "a".into(), retained: false };
    let mut session = after(vec![wrote(2, "ca", 1), ready(), wrote(3, "c", 1)], Rules::default(), 0);
    assert_eq!(session.tick(at(3_100)).empty, ["s/session_instance_ready/a"]);
    session.observe(wrote(4, "ca", 3_110), at(3_110));
    session.observe(emptied(), at(3_120));
    assert_eq!(members(session.record()), "ca");
}

pub fn person(id: &str) -> Person {
    Person { client_id: id.into(), user_id: format!("user-{id}"), name: id.to_uppercase() }
}

#[test]
fn persons_make_join_start_and_close() {
    let new = NewSession {
        id: "s".into(),
        creator: person("p"),
        model_name: "Tide pools".into(),
        num_players_min: 2,
        num_players_max: 2,
    };
    let (mut session, effects) = Session::create(new, Rules::default(), at(0));
    assert!(effects.commit && effects.correct);
    assert_eq!(effects.publish[0].topic, "session_discovery/s");
    let written = settle(&mut session, at(0));
    assert_eq!((written.len(), written[0].1.version, written[1].1.version), (2, 1, 1));
    assert_eq!(written[0].1.created_at, clock::write(T0));
    let by_creator = || Authority::Creator("p".into());
    assert_eq!(session.start(by_creator(), at(1)), Err(Refused::TooFew));
    let effects = session.join(person("q"), at(1)).unwrap();
    assert!(effects.commit && effects.correct);
    assert_eq!(session.join(person("q"), at(1)).unwrap(), Effects::default(), "again");
    assert_eq!(session.join(person("r"), at(1)), Err(Refused::Full));
    assert_eq!(session.start(Authority::Creator("q".into()), at(1)), Err(Refused::NotCreator));
    // Their time runs by their own requests, and the host's messages are none of theirs.
    for ms in (1_000..100_000).step_by(1_000) {
        let effects = session.tick(at(ms));
        let discovery = effects.publish.len();
        assert_eq!(discovery, usize::from(ms % 5_000 == 0), "{ms}");
        session.observe(Said::Discovery { client_id: "p".into(), retained: false }, at(ms));
        session.seen("p", at(ms));
    }
    session.tick(at(119_000));
    assert_eq!(members(session.record()), "pq");
    session.tick(at(121_100));
    assert_eq!(members(session.record()), "p");
    session.join(person("q"), at(122_000)).unwrap();
    let effects = session.start(by_creator(), at(122_000)).unwrap();
    assert_eq!(effects.publish[0].topic, "s/session_game_start");
    assert_eq!(session.start(by_creator(), at(122_000)), Err(Refused::NotOpen));
    assert_eq!(session.join(person("r"), at(122_000)), Err(Refused::NotOpen));
    session.leave("q", at(122_000)).unwrap();
    assert_eq!(session.record().burial("q").unwrap().how, Gone::Asked);
    session.leave("q", at(122_000)).unwrap();
    session.leave("p", at(122_000)).unwrap();
    assert_eq!(session.record().closed.map(|closed| closed.why), Some(Closed::CreatorLeft));
    session.close(by_creator(), at(122_000)).unwrap();
}

#[test]
fn no_state_of_a_peer_closes_a_persons_session() {
    let new = NewSession {
        id: "s".into(),
        creator: person("c"),
        model_name: "Tide pools".into(),
        num_players_min: 2,
        num_players_max: 0,
    };
    let (mut session, _) = Session::create(new, Rules { local_offset_ms: FRAME, ..Rules::default() }, at(0));
    settle(&mut session, at(0));
    session.observe(wrote(2, "ca", 1), at(1));
    assert_eq!(members(session.record()), "ca");
    session.observe(said(StateDoc { state: State::Closed, ..doc(3, "ca", 2) }), at(2));
    assert_eq!(session.record().state, State::Open);
}

#[test]
fn a_creator_may_join_its_own_session_late() {
    let (mut session, _) = Session::found(Form::Suffix, doc(1, "", 0), false, Rules::default(), at(0));
    settle(&mut session, at(0));
    session.observe(wrote(2, "a", 1), at(1));
    let heartbeat = StateDoc { last_heartbeat: time(5_000), ..doc(2, "a", 5_000) };
    session.observe(said(heartbeat), at(5_000));
    let joins = StateDoc { last_heartbeat: time(6_000), ..doc(3, "ac", 6_000) };
    session.observe(said(joins), at(6_000));
    assert_eq!(members(session.record()), "ac");
    let leaves = StateDoc { last_heartbeat: time(6_000), ..doc(4, "a", 7_000) };
    session.observe(said(leaves), at(7_000));
    assert_eq!(session.record().state, State::Closed);
}

#[test]
fn corrections_carry_the_creators_time_and_a_mark() {
    let mut session = after(vec![wrote(2, "ca", 1)], Rules::default(), 0);
    let now = at(2_500);
    session.observe(wrote(2, "cb", 2_500), now);
    let (_, doc) = settle(&mut session, now).remove(0);
    assert_eq!((doc.last_updated, doc.last_heartbeat, doc.version), (time(2_500), time(0), 3));
    assert!(matches!(doc.arbitrated, Some(Arbitrated { epoch: 1, .. })));
}

#[test]
fn what_stands_there_is_written_again_before_it_expires() {
    let mut session = after(vec![], Rules::default(), 0);
    session.observe(sign("c", 9_000), at(9_000));
    assert!(!session.tick(at(9_900)).correct);
    assert!(session.tick(at(10_100)).correct);
    let written = settle(&mut session, at(10_100));
    assert!(
        matches!(&written[..], [(Form::Suffix, doc)] if doc.version == 1),
        "the creator's own does not expire"
    );
}

#[test]
fn a_replay_after_a_lost_connection_only_adds() {
    let replayed = |resumed: bool, doc: StateDoc| {
        let mut session = after(vec![wrote(2, "ca", 1)], Rules::default(), 0);
        session.link_lost();
        session.link_up(resumed);
        let mark = Mark { host: "host".into(), epoch: 1 };
        session.observe(Said::State { form: Form::Prefix, doc, retained: true }, at(2));
        assert_eq!(session.correction(Form::Prefix, &mark, at(2)), None, "not before it settled");
        assert!(session.link_settled(at(3)).correct);
        settle(&mut session, at(3));
        members(session.record())
    };
    assert_eq!(replayed(false, doc(7, "cb", 2)), "cab");
    assert_eq!(replayed(false, doc(3, "c", 2)), "ca");
    assert_eq!(replayed(true, doc(3, "cab", 2)), "ca");
}

#[test]
fn a_state_that_cannot_be_read_or_is_gone_is_replaced() {
    for wipe in [
        |session: &mut Session| session.garbled(Form::Prefix, at(2)),
        |session: &mut Session| {
            session.observe(Said::StateEmptied { form: Form::Prefix, retained: false }, at(2))
        },
    ] {
        let mut session = after(vec![wrote(2, "ca", 1)], Rules::default(), 0);
        assert!(wipe(&mut session).correct);
        let written = settle(&mut session, at(2));
        assert_eq!((written[0].0, written[0].1.connected_instances.len()), (Form::Prefix, 2));
    }
}
