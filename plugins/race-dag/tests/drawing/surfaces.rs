//! Every surface, for everybody, at every moment of a race.

use regie_sdk::testing::Page;

use crate::support::seeds::real_seeds;
use crate::support::show::{NAMES, PUBLIC, Seat, Show};

const SURFACES: [&str; 7] =
    ["live", "panel", "editor", "overlay:dag", "overlay:dag:base", "overlay:leaderboard", "overlay:hud"];

fn own(slot: u32) -> Seat<'static> {
    Seat { role: "participant", slot: Some(slot), locale: "en" }
}

/// Names of all places of the seed.
fn places(show: &Show) -> Vec<&str> {
    show.graph.nodes.values().map(|node| node.display_name.as_str()).collect()
}

/// Names of the places where a runner was.
fn been(show: &Show, slot: u32) -> Vec<String> {
    let everything = show.projection(&PUBLIC)["view"].clone();
    let runners = everything["runners"].as_array().expect("runners");
    let one = runners.iter().find(|one| one["slot"] == slot).expect("this runner");
    let ids = one["way"]["history"].as_array().expect("a way").iter();
    ids.filter_map(|visit| everything["nodes"][visit["node"].as_str()?]["name"].as_str().map(str::to_owned))
        .collect()
}

/// Races before, at, in and after their run.
fn moments(runners: usize) -> Vec<Show> {
    let begun = || {
        let mut show = Show::new(runners, None, 16);
        show.start();
        show
    };
    let midway = || {
        let mut show = begun();
        show.run(0.7);
        show
    };
    let mut mixed = begun();
    for slot in 1..=runners {
        mixed.walk(slot, if slot % 3 == 0 { 1.0 } else { 0.5 }, 30_000);
    }
    if runners > 1 {
        mixed.set(1, "abandoned");
        mixed.set(2, "disqualified");
    }
    let mut over = midway();
    over.finish();
    vec![Show::new(runners, None, 16), begun(), midway(), mixed, over]
}

#[test]
fn every_surface_passes_the_hosts_rules_for_any_number_of_runners() {
    for runners in [0, 1, 8, 16] {
        for show in moments(runners) {
            let player = (runners > 0).then(|| own(1));
            for seat in [PUBLIC, Seat { locale: "fr", ..PUBLIC }].into_iter().chain(player) {
                for surface in SURFACES {
                    let page = Page::read(&show.html(surface, &seat));
                    assert_eq!(page.buttons().count(), 0, "{surface}: nothing here can be clicked");
                    assert!(page.elements.iter().all(|one| one.attribute("data-do").is_none()), "{surface}");
                }
            }
        }
    }
}

#[test]
fn real_seeds_are_drawn_like_generated_ones() {
    let seeds = real_seeds().into_iter().map(|(_, seed)| Some(seed)).chain([None]);
    for seed in seeds {
        let mut show = Show::new(8, seed.as_ref(), 30);
        show.start();
        show.run(1.1);
        for surface in SURFACES {
            let html = show.html(surface, &PUBLIC);
            let _ = Page::read(&html);
            assert!(html.len() < 200_000, "{surface}: {} bytes", html.len());
        }
    }
}

#[test]
fn rows_have_keys_and_say_in_words_what_they_show() {
    let mut show = Show::new(3, None, 13);
    show.start();
    show.walk(1, 1.0, 40_000);
    show.walk(2, 0.5, 40_000);
    for surface in ["live", "overlay:leaderboard", "overlay:hud"] {
        let page = Page::read(&show.html(surface, &Seat { slot: Some(2), ..PUBLIC }));
        let rows: Vec<_> =
            page.elements.iter().filter(|one| one.tag == "li" && one.has_class("row")).collect();
        let keys: Vec<_> = rows.iter().filter_map(|row| row.attribute("data-key")).collect();
        assert_eq!(keys, ["r1", "r2", "r3"], "{surface}");
        let [first, second, third] = [rows[0].name(), rows[1].name(), rows[2].name()];
        assert!(first.starts_with("1. Alice, finished, layer 12 of 12, 0:"), "{first}");
        assert!(second.starts_with("2. Bob the Quick (you), playing, layer 6 of 12"), "{second}");
        assert!(third.starts_with("3. Chloé, playing, layer 0 of 12"), "{third}");
        assert!(rows[1].has_class("own") && !rows[0].has_class("own"), "{surface}");
    }
    let french = Page::read(&show.html("live", &Seat { locale: "fr", ..PUBLIC }));
    assert!(french.elements.iter().any(|one| one.name().starts_with("1. Alice, arrivé, couche 12 sur 12")));
}

#[test]
fn before_the_start_nothing_of_the_seed_is_drawn() {
    let (one, other) = (Show::new(2, None, 13), Show::new(2, None, 30));
    for seat in [PUBLIC, own(1), Seat { role: "caster", ..PUBLIC }] {
        assert_eq!(one.html("overlay:dag:base", &seat), "", "nothing is revealed");
        let veiled = one.html("overlay:dag", &seat);
        assert_eq!(veiled, other.html("overlay:dag", &seat), "the placeholder is of no seed");
        assert!(veiled.contains("The map is shown at the start"));
        for surface in SURFACES {
            let html = one.html(surface, &seat);
            assert!(places(&one).iter().all(|place| !html.contains(*place)), "{surface} names a place");
        }
    }
}

#[test]
fn who_still_runs_sees_no_way_but_their_own() {
    let mut show = Show::new(2, None, 20);
    show.start();
    show.walk(1, 0.3, 40_000);
    show.walk(2, 0.9, 30_000);
    let been = been(&show, 1);
    for surface in SURFACES {
        let html = show.html(surface, &own(1));
        let seen: Vec<_> = places(&show).into_iter().filter(|place| html.contains(*place)).collect();
        assert!(seen.iter().all(|place| been.contains(&(*place).to_owned())), "{surface}: {seen:?}");
    }
    let base = Page::read(&show.html("overlay:dag:base", &own(1)));
    assert!(base.elements.iter().any(|one| one.has_class("unseen")), "neighbours are hollow dots");
    let heads = |html: &str| Page::read(html).elements.iter().filter(|one| one.has_class("head")).count();
    assert_eq!(heads(&show.html("overlay:dag:base", &own(1))), 1);
    // Both in the list below the map, none on it.
    assert_eq!(heads(&show.html("overlay:dag", &own(1))), 2);
    assert_eq!(heads(&show.html("overlay:dag", &PUBLIC)), 4);
}

#[test]
fn runners_differ_in_more_than_colour() {
    let mut show = Show::new(16, None, 13);
    show.start();
    show.run(0.6);
    let html = show.html("overlay:dag", &PUBLIC);
    let page = Page::read(&html);
    let trails = page.elements.iter().filter(|one| one.has_class("trail") && !one.has_class("under"));
    let marks: std::collections::HashSet<_> =
        trails.map(|one| (one.attribute("stroke"), one.attribute("stroke-dasharray"))).collect();
    assert_eq!(marks.len(), 16);
    for letter in 'A'..='P' {
        assert!(html.contains(&format!(">{letter}</text>")), "{letter}");
    }
}

#[test]
fn the_map_says_where_the_leader_is_and_whom_it_shows() {
    let mut show = Show::new(2, None, 13);
    show.start();
    show.run(0.5);
    let page = Page::read(&show.html("overlay:dag", &PUBLIC));
    let share = page.elements[0].attribute("data-x-share").expect("a place to follow");
    for (part, name) in share.split("; ").zip(["--map-x", "--map-y"]) {
        let (property, value) = part.split_once(": ").expect("a declaration");
        assert_eq!(property, name);
        assert!(value.parse::<f64>().is_ok_and(|value| value > 0.0), "{value}");
    }
    let spoken = page.elements[1].attribute("aria-label").expect("words for the picture");
    assert!(spoken.contains("1. Alice, playing, layer 6 of 12"), "{spoken}");
}

#[test]
fn what_people_called_themselves_is_escaped_and_nobody_is_nameless() {
    let mut show = Show::named(&["<img src=x onerror=alert(1)>\"'&", ""], None, 13);
    show.start();
    for surface in ["live", "panel", "overlay:leaderboard", "overlay:hud", "overlay:dag"] {
        let page = Page::read(&show.html(surface, &Seat { slot: Some(1), ..PUBLIC }));
        assert!(page.elements.iter().all(|one| one.tag != "img"), "{surface}");
        assert!(page.text().contains("Runner 2"), "{surface}");
    }
    assert!(NAMES.iter().all(|name| !name.is_empty()));
}
