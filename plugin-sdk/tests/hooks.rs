//! The hooks as the host calls them: JSON text in and out.

use regie_sdk::protocol::{ActionResult, UpdateAnswer};
use regie_sdk::testing::{Hostile, Kit, Page};
use regie_sdk::{
    Catalog, Context, Effect, Fault, Html, Indices, Initial, Locale, Preset, Tracker, View, hooks, html,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Purse {
    coins: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Add {
    coins: i64,
}

struct Coins;

impl Tracker for Coins {
    type State = Purse;
    type Action = Add;

    fn catalog(&self, cx: &Context) -> Catalog {
        Catalog::new(cx.t("Coins", "Pièces")).with("max", 99)
    }
    fn preset(&self, _: &Preset) -> Purse {
        Purse { coins: 0 }
    }
    fn start(&self, request: &Preset) -> Result<Initial<Purse>, Fault> {
        let coins: Option<Purse> = request.seed()?;
        Initial::from(coins.unwrap_or_else(|| self.preset(request))).with_derived(&json!({"max": 99}))
    }
    fn update(&self, state: &mut Purse, action: Add, cx: &Context) -> Result<(), Fault> {
        // Spoils the state on purpose before it refuses.
        let coins = i64::from(std::mem::replace(&mut state.coins, 12_345)) + action.coins;
        let max: Value = cx.derived()?.ok_or_else(|| Fault::new("no_derived", "derived data is missing"))?;
        state.coins = u32::try_from(coins)
            .map_err(|_| Fault::new("too_few", "there are not that many coins").at("action.coins"))?
            .min(u32::try_from(max["max"].as_u64().unwrap_or(0)).unwrap_or(0));
        cx.words(format!("{} coins", state.coins));
        if state.coins == 99 {
            cx.effect(Effect::Finished { participant: 1 });
        }
        Ok(())
    }
    fn render(&self, state: &Purse, view: &View) -> Html {
        let name = format!("{}, {}", view.t("Coins", "Pièces"), state.coins);
        view.button(name)
            .act(Add { coins: 1 })
            .alt(Add { coins: -1 })
            .key("coins")
            .body(html::plate(state.coins))
    }
}
regie_sdk::export!(Coins);

fn kit() -> Kit<Coins, regie_sdk::kind::Tracker> {
    Kit::new(Coins).start()
}

fn add(coins: i64) -> Value {
    json!({ "coins": coins })
}

#[test]
fn a_batch_is_applied_in_order_and_what_is_refused_leaves_no_trace() {
    let mut kit = kit();
    let results = kit.act_all([add(3), add(-9), json!({"coins": "x"}), add(0), add(200)]);
    let fault = |result: &ActionResult| result.fault.clone().map(|fault| (fault.code, fault.path));
    assert_eq!(
        results.iter().map(|result| (result.changed, fault(result))).collect::<Vec<_>>(),
        [
            (true, None),
            (false, Some(("too_few".into(), Some("actions[1].action.coins".into())))),
            (false, Some(("bad_action".into(), Some("actions[2].action.coins".into())))),
            (false, None),
            (true, None),
        ]
    );
    assert_eq!(kit.state, json!({"coins": 99}));
    assert_eq!(results[0].words.as_deref(), Some("3 coins"));
    assert_eq!(results[4].effects, [Effect::Finished { participant: 1 }]);
}

#[test]
fn a_fault_of_a_batch_names_the_part_of_the_request_that_is_wrong() {
    let check = |request: &str, code: &str, path: &str| {
        let fault = hooks::update(&Coins, request).unwrap_err();
        assert_eq!(
            (fault.code.as_str(), fault.path.as_deref()),
            (code, Some(path)),
            "{request}: {}",
            fault.message
        );
    };
    check(r#"{"state":{"coins":-1},"actions":[]}"#, "bad_state", "state.coins");
    check(r#"{"state":{},"actions":[]}"#, "bad_state", "state");
    check(r#"{"state":{"coins":1},"actions":[{"action":{},"ctx":7}]}"#, "bad_request", "actions[0].ctx");
    check(r#"{"state":{"coins":1}}"#, "bad_request", "");
}

#[test]
fn a_state_that_is_not_the_plugins_is_refused_by_render() {
    let mut kit = kit();
    kit.state = json!({"coins": "many"});
    let fault = kit.render("live").unwrap_err();
    assert_eq!((fault.code.as_str(), fault.path.as_deref()), ("bad_state", Some("state.coins")));
}

#[test]
fn preset_takes_a_seed_and_refuses_a_bad_one() {
    let started = Kit::new(Coins).start_from(Some(json!({"coins": 7}))).unwrap();
    assert_eq!((started.state, started.derived), (json!({"coins": 7}), Some(json!({"max": 99}))));
    let Err(fault) = Kit::new(Coins).start_from(Some(json!({"coins": []}))) else {
        panic!("a bad seed was taken")
    };
    assert_eq!((fault.code.as_str(), fault.path.as_deref()), ("bad_seed", Some("seed.coins")));
}

#[test]
fn unknown_fields_of_a_newer_host_are_left_alone() {
    let request = json!({"state": {"coins": 1}, "derived": {"max": 9}, "newer": true, "settings": {"x": 1}, "actions": [
        {"newer": 1, "action": {"coins": 1}, "ctx": {"now_ms": 1, "random": "", "newer": [], "participants": [],
         "actor": {"id": "", "name": "", "role": "host", "newer": 0}}}]});
    let answer = hooks::update(&Coins, &request.to_string()).unwrap();
    let answer: UpdateAnswer<Purse> = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer.state.coins, 2);
}

#[test]
fn locales_other_than_french_read_english() {
    let cases = [("en", Locale::En), ("fr", Locale::Fr), ("fr-CA", Locale::Fr), ("FR_fr", Locale::Fr)];
    for (tag, locale) in cases.into_iter().chain([("de", Locale::En), ("", Locale::En), ("frr", Locale::En)])
    {
        assert_eq!(Locale::of(tag), locale, "{tag}");
    }
    assert_eq!(Kit::new(Coins).locale("fr").catalog(), json!({"label": "Pièces", "max": 99}));
}

#[test]
fn the_kit_clicks_what_a_person_reads() {
    let mut kit = kit();
    assert!(kit.click("live", "Coins, 0").changed);
    assert!(kit.click("live", "Coins, 1").changed);
    assert!(kit.click_alt("live", "Coins, 2").changed);
    assert_eq!(kit.state, json!({"coins": 1}));
    assert_eq!(kit.refusal(add(-5)).code, "too_few");
    kit.assert_total(&[add(1), add(-1)], 300);
}

#[test]
fn a_viewer_gets_the_same_picture_without_a_button() {
    let page = Kit::new(Coins).viewer().start().page("live");
    assert_eq!(page.buttons().count(), 0);
    let picture = &page.named("Coins, 0")[0];
    assert_eq!((picture.tag.as_str(), picture.attribute("role")), ("span", Some("img")));
    assert_eq!(page.text(), "0");
}

#[test]
fn the_page_reader_refuses_what_the_host_would_drop() {
    let bad = [
        r#"<div id="x"></div>"#,
        r#"<div class="rg-block"></div>"#,
        r#"<div data-topic="x"></div>"#,
        r#"<div onclick="x"></div>"#,
        r#"<div style="color: red"></div>"#,
        r#"<div data-do="{}">x</div>"#,
        r#"<button data-do="{">x</button>"#,
        r#"<button data-do="{}"></button>"#,
        r#"<img src="x">"#,
        r#"<p><b></p></b>"#,
        r#"<p>"#,
        r#"<i data-key="a"></i><i data-key="a"></i>"#,
    ];
    for html in bad {
        assert!(std::panic::catch_unwind(|| Page::read(html)).is_err(), "{html} was let pass");
    }
    let good =
        r#"<p style="--level: 0.5" data-x-tip="a&amp;b" data-key="a">1 &lt; 2<img src="a" alt=""></p>"#;
    let page = Page::read(good);
    assert_eq!(page.text(), "1 < 2");
    assert_eq!(page.elements[0].attribute("data-x-tip"), Some("a&b"));
}

#[test]
fn building_blocks_escape_and_count() {
    let page = Page::read(&html::meter("<Progress>", 3, 4).into_string());
    let meter = &page.named("<Progress>")[0];
    assert_eq!((meter.attribute("aria-valuenow"), meter.attribute("aria-valuemax")), (Some("3"), Some("4")));
    assert_eq!(page.elements[1].attribute("style"), Some("--level: 0.750"));
    Page::read(&html::meter("empty", 1, 0).into_string());
    let pips = Page::read(&html::pips(2, 5).into_string());
    assert_eq!(pips.elements.iter().filter(|pip| pip.has_class("on")).count(), 2);
    assert_eq!(pips.elements.iter().filter(|pip| pip.has_class("pip")).count(), 5);
}

#[test]
fn hostile_actions_are_the_same_every_time_and_differ_among_themselves() {
    let draw = || Hostile::new(&[add(1)]).take(200).map(|action| action.to_string()).collect::<Vec<_>>();
    assert_eq!(draw(), draw());
    assert!(draw().into_iter().collect::<std::collections::HashSet<_>>().len() > 50);
}

struct Board;

impl Indices for Board {
    type State = Vec<String>;
    type Action = Vec<String>;

    fn catalog(&self, _: &Context) -> Catalog {
        Catalog::new("Board")
    }
    fn preset(&self, _: &Preset) -> Vec<String> {
        Vec::new()
    }
    fn update(&self, state: &mut Vec<String>, action: Vec<String>, _: &Context) -> Result<(), Fault> {
        *state = action;
        Ok(())
    }
    fn render(&self, state: &Vec<String>, _: &View) -> Html {
        maud::html! { ul { @for line in state { li { (line) } } } }
    }
}

mod board {
    regie_sdk::export!(super::Board, migrate);
}

#[test]
fn the_trait_that_is_implemented_picks_the_kind() {
    let mut kit = Kit::new(Board).start();
    kit.change(json!(["<b>", "two"]));
    assert_eq!(kit.html("live"), "<ul><li>&lt;b&gt;</li><li>two</li></ul>");
}

#[test]
fn an_old_document_is_refused_where_nobody_wrote_a_migration() {
    let fault = hooks::migrate(&Board, r#"{"from": 3, "state": []}"#).unwrap_err();
    assert_eq!(fault.code, "cannot_migrate");
}
