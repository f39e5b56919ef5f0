//! A plain peer of a lobby's session: it reads the retained state, adds itself and writes it back, as games do.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_secs(20);
/// How often it shows that it lives.
const SIGN: Duration = Duration::from_secs(3);

pub struct Peer {
    id: String,
    session: String,
    client: AsyncClient,
    alive: JoinHandle<()>,
}

impl Peer {
    /// `broker`: `mqtt://127.0.0.1:39123`.
    pub async fn join(broker: &str, id: &str, session: &str) -> Self {
        let (host, port) = broker.trim_start_matches("mqtt://").rsplit_once(':').unwrap();
        let mut options = MqttOptions::new(id, host, port.parse().unwrap());
        options.set_keep_alive(Duration::from_secs(30));
        let (client, mut events) = AsyncClient::new(options, 16);
        let topic = format!("session_state/{session}");
        client.subscribe(&topic, QoS::AtLeastOnce).await.unwrap();
        let read = read(&mut events, &topic);
        let mut state = tokio::time::timeout(SOON, read).await.expect("the state is retained");
        state.as_object_mut().unwrap().remove("_arb");
        state["connected_instances"].as_array_mut().unwrap().push(id.into());
        state["version"] = json!(state["version"].as_u64().unwrap() + 1);
        client.publish(&topic, QoS::AtLeastOnce, true, state.to_string()).await.unwrap();
        let alive = tokio::spawn(live(client.clone(), events, id.to_owned(), session.to_owned()));
        Self { id: id.to_owned(), session: session.to_owned(), client, alive }
    }

    /// Says which player of the game it is.
    pub async fn register(&mut self, player: &str) {
        let topic = format!("{}/session_player_registration/{player}", self.session);
        let said = json!({"clientId": self.id, "assigned_player_name": player, "timestamp": ""});
        self.client.publish(topic, QoS::AtLeastOnce, false, said.to_string()).await.unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.alive.abort();
    }
}

async fn read(events: &mut EventLoop, topic: &str) -> Value {
    loop {
        match events.poll().await.expect("the broker answers") {
            Event::Incoming(Packet::Publish(publish)) if publish.topic == topic => {
                return serde_json::from_slice(&publish.payload).expect("a state is JSON");
            }
            _ => {}
        }
    }
}

async fn live(client: AsyncClient, mut events: EventLoop, id: String, session: String) {
    let mut signs = tokio::time::interval(SIGN);
    loop {
        tokio::select! {
            event = events.poll() => drop(event.expect("the broker stays")),
            _ = signs.tick() => {
                let said = json!({"seed": 7, "clientId": id, "is_leader": false, "timestamp": ""});
                let topic = format!("{session}/session_seed_sync");
                client.try_publish(topic, QoS::AtLeastOnce, true, said.to_string()).expect("there is room");
            }
        }
    }
}
