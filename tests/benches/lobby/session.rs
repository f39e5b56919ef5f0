//! One session as its peers see it, and what is still to be seen.

use std::time::{Duration, Instant};

use regie_lobby_client::wire::{Form, Place, State, StateDoc};

use super::{PEERS, told::Told};

/// After so long it is counted who sees a change, and sees it still.
pub const WINDOW: Duration = Duration::from_secs(2);

pub struct Session {
    pub id: String,
    pub topic: String,
    /// What each peer last read.
    pub views: Vec<Option<StateDoc>>,
    /// Who is in, had everybody their way. The first made it, and stays.
    pub wants: Vec<bool>,
    /// When each may act again.
    pub rested: Vec<Instant>,
    changes: Vec<Change>,
}

/// A peer joined or left.
struct Change {
    peer: usize,
    joined: bool,
    at: Instant,
    /// Since when each peer sees it without a break.
    seen: [Option<Instant>; PEERS],
}

impl Session {
    pub fn new(run: &str, number: usize) -> Self {
        let id = format!("{run}{number:03}");
        // Peers of both kinds.
        let form = if number.is_multiple_of(2) { Form::Prefix } else { Form::Suffix };
        let topic = Place::State { session: &id, form }.to_string();
        Self {
            id,
            topic,
            views: vec![None; PEERS],
            wants: vec![true; PEERS],
            rested: vec![Instant::now(); PEERS],
            changes: Vec::new(),
        }
    }

    pub fn name(&self, peer: usize) -> String {
        format!("{}-{peer}", self.id)
    }

    /// The state that everybody finds, with all of them in it.
    pub fn first(&self) -> StateDoc {
        let now = now();
        StateDoc {
            session_id: self.id.clone(),
            creator_client_id: self.name(0),
            model_name: "Tide pools".into(),
            state: State::Open,
            connected_instances: (0..PEERS).map(|peer| self.name(peer)).collect(),
            num_players_min: 2,
            num_players_max: 0,
            created_at: now.clone(),
            last_updated: now.clone(),
            last_heartbeat: now,
            version: 1,
            arbitrated: None,
            by: None,
            other: serde_json::Map::new(),
        }
    }

    /// What a peer writes that does as the source says: what it read, with itself in or out, one version on.
    pub fn change(&mut self, peer: usize, at: Instant) -> Option<StateDoc> {
        let joined = !self.wants[peer];
        let mut doc = plain(self.views[peer].as_ref()?);
        let name = self.name(peer);
        doc.connected_instances.retain(|one| *one != name);
        if joined {
            doc.connected_instances.push(name);
        }
        doc.version += 1;
        doc.last_updated = now();
        self.wants[peer] = joined;
        self.changes.push(Change { peer, joined, at, seen: [None; PEERS] });
        Some(doc)
    }

    pub fn heartbeat(&self) -> Option<StateDoc> {
        let mut doc = plain(self.views[0].as_ref()?);
        doc.last_heartbeat = now();
        Some(doc)
    }

    /// A peer read a state.
    pub fn read(&mut self, peer: usize, doc: StateDoc, at: Instant) {
        for change in &mut self.changes {
            let name = format!("{}-{}", self.id, change.peer);
            let is_in = doc.connected_instances.contains(&name);
            let right = is_in == change.joined;
            let seen = &mut change.seen[peer];
            *seen = if right { seen.or(Some(at)) } else { None };
        }
        self.views[peer] = Some(doc);
    }

    /// Counts what is older than the window.
    pub fn count(&mut self, now: Instant, told: &mut Told) {
        let (old, young) = self.changes.drain(..).partition(|change| now - change.at >= WINDOW);
        self.changes = young;
        let old: Vec<Change> = old;
        for change in old {
            let others = change.seen.iter().enumerate().filter(|(peer, _)| *peer != change.peer);
            for (_, seen) in others {
                match seen {
                    Some(at) => told.latencies.push(micros(*at - change.at)),
                    None => told.unseen += 1,
                }
            }
        }
    }

    /// Who is missing, and who should not be there, in what stands there in the end.
    pub fn judge(&self, told: &mut Told) {
        let Some(doc) = &self.views[0] else {
            told.torn += 1;
            return;
        };
        told.torn += usize::from(doc.state != State::Open);
        for peer in 1..PEERS {
            let is_in = doc.connected_instances.contains(&self.name(peer));
            told.members += usize::from(self.wants[peer]);
            told.lost += usize::from(self.wants[peer] && !is_in);
            told.ghosts += usize::from(!self.wants[peer] && is_in);
        }
    }
}

/// A plain peer keeps what it knows.
fn plain(doc: &StateDoc) -> StateDoc {
    StateDoc { arbitrated: None, by: None, other: serde_json::Map::new(), ..doc.clone() }
}

/// Nobody here compares it with another clock.
pub fn now() -> String {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let (minute, second) = (since.as_secs() / 60 % 60, since.as_secs() % 60);
    format!(
        "2026-03-01T{:02}:{minute:02}:{second:02}.{:06}",
        since.as_secs() / 3600 % 24,
        since.subsec_micros()
    )
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
