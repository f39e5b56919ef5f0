//! The client on a real broker, without any arbiter.

mod broker;

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use broker::Mosquitto;
use regie_lobby_client::{
    ActError, Available, ConnectError, Event, JoinError, Lobby, Membership, New, Options, Protocol,
    wire::{By, Form, Place, Ready, SeedSync, StateDoc, Will},
};
use rumqttc::{AsyncClient, Event as Mqtt, Incoming, MqttOptions, QoS};
use serde_json::json;
use tokio::{
    sync::{broadcast, mpsc},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(20);

async fn lobby(broker: &Mosquitto, name: &str) -> Lobby {
    Lobby::connect(Options::new(broker.url(), name)).await.expect("the broker is there")
}

async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(SOON, future).await.unwrap_or_else(|_| panic!("{what} did not come"))
}

async fn event(events: &mut broadcast::Receiver<Event>, wanted: Event) {
    soon(&format!("{wanted:?}"), async {
        while events.recv().await.unwrap_or_else(|e| panic!("{e}, before {wanted:?}")) != wanted {}
    })
    .await;
}

async fn state(of: &Membership, fits: impl FnMut(&StateDoc) -> bool) -> StateDoc {
    soon("the state", async { of.state().wait_for(fits).await.expect("it is in").clone() }).await
}

async fn listed(lobby: &Lobby, fits: impl FnMut(&Vec<Available>) -> bool) -> Vec<Available> {
    soon("the list", async { lobby.watch().wait_for(fits).await.expect("it is there").clone() }).await
}

fn members(doc: &StateDoc) -> Vec<&str> {
    doc.connected_instances.iter().map(String::as_str).collect()
}

/// Somebody who only reads and writes topics.
struct Plain {
    client: AsyncClient,
    heard: mpsc::UnboundedReceiver<(String, Vec<u8>)>,
}

impl Plain {
    async fn on(broker: &Mosquitto, filter: &str) -> Self {
        let port = broker.url().rsplit(':').next().expect("a port").parse().expect("a number");
        let name = format!("plain-{}", filter.replace('/', "-"));
        let (client, mut events) = AsyncClient::new(MqttOptions::new(name, "127.0.0.1", port), 64);
        let (sender, heard) = mpsc::unbounded_channel();
        let (ready, subscribed) = tokio::sync::oneshot::channel();
        client.subscribe(filter, QoS::AtLeastOnce).await.expect("it is asked");
        tokio::spawn(async move {
            let mut ready = Some(ready);
            while let Ok(event) = events.poll().await {
                match event {
                    Mqtt::Incoming(Incoming::SubAck(_)) => {
                        let _ = ready.take().map(|ready| ready.send(()));
                    }
                    // Still told when nobody listens any more: the test is over.
                    Mqtt::Incoming(Incoming::Publish(one)) => {
                        let _ = sender.send((one.topic, one.payload.to_vec()));
                    }
                    _ => {}
                }
            }
        });
        soon("the subscription", subscribed).await.expect("it is confirmed");
        Self { client, heard }
    }

    async fn say(&self, place: Place<'_>, retain: bool, payload: Vec<u8>) {
        self.client.publish(place.to_string(), QoS::AtLeastOnce, retain, payload).await.expect("it is sent");
    }

    async fn hear(&mut self, what: &str, mut fits: impl FnMut(&str, &[u8]) -> bool) -> (String, Vec<u8>) {
        soon(what, async {
            loop {
                let (topic, payload) = self.heard.recv().await.expect("the broker is there");
                if fits(&topic, &payload) {
                    return (topic, payload);
                }
            }
        })
        .await
    }
}

/// The example, as a process.
struct Process {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

impl Process {
    fn start(broker: &Mosquitto, name: &str, words: &[&str]) -> Self {
        let deps = std::env::current_exe().expect("this test has a file");
        let target: PathBuf = deps.ancestors().nth(2).expect("target/debug").to_owned();
        let mut child = Command::new(target.join("examples/peer"))
            .args(["--url", &broker.url(), "--id", name])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo test` builds examples");
        let (sender, lines) = mpsc::unbounded_channel();
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    async fn line(&mut self, begins: &str) -> String {
        soon(begins, async {
            loop {
                let line = self.lines.recv().await.unwrap_or_else(|| panic!("it ended before {begins:?}"));
                if let Some(rest) = line.strip_prefix(begins) {
                    return rest.trim().to_owned();
                }
            }
        })
        .await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn two_clients_meet_start_and_part_without_an_arbiter() {
    let broker = Mosquitto::start();
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let seed = json!({"number": 7});
    let made = ada.create(New { seed: seed.clone(), ..New::named("Tide pools", 2, 4) }).await.expect("made");
    let mut told = made.events();
    let list = listed(&bob, |list| !list.is_empty()).await;
    assert_eq!((list[0].model_name.as_str(), list[0].mine), ("Tide pools", false));
    assert!(list[0].can_be_joined());

    let joined = bob.join(&list[0].session_id).await.expect("there is room");
    event(&mut told, Event::Joined("bob".into())).await;
    assert_eq!(members(&state(&made, |doc| doc.version == 2).await), ["ada", "bob"]);
    listed(&bob, |list| list.iter().any(|one| one.mine)).await;
    soon("the seed", async {
        let mut changes = joined.state();
        while joined.seed() != seed {
            changes.changed().await.expect("heartbeats come meanwhile");
        }
    })
    .await;
    assert_eq!(joined.start().await, Err(ActError::NotCreator));
    made.start().await.expect("the creator may");
    let mut heard = joined.events();
    event(&mut heard, Event::Started).await;
    let late = lobby(&broker, "cy").await;
    assert_eq!(late.join(made.session_id()).await.err(), Some(JoinError::NotOpen));

    joined.leave().await.expect("it is left");
    event(&mut told, Event::Left("bob".into())).await;
    soon("the end", joined.ended()).await;
    let after = state(&made, |doc| doc.connected_instances.len() == 1).await;
    assert_eq!(after.by.map(|by| by.client_id).as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_closed_session_ends_memberships_leaves_the_list_and_then_the_broker() {
    let broker = Mosquitto::start();
    let mut all = Plain::on(&broker, "#").await;
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let id = made.session_id().to_owned();
    let joined = bob.join(&id).await.expect("there is room");
    let mut heard = joined.events();
    assert_eq!(joined.close().await, Err(ActError::NotCreator));
    made.close().await.expect("the creator may");
    event(&mut heard, Event::Closed).await;
    assert_eq!(joined.start().await, Err(ActError::Ended));
    soon("the end", joined.ended()).await;
    listed(&bob, Vec::is_empty).await;
    let cy = lobby(&broker, "cy").await;
    assert_eq!(cy.join(&id).await.err(), Some(JoinError::Closed));
    let suffix = Place::State { session: &id, form: Form::Suffix }.to_string();
    all.hear("the empty topic", |topic, payload| topic == suffix && payload.is_empty()).await;
    soon("the end", made.ended()).await;
    assert_eq!(cy.join(&id).await.err(), Some(JoinError::Unknown));
}

#[tokio::test]
async fn nobody_joins_a_session_that_is_full_or_is_none() {
    let broker = Mosquitto::start();
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let made = ada.create(New::named("Tide pools", 1, 1)).await.expect("made");
    assert_eq!(bob.join(made.session_id()).await.err(), Some(JoinError::Full));
    assert_eq!(bob.join("nowhere").await.err(), Some(JoinError::Unknown));
    assert_eq!(bob.join("no/where").await.err(), Some(JoinError::Unknown));
    assert!(ada.create(New::named("Tide pools", 3, 2)).await.is_err(), "fewer than its fewest");
    let free = Options::new("mqtt://127.0.0.1:9", "ada");
    assert!(matches!(Lobby::connect(free).await, Err(ConnectError::Broker(_))));
}

#[tokio::test]
async fn a_join_that_is_written_over_is_tried_again() {
    let broker = Mosquitto::start();
    let ada = lobby(&broker, "ada").await;
    let made = ada.create(New::named("Tide pools", 2, 0)).await.expect("made");
    let id = made.session_id().to_owned();
    // Somebody plain whose own join was written from the same state, and comes after ours.
    let place = Place::State { session: &id, form: Form::Prefix };
    let mut plain = Plain::on(&broker, &place.to_string()).await;
    let read = plain.hear("a state", |_, _| true).await.1;
    let mut stale: StateDoc = serde_json::from_slice(&read).expect("a state");
    stale.connected_instances.push("plain".into());
    stale.version += 1;
    stale.by = None;
    let bob = lobby(&broker, "bob").await;
    let (joined, ()) = tokio::join!(bob.join(&id), async {
        let has_bob = |payload: &[u8]| String::from_utf8_lossy(payload).contains("bob");
        plain.hear("bob's join", |_, payload| has_bob(payload)).await;
        plain.say(place, true, serde_json::to_vec(&stale).expect("JSON")).await;
    });
    let joined = joined.expect("the second try");
    let both = state(&joined, |doc| doc.connected_instances.len() == 3).await;
    assert_eq!(members(&both), ["ada", "plain", "bob"]);
    assert_eq!(both.version, 3, "it was rebased");
}

#[tokio::test]
async fn three_who_join_at_once_are_all_in() {
    let broker = Mosquitto::start();
    let ada = lobby(&broker, "ada").await;
    let made = ada.create(New::named("Tide pools", 2, 0)).await.expect("made");
    let (bob, cy) = (lobby(&broker, "bob").await, lobby(&broker, "cy").await);
    let (bob, cy) = tokio::join!(bob.join(made.session_id()), cy.join(made.session_id()));
    let _in = (bob.expect("bob is in"), cy.expect("cy is in"));
    state(&made, |doc| doc.connected_instances.len() == 3).await;
}

#[tokio::test]
async fn who_is_written_out_by_a_stale_write_comes_back() {
    let broker = Mosquitto::start();
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 0)).await.expect("made");
    let joined = bob.join(made.session_id()).await.expect("there is room");
    let place = Place::State { session: made.session_id(), form: Form::Prefix };
    let plain = Plain::on(&broker, &place.to_string()).await;
    let mut stale = joined.state().borrow().clone();
    stale.connected_instances = vec!["ada".into(), "plain".into()];
    stale.version += 1;
    stale.by = None;
    plain.say(place, true, serde_json::to_vec(&stale).expect("JSON")).await;
    let all = state(&made, |doc| doc.connected_instances.len() == 3).await;
    assert_eq!(members(&all), ["ada", "plain", "bob"]);
}

#[tokio::test]
async fn killed_without_a_word_a_peer_leaves_its_will_with_its_incarnation() {
    let broker = Mosquitto::start();
    let ada = lobby(&broker, "ada").await;
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let mut wills = Plain::on(&broker, "+/session_will/+").await;
    let mut peer = Process::start(&broker, "bob", &["join", made.session_id()]);
    peer.line("members").await;
    let joined = state(&made, |doc| doc.by.as_ref().is_some_and(|by| by.client_id == "bob")).await;
    let incarnation = joined.by.expect("it is signed").incarnation;
    peer.child.kill().expect("it runs");
    let (topic, payload) = wills.hear("the will", |_, _| true).await;
    assert_eq!(topic, format!("{}/session_will/bob", made.session_id()));
    let will: Will = serde_json::from_slice(&payload).expect("a will");
    assert_eq!(will, Will { client_id: "bob".into(), incarnation });
}

#[tokio::test]
async fn who_leaves_leaves_no_will() {
    let broker = Mosquitto::start();
    let mut all = Plain::on(&broker, "#").await;
    let options = Options { protocol: Protocol::V311, ..Options::new(broker.url(), "ada") };
    let ada = Lobby::connect(options).await.expect("3.1.1 is spoken");
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let bob = Options { protocol: Protocol::V311, ..Options::new(broker.url(), "bob") };
    let bob = Lobby::connect(bob).await.expect("3.1.1 is spoken");
    let joined = bob.join(made.session_id()).await.expect("there is room");
    joined.leave().await.expect("it is left");
    soon("the end", joined.ended()).await;
    // Over 3.1.1 a will comes at once, so that this one's would have come before the other's.
    let id = made.session_id().to_owned();
    made.vanish();
    let (topic, _) = all.hear("a will", |topic, _| topic.contains("/session_will/")).await;
    assert_eq!(topic, format!("{id}/session_will/ada"));
}

#[tokio::test]
async fn a_session_goes_on_when_its_broker_was_started_again_and_has_forgotten_all() {
    let mut broker = Mosquitto::start();
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let joined = bob.join(made.session_id()).await.expect("there is room");
    let before = state(&joined, |doc| doc.connected_instances.len() == 2).await;
    broker.stop();
    listed(&bob, |list| list.len() == 1).await;
    broker.start_again();
    let place = Place::State { session: made.session_id(), form: Form::Suffix };
    let mut plain = Plain::on(&broker, &place.to_string()).await;
    let (_, payload) = plain.hear("the state", |_, payload| !payload.is_empty()).await;
    let after: StateDoc = serde_json::from_slice(&payload).expect("a state");
    assert_eq!((members(&after), after.version), (vec!["ada", "bob"], before.version));
    made.start().await.expect("it goes on");
    event(&mut joined.events(), Event::Started).await;
}

#[tokio::test]
async fn a_creator_who_vanishes_takes_an_open_session_along() {
    let broker = Mosquitto::start();
    let (ada, bob) = (lobby(&broker, "ada").await, lobby(&broker, "bob").await);
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let joined = bob.join(made.session_id()).await.expect("there is room");
    let mut events = joined.events();
    made.vanish();
    let closed = timeout(Duration::from_secs(25), async {
        while events.recv().await.expect("it is in") != Event::Closed {}
    });
    closed.await.expect("it is closed in time");
}

#[tokio::test]
async fn the_later_start_of_a_client_is_the_living_one() {
    let broker = Mosquitto::start();
    let ada = lobby(&broker, "ada").await;
    let made = ada.create(New::named("Tide pools", 2, 4)).await.expect("made");
    let start = |incarnation| Options { incarnation: Some(incarnation), ..Options::new(broker.url(), "bob") };
    let first = Lobby::connect(start(1)).await.expect("the broker is there");
    let joined = first.join(made.session_id()).await.expect("there is room");
    let mut events = joined.events();
    let second = Lobby::connect(start(2)).await.expect("the broker is there");
    let again = second.join(made.session_id()).await.expect("it is in already");
    soon("the eviction", async { while !matches!(events.recv().await, Ok(Event::Evicted(_))) {} }).await;
    soon("the end", joined.ended()).await;
    assert_eq!(members(&again.state().borrow()), ["ada", "bob"]);
}

#[tokio::test]
async fn a_peer_says_that_it_is_ready_and_alive() {
    let broker = Mosquitto::start();
    let mut all = Plain::on(&broker, "#").await;
    let ada = lobby(&broker, "ada").await;
    let made = ada.create(New { seed: json!(42), ..New::named("Tide pools", 2, 4) }).await.expect("made");
    let id = made.session_id();
    let topic = format!("{id}/session_instance_ready/ada");
    let (_, payload) = all.hear("ready", |heard, _| heard == topic).await;
    let ready: Ready = serde_json::from_slice(&payload).expect("ready");
    assert!(ready.seed_synced && ready.game_start_subscribed);
    for _ in 0..2 {
        let (_, payload) = all.hear("a sign of life", |heard, _| heard.ends_with("/session_seed_sync")).await;
        let sync: SeedSync = serde_json::from_slice(&payload).expect("a sign of life");
        assert_eq!((sync.client_id.as_str(), sync.is_leader, sync.seed), ("ada", true, json!(42)));
    }
    let first = made.state().borrow().clone();
    let beaten = state(&made, |doc| doc.last_heartbeat != first.last_heartbeat).await;
    assert_eq!((beaten.version, beaten.by.map(|by| by.client_id)), (1, Some("ada".into())));
    all.hear("discovery", |heard, _| heard == format!("session_discovery/{id}")).await;
}

#[test]
fn a_signature_is_a_client_and_its_incarnation() {
    let by = By { client_id: "ada".into(), incarnation: 7 };
    assert_eq!(serde_json::to_value(&by).expect("JSON"), json!({"clientId": "ada", "incarnation": 7}));
}
