//! The check against guests that break one promise each.

#[path = "../../../tests/suite/fixture.rs"]
mod fixture;

use std::fs;

use super::{Options, Report, check_with};
use crate::Limits;
use fixture::Guest;

async fn checked(guest: Guest) -> Report {
    let package = tempfile::tempdir().expect("a temporary folder");
    let manifest =
        "id = \"tracker-x\"\nname = \"X\"\nkind = \"tracker\"\nversion = \"1.0.0\"\napi = \"1.0\"\n";
    fs::write(package.path().join("plugin.toml"), manifest).expect("written");
    fs::write(package.path().join("plugin.wasm"), guest.component()).expect("written");
    let options = Options { clicks: 16, hostile: 16, ..Options::default() };
    check_with(package.path(), &options, &Limits::default()).await
}

fn button(letter: char) -> String {
    format!("<button type=\"button\" data-do=\"{{&quot;action&quot;:&quot;{letter}&quot;}}\">Bow</button>")
}

#[tokio::test]
async fn what_breaks_a_promise_is_found_and_named() {
    let with = |html: &str| Guest { html: html.into(), ..Guest::default() };
    let cases = [
        (with(&button('u')), "`update` fails on {\"action\":\"u\"}"),
        (with(&button('l')), "`update` fails on"),
        (with(&button('f')), "is refused: not now (no)"),
        (
            with("<button type=\"button\"><img src=\"data:image/png;base64,AA==\" alt=\"\"></button>"),
            "no accessible name",
        ),
        (with("<img src=\"data:image/png;base64,AA==\">"), "has no `alt`"),
        (with("<span role=\"img\">x</span>"), "has no `aria-label`"),
        (with("<p onclick=\"x\">x</p>"), "dropped from the HTML"),
        (
            with("<button type=\"button\" data-do=\"{&quot;item&quot;:&quot;bow&quot;}\">Bow</button>"),
            "item `bow`, which is not in the catalog",
        ),
        (with("<p>x</p>"), "offers editors no action"),
        (Guest { catalog: "{}".into(), ..with("<p>x</p>") }, "has no `label`"),
    ];
    for (guest, says) in cases {
        let report = checked(guest).await;
        assert!(report.to_string().contains(says), "no {says:?} in {report}");
    }
}
