//! The room through its public face: services first, then its routes behind the layer.
// Helpers of tests panic like tests.
#![allow(clippy::unwrap_used)]

mod credentials;
mod engine;
mod first_admin;
mod fixtures;
mod grants;
mod invite_routes;
mod invites;
mod keys;
mod login;
mod memory;
mod routes;
mod scopes;
mod users;

use std::sync::Arc;

use http::HeaderMap;
use regie_core::{Actor, Role, SimulatedClock};
use regie_identity::{Buckets, COOKIE, Identity, NewUser, Options, Principal, Secret, User};

use self::memory::Memory;

/// 2026-02-04T13:38:00Z
pub const START_MS: i64 = 1_770_212_280_000;
pub const DAY_MS: i64 = 86_400_000;
pub const PASSWORD: &str = "correct horse battery";
pub const BOOTSTRAP: &str = "bootstrap-token-of-the-tests";

/// A room over buckets that outlive it.
pub struct House {
    pub buckets: [Arc<Memory>; 5],
    pub clock: Arc<SimulatedClock>,
    pub identity: Arc<Identity>,
}

pub fn options() -> Options {
    Options { bootstrap_token: Some(BOOTSTRAP.into()), ..Options::default() }
}

impl House {
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    pub async fn with(options: Options) -> Self {
        let buckets =
            ["users", "sessions", "tokens", "keys", "targets"].map(|name| Arc::new(Memory::new(name)));
        let clock = Arc::new(SimulatedClock::at(START_MS));
        let identity = open(&buckets, &clock, options).await;
        Self { buckets, clock, identity }
    }

    /// Another process over the same buckets, or the same one after a restart.
    pub async fn another(&self) -> Arc<Identity> {
        open(&self.buckets, &self.clock, options()).await
    }

    pub async fn user(&self, name: &str, role: Role) -> User {
        let new = NewUser { name: name.into(), password: Some(PASSWORD.into()), role };
        self.identity.create_user(&Actor::anonymous(), new).await.unwrap()
    }

    pub async fn sign_in(&self, name: &str) -> (Principal, Secret) {
        let (_, token) = self.identity.login(name, PASSWORD, [192, 0, 2, 1].into()).await.unwrap();
        (principal(&self.identity, &token), token)
    }

    pub fn bootstrap(&self) -> Principal {
        self.identity.authenticate(&headers(&[("authorization", &format!("Bearer {BOOTSTRAP}"))])).unwrap()
    }
}

async fn open(buckets: &[Arc<Memory>; 5], clock: &Arc<SimulatedClock>, options: Options) -> Arc<Identity> {
    Identity::open(named(buckets), clock.clone(), options).await.unwrap()
}

pub fn named(buckets: &[Arc<Memory>; 5]) -> Buckets {
    let [users, sessions, tokens, keys, targets] = buckets.clone();
    Buckets { users, sessions, tokens, keys, targets }
}

pub fn bearer(identity: &Arc<Identity>, token: &Secret) -> Principal {
    identity.authenticate(&headers(&[("authorization", &format!("Bearer {}", token.as_str()))])).unwrap()
}

pub fn principal(identity: &Arc<Identity>, session: &Secret) -> Principal {
    identity.authenticate(&headers(&[("cookie", &format!("{COOKIE}={}", session.as_str()))])).unwrap()
}

pub fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, value.parse().unwrap());
    }
    headers
}
