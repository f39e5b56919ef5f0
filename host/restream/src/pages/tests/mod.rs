//! Markup as a browser will read it: what people write is text, and the runtime finds what it was promised.

mod samples;

use std::sync::Arc;

use maud::Markup;
use regie_core::{Actor, Role, Topic};
use regie_live::{Body, Form, Snapshot, Want};
use serde_json::json;

use super::*;
use crate::model::{NewRestream, Restream};

/// What a person could type anywhere.
const HOSTILE: &str = "</script><script>alert(1)</script><b x='\"&";
const EN: Words = Words { locale: "en" };

fn statics() -> Statics {
    Statics {
        live_js: "live-1.js".into(),
        crew_js: "crew-1.js".into(),
        overlay_js: "overlay-1.js".into(),
        page_css: "page-1.css".into(),
        overlay_css: "overlay-1.css".into(),
        ..Statics::default()
    }
}

fn restream(indices: &str) -> Restream {
    let form = json!({
        "slug": "demo", "title": HOSTILE, "description": HOSTILE, "indices_template": indices,
        "participants": [{"label": HOSTILE, "team": HOSTILE}, {"label": ""}],
    });
    let form: NewRestream = serde_json::from_value(form).unwrap();
    Restream::new(12, form, "2026-02-04T13:38:00Z").unwrap()
}

fn block(topic: &str, surface: &str) -> Block {
    Block {
        topic: Topic::parse(topic).unwrap(),
        plugin: "tracker-x".into(),
        name: HOSTILE.into(),
        want: Want { form: Form::Html, surface: Some(surface.into()), slot: None, locale: None },
        snapshot: Some(Snapshot {
            version: 3,
            etag: "l-3-v".into(),
            css: Arc::from([String::from("/plugins/tracker-x/1/a.css")]),
            body: Body::Html("<b class=\"inner\">7</b>".into()),
        }),
    }
}

fn panel(key: &str, editable: bool) -> Panel {
    let topic = if key == INDICES { "indices/demo".into() } else { format!("tracker/12/{key}") };
    Panel {
        key: key.into(),
        heading: HOSTILE.into(),
        block: block(&topic, "live"),
        editable,
        source: None,
        slots: vec![(1, HOSTILE.into()), (2, String::new())],
    }
}

fn scripted() -> Scripted {
    Scripted {
        scripts: vec!["/plugins/tracker-x/1/x.js".into()],
        catalog: json!({"__proto__": HOSTILE}),
        state: json!({"label": HOSTILE}),
        stream_url: "/demo/tracker/stream".into(),
        update_url: "/demo/tracker/update".into(),
        use_storage: false,
    }
}

fn live_page(role: Role, panels: Vec<Panel>, layout: Vec<(&str, u8)>, scripted: Option<Scripted>) -> String {
    let statics = statics();
    let actor = Actor { id: "1".into(), name: "Ed".into(), role };
    let restream = restream("board");
    let page = Live {
        words: EN,
        statics: &statics,
        nonce: "N0",
        actor: &actor,
        role,
        restream: &restream,
        panels,
        layout,
        scripted,
        key: Some(HOSTILE),
    };
    live(&page).into_string()
}

fn canvas(picture: Picture, scripted: Option<Scripted>) -> String {
    let options = Options { scale: Some(f32::NAN), labels: Some("0".into()), ..Options::default() };
    overlay(&Canvas {
        words: EN,
        statics: &statics(),
        nonce: "N0",
        title: HOSTILE,
        width: 1920,
        height: 1080,
        options: &options,
        picture,
        properties: String::new(),
        data: serde_json::Map::new(),
        tail: Scripted::tail(scripted.as_ref(), "N0"),
        key: None,
    })
    .into_string()
}

fn every_page() -> Vec<(&'static str, String)> {
    let (statics, with_sheet) = (statics(), restream("board"));
    let admin = Actor { id: "1".into(), name: HOSTILE.into(), role: Role::Admin };
    let entry = crate::directory::Entry {
        restream: Arc::new(with_sheet.clone()),
        revision: regie_store::Revision::default(),
    };
    let mut foreign = panel("second", false);
    foreign.source = Some(Source { title: HOSTILE.into(), href: Some("/other/live".into()), shared: false });
    let sheet = Indices {
        words: EN,
        statics: &statics,
        nonce: "N0",
        restream: &with_sheet,
        panel: panel(INDICES, true),
        key: None,
    };
    let draft = Preset {
        words: EN,
        statics: &statics,
        nonce: "N0",
        label: HOSTILE,
        block: block("preset/tracker-x/a", "editor"),
        editable: true,
    };
    let text = Markup::into_string;
    vec![
        ("index", text(index(EN, &statics, &admin, &[entry]))),
        ("restream", text(super::restream(EN, &statics, Role::Admin, &with_sheet))),
        ("live", live_page(Role::Admin, vec![panel("main", true), foreign], Vec::new(), Some(scripted()))),
        ("indices", text(indices(&sheet))),
        (
            "overlay",
            canvas(Picture::Layers(vec![block("tracker/12/main", "overlay:default")]), Some(scripted())),
        ),
        ("preset", text(preset(&draft))),
        ("not found", text(not_found(EN, &statics))),
    ]
}

#[test]
fn nothing_people_write_becomes_markup_or_ends_a_script() {
    for (name, html) in every_page() {
        assert!(!html.contains("<script>"), "{name}: {html}");
        assert!(!html.contains("alert(1)</script><b"), "{name}: {html}");
        // Every script the page has is the host's: it carries the nonce.
        assert_eq!(html.matches("<script").count(), html.matches("nonce=\"N0\"").count(), "{name}");
        assert_eq!(html.matches("<script").count(), html.matches("</script>").count(), "{name}");
    }
}

#[test]
fn every_page_has_one_first_heading_and_no_id_twice() {
    for (name, html) in every_page() {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: {ids:?}");
    }
}

#[test]
fn a_block_says_what_the_runtime_reads() {
    let html = live_page(Role::Viewer, vec![panel("main", false)], Vec::new(), None);
    for said in [
        "data-rg-topic=\"tracker/12/main\"",
        "data-rg-surface=\"live\"",
        "data-rg-etag=\"l-3-v\"",
        "data-rg-version=\"3\"",
        "data-plugin=\"tracker-x\"",
        "<b class=\"inner\">7</b>",
        "<link rel=\"stylesheet\" href=\"/plugins/tracker-x/1/a.css\" data-rg-css=\"tracker-x\">",
        "\"presence\":\"presence/demo\"",
        "\"here\":false",
    ] {
        assert!(html.contains(said), "{said} is not in {html}");
    }
}

#[test]
fn only_those_who_edit_get_tools_and_their_script() {
    for (editable, role) in [(false, Role::Viewer), (true, Role::Editor)] {
        let html = live_page(role, vec![panel("main", editable)], Vec::new(), None);
        assert_eq!(html.matches("data-rg-act=").count(), if editable { 2 } else { 0 });
        assert_eq!(html.contains("/static/crew-1.js"), editable);
    }
}

#[test]
fn completions_are_for_those_who_write_the_sheet() {
    for (key, editable, has) in [(INDICES, true, true), (INDICES, false, false), ("main", true, false)] {
        let html = live_page(Role::Editor, vec![panel(key, editable)], Vec::new(), None);
        assert_eq!(html.contains("\"completions\":\"/demo/indices/completions\""), has, "{key} {editable}");
    }
}

#[test]
fn panels_stand_as_the_layout_says_and_the_others_after_them() {
    type Case = (&'static [&'static str], Vec<(&'static str, u8)>, &'static [(&'static str, u8)]);
    let cases: [Case; 4] = [
        (&["main"], vec![], &[("main", 12)]),
        (&["main", "second", INDICES], vec![], &[("main", 6), ("second", 6), (INDICES, 6)]),
        (
            &["main", "second", INDICES],
            vec![(INDICES, 4), ("main", 8)],
            &[(INDICES, 4), ("main", 8), ("second", 6)],
        ),
        (&["main"], vec![("gone", 3), ("main", 99)], &[("main", 12)]),
    ];
    for (keys, layout, expected) in cases {
        let panels: Vec<Panel> = keys.iter().map(|key| panel(key, false)).collect();
        let arranged: Vec<_> = panel::arrange(&panels, &layout)
            .into_iter()
            .map(|(panel, span)| (panel.key.as_str(), span))
            .collect();
        assert_eq!(arranged, expected);
    }
}

#[test]
fn a_lone_panel_is_headed_for_the_ear_only_and_the_sheet_always_by_its_name() {
    let heading = |panels| live_page(Role::Viewer, panels, Vec::new(), None);
    assert!(heading(vec![panel("main", false)]).contains("<h2 id=\"panel-main-h\" class=\"rg-unseen\">"));
    assert!(
        heading(vec![panel("main", false), panel("second", false)]).contains("<h2 id=\"panel-main-h\">&lt;")
    );
    assert!(heading(vec![panel(INDICES, false)]).contains("<h2 id=\"panel-indices-h\">Hint sheet</h2>"));
}

#[test]
fn a_panel_of_another_restream_says_so() {
    for (shared, href, said) in [
        (false, Some("/other/live"), "Read only, from <a href=\"/other/live\">Other</a>"),
        (false, None, "Read only, from Other"),
        (true, None, "Shared with Other"),
    ] {
        let mut other = panel("second", shared);
        other.source = Some(Source { title: "Other".into(), href: href.map(Into::into), shared });
        let html = live_page(Role::Editor, vec![panel("main", true), other], Vec::new(), None);
        assert!(html.contains(said), "{said} is not in {html}");
    }
}

#[test]
fn the_sheet_is_linked_only_where_there_is_one() {
    for (template, linked) in [("none", false), ("board", true)] {
        let html = super::restream(EN, &statics(), Role::Viewer, &restream(template)).into_string();
        assert!(html.contains("href=\"/demo/live\""));
        assert_eq!(html.contains("href=\"/demo/indices\""), linked);
    }
}

#[test]
fn globals_of_scripts_are_there_only_with_a_granted_script() {
    let one = || Picture::Layers(vec![block("tracker/12/main", "overlay:default")]);
    let html = canvas(one(), Some(scripted()));
    assert!(
        html.contains("<script type=\"module\" nonce=\"N0\" src=\"/plugins/tracker-x/1/x.js\"></script>")
    );
    assert!(html.contains("TRACKER_USE_STORAGE\\\":false"));
    for none in [None, Some(Scripted { scripts: Vec::new(), ..scripted() })] {
        assert!(!canvas(one(), none).contains("TRACKER_"));
    }
}

#[test]
fn a_composed_overlay_places_each_block_within_the_canvas() {
    let placed = |topic, x, scale| Placed {
        block: block(topic, "overlay:default"),
        x,
        y: 20.5,
        scale,
        width: 640,
        height: 360,
    };
    let html = canvas(
        Picture::Composed(vec![
            placed("tracker/12/main", 10.0, 0.5),
            placed("indices/demo", f32::INFINITY, 99.0),
        ]),
        None,
    );
    assert!(html.contains("--rg-width:1920px;--rg-height:1080px;--rg-scale:1;"));
    assert!(html.contains("style=\"left:10px;top:20.5px\""));
    assert!(html.contains("--overlay-labels:none;width:640px;height:360px;zoom:0.5\""));
    assert!(html.contains("style=\"left:0px;top:20.5px\"") && html.contains("zoom:4\""));
    assert_eq!(html.matches("data-rg-css").count(), 1, "one link for a stylesheet two blocks share");
}
