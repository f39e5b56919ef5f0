//! A storm of joining and leaving: 40 sessions with 10 peers each, with the arbiter and without it, the same steps.

use std::collections::BTreeSet;

use super::{
    broker::Dice,
    world::{Act, Setting, Step, World},
};

const SESSIONS: u64 = 40;

#[derive(Debug, Default)]
struct Tally {
    members: usize,
    lost: usize,
    ghosts: usize,
    corrections: u64,
    /// Messages of peers to the state.
    writes: u64,
}

fn storm(arbiter: bool) -> Tally {
    let mut tally = Tally::default();
    for seed in 0..SESSIONS {
        let mut dice = Dice(seed);
        let mut world = World::new(Setting {
            arbiter,
            peers: 10,
            twice: 0,
            delay_ms: 40,
            one_topic: true,
            ..Setting::with(seed)
        });
        let all = (1..10).map(|peer| Step { after_ms: 0, peer, act: Act::Toggle });
        let some = (0..30).map(|_| Step {
            after_ms: dice.below(300),
            peer: 1 + dice.below(9) as usize,
            act: Act::Toggle,
        });
        world.play(&all.chain(some).collect::<Vec<_>>());
        let inside = world.inside();
        // On one topic, or nobody without the arbiter could see half of the others.
        let seen: BTreeSet<String> = world.standing(world.peers[0].form).unwrap_or_default();
        tally.members += inside.len();
        tally.lost += inside.difference(&seen).count();
        tally.ghosts += seen.difference(&inside).count();
        tally.corrections += world.corrections;
        tally.writes += world.writes;
        if arbiter {
            world.assert_settled();
        }
    }
    tally
}

#[test]
fn a_storm_loses_members_and_leaves_ghosts_without_the_arbiter_and_none_with_it() {
    let without = storm(false);
    let with = storm(true);
    println!("without: {without:?}\nwith: {with:?}");
    assert!(without.lost > 0 && without.ghosts > 0, "{without:?}");
    assert_eq!((with.lost, with.ghosts), (0, 0), "{with:?}");
    assert!(with.members > 100, "{with:?}");
}
