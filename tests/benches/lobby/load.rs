//! The peers: what each does by itself, and what they do together.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use regie_lobby_client::wire::{Discovery, HEARTBEAT_S, Place, SEED_SYNC_S, SeedSync, StateDoc};
use rumqttc::{AsyncClient, Event, EventLoop, Incoming, MqttOptions, NetworkOptions, QoS};
use tokio::{
    sync::oneshot,
    task::JoinSet,
    time::{interval_at, sleep, sleep_until},
};

use super::{
    CROWD, PEERS, SESSIONS,
    session::{Session, WINDOW, now},
    told::Told,
};

/// Between two acts of one peer.
const REST: Duration = Duration::from_secs(4);
/// After the last act: what heals has healed.
const HEALED: Duration = Duration::from_secs(6);

pub struct Run {
    /// How often a crowd acts, a second.
    pub rate: f64,
    pub lasts: Duration,
}

/// Everybody, connected.
pub struct Field {
    sessions: Vec<Shared>,
    clients: Vec<Vec<AsyncClient>>,
    counts: Arc<Counts>,
    tasks: JoinSet<()>,
}

type Shared = Arc<Mutex<Session>>;

#[derive(Default)]
struct Counts {
    sent: AtomicUsize,
    received: AtomicUsize,
    broken: AtomicUsize,
}

impl Field {
    /// Sessions are made, everybody has read theirs.
    pub async fn gather(address: &str, run: &str) -> Self {
        let counts = Arc::<Counts>::default();
        let mut tasks = JoinSet::new();
        let (mut sessions, mut clients) = (Vec::new(), Vec::new());
        for number in 0..SESSIONS {
            let session = Session::new(run, number);
            let (topic, first) = (session.topic.clone(), session.first());
            let session = Arc::new(Mutex::new(session));
            let mut here = Vec::new();
            let mut joining =
                stream::iter(0..PEERS).map(|peer| connect(address, &session, peer, &counts)).buffered(PEERS);
            while let Some((client, events)) = joining.next().await {
                let (read, reads) = oneshot::channel();
                if here.is_empty() {
                    counts.say(&client, &topic, json(&first));
                }
                let peer = Peer { session: session.clone(), number: here.len(), counts: counts.clone() };
                tasks.spawn(peer.hear(events, read));
                reads.await.expect("a session can be read");
                here.push(client);
            }
            drop(joining);
            sessions.push(session);
            clients.push(here);
        }
        for (number, (session, here)) in sessions.iter().zip(&clients).enumerate() {
            for (peer, client) in here.iter().enumerate() {
                let part = (number * PEERS + peer) as f64 / (SESSIONS * PEERS) as f64;
                let peer = Peer { session: session.clone(), number: peer, counts: counts.clone() };
                tasks.spawn(peer.live(client.clone(), part));
            }
        }
        Self { sessions, clients, counts, tasks }
    }

    pub async fn run(mut self, run: &Run) -> Told {
        let mut told = Told::default();
        let began = Instant::now();
        let sent = self.counts.sent.load(Ordering::Relaxed);
        let received = self.counts.received.load(Ordering::Relaxed);
        let mut chance = Chance(7);
        let acts = (run.rate * run.lasts.as_secs_f64()) as u32;
        for act in 0..acts {
            sleep_until((began + run.lasts * act / acts).into()).await;
            self.act(chance.below(SESSIONS), &mut chance, &mut told);
            let now = Instant::now();
            self.sessions.iter().for_each(|session| lock(session).count(now, &mut told));
        }
        sleep(WINDOW).await;
        let now = Instant::now();
        self.sessions.iter().for_each(|session| lock(session).count(now, &mut told));
        sleep(HEALED).await;
        self.sessions.iter().for_each(|session| lock(session).judge(&mut told));
        told.lasted = began.elapsed();
        told.sent = self.counts.sent.load(Ordering::Relaxed) - sent;
        told.received = self.counts.received.load(Ordering::Relaxed) - received;
        told.broken = self.counts.broken.load(Ordering::Relaxed);
        told.latencies.sort_unstable();
        self.tasks.shutdown().await;
        told
    }

    /// Some who are rested, all of them from what they have read by now.
    fn act(&self, number: usize, chance: &mut Chance, told: &mut Told) {
        let mut session = lock(&self.sessions[number]);
        let now = Instant::now();
        let first = chance.below(PEERS - 1);
        let around = (0..PEERS - 1).map(|step| 1 + (first + step) % (PEERS - 1));
        let crowd: Vec<usize> = around.filter(|peer| session.rested[*peer] <= now).take(CROWD).collect();
        for peer in crowd {
            let Some(doc) = session.change(peer, now) else { continue };
            session.rested[peer] = now + REST;
            let kind = if session.wants[peer] { &mut told.joins } else { &mut told.leaves };
            *kind += 1;
            self.counts.say(&self.clients[number][peer], &session.topic, json(&doc));
        }
    }
}

impl Counts {
    fn say(&self, client: &AsyncClient, topic: &str, payload: Vec<u8>) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if client.try_publish(topic, QoS::AtLeastOnce, true, payload).is_err() {
            self.broken.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn connect(address: &str, session: &Shared, peer: usize, counts: &Counts) -> (AsyncClient, EventLoop) {
    let (host, port) = address.rsplit_once(':').expect("host and port");
    let (name, topic, id) = {
        let session = lock(session);
        (session.name(peer), session.topic.clone(), session.id.clone())
    };
    let mut options = MqttOptions::new(name, host, port.parse().expect("a port"));
    options.set_inflight(16).set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = AsyncClient::new(options, 64);
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    events.set_network_options(network);
    let seeds = Place::SeedSync { session: &id }.to_string();
    for topic in [topic, seeds] {
        client.subscribe(topic, QoS::AtLeastOnce).await.expect("there is room");
    }
    let connected = events.poll().await;
    counts.broken.fetch_add(usize::from(connected.is_err()), Ordering::Relaxed);
    (client, events)
}

struct Peer {
    session: Shared,
    number: usize,
    counts: Arc<Counts>,
}

impl Peer {
    /// `read` hears of the first state.
    async fn hear(self, mut events: EventLoop, read: oneshot::Sender<()>) {
        let mut read = Some(read);
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Incoming::Publish(one))) => {
                    self.counts.received.fetch_add(1, Ordering::Relaxed);
                    if one.topic.ends_with("/session_seed_sync") {
                        continue;
                    }
                    if let Ok(doc) = serde_json::from_slice::<StateDoc>(&one.payload) {
                        lock(&self.session).read(self.number, doc, Instant::now());
                        let _ = read.take().map(|read| read.send(()));
                    }
                }
                Ok(_) => {}
                Err(_) => {
                    self.counts.broken.fetch_add(1, Ordering::Relaxed);
                    sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Signs of life, heartbeats, and the state read again; `part` of a period later than the first.
    async fn live(self, client: AsyncClient, part: f64) {
        let start = Instant::now();
        let every = |seconds| {
            let period = Duration::from_secs(seconds);
            interval_at((start + period.mul_f64(part)).into(), period)
        };
        let (mut signs, mut beats) = (every(SEED_SYNC_S), every(HEARTBEAT_S));
        loop {
            tokio::select! {
                _ = signs.tick() => self.sign(&client),
                _ = beats.tick(), if self.number == 0 => self.beat(&client),
            }
        }
    }

    fn sign(&self, client: &AsyncClient) {
        let session = lock(&self.session);
        // Who cannot send now does so in three seconds.
        let _ = client.try_subscribe(session.topic.as_str(), QoS::AtLeastOnce);
        if session.wants[self.number] {
            let message = SeedSync {
                seed: 813_104_439.into(),
                client_id: session.name(self.number),
                is_leader: self.number == 0,
                timestamp: now(),
            };
            self.counts.say(client, &Place::SeedSync { session: &session.id }.to_string(), json(&message));
        }
    }

    fn beat(&self, client: &AsyncClient) {
        let session = lock(&self.session);
        if let Some(doc) = session.heartbeat() {
            self.counts.say(client, &session.topic, json(&doc));
        }
        let message = Discovery {
            session_id: session.id.clone(),
            client_id: session.name(0),
            num_players_min: 2,
            num_players_max: 0,
            model_name: "Tide pools".into(),
            timestamp: now(),
        };
        self.counts.say(client, &Place::Discovery { session: &session.id }.to_string(), json(&message));
    }
}

/// The same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("it is JSON")
}

/// Nobody panics with it.
fn lock(session: &Shared) -> MutexGuard<'_, Session> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}
