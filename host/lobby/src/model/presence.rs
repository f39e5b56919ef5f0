//! Who is there: signs of life, silence, and what happens by itself.

use regie_lobby_client::wire::{Discovery, Place, State};

use super::{Closed, Effects, Gone, Note, Now, Publication, clock, link::Link, session::Session};

impl Session {
    /// A person's sign of life: their page is open, or they asked for something.
    pub fn seen(&mut self, client_id: &str, now: Now) {
        if self.is_person(client_id) {
            self.last_seen.insert(client_id.to_owned(), now.mono_ms);
            self.heard_of(client_id, now);
        }
    }

    /// A message of a client's. Persons have none: what carries their id is the host's own.
    pub(super) fn alive(&mut self, client_id: &str, now: Now) {
        if self.is_person(client_id) {
            return;
        }
        if let Some(seen) = self.last_seen.get_mut(client_id) {
            *seen = now.mono_ms;
        }
        self.heard_of(client_id, now);
    }

    fn heard_of(&mut self, client_id: &str, now: Now) {
        if client_id == self.record.creator_client_id {
            self.heartbeat_at_ms = now.wall_ms;
        }
    }

    fn silence_ms(&self, client_id: &str, now: Now) -> u64 {
        self.last_seen.get(client_id).map_or(0, |seen| now.mono_ms.saturating_sub(*seen))
    }

    /// Silent for so long that others' word that it is gone counts.
    pub(super) fn is_silent(&self, client_id: &str, now: Now) -> bool {
        // While the link is down nobody can be heard.
        let heard = self.link == Link::Settled || self.is_person(client_id);
        let limit = match self.is_person(client_id) {
            true => self.rules.person_expiry_ms * 2 / 3,
            false => self.rules.suspect_ms,
        };
        heard && self.silence_ms(client_id, now) >= limit
    }

    fn is_expired(&self, client_id: &str, now: Now) -> bool {
        let limit = match self.is_person(client_id) {
            true => self.rules.person_expiry_ms,
            false => self.rules.expiry_ms,
        };
        self.is_silent(client_id, now) && self.silence_ms(client_id, now) >= limit
    }

    /// Every second: silence, expiry, heartbeats of held sessions, the end of a close, refresh.
    pub fn tick(&mut self, now: Now) -> Effects {
        let mut effects = Effects::default();
        self.forget_lost_echoes(now);
        match self.record.state {
            State::Closed => self.end(now, &mut effects),
            State::Open => self.evict(now, &mut effects),
            State::Starting | State::Started | State::InProgress => self.abandon(now, &mut effects),
        }
        if self.record.state != State::Closed {
            self.suspect(now, &mut effects);
            self.hold(now, &mut effects);
            self.tidy(now, &mut effects);
        }
        self.sealed(effects, now)
    }

    fn evict(&mut self, now: Now, effects: &mut Effects) {
        let creator = self.record.creator_client_id.clone();
        if self.is_expired(&creator, now) {
            self.departs(&creator, Gone::Silent, now, effects);
        }
        let members = self.record.members.iter().map(|member| member.client_id.clone());
        let gone: Vec<String> = members.filter(|id| self.is_expired(id, now)).collect();
        for client_id in gone {
            // Without its creator it may have closed: then it ends with everybody in it.
            if self.record.state == State::Open {
                self.departs(&client_id, Gone::Silent, now, effects);
            }
        }
    }

    /// Nobody is put out of a session that runs, but one that nobody speaks in ends.
    fn abandon(&mut self, now: Now, effects: &mut Effects) {
        let silent = |id: &String| self.silence_ms(id, now) >= self.rules.abandoned_ms;
        let silent = silent(&self.record.creator_client_id)
            && self.record.members.iter().all(|member| silent(&member.client_id));
        if self.link == Link::Settled && silent {
            self.advance(State::Closed, Closed::Abandoned, effects, now);
        }
    }

    fn suspect(&mut self, now: Now, effects: &mut Effects) {
        for member in &self.record.members {
            let (client_id, suspect) = (member.client_id.clone(), self.is_silent(&member.client_id, now));
            let changed = match suspect {
                true => self.suspects.insert(client_id.clone()),
                false => self.suspects.remove(&client_id),
            };
            if changed {
                effects.notes.push(Note::Suspected { client_id, suspect });
            }
        }
    }

    /// Writes the heartbeat where the creator has no game that does.
    fn hold(&mut self, now: Now, effects: &mut Effects) {
        let due = now.mono_ms.saturating_sub(self.held_ms) >= self.rules.heartbeat_ms;
        if !self.record.held || !due || self.is_expired(&self.record.creator_client_id, now) {
            return;
        }
        self.held_ms = now.mono_ms;
        self.clock.set(&self.time(now));
        effects.publish.push(self.discovery(now));
        effects.notes.push(Note::Heartbeat);
    }

    /// So that lists of sessions show it.
    pub(super) fn discovery(&self, now: Now) -> Publication {
        let record = &self.record;
        let said = Discovery {
            session_id: record.session_id.clone(),
            client_id: record.creator_client_id.clone(),
            num_players_min: record.num_players_min,
            num_players_max: record.num_players_max,
            model_name: record.model_name.clone(),
            timestamp: self.time(now),
        };
        let payload = serde_json::to_string(&said).unwrap_or_default();
        let topic = Place::Discovery { session: &record.session_id }.to_string();
        Publication { topic, payload, retain: true }
    }

    pub(super) fn hand_over(&mut self, to: String, now: Now, effects: &mut Effects) {
        let from = std::mem::replace(&mut self.record.creator_client_id, to.clone());
        self.record.held = true;
        self.heartbeat_at_ms = now.wall_ms;
        self.clock
            .set(&clock::write(now.wall_ms + self.clock.offset_ms().unwrap_or(self.rules.local_offset_ms)));
        self.held_ms = now.mono_ms;
        effects.commit = true;
        effects.publish.push(self.discovery(now));
        effects.notes.push(Note::HandedOver { from, to });
    }

    fn tidy(&mut self, now: Now, effects: &mut Effects) {
        let burial_ms = i64::try_from(self.rules.burial_ms).unwrap_or(i64::MAX);
        let buried = self.record.buried.len();
        self.record.buried.retain(|burial| now.wall_ms.saturating_sub(burial.left_at_ms) < burial_ms);
        effects.commit |= self.record.buried.len() < buried;
        let (beside, record) = (&mut self.beside, &self.record);
        if self.link == Link::Settled {
            effects.empty.extend(beside.tidy(&record.session_id, |id| record.member(id).is_some(), now));
        }
        let (members, creator) = (&self.record.members, &self.record.creator_client_id);
        let is_known = |id: &String| id == creator || members.iter().any(|member| member.client_id == *id);
        self.last_seen.retain(|id, _| is_known(id));
        let buried = &self.record.buried;
        self.signs.retain(|id, _| is_known(id) || buried.iter().any(|burial| burial.client_id == *id));
    }

    /// When everybody had the time to see that it is closed, nothing of it is left on the broker.
    fn end(&mut self, now: Now, effects: &mut Effects) {
        let since = self.closing_ms.is_some_and(|at| now.mono_ms.saturating_sub(at) >= self.rules.closing_ms);
        if self.over || !since || self.link != Link::Settled {
            return;
        }
        let members = self.record.members.iter().map(|member| member.client_id.as_str());
        let clients = members.chain(self.record.buried.iter().map(|burial| burial.client_id.as_str()));
        effects.empty = self.beside.topics(&self.record.session_id, clients);
        self.over = true;
    }
}
