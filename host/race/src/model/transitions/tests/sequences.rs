use proptest::prelude::*;
use regie_core::parse_rfc3339;

use super::{T0, draft, newcomer, run_due};
use crate::model::{
    Config, Entrance, Now, ParticipantStatus as P, Planted, Race, RaceStatus as R, Start, StartAsked,
    deadline,
};

#[derive(Debug, Clone)]
enum Step {
    Wait(i64),
    Open,
    Start { force: bool, in_s: Option<i64> },
    Unschedule,
    Reset,
    Finish,
    Cancel,
    Join(u8, bool),
    Leave(u32),
    Remove(u8),
    Ready(u32),
    Begin(u32),
    Finished(u32),
    Abandon(u32),
    Disqualify(u32),
    Undo(u32),
    Release,
    Reroll,
    Revoke(u32),
    Configure(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let slot = 1..6_u32;
    prop_oneof![
        4 => (0..200_i64).prop_map(Step::Wait),
        2 => Just(Step::Open),
        3 => (any::<bool>(), prop::option::of(-5..90_i64)).prop_map(|(force, in_s)| Step::Start { force, in_s }),
        1 => Just(Step::Unschedule),
        1 => Just(Step::Reset),
        1 => Just(Step::Finish),
        1 => Just(Step::Cancel),
        4 => (0..6_u8, any::<bool>()).prop_map(|(who, added)| Step::Join(who, added)),
        1 => slot.clone().prop_map(Step::Leave),
        1 => (0..6_u8).prop_map(Step::Remove),
        5 => slot.clone().prop_map(Step::Ready),
        2 => slot.clone().prop_map(Step::Begin),
        4 => slot.clone().prop_map(Step::Finished),
        2 => slot.clone().prop_map(Step::Abandon),
        1 => slot.clone().prop_map(Step::Disqualify),
        2 => slot.clone().prop_map(Step::Undo),
        1 => Just(Step::Release),
        1 => Just(Step::Reroll),
        1 => slot.prop_map(Step::Revoke),
        1 => (1..9_u32).prop_map(Step::Configure),
    ]
}

fn apply(race: &mut Race, step: &Step, now: &mut Now) -> regie_core::Result<()> {
    let who = |n: &u8| newcomer(["Ada", "Ben", "Cy", "Dan", "Eve", "Fay"][usize::from(*n)]);
    let change = match step {
        Step::Wait(seconds) => {
            *now = Now::at(now.ms + seconds * 1000);
            run_due(race, now);
            return Ok(());
        }
        Step::Open => race.open(now),
        Step::Start { force, in_s } => {
            race.start(StartAsked { force: *force, at_ms: in_s.map(|s| now.ms + s * 1000) }, now)
        }
        Step::Unschedule => race.schedule(None, now),
        Step::Reset => race.reset(),
        Step::Finish => race.finish(now),
        Step::Cancel => race.cancel(),
        Step::Join(n, added) => race.join(who(n), if *added { Entrance::Added } else { Entrance::Own }, now),
        Step::Leave(slot) => race.leave(*slot),
        Step::Remove(n) => race.remove(&who(n).id),
        Step::Ready(slot) => race.ready(*slot, now),
        Step::Begin(slot) => race.begin(*slot, now),
        Step::Finished(slot) => race.finished(*slot, now).map(|change| match race.settle(now) {
            Some(settled) => change.then(settled),
            None => change,
        }),
        Step::Abandon(slot) => race.abandon(*slot, now),
        Step::Disqualify(slot) => race.disqualify(*slot, now),
        Step::Undo(slot) => race.undo(*slot, now),
        Step::Release => race.release_packs(now),
        Step::Reroll => race.replant(Planted::default()),
        Step::Revoke(slot) => race.revoke_token(*slot),
        Step::Configure(most) => race.configure(Config { max_participants: *most, ..race.config.clone() }),
    };
    change.map(drop)
}

/// What holds of every document, however it came about.
fn check(race: &Race, now: &Now) -> Result<(), TestCaseError> {
    let started = race.status.is_started();
    prop_assert_eq!(race.started_at.is_some(), started, "started_at exactly of what has started");
    prop_assert_eq!(race.finished_at.is_some(), race.status == R::Finished);
    let all_ended = race.participants.iter().all(|p| p.status.is_terminal());
    if race.status == R::Running && !race.participants.is_empty() {
        prop_assert!(!all_ended, "a race that everybody has ended is finished");
    }
    if race.status == R::Finished {
        prop_assert!(all_ended, "in a finished race everybody has ended");
    }
    let mut slots: Vec<_> = race.participants.iter().map(|p| p.slot).collect();
    slots.dedup();
    prop_assert_eq!(slots.len(), race.participants.len(), "slots are unique");
    prop_assert!(slots.iter().all(|s| (1..=race.slots_given).contains(s)));
    let most = usize::try_from(race.config.max_participants).unwrap();
    prop_assert!(race.participants.len() <= most);
    for p in &race.participants {
        if !started {
            prop_assert!(matches!(p.status, P::Registered | P::Ready), "nobody plays before the start");
            prop_assert!(p.started_at.is_none());
        }
        prop_assert_eq!(p.finished_at.is_some(), p.status.is_terminal());
        if p.status == P::Playing {
            let began = p.started_at.as_deref().and_then(parse_rfc3339);
            prop_assert!(race.status == R::Running && began.is_some_and(|began| began <= now.ms));
        }
        if p.status == P::Registered {
            prop_assert!(p.started_at.is_none());
        }
    }
    for d in &race.deadlines {
        let slot = d.slot.map(|slot| race.in_slot(slot).map(|p| p.status));
        let alive = match (d.kind.as_str(), slot) {
            (deadline::COUNTDOWN, None) => race.status == R::Open && race.scheduled_start.is_some(),
            (deadline::GO, None) => race.status == R::Countdown,
            (deadline::GO, Some(status)) => race.status == R::Running && status == Some(P::Ready),
            (deadline::LIMIT, None) => race.status == R::Running,
            (deadline::LIMIT, Some(status)) => race.status == R::Running && status == Some(P::Playing),
            _ => false,
        };
        prop_assert!(alive, "a deadline for nothing: {:?}", d);
    }
    if race.status == R::Countdown {
        prop_assert!(race.deadlines.iter().any(|d| d.kind == deadline::GO), "a countdown has an end");
    }
    Ok(())
}

fn statuses(race: &Race) -> Vec<(String, P)> {
    race.participants.iter().map(|p| (p.id.clone(), p.status)).collect()
}

/// Who has ended stays so, but for an undo and a new try.
fn check_terminal(before: &[(String, P)], race: &Race, step: &Step) -> Result<(), TestCaseError> {
    if matches!(step, Step::Undo(_) | Step::Reset) {
        return Ok(());
    }
    for (id, status) in before.iter().filter(|(_, status)| status.is_terminal()) {
        prop_assert_eq!(race.participant(id).map(|p| p.status), Some(*status), "{} after {:?}", id, step);
    }
    Ok(())
}

fn config() -> impl Strategy<Value = Config> {
    let late = prop::option::of(1..3_u32);
    let limit = prop::option::of(1..4_u32);
    (any::<bool>(), 0..30_u32, 1..6_u32, late, limit).prop_map(|(together, countdown, most, late, limit)| {
        Config {
            start: if together { Start::Together } else { Start::Async },
            countdown_seconds: countdown,
            max_participants: most,
            late_join_minutes: late,
            time_limit_minutes: limit,
            ..Config::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_transitions_leads_to_an_invalid_document(
        config in config(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut race, mut now) = (draft(config), Now::at(T0));
        for step in &steps {
            let (before, bytes) = (statuses(&race), serde_json::to_string(&race).unwrap());
            let done = apply(&mut race, step, &mut now);
            if done.is_err() {
                prop_assert_eq!(&bytes, &serde_json::to_string(&race).unwrap(), "refused {:?} changed something", step);
            }
            check(&race, &now).map_err(|e| TestCaseError::fail(format!("after {step:?}: {e}\n{bytes}")))?;
            check_terminal(&before, &race, step)?;
        }
    }
}
