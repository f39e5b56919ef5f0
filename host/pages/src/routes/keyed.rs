//! A visitor together with the OBS key of the address.

use std::sync::Arc;

use regie_core::{Actor, Credential, Topic};
use regie_identity::Principal;

pub struct Keyed {
    principal: Principal,
    key: Option<String>,
}

impl Keyed {
    pub fn new(principal: Principal, key: Option<String>) -> Arc<Self> {
        Arc::new(Self { principal, key })
    }
}

impl Credential for Keyed {
    fn actor(&self) -> Option<Actor> {
        self.principal.current()
    }

    fn actor_on(&self, target: &str) -> Option<Actor> {
        Credential::actor_on(&self.principal, target)
    }

    fn scope(&self) -> Option<String> {
        self.principal.scope()
    }

    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool {
        key.or(self.key.as_deref()).is_some_and(|key| self.principal.key_opens(key, topic, surface))
    }
}
