//! What lines become, and what people see of them.

use indices_board::Board;
use proptest::prelude::*;
use regie_sdk::sheet::{LINES_MAX, Sheet};
use regie_sdk::testing::Kit;
use serde_json::{Value, json};

type Session = Kit<Board, regie_sdk::kind::Indices>;

fn template() -> Value {
    json!({"label": "Season 4", "updated_at": "2026-02-04T13:38:00", "plugin": "indices-board", "categories": {
        "zones": {"label": "Zones", "columns": 1, "colour": "red", "items": [["Sky"], "Faron", 7]},
        "always": {"label": "Always", "columns": 2, "items": [["Batreaux 50", ""], ["Song from Levias", "Bow", "✓"]]}}})
}

fn board() -> Session {
    Kit::new(Board).start_from(Some(template())).unwrap_or_else(|fault| panic!("{fault:?}"))
}

fn items(kit: &Session, category: &str) -> Value {
    kit.state["categories"][category]["items"].clone()
}

#[test]
fn without_a_template_there_are_three_empty_categories() {
    let kit = Kit::new(Board).start();
    let keys: Vec<&String> = kit.state["categories"].as_object().expect("categories").keys().collect();
    assert_eq!(keys, ["always", "sometimes", "barren"]);
    assert_eq!(kit.page("live").elements.iter().filter(|element| element.has_class("none")).count(), 3);
}

#[test]
fn a_template_is_kept_as_it_is_written_with_its_order_and_what_is_unknown() {
    let kit = board();
    let written = kit.state.to_string();
    let order = ["\"zones\"", "\"colour\"", "\"always\"", "\"updated_at\"", "\"plugin\""];
    let places: Vec<_> = order.map(|word| written.find(word).expect(word)).to_vec();
    assert!(places.is_sorted(), "{written}");
    assert_eq!(items(&kit, "zones"), json!([["Sky"], ["Faron"], ["7"]]));
    assert_eq!(items(&kit, "always"), template()["categories"]["always"]["items"]);
}

#[test]
fn the_templates_of_the_example_instance_start() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instance/indices/templates");
    let files: Vec<_> =
        std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path()).collect();
    assert!(files.len() >= 2);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("text");
        let seed: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        let kit = Kit::new(Board).start_from(Some(seed.clone()));
        let kit = kit.unwrap_or_else(|fault| panic!("{file:?}: {fault:?}"));
        assert_eq!(kit.state, seed, "{file:?} is kept as it is");
    }
}

#[test]
fn a_template_beyond_the_limits_is_refused_with_the_place() {
    let with = |category: Value| json!({"categories": {"a": category}});
    for (seed, path) in [
        (json!({}), "seed"),
        (json!([]), "seed"),
        (with(json!({"columns": 0})), "seed.categories.a.columns"),
        (with(json!({"columns": 99})), "seed.categories.a.columns"),
        (with(json!({"items": [["x".repeat(301)]]})), "seed.categories.a.items[0]"),
        (with(json!({"items": vec![["x"]; LINES_MAX + 1]})), "seed.categories.a.items"),
    ] {
        let Err(fault) = Kit::new(Board).start_from(Some(seed.clone())) else { panic!("{seed} was taken") };
        assert_eq!(
            (fault.code.as_str(), fault.path.as_deref()),
            ("bad_seed", Some(path)),
            "{}",
            fault.message
        );
    }
}

#[test]
fn lines_are_split_at_the_bar_and_come_as_list_text_or_form() {
    let expected = json!([["Batreaux 50", "Beetle"], ["Levias", ""]]);
    for action in [
        json!({"category": "always", "lines": ["Batreaux 50 | Beetle", "  Levias |  ", " | "]}),
        json!({"category": "always", "lines": "Batreaux 50|Beetle\r\n\nLevias\n"}),
        json!({"category": "always", "fields": {"lines": " Batreaux  50 | Beetle\nLevias"}}),
    ] {
        let mut kit = board();
        let zones = items(&kit, "zones");
        kit.change(action.clone());
        assert_eq!(items(&kit, "always"), expected, "{action}");
        assert_eq!(items(&kit, "zones"), zones);
    }
}

#[test]
fn the_text_of_a_form_sent_back_unchanged_changes_nothing() {
    let mut kit = board();
    for area in kit.page("live").elements.iter().filter(|element| element.tag == "textarea") {
        let category = if area.name().starts_with("Zones") { "zones" } else { "always" };
        let result = kit.act(json!({"category": category, "fields": {"lines": area.text}}));
        assert!(!result.changed && result.fault.is_none(), "{category}: {}", area.text);
    }
}

#[test]
fn one_line_is_added_and_never_twice() {
    let mut kit = board();
    let result = kit.change(json!({"category": "zones", "fields": {"add": "Lanayru"}}));
    assert_eq!(result.words.as_deref(), Some("Zones: + Lanayru"));
    assert_eq!(items(&kit, "zones"), json!([["Sky"], ["Faron"], ["7"], ["Lanayru"]]));
    assert!(!kit.act(json!({"category": "zones", "add": "Lanayru"})).changed);
}

#[test]
fn one_click_marks_a_line_as_found_and_another_opens_it_again() {
    let mut kit = board();
    assert_eq!(kit.click("live", "Batreaux 50, open").words.as_deref(), Some("Always: Batreaux 50: found"));
    assert_eq!(items(&kit, "always")[0], json!(["Batreaux 50", "", "✓"]));
    assert!(kit.click("live", "Batreaux 50, found").changed);
    assert_eq!(items(&kit, "always")[0], json!(["Batreaux 50", ""]));
    // The line moved between the picture and the click.
    kit.change(json!({"category": "zones", "lines": ["New", "Sky"]}));
    kit.change(json!({"category": "zones", "line": 0, "is": "Sky", "marked": true}));
    assert_eq!(items(&kit, "zones"), json!([["New"], ["Sky", "✓"]]));
    let gone = kit.refusal(json!({"category": "zones", "line": 0, "is": "Faron", "marked": true}));
    assert_eq!(gone.code, "line_moved");
}

#[test]
fn what_cannot_be_is_refused_with_the_place() {
    let cases = [
        (json!({"category": "nope", "lines": []}), "unknown_category", "category"),
        (json!({"lines": []}), "unknown_category", "category"),
        (json!({"type": "host:reset"}), "unknown_action", "type"),
        (json!({"category": "zones"}), "bad_action", ""),
        (json!({"category": "zones", "lines": 7}), "bad_action", "lines"),
        (json!({"category": "zones", "add": " | "}), "bad_action", "add"),
        (json!({"category": "zones", "lines": ["ok", "x".repeat(301)]}), "line_too_long", "lines[1]"),
        (
            json!({"category": "zones", "fields": {"lines": "x".repeat(301)}}),
            "line_too_long",
            "fields.lines[0]",
        ),
        (json!({"category": "zones", "lines": ["a|b|c|d|e|f|g|h|i|j"]}), "line_too_long", "lines[0]"),
        (json!({"category": "zones", "lines": vec!["x"; LINES_MAX + 1]}), "too_many_lines", "lines"),
    ];
    let mut kit = board();
    for (action, code, path) in cases {
        let fault = kit.refusal(action.clone());
        let dot = if path.is_empty() { "" } else { "." };
        let place = format!("actions[0].action{dot}{path}");
        let found = (fault.code.as_str(), fault.path.as_deref().unwrap_or_default());
        assert_eq!(found, (code, place.as_str()), "{action}: {}", fault.message);
    }
}

#[test]
fn only_those_who_may_edit_get_forms_and_overlays_never_do() {
    for surface in ["live", "panel", "editor", "overlay:default", "overlay:category", "overlay:category-2"] {
        for locale in ["en", "fr"] {
            let mut kit = board().locale(locale);
            let acts = |kit: &Session| {
                kit.page(surface)
                    .elements
                    .iter()
                    .filter(|element| element.attribute("data-do").is_some())
                    .count()
            };
            let air = surface.starts_with("overlay");
            assert_eq!(
                acts(&kit),
                if air { 0 } else { 5 + 4 },
                "five lines, two forms a category: {surface}"
            );
            kit.can_edit = false;
            assert_eq!(acts(&kit), 0, "{surface}");
            let found = if locale == "fr" {
                "Song from Levias, Bow, trouvé"
            } else {
                "Song from Levias, Bow, found"
            };
            let shown = kit.page(surface).named(found).len();
            assert_eq!(shown, usize::from(surface != "overlay:category"), "a mark is read out: {surface}");
        }
    }
}

#[test]
fn an_overlay_counts_the_lines_it_has_no_room_for() {
    let mut kit = board();
    kit.change(
        json!({"category": "zones", "lines": (0..60).map(|n| format!("Zone {n}")).collect::<Vec<_>>()}),
    );
    for surface in ["overlay:default", "overlay:category"] {
        let page = kit.page(surface);
        let lines = page.elements.iter().filter(|element| element.has_class("line")).count();
        let more =
            page.elements.iter().find(|element| element.has_class("more")).expect("the rest is counted");
        let zones = if surface == "overlay:default" { lines - 2 } else { lines };
        assert_eq!(more.text, format!("+ {}", 60 - zones), "{surface}");
        assert!(zones >= 5, "{surface} shows {zones}");
    }
}

#[test]
fn words_of_the_operator_are_completed() {
    let kit = Kit::new(Board).setting("words", "Beetle, Bow,, Sky ").start();
    assert_eq!(kit.catalog()["completions"], json!({"words": ["Beetle", "Bow", "Sky"]}));
    let page = kit.page("live");
    let fields = page.elements.iter().filter(|element| matches!(element.tag.as_str(), "textarea" | "input"));
    assert!(fields.map(|field| field.attribute("data-x-complete")).all(|list| list == Some("words")));
}

#[test]
fn no_action_breaks_it() {
    board().assert_total(
        &[
            json!({"category": "zones", "lines": ["Sky | x"], "fields": {"lines": "a"}}),
            json!({"category": "always", "line": 1, "is": "Batreaux 50", "marked": true}),
            json!({"category": "always", "add": "x | y", "fields": {"add": "b"}}),
        ],
        300,
    );
}

fn any_edit() -> impl Strategy<Value = Value> {
    let category = prop::sample::select(vec!["zones", "always", "nope"]);
    let text = "[a-c |✓]{0,12}";
    prop_oneof![
        (category.clone(), prop::collection::vec(text, 0..6))
            .prop_map(|(c, lines)| json!({"category": c, "lines": lines})),
        (category.clone(), text).prop_map(|(c, add)| json!({"category": c, "fields": {"add": add}})),
        (category, 0..8_usize, any::<bool>())
            .prop_map(|(c, line, marked)| json!({"category": c, "line": line, "marked": marked})),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_edit_touches_its_own_category_and_stays_within_the_limits(edits in prop::collection::vec(any_edit(), 1..16)) {
        let mut kit = board();
        for edit in edits {
            let before = kit.state.clone();
            kit.act(edit.clone());
            for other in ["zones", "always"] {
                if edit["category"] != other {
                    prop_assert_eq!(&kit.state["categories"][other], &before["categories"][other]);
                }
            }
            let sheet: Sheet = serde_json::from_value(kit.state.clone()).expect("a sheet");
            prop_assert!(sheet.check().is_ok());
            let adds = edit["fields"]["add"].is_string();
            let (Some(old), Some(new)) = (items_of(&before, &edit), items_of(&kit.state, &edit)) else { continue };
            prop_assert!(!adds || (new.len() >= old.len() && new[..old.len()] == old[..]), "adding loses nothing");
            prop_assert!(edit["marked"].is_null() || new.len() == old.len(), "marking loses nothing");
        }
    }
}

fn items_of<'s>(state: &'s Value, edit: &Value) -> Option<&'s Vec<Value>> {
    state["categories"][edit["category"].as_str()?]["items"].as_array()
}
