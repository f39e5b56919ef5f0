//! The pages that the page runtime is tested with.

use std::sync::Arc;

use regie_core::{Actor, Role, Topic};
use regie_live::{Body, Form, Snapshot, Want};
use regie_pages::{Block, Canvas, Options, Picture, Statics, Words, overlay};
use serde_json::{Value, json};

use super::super::*;
use crate::{
    Class, Who,
    model::{Race, RaceStatus},
};

const STANDINGS: &str = include_str!("../../../../../frontend/live/test/pages/_standings.html");
const BASE: &str = include_str!("../../../../../frontend/live/test/pages/_base.html");
const ABOVE: &str = include_str!("../../../../../frontend/live/test/pages/_above.html");
pub const EN: Words = Words { locale: "en" };
pub const FR: Words = Words { locale: "fr" };
/// 2026-02-04T14:00:00Z.
pub const NOW_MS: i64 = 1_770_213_600_000;

pub fn statics() -> Statics {
    Statics {
        live_js: "live".into(),
        crew_js: "crew".into(),
        overlay_js: "overlay".into(),
        race_js: "race".into(),
        replay_js: "replay".into(),
        page_css: "page".into(),
        race_css: "race_css".into(),
        overlay_css: "overlay_css".into(),
    }
}

/// A race of three as it stands in `status`; `more` lies over its fields.
pub fn sample(status: RaceStatus, more: Value) -> Race {
    let participant = |slot: u32, name: &str, status: &str| {
        json!({
            "id": format!("p-{slot}"), "user_id": format!("u-{slot}"), "name": name, "status": status,
            "token_generation": 1, "slot": slot, "colour": slot - 1, "joined_at": "2026-02-04T13:00:00Z",
        })
    };
    let of = |now: &'static str| match status {
        RaceStatus::Running => "playing",
        RaceStatus::Finished => "finished",
        _ => now,
    };
    let mut race = json!({
        "schema": 1, "id": "r1", "name": "Sunday showdown", "organizer_id": "u-9", "mode": "sample",
        "state_version": 1, "status": status.as_str(), "config": {}, "created_at": "2026-02-01T10:00:00Z",
        "participants": [
            participant(1, "Alice", of("ready")), participant(2, "Bob", of("ready")),
            participant(3, "Chloé", of("registered")),
        ],
    });
    if matches!(status, RaceStatus::Countdown | RaceStatus::Running | RaceStatus::Finished) {
        race["started_at"] = "2026-02-04T13:38:00Z".into();
    }
    if status == RaceStatus::Finished {
        race["finished_at"] = "2026-02-04T14:00:00Z".into();
    }
    for (key, value) in more.as_object().into_iter().flatten() {
        race[key] = value.clone();
    }
    serde_json::from_value(race).unwrap()
}

/// `plugin` empty: a block of the host's own.
pub fn block(plugin: &str, name: &str, surface: &str, html: &str) -> Block {
    let css: Arc<[String]> =
        if plugin.is_empty() { [].into() } else { [String::from("/plugins/sample/1/sample.css")].into() };
    Block {
        topic: Topic::parse("race/r1/public").unwrap(),
        plugin: plugin.into(),
        name: name.into(),
        want: Want { form: Form::Html, surface: Some(surface.into()), slot: None, locale: None },
        snapshot: Some(Snapshot {
            version: 1,
            etag: "l-1-v".into(),
            css,
            body: Body::Html(html.trim_end().into()),
        }),
    }
}

pub fn layers() -> Layers {
    Layers {
        title: "Map".into(),
        width: 1920,
        height: 720,
        base: block("sample", "Map", "overlay:map:base", BASE),
        above: block("sample", "Positions", "overlay:map", ABOVE),
    }
}

/// A visitor of class `who` who may do what `can` says.
pub fn visitor(who: Who, can: &[&'static str]) -> Me {
    Me {
        class: Class::now(who),
        can: can.to_vec(),
        participant_id: who.slot().map(|slot| format!("p-{slot}")),
        pack: can.contains(&"hud").then(|| "/api/races/r1/download/t".into()),
    }
}

pub fn page(words: Words, race_doc: &Race, me: Me, map: Option<Layers>) -> String {
    let statics = statics();
    let casters = [String::from("Dana")];
    let room = Room { words, race: race_doc, connected: &[1], casters: &casters };
    let own = |name, surface| block("", name, surface, &room.fragment(surface).unwrap().into_string());
    let signed_in = !me.can.is_empty();
    let actor = Actor {
        id: if signed_in { "u-1".into() } else { String::new() },
        name: "Alice".into(),
        role: Role::Viewer,
    };
    let link = |name: &str, title: &str, width, height| OverlayLink {
        name: name.into(),
        title: title.into(),
        width,
        height,
        url: format!("/overlay/r1/{name}"),
    };
    race(&RacePage {
        words,
        statics: &statics,
        nonce: "N",
        actor: &actor,
        race: race_doc,
        mode: "Sample mode",
        organizer: "Olga",
        me,
        room: own("Clock", ROOM),
        people: own("Participants", PEOPLE),
        live: block("sample", "Sample mode", "live", STANDINGS),
        map,
        overlays: vec![link("map", "Map", 1920, 720), link("table", "Standings", 480, 900)],
        now_ms: NOW_MS,
    })
    .into_string()
}

pub fn list_page(words: Words, actor: &Actor, races: &[Race]) -> String {
    let listed: Vec<_> = races
        .iter()
        .map(|race| Listed {
            race,
            mode: "Sample mode".into(),
            winners: if race.status == RaceStatus::Finished { vec!["Alice".into()] } else { Vec::new() },
            winning_ms: Some(1_312_000),
        })
        .collect();
    list(words, &statics(), "N", actor, &listed, NOW_MS).into_string()
}

pub fn replay_page(words: Words, map: Option<Layers>) -> String {
    let race = sample(RaceStatus::Finished, json!({}));
    replay(&Replay {
        words,
        statics: &statics(),
        nonce: "N",
        race: &race,
        live: block("sample", "Sample mode", "live", STANDINGS),
        map,
        at_ms: 600_000,
        end_ms: 1_312_000,
    })
    .into_string()
}

pub fn overlay_page(follow: &Follow, options: &Options) -> String {
    let Layers { base, above, .. } = layers();
    overlay(&Canvas {
        words: EN,
        statics: &statics(),
        nonce: "N",
        title: "Sunday showdown",
        width: 1920,
        height: 720,
        options,
        picture: Picture::Layers(vec![base, above]),
        properties: properties(follow, options),
        data: serde_json::Map::new(),
        tail: Default::default(),
        key: None,
    })
    .into_string()
}

pub fn pages() -> Vec<(&'static str, String)> {
    use RaceStatus::{Countdown, Draft, Finished, Open, Running};
    let scheduled = json!({"scheduled_start": "2026-02-04T19:00:00Z", "revealed_to": [
        {"user_id": "u-9", "name": "Olga", "at": "2026-02-04T12:00:00Z"}]});
    let late = json!({"config": {"public_view": "delayed"}});
    let races = [
        sample(Open, json!({"id": "r2", "scheduled_start": "2026-02-04T19:00:00Z"})),
        sample(Draft, json!({"id": "r5", "name": "Draft"})),
        sample(Running, json!({"id": "r3"})),
        sample(
            Finished,
            json!({"id": "r4", "name": "A race with a name as long as names of races are allowed to be"}),
        ),
    ];
    let alice = Actor { id: "u-1".into(), name: "Alice".into(), role: Role::Viewer };
    let runner = Who::Participant(1);
    vec![
        ("race", page(EN, &sample(Running, json!({})), visitor(Who::Public, &[]), Some(layers()))),
        (
            "race-fr",
            page(
                FR,
                &sample(Open, scheduled.clone()),
                visitor(runner, &["ready", "leave", "hud"]),
                Some(layers()),
            ),
        ),
        ("race-open", page(EN, &sample(Open, scheduled), visitor(Who::Public, &["join"]), Some(layers()))),
        (
            "race-countdown",
            page(EN, &sample(Countdown, json!({})), visitor(runner, &["hud"]), Some(layers())),
        ),
        (
            "race-runner",
            page(EN, &sample(Running, json!({})), visitor(runner, &["abandon", "hud"]), Some(layers())),
        ),
        (
            "race-caster",
            page(EN, &sample(Running, late), visitor(Who::Caster, &["edit", "finish"]), Some(layers())),
        ),
        ("race-board", page(EN, &sample(Finished, json!({})), visitor(Who::Public, &[]), None)),
        ("races", list_page(EN, &alice, &races)),
        ("races-none", list_page(FR, &Actor::anonymous(), &[])),
        ("replay", replay_page(EN, Some(layers()))),
        ("replay-board", replay_page(FR, None)),
        ("overlay-map", overlay_page(&Follow { follow: true, max_layers: Some(8) }, &Options::default())),
        ("race-absent", not_found(EN, &statics()).into_string()),
    ]
}

#[test]
fn the_pages_that_the_runtime_is_tested_with_are_those_the_server_writes() {
    regie_pages::testing::check_samples(&pages());
}
