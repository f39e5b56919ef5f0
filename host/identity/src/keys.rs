//! OBS keys: `?key=<kid>.<secret>` in the address of a browser source, which cannot sign in. Read-only, without expiry.

use regie_core::{Actor, Error, Result, Topic, random_hex, rfc3339};
use serde_json::Map;
use subtle::ConstantTimeEq as _;

use crate::{
    Identity, Secret, check,
    model::{KeyDoc, SCHEMA},
    secret,
};

const TOPICS: usize = 64;
const SURFACES: usize = 32;
const KEYS: usize = 10_000;

/// A key to be made.
#[derive(Debug, Clone, Default)]
pub struct NewKey {
    pub label: String,
    /// Each opens itself and what is below it: `tracker/12` opens `tracker/12/main`, not `tracker/123`.
    pub topics: Vec<String>,
    /// `overlay` (with all its views), `overlay:<view>`, `live`, `state` (the document's JSON), …; none: all of them.
    pub surfaces: Vec<String>,
}

/// A key as it is listed; the whole one is shown when it is made, and never again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Key {
    pub kid: String,
    /// The key with its secret masked.
    pub masked: String,
    pub label: String,
    pub topics: Vec<String>,
    pub surfaces: Vec<String>,
    /// Name of who made it.
    pub created_by: String,
    /// Their id; not listed.
    #[serde(skip)]
    pub created_by_id: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

impl From<&KeyDoc> for Key {
    fn from(doc: &KeyDoc) -> Self {
        Self {
            kid: doc.kid.clone(),
            masked: format!("{}.••••••••", doc.kid),
            label: doc.label.clone(),
            topics: doc.topics.clone(),
            surfaces: doc.surfaces.clone(),
            created_by: doc.created_by.clone(),
            created_by_id: doc.created_by_id.clone(),
            created_at: rfc3339(doc.created_at_ms),
        }
    }
}

impl Identity {
    /// Who may make keys for these topics is the caller's to check.
    pub async fn create_key(&self, by: &Actor, new: NewKey) -> Result<(Key, Secret)> {
        let label = check::label(&new.label)?;
        check_scope(&new)?;
        let _writing = self.writing.lock().await;
        if self.state.read().keys.len() >= KEYS {
            return Err(
                Error::conflict(format!("there are {KEYS} keys, which is the most")).hint("revoke some")
            );
        }
        let kid = random_hex(6);
        let secret = Secret::from_text(&format!("{kid}.{}", random_hex(16)));
        let doc = KeyDoc {
            schema: SCHEMA,
            kid: kid.clone(),
            hash: hex::encode(secret.hash()),
            label,
            topics: new.topics,
            surfaces: new.surfaces,
            created_by: by.name.clone(),
            created_by_id: by.id.clone(),
            created_at_ms: self.clock.now_ms(),
            rest: Map::new(),
        };
        let stored = self.keys.create(&kid, doc, by).await?;
        let key = Key::from(&stored.doc);
        self.state.write().keys.insert(kid, (secret.hash(), stored.doc));
        Ok((key, secret))
    }

    /// By kid: at most `limit` after the kid `after`, and whether there are more.
    pub fn keys(&self, limit: usize, after: Option<&str>) -> (Vec<Key>, bool) {
        use std::ops::Bound::{Excluded, Unbounded};
        let state = self.state.read();
        let from = after.map_or(Unbounded, Excluded);
        let mut rest = state.keys.range::<str, _>((from, Unbounded)).map(|(_, (_, doc))| Key::from(doc));
        let page = rest.by_ref().take(limit).collect();
        (page, rest.next().is_some())
    }

    pub fn key(&self, kid: &str) -> Option<Key> {
        self.state.read().keys.get(kid).map(|(_, doc)| Key::from(doc))
    }

    /// 404 where there is none. Links it opened are re-evaluated by whoever watches [`Identity::changes`].
    pub async fn revoke_key(&self, by: &Actor, kid: &str) -> Result<()> {
        let _writing = self.writing.lock().await;
        // Void in this process before it is durable: a full disk does not keep it good.
        let revoked = self.state.write().keys.remove(kid);
        revoked.ok_or_else(|| Error::not_found(format!("there is no key `{kid}`")).path("kid"))?;
        self.changed();
        self.keys.remove(kid, by).await.map(|_| ())
    }

    /// Whether the key exists and its scope holds `topic` and `surface`. A `surface` of `None` is the document's JSON,
    /// which a scope names `state`.
    pub fn key_opens(&self, key: &str, topic: &Topic, surface: Option<&str>) -> bool {
        let Some((kid, _)) = key.split_once('.') else { return false };
        let state = self.state.read();
        let Some((hash, doc)) = state.keys.get(kid) else { return false };
        bool::from(hash.ct_eq(&secret::hash(key)))
            && doc.topics.iter().any(|scope| is_or_is_below(topic.as_str(), scope, '/'))
            && (doc.surfaces.is_empty()
                || doc.surfaces.iter().any(|scope| is_or_is_below(surface.unwrap_or("state"), scope, ':')))
    }
}

fn is_or_is_below(name: &str, scope: &str, separator: char) -> bool {
    name.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
}

fn check_scope(new: &NewKey) -> Result<()> {
    if new.topics.is_empty() || new.topics.len() > TOPICS {
        return Err(Error::bad_request(format!("a key opens 1 to {TOPICS} topics"))
            .path("topics")
            .hint("as in tracker/12"));
    }
    for (n, topic) in new.topics.iter().enumerate() {
        Topic::parse(topic).map_err(|error| error.path(format!("topics[{n}]")))?;
    }
    if new.surfaces.len() > SURFACES {
        return Err(Error::bad_request(format!("a key names at most {SURFACES} surfaces")).path("surfaces"));
    }
    let token = |t: &str| {
        (1..=40).contains(&t.len())
            && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    for (n, surface) in new.surfaces.iter().enumerate() {
        let (kind, view) = surface.split_once(':').unwrap_or((surface, "all"));
        if !token(kind) || !token(view) {
            return Err(Error::bad_request(format!("`{surface}` is not a surface"))
                .path(format!("surfaces[{n}]"))
                .hint("as in overlay or overlay:compact"));
        }
    }
    Ok(())
}
