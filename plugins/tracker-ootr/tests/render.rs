//! What people see.

use std::collections::HashSet;
use std::path::Path;

use regie_sdk::Locale;
use regie_sdk::testing::Kit;
use serde_json::{Value, json};
use tracker_ootr::Ootr;
use tracker_ootr::items::{Group, ITEMS, Item};

type Session = Kit<Ootr, regie_sdk::kind::Tracker>;

const SURFACES: [&str; 6] = ["live", "editor", "panel", "overlay:default", "overlay:player", "overlay:strip"];

fn session(players: usize) -> Session {
    Kit::new(Ootr).participants((1..=players).map(|player| format!("Player {player}"))).start()
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
fn every_item_has_a_button_that_says_its_state() {
    for surface in ["live", "editor", "panel"] {
        let page = session(1).page(surface);
        for item in &ITEMS {
            page.button(&format!("{}, 0 of {}", item.name.en, item.max));
        }
    }
    let mut kit = session(1);
    for name in ["Child trade, 0 of 8", "Child trade: Weird Egg, 1 of 8", "Child trade: Chicken, 2 of 8"] {
        assert!(kit.click("live", name).changed, "{name}");
    }
    let mask = kit.page("editor").button("Child trade: Zelda's Letter, 3 of 8").clone();
    assert_eq!(mask.attribute("title"), Some("Zelda's Letter"));
    assert!(mask.has_class("i-child_trade-3"));
    assert!(kit.click_alt("live", "Child trade: Zelda's Letter, 3 of 8").changed);
    assert_eq!(kit.locale("fr").page("live").named("Échanges, enfant : Cocotte, 2 sur 8").len(), 1);
    // What is there or not is switched by the same click.
    let mut kit = session(1);
    assert!(kit.click("live", "Boomerang, 0 of 1").changed);
    assert!(kit.click("live", "Boomerang, 1 of 1").changed);
    kit.page("live").button("Boomerang, 0 of 1");
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
    let has = |key: &str, name: &str| !session(1).setting(key, false).page("live").named(name).is_empty();
    assert!(!has("show_songs", "Song of Time, 0 of 1") && !has("show_songs", "Prelude of Light, 0 of 1"));
    assert!(!has("show_rewards", "Forest Medallion, 0 of 1"));
    assert!(has("show_rewards", "Song of Time, 0 of 1"));
    let labels = |session: Session, surface: &str| {
        session.page(surface).elements.iter().filter(|element| element.has_class("under")).count()
    };
    assert_eq!(labels(session(1).setting("show_labels", true), "live"), ITEMS.len());
    assert_eq!(labels(session(1).setting("show_labels", true), "overlay:default"), 0);
}

#[test]
fn what_people_called_themselves_is_escaped_and_nobody_is_nameless() {
    let kit = Kit::new(Ootr).participants(["<img src=x onerror=alert(1)>\"'&", ""]).start();
    for surface in ["live", "editor", "panel", "overlay:default", "overlay:strip"] {
        let page = kit.page(surface);
        let players = page.elements.iter().filter(|element| element.has_class("player"));
        let names: Vec<_> = players.map(|player| player.name()).collect();
        assert_eq!(names, ["<img src=x onerror=alert(1)>\"'&", "Player 2"]);
    }
}

#[test]
fn every_name_and_icon_is_there_in_both_languages() {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let sheet = std::fs::read_to_string(assets.join("icons.css")).expect("a style sheet");
    let levels = ITEMS.iter().flat_map(|item| item.levels.iter().map(|level| level.name));
    for name in ITEMS.iter().map(|item| item.name).chain(levels).chain(Group::ALL.map(Group::name)) {
        assert!(!name.in_locale(Locale::En).is_empty() && !name.in_locale(Locale::Fr).is_empty(), "{name:?}");
    }
    for item in &ITEMS {
        for count in 0..=item.max {
            assert!(sheet.contains(&format!(".{} {{", item.icon(count))), "{}", item.icon(count));
        }
    }
    let distinct: [fn(&Item) -> &'static str; 3] =
        [|item| item.id, |item| item.canonical, |item| item.name.fr];
    for of in distinct {
        assert_eq!(ITEMS.iter().map(of).collect::<HashSet<_>>().len(), ITEMS.len());
    }
}

#[test]
fn a_picture_of_two_players_stays_small() {
    let overlay = session(2).viewer().html("overlay:default").len();
    assert!(overlay < 12_000, "{overlay}");
    let live = session(2).html("live").len();
    assert!(live < 40_000, "{live}");
}

#[test]
fn what_is_rendered_lies_inside_the_catalog() {
    let kit = session(1);
    let catalog = kit.catalog();
    let items = catalog["items"].as_array().expect("a list").iter();
    let ids: HashSet<&str> = items.map(|item| item["id"].as_str().expect("an id")).collect();
    for button in kit.page("live").buttons() {
        let action: Value = button.action("data-do");
        assert!(action["item"].as_str().is_some_and(|id| ids.contains(id)), "{action}");
    }
    assert_eq!(catalog["label"], json!("Ocarina of Time Randomizer"));
}
