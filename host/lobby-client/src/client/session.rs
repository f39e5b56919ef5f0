//! The task of a membership: hears the session's topics, keeps its own signs of life up, and makes changes.

mod attempt;
mod duties;
mod end;
mod hear;

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use tokio::{
    sync::{broadcast, mpsc, oneshot, watch},
    task::JoinHandle,
    time::{self, Instant},
};

use self::{
    attempt::Attempt,
    duties::Duties,
    end::{BELIEVED, Over},
};
use super::{
    change::{self, Change, Failed},
    clock,
    link::{Heard, Link},
    list::Forms,
    lobby::{New, Peer},
    membership::Event,
};
use crate::wire::{By, Form, Place, State, StateDoc, Will};

/// How one comes into a session.
pub enum Entry {
    Create(New),
    Join,
}

impl Entry {
    pub fn seed(&self) -> Value {
        match self {
            Self::Create(new) => new.seed.clone(),
            Self::Join => Value::Null,
        }
    }
}

pub struct Order {
    pub change: Change,
    pub done: oneshot::Sender<Result<(), Failed>>,
}

/// Where the task says what it knows.
pub struct Told {
    pub events: broadcast::Sender<Event>,
    pub seed: Arc<Mutex<Value>>,
}

type Entered = oneshot::Sender<Result<watch::Receiver<StateDoc>, Failed>>;

/// With nothing to wait for.
const IDLE: Duration = Duration::from_secs(3600);

pub struct Session {
    me: By,
    id: String,
    link: Link,
    told: Told,
    /// What stands on the broker.
    forms: Forms,
    /// What this peer last took for true, and told; `None` before it is in.
    known: Option<watch::Sender<StateDoc>>,
    entered: Option<Entered>,
    attempt: Option<Attempt>,
    duties: Duties,
    connected: bool,
    /// An arbiter was heard of here.
    arbitrated: bool,
    /// Since then the broker's state has not got this peer in it, or is closed by somebody who may not.
    doubtful: Option<Instant>,
    over: Option<Over>,
}

impl Session {
    pub fn spawn(
        peer: &Peer,
        id: &str,
        entry: Entry,
        orders: mpsc::Receiver<Order>,
        told: Told,
        entered: Entered,
    ) -> JoinHandle<()> {
        let me = peer.me.clone();
        let will = Will { client_id: me.client_id.clone(), incarnation: me.incarnation };
        let topic = Place::Will { session: id, client_id: &me.client_id }.to_string();
        let client_id = format!("{}@{id}", me.client_id);
        let (link, heard) = Link::open(&peer.broker, peer.protocol, &client_id, Some((topic, json(&will))));
        let mut session = Self {
            me,
            id: id.to_owned(),
            link,
            told,
            forms: Forms::default(),
            known: None,
            entered: Some(entered),
            attempt: None,
            duties: Duties::new(Instant::now()),
            connected: false,
            arbitrated: false,
            doubtful: None,
            over: None,
        };
        session.attempt = Some(match entry {
            Entry::Create(new) => Attempt::create(session.first_state(new)),
            Entry::Join => Attempt::new(Change::Join, None),
        });
        tokio::spawn(session.run(heard, orders))
    }

    async fn run(mut self, mut heard: mpsc::Receiver<Heard>, mut orders: mpsc::Receiver<Order>) {
        let mut holding = true;
        while !matches!(self.over, Some(Over::Left | Over::Replaced)) {
            let due = self.due();
            tokio::select! {
                one = heard.recv() => match one {
                    Some(one) => self.hear(one),
                    None => self.evict("its connection ended", Over::Replaced),
                },
                order = orders.recv(), if holding => match order {
                    Some(order) => self.order(order),
                    None => {
                        holding = false;
                        let (done, _) = oneshot::channel();
                        self.order(Order { change: Change::Leave, done });
                    }
                },
                () = time::sleep_until(due) => {}
            }
            self.act(Instant::now());
        }
        if matches!(self.over, Some(Over::Left)) {
            self.link.end().await;
        }
    }

    /// When there is something to do though nothing is heard.
    fn due(&self) -> Instant {
        let until = match &self.over {
            Some(Over::Closed { empty_at }) => Some(*empty_at),
            _ => self.attempt.as_ref().map(Attempt::due),
        };
        let believed = self.doubtful.map(|since| since + BELIEVED);
        let duty = (self.connected && self.is_in() && self.over.is_none()).then(|| self.duties.due());
        [until, believed, duty].into_iter().flatten().min().unwrap_or_else(|| Instant::now() + IDLE)
    }

    fn order(&mut self, order: Order) {
        if self.over.is_some() {
            let _ = order.done.send(Err(Failed::Closed));
            return;
        }
        if let Some(before) = self.attempt.take() {
            before.end(Err(Failed::Conflict));
        }
        self.attempt = Some(Attempt::new(order.change, Some(order.done)));
    }

    /// What time asks for.
    fn act(&mut self, now: Instant) {
        if self.over.is_some() {
            self.tidy(now);
            return;
        }
        self.try_on(now);
        self.believe(now);
        self.keep_up(now);
    }

    fn is_in(&self) -> bool {
        self.known.is_some()
    }

    fn is_creator(&self) -> bool {
        let known = self.known.as_ref().map(|known| known.borrow().creator_client_id == self.me.client_id);
        known.unwrap_or(false)
    }

    fn tell(&self, event: Event) {
        // Nobody may be listening.
        let _ = self.told.events.send(event);
    }

    /// On both topics: peers read one or the other.
    fn write(&self, doc: &StateDoc) {
        for form in Form::ALL {
            let topic = Place::State { session: &self.id, form }.to_string();
            self.link.publish(topic, true, json(doc));
        }
    }

    /// Version 1 of a session of this peer's.
    fn first_state(&self, new: New) -> StateDoc {
        let now = clock::now();
        StateDoc {
            session_id: self.id.clone(),
            creator_client_id: self.me.client_id.clone(),
            model_name: new.model_name,
            state: State::Open,
            connected_instances: vec![self.me.client_id.clone()],
            num_players_min: new.num_players_min,
            num_players_max: new.num_players_max,
            created_at: now.clone(),
            last_updated: now.clone(),
            last_heartbeat: now,
            version: 1,
            arbitrated: None,
            by: Some(self.me.clone()),
            other: serde_json::Map::new(),
        }
    }

    /// Whether a state has been signed by a later start of this client.
    fn is_followed(&self, doc: &StateDoc) -> bool {
        doc.by
            .as_ref()
            .is_some_and(|by| by.client_id == self.me.client_id && by.incarnation > self.me.incarnation)
    }

    fn has_me(&self, doc: &StateDoc) -> bool {
        change::has(doc, &self.me.client_id)
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("documents of the wire have text keys and no number that JSON has not")
}
