//! What one call may cost and do, and what the host makes of a guest that misbehaves.

use regie_plugins::CallError;
use regie_sdk::protocol::PresetRequest;

use crate::{
    fixture::Guest,
    house::{House, actions, on_air, raw, render},
};

#[tokio::test]
async fn a_call_that_takes_too_much_fails_alone_and_is_named() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    let cases = [
        ("l", "used more than its 50 ms of CPU time"),
        ("m", "denied more than 64 MiB of memory"),
        ("u", "panicked; its last words in the log: panicked at src/lib.rs:3"),
        ("s", "overflowed its stack"),
        ("b", "more than 1024 KiB"),
        ("n", "not UTF-8"),
    ];
    for (letter, says) in cases {
        let state = raw(&format!("\"{letter}\""));
        let error = plugin.render(letter, render(&state)).await.unwrap_err();
        assert!(matches!(error, CallError::Trapped { .. } | CallError::BadAnswer(_)), "{letter}: {error:?}");
        assert!(error.to_string().contains(says), "{letter}: {error}");
        assert_eq!(plugin.render("good", render(&raw("\"\""))).await.unwrap().html, "<p>on the air</p>");
    }
    let timing = &plugin.timings()["render"];
    assert_eq!((timing.count, timing.traps), (12, 6));
}

#[tokio::test]
async fn a_clean_fault_is_a_fault_and_never_opens_the_breaker() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    for _ in 0..5 {
        let error = plugin.render("d", render(&raw("\"f\""))).await.unwrap_err();
        let CallError::Fault(fault) = &error else { panic!("{error:?}") };
        assert_eq!((fault.code.as_str(), fault.message.as_str()), ("refused", "not like this"));
    }
    assert_eq!(plugin.timings()["render"].traps, 0);
}

#[tokio::test]
async fn three_traps_rest_that_document_and_leave_the_others() {
    let (_house, plugins, plugin) = on_air(&Guest::default()).await;
    for _ in 0..3 {
        assert!(matches!(plugin.render("a", render(&raw("\"u\""))).await, Err(CallError::Trapped { .. })));
    }
    assert!(matches!(plugin.render("a", render(&raw("\"\""))).await, Err(CallError::Unavailable { .. })));
    assert!(plugin.render("b", render(&raw("\"\""))).await.is_ok());
    assert!(
        plugin.update("a", &raw("\"\""), None, actions(&["a"])).await.is_ok(),
        "another hook of it works on"
    );
    let resting = plugins.status("test").unwrap().resting;
    assert!(
        resting.iter().all(|r| (r.hook, r.document.as_deref()) == (Some("render"), Some("a"))),
        "{resting:?}"
    );
}

#[tokio::test]
async fn a_batch_stands_without_the_actions_that_fail_alone() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    let words = ["a", "f", "u", "a", "j", "l", "a"];
    let answer = plugin.update("d", &raw("\"x\""), None, actions(&words)).await.unwrap();
    assert_eq!(answer.state.get(), "\"xxxx\"");
    let codes: Vec<_> =
        answer.results.iter().map(|r| r.fault.as_ref().map_or("", |f| f.code.as_str())).collect();
    assert_eq!(codes, ["", "no", "action_trapped", "", "action_trapped", "action_trapped", ""]);
    assert!(answer.results.iter().all(|r| r.changed == r.fault.is_none()));
}

#[tokio::test]
async fn a_batch_without_failures_is_one_call_for_each_32_actions() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    let answer = plugin.update("d", &raw("\"\""), None, actions(&["a"; 70])).await.unwrap();
    assert_eq!(answer.state.get().len(), 72);
    assert_eq!(answer.results.len(), 70);
    assert_eq!(plugin.timings()["update"].count, 3);
    let none = plugin.update("d", &raw("\"x\""), None, Vec::new()).await.unwrap();
    assert_eq!((none.state.get(), none.results.len()), ("\"x\"", 0));
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_before_the_plugin_sees_it() {
    let (_house, _plugins, plugin) = on_air(&Guest::default()).await;
    let large = raw(&format!("\"{}\"", "x".repeat(1 << 20)));
    let CallError::Fault(fault) = plugin.render("d", render(&large)).await.unwrap_err() else { panic!() };
    assert_eq!(fault.code, "too_large");
    assert!(!plugin.timings().contains_key("render"));
}

#[tokio::test]
async fn the_log_is_bounded_in_lines_and_in_their_length() {
    let (_house, plugins, plugin) = on_air(&Guest::default()).await;
    plugin.render("d", render(&raw("\"g\""))).await.unwrap();
    let lines = plugin.logs();
    assert_eq!(lines.len(), 101);
    assert!(lines.iter().all(|line| line.message.len() <= 8192 + '…'.len_utf8()));
    assert_eq!(lines[100].message, "50 more lines of this call were dropped");
    assert_eq!((lines[0].level.as_str(), lines[0].hook), ("error", "render"));
    assert_eq!(plugins.logs("test"), lines);
}

#[tokio::test]
async fn answers_that_are_not_what_the_interface_says_are_refused() {
    let cases = [
        ("nope", "not the JSON"),
        ("{}", "missing field `state`"),
        (
            &*format!("{{\"state\":1,\"derived\":\"{}\"}}", "x".repeat(17 << 10)),
            "`derived` has 18 KiB; at most 16 KiB",
        ),
        (&*format!("{{\"state\":{}{}}}", "[".repeat(101), "]".repeat(101)), "101 levels"),
    ];
    for (preset, says) in cases {
        let house = House::new();
        house.write_guest("test", &Guest { preset: preset.into(), ..Guest::default() });
        let status = house.start().await.status("test").unwrap();
        let error = status.error.unwrap();
        let says = says.replace("101 levels", "more than 100 levels");
        assert!(error.contains("`preset` with 1 participant") && error.contains(&says), "{error}");
    }
}

#[tokio::test]
async fn what_a_preset_answers_reaches_the_caller_as_it_was_written() {
    let guest =
        Guest { preset: r#"{"state": {"b":1, "a":2},"derived":[ ],"seed":null}"#.into(), ..Guest::default() };
    let (_house, _plugins, plugin) = on_air(&guest).await;
    let request = PresetRequest {
        participants: vec![],
        settings: Default::default(),
        seed: None,
        random: "0".repeat(64),
    };
    let preset = plugin.preset("d", request).await.unwrap();
    assert_eq!(preset.state.get(), r#"{"b":1, "a":2}"#);
    assert_eq!(preset.derived.unwrap().get(), "[ ]");
    assert!(preset.seed.is_none());
    assert_eq!(plugin.catalog("fr").await.unwrap().get(), r#"{"label":"Test"}"#);
}

#[tokio::test]
async fn rendered_html_is_sanitised_and_the_author_is_told() {
    let guest = Guest::html("<p onclick=\"x()\">hi</p><script>alert(1)</script>");
    let (_house, _plugins, plugin) = on_air(&guest).await;
    let rendered = plugin.render("d", render(&raw("\"\""))).await.unwrap();
    assert_eq!(rendered.html, "<p>hi</p>");
    assert!(rendered.dropped >= 2, "{rendered:?}");
    let told = |word: &str| {
        plugin
            .logs()
            .iter()
            .filter(|line| line.message.contains("`live`") && line.message.contains(word))
            .count()
    };
    assert!(told("onclick") >= 1 && told("script") >= 1, "{:?}", plugin.logs());
    let before = plugin.logs().len();
    plugin.render("d", render(&raw("\"\""))).await.unwrap();
    assert_eq!(plugin.logs().len(), before, "once is enough");
}
