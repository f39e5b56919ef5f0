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

/// A package with one fault in it: its folder's name, changes to the manifest, further files, and its guest.
struct Planted {
    folder: &'static str,
    manifest: &'static [(&'static str, &'static str)],
    css: &'static str,
    guest: Guest,
}

impl Default for Planted {
    fn default() -> Self {
        Self { folder: "tracker-x", manifest: &[], css: ".a{color:red}", guest: sound(&button('a')) }
    }
}

fn sound(html: &str) -> Guest {
    Guest { html: html.into(), ..Guest::default() }
}

const MANIFEST: &str = r#"id = "tracker-x"
name = "X"
kind = "tracker"
version = "1.0.0"
api = "1.0"
state_version = 1
[frontend]
css = ["x.css"]
[[overlay]]
name = "default"
width = 100
height = 100
"#;

async fn planted(planted: Planted) -> Report {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let package = folder.path().join(planted.folder);
    fs::create_dir_all(package.join("assets")).expect("made");
    let manifest = planted.manifest.iter().fold(MANIFEST.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    fs::write(package.join("plugin.toml"), manifest).expect("written");
    fs::write(package.join("assets/x.css"), planted.css).expect("written");
    fs::write(package.join("plugin.wasm"), planted.guest.component()).expect("written");
    // The guest reads nothing but its own letters.
    let options = Options { clicks: 16, hostile: 0, ..Options::default() };
    check_with(&package, &options, &Limits::default()).await
}

#[tokio::test]
async fn a_package_without_a_fault_passes() {
    let report = planted(Planted::default()).await;
    assert!(report.passed(), "{report}");
}

/// Each sentence says what is wrong, where, and what would be right.
#[tokio::test]
async fn each_of_the_planted_faults_is_found_and_said_in_a_sentence_that_helps() {
    const TWO: &[(&str, &str)] = &[("state_version = 1", "state_version = 2")];
    let guest = |html: &str| Planted { guest: sound(html), ..Planted::default() };
    let cases: Vec<(&str, Planted, [&str; 3])> = vec![
        (
            "an id that is not the folder's",
            Planted { folder: "tracker-y", ..Planted::default() },
            ["`tracker-x`", "folder is called `tracker-y`", "give both the same name"],
        ),
        (
            "an unknown api",
            Planted { manifest: &[("api = \"1.0\"", "api = \"2.0\"")], ..Planted::default() },
            ["api 2.0", "this host", "links 1.0"],
        ),
        (
            "a button without a name",
            guest("<p>Bow</p><button type=\"button\" data-do=\"{}\"></button>"),
            ["a button has no accessible name", "`live`", "{}"],
        ),
        (
            "an id outside the catalog",
            guest("<button type=\"button\" data-do=\"{&quot;item&quot;:&quot;bow&quot;}\">Bow</button>"),
            ["a page offers the item", "`bow`", "not in the catalog"],
        ),
        (
            "an update that traps",
            guest(&button('u')),
            ["`update` fails on {\"action\":\"u\"}", "panicked at src/lib.rs:3", "refused with a fault"],
        ),
        (
            "HTML that the sanitiser takes out",
            guest("<p onclick=\"x\">x</p>"),
            ["dropped from the HTML", "`live`", "onclick"],
        ),
        (
            "a foreign address in a style sheet",
            Planted {
                css: ".b{color:red}\n.a{background:url(https://example.org/x.png)}",
                ..Planted::default()
            },
            ["assets/x.css, line 2", "example.org", "only the plugin's own assets"],
        ),
        (
            "a picture that a style sheet names and the package has not",
            Planted { css: ".a{background:url(icons/bow.svg)}", ..Planted::default() },
            ["assets/x.css", "url(icons/bow.svg)", "no assets/icons/bow.svg in the package"],
        ),
        (
            "no way for older documents",
            Planted { manifest: TWO, ..Planted::default() },
            ["state_version = 2", "exports no `migrate`", "write it"],
        ),
        (
            "a migration that fails",
            Planted {
                manifest: TWO,
                guest: Guest { migrate: Some("nope".into()), ..sound(&button('a')) },
                ..Planted::default()
            },
            ["`migrate`", "state_version 1", "refused with a fault"],
        ),
        (
            "a call that takes too long",
            guest(&button('l')),
            ["`update` fails on {\"action\":\"l\"}", "CPU", "within the time of a call"],
        ),
        (
            "an overlay that shows nothing",
            guest("<div class=\"empty\"></div>"),
            ["`overlay:default` shows nothing", "let `render` answer something", "plugin.toml"],
        ),
    ];
    for (fault, package, says) in cases {
        let report = planted(package).await;
        assert!(!report.passed(), "{fault} passes: {report}");
        for part in says {
            assert!(report.to_string().contains(part), "{fault}: no {part:?} in {report}");
        }
    }
}
