//! Who a request or an open link acts for.

use std::sync::Arc;

use http::{HeaderMap, header};
use regie_core::{Actor, Error, Result, Role, Topic, rfc3339};
use subtle::ConstantTimeEq as _;

use crate::{
    Identity, User,
    model::TokenDoc,
    secret::{self, Hash},
    state::State,
};

/// Name of the session's cookie.
pub const COOKIE: &str = "regie_session";

/// The name and id of whoever holds the bootstrap token.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// A credential that was good when it was shown. Asks for the current state each time, so that it may outlive the request.
#[derive(Clone)]
pub struct Principal {
    identity: Arc<Identity>,
    pub(crate) who: Who,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Anonymous,
    Session(Hash),
    Token(Hash),
    Bootstrap,
}

impl Principal {
    /// Who this is now, with the global role; anonymous once the credential is void.
    pub fn actor(&self) -> Actor {
        self.current().unwrap_or_default()
    }

    /// The same with the role on `target` (`restream.12`): the greater of the global one and what the target grants.
    pub fn actor_on(&self, target: &str) -> Actor {
        self.current_on(Some(target)).unwrap_or_default()
    }

    /// Who this is now: `None` once the credential is void (ended session, revoked token, disabled user). A visitor who
    /// never had one is `Some` and anonymous.
    pub fn current(&self) -> Option<Actor> {
        self.current_on(None)
    }

    fn current_on(&self, target: Option<&str>) -> Option<Actor> {
        match self.who {
            Who::Anonymous => Some(Actor::anonymous()),
            Who::Bootstrap => Some(Actor { id: BOOTSTRAP.into(), name: BOOTSTRAP.into(), role: Role::Admin }),
            Who::Session(_) | Who::Token(_) => self.read(|state, holder| match holder {
                Holder::User(user) => {
                    let role = target.map_or(user.role, |target| state.role_on(user, target));
                    Actor { role, ..user.actor() }
                }
                Holder::Scoped(token) => {
                    Actor { id: token.user.clone(), name: token.label.clone(), role: Role::Viewer }
                }
            }),
        }
    }

    /// What alone a token with a scope is good for; `None` for all others, and once it is void.
    pub fn scope(&self) -> Option<String> {
        self.read(|_, holder| match holder {
            Holder::User(_) => None,
            Holder::Scoped(token) => token.scope.clone(),
        })?
    }

    /// The actor, if its global role is at least `role`; else 401 or 403.
    pub fn require(&self, role: Role) -> Result<Actor> {
        let actor = self.actor();
        actor.require(role)?;
        Ok(actor)
    }

    /// The actor on `target`, if its role there is at least `role`; else 401 or 403.
    pub fn require_on(&self, target: &str, role: Role) -> Result<Actor> {
        let actor = self.actor_on(target);
        actor.require(role)?;
        Ok(actor)
    }

    /// Someone who may see to their own things: 401 for the anonymous, 403 for a token with a scope.
    pub(crate) fn person(&self) -> Result<Actor> {
        if let Some(scope) = self.scope() {
            return Err(Error::forbidden(format!("this token is good for {scope} only"))
                .hint("sign in, or send a token without a scope"));
        }
        let actor = self.actor();
        if actor.is_anonymous() { Err(self.identity.not_signed_in()) } else { Ok(actor) }
    }

    /// `None` for anonymous visitors and void credentials. A token with a scope is a viewer of the token's name.
    pub fn user(&self) -> Option<User> {
        let plain = |id: &str, name: &str, role, created_at_ms| User {
            id: id.into(),
            name: name.into(),
            role,
            disabled: false,
            twitch_id: None,
            twitch_name: None,
            avatar_url: None,
            created_at: rfc3339(created_at_ms),
        };
        match self.who {
            Who::Anonymous => None,
            Who::Bootstrap => Some(plain(BOOTSTRAP, BOOTSTRAP, Role::Admin, self.identity.opened_at_ms)),
            Who::Session(_) | Who::Token(_) => self.read(|_, holder| match holder {
                Holder::User(user) => user.clone(),
                Holder::Scoped(token) => plain(&token.user, &token.label, Role::Viewer, token.created_at_ms),
            }),
        }
    }

    /// Whether the OBS key opens `topic` on `surface`; see [`Identity::key_opens`].
    pub fn key_opens(&self, key: &str, topic: &Topic, surface: Option<&str>) -> bool {
        self.identity.key_opens(key, topic, surface)
    }

    fn read<T>(&self, see: impl FnOnce(&State, Holder<'_>) -> T) -> Option<T> {
        let state = self.identity.state.read();
        let holder = match &self.who {
            Who::Session(session) => Holder::User(state.session_user(session, self.identity.clock.now_ms())?),
            Who::Token(token) => match state.token_user(token) {
                Some(user) => Holder::User(user),
                None => Holder::Scoped(state.token(token)?),
            },
            Who::Anonymous | Who::Bootstrap => return None,
        };
        Some(see(&state, holder))
    }
}

/// With whose rights a credential acts.
enum Holder<'a> {
    User(&'a User),
    /// Those of nobody, but for its scope.
    Scoped(&'a TokenDoc),
}

impl regie_core::Credential for Principal {
    fn actor(&self) -> Option<Actor> {
        self.current()
    }

    fn actor_on(&self, target: &str) -> Option<Actor> {
        self.current_on(Some(target))
    }

    fn scope(&self) -> Option<String> {
        self.scope()
    }

    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool {
        key.is_some_and(|key| self.key_opens(key, topic, surface))
    }
}

impl Identity {
    /// `Authorization` decides alone: a bearer that is not good is 401 whatever cookies say. Without it a cookie; a
    /// cookie that is not good any more is an anonymous visitor.
    pub fn authenticate(self: &Arc<Self>, headers: &HeaderMap) -> Result<Principal> {
        let who = match bearer(headers)? {
            Some(token) => self.bearer(token)?,
            None => self.session(headers).map_or(Who::Anonymous, |token| Who::Session(secret::hash(token))),
        };
        Ok(Principal { identity: self.clone(), who })
    }

    /// Of an API token that did not come in `Authorization`: a browser cannot set headers on a WebSocket. Errors: 401.
    pub fn token_principal(self: &Arc<Self>, token: &str) -> Result<Principal> {
        Ok(Principal { identity: self.clone(), who: self.bearer(token)? })
    }

    /// The principal of a visitor without any credential.
    pub fn anonymous(self: &Arc<Self>) -> Principal {
        Principal { identity: self.clone(), who: Who::Anonymous }
    }

    fn bearer(&self, token: &str) -> Result<Who> {
        let hash = secret::hash(token);
        if self.bootstrap.is_some_and(|known| known.ct_eq(&hash).into()) {
            return Ok(Who::Bootstrap);
        }
        if self.state.read().token(&hash).is_some() {
            return Ok(Who::Token(hash));
        }
        Err(bad_bearer("this API token is not known (any more)"))
    }

    /// The first session cookie that is good: another site on the same host may have set one of that name, too.
    pub(crate) fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        let (state, now_ms) = (self.state.read(), self.clock.now_ms());
        session_cookies(headers).find(|token| state.session_user(&secret::hash(token), now_ms).is_some())
    }
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let Some(line) = lines.next() else { return Ok(None) };
    let (scheme, token) = line.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
    if lines.next().is_some() || !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(bad_bearer("the Authorization header is not one bearer token"));
    }
    Ok(Some(token.trim()))
}

fn bad_bearer(message: &str) -> Error {
    Error::new(regie_core::ErrorKind::Unauthenticated, message)
        .path("Authorization")
        .hint("Authorization: Bearer <API token>")
}

fn session_cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    cookies(headers, COOKIE)
}

/// The first cookie of that name.
pub(crate) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    cookies(headers, name).next().map(str::to_owned)
}

/// Values of a cookie, in the order sent; HTTP/2 sends cookies on several lines.
fn cookies<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(named, _)| *named == name).map(|(_, value)| value)
}

pub(crate) fn has_session_cookie(headers: &HeaderMap) -> bool {
    session_cookies(headers).next().is_some()
}
