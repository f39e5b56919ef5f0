//! Users: made, listed, changed. One document each, and one more that says who has a name.

use regie_core::{Actor, Error, ErrorKind, Result, Role, new_id, rfc3339};
use serde_json::Map;

use crate::{
    Identity, Principal, User, check,
    model::{NameDoc, SCHEMA, UserDoc},
    principal::Who,
    secret,
    sessions::wrong,
    table::Stored,
};

/// A user to be made. Without a password it cannot sign in by itself.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    pub name: String,
    pub password: Option<String>,
    pub role: Role,
}

/// What to change; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default)]
pub struct UserPatch {
    pub name: Option<String>,
    pub role: Option<Role>,
    pub password: Option<String>,
    pub disabled: Option<bool>,
    /// Whether the user's API tokens end, too; else they outlive a new password.
    pub revoke_tokens: bool,
    /// Asked of those who change their own password without being an admin.
    pub current_password: Option<String>,
}

pub(crate) fn name_key(name: &str) -> String {
    format!("name.{}", hex::encode(secret::hash(&check::fold(name))))
}

fn user_key(id: &str) -> String {
    format!("user.{id}")
}

fn taken(name: &str) -> Error {
    Error::conflict(format!("the name `{name}` is taken")).path("name").hint("names differ in more than case")
}

impl Identity {
    /// 409 where the name is taken, whatever its case.
    pub async fn create_user(&self, by: &Actor, new: NewUser) -> Result<User> {
        let doc = self.new_user(new).await?;
        let _writing = self.writing.lock().await;
        self.insert_user(by, doc).await
    }

    /// Checks and hashes; nothing is written.
    pub(crate) async fn new_user(&self, new: NewUser) -> Result<UserDoc> {
        let name = check::name(&new.name)?;
        let password = match &new.password {
            Some(password) => {
                check::password(password)?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let user = User {
            id: new_id(),
            name,
            role: new.role,
            disabled: false,
            twitch_id: None,
            twitch_name: None,
            avatar_url: None,
            created_at: rfc3339(self.clock.now_ms()),
        };
        Ok(UserDoc { schema: SCHEMA, user, password, epoch: 0, token_epoch: 0, rest: Map::new() })
    }

    /// The caller holds `writing`.
    pub(crate) async fn insert_user(&self, by: &Actor, doc: UserDoc) -> Result<User> {
        let (user, key) = (doc.user.clone(), user_key(&doc.user.id));
        self.reserve(&user.name, &user.id, by).await?;
        match self.users.create(&key, doc, by).await {
            Ok(stored) => self.state.write().keep_user(stored),
            Err(error) => {
                self.free(&user.name, by).await;
                return Err(error);
            }
        }
        Ok(user)
    }

    /// Takes back one that was just made, when what it was made for failed. The caller holds `writing`.
    pub(crate) async fn remove_user(&self, user: &User) {
        self.state.write().forget_user(&user.id);
        if let Err(error) = self.users.remove(&user_key(&user.id), &user.actor()).await {
            // It is there again after a restart, and harmless: a viewer whose password is known to who made it.
            tracing::warn!(%error, user = user.id, "a user that was not wanted after all could not be removed");
            return;
        }
        self.free(&user.name, &user.actor()).await;
    }

    pub fn user(&self, name_or_id: &str) -> Option<User> {
        self.state.read().by_name_or_id(name_or_id).map(|u| u.doc.user.clone())
    }

    /// The user whose name on Twitch this is, whatever its case.
    pub fn user_on_twitch(&self, twitch_name: &str) -> Option<User> {
        let wanted = check::fold(twitch_name);
        let state = self.state.read();
        let mut users = state.users.values().map(|u| &u.doc.user);
        users.find(|user| user.twitch_name.as_deref().is_some_and(|n| check::fold(n) == wanted)).cloned()
    }

    /// Oldest first: at most `limit` after the user with id `after`, and whether there are more.
    pub fn users(&self, limit: usize, after: Option<&str>) -> (Vec<User>, bool) {
        use std::ops::Bound::{Excluded, Unbounded};
        let state = self.state.read();
        let from = after.map_or(Unbounded, Excluded);
        let mut rest = state.users.range::<str, _>((from, Unbounded)).map(|(_, u)| u.doc.user.clone());
        let page = rest.by_ref().take(limit).collect();
        (page, rest.next().is_some())
    }

    /// Admins change anyone; others their own password and tokens, for which they must know it. A new password ends the
    /// user's other sessions. 409 for a taken name and for what would leave no admin who can sign in.
    pub async fn patch_user(&self, by: &Principal, name_or_id: &str, patch: UserPatch) -> Result<User> {
        let actor = by.person()?;
        let found = self.user(name_or_id);
        if actor.role < Role::Admin {
            let own = found.as_ref().is_some_and(|user| user.id == actor.id);
            if !own || patch.name.is_some() || patch.role.is_some() || patch.disabled.is_some() {
                return Err(Error::forbidden("only an admin may change this")
                    .hint("your own password is yours to change"));
            }
            self.check_own_password(&actor, &patch).await?;
        }
        let id = found.ok_or_else(|| no_user(name_or_id))?.id;
        let name = patch.name.as_deref().map(check::name).transpose()?;
        let password = match &patch.password {
            Some(password) => {
                check::password(password)?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };

        let _writing = self.writing.lock().await;
        // Rights may have gone while the password was hashed.
        let now = by.actor();
        if now.id != actor.id || now.role < actor.role {
            return Err(self.not_signed_in());
        }
        let apply = |old: &UserDoc| {
            let mut doc = old.clone();
            doc.user.name = name.clone().unwrap_or(doc.user.name);
            doc.user.role = patch.role.unwrap_or(doc.user.role);
            doc.user.disabled = patch.disabled.unwrap_or(doc.user.disabled);
            doc.epoch += u64::from(password.is_some() || (doc.user.disabled && !old.user.disabled));
            doc.token_epoch += u64::from(patch.revoke_tokens);
            doc.password = password.clone().or(doc.password);
            doc
        };
        let doc = self.write_user(&actor, &id, apply).await?;
        self.changed();
        let keep = match by.who {
            Who::Session(hash) if actor.id == id && !doc.user.disabled => Some(hash),
            _ => None,
        };
        self.follow_epoch(&id, doc.epoch, keep).await?;
        self.clear_tokens(|t| t.user == id && t.epoch != doc.token_epoch, &actor).await?;
        Ok(doc.user)
    }

    async fn check_own_password(&self, actor: &Actor, patch: &UserPatch) -> Result<()> {
        let Some(current) = &patch.current_password else {
            return Err(Error::bad_request("your present password is missing").path("current_password"));
        };
        let attempt = self.limiter.attempt_as(&check::fold(&actor.name), self.clock.now_ms())?;
        let stored = self.state.read().users.get(&actor.id).and_then(|u| u.doc.password.clone());
        let current = if current.len() > 4096 { "" } else { current };
        if !self.passwords.verify(current, stored.as_deref()).await? {
            return Err(Error::forbidden("this is not your present password").path("current_password"));
        }
        self.limiter.succeeded(&attempt);
        Ok(())
    }

    /// Reserve the new name, write the user, free the old name. Applied again where another process wrote meanwhile.
    pub(crate) async fn write_user(
        &self,
        by: &Actor,
        id: &str,
        apply: impl Fn(&UserDoc) -> UserDoc,
    ) -> Result<UserDoc> {
        for _ in 0..8 {
            let old = self.state.read().users.get(id).cloned().ok_or_else(|| no_user(id))?;
            let doc = apply(&old.doc);
            self.keep_an_admin(&old.doc, &doc)?;
            let (had, has) = (old.doc.user.name.clone(), doc.user.name.clone());
            let renamed = name_key(&had) != name_key(&has);
            if renamed {
                self.reserve(&has, id, by).await?;
            }
            match self.users.put(&user_key(id), &old, doc, by).await {
                Ok(stored) => {
                    let doc = stored.doc.clone();
                    self.state.write().keep_user(stored);
                    if renamed {
                        self.free(&had, by).await;
                    }
                    return Ok(doc);
                }
                Err(error) => {
                    if renamed {
                        self.free(&has, by).await;
                    }
                    if error.kind != ErrorKind::Conflict {
                        return Err(error);
                    }
                    let fresh: Stored<UserDoc> =
                        self.users.get(&user_key(id)).await?.ok_or_else(|| no_user(id))?;
                    self.state.write().keep_user(fresh);
                }
            }
        }
        Err(Error::conflict("this user keeps changing").hint("try again"))
    }

    fn keep_an_admin(&self, old: &UserDoc, new: &UserDoc) -> Result<()> {
        let is_admin = |doc: &UserDoc| doc.user.role == Role::Admin && !doc.user.disabled;
        let can_sign_in = new.has_credential() || new.token_epoch == old.token_epoch;
        if is_admin(old)
            && !(is_admin(new) && can_sign_in)
            && !self.state.read().has_admin_besides(&old.user.id)
        {
            return Err(Error::conflict("this is the last admin who can sign in")
                .hint("make someone else admin first"));
        }
        Ok(())
    }

    async fn reserve(&self, name: &str, id: &str, by: &Actor) -> Result<()> {
        let doc = NameDoc { schema: SCHEMA, user: id.to_owned() };
        match self.users.create(&name_key(name), doc, by).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind == ErrorKind::Conflict => Err(taken(name)),
            Err(error) => Err(error),
        }
    }

    /// What cannot be freed now is freed at the next start.
    async fn free(&self, name: &str, by: &Actor) {
        if let Err(error) = self.users.remove(&name_key(name), by).await {
            tracing::warn!(%error, "a user's former name stays taken until the next start");
        }
    }

    /// The stored password of a user is what is asked for; used where a session is opened without a login.
    pub(crate) fn stored_password(&self, id: &str) -> Result<Option<String>> {
        self.state.read().users.get(id).map(|u| u.doc.password.clone()).ok_or_else(wrong)
    }
}

fn no_user(name: &str) -> Error {
    Error::not_found(format!("there is no user `{name}`")).path("name")
}
