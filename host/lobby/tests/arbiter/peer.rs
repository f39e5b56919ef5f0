//! A plain peer: reads and writes topics, knows nothing of the arbiter.

use std::time::Duration;

use regie_lobby_client::wire::{Form, Place, State, StateDoc};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, Publish, QoS};
use tokio::{sync::mpsc, time::timeout};

/// More than anything takes.
const LONG: Duration = Duration::from_secs(40);

pub struct Peer {
    pub id: String,
    client: AsyncClient,
    heard: mpsc::UnboundedReceiver<Publish>,
}

impl Peer {
    pub async fn connect(port: u16, id: &str) -> Self {
        let mut options = MqttOptions::new(id, "127.0.0.1", port);
        options.set_max_packet_size(4 << 20, 4 << 20);
        let (client, mut events) = AsyncClient::new(options, 100);
        let (tell, heard) = mpsc::unbounded_channel();
        while !matches!(events.poll().await.unwrap(), Event::Incoming(Packet::ConnAck(_))) {}
        tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(Packet::Publish(publish)) = event {
                    let _ = tell.send(publish);
                }
            }
        });
        Self { id: id.into(), client, heard }
    }

    pub async fn subscribe(&self, filter: &str) {
        self.client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
    }

    pub async fn say(&self, topic: &str, payload: impl Into<Vec<u8>>, retain: bool) {
        self.client.publish(topic, QoS::AtLeastOnce, retain, payload).await.unwrap();
    }

    pub async fn write(&self, form: Form, doc: &StateDoc) {
        let topic = Place::State { session: &doc.session_id, form }.to_string();
        self.say(&topic, serde_json::to_vec(doc).unwrap(), true).await;
    }

    pub async fn sign_of_life(&self, session: &str) {
        let body =
            serde_json::json!({ "seed": 1, "clientId": self.id, "is_leader": false, "timestamp": time(0) });
        self.say(&format!("{session}/session_seed_sync"), body.to_string(), true).await;
    }

    /// The next message for which `fits`.
    pub async fn hear(&mut self, what: &str, mut fits: impl FnMut(&Publish) -> bool) -> Publish {
        let mut last = None;
        let found = timeout(LONG, async {
            loop {
                let message = self.heard.recv().await.expect("the connection of the peer broke");
                if fits(&message) {
                    return message;
                }
                last = Some((message.topic, String::from_utf8_lossy(&message.payload).into_owned()));
            }
        });
        found.await.unwrap_or_else(|_| panic!("{what} was not heard; the last was {last:?}"))
    }

    /// The next state of `session`, on this form's topic, for which `fits`.
    pub async fn state(
        &mut self,
        session: &str,
        form: Form,
        what: &str,
        mut fits: impl FnMut(&StateDoc) -> bool,
    ) -> StateDoc {
        let topic = Place::State { session, form }.to_string();
        let read = |m: &Publish| serde_json::from_slice::<StateDoc>(&m.payload).ok();
        let fits = |m: &Publish| m.topic == topic && read(m).is_some_and(|doc| fits(&doc));
        read(&self.hear(what, fits).await).unwrap()
    }

    /// What stands on the topics of `filter`, by topic.
    pub async fn retained(&mut self, filter: &str) -> Vec<Publish> {
        let marker = format!("regie_test/{}", self.id);
        self.subscribe(&marker).await;
        self.subscribe(filter).await;
        self.say(&marker, "1", false).await;
        let mut stand = Vec::new();
        self.hear("the end of what stands there", |message| {
            stand.extend((message.retain && message.topic != marker).then(|| message.clone()));
            message.topic == marker
        })
        .await;
        stand
    }
}

/// Made by its first member.
pub fn session(id: &str, members: &[&str], version: u64) -> StateDoc {
    StateDoc {
        session_id: id.into(),
        creator_client_id: members[0].into(),
        model_name: "Tide pools".into(),
        state: State::Open,
        connected_instances: members.iter().map(|m| (*m).to_owned()).collect(),
        num_players_min: 2,
        num_players_max: 20,
        created_at: time(0),
        last_updated: time(i64::try_from(version).unwrap()),
        last_heartbeat: time(i64::try_from(version).unwrap()),
        version,
        arbitrated: None,
        by: None,
        other: serde_json::Map::new(),
    }
}

pub fn members(doc: &StateDoc) -> Vec<&str> {
    let mut members: Vec<_> = doc.connected_instances.iter().map(String::as_str).collect();
    members.sort_unstable();
    members
}

/// Now, and `micros` more, as games write it; no two are the same.
pub fn time(micros: i64) -> String {
    let now = time::OffsetDateTime::now_utc() + time::Duration::microseconds(micros);
    let format = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]"
    );
    now.format(&format).unwrap()
}
