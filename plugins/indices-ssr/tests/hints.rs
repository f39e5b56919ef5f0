//! What a crew types, and where it goes.

use indices_ssr::Hints;
use indices_ssr::facts::{ALWAYS, CATEGORIES, DUNGEONS, checks, items, regions};
use indices_ssr::names::{Found, find, words};
use proptest::prelude::*;
use regie_sdk::sheet::Sheet;
use regie_sdk::testing::Kit;
use serde_json::{Value, json};

type Session = Kit<Hints, regie_sdk::kind::Indices>;

fn sheet() -> Session {
    Kit::new(Hints).start()
}

fn items_of(kit: &Session, category: &str) -> Value {
    kit.state["categories"][category]["items"].clone()
}

/// The line that a hint made or filled.
fn typed(hint: &str) -> (String, Value) {
    let mut kit = sheet();
    let before = kit.state.clone();
    kit.change(json!({"quick": hint}));
    for (key, category) in kit.state["categories"].as_object().expect("categories") {
        let old = &before["categories"][key]["items"];
        let new = category["items"].as_array().expect("lines").iter();
        let fresh = new.zip(0..).find(|(line, at): &(&Value, usize)| old.get(*at) != Some(*line));
        if let Some((line, _)) = fresh {
            return (key.clone(), line.clone());
        }
    }
    panic!("{hint} changed nothing")
}

#[test]
fn shorthand_goes_where_it_belongs() {
    let cases = [
        ("faron woods barren", "barren", json!(["Faron Woods"])),
        ("Faron W BARREN", "barren", json!(["Faron Woods"])),
        ("sky dead", "barren", json!(["Sky"])),
        ("faron woods stérile", "barren", json!(["Faron Woods"])),
        ("STÉRILE mogma", "barren", json!(["Mogma Turf"])),
        ("batreauxs barren", "barren", json!(["Batreaux's House"])),
        ("Batreaux’s house barren", "barren", json!(["Batreaux's House"])),
        ("lmf barren", "barren", json!(["Lanayru Mining Facility"])),
        ("woods of nothing", "", json!(null)),
        ("lake floria sots", "path", json!(["Lake Floria", ""])),
        ("lake floria chemin", "path", json!(["Lake Floria", ""])),
        ("lake floria -> et", "path", json!(["Lake Floria", "Scaldera"])),
        ("lake floria→koloktos", "path", json!(["Lake Floria", "Koloktos"])),
        ("lake path to earth temple", "path", json!(["Lake Floria", "Scaldera"])),
        ("volcano chemin vers dem", "path", json!(["Volcano Summit", "Demise"])),
        ("triforce of courage in sky", "triforce", json!(["Triforce of Courage", "Sky"])),
        ("courage dans sandship", "", json!(null)),
        ("triforce of w dans ac", "triforce", json!(["Triforce of Wisdom", "Ancient Cistern"])),
        ("farore in mogma turf", "songs", json!(["Farore's Courage", "Mogma Turf"])),
        ("song of the hero in fs", "songs", json!(["Song of the Hero", "Fire Sanctuary"])),
        ("din = bow", "songs", json!(["Din's Power", "Bow"])),
        ("bow in volcano summit", "sometimes", json!(["Volcano Summit", "Bow"])),
        ("whip dans thunderhead", "sometimes", json!(["Thunderhead", "Whip"])),
        ("two hundred rupees in sky", "sometimes", json!(["Sky", "two hundred rupees"])),
        ("batreaux 80 = beetle", "always", json!(["Batreaux's House - 80 Crystals", "Beetle"])),
        ("levias: clawshots", "always", json!(["Thunderhead - Song from Levias", "Clawshots"])),
        ("owlans crystals | whip", "sometimes", json!(["Upper Skyloft - Owlan's Crystals", "Whip"])),
        ("batreaux 30 crystals = bow", "sometimes", json!(["Batreaux's House - 30 Crystals", "Bow"])),
        ("bug net in batreaux 5 c", "sometimes", json!(["Batreaux's House - 5 Crystals", "Bug Net"])),
    ];
    for (hint, category, line) in cases {
        if category.is_empty() {
            sheet().refusal(json!({"quick": hint}));
        } else {
            assert_eq!(typed(hint), (category.to_owned(), line), "{hint}");
        }
    }
}

#[test]
fn what_may_be_several_names_them_and_changes_nothing() {
    let cases = [
        ("faron barren", "ambiguous", vec!["Faron Woods", "Faron Silent Realm"]),
        ("skyloft -> et", "ambiguous", vec!["Skyloft Village", "Skyloft Silent Realm"]),
        ("lake floria -> ghirahim", "ambiguous", vec!["Ghirahim 1", "Ghirahim 2"]),
        ("small key in sky", "ambiguous", vec!["Skyview Small Key", "Sandship Small Key", "and 1 more"]),
        ("batreaux 30 = bow", "ambiguous", vec!["30 Crystals", "30 Crystals Chest"]),
        ("nowhere barren", "unknown_name", vec!["nowhere"]),
        ("faron woods -> nobody", "unknown_name", vec!["nobody"]),
        ("barren", "unknown_name", vec![]),
        ("in sky", "unknown_hint", vec!["<item> in <region>"]),
        ("", "unknown_hint", vec!["<region> barren"]),
    ];
    for (hint, code, named) in cases {
        for action in [json!({"quick": hint}), json!({"fields": {"quick": hint}})] {
            let fault = sheet().refusal(action.clone());
            assert_eq!(fault.code, code, "{hint}: {}", fault.message);
            assert!(named.iter().all(|name| fault.message.contains(name)), "{hint}: {}", fault.message);
            let place = if action["fields"].is_null() { "quick" } else { "fields.quick" };
            assert_eq!(fault.path.as_deref(), Some(format!("actions[0].action.{place}").as_str()));
        }
    }
}

#[test]
fn the_same_hint_twice_is_written_once_and_a_correction_replaces() {
    let mut kit = sheet();
    assert_eq!(kit.change(json!({"quick": "sky barren"})).words.as_deref(), Some("Barren: + Sky"));
    assert!(!kit.act(json!({"quick": "SKY dead"})).changed);
    kit.change(json!({"quick": "batreaux 80 = beetle"}));
    let result = kit.change(json!({"quick": "batreaux 80 = bow"}));
    assert_eq!(result.words.as_deref(), Some("Batreaux's House - 80 Crystals: Bow"));
    assert_eq!(items_of(&kit, "always")[0], json!(["Batreaux's House - 80 Crystals", "Bow"]));
}

#[test]
fn it_starts_with_what_is_always_hinted_and_takes_a_template_of_its_own() {
    let kit = sheet();
    let keys: Vec<&String> = kit.state["categories"].as_object().expect("categories").keys().collect();
    assert_eq!(keys, CATEGORIES.map(|category| category.0));
    assert_eq!(items_of(&kit, "always")[2], json!([ALWAYS[2], ""]));
    let template = json!({"label": "S4", "plugin": "indices-ssr", "categories": {
        "always": {"label": "Always on", "columns": 2, "items": [["Sky - Dodoh's Crystals", ""]]},
        "notes": {"label": "Notes", "columns": 1, "items": []}}});
    let mut kit = Kit::new(Hints).start_from(Some(template)).unwrap_or_else(|fault| panic!("{fault:?}"));
    assert_eq!(kit.state["plugin"], "indices-ssr");
    kit.change(json!({"quick": "dodoh = whip"}));
    assert_eq!(items_of(&kit, "always"), json!([["Sky - Dodoh's Crystals", "Whip"]]));
    kit.change(json!({"quick": "sky barren"}));
    assert_eq!(items_of(&kit, "barren"), json!([["Sky"]]), "a category that the template left out is made");
    kit.change(json!({"category": "notes", "lines": ["by hand"]}));
    assert_eq!(kit.locale("fr").page("live").named("Always on").len(), 2, "a label of the template's stays");
}

#[test]
fn every_name_of_the_randomizer_is_understood_as_itself() {
    assert_eq!((regions().count(), checks().count(), items().count()), (31, 350, 55));
    for region in regions() {
        assert_eq!(typed(&format!("{region} barren")), ("barren".into(), json!([region])));
        assert!(checks().any(|check| check.starts_with(&format!("{region} - "))), "{region}");
    }
    for check in checks() {
        assert_eq!(find(&words(check), checks()), Found::One(check));
    }
    for item in items() {
        assert_eq!(find(&words(item), items()), Found::One(item));
    }
    assert!(ALWAYS.iter().all(|always| checks().any(|check| check == *always)));
    assert!(DUNGEONS.iter().all(|dungeon| regions().any(|region| region == dungeon.1)));
}

#[test]
fn every_surface_is_read_by_everybody_and_edited_by_few() {
    let names = CATEGORIES.map(|category| format!("overlay:{}", category.0));
    let surfaces =
        ["live", "panel", "editor", "overlay:default"].into_iter().chain(names.iter().map(String::as_str));
    for surface in surfaces {
        for locale in ["en", "fr"] {
            let mut kit = sheet().locale(locale);
            kit.change(json!({"quick": "sky barren"}));
            kit.change(json!({"quick": "sky -> et"}));
            kit.change(json!({"quick": "sky = bow"}));
            let forms = |kit: &Session| kit.page(surface).elements.iter().filter(|e| e.tag == "form").count();
            assert_eq!(forms(&kit), if surface.starts_with("overlay") { 0 } else { 1 + 2 * 6 }, "{surface}");
            kit.can_edit = false;
            assert_eq!(forms(&kit), 0);
            let shown = kit.page(surface).elements.iter().filter(|e| e.has_class("category")).count();
            let one = surface.starts_with("overlay:") && surface != "overlay:default";
            assert_eq!(shown, if one { 1 } else { 6 }, "{surface}");
        }
    }
    assert_eq!(sheet().locale("fr").page("overlay:always").named("Toujours").len(), 2);
}

#[test]
fn the_words_that_are_completed_are_there() {
    let catalog = sheet().catalog();
    let lists = catalog["completions"].as_object().expect("lists");
    assert!(["regions", "checks", "items"].iter().all(|list| lists.contains_key(*list)));
    for field in
        sheet().page("live").elements.iter().filter(|e| matches!(e.tag.as_str(), "input" | "textarea"))
    {
        let list = field.attribute("data-x-complete").expect("a list");
        assert!(lists.contains_key(list), "{list}");
        assert!(
            !field.name().is_empty() || field.attribute("name") == Some("quick"),
            "it has a label around it"
        );
    }
}

#[test]
fn no_action_breaks_it() {
    sheet().assert_total(
        &[
            json!({"quick": "faron woods barren"}),
            json!({"fields": {"quick": "bow in sky"}}),
            json!({"category": "barren", "lines": ["Sky"]}),
            json!({"category": "always", "line": 0, "is": ALWAYS[0], "marked": true}),
        ],
        300,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_typed_no_line_is_lost(hints in prop::collection::vec(
        "(sky|faron woods|batreaux 80|bow|triforce of p|din|é|[a-z]{0,4})( |)(barren|in|->|=|path|\\||dans)( |)(sky|et|whip|[a-z]{0,4})",
        1..10,
    )) {
        let mut kit = sheet();
        for hint in hints {
            let before: Sheet = serde_json::from_value(kit.state.clone()).expect("a sheet");
            kit.act(json!({"quick": hint}));
            let after: Sheet = serde_json::from_value(kit.state.clone()).expect("a sheet");
            prop_assert!(after.check().is_ok());
            for (key, category) in &before.categories {
                for line in &category.items {
                    let kept = after.categories[key].items.iter().any(|one| one.0.first() == line.0.first());
                    prop_assert!(kept, "{} lost {}", hint, line.text());
                }
            }
        }
    }
}
