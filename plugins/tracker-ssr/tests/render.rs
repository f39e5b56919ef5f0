//! What people see.

use std::collections::HashSet;
use std::path::Path;

use regie_sdk::Locale;
use regie_sdk::testing::Kit;
use serde_json::{Value, json};
use tracker_ssr::Ssr;
use tracker_ssr::items::{COMPOSITES, DUNGEONS, ITEMS};

type Session = Kit<Ssr, regie_sdk::kind::Tracker>;

const SURFACES: [&str; 7] =
    ["live", "editor", "panel", "overlay:default", "overlay:player", "overlay:strip", "overlay:default:base"];

fn session(players: usize) -> Session {
    Kit::new(Ssr).participants((1..=players).map(|player| format!("Player {player}"))).start()
}

#[test]
fn every_surface_shows_one_to_eight_players_and_passes_the_hosts_rules() {
    for players in 1..=8 {
        for surface in SURFACES {
            for locale in ["en", "fr"] {
                let page = session(players).locale(locale).page(surface);
                let shown = page.elements.iter().filter(|element| element.has_class("player")).count();
                assert_eq!(shown, if surface == "overlay:player" { 1 } else { players }, "{surface}");
            }
        }
    }
}

#[test]
fn every_item_of_the_game_has_a_button_that_says_its_state() {
    for surface in ["live", "editor", "panel"] {
        let page = session(1).page(surface);
        for item in ITEMS.iter().filter(|item| !item.id.starts_with("gratitude_")) {
            page.button(&format!("{}, 0 of {}", item.name.en, item.max));
        }
        page.button("Gratitude Crystals, 0 of 80");
        page.button("Add a single crystal, 0 of 80");
        for dungeon in &DUNGEONS {
            page.button(&format!("{}, not required", dungeon.name.en));
        }
        page.button("Go mode, off");
    }
}

#[test]
fn clicking_through_an_item_renames_its_button() {
    let mut kit = session(1);
    for count in 0..3 {
        assert!(kit.click("live", &format!("Bow, {count} of 3")).changed);
    }
    assert!(!kit.click("live", "Bow, 3 of 3").changed);
    assert!(kit.click_alt("live", "Bow, 3 of 3").changed);
    assert_eq!(kit.page("live").button("Bow, 2 of 3").attribute("title"), Some("Iron Bow"));
    // What is there or not is switched by the same click.
    assert!(kit.click("live", "Whip, 0 of 1").changed);
    assert!(kit.click("live", "Whip, 1 of 1").changed);
    kit.page("live").button("Whip, 0 of 1");
    assert!(kit.click("live", "Gratitude Crystals, 0 of 80").changed);
    assert!(kit.click("live", "Add a single crystal, 5 of 80").changed);
    kit.page("live").button("Gratitude Crystals, 6 of 80");
    for state in ["not required", "required", "done"] {
        assert!(kit.click("live", &format!("Sky Keep, {state}")).changed);
    }
    assert!(kit.click("live", "Go mode, off").changed);
    kit.page("live").button("Go mode, on");
}

#[test]
fn viewers_and_overlays_get_no_button_but_the_same_names() {
    for surface in SURFACES {
        let page = session(2).viewer().page(surface);
        assert_eq!(page.buttons().count(), 0, "{surface}");
        assert!(page.elements.iter().all(|element| element.attribute("data-do").is_none()));
        let bows = page.named("Bow, 0 of 3");
        assert!(!bows.is_empty() && bows.iter().all(|bow| bow.attribute("role") == Some("img")), "{surface}");
    }
}

#[test]
fn a_link_to_one_slot_shows_that_player_alone() {
    for surface in SURFACES {
        let mut kit = session(3);
        kit.slot = Some(2);
        let page = kit.page(surface);
        let players: Vec<_> = page.elements.iter().filter(|element| element.has_class("player")).collect();
        assert_eq!(players.iter().map(|player| player.name()).collect::<Vec<_>>(), ["Player 2"], "{surface}");
    }
}

#[test]
fn settings_hide_whole_parts() {
    let without = |key: &str| session(1).setting(key, false).page("live");
    assert!(without("show_dungeons").named("Sandship, not required").is_empty());
    assert_eq!(without("show_dungeons").named("Go mode, off").len(), 1, "go mode stays");
    assert!(without("show_sidequests").named("Tumbleweed, 0 of 1").is_empty());
    assert!(!without("show_players").elements.iter().any(|element| element.has_class("label")));
    let labelled = session(1).setting("show_labels", true);
    assert!(
        labelled
            .page("live")
            .elements
            .iter()
            .any(|element| element.has_class("under") && element.text == "Whip")
    );
    assert!(!labelled.page("overlay:default").elements.iter().any(|element| element.has_class("under")));
}

#[test]
fn what_people_called_themselves_is_escaped() {
    let kit = Kit::new(Ssr).participants(["<img src=x onerror=alert(1)>\"'&"]).start();
    for surface in SURFACES {
        let page = kit.page(surface);
        let player = page.elements.iter().find(|element| element.has_class("player"));
        assert_eq!(player.map(|player| player.name()), Some("<img src=x onerror=alert(1)>\"'&"));
    }
}

#[test]
fn progress_is_never_by_colour_alone() {
    let mut kit = session(1);
    kit.change(json!({"slot": 1, "item": "wallet", "count": 2}));
    kit.change(json!({"slot": 1, "item": "tadtones", "count": 17}));
    let page = kit.page("overlay:default");
    let wallet =
        page.elements.iter().position(|element| element.name() == "Wallet, 2 of 4").expect("a wallet");
    let bars = page.elements.iter().filter(|e| e.has_class("bar") && e.parent == Some(wallet));
    let bars: Vec<_> = bars.map(|bar| bar.attribute("style")).collect();
    assert_eq!(bars, [Some("--level:2;--max:4")]);
    let tadtones = page.named("Tadtones, 17 of 17")[0];
    assert!(tadtones.has_class("done") && tadtones.text.contains("17"));
}

#[test]
fn every_name_is_there_in_both_languages() {
    let tiers = ITEMS.iter().flat_map(|item| item.tiers.iter().copied());
    let names = ITEMS.iter().map(|item| item.name).chain(DUNGEONS.iter().map(|dungeon| dungeon.name));
    for name in names.chain(tiers).chain(COMPOSITES.iter().map(|composite| composite.name)) {
        assert!(!name.in_locale(Locale::En).is_empty() && !name.in_locale(Locale::Fr).is_empty(), "{name:?}");
    }
    let distinct: HashSet<_> = ITEMS.iter().map(|item| item.name.fr).collect();
    assert_eq!(distinct.len(), ITEMS.len(), "two items share a French name");
    assert_eq!(session(1).locale("fr").page("live").named("Arc, 0 sur 3").len(), 1);
}

#[test]
fn every_item_that_has_levels_names_each_of_them() {
    for item in ITEMS.iter().filter(|item| !item.tiers.is_empty()) {
        assert_eq!(item.tiers.len() as u32, item.max, "{}", item.id);
    }
    let canonical: HashSet<_> = ITEMS.iter().map(|item| item.canonical).collect();
    assert_eq!(canonical.len(), ITEMS.len());
}

#[test]
fn every_icon_is_on_the_sheet() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let sheet = std::fs::read_to_string(assets.join("icons.css")).expect("a style sheet");
    for item in ITEMS.iter().filter(|item| !item.id.starts_with("gratitude_")) {
        for count in 0..=item.max {
            assert!(sheet.contains(&format!(".{} {{", item.icon(count))), "{}", item.icon(count));
        }
    }
    for page in [session(1).page("live"), session(1).page("overlay:default")] {
        for cell in page.elements.iter().filter(|cell| cell.has_class("cell") && !cell.has_class("dungeon")) {
            let class = cell.attribute("class").unwrap_or_default();
            let icon = class.split(' ').find(|class| class.starts_with("i-")).expect("an icon");
            assert!(sheet.contains(&format!(".{icon} {{")), "{icon}");
        }
    }
}

#[test]
fn a_picture_of_two_players_stays_small() {
    let bytes = |surface: &str, viewer: bool| {
        let kit = session(2);
        (if viewer { kit.viewer() } else { kit }).html(surface).len()
    };
    assert!(bytes("overlay:default", true) < 14_000, "{}", bytes("overlay:default", true));
    assert!(bytes("live", false) < 46_000, "{}", bytes("live", false));
}

#[test]
fn what_is_rendered_lies_inside_the_catalog() {
    let kit = session(1);
    let catalog = kit.catalog();
    let all = |part: &str, key: &str| -> HashSet<String> {
        let entries = catalog[part].as_array().expect("a list").iter();
        entries.map(|entry| entry[key].as_str().expect("a key").to_owned()).collect()
    };
    let items: HashSet<String> = all("items", "id").union(&all("composites", "id")).cloned().collect();
    let dungeons = all("dungeons", "code");
    for button in kit.page("live").buttons() {
        let action: Value = button.action("data-do");
        let known =
            |key: &str, names: &HashSet<String>| action[key].as_str().is_none_or(|name| names.contains(name));
        assert!(known("item", &items) && known("dungeon", &dungeons), "{action}");
    }
}
