//! One connection to the broker, over MQTT 5 or 3.1.1, that is made again whenever it breaks.

use std::time::Duration;

use bytes::Bytes;
use rumqttc::{Outgoing, v5};
use tokio::{sync::mpsc, task::JoinHandle, time};

use super::{
    clock,
    error::ConnectError,
    options::{Broker, Protocol, Testament},
};

/// Before the first and the longest try to connect again; about.
const AGAIN: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// A connection that takes longer to be made is none.
const PATIENCE: Duration = Duration::from_secs(6);
/// What was heard and not looked at yet.
const HEARD: usize = 1024;

/// What comes from the broker.
#[derive(Debug)]
pub enum Heard {
    /// For the first time or again: nothing is subscribed to for certain, and what was to be sent is forgotten.
    Connected,
    Message {
        topic: String,
        payload: Bytes,
    },
    Lost {
        why: String,
    },
    /// Another connection has this one's id now. Only MQTT 5 tells.
    TakenOver,
}

/// Ends without a word when it is dropped: the broker sends its will.
pub struct Link {
    client: Client,
    task: JoinHandle<()>,
}

enum Client {
    V5(v5::AsyncClient),
    V311(rumqttc::AsyncClient),
}

enum Loop {
    V5(Box<v5::EventLoop>),
    V311(Box<rumqttc::EventLoop>),
}

enum Step {
    Heard(Heard),
    Disconnected,
    Nothing,
}

impl Link {
    /// Connects; tries for ever. `protocol` is not [`Protocol::Best`]; see [`agree`].
    pub fn open(
        broker: &Broker,
        protocol: Protocol,
        client_id: &str,
        will: Option<Testament>,
    ) -> (Self, mpsc::Receiver<Heard>) {
        let (client, events) = open(broker, protocol, client_id, will);
        let (sender, heard) = mpsc::channel(HEARD);
        (Self { client, task: tokio::spawn(run(events, sender)) }, heard)
    }

    /// Forgotten where there is no connection: who publishes hears `Connected` and says anew what is true.
    pub fn publish(&self, topic: String, retain: bool, payload: Vec<u8>) {
        let sent = match &self.client {
            Client::V5(client) => client
                .try_publish(topic, v5::mqttbytes::QoS::AtLeastOnce, retain, payload)
                .map_err(|error| error.to_string()),
            Client::V311(client) => client
                .try_publish(topic, rumqttc::QoS::AtLeastOnce, retain, payload)
                .map_err(|error| error.to_string()),
        };
        if let Err(error) = sent {
            tracing::debug!(error, "a message of a lobby was not sent");
        }
    }

    /// Also again: what stands there comes again.
    pub fn subscribe(&self, filters: &[String]) {
        let sent = match &self.client {
            Client::V5(client) => {
                let filters = filters.iter().map(|filter| {
                    v5::mqttbytes::v5::Filter::new(filter.as_str(), v5::mqttbytes::QoS::AtLeastOnce)
                });
                client.try_subscribe_many(filters).map_err(|error| error.to_string())
            }
            Client::V311(client) => {
                let filters = filters
                    .iter()
                    .map(|filter| rumqttc::SubscribeFilter::new(filter.clone(), rumqttc::QoS::AtLeastOnce));
                client.try_subscribe_many(filters).map_err(|error| error.to_string())
            }
        };
        if let Err(error) = sent {
            tracing::debug!(error, "a lobby was not subscribed to");
        }
    }

    /// After what was published, and so that no will is sent.
    pub async fn end(mut self) {
        let asked = match &self.client {
            Client::V5(client) => client.try_disconnect().is_ok(),
            Client::V311(client) => client.try_disconnect().is_ok(),
        };
        if asked && time::timeout(PATIENCE, &mut self.task).await.is_err() {
            tracing::debug!("the broker was not told that a connection ends");
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Which protocol the broker speaks: connects and ends at once. Errors: what the broker says to the better one.
pub async fn agree(broker: &Broker, asked: Protocol, client_id: &str) -> Result<Protocol, ConnectError> {
    let tries = match asked {
        Protocol::Best => vec![Protocol::V5, Protocol::V311],
        one => vec![one],
    };
    let mut first = None;
    for protocol in tries {
        match time::timeout(PATIENCE, once(broker, protocol, client_id)).await {
            Ok(Ok(())) => return Ok(protocol),
            Ok(Err(why)) => first = first.or(Some(why)),
            Err(_) => first = first.or(Some("it does not answer".to_owned())),
        }
    }
    Err(ConnectError::Broker(first.unwrap_or_default()))
}

async fn once(broker: &Broker, protocol: Protocol, client_id: &str) -> Result<(), String> {
    let (client, mut events) = open(broker, protocol, client_id, None);
    loop {
        match events.step().await? {
            Step::Heard(Heard::Connected) => {
                let _ = match &client {
                    Client::V5(client) => client.try_disconnect().is_ok(),
                    Client::V311(client) => client.try_disconnect().is_ok(),
                };
            }
            Step::Disconnected => {
                events.drain().await;
                return Ok(());
            }
            _ => {}
        }
    }
}

fn open(broker: &Broker, protocol: Protocol, client_id: &str, will: Option<Testament>) -> (Client, Loop) {
    if protocol == Protocol::V311 {
        let (client, events) = broker.v311(client_id, will);
        (Client::V311(client), Loop::V311(Box::new(events)))
    } else {
        let (client, events) = broker.v5(client_id, will);
        (Client::V5(client), Loop::V5(Box::new(events)))
    }
}

async fn run(mut events: Loop, heard: mpsc::Sender<Heard>) {
    let [first, longest] = AGAIN;
    let mut wait = first;
    loop {
        let one = match events.step().await {
            Ok(Step::Heard(one)) => one,
            Ok(Step::Nothing) => continue,
            Ok(Step::Disconnected) => return events.drain().await,
            Err(why) => {
                if heard.send(Heard::Lost { why }).await.is_err() {
                    return;
                }
                time::sleep(clock::about(wait)).await;
                wait = (wait * 2).min(longest);
                continue;
            }
        };
        if matches!(one, Heard::Connected) {
            wait = first;
        }
        let over = matches!(one, Heard::TakenOver);
        if heard.send(one).await.is_err() || over {
            return;
        }
    }
}

impl Loop {
    async fn step(&mut self) -> Result<Step, String> {
        match self {
            Self::V5(events) => v5_step(events).await,
            Self::V311(events) => v311_step(events).await,
        }
    }

    /// Until the broker closes the connection. Closed from here while answers are on their way, it would be reset, and the broker might
    /// not read what was said last.
    async fn drain(mut self) {
        let _ = time::timeout(PATIENCE, async { while self.step().await.is_ok() {} }).await;
    }
}

async fn v5_step(events: &mut v5::EventLoop) -> Result<Step, String> {
    use v5::{
        ConnectionError, Event, Incoming, StateError, mqttbytes::v5::DisconnectReasonCode::SessionTakenOver,
    };
    Ok(match events.poll().await {
        Ok(Event::Incoming(Incoming::ConnAck(_))) => {
            // From now on the broker keeps this connection's place, and with it the will.
            events.options.set_clean_start(false);
            Step::Heard(Heard::Connected)
        }
        Ok(Event::Incoming(Incoming::Publish(publish))) => Step::Heard(Heard::Message {
            topic: String::from_utf8_lossy(&publish.topic).into_owned(),
            payload: publish.payload,
        }),
        Ok(Event::Outgoing(Outgoing::Disconnect)) => Step::Disconnected,
        Ok(_) => Step::Nothing,
        Err(ConnectionError::MqttState(StateError::ServerDisconnect {
            reason_code: SessionTakenOver,
            ..
        })) => Step::Heard(Heard::TakenOver),
        Err(error) => {
            // What was true before the break may not be after it.
            events.pending.clear();
            return Err(error.to_string());
        }
    })
}

async fn v311_step(events: &mut rumqttc::EventLoop) -> Result<Step, String> {
    use rumqttc::{Event, Incoming};
    Ok(match events.poll().await {
        Ok(Event::Incoming(Incoming::ConnAck(_))) => Step::Heard(Heard::Connected),
        Ok(Event::Incoming(Incoming::Publish(publish))) => {
            Step::Heard(Heard::Message { topic: publish.topic, payload: publish.payload })
        }
        Ok(Event::Outgoing(Outgoing::Disconnect)) => Step::Disconnected,
        Ok(_) => Step::Nothing,
        Err(error) => {
            events.pending.clear();
            return Err(error.to_string());
        }
    })
}
