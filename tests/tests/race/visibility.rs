//! What each role is sent in each phase, on every channel, byte for byte: no name of a place that it may not know yet.
//!
//! Everything that is received is kept with who received it and when; at the end, when the whole map is known, it is
//! searched for every place that was forbidden.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use regie_tests::{Link, Socket};
use serde_json::{Value, json};

use crate::stage::Stage;

const QUIET: Duration = Duration::from_millis(400);
const SURFACES: [&str; 6] =
    ["live", "panel", "overlay:dag", "overlay:dag:base", "overlay:leaderboard", "overlay:hud"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Without an account.
    Visitor,
    Caster,
    Organizer,
    /// Plays, and is done first.
    Ada,
    /// Plays to the end.
    Bob,
}

const ROLES: [Role; 5] = [Role::Visitor, Role::Caster, Role::Organizer, Role::Ada, Role::Bob];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Draft,
    Open,
    Countdown,
    Running,
    /// Ada is done, the race is not.
    AdaDone,
    Over,
}

struct Received {
    role: Role,
    phase: Phase,
    channel: String,
    text: String,
}

/// One race, watched by everybody on every channel.
struct Watch {
    stage: Stage,
    caster: String,
    sockets: Vec<(Role, &'static str, Socket)>,
    received: Vec<Received>,
}

impl Watch {
    async fn begin(config: Value) -> Self {
        let stage = Stage::draft(config, &["ada", "bob"]).await;
        let caster = stage.regie.user("caster", "viewer").await;
        stage.organize_with("casters", json!({"name": "caster"})).await;
        let mut watch = Self { stage, caster, sockets: Vec::new(), received: Vec::new() };
        for role in ROLES {
            let socket = watch.stage.spectator(watch.token(role), "").await;
            watch.sockets.push((role, "spectator socket", socket));
        }
        watch
    }

    fn token(&self, role: Role) -> Option<&str> {
        match role {
            Role::Visitor => None,
            Role::Caster => Some(&self.caster),
            Role::Organizer => Some(&self.stage.organizer),
            Role::Ada => Some(&self.stage.players[0].token),
            Role::Bob => Some(&self.stage.players[1].token),
        }
    }

    async fn games(&mut self) {
        for (player, role) in [(0, Role::Ada), (1, Role::Bob)] {
            let (mut game, auth_ok) = self.stage.playing(player).await;
            assert!(auth_ok["seed"]["event_ids"].is_array());
            game.send(json!({"type": "ready", "message_id": "r"})).await;
            game.until("ready_ack").await;
            self.sockets.push((role, "mod socket", game));
        }
    }

    fn game(&mut self, of: Role) -> &mut Socket {
        &mut self.sockets.iter_mut().find(|(role, what, _)| *role == of && *what == "mod socket").unwrap().2
    }

    /// Keeps what everybody was sent in this phase, and asks for everything that can be asked for.
    async fn phase(&mut self, phase: Phase) {
        let asked = join_all(ROLES.map(|role| self.ask(role, phase))).await;
        self.received.extend(asked.into_iter().flatten());
        for (role, channel, socket) in &mut self.sockets {
            socket.drain(QUIET).await;
            let (role, channel, text) = (*role, (*channel).to_owned(), std::mem::take(&mut socket.heard));
            self.received.push(Received { role, phase, channel, text });
        }
    }

    async fn ask(&self, role: Role, phase: Phase) -> Vec<Received> {
        let (id, token) = (&self.stage.id, self.token(role));
        let mut received = Vec::new();
        for path in [
            format!("/api/races/{id}"),
            "/api/races".to_owned(),
            format!("/api/races/{id}/history"),
            format!("/api/races/{id}/replay?at_ms=1000000&surface=live"),
            format!("/race/{id}"),
            format!("/overlay/{id}/dag"),
            format!("/overlay/{id}/leaderboard"),
            format!("/overlay/{id}/hud?slot=1"),
        ] {
            let answer = self.stage.regie.call_as(token, reqwest::Method::GET, &path, None).await;
            received.push(Received { role, phase, channel: path, text: answer.text });
        }
        received.push(Received { role, phase, channel: "live".into(), text: self.live(token).await });
        received
    }

    /// Everything that any topic of the race gives this one.
    async fn live(&self, token: Option<&str>) -> String {
        let mut link = Link::open(&self.stage.regie.url, token).await;
        for class in ["public", "public-30", "nobody", "caster", "caster-60", "organizer", "p1", "p2"] {
            let topic = format!("race/{}/{class}", self.stage.id);
            link.subscribe(&topic, json!({"as": "state"})).await;
            for surface in SURFACES {
                link.subscribe(&topic, json!({"surface": surface, "slot": 1})).await;
                link.subscribe(&topic, json!({"surface": surface})).await;
            }
        }
        let mut text = String::new();
        while let Ok(Some(frame)) = tokio::time::timeout(QUIET, link.next()).await {
            text.push_str(&frame.to_string());
        }
        assert!(!text.is_empty(), "the link answers");
        text
    }
}

/// A place, under every name it has.
struct Place {
    id: String,
    names: Vec<String>,
}

fn places(graph: &Value) -> Vec<Place> {
    let place = |(id, node): (&String, &Value)| {
        let zones = node["zones"].as_array().into_iter().flatten();
        let names = zones.chain([&node["display_name"]]).filter_map(|name| Some(name.as_str()?.to_owned()));
        Place { id: id.clone(), names: names.chain([id.clone()]).collect() }
    };
    graph["nodes"].as_object().unwrap().iter().map(place).collect()
}

/// Two ways from the start that share nothing else, as ids of nodes.
fn ways(graph: &Value) -> (String, Vec<String>, Vec<String>) {
    let edges: Vec<_> = graph["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| (edge["from"].as_str().unwrap().to_owned(), edge["to"].as_str().unwrap().to_owned()))
        .collect();
    let targets: BTreeSet<_> = edges.iter().map(|(_, to)| to).collect();
    let start = edges.iter().map(|(from, _)| from).find(|from| !targets.contains(from)).unwrap().clone();
    let mut seconds = edges.iter().filter(|(from, _)| *from == start).map(|(_, to)| to.clone());
    let (one, other) = (seconds.next().unwrap(), seconds.next().expect("the first step offers a choice"));
    (start, vec![one], vec![other])
}

async fn whole_graph(watch: &Watch) -> Value {
    let mut caster = watch.stage.spectator(Some(&watch.caster), "").await;
    let whole = caster.until_it(|m| m["seed"]["graph_json"]["nodes"].is_object()).await;
    whole["seed"]["graph_json"].clone()
}

/// Lives through a whole race; answers what was received, and the map with who was where.
async fn live_through(config: Value) -> (Watch, Value, Vec<String>, Vec<String>) {
    let mut watch = Watch::begin(config).await;
    watch.phase(Phase::Draft).await;
    watch.stage.organize("open").await;
    watch.stage.release().await;
    watch.games().await;
    watch.phase(Phase::Open).await;
    watch.stage.organize("start").await;
    let status = async |watch: &Watch| watch.stage.race(Some(&watch.caster)).await["status"].clone();
    assert_eq!(status(&watch).await, "countdown");
    watch.phase(Phase::Countdown).await;
    assert_eq!(status(&watch).await, "countdown", "the countdown is long enough to look at everything in it");
    for role in [Role::Ada, Role::Bob] {
        let game = watch.game(role);
        game.until_it(|m| m["type"] == "race_status_change" && m["status"] == "running").await;
    }
    let graph = whole_graph(&watch).await;
    let (start, adas, bobs) = ways(&graph);
    for (role, way) in [(Role::Ada, &adas), (Role::Bob, &bobs)] {
        for (step, node) in way.iter().enumerate() {
            let frame =
                json!({"type": "zone_entered", "to_zone": node, "igt_ms": 60_000 + step, "message_id": node});
            watch.game(role).send(frame).await;
            watch.game(role).until("zone_entered_ack").await;
        }
    }
    watch.phase(Phase::Running).await;
    watch.game(Role::Ada).send(json!({"type": "finished", "igt_ms": 900_000, "message_id": "end"})).await;
    watch.game(Role::Ada).until("finished_ack").await;
    watch.phase(Phase::AdaDone).await;
    watch.game(Role::Bob).send(json!({"type": "finished", "igt_ms": 950_000, "message_id": "end"})).await;
    watch.game(Role::Bob).until("finished_ack").await;
    watch.phase(Phase::Over).await;
    let with_start = |way: Vec<String>| [vec![start.clone()], way].concat();
    (watch, graph, with_start(adas), with_start(bobs))
}

#[tokio::test]
async fn nobody_is_sent_a_place_that_they_may_not_know_yet_on_any_channel() {
    let (watch, graph, adas, bobs) = live_through(json!({"countdown_seconds": 30})).await;
    let known = |role: Role, phase: Phase| -> Option<&[String]> {
        match (role, phase) {
            (_, Phase::Draft | Phase::Open | Phase::Countdown) => Some(&[]),
            (_, Phase::Over) | (Role::Visitor | Role::Caster | Role::Organizer, _) => None,
            (Role::Ada, Phase::AdaDone) => None,
            (Role::Ada, Phase::Running) => Some(&adas),
            (Role::Bob, Phase::Running | Phase::AdaDone) => Some(&bobs),
        }
    };
    check(&watch.received, &graph, known);
    // The same search finds what is there: it does not look past the names.
    let seen = |role, phase| {
        let of = |r: &&Received| r.role == role && r.phase == phase;
        let text: String = watch.received.iter().filter(of).map(|r| r.text.as_str()).collect();
        places(&graph).iter().filter(|place| place.names.iter().any(|name| text.contains(name))).count()
    };
    let all = places(&graph).len();
    for (role, phase, count) in [
        (Role::Visitor, Phase::Countdown, 0),
        (Role::Visitor, Phase::Running, all),
        (Role::Caster, Phase::Running, all),
        (Role::Organizer, Phase::Running, all),
        (Role::Ada, Phase::Running, 2),
        (Role::Bob, Phase::AdaDone, 2),
        (Role::Ada, Phase::AdaDone, all),
        (Role::Bob, Phase::Over, all),
    ] {
        assert_eq!(seen(role, phase), count, "{role:?}, {phase:?}");
    }
}

#[tokio::test]
async fn a_view_that_is_late_or_for_nobody_tells_visitors_nothing_while_the_race_runs() {
    for view in ["delayed", "none"] {
        let config = json!({"countdown_seconds": 30, "public_view": view});
        let (watch, graph, _, _) = live_through(config).await;
        let known = |role, phase| (role == Role::Visitor && phase < Phase::Over).then_some(&[][..]);
        check(&watch.received, &graph, known);
    }
}

/// No text holds a name of a place that is not among the known ones; `None`: all are.
fn check<'a>(received: &[Received], graph: &Value, known: impl Fn(Role, Phase) -> Option<&'a [String]>) {
    let places = places(graph);
    assert!(places.len() > 10);
    let mut leaks = Vec::new();
    for Received { role, phase, channel, text } in received {
        let Some(known) = known(*role, *phase) else { continue };
        for place in places.iter().filter(|place| !known.contains(&place.id)) {
            if let Some(name) = place.names.iter().find(|name| text.contains(*name)) {
                let at = text.find(name.as_str()).unwrap_or(0);
                let around: String =
                    text[text.floor_char_boundary(at.saturating_sub(120))..].chars().take(240).collect();
                leaks.push(format!("{role:?} in {phase:?} on {channel}: `{name}` in …{around}…"));
            }
        }
    }
    leaks.truncate(20);
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[tokio::test]
async fn the_organizer_who_had_the_seed_shown_to_them_sees_it_for_all_to_know() {
    let stage = Stage::open(json!({"countdown_seconds": 0}), &["ada"]).await;
    let mut organizer = stage.spectator(Some(&stage.organizer), "").await;
    assert_eq!(organizer.until("race_state").await["seed"]["graph_json"], Value::Null);
    stage.organize("reveal").await;
    organizer.until_it(|m| m["type"] == "race_state" && m["seed"]["graph_json"]["nodes"].is_object()).await;
    assert_eq!(stage.race(None).await["revealed_to"].as_array().map(Vec::len), Some(1));
    let mut visitor = stage.spectator(None, "").await;
    assert_eq!(visitor.until("race_state").await["seed"]["graph_json"], Value::Null);
}

#[tokio::test]
async fn names_of_finishers_are_hidden_from_who_still_runs() {
    let config = json!({"countdown_seconds": 0, "show_finished_names": false});
    let stage = Stage::open(config, &["quillfeather", "bob"]).await;
    let mut games = stage.run().await;
    let mut bob = stage.spectator(Some(&stage.players[1].token), "").await;
    bob.until("race_state").await;
    games[0].send(json!({"type": "finished", "igt_ms": 60_000, "message_id": 1})).await;
    games[0].until("finished_ack").await;
    let done = |m: &Value| m["type"] == "leaderboard_update" && m["participants"][0]["status"] == "finished";
    bob.until_it(done).await;
    games[1].until_it(done).await;
    for socket in [&mut bob, &mut games[1]] {
        let last = socket.heard.lines().last().unwrap().to_owned();
        assert!(!last.contains("quillfeather"), "{last}");
        socket.heard.clear();
    }
    let (mut again, auth_ok) = stage.playing(1).await;
    again.send(json!({"type": "status_update", "igt_ms": 5000, "message_id": 2})).await;
    again.until("status_update_ack").await;
    bob.drain(QUIET).await;
    let json = stage.race(Some(&stage.players[1].token)).await.to_string();
    for text in [&auth_ok.to_string(), &again.heard, &bob.heard, &json] {
        assert!(!text.contains("quillfeather"), "{text}");
    }
    assert!(stage.race(None).await.to_string().contains("quillfeather"), "spectators read it");
}
