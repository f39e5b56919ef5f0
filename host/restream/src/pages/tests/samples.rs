//! The pages that the page runtime is tested with.

use std::sync::Arc;

use regie_core::{Actor, Role, Topic};
use regie_live::{Body, Form, Snapshot, Want};
use serde_json::json;

use super::super::*;
use crate::model::{NewRestream, Restream};

const TRACKER: &str = include_str!("../../../../../frontend/live/test/pages/_tracker.html");
const WATCHED: &str = include_str!("../../../../../frontend/live/test/pages/_watched.html");
const SHEET: &str = include_str!("../../../../../frontend/live/test/pages/_sheet.html");
const NONCE: &str = "N";

fn statics() -> Statics {
    Statics {
        live_js: "live".into(),
        crew_js: "crew".into(),
        overlay_js: "overlay".into(),
        page_css: "page".into(),
        overlay_css: "overlay_css".into(),
        ..Statics::default()
    }
}

fn block(topic: &str, surface: &str, slot: Option<u32>, html: &str) -> Block {
    Block {
        topic: Topic::parse(topic).unwrap(),
        plugin: "sample".into(),
        name: "Sample tracker".into(),
        want: Want { form: Form::Html, surface: Some(surface.into()), slot, locale: None },
        snapshot: Some(Snapshot {
            version: 1,
            etag: "l-1-v".into(),
            css: Arc::from([String::from("/plugins/sample/1/sample.css")]),
            body: Body::Html(if surface.starts_with("overlay") {
                html.trim_end().replace("h3>", "h2>").into()
            } else {
                html.trim_end().into()
            }),
        }),
    }
}

fn panel(key: &str, heading: &str, editable: bool) -> Panel {
    let html = if editable { TRACKER } else { WATCHED };
    Panel {
        key: key.into(),
        heading: heading.into(),
        block: block(&format!("tracker/12/{key}"), "live", None, html),
        editable,
        source: None,
        slots: vec![(1, "Alice".into()), (2, "Bob".into())],
    }
}

fn sheet(editable: bool) -> Panel {
    let mut panel = panel(INDICES, "Sample sheet", editable);
    panel.block = block("indices/finale", "live", None, SHEET);
    panel.slots = Vec::new();
    panel
}

fn restream(slug: &str, title: &str, indices: &str) -> Restream {
    let form = json!({
        "slug": slug, "title": title, "indices_template": indices,
        "description": "Best of three, with hints.\n\nThe crew meets half an hour before.",
        "participants": [
            {"label": "Alice", "team": "Blue", "final_time": "1:23:45", "show_final_time": true},
            {"label": "Bob", "team": "Red"},
        ],
    });
    let form: NewRestream = serde_json::from_value(form).unwrap();
    Restream::new(12, form, "2026-02-04T13:38:00Z").unwrap()
}

fn live_page(words: Words, role: Role, panels: Vec<Panel>, layout: Vec<(&str, u8)>) -> String {
    let (statics, restream) = (statics(), restream("finale", "Grand finale of the spring cup", "board"));
    let id = if role > Role::Viewer { "018f" } else { "" };
    let actor = Actor { id: id.into(), name: "Ed".into(), role };
    let page = Live {
        words,
        statics: &statics,
        nonce: NONCE,
        actor: &actor,
        role,
        restream: &restream,
        panels,
        layout,
        scripted: None,
        key: None,
    };
    live(&page).into_string()
}

fn scripted() -> Scripted {
    Scripted {
        scripts: vec!["/plugins/sample/1/sample.js".into()],
        catalog: json!({"label": "</script><script>"}),
        state: json!({"slots": [1, 2]}),
        stream_url: "/finale/tracker/stream".into(),
        update_url: "/finale/tracker/update".into(),
        use_storage: false,
    }
}

fn overlay_page(picture: Picture, scripted: Option<Scripted>) -> String {
    overlay(&Canvas {
        words: Words { locale: "en" },
        statics: &statics(),
        nonce: NONCE,
        title: "Grand finale",
        width: 1920,
        height: 1080,
        options: &Options::default(),
        picture,
        properties: String::new(),
        data: serde_json::Map::new(),
        tail: Scripted::tail(scripted.as_ref(), NONCE),
        key: None,
    })
    .into_string()
}

fn pages() -> Vec<(&'static str, String)> {
    let (en, fr) = (Words { locale: "en" }, Words { locale: "fr" });
    let statics = statics();
    let restreams = [("finale", "Grand finale of the spring cup", "board"), ("semi", "Semifinal", "none")]
        .map(|(slug, title, indices)| crate::directory::Entry {
            restream: Arc::new(restream(slug, title, indices)),
            revision: regie_store::Revision::default(),
        });
    let editor = Actor { id: "018f".into(), name: "Ed".into(), role: Role::Editor };
    let crew = |editable| {
        let mut other = panel("second", "Second stream", false);
        other.source =
            Some(Source { title: "Semifinal".into(), href: Some("/semi/live".into()), shared: false });
        vec![panel("main", "Sample tracker", editable), other, sheet(editable)]
    };
    let mut absent = panel("main", "Sample tracker", true);
    absent.block.snapshot = None;
    let placed = |topic, slot, html, x, y, scale| Placed {
        block: block(topic, "overlay:default", slot, html),
        x,
        y,
        scale,
        width: 960,
        height: 540,
    };
    let sheet_page = |words| {
        let page = Indices {
            words,
            statics: &statics,
            nonce: NONCE,
            restream: &restreams[0].restream,
            panel: sheet(true),
            key: None,
        };
        indices(&page).into_string()
    };
    let draft = Preset {
        words: en,
        statics: &statics,
        nonce: NONCE,
        label: "All dungeons",
        block: block("preset/sample/all-dungeons", "editor", None, TRACKER),
        editable: true,
    };
    vec![
        (
            "live",
            live_page(en, Role::Restreamer, crew(true), vec![("main", 7), ("indices", 5), ("second", 12)]),
        ),
        ("live-fr", live_page(fr, Role::Editor, crew(true), Vec::new())),
        ("live-one", live_page(en, Role::Editor, vec![panel("main", "Sample tracker", true)], Vec::new())),
        ("live-viewer", live_page(en, Role::Viewer, crew(false), Vec::new())),
        ("live-absent", live_page(en, Role::Editor, vec![absent], Vec::new())),
        ("live-empty", live_page(en, Role::Viewer, Vec::new(), Vec::new())),
        ("indices", sheet_page(en)),
        ("indices-fr", sheet_page(fr)),
        ("preset", preset(&draft).into_string()),
        (
            "overlay",
            overlay_page(
                Picture::Layers(vec![block("tracker/12/main", "overlay:default", None, WATCHED)]),
                Some(scripted()),
            ),
        ),
        (
            "overlay-all",
            overlay_page(
                Picture::Composed(vec![
                    placed("tracker/12/main", Some(1), WATCHED, 40.0, 40.0, 1.0),
                    placed("indices/finale", None, WATCHED, 1160.0, 500.0, 0.75),
                ]),
                None,
            ),
        ),
        ("index", index(en, &statics, &editor, &restreams).into_string()),
        ("index-none", index(fr, &statics, &Actor::anonymous(), &[]).into_string()),
        (
            "restream",
            super::super::restream(en, &statics, Role::Restreamer, &restreams[0].restream).into_string(),
        ),
        (
            "restream-fr",
            super::super::restream(fr, &statics, Role::Viewer, &restreams[1].restream).into_string(),
        ),
        ("absent", not_found(en, &statics).into_string()),
    ]
}

#[test]
fn the_pages_that_the_runtime_is_tested_with_are_those_the_server_writes() {
    regie_pages::testing::check_samples(&pages());
}
