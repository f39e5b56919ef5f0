//! A room of a multiworld feeds a tracker. The room here speaks the published network protocol, as far as a tracker
//! meets it.

use std::sync::{Arc, Mutex};

use futures::{SinkExt, StreamExt};
use regie_tests::Regie;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::broadcast};
use tokio_tungstenite::{accept_async, tungstenite::Message};

#[derive(Clone)]
struct Room {
    address: String,
    items: Arc<Mutex<Vec<u64>>>,
    grown: broadcast::Sender<()>,
}

impl Room {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (grown, _) = broadcast::channel(64);
        let room = Self {
            address: format!("ws://{}", listener.local_addr().unwrap()),
            items: Arc::default(),
            grown,
        };
        let serving = room.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let room = serving.clone();
                tokio::spawn(async move {
                    let mut socket = accept_async(stream).await.unwrap();
                    let version = json!({"major": 0, "minor": 6, "build": 0, "class": "Version"});
                    let hello = json!([{
                        "cmd": "RoomInfo", "version": version, "generator_version": version, "tags": [], "password": true,
                        "permissions": {}, "hint_cost": 10, "location_check_points": 1, "games": ["Game"],
                        "datapackage_checksums": {"Game": "c"}, "seed_name": "s", "time": 0.0,
                    }]);
                    socket.send(Message::text(hello.to_string())).await.unwrap();
                    let mut grown = room.grown.subscribe();
                    let (mut sent, mut connected) = (0, false);
                    loop {
                        let said = tokio::select! {
                            _ = grown.recv() => None,
                            said = socket.next() => match said {
                                Some(Ok(Message::Text(text))) => Some(text),
                                Some(Ok(_)) => continue,
                                _ => return,
                            },
                        };
                        let mut answers = Vec::new();
                        for packet in
                            said.iter().flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap())
                        {
                            answers.extend(room.answer(&packet, &mut connected));
                        }
                        if connected {
                            let items = room.items.lock().unwrap().clone();
                            if sent < items.len() || answers.iter().any(|a| a["cmd"] == "Connected") {
                                let news: Vec<_> = items[sent..].iter().map(item).collect();
                                answers.push(json!({"cmd": "ReceivedItems", "index": sent, "items": news}));
                                sent = items.len();
                            }
                        }
                        if !answers.is_empty() {
                            socket.send(Message::text(Value::from(answers).to_string())).await.unwrap();
                        }
                    }
                });
            }
        });
        room
    }

    fn answer(&self, packet: &Value, connected: &mut bool) -> Option<Value> {
        match packet["cmd"].as_str()? {
            "Connect" if packet["password"] != "open sesame" => {
                Some(json!({"cmd": "ConnectionRefused", "errors": ["InvalidPassword"]}))
            }
            "Connect" => {
                assert!(packet["tags"].as_array().unwrap().contains(&json!("Tracker")), "{packet}");
                *connected = true;
                Some(json!({
                    "cmd": "Connected", "team": 0, "slot": 1, "players": [], "missing_locations": [], "checked_locations": [],
                    "slot_info": {"1": {"name": "Alice", "game": "Game", "type": 1, "group_members": []}}, "hint_points": 0,
                }))
            }
            "GetDataPackage" => {
                let game =
                    json!({"item_name_to_id": {"N": 1, "X": 2}, "location_name_to_id": {}, "checksum": "c"});
                Some(json!({"cmd": "DataPackage", "data": {"games": {"Game": game}}}))
            }
            _ => None,
        }
    }

    fn give(&self, item: u64, times: usize) {
        self.items.lock().unwrap().extend(std::iter::repeat_n(item, times));
        let _ = self.grown.send(());
    }
}

fn item(id: &u64) -> Value {
    json!({"item": id, "location": 1, "player": 2, "flags": 0, "class": "NetworkItem"})
}

#[tokio::test]
async fn items_of_a_room_count_on_the_tracker_and_stay_counted_over_a_restart() {
    let room = Room::open().await;
    let mut regie = Regie::with(&["tracker-probe"]).await;
    let id = regie.restream("a", "tracker-probe", &["Alice"]).await;
    let path = "/api/restreams/a/archipelago";
    let mut feed = json!({"slot": 1, "address": room.address, "name": "Alice", "password": "wrong"});
    let put = regie.call(Method::PUT, path, Some(feed.clone())).await;
    assert_eq!(put.status, 200, "{}", put.text);
    let refused = regie.until(path, |list| list["items"][0]["state"] == "refused").await;
    assert!(refused["items"][0]["error"].as_str().unwrap().to_lowercase().contains("password"), "{refused}");
    assert!(!put.text.contains("wrong"), "the password is told nobody");
    feed["password"] = json!("open sesame");
    regie.call(Method::PUT, path, Some(feed)).await;
    regie.until(path, |list| list["items"][0]["state"] == "connected").await;
    room.give(1, 2);
    room.give(2, 1);
    assert_eq!(regie.file(id, 2).await["state"]["n"], 2);
    let seen = regie.until(path, |list| list["items"][0]["refused"][0].is_object()).await;
    assert_eq!(seen["items"][0]["refused"][0]["item"], "X", "what the tracker does not know is said");
    // Lowered by hand: the room's count stands only when it grows.
    regie.act("a", json!({"do": "count", "by": -2})).await;
    regie.terminate().await;
    regie.start().await;
    regie.until(path, |list| list["items"][0]["items"] == 3).await;
    assert_eq!(regie.file(id, 3).await["state"]["n"], 0, "what was told before is no news");
    room.give(1, 1);
    assert_eq!(regie.file(id, 4).await["state"]["n"], 3);
    let gone = regie.call(Method::DELETE, &format!("{path}?slot=1"), None).await;
    assert_eq!(gone.status, 204);
    assert_eq!(regie.get(path).await.json()["items"], json!([]));
    let history = regie.get("/api/restreams/a/history").await.json();
    assert_eq!(history["items"][0]["actor"]["name"], "archipelago");
    for (form, at) in [
        (json!({"slot": 2, "address": "h:1", "name": "x"}), "slot"),
        (json!({"slot": 1, "address": "nonsense://", "name": "x"}), "address"),
        (json!({"slot": 1, "address": "h:1", "name": ""}), "name"),
    ] {
        let refused = regie.call(Method::PUT, path, Some(form)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["path"].as_str()),
            (400, Some(at)),
            "{}",
            refused.text
        );
    }
}
