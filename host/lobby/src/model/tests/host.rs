//! The host's part of the simulation: it hears, commits, acknowledges, corrects, and is killed.

use std::collections::{BTreeSet, HashSet};

use regie_lobby_client::wire::{Form, StateDoc};

use super::{
    broker::{Body, Event, Message},
    peer::EPOCH,
    world::World,
};
use crate::model::{Effects, Mark, Said, Session, clock};

impl World {
    pub(super) fn arbitrate(&mut self, message: Message) {
        let now = self.now();
        if !matches!(message.body, Body::Replay(..) | Body::Settled) {
            self.unacked.push(message.clone());
        }
        let from = message.from.map_or("arbiter".to_owned(), |peer| format!("peer-{peer}"));
        self.trace.push(format!(
            "{} from {from} of {}: {}",
            self.now_ms,
            message.sent_ms,
            brief(&message.body)
        ));
        let timestamp = clock::write(EPOCH + message.sent_ms as i64 + 7_200_000);
        let said = match message.body {
            Body::State(form, doc) => Said::State { form, doc, retained: false },
            Body::Replay(form, doc) => Said::State { form, doc, retained: true },
            Body::Seed(client_id) => Said::SeedSync { client_id, timestamp, retained: false },
            Body::Disconnect(client_id) => Said::Disconnect { client_id, timestamp },
            Body::Empty(_) => return,
            Body::Settled => {
                if let Some(session) = &mut self.session {
                    let effects = session.link_settled(now);
                    self.effects(effects);
                }
                return;
            }
        };
        let effects = match (&mut self.session, said) {
            (Some(session), said) => session.observe(said, now),
            (none, Said::State { form, doc, retained }) => {
                let (session, effects) = Session::found(form, doc, retained, self.setting.rules, now);
                *none = Some(session);
                effects
            }
            _ => Effects::default(),
        };
        let full = effects.refusals.iter().filter(|refusal| refusal.reason != "not_creator");
        let refused: HashSet<String> = full.map(|refusal| refusal.client_id.clone()).collect();
        self.effects(effects);
        if let (Some((change, leaves)), Some(peer)) = (message.change, message.from)
            && self.changes[peer] == change
        {
            if leaves {
                self.left.insert(peer);
            } else if refused.contains(&self.peers[peer].id) {
                // A plain peer sees it by the state only.
                self.peers[peer].inside = false;
            }
        }
        // What was committed may be acknowledged at once, or much later.
        if self.dice.percent(30) {
            self.unacked.clear();
        }
    }

    pub(super) fn effects(&mut self, effects: Effects) {
        if effects.commit {
            let record = self.session.as_ref().unwrap().record();
            // As the store has it.
            self.committed = Some(serde_json::from_slice(&serde_json::to_vec(record).unwrap()).unwrap());
        }
        if !effects.notes.is_empty() {
            self.trace.push(format!("    {:?}", effects.notes));
        }
        for topic in effects.empty {
            let body = Body::Empty(topic);
            let delay = 1 + self.dice.below(self.setting.delay_ms);
            let at = self.from_arbiter.arrival(self.now_ms, delay);
            let message = Message { from: None, sent_ms: self.now_ms, change: None, body };
            self.agenda.plan(at, Event::AtBroker(message));
        }
        self.notes.extend(effects.notes.into_iter().map(|note| (self.now_ms, note)));
        if effects.correct && !self.correcting {
            self.correcting = true;
            self.agenda.plan(self.now_ms + 20, Event::Correct);
        }
    }

    pub(super) fn correct(&mut self) {
        self.correcting = false;
        let now = self.now();
        let mark = Mark { host: "host".into(), epoch: self.epoch };
        for form in Form::ALL {
            let Some(session) = &mut self.session else { return };
            let Some(doc) = session.correction(form, &mark, now) else { continue };
            session.published(form, &doc, now);
            self.trace.push(format!("{} corrects {}", self.now_ms, brief(&Body::State(form, doc.clone()))));
            self.judge(&doc);
            self.corrections += 1;
            let message =
                Message { from: None, sent_ms: self.now_ms, change: None, body: Body::State(form, doc) };
            let delay = 1 + self.dice.below(self.setting.delay_ms);
            let at = self.from_arbiter.arrival(self.now_ms, delay);
            self.agenda.plan(at, Event::AtBroker(message));
        }
    }

    /// What holds for everything that the arbiter writes.
    fn judge(&mut self, doc: &StateDoc) {
        let limit = doc.num_players_max as usize;
        assert!(limit == 0 || doc.connected_instances.len() <= limit, "{doc:?}");
        let once: BTreeSet<_> = doc.connected_instances.iter().collect();
        assert_eq!(once.len(), doc.connected_instances.len(), "{doc:?}");
        for (number, peer) in self.peers.iter().enumerate() {
            let there = doc.connected_instances.contains(&peer.id);
            if self.left.contains(&number) && !there {
                self.gone.insert(number);
            }
            assert!(
                !(there && self.gone.contains(&number)),
                "{} is back at {}: {doc:?}",
                peer.id,
                self.now_ms
            );
        }
    }

    /// Killed, started with what was stored; the broker delivers again what was not acknowledged, then what it queued since.
    pub(super) fn restart(&mut self) {
        let Some(record) = self.committed.clone() else {
            self.session = None;
            let again = std::mem::take(&mut self.unacked);
            again.into_iter().for_each(|message| self.arbitrate(message));
            return;
        };
        self.epoch += 1;
        let now = self.now();
        let mut session = Session::restore(record, self.setting.rules, now);
        session.link_up(true);
        self.session = Some(session);
        for message in std::mem::take(&mut self.unacked) {
            self.arbitrate(message);
        }
        let early = self.dice.percent(30);
        let message = |body| Message { from: None, sent_ms: self.now_ms, change: None, body };
        let replays: Vec<_> =
            self.retained.clone().into_iter().map(|(form, doc)| message(Body::Replay(form, doc))).collect();
        let settled = message(Body::Settled);
        for replay in replays {
            if early {
                // Not what brokers do, but no promise of theirs.
                self.arbitrate(replay);
            } else {
                let at = self.to_arbiter.arrival(self.now_ms, 1);
                self.agenda.plan(at, Event::AtArbiter(replay));
            }
        }
        let at = self.to_arbiter.arrival(self.now_ms, 2);
        self.agenda.plan(at, Event::AtArbiter(settled));
    }
}

fn brief(body: &Body) -> String {
    let (Body::State(form, doc) | Body::Replay(form, doc)) = body else { return format!("{body:?}") };
    let ids: Vec<_> = doc.connected_instances.iter().map(|id| id.trim_start_matches("peer-")).collect();
    format!("{form:?} {} {:?} {} {}", doc.version, doc.state, ids.join(","), &doc.last_heartbeat[14..])
}
