//! The one-time link with which a new server gets its first admin.

use regie_core::{Actor, Error, Result, Role};
use subtle::ConstantTimeEq as _;

use crate::{
    Identity, NewUser, Secret, User,
    model::{FirstAdminDoc, SCHEMA},
    secret,
    table::Stored,
};

const KEY: &str = "first-admin";
const LIFETIME_MS: i64 = 86_400_000;

impl Identity {
    /// A new token, valid 24 h and once, where nobody can sign in as an admin yet; the one of an earlier start is void
    /// then. `None` where there is such an admin.
    pub async fn first_admin_token(&self) -> Result<Option<String>> {
        let _writing = self.writing.lock().await;
        let nobody = Actor::anonymous();
        self.users.remove(KEY, &nobody).await?;
        if self.state.read().has_admin_besides("") {
            return Ok(None);
        }
        let token = Secret::random("");
        let expires_at_ms = self.clock.now_ms() + LIFETIME_MS;
        let doc = FirstAdminDoc { schema: SCHEMA, hash: hex::encode(token.hash()), expires_at_ms };
        self.users.create(KEY, doc, &nobody).await?;
        Ok(Some(token.as_str().to_owned()))
    }

    /// Makes the first admin and signs it in. 401 for a token that is wrong, used or too old, or where there is an admin.
    pub async fn redeem_first_admin(
        &self,
        token: &str,
        name: &str,
        password: &str,
    ) -> Result<(User, Secret)> {
        self.first_admin_doc(token).await?;
        let new = NewUser { name: name.into(), password: Some(password.into()), role: Role::Admin };
        let doc = self.new_user(new).await?;
        let user = {
            let _writing = self.writing.lock().await;
            let stored = self.first_admin_doc(token).await?;
            if self.state.read().by_name(&doc.user.name).is_some() {
                return Err(Error::conflict(format!("the name `{}` is taken", doc.user.name)).path("name"));
            }
            // Whoever removes it has used it.
            self.users
                .remove_at(KEY, stored.revision, stored.version, &doc.user.actor())
                .await
                .map_err(|_| void())?;
            self.insert_user(&doc.user.actor(), doc.clone()).await?
        };
        let password = self.stored_password(&user.id)?;
        self.open_session(&user.id, password.as_deref()).await
    }

    async fn first_admin_doc(&self, token: &str) -> Result<Stored<FirstAdminDoc>> {
        let stored = self.users.get::<FirstAdminDoc>(KEY).await?.ok_or_else(void)?;
        let known = secret::parse_hash(&stored.doc.hash).ok_or_else(void)?;
        let matches: bool = known.ct_eq(&secret::hash(token)).into();
        let good = matches && stored.doc.expires_at_ms > self.clock.now_ms();
        if !good || self.state.read().has_admin_besides("") {
            return Err(void());
        }
        Ok(stored)
    }
}

fn void() -> Error {
    Error::new(regie_core::ErrorKind::Unauthenticated, "this link is not valid (any more)")
        .path("token")
        .hint("while there is no admin, each start of the server prints a new one; it works once, within 24 hours")
}
