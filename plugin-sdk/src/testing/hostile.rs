use serde_json::{Map, Value, json};

/// Endless actions that nobody should send: the examples with values swapped for extremes, fields missing, doubled or of
/// another type, and plain junk. The same examples give the same actions.
#[derive(Debug)]
pub struct Hostile {
    examples: Vec<Value>,
    state: u64,
}

impl Hostile {
    pub fn new(examples: &[Value]) -> Self {
        let mut examples = examples.to_vec();
        if examples.is_empty() {
            examples.push(json!({}));
        }
        Self { examples, state: 0x9e37_79b9_7f4a_7c15 }
    }

    /// SplitMix64, so that no run depends on a source of randomness.
    fn draw(&mut self, below: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % below as u64).unwrap_or(0)
    }

    fn junk(&mut self) -> Value {
        let all = [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(-1),
            json!(2),
            json!(i32::MAX),
            json!(i32::MIN),
            json!(u32::MAX),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(1e308),
            json!(0.5),
            json!(""),
            json!("host:auto"),
            json!("__proto__"),
            json!("<script>alert(1)</script>"),
            json!("\u{202e}\u{0}é𝄞"),
            json!("x".repeat(4_096)),
            json!([]),
            json!([[[[]]]]),
            json!({}),
            json!({"type": "host:auto", "item": "", "count": -1, "source": null}),
        ];
        let index = self.draw(all.len());
        all[index].clone()
    }

    fn bend(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(map) if self.draw(8) > 0 => {
                let mut bent = Map::new();
                for (key, value) in map {
                    match self.draw(6) {
                        0 => {}
                        1 => drop(bent.insert(key.clone(), self.junk())),
                        2 => drop(bent.insert(key.clone(), self.bend(value))),
                        _ => drop(bent.insert(key.clone(), value.clone())),
                    }
                }
                if self.draw(4) == 0 {
                    bent.insert("unexpected".into(), self.junk());
                }
                Value::Object(bent)
            }
            Value::Array(items) if self.draw(4) > 0 => items.iter().map(|item| self.bend(item)).collect(),
            Value::Number(number) if self.draw(2) == 0 => {
                let shift = self.draw(400);
                let shift = i64::try_from(shift).unwrap_or(0) - 200;
                number.as_i64().map_or(Value::Null, |n| n.wrapping_add(shift).into())
            }
            _ => self.junk(),
        }
    }
}

impl Iterator for Hostile {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let index = self.draw(self.examples.len());
        let example = self.examples[index].clone();
        // Every fourth is sent as it is: junk only hurts a state that real actions have moved.
        Some(if self.draw(4) == 0 { example } else { self.bend(&example) })
    }
}
