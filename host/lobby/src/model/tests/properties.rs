//! Whatever peers do, and in whatever order their messages arrive.

use proptest::prelude::*;
use regie_lobby_client::wire::{Form, State};

use super::world::{Act, Setting, Step, World};
use crate::model::{Closed, CreatorGone, Note, Rules};

/// Peer 0 created the session and stays.
fn steps(acts: impl Strategy<Value = Act> + Clone) -> impl Strategy<Value = Vec<Step>> {
    let gap = prop_oneof![3 => 0..30_u64, 2 => 0..400_u64, 1 => 0..9_000_u64];
    let step = (gap, 1..8_usize, acts).prop_map(|(after_ms, peer, act)| Step { after_ms, peer, act });
    prop::collection::vec(step, 0..40)
}

fn setting(seed: u64, verify: bool) -> Setting {
    Setting { verify, delay_ms: 1 + seed % 150, ..Setting::with(seed) }
}

fn crashing() -> impl Strategy<Value = Act> + Clone {
    prop_oneof![4 => Just(Act::Toggle), 1 => Just(Act::Crash), 1 => Just(Act::Revive)]
}

/// Each case is a minute with eight peers: a quarter of the usual number, which `PROPTEST_CASES` raises.
fn cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn in_the_end_everybody_sees_who_is_really_in_and_nobody_who_left_comes_back(
        seed in any::<u64>(), verify in any::<bool>(), steps in steps(Just(Act::Toggle)),
    ) {
        let mut world = World::new(setting(seed, verify));
        world.play(&steps);
        world.assert_settled();
    }

    #[test]
    fn who_crashes_is_out_and_who_starts_again_is_in(
        seed in any::<u64>(), verify in any::<bool>(), steps in steps(crashing()),
    ) {
        let mut world = World::new(setting(seed, verify));
        world.play(&steps);
        world.assert_settled();
    }

    #[test]
    fn no_limit_is_ever_exceeded_and_all_seats_are_used(
        seed in any::<u64>(), limit in 2..6_u32, steps in steps(Just(Act::Toggle)),
    ) {
        let mut world = World::new(Setting { limit, ..setting(seed, true) });
        world.play(&steps);
        world.assert_settled();
    }

    #[test]
    fn a_restart_at_any_point_loses_nobody(
        seed in any::<u64>(),
        verify in any::<bool>(),
        steps in steps(prop_oneof![5 => Just(Act::Toggle), 1 => Just(Act::Restart)]),
    ) {
        let mut world = World::new(setting(seed, verify));
        world.play(&steps);
        world.assert_settled();
    }

    #[test]
    fn a_crashed_peer_is_out_after_15_s_and_not_before_10(
        seed in any::<u64>(), at in 0..9_000_u64, crashed in 1..8_usize,
    ) {
        let mut world = World::new(setting(seed, false));
        let joins = (1..8).map(|peer| Step { after_ms: 50, peer, act: Act::Toggle });
        let crash = Step { after_ms: at, peer: crashed, act: Act::Crash };
        world.play(&joins.chain([crash]).collect::<Vec<_>>());
        let crashed_ms = 2_000 + 7 * 50 + at;
        let id = world.peers[crashed].id.clone();
        let out: Vec<u64> = world.notes.iter().filter(|(_, note)| *note == Note::Evicted { client_id: id.clone() })
            .map(|(at, _)| *at).collect();
        assert_eq!(out.len(), 1, "{:?}", world.notes);
        // Its last sign is at most 3 s older than the crash, and may come a second time; ticks come every second.
        assert!((crashed_ms + 12_000..=crashed_ms + 19_500).contains(&out[0]), "{} {}", crashed_ms, out[0]);
        let evicted = world.notes.iter().filter(|(_, note)| matches!(note, Note::Evicted { .. })).count();
        assert_eq!(evicted, 1);
        world.assert_settled();
    }

    #[test]
    fn a_creator_who_crashes_is_handled_within_20_s(
        seed in any::<u64>(), at in 0..9_000_u64, hand_over in any::<bool>(),
    ) {
        let creator_gone = if hand_over { CreatorGone::HandOver } else { CreatorGone::Close };
        let rules = Rules { creator_gone, ..Rules::default() };
        let mut world = World::new(Setting { rules, ..setting(seed, false) });
        // Peers would close it themselves; the host is to know it alone.
        let joins = (1..8).map(|peer| Step { after_ms: 50, peer, act: Act::Toggle });
        let crash = Step { after_ms: at, peer: 0, act: Act::Crash };
        world.patient = hand_over;
        world.play(&joins.chain([crash]).collect::<Vec<_>>());
        let crashed_ms = 2_000 + 7 * 50 + at;
        let handled = world.notes.iter().find(|(_, note)| {
            matches!(note, Note::Closed { .. } | Note::HandedOver { .. })
        }).unwrap();
        assert!((crashed_ms + 9_000..=crashed_ms + 20_000).contains(&handled.0), "{} {:?}", crashed_ms, handled);
        if hand_over {
            world.assert_settled();
            let joined = world.notes.iter().filter_map(|(_, note)| match note {
                Note::Joined { client_id } if client_id != "peer-0" => Some(client_id),
                _ => None,
            });
            let heir = &world.session.as_ref().unwrap().record().creator_client_id;
            assert_eq!(Some(heir), joined.clone().next());
        } else {
            assert!(world.session.as_ref().unwrap().is_over());
            assert!(Form::ALL.iter().all(|form| world.standing(*form).is_none()), "emptied");
        }
    }

    #[test]
    fn a_peer_with_a_wrong_clock_cannot_close_a_living_session(
        seed in any::<u64>(), wrong in 1..8_usize, hours in prop_oneof![Just(2_i64), Just(-2), Just(1), Just(300)],
        steps in steps(Just(Act::Toggle)),
    ) {
        let mut world = World::new(setting(seed, false));
        world.peers[wrong].skew_ms += hours * 3_600_000;
        let joins = Step { after_ms: 0, peer: wrong, act: Act::Toggle };
        let others = steps.into_iter().filter(|step| step.peer != wrong).collect::<Vec<_>>();
        world.stubborn = true;
        world.play(&[&[joins], &others[..]].concat());
        let closed = world.notes.iter().any(|(_, note)| matches!(note, Note::Closed { .. }));
        assert!(!closed, "{:?}", world.notes);
        assert_eq!(world.session.as_ref().unwrap().record().state, State::Open);
        if hours > 0 {
            let refused = world.notes.iter().any(|(_, note)| matches!(note, Note::Refused { .. }));
            assert!(refused, "it tried");
        }
    }

    #[test]
    fn a_creator_who_leaves_closes_it_and_nothing_of_it_stays_on_the_broker(
        seed in any::<u64>(), verify in any::<bool>(), steps in steps(Just(Act::Toggle)),
    ) {
        let mut world = World::new(setting(seed, verify));
        let leaves = Step { after_ms: 100, peer: 0, act: Act::Toggle };
        world.play(&[&steps[..], &[leaves]].concat());
        let record = world.session.as_ref().unwrap().record();
        assert!(matches!(record.closed.map(|closed| closed.why), Some(Closed::CreatorLeft | Closed::Written)));
        assert!(world.session.as_ref().unwrap().is_over());
        assert!(Form::ALL.iter().all(|form| world.standing(*form).is_none()));
        assert!(world.peers.iter().all(|peer| !peer.inside), "everybody saw it");
    }
}

#[test]
fn a_mark_that_a_peer_copied_does_not_hide_what_it_wrote() {
    let mut world = World::new(Setting { twice: 0, ..Setting::with(3) });
    world.run(1_000);
    world.keeps_marks = true;
    for peer in 1..8 {
        world.join(peer, 0);
        world.run(400);
    }
    world.leave(3);
    world.run(1_000);
    world.assert_settled();
    let heartbeats = world.notes.iter().filter(|(_, note)| *note == Note::Heartbeat).count();
    world.run(20_000);
    assert_eq!(world.notes.iter().filter(|(_, note)| *note == Note::Heartbeat).count(), heartbeats + 4);
}
