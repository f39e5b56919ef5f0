//! What a broker keeps of a topic, and when it says so.

use crate::{
    brokers::At,
    peer::{Hello, Peer, Saying, V5},
};

pub fn kept() -> Saying {
    Saying { qos: 1, retain: true, ..Saying::default() }
}

pub async fn a_retained_message_is_replayed_at_every_subscribe_also_a_repeated_one(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("state");
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&topic, "one", kept()).await;
        let mut reader = at.peer(version, "reader").await;
        for text in ["one", "two", "three"] {
            assert_eq!(reader.subscribe(&topic, 1).await, 1);
            let message = reader.message().await;
            assert_eq!((message.text(), message.retain), (text, true));
            reader.quiet().await;
            let next = if text == "one" { "two" } else { "three" };
            writer.publish(&topic, next, kept()).await;
            let live = reader.message().await;
            assert_eq!((live.text(), live.retain), (next, false));
        }
    }
}

pub async fn a_replay_says_that_it_was_retained_and_a_live_message_does_not(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("flags");
        let mut early = at.peer(version, "early").await;
        early.subscribe(&topic, 0).await;
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&topic, "x", kept()).await;
        assert!(!early.message().await.retain);
        let mut late = at.peer(version, "late").await;
        late.subscribe(&topic, 0).await;
        assert!(late.message().await.retain);
        writer.publish(&topic, "y", Saying { qos: 1, ..Saying::default() }).await;
        assert!(!late.message().await.retain);
        let mut last = at.peer(version, "last").await;
        last.subscribe(&topic, 0).await;
        assert_eq!(last.message().await.text(), "x", "what is not to be retained replaces nothing");
    }
}

pub async fn an_empty_retained_message_empties_its_topic(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("tombstone");
        let mut writer = at.peer(version, "writer").await;
        let mut reader = at.peer(version, "reader").await;
        writer.publish(&topic, "x", kept()).await;
        reader.subscribe(&topic, 1).await;
        assert_eq!(reader.message().await.text(), "x");
        writer.publish(&topic, "", kept()).await;
        let tombstone = reader.message().await;
        assert_eq!((tombstone.text(), tombstone.retain), ("", false), "who is there hears that it is empty");
        reader.subscribe(&topic, 1).await;
        reader.quiet().await;
        let mut late = at.peer(version, "late").await;
        late.subscribe(&at.topic("#"), 1).await;
        assert!(late.until_pong().await.iter().all(|message| message.topic != topic));
    }
}

pub async fn wildcards_replay_what_they_match(at: &At) {
    for (at, version) in at.rounds() {
        let mut writer = at.peer(version, "writer").await;
        let topics = ["w", "w/a", "w/a/state", "w/b/state", "w/b/seed", "w/b/state/deep", "w//state"];
        for topic in topics {
            writer.publish(&at.topic(topic), topic, kept()).await;
        }
        for (filter, expected) in [
            ("w/+/state", &["w//state", "w/a/state", "w/b/state"][..]),
            ("w/+", &["w/a"]),
            ("w/#", &["w", "w//state", "w/a", "w/a/state", "w/b/seed", "w/b/state", "w/b/state/deep"]),
            ("w/b/+/#", &["w/b/seed", "w/b/state", "w/b/state/deep"]),
            ("w/b/state", &["w/b/state"]),
            ("w/+/+/+", &["w/b/state/deep"]),
        ] {
            let mut reader = at.peer(version, "reader").await;
            reader.subscribe(&at.topic(filter), 1).await;
            let mut texts = reader.texts(expected.len()).await;
            texts.sort();
            assert_eq!(texts, expected, "{filter}");
            reader.quiet().await;
            // Live ones are matched by the same rule.
            for topic in topics {
                writer.publish(&at.topic(topic), topic, Saying { qos: 1, ..Saying::default() }).await;
            }
            let mut texts = reader.texts(expected.len()).await;
            texts.sort();
            assert_eq!(texts, expected, "{filter}, live");
            reader.quiet().await;
        }
    }
}

pub async fn the_last_retained_message_wins_and_comes_with_the_lower_qos(at: &At) {
    for (at, version) in at.rounds() {
        let topic = at.topic("last");
        let mut writer = at.peer(version, "writer").await;
        for number in 0..5 {
            writer.publish(&topic, number.to_string(), kept()).await;
        }
        for (asked, given) in [(0, 0), (1, 1), (2, 1)] {
            let mut reader = at.peer(version, "reader").await;
            assert_eq!(reader.subscribe(&topic, asked).await, asked);
            let message = reader.message().await;
            assert_eq!((message.text(), message.qos), ("4", given));
            reader.quiet().await;
        }
    }
}

pub async fn topics_that_begin_with_a_dollar_are_not_matched_by_wildcards(at: &At) {
    for (at, version) in at.rounds() {
        let own = format!("$own-{}", at.topic("x"));
        let mut reader = at.peer(version, "reader").await;
        reader.subscribe("#", 0).await;
        reader.subscribe(&format!("+/{}", own.split_once('/').unwrap().1), 0).await;
        reader.until_pong().await;
        let mut named = at.peer(version, "named").await;
        named.subscribe(&own, 0).await;
        let mut writer = at.peer(version, "writer").await;
        writer.publish(&own, "hidden", kept()).await;
        writer.publish(&at.topic("end"), "seen", Saying { qos: 1, ..Saying::default() }).await;
        assert_eq!(named.message().await.text(), "hidden");
        assert_eq!(reader.message().await.text(), "seen");
        let mut late = at.peer(version, "late").await;
        late.subscribe("#", 0).await;
        assert!(late.until_pong().await.iter().all(|message| !message.topic.starts_with('$')));
        writer.publish(&own, "", kept()).await;
    }
}

pub async fn mqtt_5_subscribers_choose_when_retained_messages_come(at: &At) {
    let topic = at.topic("handling");
    let mut writer = at.peer(V5, "writer").await;
    writer.publish(&topic, "x", kept()).await;
    let (never, new_only, as_published) = (0x20, 0x10, 0x08);
    let mut reader = Peer::new(at.address, Hello::new(V5, at.id("never"))).await;
    reader.subscribe_with(&topic, 1 | never, None).await;
    reader.quiet().await;
    let mut reader = Peer::new(at.address, Hello::new(V5, at.id("new"))).await;
    reader.subscribe_with(&topic, 1 | new_only, None).await;
    assert_eq!(reader.message().await.text(), "x");
    reader.subscribe_with(&topic, 1 | new_only, None).await;
    reader.quiet().await;
    let mut reader = Peer::new(at.address, Hello::new(V5, at.id("as-published"))).await;
    reader.subscribe_with(&topic, 1 | as_published, None).await;
    assert!(reader.message().await.retain);
    writer.publish(&topic, "y", kept()).await;
    assert!(reader.message().await.retain, "live, and published as one to retain");
}
