//! A peer as the source has it: it keeps a copy, changes it and writes it over whatever stands there.

use regie_lobby_client::wire::{Form, State, StateDoc};

use crate::model::clock;

/// How a peer takes a state that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    Every,
    /// Not one with a lower version than its copy has.
    NotOlder,
    OnlyNewer,
}

pub struct Peer {
    pub id: String,
    pub form: Form,
    pub takes: Takes,
    /// Its clock minus the simulation's.
    pub skew_ms: i64,
    pub copy: Option<StateDoc>,
    /// It wants to be in, and believes that it is.
    pub inside: bool,
    pub crashed: bool,
    pub creator: bool,
}

pub const SESSION: &str = "s-1";
/// Simulated time 0, milliseconds since 1970.
pub const EPOCH: i64 = 1_770_000_000_000;

impl Peer {
    fn time(&self, now_ms: u64) -> String {
        clock::write(EPOCH + now_ms as i64 + self.skew_ms)
    }

    pub fn create(&mut self, limit: u32, now_ms: u64) -> StateDoc {
        self.inside = true;
        self.creator = true;
        let time = self.time(now_ms);
        let doc = StateDoc {
            session_id: SESSION.into(),
            creator_client_id: self.id.clone(),
            model_name: "Tide pools".into(),
            state: State::Open,
            connected_instances: vec![self.id.clone()],
            num_players_min: 2,
            num_players_max: limit,
            created_at: time.clone(),
            last_updated: time.clone(),
            last_heartbeat: time,
            version: 1,
            arbitrated: None,
            by: None,
            other: Default::default(),
        };
        self.copy = Some(doc.clone());
        doc
    }

    /// `to_dict` of the source writes the source's fields only.
    pub fn receive(&mut self, doc: &StateDoc) {
        let have = self.copy.as_ref().map(|copy| copy.version);
        let takes = match self.takes {
            Takes::Every => true,
            Takes::NotOlder => have.is_none_or(|version| doc.version >= version),
            Takes::OnlyNewer => have.is_none_or(|version| doc.version > version),
        };
        if takes {
            self.copy = Some(StateDoc { arbitrated: None, by: None, ..doc.clone() });
        } else if let Some(copy) = &mut self.copy
            && self.takes == Takes::OnlyNewer
            && copy.version == doc.version
            && !self.creator
        {
            // A heartbeat raises no version, and who drops it believes every creator dead.
            copy.last_heartbeat.clone_from(&doc.last_heartbeat);
        }
        if self.inside && self.copy.as_ref().is_some_and(|copy| copy.state == State::Closed) {
            self.inside = false;
        }
    }

    pub fn knows_itself_in(&self) -> bool {
        self.copy.as_ref().is_some_and(|copy| copy.connected_instances.contains(&self.id))
    }

    pub fn join(&mut self, now_ms: u64) -> Option<StateDoc> {
        let time = self.time(now_ms);
        let copy = self.copy.as_mut()?;
        let room =
            copy.num_players_max == 0 || copy.connected_instances.len() < copy.num_players_max as usize;
        let already = copy.connected_instances.contains(&self.id);
        if copy.state != State::Open || !(room || already) {
            return None;
        }
        if !already {
            copy.connected_instances.push(self.id.clone());
        }
        copy.version += 1;
        copy.last_updated = time;
        self.inside = true;
        Some(copy.clone())
    }

    pub fn leave(&mut self, now_ms: u64) -> Option<StateDoc> {
        let time = self.time(now_ms);
        self.inside = false;
        let copy = self.copy.as_mut()?;
        copy.connected_instances.retain(|id| *id != self.id);
        if self.creator {
            copy.state = State::Closed;
        }
        copy.version += 1;
        copy.last_updated = time;
        Some(copy.clone())
    }

    pub fn beat(&mut self, now_ms: u64) -> Option<StateDoc> {
        let time = self.time(now_ms);
        let copy = self.copy.as_mut()?;
        copy.last_heartbeat = time;
        Some(copy.clone())
    }

    /// Closes an open session whose creator it believes dead.
    pub fn check(&mut self, now_ms: u64) -> Option<StateDoc> {
        let time = self.time(now_ms);
        let copy = self.copy.as_mut().filter(|copy| copy.state == State::Open)?;
        if clock::read(&time)? - clock::read(&copy.last_heartbeat)? <= 15_000 {
            return None;
        }
        copy.state = State::Closed;
        copy.version += 1;
        copy.last_updated = time;
        Some(copy.clone())
    }
}
