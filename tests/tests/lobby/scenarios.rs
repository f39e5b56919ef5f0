//! The scenarios of plain peers, with what their games promise: a change is seen within three seconds, who left is never
//! back, a vanished creator is noticed within twenty, and no join is lost.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    field::{Field, On},
    on_both,
    peers::{Peers, set},
};

on_both!(
    who_creates_or_joins_is_seen_by_all_and_has_the_mark_on_that_session_only,
    who_leaves_is_seen_to_and_no_message_of_theirs_or_of_others_brings_them_back,
    a_vanished_creator_is_noticed_and_the_session_closed_within_twenty_seconds,
    who_comes_later_never_sees_those_that_left_before,
    two_that_join_at_one_instant_are_both_in,
    ten_that_join_at_one_instant_are_all_in_twenty_times,
    above_the_limit_those_that_came_first_stay_in,
);

async fn who_creates_or_joins_is_seen_by_all_and_has_the_mark_on_that_session_only(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    peers.make(&["one", "two", "three", "else"], json!({"lists": true})).await;
    peers.create("one", "s", 4).await;
    peers.create("else", "t", 4).await;
    mark(peers, "one", &[("s", 1, true), ("t", 1, false)]).await;
    mark(peers, "else", &[("s", 1, false), ("t", 1, true)]).await;

    peers.join("two", "s").await;
    seen(peers, "two", &["one"], &["one", "two"]).await;
    mark(peers, "two", &[("s", 2, true), ("t", 1, false)]).await;
    peers.join("three", "s").await;
    seen(peers, "three", &["one", "two"], &["one", "two", "three"]).await;
    mark(peers, "three", &[("s", 3, true), ("t", 1, false)]).await;
    mark(peers, "one", &[("s", 3, true), ("t", 1, false)]).await;

    peers.ask("three", "leave").await;
    peers.join("three", "t").await;
    mark(peers, "three", &[("s", 2, false), ("t", 2, true)]).await;
    mark(peers, "two", &[("s", 2, true), ("t", 2, false)]).await;
    let session = field.until_session("s", |s| s.is_some_and(|s| members(s) == set(["one", "two"]))).await;
    let session = session.unwrap();
    assert_eq!((&session["state"], &session["creator_client_id"]), (&json!("open"), &json!("one")));
    assert_eq!(field.stat("lost").await, 0);
}

async fn who_leaves_is_seen_to_and_no_message_of_theirs_or_of_others_brings_them_back(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    peers.make(&["one", "two"], json!({})).await;
    let ways = [("silent", json!([])), ("ready", json!(["ready"])), ("word", json!(["disconnect"]))];
    for (peer, words) in &ways {
        peers.make(&[*peer], json!({"words": words})).await;
    }
    peers.create("one", "s", 0).await;
    joined(peers, "s", &["one"], &["two", "silent", "ready", "word"]).await;
    let mut left = set(["one", "two", "silent", "ready", "word"]);
    for (peer, _) in &ways {
        left.remove(*peer);
        let rest: Vec<_> = left.iter().map(String::as_str).collect();
        peers.ask(peer, "leave").await;
        seen_after(peers, peer, "leave", &["one", "two"], &rest).await;
    }

    // A creator's heartbeat from old copies, what the departed had retained, and a newcomer's reading of it all.
    let from = peers.reports.len();
    for back in 1..8 {
        peers.tell(json!({"do": "stale", "peer": "one", "back": back})).await;
    }
    for (peer, _) in &ways {
        let seed =
            json!({"seed": 42, "clientId": peer, "is_leader": false, "timestamp": "2024-01-01T12:00:00"});
        let seed = json!({"do": "publish", "topic": "s/session_seed_sync", "text": seed.to_string(),
            "retain": true});
        peers.publish_it(seed).await;
    }
    peers.make(&["new"], json!({})).await;
    peers.join("new", "s").await;
    seen(peers, "new", &["one", "two"], &["one", "two", "new"]).await;
    field.regie.kill();
    field.regie.start_again().await;
    field.peers.pass(6.0).await;
    // What the creator writes, all see before it is corrected: for a moment, and not longer.
    let longest = longest_s(&field.peers, from, &["silent", "ready", "word"]);
    println!("{broker:?}: old copies showed the departed for {:.0} ms at most", longest * 1000.0);
    assert!(longest < 1.0, "{longest}");
    let session = field.session("s").await.unwrap();
    assert_eq!(members(&session), set(["one", "two", "new"]));
}

async fn a_vanished_creator_is_noticed_and_the_session_closed_within_twenty_seconds(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    peers.make(&["one", "two", "three"], json!({})).await;
    peers.create("one", "s", 4).await;
    joined(peers, "s", &["one"], &["two", "three"]).await;
    peers.ask("one", "crash").await;
    for peer in ["two", "three"] {
        let closed = peers.until("the session is closed", 25, |peers| peers.did(peer, "closed")).await;
        let after = closed - peers.did("one", "crashed").unwrap();
        assert!((10.0..20.0).contains(&after), "{peer} sees it closed after {after} s");
        let left = |peers: &Peers| peers.view(peer).session.is_none().then_some(());
        peers.until(&format!("{peer} leaves"), 3, left).await;
    }
    field.until_session("s", |session| session.is_none()).await;
    // Who looks later finds nothing retained of it.
    field.peers.pass(6.0).await;
    field.peers.watch("after", &["session_state/#", "session_discovery/#", "s/#"]).await;
    field.peers.pass(1.0).await;
    let stands: Vec<_> = field.peers.heard("after").collect();
    assert!(stands.is_empty(), "{stands:?}");
}

async fn who_comes_later_never_sees_those_that_left_before(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    peers.make(&["one", "two", "three", "four"], json!({})).await;
    peers.create("one", "s", 4).await;
    joined(peers, "s", &["one"], &["two"]).await;
    peers.ask("two", "leave").await;
    seen_after(peers, "two", "leave", &["one"], &["one"]).await;
    let from = peers.reports.len();
    // Two's `ready` and sign of life still stand there, retained.
    joined(peers, "s", &["one"], &["three", "four"]).await;
    peers.pass(6.0).await;
    never(peers, from, &["two"]);
    for peer in ["one", "three", "four"] {
        assert_eq!(peers.view(peer).members, set(["one", "three", "four"]), "{peer}");
    }
}

async fn two_that_join_at_one_instant_are_both_in(broker: On) {
    let mut field = Field::on(broker).await;
    let peers = &mut field.peers;
    // The published client's way, the same with reading again, and on topics of one form and of both.
    let ways = [
        ("plain", json!({"form": "prefix"})),
        ("again", json!({"form": "suffix", "verify": true})),
        ("both", json!({"verify": true})),
    ];
    for (session, options) in ways {
        let names = ["one", "two", "three"].map(|name| format!("{session}-{name}"));
        peers.make(&names, options).await;
        let [one, two, three] = names.each_ref().map(String::as_str);
        peers.create(one, session, 4).await;
        at_once(peers, session, &[two, three]).await;
        for peer in [one, two, three] {
            sees(peers, peer, &[one, two, three]).await;
        }
    }
    peers.pass(3.0).await;
    assert!(peers.reports.iter().all(|report| report["did"] != "gave_up"));
    assert_eq!(field.stat("lost").await, 0);
}

async fn ten_that_join_at_one_instant_are_all_in_twenty_times(broker: On) {
    let mut field = Field::on(broker).await;
    let mut slowest: f64 = 0.0;
    for round in 0..20 {
        let peers = &mut field.peers;
        let session = format!("round-{round}");
        let names: Vec<_> = (0..11).map(|n| format!("{round}-{n}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        peers.make(&names, json!({"verify": round % 2 == 1})).await;
        peers.create(names[0], &session, 0).await;
        at_once(peers, &session, &names[1..]).await;
        for peer in &names {
            sees(peers, peer, &names).await;
            slowest = slowest.max(peers.view(peer).at - peers.did(names[10], "join").unwrap());
        }
        let session = field.session(&session).await.unwrap();
        assert_eq!(members(&session), set(&names));
    }
    println!("{broker:?}: the slowest of 220 views showed all eleven after {:.0} ms", slowest * 1000.0);
    assert!(slowest < 3.0, "{slowest}");
    assert_eq!(field.stat("lost").await, 0);
}

async fn above_the_limit_those_that_came_first_stay_in(broker: On) {
    let mut field = Field::on(broker).await;
    let names: Vec<_> = (0..9).map(|n| format!("p{n}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    field.peers.make(&names, json!({"verify": true})).await;
    field.peers.create(names[0], "s", 4).await;
    at_once(&mut field.peers, "s", &names[1..]).await;
    let full = field.until_session("s", |s| s.is_some_and(|s| members(s).len() == 4)).await.unwrap();
    let inside = members(&full);
    assert!(inside.contains(names[0]), "{inside:?}");
    for peer in &names {
        let within = inside.contains(*peer);
        let settled = |peers: &Peers| {
            let view = peers.view(peer);
            let out = peers.did(peer, "refused").is_some() && !view.marked;
            (if within { view.marked && view.members == inside } else { out }).then_some(())
        };
        field.peers.until(&format!("{peer} knows whether it is in ({within})"), 10, settled).await;
    }
    assert_eq!(members(&field.session("s").await.unwrap()), inside);
    field.until_stat("refusals", 5).await;
}

/// They join one after the other; all and `there` see it.
async fn joined(peers: &mut Peers, session: &str, there: &[&str], more: &[&str]) {
    let mut all = there.to_vec();
    for peer in more {
        let before = all.clone();
        all.push(peer);
        peers.join(peer, session).await;
        seen(peers, peer, &before, &all).await;
    }
}

/// All have read the same before the first writes.
async fn at_once(peers: &mut Peers, session: &str, names: &[&str]) {
    for peer in names {
        peers.tell(json!({"do": "look", "peer": peer, "session": session})).await;
    }
    for peer in names {
        peers.until("it has looked", 20, |peers| (!peers.view(peer).state.is_empty()).then_some(())).await;
    }
    let join = |peer: &&str| json!({"do": "join", "peer": peer, "session": session});
    let joins: Vec<_> = names.iter().map(join).collect();
    peers.tell(json!({"do": "all", "commands": joins})).await;
}

async fn seen(peers: &mut Peers, who: &str, by: &[&str], members: &[&str]) {
    seen_after(peers, who, "join", by, members).await;
}

/// What `who` did is seen by these within three seconds: then exactly these are in.
async fn seen_after(peers: &mut Peers, who: &str, did: &str, by: &[&str], members: &[&str]) {
    for peer in by {
        sees(peers, peer, members).await;
        let at = peers.did(who, did).unwrap_or_else(|| panic!("{who} did not {did}"));
        let after = peers.view(peer).at - at;
        assert!(after < 3.0, "{peer} saw {who} {did} after {after} s");
    }
}

async fn sees(peers: &mut Peers, peer: &str, expected: &[&str]) {
    let expected = set(expected);
    let look = |peers: &Peers| (peers.view(peer).members == expected).then_some(());
    peers.until(&format!("{peer} sees {expected:?}"), 5, look).await;
}

/// The peer's list of sessions, with how many are in each and where the ✓ is.
async fn mark(peers: &mut Peers, peer: &str, lines: &[(&str, u64, bool)]) {
    let expected = lines.iter().map(|(session, count, marked)| ((*session).to_owned(), (*count, *marked)));
    let expected = expected.collect();
    let look = |peers: &Peers| (peers.view(peer).list == expected).then_some(());
    peers.until(&format!("{peer} lists {expected:?}"), 3, look).await;
}

/// In no view of anybody since that report.
fn never(peers: &Peers, from: usize, gone: &[&str]) {
    for report in &peers.reports[from..] {
        let members = report["view"]["members"].as_array().into_iter().flatten();
        let back = members.filter_map(Value::as_str).any(|member| gone.contains(&member));
        assert!(!back, "{report}");
    }
}

/// For how long at a time some view since that report showed one of them.
fn longest_s(peers: &Peers, from: usize, gone: &[&str]) -> f64 {
    let (mut since, mut longest) = (BTreeMap::new(), 0.0_f64);
    for report in &peers.reports[from..] {
        let (Some(peer), Some(view)) = (report["peer"].as_str(), report.get("view")) else { continue };
        let at = report["at"].as_f64().unwrap();
        let shows =
            view["members"].as_array().unwrap().iter().filter_map(Value::as_str).any(|m| gone.contains(&m));
        match (shows, since.remove(peer)) {
            (true, before) => drop(since.insert(peer, before.unwrap_or(at))),
            (false, Some(before)) => longest = longest.max(at - before),
            (false, None) => {}
        }
    }
    if since.is_empty() { longest } else { f64::INFINITY }
}

fn members(session: &Value) -> std::collections::BTreeSet<String> {
    set(session["connected_instances"].as_array().unwrap().iter().filter_map(Value::as_str))
}
