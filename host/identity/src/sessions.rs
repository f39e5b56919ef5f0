//! Logins, and the sessions they open.

use std::net::IpAddr;

use http::HeaderMap;
use regie_core::{Actor, Error, ErrorKind, Result};
use serde_json::Map;

use crate::{
    Identity, Secret, User,
    model::{SCHEMA, SessionDoc},
    principal::{COOKIE, has_session_cookie},
    secret,
    table::Stored,
};

const DAY_MS: i64 = 86_400_000;

/// A user's oldest session ends when one more is opened.
const SESSIONS_PER_USER: usize = 50;

impl Identity {
    /// 401 for a wrong name or password (the same in words and time), 403 for a disabled account, 429 after too many
    /// failures for this name or from this address.
    pub async fn login(&self, name: &str, password: &str, from: IpAddr) -> Result<(User, Secret)> {
        // Longer than any name or password: as unknown as it can be, and not worth folding or hashing.
        let (name, password) = if name.len() + password.len() > 4096 { ("", "") } else { (name, password) };
        let attempt = self.limiter.attempt(&crate::check::fold(name), from, self.clock.now_ms())?;
        let found = self.state.read().by_name(name).map(|u| (u.doc.user.id.clone(), u.doc.password.clone()));
        let stored = found.as_ref().and_then(|(_, stored)| stored.as_deref());
        match self.passwords.verify(password, stored).await {
            Ok(true) => self.limiter.succeeded(&attempt),
            Ok(false) => return Err(wrong()),
            Err(error) => {
                self.limiter.succeeded(&attempt);
                return Err(error);
            }
        }
        let (id, stored) = found.ok_or_else(wrong)?;
        self.open_session(&id, stored.as_deref()).await
    }

    /// Ends the session; a token that is none is no error.
    pub async fn logout(&self, token: &str) -> Result<()> {
        let _writing = self.writing.lock().await;
        self.end_session(&secret::hash(token)).await
    }

    /// Ends the session that the request's cookie names.
    pub async fn logout_with(&self, headers: &HeaderMap) -> Result<()> {
        match self.session(headers) {
            Some(token) => self.logout(token).await,
            None => Ok(()),
        }
    }

    /// Moves the end of the request's session to a whole period from now, at most once a day; the answer is the cookie to
    /// send again.
    pub async fn renew(&self, headers: &HeaderMap) -> Result<Option<Secret>> {
        if !has_session_cookie(headers) || headers.contains_key(http::header::AUTHORIZATION) {
            return Ok(None);
        }
        let Some(token) = self.session(headers).map(Secret::from_text) else { return Ok(None) };
        let expires_at_ms = self.clock.now_ms().saturating_add(self.session_ms());
        let is_due = |session: &SessionDoc| expires_at_ms - session.expires_at_ms >= DAY_MS;
        if !self.state.read().sessions.get(&token.hash()).is_some_and(is_due) {
            return Ok(None);
        }
        let _writing = self.writing.lock().await;
        let key = hex::encode(token.hash());
        let Some(old) = self.sessions.get::<SessionDoc>(&key).await?.filter(|old| is_due(&old.doc)) else {
            return Ok(None);
        };
        let doc = SessionDoc { expires_at_ms, ..old.doc.clone() };
        self.put_session(&key, &old, doc).await?;
        Ok(Some(token))
    }

    /// `Set-Cookie` of a session.
    pub fn cookie(&self, token: &Secret) -> String {
        self.set_cookie(token.as_str(), self.session_ms() / 1000)
    }

    /// `Set-Cookie` that removes it.
    pub fn no_cookie(&self) -> String {
        self.set_cookie("", 0)
    }

    fn set_cookie(&self, value: &str, seconds: i64) -> String {
        self.cookie_for(COOKIE, value, "/", seconds)
    }

    /// `Set-Cookie` of a cookie that no script and no other site's page gets.
    pub(crate) fn cookie_for(&self, name: &str, value: &str, path: &str, seconds: i64) -> String {
        let secure = if self.public_url.as_ref().is_some_and(|url| url.https) { "; Secure" } else { "" };
        format!("{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }

    fn session_ms(&self) -> i64 {
        i64::try_from(self.options.session_days).unwrap_or(i64::MAX).saturating_mul(DAY_MS)
    }

    /// `password` is the stored hash that was checked: a session is not opened on one that has changed meanwhile.
    pub(crate) async fn open_session(&self, id: &str, password: Option<&str>) -> Result<(User, Secret)> {
        let _writing = self.writing.lock().await;
        let (user, epoch) = {
            let state = self.state.read();
            let stored =
                state.users.get(id).filter(|u| u.doc.password.as_deref() == password).ok_or_else(wrong)?;
            (stored.doc.user.clone(), stored.doc.epoch)
        };
        if user.disabled {
            return Err(Error::forbidden("this account is disabled").hint("an admin can enable it"));
        }
        self.end_surplus(&user.id).await?;
        let token = Secret::random("");
        let now_ms = self.clock.now_ms();
        let doc = SessionDoc {
            schema: SCHEMA,
            user: user.id.clone(),
            epoch,
            created_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(self.session_ms()),
            rest: Map::new(),
        };
        let stored = self.sessions.create(&hex::encode(token.hash()), doc, &user.actor()).await?;
        self.state.write().sessions.insert(token.hash(), stored.doc);
        Ok((user, token))
    }

    /// Void sessions of the user go, and the oldest beyond what one may have.
    async fn end_surplus(&self, user: &str) -> Result<()> {
        let now_ms = self.clock.now_ms();
        let surplus: Vec<_> = {
            let state = self.state.read();
            let mut theirs: Vec<_> = state.sessions.iter().filter(|(_, s)| s.user == user).collect();
            theirs.sort_by_key(|(hash, s)| {
                (std::cmp::Reverse((state.session_user(hash, now_ms).is_some(), s.created_at_ms)), **hash)
            });
            let void = |hash| state.session_user(hash, now_ms).is_none();
            let surplus =
                theirs.iter().enumerate().filter(|(n, (hash, _))| *n + 1 >= SESSIONS_PER_USER || void(hash));
            surplus.map(|(_, (hash, _))| **hash).collect()
        };
        for hash in surplus {
            self.end_session(&hash).await?;
        }
        Ok(())
    }

    /// Void in this process before it is durable: a full disk does not keep a session open.
    pub(crate) async fn end_session(&self, hash: &secret::Hash) -> Result<()> {
        let ended = self.state.write().sessions.remove(hash);
        let Some(ended) = ended else { return Ok(()) };
        self.changed();
        let by = self.state.read().users.get(&ended.user).map(|u| u.doc.user.actor()).unwrap_or_default();
        self.sessions.remove(&hex::encode(hash), &by).await.map(|_| ())
    }

    /// After the user's epoch rose: takes `keep` along into the new one, and clears the others away.
    pub(crate) async fn follow_epoch(
        &self,
        user: &str,
        epoch: u64,
        keep: Option<secret::Hash>,
    ) -> Result<()> {
        let theirs: Vec<_> = {
            let state = self.state.read();
            state
                .sessions
                .iter()
                .filter(|(_, s)| s.user == user && s.epoch != epoch)
                .map(|(hash, _)| *hash)
                .collect()
        };
        for hash in theirs {
            if keep != Some(hash) {
                self.end_session(&hash).await?;
                continue;
            }
            let key = hex::encode(hash);
            if let Some(old) = self.sessions.get::<SessionDoc>(&key).await? {
                let doc = SessionDoc { epoch, ..old.doc.clone() };
                self.put_session(&key, &old, doc).await?;
            }
        }
        Ok(())
    }

    async fn put_session(&self, key: &str, old: &Stored<SessionDoc>, doc: SessionDoc) -> Result<()> {
        let stored = self.sessions.put(key, old, doc, &Actor::anonymous()).await?;
        if let Some(hash) = secret::parse_hash(key) {
            self.state.write().sessions.insert(hash, stored.doc);
        }
        Ok(())
    }
}

pub(crate) fn wrong() -> Error {
    Error::new(ErrorKind::Unauthenticated, "this name and password do not go together")
}
