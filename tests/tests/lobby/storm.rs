//! Forty sessions in a storm of joins, leaves, crashes and stale heartbeats of plain peers.

mod judge;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::{judge::judge, plan::Plan};
use crate::{
    field::{Field, On, arbitrates},
    mosquitto::Mosquitto,
    peers::{Peers, set},
};

const SEED: u64 = 0x00C0_FFEE;

/// At once, as they mostly wait.
#[tokio::test]
async fn in_a_storm_nobody_is_lost_and_nobody_stays_who_left_but_without_the_arbiter_many() {
    let (plain, mosquitto, embedded) = tokio::join!(
        without_arbiter(60.0),
        with_arbiter(On::Mosquitto, 60.0),
        with_arbiter(On::Embedded, 60.0)
    );
    println!(
        "without the arbiter: {plain}\nwith it on mosquitto: {mosquitto}\nwith it on the embedded broker: {embedded}"
    );
    assert!(plain.lost > 0, "{plain}");
}

#[tokio::test]
async fn a_storm_is_weathered_in_which_the_server_is_killed_or_its_broker_forgets_all() {
    let (mosquitto, embedded, forgetful) = tokio::join!(
        with_something_down(On::Mosquitto, Down::Server),
        with_something_down(On::Embedded, Down::Server),
        with_something_down(On::Mosquitto, Down::Broker)
    );
    println!(
        "without the server: {mosquitto}\nwithout server and broker: {embedded}\nwithout the broker: {forgetful}"
    );
}

#[derive(Debug)]
struct Figures {
    members: usize,
    lost: usize,
    ghosts: usize,
    /// Sessions that are not open though nobody closed them.
    closed: usize,
    more: String,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { members, lost, ghosts, closed, more } = self;
        write!(f, "{members} members, lost {lost}, ghosts {ghosts}, {closed} closed by mistake{more}")
    }
}

/// All speak one form of topic: nobody mirrors the other.
async fn without_arbiter(seconds: f64) -> Figures {
    let broker = Mosquitto::start().await;
    let mut peers = Peers::start(broker.port);
    let mut plan = Plan::draw(SEED, seconds);
    for (_, options) in &mut plan.peers {
        options["form"] = json!("prefix");
    }
    release(&mut peers, &plan).await;
    peers.pass(seconds + 25.0).await;
    peers.watch("after", &["session_state/#"]).await;
    peers.pass(1.0).await;
    let stands: BTreeMap<String, Value> = peers
        .heard("after")
        .filter_map(|(topic, payload, _)| {
            Some((topic.strip_prefix("session_state/")?.to_owned(), serde_json::from_str(payload).ok()?))
        })
        .collect();
    let end = peers.now().await;
    let verdict = judge(&peers.reports, end, None);
    let more = format!(
        "; somebody was unseen {} times, and {} times seen though gone; {} gave up",
        verdict.unseen.lasting.len(),
        verdict.returned.lasting.len(),
        verdict.gave_up
    );
    let mut figures = Figures { members: 0, lost: 0, ghosts: 0, closed: 0, more };
    for (session, expected) in &plan.expected {
        let doc = &stands[session];
        let members = set(doc["connected_instances"].as_array().unwrap().iter().filter_map(Value::as_str));
        figures.members += expected.len();
        figures.lost += expected.difference(&members).count();
        figures.ghosts += members.difference(expected).count();
        figures.closed += usize::from(doc["state"] != "open");
    }
    figures
}

async fn with_arbiter(broker: On, seconds: f64) -> Figures {
    let mut field = Field::on(broker).await;
    let plan = Plan::draw(SEED, seconds);
    release(&mut field.peers, &plan).await;
    field.peers.pass(seconds).await;
    settled(&mut field, &plan, None).await
}

enum Down {
    Server,
    Broker,
}

/// Killed after ten of thirty seconds, and away for five.
async fn with_something_down(broker: On, down: Down) -> Figures {
    let mut field = Field::on(broker).await;
    let plan = Plan::draw(SEED, 30.0);
    release(&mut field.peers, &plan).await;
    field.peers.pass(10.0).await;
    let from = field.peers.now().await;
    match down {
        Down::Server => {
            field.regie.kill();
            field.peers.pass(5.0).await;
            field.regie.start_again().await;
        }
        Down::Broker => {
            let broker = field.mosquitto.as_mut().unwrap();
            broker.kill();
            field.peers.pass(5.0).await;
            broker.start_again().await;
        }
    }
    arbitrates(&field.regie).await;
    // Peers look for the broker once a second. Who left and came back meanwhile, and found itself in an old copy, has written nothing:
    // it is known by its signs of life, from six seconds after its leaving on.
    let up = field.peers.now().await + 2.0 + 7.0;
    field.peers.pass(15.0).await;
    settled(&mut field, &plan, Some((from, up))).await
}

async fn release(peers: &mut Peers, plan: &Plan) {
    for (peer, options) in &plan.peers {
        let mut new = options.clone();
        new["do"] = json!("new");
        new["peers"] = json!([peer]);
        peers.tell(new).await;
    }
    for command in &plan.commands {
        peers.tell(command.clone()).await;
    }
}

/// Waits until the crashed are out and all see the same; then all that was promised is held against all that was seen.
async fn settled(field: &mut Field, plan: &Plan, down: Option<(f64, f64)>) -> Figures {
    for _ in 0..45 {
        if differences(&field.peers, plan).is_empty() {
            break;
        }
        field.peers.pass(1.0).await;
    }
    let differences = differences(&field.peers, plan);
    if !differences.is_empty() {
        panic!("after 45 s: {differences:#?}\n{}", of_session(field, plan, &differences[0]).await);
    }
    let sessions: BTreeMap<String, BTreeSet<String>> = field
        .sessions()
        .await
        .iter()
        .map(|session| {
            let members = session["connected_instances"].as_array().unwrap().iter().filter_map(Value::as_str);
            (session["session_id"].as_str().unwrap().to_owned(), set(members))
        })
        .collect();
    assert_eq!(sessions, plan.expected);
    // A plain peer that comes now finds the same on either form of topic.
    field.peers.watch("after", &["session_state/#", "+/session_state"]).await;
    field.peers.pass(1.0).await;
    for (session, expected) in &plan.expected {
        for topic in [format!("session_state/{session}"), format!("{session}/session_state")] {
            let stands = field.peers.heard("after").filter(|(t, ..)| *t == topic).last();
            let doc: Value = serde_json::from_str(stands.unwrap_or_else(|| panic!("no {topic}")).1).unwrap();
            let members =
                set(doc["connected_instances"].as_array().unwrap().iter().filter_map(Value::as_str));
            assert_eq!((&members, &doc["state"]), (expected, &json!("open")), "{topic}");
        }
    }
    let end = field.peers.now().await;
    let verdict = judge(&field.peers.reports, end, down);
    let moments = (verdict.unseen.moments, verdict.returned.moments);
    let longest_s = verdict.unseen.longest_s.max(verdict.returned.longest_s);
    assert!(verdict.unseen.lasting.is_empty(), "unseen: {:#?}", verdict.unseen.lasting);
    assert!(verdict.returned.lasting.is_empty(), "returned: {:#?}", verdict.returned.lasting);
    assert_eq!(verdict.broken, 0, "peers could not read a time");
    assert_eq!(field.stat("lost").await, 0);
    Figures {
        members: plan.expected.values().map(BTreeSet::len).sum(),
        lost: 0,
        ghosts: 0,
        closed: 0,
        more: format!(
            "; {} joins, {} leaves, {} crashes; a join is seen after {:.0} ms (p50), {:.0} ms (p99), {:.0} ms \
             (last); raw writes showed others {moments:?} moments of the unseen and the departed, {:.0} ms at most; {} \
             gave up; {} raw writes, {} corrections",
            plan.joins,
            plan.leaves,
            plan.crashes,
            verdict.percentile_ms(0.5),
            verdict.percentile_ms(0.99),
            verdict.percentile_ms(1.0),
            longest_s * 1000.0,
            verdict.gave_up,
            field.stat("raw_writes").await,
            field.stat("corrections").await,
        ),
    }
}

/// What was planned for the session that a difference is about, and what the server says of it.
async fn of_session(field: &Field, plan: &Plan, difference: &str) -> String {
    let session = difference.split("-p").next().unwrap_or_default();
    let is_its = |command: &&Value| {
        let peer = command["peer"].as_str().unwrap_or_default();
        peer.starts_with(&format!("{session}-p"))
    };
    let planned: Vec<_> = plan.commands.iter().filter(is_its).map(Value::to_string).collect();
    let history = field.regie.get(&format!("/api/lobby/sessions/{session}/history?limit=200")).await.text;
    format!("{}\n{history}", planned.join("\n"))
}

/// Who sees what they should not: nothing when all is well.
fn differences(peers: &Peers, plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    for (peer, _) in &plan.peers {
        let view = peers.view(peer);
        let (session, _) = peer.rsplit_once("-p").unwrap();
        let expected = plan.expected.get(session).filter(|members| members.contains(peer));
        if expected.is_some() != view.marked {
            found.push(format!("{peer} is in: {}", view.marked));
        } else if let Some(expected) = expected
            && (view.members != *expected || view.state != "open")
        {
            found.push(format!("{peer} sees {:?}, {}", view.members, view.state));
        }
    }
    found
}
