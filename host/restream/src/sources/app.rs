//! `app/changes`: a number that rises whenever a list of the app may look different.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use regie_core::{Credential, Error, Result, Topic};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Variant, Want};

use super::gone;

/// Rises whenever a list of the app may look different.
pub(crate) fn app_changes() -> Topic {
    Topic::parse("app/changes").expect("a constant topic")
}

/// Answers for `app/changes`: a number that rises whenever a list of the app may look different.
#[derive(Default)]
pub struct AppSource {
    seen: AtomicU64,
}

#[async_trait]
impl Source for AppSource {
    async fn admit(
        &self,
        topic: &Topic,
        _want: Want,
        _key: Option<&str>,
        _: &dyn Credential,
    ) -> Result<Variant> {
        if *topic != app_changes() {
            return Err(gone(topic));
        }
        let want = Want { form: Form::State, surface: None, slot: None, locale: None };
        Ok(Variant { want, can_edit: false })
    }

    async fn snapshot(&self, _topic: &Topic, _variant: &Variant) -> Result<Snapshot> {
        let version = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(Snapshot {
            version,
            etag: format!("app-{version}"),
            css: Arc::from([]),
            body: Body::State(format!("{{\"seen\":{version}}}").into()),
        })
    }

    async fn act(&self, _topic: &Topic, _: &dyn Credential, _act: Act) -> std::result::Result<u64, Refused> {
        Err(Error::bad_request("there is nothing to act on here").path("topic").into())
    }
}
