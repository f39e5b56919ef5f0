//! What people ask for over HTTP: decided on a copy, stored, then in force and answered.

use regie_core::{Actor, Error, Result, Role};
use regie_lobby_client::wire::State;

use super::{
    super::{
        Act, Ask, Wish, no_such_session,
        people::{check, id_of_key, in_another, instance, person, refused},
        store::Held,
    },
    Lane,
    follow::entry,
};
use crate::{
    New, View,
    model::{Authority, Effects, NewSession, Now, Refused, Session},
};

impl Lane {
    pub async fn asked(&mut self, ask: Ask) {
        let Ask { by, wish, answer } = ask;
        let done = match wish {
            Wish::Create { new, key } => self.create(&by, new, key).await,
            Wish::Act { id, act } => self.act(&by, &id, act).await,
        };
        self.finish().await;
        // Whoever asked may have gone; what was done stays done.
        let _ = answer.send(done.and_then(|id| self.answer_of(&id)));
    }

    fn answer_of(&self, id: &str) -> Result<View> {
        let kept = self.sessions.get(id).ok_or_else(no_such_session)?;
        Ok(kept.session.view(self.now()))
    }

    async fn create(&mut self, by: &Actor, new: New, key: Option<String>) -> Result<String> {
        let model_name = check(&new)?;
        let id = key.map_or_else(regie_core::new_id, |key| id_of_key(&by.id, &key));
        if self.sessions.get(&id).is_some_and(|kept| kept.session.record().creator_client_id == instance(by))
        {
            return Ok(id);
        }
        if self.graves.has(&id) || self.sessions.contains_key(&id) {
            return Err(Error::conflict("the session that was made with this key is over")
                .path("Idempotency-Key")
                .hint("a new UUID"));
        }
        if self.sessions.len() >= self.options.max_sessions {
            return Err(Error::conflict(format!("there are {} sessions", self.sessions.len()))
                .code("too_many_sessions")
                .hint("close some, or raise lobby.max_sessions"));
        }
        if let Some(other) = self.session_of(by, None) {
            return Err(in_another(&other));
        }
        let mut rules = self.options.rules;
        // Games compare times with their local clock: what others here have is likely theirs, else what this machine has.
        let known = self.sessions.values().find_map(|kept| kept.session.offset_ms());
        rules.local_offset_ms = known.unwrap_or_else(zone_ms);
        let new = NewSession {
            id: id.clone(),
            creator: person(by),
            model_name,
            num_players_min: new.num_players_min,
            num_players_max: new.num_players_max,
        };
        let (mut session, effects) = Session::create(new, rules, self.now());
        if !self.turn.is_settled() {
            session.link_lost();
        }
        let held = self.outdated.remove(&id).unwrap_or_default();
        self.store_new(by, session, held, effects).await?;
        Ok(id)
    }

    async fn store_new(&mut self, by: &Actor, session: Session, held: Held, effects: Effects) -> Result<()> {
        let at_ms = self.clock.now_ms();
        let entries = effects.notes.iter().filter_map(|note| entry(note, Some(by), at_ms)).collect();
        let held = self.store.save(session.record(), held, at_ms, entries).await?;
        self.stats.commits += 1;
        let id = session.record().session_id.clone();
        self.keep(session, held);
        self.apply(by, &id, effects);
        Ok(())
    }

    async fn act(&mut self, by: &Actor, id: &str, act: Act) -> Result<String> {
        if !self.sessions.contains_key(id) {
            return Err(no_such_session());
        }
        let (me, now) = (instance(by), self.now());
        if let Some(kept) = self.sessions.get_mut(id) {
            kept.session.seen(&me, now);
        }
        let authority =
            if by.role == Role::Admin { Authority::Admin } else { Authority::Creator(me.clone()) };
        match act {
            Act::Join { switch } => self.join(by, id, switch).await?,
            Act::Leave => self.change(by, id, |session, now| session.leave(&me, now)).await?,
            Act::Start => self.change(by, id, |session, now| session.start(authority, now)).await?,
            Act::Close => self.change(by, id, |session, now| session.close(authority, now)).await?,
        }
        Ok(id.to_owned())
    }

    async fn join(&mut self, by: &Actor, id: &str, switch: bool) -> Result<()> {
        let who = person(by);
        if let Some(other) = self.session_of(by, Some(id)) {
            if !switch {
                return Err(in_another(&other));
            }
            // Only who gets into the one leaves the other.
            if let Some(kept) = self.sessions.get(id) {
                kept.session.clone().join(who.clone(), self.now()).map_err(refused)?;
            }
            let me = who.client_id.clone();
            self.change(by, &other, |session, now| session.leave(&me, now)).await?;
        }
        self.change(by, id, |session, now| session.join(who, now)).await
    }

    /// In force when it is stored, or not at all.
    async fn change(
        &mut self,
        by: &Actor,
        id: &str,
        change: impl FnOnce(&mut Session, Now) -> std::result::Result<Effects, Refused>,
    ) -> Result<()> {
        let now = self.now();
        let kept = self.sessions.get_mut(id).ok_or_else(no_such_session)?;
        let mut session = kept.session.clone();
        let effects = change(&mut session, now).map_err(refused)?;
        if effects.commit {
            let mut entries = kept.entries.clone();
            entries.extend(effects.notes.iter().filter_map(|note| entry(note, Some(by), now.wall_ms)));
            kept.held = self.store.save(session.record(), kept.held, now.wall_ms, entries).await?;
            kept.entries.clear();
            self.dirty.remove(id);
            self.stats.commits += 1;
        }
        kept.session = session;
        self.apply(by, id, effects);
        Ok(())
    }

    /// What follows from what is stored already.
    fn apply(&mut self, by: &Actor, id: &str, mut effects: Effects) {
        let notes = std::mem::take(&mut effects.notes);
        effects.commit = false;
        if let Some(kept) = self.sessions.get_mut(id) {
            kept.members = kept.session.record().members.len();
        }
        self.follow(id, effects, None);
        for note in &notes {
            self.note(id, note, Some(by));
        }
        self.touched.insert(id.to_owned());
    }

    /// Where somebody is, other than in `but`.
    fn session_of(&self, by: &Actor, but: Option<&str>) -> Option<String> {
        let me = instance(by);
        let mut records = self.sessions.values().map(|kept| kept.session.record());
        let here = records.find(|record| {
            record.state != State::Closed
                && but != Some(record.session_id.as_str())
                && record.member(&me).is_some()
        });
        here.map(|record| record.session_id.clone())
    }
}

/// Local time of this machine minus UTC.
fn zone_ms() -> i64 {
    i64::from(chrono::Local::now().offset().local_minus_utc()) * 1000
}
