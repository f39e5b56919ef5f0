//! API tokens: what programs sign in with, in the name of a user.

use regie_core::{Error, Result, Role, new_id, rfc3339};
use serde_json::Map;

use crate::{
    Identity, Principal, Secret, check,
    model::{SCHEMA, TokenDoc},
    principal::Who,
    secret::Hash,
};

const TOKENS_PER_USER: usize = 100;

/// A token as it is listed; the plain one is shown when it is made, and never again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Token {
    /// UUIDv7.
    pub id: String,
    pub label: String,
    /// Id of the user in whose name it acts.
    pub user: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

impl From<&TokenDoc> for Token {
    fn from(doc: &TokenDoc) -> Self {
        Self {
            id: doc.id.clone(),
            label: doc.label.clone(),
            user: doc.user.clone(),
            created_at: rfc3339(doc.created_at_ms),
        }
    }
}

impl Identity {
    /// A token for oneself, or (as an admin) for the user named. It has that user's role at each time of its use.
    pub async fn create_token(
        &self,
        by: &Principal,
        label: &str,
        user: Option<&str>,
    ) -> Result<(Token, Secret)> {
        let actor = by.actor();
        if actor.is_anonymous() {
            return Err(self.not_signed_in());
        }
        let label = check::label(label)?;
        let owner = match user {
            None if by.who == Who::Bootstrap => {
                return Err(Error::bad_request("the bootstrap token has no user")
                    .path("user")
                    .hint("name one"));
            }
            None => actor.id.clone(),
            Some(name) => {
                let found = self.user(name).map(|u| u.id);
                if found.as_ref() != Some(&actor.id) {
                    actor.require(Role::Admin)?;
                }
                found.ok_or_else(|| Error::not_found(format!("there is no user `{name}`")).path("user"))?
            }
        };
        let _writing = self.writing.lock().await;
        if self.state.read().tokens.values().filter(|t| t.user == owner).count() >= TOKENS_PER_USER {
            return Err(
                Error::conflict(format!("a user has at most {TOKENS_PER_USER} tokens")).hint("revoke some")
            );
        }
        let secret = Secret::random("regie_");
        let doc = TokenDoc {
            schema: SCHEMA,
            id: new_id(),
            user: owner,
            label,
            created_at_ms: self.clock.now_ms(),
            rest: Map::new(),
        };
        let stored = self.tokens.create(&hex::encode(secret.hash()), doc, &actor).await?;
        let token = Token::from(&stored.doc);
        self.state.write().tokens.insert(secret.hash(), stored.doc);
        Ok((token, secret))
    }

    /// Oldest first: one's own, for an admin everyone's; at most `limit` after the id `after`, and whether there are more.
    pub fn tokens(&self, by: &Principal, limit: usize, after: Option<&str>) -> Result<(Vec<Token>, bool)> {
        let actor = by.actor();
        if actor.is_anonymous() {
            return Err(self.not_signed_in());
        }
        let mut found: Vec<Token> = {
            let state = self.state.read();
            let theirs = |t: &&TokenDoc| actor.role == Role::Admin || t.user == actor.id;
            let later = |t: &&TokenDoc| after.is_none_or(|after| t.id.as_str() > after);
            state.tokens.values().filter(theirs).filter(later).map(Token::from).collect()
        };
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let more = found.len() > limit;
        found.truncate(limit);
        Ok((found, more))
    }

    /// One's own, for an admin anyone's. What it opened ends at once.
    pub async fn revoke_token(&self, by: &Principal, id: &str) -> Result<()> {
        let actor = by.actor();
        if actor.is_anonymous() {
            return Err(self.not_signed_in());
        }
        let _writing = self.writing.lock().await;
        let hash: Option<Hash> = {
            let mut state = self.state.write();
            let theirs = |t: &TokenDoc| t.id == id && (actor.role == Role::Admin || t.user == actor.id);
            let hash = state.tokens.iter().find(|(_, t)| theirs(t)).map(|(hash, _)| *hash);
            // Void in this process before it is durable: a full disk does not keep it good.
            hash.inspect(|hash| drop(state.tokens.remove(hash)))
        };
        let hash = hash.ok_or_else(|| Error::not_found("there is no such token of yours").path("id"))?;
        self.changed();
        self.tokens.remove(&hex::encode(hash), &actor).await.map(|_| ())
    }
}
