//! A broker of one session: one order for all, a queue for each client, retained values, and messages that come twice.

use std::{cmp::Reverse, collections::BinaryHeap};

use regie_lobby_client::wire::{Form, StateDoc};

/// The same numbers for the same seed, everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit.max(1)
    }

    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    State(Form, StateDoc),
    Seed(String),
    Disconnect(String),
    Empty(String),
    /// To the arbiter only: the retained value of a form, when it subscribes.
    Replay(Form, StateDoc),
    /// … and the end of all that was queued for it.
    Settled,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which peer; the arbiter is none.
    pub from: Option<usize>,
    /// When it was sent: its timestamp.
    pub sent_ms: u64,
    /// Which of its sender's comings and goings it is, and whether it is a going.
    pub change: Option<(u32, bool)>,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub enum Event {
    AtBroker(Message),
    AtPeer(usize, Message),
    AtArbiter(Message),
    /// A peer's timers.
    Beat(usize),
    Check(usize),
    Sign(usize),
    Verify(usize, u32),
    Tick,
    Correct,
    Step(usize),
    Restart,
}

/// What happens when; in the order in which it was planned where the time is the same.
#[derive(Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(u64, u64)>>,
    events: std::collections::HashMap<u64, Event>,
    planned: u64,
}

impl Agenda {
    pub fn plan(&mut self, at_ms: u64, event: Event) {
        self.planned += 1;
        self.events.insert(self.planned, event);
        self.heap.push(Reverse((at_ms, self.planned)));
    }

    pub fn next(&mut self, until_ms: u64) -> Option<(u64, Event)> {
        let Reverse((at, _)) = self.heap.peek()?;
        if *at > until_ms {
            return None;
        }
        let Reverse((at, number)) = self.heap.pop()?;
        self.events.remove(&number).map(|event| (at, event))
    }
}

/// One direction of a connection: what was sent first arrives first.
#[derive(Default, Clone)]
pub struct Lane(u64);

impl Lane {
    pub fn arrival(&mut self, now_ms: u64, delay_ms: u64) -> u64 {
        self.0 = self.0.max(now_ms + delay_ms);
        self.0
    }
}
