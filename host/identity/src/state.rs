//! What the buckets hold, in memory: every request asks it, so nothing here waits.

use std::collections::{BTreeMap, HashMap};

use crate::{
    check,
    model::{KeyDoc, SessionDoc, TokenDoc, User, UserDoc},
    secret::Hash,
    table::Stored,
};

#[derive(Default)]
pub(crate) struct State {
    /// By id, which is by age.
    pub users: BTreeMap<String, Stored<UserDoc>>,
    /// Folded name to id.
    pub names: HashMap<String, String>,
    pub sessions: HashMap<Hash, SessionDoc>,
    pub tokens: HashMap<Hash, TokenDoc>,
    /// By kid, with the hash of the whole key.
    pub keys: BTreeMap<String, (Hash, KeyDoc)>,
}

impl State {
    pub fn keep_user(&mut self, stored: Stored<UserDoc>) {
        let id = stored.doc.user.id.clone();
        self.names.retain(|_, owner| *owner != id);
        self.names.insert(check::fold(&stored.doc.user.name), id.clone());
        self.users.insert(id, stored);
    }

    pub fn by_name(&self, name: &str) -> Option<&Stored<UserDoc>> {
        self.users.get(self.names.get(&check::fold(name))?)
    }

    pub fn by_name_or_id(&self, text: &str) -> Option<&Stored<UserDoc>> {
        self.users.get(text).or_else(|| self.by_name(text))
    }

    /// The user behind a session that is still good.
    pub fn session_user(&self, session: &Hash, now_ms: i64) -> Option<&User> {
        let session = self.sessions.get(session)?;
        let stored = self.users.get(&session.user)?;
        let good =
            session.expires_at_ms > now_ms && session.epoch == stored.doc.epoch && !stored.doc.user.disabled;
        good.then_some(&stored.doc.user)
    }

    pub fn token_user(&self, token: &Hash) -> Option<&User> {
        let user = &self.users.get(&self.tokens.get(token)?.user)?.doc.user;
        (!user.disabled).then_some(user)
    }

    /// Whether someone other than `except` can sign in as an admin.
    pub fn has_admin_besides(&self, except: &str) -> bool {
        self.users.values().any(|stored| {
            let UserDoc { user, .. } = &stored.doc;
            let can_sign_in =
                || stored.doc.has_credential() || self.tokens.values().any(|t| t.user == user.id);
            user.id != except && user.role == regie_core::Role::Admin && !user.disabled && can_sign_in()
        })
    }
}
