//! Actions: those a page offers, and those nobody should send.

use serde_json::{Map, Value, json};

use crate::html::outline::Element;

/// A small generator (splitmix64): the same seed, the same check, on every machine.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.below(from.len())) }
    }

    /// 64 hex digits, as an action's context has them.
    pub(super) fn hex(&mut self) -> String {
        (0..4).map(|_| format!("{:016x}", self.next())).collect()
    }
}

/// What a person could send from this page.
pub(super) fn offered(page: &[Element]) -> Vec<Value> {
    let mut actions = Vec::new();
    for (index, element) in page.iter().enumerate() {
        for attribute in ["data-do", "data-do-alt"] {
            let action = element.get(attribute).and_then(|text| serde_json::from_str::<Value>(text).ok());
            let Some(mut action) = action else { continue };
            if element.tag == "form"
                && let Some(action) = action.as_object_mut()
            {
                action.insert("fields".into(), Value::Object(fields(page, index)));
            }
            actions.push(action);
        }
    }
    actions
}

/// A form's fields with their values; empty ones get a word or a number, a choice its first option.
fn fields(page: &[Element], form: usize) -> Map<String, Value> {
    let named = page.iter().enumerate().filter(|(_, element)| element.form == Some(form));
    let named = named.filter_map(|(index, element)| {
        let own = || element.get("value").filter(|value| !value.is_empty());
        let value = match element.tag.as_str() {
            "select" => page[index..].iter().find(|one| one.tag == "option").and_then(|one| one.get("value")),
            "textarea" => Some(element.text.trim()).filter(|text| !text.is_empty()),
            _ if element.get("type") == Some("number") => own().or(Some("1")),
            _ => own(),
        };
        Some((element.get("name")?.to_owned(), json!(value.unwrap_or("word"))))
    });
    named.collect()
}

/// Values that reducers forget.
fn odd(random: &mut Random) -> Value {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(1e308),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_i64),
        json!(""),
        json!("<script>alert(1)</script>"),
        json!("\"><img src=x onerror=alert(1)>"),
        json!("</div></section><b>"),
        json!("\u{0}\u{202e}\u{feff}é😀"),
        json!("../../etc/passwd"),
        json!("__proto__"),
        json!("x".repeat(3000)),
        json!([]),
        json!({}),
        json!([{"item": {"item": []}}]),
        json!({"__proto__": {"x": 1}, "constructor": null}),
        deep(60),
    ];
    values[random.below(values.len())].clone()
}

/// What the host tells a race mode, in the order of a race's life.
pub(super) fn of_the_host() -> impl Iterator<Item = Value> {
    let all = [
        json!({"type": "host:join", "slot": 1}),
        json!({"type": "host:ready", "slot": 1}),
        json!({"type": "host:start"}),
        json!({"type": "host:a_later_host_says_more", "slot": 1, "more": {}}),
        json!({"type": "host:abandon", "slot": 1}),
        json!({"type": "host:undo", "slot": 1}),
        json!({"type": "host:disqualify", "slot": 1}),
        json!({"type": "host:finish"}),
        json!({"type": "host:leave", "slot": 1}),
        json!({"type": "host:reset"}),
    ];
    all.into_iter()
}

/// What players' games may send to a race, well formed.
pub(super) fn frames() -> Vec<Value> {
    vec![
        json!({"type": "status_update", "igt_ms": 1000, "death_count": 1, "current_zone": "a", "current_layer": 1}),
        json!({"type": "zone_entered", "from_zone": "a", "to_zone": "b", "igt_ms": 2000}),
        json!({"type": "event_flag", "flag_id": 1, "igt_ms": 3000}),
        json!({"type": "finished", "igt_ms": 4000}),
        json!({"type": "host:start", "slot": 1}),
        json!({"type": "host:undo", "slot": 1}),
    ]
}

/// An action that no page sends: one of the plugin's own, broken in some way, or nothing like one.
pub(super) fn hostile(own: &[Value], random: &mut Random) -> Value {
    let mut action = match random.pick(own) {
        Some(action) if random.below(8) > 0 => action.clone(),
        _ => {
            return match random.below(4) {
                0 => {
                    json!({"type": "host:auto", "item": odd(random), "count": odd(random), "source": odd(random)})
                }
                1 => json!({"type": odd(random)}),
                _ => odd(random),
            };
        }
    };
    let Some(map) = action.as_object_mut() else { return odd(random) };
    for _ in 0..=random.below(2) {
        let keys: Vec<String> = map.keys().cloned().collect();
        match (random.below(5), random.pick(&keys)) {
            (0, Some(key)) => {
                map.remove(key);
            }
            (1, _) => {
                map.insert("unknown".into(), odd(random));
            }
            (2, Some(key)) => {
                let text = map.get(key).map(ToString::to_string).unwrap_or_default();
                map.insert(key.clone(), json!(format!("{text}<b onclick=x>")));
            }
            (_, Some(key)) => {
                map.insert(key.clone(), odd(random));
            }
            (_, None) => {}
        }
    }
    action
}

/// Fields of an action that name something of the catalog.
pub(super) fn named(action: &Value) -> Vec<(&str, &str)> {
    const NAMING: &[&str] =
        &["item", "id", "dungeon", "category", "zone", "region", "group", "song", "location", "layer"];
    let Some(map) = action.as_object() else { return Vec::new() };
    map.iter()
        .filter(|(key, _)| NAMING.contains(&key.as_str()))
        .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::outline::outline;

    #[test]
    fn a_page_offers_its_buttons_both_ways_and_its_forms_with_fields() {
        let page = outline(
            r#"<button data-do="{&quot;item&quot;:&quot;bow&quot;}" data-do-alt="{&quot;item&quot;:&quot;bow&quot;,&quot;step&quot;:-1}">x</button><form data-do="{&quot;type&quot;:&quot;hint&quot;}"><input name="line" value=""><input name="many" type="number"><select name="shape"><option value="star">Star</option></select></form>"#,
        );
        assert_eq!(
            offered(&page),
            [
                json!({"item": "bow"}),
                json!({"item": "bow", "step": -1}),
                json!({"type": "hint", "fields": {"line": "word", "many": "1", "shape": "star"}})
            ]
        );
    }

    #[test]
    fn hostile_actions_are_many_and_the_same_for_the_same_seed() {
        let own = [json!({"item": "bow", "step": 1})];
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..200).map(|_| hostile(&own, &mut random).to_string()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let distinct: std::collections::BTreeSet<_> = draw(1).into_iter().collect();
        assert!(distinct.len() > 60, "{}", distinct.len());
    }
}
