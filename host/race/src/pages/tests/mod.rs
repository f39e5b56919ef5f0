//! Pages as a browser will read them: what people write is text, and each visitor finds what they may do.

mod samples;

use regie_pages::Options;
use serde_json::json;

use self::samples::{EN, layers, overlay_page, page, pages, sample, visitor};
use super::*;
use crate::{Class, Who, model::RaceStatus};

/// What a person could type anywhere.
const HOSTILE: &str = "</script><script>alert(1)</script><b x='\"&";

#[test]
fn nothing_people_write_becomes_markup_or_ends_a_script() {
    let hostile = sample(
        RaceStatus::Open,
        json!({
            "name": HOSTILE, "scheduled_start": HOSTILE,
            "revealed_to": [{"user_id": "u", "name": HOSTILE, "at": HOSTILE}],
        }),
    );
    let html = page(EN, &hostile, visitor(Who::Caster, &["join", "edit"]), None);
    assert!(!html.contains("<script>") && !html.contains("<b x="), "{html}");
    for (name, html) in pages() {
        // Every script the page has is the host's: it carries the nonce.
        assert_eq!(html.matches("<script").count(), html.matches("nonce=\"N\"").count(), "{name}");
    }
}

#[test]
fn every_page_has_one_first_heading_and_no_id_twice() {
    for (name, html) in pages() {
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
fn the_next_step_is_the_primary_action_and_what_one_may_not_do_is_not_there() {
    let open = sample(RaceStatus::Open, json!({}));
    for (can, primary) in [
        (&["join"][..], Some("rg-join")),
        (&["ready", "leave"], Some("rg-ready")),
        (&["begin", "ready"], Some("rg-begin")),
        (&["leave"], None),
        (&[], None),
    ] {
        let html = page(EN, &open, visitor(Who::Participant(1), can), None);
        let first = html.split("rg-button rg-primary\" id=\"").nth(1).and_then(|rest| rest.split('"').next());
        assert_eq!(first, primary, "{can:?}");
        for act in ["join", "ready", "begin", "leave", "abandon"] {
            assert_eq!(html.contains(&format!("/{act}\" data-rg-post")), can.contains(&act), "{act} {can:?}");
        }
    }
}

#[test]
fn a_countdown_counts_to_the_moment_the_race_names() {
    for (race, expected) in [
        (sample(RaceStatus::Countdown, json!({})), "data-rg-countdown=\"1770212280000\" data-rg-then=\"Go\""),
        (
            sample(RaceStatus::Open, json!({"scheduled_start": "2026-02-04T13:38:00Z"})),
            "data-rg-countdown=\"1770212280000\" data-rg-then=\"Any",
        ),
        (sample(RaceStatus::Running, json!({})), "data-rg-elapsed=\"1770212280000\""),
    ] {
        let html = Room { words: EN, race: &race, connected: &[], casters: &[] }.clock().into_string();
        assert!(html.contains(expected), "{html}");
    }
}

#[test]
fn the_stamp_of_a_room_changes_with_what_a_visitor_may_do_and_with_nothing_else() {
    let stamp = |more, connected: &[u32]| {
        let race = sample(RaceStatus::Open, more);
        let html = Room { words: EN, race: &race, connected, casters: &[] }.clock().into_string();
        html.split("data-rg-stamp=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let first = stamp(json!({}), &[]);
    assert_eq!(first, stamp(json!({}), &[1, 2]));
    assert_ne!(first, stamp(json!({"participants": []}), &[]));
    assert_ne!(first, stamp(json!({"seeds_released_at": "2026-02-04T13:38:00Z"}), &[]));
}

#[test]
fn spectators_of_a_race_shown_late_cannot_choose_to_be_earlier() {
    let late = sample(RaceStatus::Running, json!({"config": {"public_view": "delayed"}}));
    let mut me = visitor(Who::Public, &[]);
    me.class = Class { who: Who::Public, delay: 60 };
    let html = page(EN, &late, me, None);
    assert!(html.contains("<option value=\"60\" selected>") && !html.contains("<option value=\"30\""));
    let html = page(EN, &late, visitor(Who::Caster, &[]), None);
    assert!(html.contains("<option value=\"0\" selected>") && html.contains("<option value=\"30\""));
    let html = page(EN, &late, visitor(Who::Participant(1), &[]), None);
    assert!(!html.contains("name=\"delay\""), "who plays sees only their own way");
}

#[test]
fn a_mode_without_a_map_has_the_page_for_itself() {
    let race = sample(RaceStatus::Running, json!({}));
    let with = page(EN, &race, visitor(Who::Public, &[]), Some(layers()));
    let without = page(EN, &race, visitor(Who::Public, &[]), None);
    for surface in ["overlay:map:base", "overlay:map"] {
        let said = format!("data-rg-surface=\"{surface}\"");
        assert!(with.contains(&said) && !without.contains(&said));
    }
    let at = |html: &str, text: &str| html.find(text).unwrap();
    assert!(at(&with, "overlay:map:base\"") < at(&with, "overlay:map\""), "the base lies below");
    assert!(without.contains("rg-alone") && !with.contains("rg-alone"));
}

#[test]
fn a_players_display_obeys_their_settings_file() {
    for (said, scale, data) in [
        (json!({}), None, json!({"folded": false, "keys": {"all": null, "fold": null}})),
        (
            json!({"show_exits": "false", "font_size": "24", "toggle_ui": "F9", "toggle_exits": "f11"}),
            Some(1.5),
            json!({"folded": true, "keys": {"all": "f9", "fold": "f11"}}),
        ),
        (json!({"font_size": "large"}), None, json!({"folded": false, "keys": {"all": null, "fold": null}})),
    ] {
        let display: Display = serde_json::from_value(said).unwrap();
        assert_eq!((display.scale(), serde_json::Value::from(display.data())), (scale, data));
    }
}

#[test]
fn an_overlay_follows_the_leaders_as_far_as_its_address_says() {
    let off = || Some("0".to_owned());
    for (follow, options, said) in [
        (Follow::default(), Options::default(), "--rg-align:start\""),
        (
            Follow { follow: true, max_layers: Some(500) },
            Options::default(),
            "--rg-align:start;--map-follow:1;--map-layers:60\"",
        ),
        (
            Follow::default(),
            Options { labels: off(), plate: off(), ..Options::default() },
            "--rg-align:start;--map-labels:0;--plate:0\"",
        ),
    ] {
        let html = overlay_page(&follow, &options);
        assert!(html.contains(said), "{said} is not in {html}");
    }
}
