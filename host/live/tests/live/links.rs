//! What operators see of open links, and how they tell pages to load again.

use regie_core::Role;
use serde_json::json;

use crate::support::{House, topic, until};

#[tokio::test]
async fn a_link_is_shown_with_its_page_without_keys_its_agent_and_the_versions_it_was_told() {
    let house = House::open().await;
    let version = house.room.put("t/1", 5);
    house.room.put("t/2", 1);
    let mut silent = house.connect().await;
    silent.watch("t/2").await;
    let mut changes = house.hub.link_changes();
    let mut overlay = house.connect_editor().await;
    overlay.watch("t/1").await;
    overlay.say(json!({"hello": {"page": "/a/overlay?key=1.f00&slot=2", "build": "overlay-1.js"}})).await;
    changes.changed().await.unwrap();

    let links = house.hub.links().await;
    let [first, second] = &links[..] else { panic!("{links:?}") };
    assert!(first.id < second.id && first.since_ms <= second.since_ms && second.since_ms <= second.seen_ms);
    assert_eq!((first.page.as_str(), first.actor.as_ref()), ("", None));
    assert_eq!((second.page.as_str(), second.build.as_str()), ("/a/overlay?slot=2", "overlay-1.js"));
    assert_eq!(
        second.actor.as_ref().map(|actor| (actor.name.as_str(), actor.role)),
        Some(("Ada", Role::Editor))
    );
    assert!(second.address.is_loopback());
    assert_eq!((second.told[0].topic.clone(), second.told[0].version), (topic("t/1"), Some(version)));

    let version = house.room.put("t/1", 6);
    overlay.hear_until(|frame| frame["version"] == version).await;
    assert_eq!(house.hub.links().await[1].told[0].version, Some(version));
    drop(overlay);
    changes.changed().await.unwrap();
    until("the link is forgotten", || house.hub.stats().links == 1).await;
    assert_eq!(house.hub.links().await.len(), 1);
    house.close().await;
}

#[tokio::test]
async fn who_watches_a_topic_is_known_while_the_link_is_open() {
    let house = House::open().await;
    house.room.put("t/1", 5);
    house.room.put("t/2", 5);
    let (mut visitor, mut ada, mut ada_too) =
        (house.connect().await, house.connect_editor().await, house.connect_editor().await);
    visitor.watch("t/1").await;
    ada_too.watch("t/2").await;
    assert_eq!(house.hub.watchers(&topic("t/1")), []);
    ada.watch("t/1").await;
    ada_too.watch("t/1").await;
    let names: Vec<_> = house.hub.watchers(&topic("t/1")).into_iter().map(|actor| actor.name).collect();
    assert_eq!(names, ["Ada"]);
    drop((ada, ada_too));
    until("they are forgotten", || house.hub.watchers(&topic("t/1")).is_empty()).await;
    house.close().await;
}

#[tokio::test]
async fn only_the_chosen_pages_are_told_to_load_again() {
    let house = House::open().await;
    let mut changes = house.hub.link_changes();
    let (mut overlay, mut live, mut silent) =
        (house.connect().await, house.connect().await, house.connect().await);
    for (link, page) in [(&mut overlay, "/a/overlay"), (&mut live, "/a/live")] {
        link.say(json!({"hello": {"page": page}})).await;
        changes.changed().await.unwrap();
    }
    assert_eq!(house.hub.reload(|link| link.page.ends_with("/overlay")), 1);
    assert_eq!(overlay.hear().await, json!({"reload": true}));
    for link in [&mut live, &mut silent] {
        link.say(json!({"beat": 1})).await;
        assert_eq!(
            link.message().await.unwrap().into_text().unwrap().as_str(),
            r#"{"beat":1}"#,
            "nothing came before"
        );
    }
    assert_eq!(house.hub.reload(|_| false), 0);
    house.close().await;
}

#[tokio::test]
async fn a_hello_that_is_no_page_is_refused_and_the_link_lives_on() {
    let house = House::open().await;
    let mut client = house.connect().await;
    client.say(json!({"hello": {"page": "/\u{1b}[31m"}})).await;
    assert_eq!(client.hear().await["error"]["path"], "hello.page");
    assert_eq!(house.hub.links().await[0].page, "");
    let mut changes = house.hub.link_changes();
    client.say(json!({"hello": {"page": "/a/live"}})).await;
    changes.changed().await.unwrap();
    assert_eq!(house.hub.links().await[0].page, "/a/live");
    house.close().await;
}
