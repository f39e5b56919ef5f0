//! API tokens: what programs sign in with, in the name of a user.

use regie_core::{Actor, Error, Result, Role, new_id, rfc3339};
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
    /// What alone it is good for, beyond a viewer's rights; absent: it acts with its user's rights.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub scope: Option<String>,
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
            scope: doc.scope.clone(),
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
        let actor = by.person()?;
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
        self.insert_token(check::label(label)?, owner, None, &actor).await
    }

    /// A token that is a viewer named `name` everywhere, and good for what `scope` (tokens joined by `.`, as in
    /// `auto.restream.12`) means to the room that asks [`Principal::scope`]. It is listed and revoked with those of `by`, and
    /// void while `by` is disabled. That `by` may give this scope away is the caller's to check, so no route takes a scope
    /// from a request.
    pub async fn create_scoped_token(&self, name: &str, scope: &str, by: &Actor) -> Result<(Token, Secret)> {
        if by.is_anonymous() {
            return Err(self.not_signed_in());
        }
        check::tokens(scope, "scope")?;
        let name = check::label(name).map_err(|error| error.path("name"))?;
        self.insert_token(name, by.id.clone(), Some(scope.to_owned()), by).await
    }

    async fn insert_token(
        &self,
        label: String,
        owner: String,
        scope: Option<String>,
        by: &Actor,
    ) -> Result<(Token, Secret)> {
        let _writing = self.writing.lock().await;
        let (alike, epoch) = {
            let state = self.state.read();
            let alike = state.tokens.values().filter(|t| t.user == owner && t.scope == scope).count();
            (alike, state.users.get(&owner).map_or(0, |u| u.doc.token_epoch))
        };
        if alike >= TOKENS_PER_USER {
            let of = if scope.is_some() { "of this scope" } else { "without a scope" };
            return Err(Error::conflict(format!("a user has at most {TOKENS_PER_USER} tokens {of}"))
                .hint("revoke some"));
        }
        let secret = Secret::random("regie_");
        let doc = TokenDoc {
            schema: SCHEMA,
            id: new_id(),
            user: owner,
            label,
            scope,
            epoch,
            created_at_ms: self.clock.now_ms(),
            rest: Map::new(),
        };
        let stored = self.tokens.create(&hex::encode(secret.hash()), doc, by).await?;
        let token = Token::from(&stored.doc);
        self.state.write().tokens.insert(secret.hash(), stored.doc);
        Ok((token, secret))
    }

    /// Oldest first: one's own, for an admin everyone's; at most `limit` after the id `after`, and whether there are more.
    pub fn tokens(&self, by: &Principal, limit: usize, after: Option<&str>) -> Result<(Vec<Token>, bool)> {
        let actor = by.person()?;
        let mut found = self.tokens_where(|t| {
            (actor.role == Role::Admin || t.user == actor.id)
                && after.is_none_or(|after| t.id.as_str() > after)
        });
        let more = found.len() > limit;
        found.truncate(limit);
        Ok((found, more))
    }

    /// All tokens of a scope, whoever had them made; oldest first.
    pub fn scoped_tokens(&self, scope: &str) -> Vec<Token> {
        self.tokens_where(|t| t.scope.as_deref() == Some(scope))
    }

    fn tokens_where(&self, wanted: impl Fn(&TokenDoc) -> bool) -> Vec<Token> {
        let state = self.state.read();
        // Those that a new epoch ended and that are not cleared away yet are no tokens any more.
        let current = |t: &TokenDoc| state.users.get(&t.user).is_none_or(|u| u.doc.token_epoch == t.epoch);
        let mut found: Vec<Token> =
            state.tokens.values().filter(|t| wanted(t) && current(t)).map(Token::from).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// One's own, for an admin anyone's. What it opened ends at once.
    pub async fn revoke_token(&self, by: &Principal, id: &str) -> Result<()> {
        let actor = by.person()?;
        let theirs = |t: &TokenDoc| t.id == id && (actor.role == Role::Admin || t.user == actor.id);
        match self.remove_tokens(theirs, &actor).await? {
            0 => Err(Error::not_found("there is no such token of yours").path("id")),
            _ => Ok(()),
        }
    }

    /// What the scope stood for is gone: so are its tokens, at once. How many there were.
    pub async fn revoke_scope(&self, scope: &str, by: &Actor) -> Result<usize> {
        self.remove_tokens(|t| t.scope.as_deref() == Some(scope), by).await
    }

    async fn remove_tokens(&self, which: impl Fn(&TokenDoc) -> bool, by: &Actor) -> Result<usize> {
        let _writing = self.writing.lock().await;
        self.clear_tokens(which, by).await
    }

    /// Void in this process before it is durable: a full disk does not keep one good. The caller holds `writing`.
    pub(crate) async fn clear_tokens(&self, which: impl Fn(&TokenDoc) -> bool, by: &Actor) -> Result<usize> {
        let gone: Vec<Hash> = {
            let mut state = self.state.write();
            let gone: Vec<Hash> = state.tokens.iter().filter(|(_, t)| which(t)).map(|(h, _)| *h).collect();
            gone.iter().for_each(|hash| drop(state.tokens.remove(hash)));
            gone
        };
        if !gone.is_empty() {
            self.changed();
        }
        for hash in &gone {
            self.tokens.remove(&hex::encode(hash), by).await?;
        }
        Ok(gone.len())
    }
}
