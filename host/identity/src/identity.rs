//! The room's one object: its buckets, what they hold in memory, and who is told when rights change.

use std::sync::Arc;

use parking_lot::RwLock;
use regie_core::{Actor, Clock, Error, ErrorKind, Result};
use regie_store::Bucket;
use tokio::sync::{Mutex, watch};

use crate::{
    Describer, Options, OtherInvites, PublicUrl,
    limiter::Limiter,
    model::{KeyDoc, NameDoc, SCHEMA, SessionDoc, TokenDoc, UserDoc},
    password::Passwords,
    secret::{self, Hash},
    state::State,
    table::{Stored, Table},
    target::TargetDoc,
    twitch::{Provider, UnderWay},
    users::name_key,
};

/// Where identity keeps what it knows; each is a bucket of its own.
pub struct Buckets {
    pub users: Arc<dyn Bucket>,
    pub sessions: Arc<dyn Bucket>,
    pub tokens: Arc<dyn Bucket>,
    pub keys: Arc<dyn Bucket>,
    pub targets: Arc<dyn Bucket>,
}

pub struct Identity {
    pub(crate) users: Table,
    pub(crate) sessions: Table,
    pub(crate) tokens: Table,
    pub(crate) keys: Table,
    pub(crate) targets: Table,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) bootstrap: Option<Hash>,
    pub(crate) opened_at_ms: i64,
    pub(crate) passwords: Passwords,
    /// `None` where it is not set up.
    pub(crate) twitch: Option<Provider>,
    /// Held for as long as it is looked at, never across a wait.
    pub(crate) pending: parking_lot::Mutex<UnderWay>,
    pub(crate) limiter: Limiter,
    /// Held for as long as a map is looked at, never across a wait.
    pub(crate) state: RwLock<State>,
    /// Held from the check that allows a write to its being in `state`. Taken before `state`.
    pub(crate) writing: Mutex<()>,
    /// Held for as long as it is read or set, never while it is called.
    pub(crate) describer: RwLock<Option<Describer>>,
    /// As `describer`.
    pub(crate) other_invites: RwLock<Option<Arc<dyn OtherInvites>>>,
    changes: watch::Sender<u64>,
}

impl Identity {
    /// Reads everything into memory, finishes or frees what a stop left half done, and forgets sessions that ended.
    pub async fn open(buckets: Buckets, clock: Arc<dyn Clock>, options: Options) -> Result<Arc<Self>> {
        let public_url =
            options.public_url.as_deref().filter(|url| !url.is_empty()).map(PublicUrl::parse).transpose()?;
        let bootstrap = options.bootstrap_token.as_deref().filter(|token| !token.is_empty());
        if bootstrap.is_some_and(|token| token.len() < 16) {
            tracing::warn!("the bootstrap token is short enough to be guessed; use 16 characters or more");
        }
        let table = |bucket| Table::new(bucket, clock.clone());
        let identity = Self {
            users: table(buckets.users),
            sessions: table(buckets.sessions),
            tokens: table(buckets.tokens),
            keys: table(buckets.keys),
            targets: table(buckets.targets),
            public_url,
            bootstrap: bootstrap.map(secret::hash),
            opened_at_ms: clock.now_ms(),
            twitch: Provider::new(&options.twitch)?,
            pending: parking_lot::Mutex::default(),
            passwords: Passwords::new(options.password_checks).await?,
            limiter: Limiter::new(options.login_attempts, options.login_window_ms),
            state: RwLock::default(),
            writing: Mutex::default(),
            describer: RwLock::default(),
            other_invites: RwLock::default(),
            changes: watch::Sender::new(0),
            clock,
            options,
        };
        identity.load().await?;
        Ok(Arc::new(identity))
    }

    /// Rises whenever rights may have changed (logout, role, grant on a target, disabled user, revoked key, token or
    /// session): ask every [`crate::Principal`] of an open link again.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    async fn load(&self) -> Result<()> {
        let mut state = State::default();
        for (_, stored) in self.users.all::<UserDoc>("user").await? {
            state.keep_user(stored);
        }
        self.settle_names(&state).await?;
        let now_ms = self.clock.now_ms();
        for (key, Stored { doc, .. }) in self.sessions.all::<SessionDoc>("").await? {
            let Some(hash) = secret::parse_hash(&key) else { continue };
            let user = state.users.get(&doc.user);
            if doc.expires_at_ms > now_ms && user.is_some_and(|u| u.doc.epoch == doc.epoch) {
                state.sessions.insert(hash, doc);
            } else {
                self.sessions.remove(&key, &Actor::anonymous()).await?;
            }
        }
        for (key, Stored { doc, .. }) in self.tokens.all::<TokenDoc>("").await? {
            let Some(hash) = secret::parse_hash(&key) else { continue };
            if state.users.get(&doc.user).is_some_and(|u| u.doc.token_epoch != doc.epoch) {
                self.tokens.remove(&key, &Actor::anonymous()).await?;
                continue;
            }
            state.tokens.insert(hash, doc);
        }
        for (kid, Stored { doc, .. }) in self.keys.all::<KeyDoc>("").await? {
            let Some(hash) = secret::parse_hash(&doc.hash) else { continue };
            state.keys.insert(kid, (hash, doc));
        }
        for (target, stored) in self.targets.all::<TargetDoc>("").await? {
            state.keep_target(&target, stored);
        }
        *self.state.write() = state;
        Ok(())
    }

    /// A name is reserved before its user is written and freed after: what a stop between the two left is undone here.
    async fn settle_names(&self, state: &State) -> Result<()> {
        let nobody = Actor::anonymous();
        for (key, Stored { doc, .. }) in self.users.all::<NameDoc>("name").await? {
            let owner = state.users.get(&doc.user);
            if owner.is_none_or(|u| name_key(&u.doc.user.name) != key) {
                self.users.remove(&key, &nobody).await?;
            }
        }
        for (id, stored) in &state.users {
            let doc = NameDoc { schema: SCHEMA, user: id.clone() };
            match self.users.create(&name_key(&stored.doc.user.name), doc, &nobody).await {
                Err(error) if error.kind != ErrorKind::Conflict => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    pub(crate) fn not_signed_in(&self) -> Error {
        Error::unauthenticated().hint("POST /api/auth/login, or an API token in Authorization: Bearer …")
    }
}
