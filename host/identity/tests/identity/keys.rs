use regie_core::{Actor, ErrorKind, Topic};
use regie_identity::NewKey;

use crate::House;

fn new(topics: &[&str], surfaces: &[&str]) -> NewKey {
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    NewKey { label: "OBS of Ada".into(), topics: owned(topics), surfaces: owned(surfaces) }
}

#[tokio::test]
async fn a_key_opens_its_topics_and_what_is_below_them_on_its_surfaces() {
    let house = House::new().await;
    let make = |topics: &'static [&str], surfaces: &'static [&str]| {
        let identity = house.identity.clone();
        async move { identity.create_key(&Actor::anonymous(), new(topics, surfaces)).await.unwrap().1 }
    };
    let any = make(&["tracker/12", "indices/demo"], &[]).await;
    let overlay = make(&["tracker/12/main"], &["overlay"]).await;
    let compact = make(&["tracker/12"], &["overlay:compact", "state"]).await;
    for (key, topic, surface, opens) in [
        (&any, "tracker/12", None, true),
        (&any, "tracker/12/main", Some("overlay:wide"), true),
        (&any, "indices/demo", Some("live"), true),
        (&any, "tracker/123", None, false),
        (&any, "tracker/1", None, false),
        (&any, "tracker", None, false),
        (&overlay, "tracker/12/main", Some("overlay"), true),
        (&overlay, "tracker/12/main", Some("overlay:wide"), true),
        (&overlay, "tracker/12/main", Some("overlays"), false),
        (&overlay, "tracker/12/main", Some("live"), false),
        (&overlay, "tracker/12/main", None, false),
        (&overlay, "tracker/12", Some("overlay"), false),
        (&compact, "tracker/12/main", Some("overlay:compact"), true),
        (&compact, "tracker/12/main", Some("overlay:wide"), false),
        (&compact, "tracker/12/main", Some("overlay"), false),
        (&compact, "tracker/12/main", None, true),
    ] {
        let found = house.identity.key_opens(key.as_str(), &Topic::parse(topic).unwrap(), surface);
        assert_eq!(found, opens, "{topic} {surface:?}");
    }
    let topic = Topic::parse("tracker/12").unwrap();
    let (kid, secret) = any.as_str().split_once('.').unwrap();
    assert_eq!(secret.len(), 32, "128 bits");
    let upper = any.as_str().to_uppercase();
    for wrong in ["", ".", kid, &format!("{kid}."), &format!("{kid}.{}", "0".repeat(32)), secret, &upper] {
        assert!(!house.identity.key_opens(wrong, &topic, None), "{wrong}");
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_is_announced() {
    let house = House::new().await;
    let by = house.bootstrap().actor();
    let (key, secret) = house.identity.create_key(&by, new(&["tracker/12"], &[])).await.unwrap();
    let listed = house.identity.keys(10, None).0;
    assert_eq!((listed.len(), listed[0].created_by.as_str()), (1, "bootstrap"));
    assert!(!format!("{listed:?}").contains(secret.as_str()));
    let changes = house.identity.changes();
    house.identity.revoke_key(&by, &key.kid).await.unwrap();
    assert!(changes.has_changed().unwrap());
    let topic = Topic::parse("tracker/12").unwrap();
    assert!(!house.identity.key_opens(secret.as_str(), &topic, None));
    assert!(!house.another().await.key_opens(secret.as_str(), &topic, None));
    assert_eq!(house.identity.revoke_key(&by, &key.kid).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_scope_that_could_not_work_is_refused_with_its_place() {
    let house = House::new().await;
    for (topics, surfaces, path) in [
        (&[][..], &[][..], "topics"),
        (&["tracker/12", "Tracker"], &[], "topics[1]"),
        (&["tracker/#"], &[], "topics[0]"),
        (&["tracker/12"], &["live", ""], "surfaces[1]"),
        (&["tracker/12"], &["overlay:"], "surfaces[0]"),
    ] {
        let error = house.identity.create_key(&Actor::anonymous(), new(topics, surfaces)).await.unwrap_err();
        assert_eq!(error.path.as_deref(), Some(path), "{topics:?} {surfaces:?}");
    }
}
