//! Races on the board, as the host runs them.

use race_bingo::Bingo;
use regie_sdk::{Effect, Fault, testing::Kit};
use serde_json::{Value, json};

type Race = Kit<Bingo, regie_sdk::kind::Race>;

fn race(settings: &[(&str, Value)]) -> Race {
    let kit = settings.iter().fold(Kit::new(Bingo), |kit, (key, value)| kit.setting(key, value.clone()));
    let mut kit = kit.participants(["Alice", "Bob", "Chloé"]).start();
    kit.change(json!({"type": "host:start"}));
    kit
}

fn small(rule: &str, board: &str) -> Race {
    race(&[("width", json!(3)), ("height", json!(3)), ("rule", json!(rule)), ("board", json!(board))])
}

fn mark(kit: &mut Race, slot: u32, square: usize) -> Vec<Effect> {
    kit.actor = Some(slot);
    kit.act(json!({"type": "mark", "square": square})).effects
}

fn refused(kit: &mut Race, slot: u32, action: Value) -> Fault {
    kit.actor = Some(slot);
    kit.refusal(action)
}

fn places(kit: &Race) -> Vec<(u32, u32)> {
    kit.standings()
        .expect("a race stands")
        .participants
        .iter()
        .map(|one| (one.participant, one.place))
        .collect()
}

#[test]
fn a_row_a_column_and_a_diagonal_are_lines_and_the_first_line_finishes() {
    for line in [[0, 1, 2], [1, 4, 7], [0, 4, 8], [2, 4, 6]] {
        let mut kit = small("lines", "each");
        assert_eq!(mark(&mut kit, 2, line[0]), []);
        assert_eq!(mark(&mut kit, 2, line[1]), []);
        assert_eq!(mark(&mut kit, 2, line[2]), [Effect::Finished { participant: 2 }], "{line:?}");
        assert_eq!(refused(&mut kit, 2, json!({"type": "mark", "square": 5})).code, "already_ended");
    }
}

#[test]
fn a_board_that_is_not_square_has_no_diagonals() {
    let mut kit = race(&[("width", json!(3)), ("height", json!(2)), ("lines", json!(20))]);
    for square in 0..5 {
        assert_eq!(mark(&mut kit, 1, square), []);
    }
    // Two rows and three columns are all the lines there are.
    assert_eq!(mark(&mut kit, 1, 5), [Effect::Finished { participant: 1 }]);
}

#[test]
fn each_fills_a_board_of_their_own_and_a_blackout_needs_every_square() {
    let mut kit = small("blackout", "each");
    for square in 0..9 {
        let effects = mark(&mut kit, 1, square);
        assert_eq!(effects.len(), usize::from(square == 8));
        assert_eq!(mark(&mut kit, 3, square).len(), usize::from(square == 8), "Chloé marks the same squares");
    }
}

#[test]
fn in_a_lockout_a_square_belongs_to_who_was_first_and_a_lead_that_cannot_be_caught_ends_it_for_all() {
    let mut kit = small("lockout", "each");
    mark(&mut kit, 1, 0);
    let fault = refused(&mut kit, 2, json!({"type": "mark", "square": 0}));
    assert_eq!((fault.code.as_str(), fault.message.as_str()), ("taken", "Alice was first"));
    for (slot, square) in [(2, 1), (1, 2), (1, 3), (2, 4)] {
        assert_eq!(mark(&mut kit, slot, square), []);
    }
    assert_eq!(mark(&mut kit, 1, 5), [], "four to two with three left may still be a tie of nobody's");
    let all = mark(&mut kit, 1, 6);
    assert_eq!(all.len(), 3, "{all:?}");
    kit.statuses = (1..=3).map(|slot| (slot, "finished".into())).collect();
    assert_eq!(places(&kit), [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn a_shared_blackout_ends_when_the_board_is_full_and_counts_who_did_how_much() {
    let mut kit = small("blackout", "shared");
    for square in 0..8 {
        assert_eq!(mark(&mut kit, 1 + u32::from(square % 3 == 0), square), []);
    }
    assert_eq!(mark(&mut kit, 3, 8).len(), 3);
}

#[test]
fn who_has_more_is_ahead_and_of_two_with_as_much_who_had_it_first() {
    let mut kit = small("blackout", "each");
    for (slot, square) in [(3, 0), (1, 5), (2, 5), (2, 6)] {
        mark(&mut kit, slot, square);
    }
    assert_eq!(places(&kit), [(2, 1), (3, 2), (1, 3)]);
    kit.statuses.insert(2, "abandoned".into());
    assert_eq!(places(&kit), [(3, 1), (1, 2), (2, 3)]);
}

#[test]
fn an_undone_finish_takes_the_last_mark_back_and_a_reset_everything() {
    let mut kit = small("lines", "each");
    for square in [0, 1, 2] {
        mark(&mut kit, 1, square);
    }
    kit.change(json!({"type": "host:undo", "slot": 1}));
    assert_eq!(kit.state["marks"]["1"].as_object().unwrap().len(), 2);
    assert_eq!(mark(&mut kit, 1, 2), [Effect::Finished { participant: 1 }]);
    kit.change(json!({"type": "host:reset"}));
    assert_eq!(kit.state["marks"], json!({}));
    assert_eq!(refused(&mut kit, 1, json!({"type": "mark", "square": 1})).code, "not_playing");
}

#[test]
fn only_players_mark_and_only_squares_that_are_there() {
    let mut kit = small("lines", "each");
    assert_eq!(kit.refusal(json!({"type": "mark", "square": 1})).code, "not_playing", "nobody in particular");
    assert_eq!(refused(&mut kit, 1, json!({"type": "mark", "square": 9})).code, "unknown_square");
    assert_eq!(refused(&mut kit, 1, json!({"type": "mark", "square": -1})).code, "bad_action");
    mark(&mut kit, 1, 4);
    assert!(!kit.act(json!({"type": "mark", "square": 4})).changed, "again is nothing");
    assert!(kit.act(json!({"type": "unmark", "square": 4})).changed);
}

/// What each class of viewers is sent, read as bytes: no goal before the start, no square of others to who still plays.
#[test]
fn what_is_hidden_is_not_in_what_is_sent() {
    let goals = (0..9).map(|n| format!("SECRET-{n}")).collect::<Vec<_>>();
    let settings = [
        ("width", json!(3)),
        ("height", json!(3)),
        ("rule", json!("blackout")),
        ("goals", json!(goals.join(";"))),
    ];
    let mut kit = race(&settings);
    mark(&mut kit, 2, 7);
    mark(&mut kit, 1, 3);
    let sent = |kit: &mut Race, role: &str, slot: Option<u32>, phase: &str, status: &str| {
        kit.viewer = regie_sdk::protocol::ViewerClass { role: role.into(), participant: slot, igt_ms: None };
        kit.race.status = phase.into();
        kit.statuses = (1..=3).map(|slot| (slot, status.into())).collect();
        let projected = kit.project().unwrap();
        serde_json::to_string(&projected).unwrap() + &kit.html("live")
    };
    for (role, slot) in [("public", None), ("caster", None), ("participant", Some(1)), ("nobody", None)] {
        for (phase, status) in [("draft", "registered"), ("open", "ready"), ("countdown", "ready")] {
            assert!(!sent(&mut kit, role, slot, phase, status).contains("SECRET"), "{role} {phase}");
        }
    }
    assert!(!sent(&mut kit, "nobody", None, "running", "playing").contains("SECRET"));
    let own = sent(&mut kit, "participant", Some(1), "running", "playing");
    assert!(own.contains("SECRET") && own.contains("\"marks\":{\"1\":[3]}"), "{own}");
    assert!(sent(&mut kit, "participant", Some(1), "running", "finished").contains("\"2\":[7]"));
    assert!(sent(&mut kit, "public", None, "running", "playing").contains("\"2\":[7]"));
    assert!(sent(&mut kit, "organizer", None, "open", "ready").contains("SECRET"));
    assert!(sent(&mut kit, "nobody", None, "finished", "finished").contains("SECRET"));
}

#[test]
fn a_replay_shows_the_board_as_it_was() {
    let mut kit = small("lines", "each");
    for square in [0, 1, 2] {
        mark(&mut kit, 1, square);
    }
    kit.race.status = "finished".into();
    kit.statuses.insert(1, "finished".into());
    // A second passes between one action and the next, the first of them the start.
    kit.viewer.igt_ms = Some(2_000);
    let then = kit.project().unwrap();
    assert_eq!(then.view["marks"]["1"], json!([0, 1]));
    assert_eq!(then.standings.participants[0].status, "playing");
}

#[test]
fn a_seed_is_checked_and_says_what_does_not_fit() {
    let start = |seed: Value| Kit::<Bingo, regie_sdk::kind::Race>::new(Bingo).start_from(Some(seed));
    let goals = |n: usize| (0..n).map(|n| format!("goal {n}")).collect::<Vec<_>>();
    assert!(start(json!({"width": 2, "height": 2, "goals": goals(4)})).is_ok());
    for (seed, path) in [
        (json!({"width": 1, "height": 2, "goals": goals(2)}), "seed.width"),
        (json!({"width": 2, "height": 2, "goals": goals(3)}), "seed.goals"),
        (json!({"width": 2, "height": 2, "goals": ["a", "", "b", "c"]}), "seed.goals[1]"),
    ] {
        assert_eq!(start(seed).err().and_then(|fault| fault.path).as_deref(), Some(path));
    }
}

#[test]
fn the_same_random_draws_the_same_board_and_own_goals_come_first() {
    let goals = |kit: &Race| kit.state["board"]["goals"].clone();
    assert_eq!(goals(&race(&[])), goals(&race(&[])));
    let kit = race(&[("goals", json!("Mine;Yours")), ("width", json!(2)), ("height", json!(2))]);
    let drawn: Vec<_> =
        goals(&kit).as_array().unwrap().iter().map(|goal| goal.as_str().unwrap().to_owned()).collect();
    assert!(drawn.contains(&"Mine".to_owned()) && drawn.contains(&"Yours".to_owned()), "{drawn:?}");
}

#[test]
fn players_click_their_board_and_others_see_no_buttons() {
    let mut kit = small("lines", "each");
    kit.viewer =
        regie_sdk::protocol::ViewerClass { role: "participant".into(), participant: Some(1), igt_ms: None };
    assert_eq!(kit.page("live").buttons().count(), 9);
    kit.can_edit = false;
    assert_eq!(kit.page("live").buttons().count(), 0);
    kit.can_edit = true;
    kit.viewer.role = "public".into();
    kit.viewer.participant = None;
    assert_eq!(kit.page("live").buttons().count(), 0);
}

#[test]
fn no_action_breaks_it() {
    let examples = [
        json!({"type": "mark", "square": 1}),
        json!({"type": "unmark", "square": 1}),
        json!({"type": "host:undo", "slot": 1}),
    ];
    small("lockout", "each").assert_total(&examples, 400);
    small("lines", "each").assert_total(&examples, 400);
}
