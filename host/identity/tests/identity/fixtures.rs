//! Documents as each schema wrote them. The newest is what this version writes; older ones stay as they are.

use std::collections::BTreeMap;

use regie_core::{Role, Topic};
use regie_store::{Bucket as _, Write};
use serde_json::value::RawValue;

use crate::{House, PASSWORD, headers};

#[tokio::test]
async fn documents_of_schema_1_are_read() {
    let house = House::new().await;
    let fixture: BTreeMap<String, BTreeMap<String, Box<RawValue>>> =
        serde_json::from_str(include_str!("fixtures/v1.json")).unwrap();
    for bucket in &house.buckets {
        for (key, body) in &fixture[bucket.name()] {
            let body = body.get().to_owned().into();
            bucket.create(key, Write { body, version: 1, ..Write::default() }).await.unwrap();
        }
    }
    let identity = house.another().await;
    let (user, _) = identity.login("ada", PASSWORD, [192, 0, 2, 1].into()).await.unwrap();
    assert_eq!((user.name.as_str(), user.role), ("Ada", Role::Restreamer));
    for line in [("cookie", "regie_session=fixture-session"), ("authorization", "Bearer regie_fixture")] {
        assert_eq!(
            identity.authenticate(&headers(&[line])).unwrap().user().as_ref(),
            Some(&user),
            "{line:?}"
        );
    }
    let topic = Topic::parse("tracker/1/main").unwrap();
    assert!(identity.key_opens("f23b8e181700.fixture", &topic, Some("overlay:wide")));
    let scoped =
        identity.authenticate(&headers(&[("authorization", "Bearer regie_fixture_scoped")])).unwrap();
    assert_eq!((scoped.scope().as_deref(), scoped.actor().role), (Some("auto.restream.12"), Role::Viewer));
    assert_eq!(identity.grants("restream.12")[0].role, Role::Editor);
    let invite = identity.invite("fixture-invite", [192, 0, 2, 1].into()).unwrap();
    assert_eq!((invite.role, invite.uses, invite.used), (Role::Restreamer, Some(2), 1));
    let admin = identity.redeem_first_admin("fixture-first-admin", "Root", PASSWORD).await.unwrap();
    assert_eq!(admin.0.role, Role::Admin);
}
