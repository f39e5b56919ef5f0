//! What the buckets hold, in memory: every request asks it, so nothing here waits.

use std::collections::{BTreeMap, HashMap};

use regie_core::Role;

use crate::{
    check,
    model::{KeyDoc, SessionDoc, TokenDoc, User, UserDoc},
    principal::BOOTSTRAP,
    secret::{self, Hash},
    table::Stored,
    target::TargetDoc,
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
    pub targets: HashMap<String, Stored<TargetDoc>>,
    /// Where an invitation's token leads.
    pub invites: HashMap<Hash, String>,
}

impl State {
    pub fn keep_user(&mut self, stored: Stored<UserDoc>) {
        let id = stored.doc.user.id.clone();
        self.names.retain(|_, owner| *owner != id);
        self.names.insert(check::fold(&stored.doc.user.name), id.clone());
        self.users.insert(id, stored);
    }

    pub fn forget_user(&mut self, id: &str) {
        self.names.retain(|_, owner| owner != id);
        self.users.remove(id);
    }

    pub fn keep_target(&mut self, target: &str, stored: Stored<TargetDoc>) {
        self.invites.retain(|_, at| at != target);
        let hashes = stored.doc.invites.iter().filter_map(|i| secret::parse_hash(&i.hash));
        self.invites.extend(hashes.map(|hash| (hash, target.to_owned())));
        self.targets.insert(target.to_owned(), stored);
    }

    /// Whether there was one.
    pub fn drop_target(&mut self, target: &str) -> bool {
        self.invites.retain(|_, at| at != target);
        self.targets.remove(target).is_some()
    }

    /// The greater of the global role and what the target grants.
    pub fn role_on(&self, user: &User, target: &str) -> Role {
        let granted = self.targets.get(target).map(|t| t.doc.granted(&user.id));
        user.role.max(granted.unwrap_or_default())
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

    /// A token that is still good. The bootstrap token has no user, and so what it makes is only ever good for a scope.
    pub fn token(&self, token: &Hash) -> Option<&TokenDoc> {
        let doc = self.tokens.get(token)?;
        let good = match self.users.get(&doc.user) {
            Some(stored) => !stored.doc.user.disabled && stored.doc.token_epoch == doc.epoch,
            None => doc.user == BOOTSTRAP && doc.scope.is_some(),
        };
        good.then_some(doc)
    }

    /// The user with whose rights a token acts: none for one with a scope.
    pub fn token_user(&self, token: &Hash) -> Option<&User> {
        let doc = self.token(token).filter(|t| t.scope.is_none())?;
        Some(&self.users.get(&doc.user)?.doc.user)
    }

    /// Whether someone other than `except` can sign in as an admin.
    pub fn has_admin_besides(&self, except: &str) -> bool {
        self.users.values().any(|stored| {
            let UserDoc { user, .. } = &stored.doc;
            let opens =
                |t: &TokenDoc| t.user == user.id && t.scope.is_none() && t.epoch == stored.doc.token_epoch;
            let can_sign_in = || stored.doc.has_credential() || self.tokens.values().any(opens);
            user.id != except && user.role == Role::Admin && !user.disabled && can_sign_in()
        })
    }
}
