//! A race mode through the hooks: standings, what a class of viewers may see, and nothing else in what is rendered.

use regie_sdk::testing::Kit;
use regie_sdk::{
    Catalog, Context, Fault, Html, Preset, Projection, Race, RaceMode, Standing, Standings, View, Viewer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Hunt {
    found: Vec<u32>,
    secret: u32,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    found: Vec<u32>,
    secret: Option<u32>,
}

struct Sprint;

impl RaceMode for Sprint {
    type State = Hunt;
    type Action = u32;
    type Shown = Seen;

    fn catalog(&self, _: &Context) -> Catalog {
        Catalog::new("Sprint")
    }
    fn preset(&self, _: &Preset) -> Hunt {
        Hunt { found: vec![0, 0, 0], secret: 7 }
    }
    fn update(&self, state: &mut Hunt, slot: u32, _: &Context) -> Result<(), Fault> {
        let index = usize::try_from(slot).unwrap_or(usize::MAX).wrapping_sub(1);
        *state.found.get_mut(index).ok_or_else(|| Fault::new("unknown_slot", "nobody"))? += 1;
        Ok(())
    }
    fn standings(&self, state: &Hunt, race: &Race) -> Standings {
        let all = race.participants.iter().map(|racer| Standing {
            participant: racer.slot,
            status: racer.status.clone(),
            progress: f64::from(state.found[racer.slot as usize - 1]),
            ..Standing::default()
        });
        Standings::ranked(all.collect(), |one| std::cmp::Reverse(state.found[one.participant as usize - 1]))
    }
    fn project(&self, state: &Hunt, standings: Standings, viewer: &Viewer, race: &Race) -> Projection<Seen> {
        let knows = viewer.role == "organizer" && race.elapsed_ms().is_some();
        let shown = Seen { found: state.found.clone(), secret: knows.then_some(state.secret) };
        Projection::new(shown, standings).revealing(json!({ "layers": 2 }))
    }
    fn reveal(&self, seed: Value, reveal: Value, _: &Race) -> Result<Value, Fault> {
        Ok(json!({ "of": seed["graph"], "up_to": reveal["layers"] }))
    }
    fn render(&self, shown: &Seen, _: &View) -> Html {
        maud::html! { p { (shown.secret.map_or("?".to_owned(), |secret| secret.to_string())) } }
    }
}
regie_sdk::export!(Sprint, race);

fn kit() -> Kit<Sprint, regie_sdk::kind::Race> {
    Kit::new(Sprint).participants(["Alice", "Bob", "Chloé"]).start()
}

#[test]
fn ties_share_a_place_and_statuses_are_the_hosts() {
    let mut kit = kit();
    kit.statuses.insert(3, "abandoned".into());
    kit.change(json!(2));
    let standings = kit.standings().unwrap().participants;
    let places: Vec<_> =
        standings.iter().map(|one| (one.participant, one.place, one.status.as_str())).collect();
    assert_eq!(places, [(2, 1, "playing"), (1, 2, "playing"), (3, 2, "abandoned")]);
}

#[test]
fn what_is_rendered_is_what_the_viewer_may_see() {
    assert_eq!(kit().page("live").text(), "?");
    let mut organizer = kit().seen_by("organizer", None);
    assert_eq!(organizer.page("live").text(), "7");
    organizer.race.started_at_ms = None;
    assert_eq!(organizer.page("live").text(), "?");
    assert_eq!(organizer.project().unwrap().reveal, Some(json!({"layers": 2})));
}

#[test]
fn a_part_of_the_seed_is_revealed() {
    let request = json!({"seed": {"graph": "g", "more": 1}, "reveal": {"layers": 2}, "newer": true});
    let answer = regie_sdk::hooks::reveal(&Sprint, &request.to_string()).unwrap();
    assert_eq!(answer, r#"{"of":"g","up_to":2}"#);
}

#[test]
fn what_a_mode_adds_to_standings_is_kept() {
    let text = r#"{"participants":[{"participant":1,"place":1,"status":"playing","progress":1.0,"layer":3}],"leader":1}"#;
    let standings: Standings = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&standings).unwrap(), text);
}

#[test]
fn what_the_host_tells_changes_nothing_where_the_mode_does_not_know_it_and_everything_else_is_refused() {
    let mut kit = Kit::new(Sprint).participants(["Alice", "Bob", "Chloe"]).start();
    let told = kit.act(json!({ "type": "host:join", "slot": 3 }));
    assert_eq!((told.changed, told.fault), (false, None));
    assert_eq!(kit.refusal(json!({ "type": "join" })).code, "bad_action");
}
