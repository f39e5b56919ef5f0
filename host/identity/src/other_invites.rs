//! Invitations that another room keeps: their links and addresses are the same as those of this room's own.

use std::sync::Arc;

use async_trait::async_trait;
use regie_core::{Actor, Error, Result, Role};
use serde_json::{Map, Value};

use crate::{Identity, NewUser, Secret};

#[async_trait]
pub trait OtherInvites: Send + Sync {
    /// What people are told who open the link; `None` where the room knows no such token.
    fn show(&self, token: &str) -> Option<Map<String, Value>>;

    /// Whether people without an account may make one with it.
    fn makes_accounts(&self, token: &str) -> bool;

    /// What accepting it led to. Errors are the room's own.
    async fn accept(&self, token: &str, by: &Actor) -> Result<Map<String, Value>>;
}

impl Identity {
    pub fn set_other_invites(&self, others: Arc<dyn OtherInvites>) {
        *self.other_invites.write() = Some(others);
    }

    /// The room that knows this token, if another one does.
    pub(crate) fn other_invites(&self, token: &str) -> Option<Arc<dyn OtherInvites>> {
        self.other_invites.read().clone().filter(|others| others.show(token).is_some())
    }

    /// Makes an account (a viewer), accepts with it, and signs it in. Nothing stays where the room refuses.
    pub(crate) async fn accept_other_as_new(
        &self,
        others: &dyn OtherInvites,
        token: &str,
        name: &str,
        password: &str,
    ) -> Result<(Map<String, Value>, Secret)> {
        if !others.makes_accounts(token) {
            return Err(
                Error::unauthenticated().hint("sign in first; this link is for people with an account")
            );
        }
        let new = NewUser { name: name.into(), password: Some(password.into()), role: Role::Viewer };
        let doc = self.new_user(new).await?;
        let stored_password = doc.password.clone();
        let user = {
            let _writing = self.writing.lock().await;
            self.insert_user(&doc.user.actor(), doc).await?
        };
        let accepted = match others.accept(token, &user.actor()).await {
            Ok(accepted) => accepted,
            Err(error) => {
                let _writing = self.writing.lock().await;
                self.remove_user(&user).await;
                return Err(error);
            }
        };
        let (_, session) = self.open_session(&user.id, stored_password.as_deref()).await?;
        Ok((accepted, session))
    }
}
