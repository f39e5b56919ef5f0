//! Peers, a broker and, if wanted, the arbiter, on a clock that is turned.

use std::collections::{BTreeSet, HashMap, HashSet};

use regie_lobby_client::wire::{Form, Place, State, StateDoc};

use super::{
    broker::{Agenda, Body, Dice, Event, Lane, Message},
    peer::{EPOCH, Peer, SESSION, Takes},
};
use crate::model::{Note, Now, Record, Rules, Session};

#[derive(Debug, Clone)]
pub struct Setting {
    pub seed: u64,
    pub peers: usize,
    pub limit: u32,
    pub arbiter: bool,
    /// Longest way of a message, one direction.
    pub delay_ms: u64,
    /// Of 100 messages, so many come again, later.
    pub twice: u64,
    /// Peers look after joining whether they are in, and try again.
    pub verify: bool,
    /// All speak on the source's topic, instead of half of them on the published client's.
    pub one_topic: bool,
    pub rules: Rules,
}

impl Setting {
    pub fn with(seed: u64) -> Self {
        Self {
            seed,
            peers: 8,
            limit: 0,
            arbiter: true,
            delay_ms: 60,
            twice: 2,
            verify: false,
            one_topic: false,
            rules: Rules::default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Joins, or leaves where it is in.
    Toggle,
    Crash,
    /// Starts again under the same client id.
    Revive,
    Restart,
}

#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub after_ms: u64,
    pub peer: usize,
    pub act: Act,
}

pub struct World {
    pub setting: Setting,
    pub dice: Dice,
    pub agenda: Agenda,
    pub now_ms: u64,
    pub peers: Vec<Peer>,
    pub retained: HashMap<Form, StateDoc>,
    pub session: Option<Session>,
    pub notes: Vec<(u64, Note)>,
    pub corrections: u64,
    pub writes: u64,
    pub up: Vec<Lane>,
    pub down: Vec<Lane>,
    pub steps: Vec<Step>,
    pub to_arbiter: Lane,
    pub from_arbiter: Lane,
    pub committed: Option<Record>,
    /// Delivered, not acknowledged.
    pub unacked: Vec<Message>,
    pub epoch: u64,
    pub correcting: bool,
    /// Who left, and the arbiter saw it and took them out.
    pub gone: HashSet<usize>,
    pub changes: Vec<u32>,
    pub left: HashSet<usize>,
    pub highest: HashMap<Form, u64>,
    /// Peers do not judge their creator.
    pub patient: bool,
    /// Peers stay in what they believe closed, and write on.
    pub stubborn: bool,
    /// Peers keep fields that they do not know.
    pub keeps_marks: bool,
    /// What the arbiter saw and wrote, for whom a test fails.
    pub trace: Vec<String>,
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.trace.join("\n"));
        }
    }
}

impl World {
    pub fn new(setting: Setting) -> Self {
        let mut dice = Dice(setting.seed);
        let peers = (0..setting.peers)
            .map(|number| Peer {
                id: format!("peer-{number}"),
                form: if setting.one_topic || dice.percent(50) { Form::Prefix } else { Form::Suffix },
                takes: [Takes::Every, Takes::NotOlder, Takes::OnlyNewer][dice.below(3) as usize],
                skew_ms: 7_200_000,
                copy: None,
                inside: false,
                crashed: false,
                creator: false,
            })
            .collect();
        let mut world = Self {
            up: vec![Lane::default(); setting.peers],
            down: vec![Lane::default(); setting.peers],
            dice,
            peers,
            agenda: Agenda::default(),
            now_ms: 0,
            retained: HashMap::new(),
            session: None,
            notes: Vec::new(),
            corrections: 0,
            writes: 0,
            steps: Vec::new(),
            to_arbiter: Lane::default(),
            from_arbiter: Lane::default(),
            committed: None,
            unacked: Vec::new(),
            epoch: 1,
            correcting: false,
            gone: HashSet::new(),
            changes: vec![0; setting.peers],
            left: HashSet::new(),
            highest: HashMap::new(),
            setting,
            patient: false,
            stubborn: false,
            keeps_marks: false,
            trace: Vec::new(),
        };
        let limit = world.setting.limit;
        let doc = world.peers[0].create(limit, 0);
        world.send(0, Body::State(world.peers[0].form, doc), None);
        world.agenda.plan(0, Event::Sign(0));
        world.agenda.plan(5_000, Event::Beat(0));
        for peer in 0..world.peers.len() {
            let at = world.dice.below(3_000);
            world.agenda.plan(at, Event::Check(peer));
        }
        world.agenda.plan(1_000, Event::Tick);
        world
    }

    pub fn now(&self) -> Now {
        Now { mono_ms: self.now_ms, wall_ms: EPOCH + self.now_ms as i64 }
    }

    /// Does the steps, then lets everything come to rest for a minute.
    pub fn play(&mut self, steps: &[Step]) {
        self.run(2_000);
        let mut at = self.now_ms;
        for step in steps {
            at += step.after_ms;
            self.agenda.plan(at, Event::Step(self.steps.len()));
            self.steps.push(*step);
        }
        self.run(at - self.now_ms + 60_000);
    }

    pub fn run(&mut self, for_ms: u64) {
        let until = self.now_ms + for_ms;
        while let Some((at, event)) = self.agenda.next(until) {
            self.now_ms = at;
            self.happen(event);
        }
        self.now_ms = until;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::AtBroker(message) => self.distribute(message),
            Event::AtPeer(peer, message) => {
                if let Body::State(form, doc) = &message.body
                    && *form == self.peers[peer].form
                    && !self.peers[peer].crashed
                {
                    let at = &mut self.peers[peer];
                    let was_in = at.inside;
                    at.receive(doc);
                    at.inside |= self.stubborn && was_in;
                    if self.keeps_marks
                        && let Some(copy) = &mut at.copy
                    {
                        copy.arbitrated.clone_from(&doc.arbitrated);
                    }
                }
            }
            Event::AtArbiter(message) => self.arbitrate(message),
            Event::Beat(peer) => {
                let doc = (self.peers[peer].inside && !self.peers[peer].crashed)
                    .then(|| self.peers[peer].beat(self.now_ms))
                    .flatten();
                if let Some(doc) = doc {
                    self.send(peer, Body::State(self.peers[peer].form, doc), None);
                }
                self.agenda.plan(self.now_ms + 5_000, Event::Beat(peer));
            }
            Event::Check(peer) => {
                let them = &self.peers[peer];
                let may = them.inside && !them.crashed && !them.creator && !self.patient;
                if may && let Some(doc) = self.peers[peer].check(self.now_ms) {
                    self.send(peer, Body::State(self.peers[peer].form, doc), None);
                }
                self.agenda.plan(self.now_ms + 3_000, Event::Check(peer));
            }
            Event::Sign(peer) => {
                let them = &self.peers[peer];
                if them.inside && !them.crashed {
                    let change = Some((self.changes[peer], false));
                    self.send(peer, Body::Seed(them.id.clone()), change);
                    self.agenda.plan(self.now_ms + 3_000, Event::Sign(peer));
                }
            }
            Event::Verify(peer, tries) => {
                let them = &self.peers[peer];
                if them.inside && !them.crashed && !them.knows_itself_in() && tries > 0 {
                    self.join(peer, tries - 1);
                }
            }
            Event::Tick => {
                let now = self.now();
                if let Some(session) = &mut self.session {
                    let effects = session.tick(now);
                    self.effects(effects);
                }
                self.agenda.plan(self.now_ms + 1_000, Event::Tick);
            }
            Event::Correct => self.correct(),
            Event::Step(number) => self.step(self.steps[number]),
            Event::Restart => self.restart(),
        }
    }

    fn step(&mut self, Step { peer, act, .. }: Step) {
        match act {
            Act::Restart => self.agenda.plan(self.now_ms, Event::Restart),
            Act::Crash => self.peers[peer].crashed = true,
            Act::Revive if self.peers[peer].crashed => {
                let at = &mut self.peers[peer];
                (at.crashed, at.inside) = (false, false);
                at.copy =
                    self.retained.get(&at.form).cloned().map(|doc| StateDoc { arbitrated: None, ..doc });
                self.join(peer, 3);
            }
            Act::Toggle if !self.peers[peer].crashed => {
                if self.peers[peer].inside {
                    self.leave(peer)
                } else {
                    self.join(peer, 3)
                }
            }
            Act::Toggle | Act::Revive => {}
        }
    }

    pub fn join(&mut self, peer: usize, tries: u32) {
        let was_in = self.peers[peer].inside;
        let Some(doc) = self.peers[peer].join(self.now_ms) else { return };
        self.changes[peer] += 1;
        self.gone.remove(&peer);
        self.left.remove(&peer);
        self.send(peer, Body::State(self.peers[peer].form, doc), Some((self.changes[peer], false)));
        if !was_in {
            self.agenda.plan(self.now_ms + 20, Event::Sign(peer));
        }
        if self.setting.verify {
            self.agenda.plan(self.now_ms + 500, Event::Verify(peer, tries));
        }
    }

    pub fn leave(&mut self, peer: usize) {
        self.changes[peer] += 1;
        if let Some(doc) = self.peers[peer].leave(self.now_ms) {
            self.send(peer, Body::State(self.peers[peer].form, doc), Some((self.changes[peer], true)));
        }
        if self.dice.percent(50) {
            self.send(peer, Body::Disconnect(self.peers[peer].id.clone()), None);
        }
    }

    pub fn send(&mut self, peer: usize, body: Body, change: Option<(u32, bool)>) {
        let message = Message { from: Some(peer), sent_ms: self.now_ms, change, body };
        self.writes += u64::from(matches!(message.body, Body::State(..)));
        let delay = 1 + self.dice.below(self.setting.delay_ms);
        let at = self.up[peer].arrival(self.now_ms, delay);
        if self.dice.percent(self.setting.twice) {
            let later = at + self.dice.below(2_000);
            self.agenda.plan(later, Event::AtBroker(message.clone()));
        }
        self.agenda.plan(at, Event::AtBroker(message));
    }

    fn distribute(&mut self, message: Message) {
        if let Body::State(form, doc) = &message.body
            && let Some(mark) = doc.arbitrated.as_ref().filter(|_| message.from.is_none())
        {
            if mark.epoch < self.epoch {
                // The connection ended before it arrived.
                return;
            }
            let highest = self.highest.entry(*form).or_default();
            assert!(doc.version >= *highest, "version fell from {highest} to {}", doc.version);
            *highest = doc.version;
        }
        if let Body::State(form, doc) = &message.body {
            self.retained.insert(*form, doc.clone());
        }
        if let Body::Empty(topic) = &message.body
            && let Some(Place::State { form, .. }) = Place::read(topic)
        {
            self.retained.remove(&form);
        }
        for peer in 0..self.peers.len() {
            let delay = 1 + self.dice.below(self.setting.delay_ms);
            let at = self.down[peer].arrival(self.now_ms, delay);
            self.agenda.plan(at, Event::AtPeer(peer, message.clone()));
        }
        if self.setting.arbiter {
            let delay = 1 + self.dice.below(self.setting.delay_ms);
            let at = self.to_arbiter.arrival(self.now_ms, delay);
            if self.dice.percent(self.setting.twice) {
                let later = at + self.dice.below(1_000);
                self.agenda.plan(later, Event::AtArbiter(message.clone()));
            }
            self.agenda.plan(at, Event::AtArbiter(message));
        }
    }

    /// Who is in, as the peers themselves have it.
    pub fn inside(&self) -> BTreeSet<String> {
        self.peers.iter().filter(|peer| peer.inside && !peer.crashed).map(|peer| peer.id.clone()).collect()
    }

    pub fn standing(&self, form: Form) -> Option<BTreeSet<String>> {
        self.retained.get(&form).map(|doc| doc.connected_instances.iter().cloned().collect())
    }

    /// Everybody sees who is really in.
    pub fn assert_settled(&self) {
        let session = self.session.as_ref().unwrap();
        let inside = self.inside();
        let record = session.record();
        assert_eq!(record.state, State::Open, "{:?}", record.closed);
        let members: BTreeSet<_> = record.members.iter().map(|m| m.client_id.clone()).collect();
        assert_eq!(members, inside, "members, and who is really in");
        for form in Form::ALL {
            assert_eq!(self.standing(form).as_ref(), Some(&inside), "{form:?}");
            assert_eq!(self.retained[&form].version, record.version, "{form:?}");
        }
        for peer in self.peers.iter().filter(|peer| !peer.crashed) {
            let copy = peer.copy.as_ref().unwrap();
            let seen: BTreeSet<_> = copy.connected_instances.iter().cloned().collect();
            assert_eq!(
                (seen, copy.session_id.as_str()),
                (inside.clone(), SESSION),
                "{} ({:?})",
                peer.id,
                peer.takes
            );
        }
    }
}
