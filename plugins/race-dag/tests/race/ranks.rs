//! Places and gaps.

use proptest::prelude::*;
use race_dag::Dag;
use race_dag::facts::{Core, Facts};
use race_dag::graph::{Edge, Graph, Node};
use race_dag::state::{Runner, State, Visit};
use regie_sdk::{Standings, hooks};
use serde_json::{Value, json};

/// One node a layer, thirteen of them.
fn line() -> Graph {
    let id = |layer: u32| format!("n{layer}");
    let nodes = (0..13).map(|layer| (id(layer), Node { layer, ..Node::default() }));
    let edges = (0..12).map(|layer| Edge { from: id(layer), to: id(layer + 1) });
    Graph { total_layers: 13, nodes: nodes.collect(), edges: edges.collect(), ..Graph::default() }
}

/// A participant: slot, status, `(layer, when entered)`, clock.
type Entry = (u32, String, Vec<(u16, u64)>, u64);

/// `"2 playing 3@50 4@70 >90"`: visits, and after `>` the clock.
fn entry(text: &str) -> Entry {
    let mut words = text.split_whitespace();
    let slot = words.next().unwrap().parse().unwrap();
    let status = words.next().unwrap().to_owned();
    let (mut visits, mut clock) = (vec![], 0);
    for word in words {
        match (word.strip_prefix('>'), word.split_once('@')) {
            (Some(igt), _) => clock = igt.parse().unwrap(),
            (_, Some((layer, igt))) => visits.push((layer.parse().unwrap(), igt.parse().unwrap())),
            _ => panic!("{word}"),
        }
    }
    (slot, status, visits, clock)
}

fn standings(entries: &[Entry]) -> Standings {
    let runner = |(_, status, visits, clock): &Entry| {
        let start = if matches!(status.as_str(), "ready" | "registered") { None } else { Some(&(0, 0)) };
        let visits = start.into_iter().chain(visits);
        Runner {
            visits: visits.map(|(node, igt_ms)| Visit { node: *node, igt_ms: *igt_ms, deaths: 0 }).collect(),
            igt_ms: *clock,
            ..Runner::default()
        }
    };
    let state = State {
        runners: entries.iter().map(|entry| (entry.0, runner(entry))).collect(),
        facts: Some(Facts { core: Some(Core::of(&line()).0), ..Facts::default() }),
        ..State::default()
    };
    let racers: Vec<Value> =
        entries.iter().map(|(slot, status, ..)| json!({"slot": slot, "status": status})).collect();
    let request = json!({"state": state, "participants": racers, "race": {"status": "running"}, "now_ms": 0});
    serde_json::from_str(&hooks::standings(&Dag, &request.to_string()).unwrap()).unwrap()
}

/// `"2#1+0 1#2+31000 3#3"`: slot, place, gap.
fn told(standings: &Standings) -> String {
    let one = |standing: &regie_sdk::Standing| {
        let gap = standing.gap_ms.map(|gap| format!("{gap:+}")).unwrap_or_default();
        format!("{}#{}{gap}", standing.participant, standing.place)
    };
    standings.participants.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn check(entries: &[&str], expected: &str) {
    let entries: Vec<Entry> = entries.iter().map(|text| entry(text)).collect();
    assert_eq!(told(&standings(&entries)), expected, "{entries:?}");
}

#[test]
fn everybody_stands_where_they_should() {
    // Nobody, and one alone.
    check(&[], "");
    check(&["1 registered"], "1#1");
    check(&["1 playing"], "1#1+0");
    check(&["1 finished >5"], "1#1+0");
    // Finished by time.
    check(&["1 finished >900", "2 finished >800"], "2#1+0 1#2+100");
    check(&["1 finished >800", "2 finished >800", "3 finished >801"], "1#1+0 2#1+0 3#3+1");
    check(&["3 finished >7", "2 finished >7", "1 finished >7"], "1#1+0 2#1+0 3#1+0");
    check(&["1 finished 12@70 >80", "2 playing 12@60 >200"], "1#1+0 2#2+0");
    // On the way by layer, then by when it was entered.
    check(&["1 playing 3@50 >60", "2 playing 4@90 >95"], "2#1+0 1#2+0");
    check(&["1 playing 4@50 >60", "2 playing 4@40 >55"], "2#1+0 1#2+10");
    check(&["1 playing 4@40 >60", "2 playing 4@40 >99"], "1#1+0 2#1+0");
    check(&["1 playing 4@40 >60", "2 playing 4@40 >60", "3 playing 4@41 >60"], "1#1+0 2#1+0 3#3+1");
    check(&["1 playing >60", "2 playing >10"], "1#1+0 2#1+0");
    check(&["1 playing 4@40 2@50 >60", "2 playing 3@10 >20"], "1#1+0 2#2+0");
    check(&["1 playing 4@40 2@50 4@55 >60", "2 playing 4@45 >50"], "1#1+0 2#2+5");
    check(&["1 playing 2@30 4@40 >60", "2 playing 2@10 4@50 >60"], "1#1+0 2#2+10");
    // Statuses in their order.
    check(
        &["1 disqualified", "2 abandoned", "3 registered", "4 ready", "5 playing", "6 finished"],
        "6#1+0 5#2+0 4#3 3#4 2#5 1#6",
    );
    check(&["1 ready", "2 ready", "3 registered", "4 registered"], "1#1 2#1 3#3 4#3");
    check(&["1 playing 11@9 >10", "2 finished >9999999"], "2#1+0 1#2+0");
    check(&["1 ready", "2 playing"], "2#1+0 1#2");
    check(&["1 abandoned 12@99 >100", "2 registered"], "2#1 1#2");
    check(&["1 nonsense", "2 disqualified"], "2#1 1#2");
    // Those who gave up, by layer, then time.
    check(&["1 abandoned 3@5 >9", "2 abandoned 4@5 >9"], "2#1 1#2");
    check(&["1 abandoned 3@5 >9", "2 abandoned 3@8 >8"], "2#1 1#2");
    check(&["1 abandoned 3@5 >9", "2 abandoned 3@6 >9"], "1#1 2#1");
    check(&["1 disqualified 9@1 >2", "2 disqualified"], "1#1 2#1");
    // Gaps. The worked example: splits 6: 361000 and 7: 421000.
    let leader = "1 playing 6@361000 7@421000 >500000";
    check(&[leader, "2 playing 6@451000 >452000"], "1#1+0 2#2+31000");
    check(&[leader, "2 playing 6@451000 >451000"], "1#1+0 2#2+30000");
    check(&[leader, "2 playing 6@400000 >410000"], "1#1+0 2#2+39000");
    check(&[leader, "2 playing 6@400000 >421000"], "1#1+0 2#2+39000");
    check(&[leader, "2 playing 6@400000 >421001"], "1#1+0 2#2+1");
    check(&[leader, "2 playing 7@430000 >430000"], "1#1+0 2#2+9000");
    check(&[leader, "2 playing 7@430000 >900000"], "1#1+0 2#2+9000");
    check(&[leader, "2 playing 6@350000 >360000"], "1#1+0 2#2+0");
    // Layers that were jumped over count as reached.
    check(&["1 playing 6@100 >110", "2 playing 4@200 >250"], "1#1+0 2#2+150");
    // Who gave up or was disqualified leads nobody.
    check(&["1 abandoned 5@10 >20", "2 playing 5@30 >40"], "2#1+0 1#2");
    check(&["1 disqualified 5@10 >20", "2 finished 5@30 >40", "3 playing 5@35 >36"], "2#1+0 3#2+5 1#3");
    // Who has finished stays the measure of the last layer.
    check(&["1 finished 11@50 12@70 >80", "2 playing 11@65 >75"], "1#1+0 2#2+5");
}

#[test]
fn splits_are_told_by_layer_and_the_measure_for_bars_is_the_last_one() {
    let standings = standings(&[entry("1 playing 1@10 2@30 >40"), entry("2 playing 1@5 >40")]);
    assert_eq!(standings.more["leader_splits"], json!({"0": 0, "1": 5, "2": 30}));
    assert_eq!(standings.more["total"], 12);
}

fn anybody() -> impl Strategy<Value = (String, Vec<(u16, u64)>, u64)> {
    let statuses = vec!["registered", "ready", "playing", "playing", "finished", "abandoned", "disqualified"];
    let visits = prop::collection::vec((0..13_u16, 0..6_u64), 0..6);
    (prop::sample::select(statuses), visits, 0..8_u64).prop_map(|(status, mut visits, clock)| {
        visits.sort_by_key(|visit| visit.1);
        let last = visits.last().map_or(0, |visit| visit.1);
        (status.to_owned(), visits, clock.max(last))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn the_order_of_asking_never_matters_and_ties_share_a_place(
        people in prop::collection::vec(anybody(), 0..8), shift in 0..8_usize,
    ) {
        let mut entries: Vec<Entry> =
            (1..).zip(people).map(|(slot, (status, visits, clock))| (slot, status, visits, clock)).collect();
        let first = standings(&entries);
        entries.reverse();
        let middle = shift % entries.len().max(1);
        entries.rotate_left(middle);
        prop_assert_eq!(&standings(&entries), &first);
        for (index, pair) in first.participants.windows(2).enumerate() {
            let place = |at: usize| first.participants[at].place;
            prop_assert!(place(index + 1) == place(index) || place(index + 1) as usize == index + 2);
            let same = |key: &str| pair[0].more[key] == pair[1].more[key];
            let playing = pair.iter().all(|one| one.status == "playing");
            if playing {
                let tie = same("current_layer") && same("layer_entry_igt");
                prop_assert_eq!(tie, pair[0].place == pair[1].place);
            }
            if pair.iter().all(|one| one.status == "finished") {
                prop_assert_eq!(pair[0].igt_ms == pair[1].igt_ms, pair[0].place == pair[1].place);
            }
        }
        prop_assert!(first.participants.first().is_none_or(|first| first.place == 1));
        prop_assert!(first.participants.iter().all(|one| one.gap_ms.is_none_or(|gap| gap >= 0)));
    }
}
