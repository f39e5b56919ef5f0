//! A room for tests: the server's side of the published network protocol, as far as a tracker meets it, and what can go
//! wrong with it. It keeps the truth, the slot's list of items, for tests to compare with.

use std::{collections::BTreeMap, sync::Arc};

use futures::{SinkExt, StreamExt};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        watch,
    },
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

pub const NAMES: &[(&str, i64)] = &[("Lamp", 1), ("Rope", 2), ("Progressive Hammer", 3)];

#[derive(Clone)]
pub struct Room {
    pub address: String,
    world: Arc<Mutex<World>>,
    heard: Arc<watch::Sender<Vec<Value>>>,
}

struct World {
    /// The truth.
    items: Vec<i64>,
    seed: String,
    checksums: Value,
    password: Option<&'static str>,
    /// Not a step further: `Connect` and `GetDataPackage` get no answer.
    mute: bool,
    clients: Vec<Client>,
}

struct Client {
    orders: UnboundedSender<Order>,
    /// As in the protocol: how much of the list this client was sent.
    sent: usize,
}

pub enum Order {
    Say(String),
    Binary,
    /// Ends the TCP connection in the middle of things.
    Drop,
}

impl Room {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let world = World {
            items: Vec::new(),
            seed: "seed".into(),
            checksums: json!({"Game": "g1", "Archipelago": "a1"}),
            password: None,
            mute: false,
            clients: Vec::new(),
        };
        let room = Self {
            address: listener.local_addr().unwrap().to_string(),
            world: Arc::new(Mutex::new(world)),
            heard: Arc::new(watch::Sender::new(Vec::new())),
        };
        let serving = room.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        room
    }

    pub fn ask_for(&self, password: &'static str) {
        self.world.lock().password = Some(password);
    }

    pub fn set_mute(&self, mute: bool) {
        self.world.lock().mute = mute;
    }

    /// The slot receives items, and everyone who follows it is told.
    pub fn give(&self, items: &[i64]) {
        let mut world = self.world.lock();
        world.items.extend(items);
        let World { items, clients, .. } = &mut *world;
        for client in clients {
            client.tell(items);
        }
    }

    /// The slot receives items, and the delivery is lost on the way.
    pub fn lose(&self, items: &[i64]) {
        let mut world = self.world.lock();
        world.items.extend(items);
        let all = world.items.len();
        world.clients.iter_mut().for_each(|client| client.sent = all);
    }

    /// Sends the last item once more, under the index it had.
    pub fn repeat(&self) {
        let world = self.world.lock();
        let Some((last, before)) = world.items.split_last() else { return };
        let again = received(before.len(), &[*last]);
        world.clients.iter().for_each(|client| client.say(&json!([again])));
    }

    /// Another multiworld opens at the same address, with nothing received and names of its own.
    pub fn start_over(&self, checksum: &str) {
        let mut world = self.world.lock();
        world.items.clear();
        world.seed.push('+');
        world.checksums["Game"] = json!(checksum);
        world.order(|| Order::Drop);
    }

    pub fn order(&self, order: impl Fn() -> Order) {
        self.world.lock().order(order);
    }

    pub fn truth(&self) -> BTreeMap<String, u32> {
        let mut truth = BTreeMap::new();
        for id in &self.world.lock().items {
            let known = NAMES.iter().chain(&[("Nothing", -1)]).find(|(_, known)| known == id);
            *truth.entry(known.map_or(format!("Item {id}"), |(name, _)| (*name).into())).or_insert(0) += 1;
        }
        truth
    }

    /// Waits until clients have sent such commands, and returns all of them.
    pub async fn heard(&self, enough: impl FnMut(&Vec<Value>) -> bool) -> Vec<Value> {
        self.heard.subscribe().wait_for(enough).await.unwrap().clone()
    }

    async fn serve(self, stream: TcpStream) {
        // A client that tries TLS first fails here.
        let Ok(mut socket) = accept_async(stream).await else { return };
        let info = {
            let world = self.world.lock();
            json!([{
                "cmd": "RoomInfo", "version": {"major": 0, "minor": 6, "build": 4, "class": "Version"},
                "generator_version": {"major": 0, "minor": 6, "build": 4, "class": "Version"}, "tags": ["AP"],
                "password": world.password.is_some(), "permissions": {"release": 2, "collect": 2, "remaining": 1},
                "hint_cost": 10, "location_check_points": 1, "games": ["Archipelago", "Game", "Else"],
                "datapackage_checksums": world.checksums, "seed_name": world.seed, "time": 1.5,
            }])
        };
        if socket.send(Message::text(info.to_string())).await.is_ok() {
            self.talk(socket).await;
        }
    }

    async fn talk(&self, mut socket: WebSocketStream<TcpStream>) {
        let (orders, mut ordered): (_, UnboundedReceiver<Order>) = unbounded_channel();
        loop {
            tokio::select! {
                message = socket.next() => {
                    let Some(Ok(message)) = message else { return };
                    let Message::Text(text) = message else { continue };
                    let commands: Vec<Value> = serde_json::from_str(&text).unwrap();
                    for command in &commands {
                        self.command(command, &orders);
                    }
                    self.heard.send_modify(|heard| heard.extend(commands));
                }
                order = ordered.recv() => {
                    let sent = match order {
                        Some(Order::Say(text)) => socket.send(Message::text(text)).await,
                        Some(Order::Binary) => socket.send(Message::binary(vec![1, 2])).await,
                        Some(Order::Drop) | None => return,
                    };
                    if sent.is_err() {
                        return;
                    }
                }
            }
        }
    }

    fn command(&self, command: &Value, orders: &UnboundedSender<Order>) {
        let mut world = self.world.lock();
        if world.mute {
            return;
        }
        let mut client = Client { orders: orders.clone(), sent: 0 };
        match command["cmd"].as_str().unwrap() {
            "Connect" => match refusals(command, &world) {
                errors if errors.is_empty() => {
                    client.say(&world.welcome());
                    client.sent = world.items.len();
                    world.clients.push(client);
                }
                errors => client.say(&json!([{"cmd": "ConnectionRefused", "errors": errors}])),
            },
            "GetDataPackage" => client.say(&json!([data_package(&command["games"])])),
            "Sync" if !world.items.is_empty() => {
                let World { items, clients, .. } = &mut *world;
                let known = clients.iter_mut().find(|c| c.orders.same_channel(orders));
                let known = known.expect("only who has joined may ask");
                known.sent = items.len();
                known.say(&json!([received(0, items)]));
            }
            "Sync" => {}
            other => panic!("a tracker does not say {other}"),
        }
    }
}

impl World {
    fn welcome(&self) -> Value {
        let mut packets = vec![json!({
            "cmd": "Connected", "team": 0, "slot": 2, "hint_points": 0, "players": [],
            "missing_locations": [10, 11], "checked_locations": [],
            "slot_info": {
                "1": {"name": "Two", "game": "Else", "type": 1, "group_members": [], "class": "NetworkSlot"},
                "2": {"name": "One", "game": "Game", "type": 1, "group_members": [], "class": "NetworkSlot"},
            },
        })];
        if !self.items.is_empty() {
            packets.push(received(0, &self.items));
        }
        json!(packets)
    }

    fn order(&mut self, order: impl Fn() -> Order) {
        let ends = matches!(order(), Order::Drop);
        self.clients.retain(|client| client.orders.send(order()).is_ok() && !ends);
    }
}

impl Client {
    fn tell(&mut self, items: &[i64]) {
        self.say(&json!([received(self.sent, &items[self.sent..]), {"cmd": "PrintJSON", "data": []}]));
        self.sent = items.len();
    }

    fn say(&self, packets: &Value) {
        // A client that has gone is told nothing; its place in the list does no harm.
        let _ = self.orders.send(Order::Say(packets.to_string()));
    }
}

pub fn received(index: usize, items: &[i64]) -> Value {
    let items: Vec<_> = items
        .iter()
        .map(|id| json!({"item": id, "location": 10, "player": 1, "flags": 1, "class": "NetworkItem"}))
        .collect();
    json!({"cmd": "ReceivedItems", "index": index, "items": items})
}

fn refusals(connect: &Value, world: &World) -> Vec<&'static str> {
    let game_is_open =
        connect["game"] == "" && connect["tags"].as_array().unwrap().contains(&json!("Tracker"));
    let version = &connect["version"];
    [
        (connect["name"] != "One", "InvalidSlot"),
        (world.password.is_some_and(|word| connect["password"] != word), "InvalidPassword"),
        (connect["game"] != "Game" && !game_is_open, "InvalidGame"),
        (
            version["class"] != "Version" || version["minor"] != 6 || version["build"] != 4,
            "IncompatibleVersion",
        ),
        (connect["items_handling"] != 7, "InvalidItemsHandling"),
    ]
    .into_iter()
    .filter_map(|(wrong, error)| wrong.then_some(error))
    .collect()
}

fn data_package(games: &Value) -> Value {
    let mut packages = json!({});
    for game in games.as_array().unwrap() {
        let names = match game.as_str().unwrap() {
            "Game" => NAMES.iter().map(|(name, id)| ((*name).to_owned(), json!(id))).collect(),
            "Archipelago" => serde_json::Map::from_iter([("Nothing".to_owned(), json!(-1))]),
            other => panic!("nobody needs the names of {other}"),
        };
        packages[game.as_str().unwrap()] =
            json!({"item_name_to_id": names, "location_name_to_id": {"Chest": 10}});
    }
    json!({"cmd": "DataPackage", "data": {"games": packages}})
}
