use serde::Serialize;
use serde_json::{Map, Value};

/// What exists, as the plugin's own JSON. The host reads `label` and, if there, `overlays` and `completions`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Catalog(Map<String, Value>);

impl Catalog {
    pub fn new(label: impl Into<String>) -> Self {
        let mut map = Map::new();
        map.insert("label".into(), Value::String(label.into()));
        Self(map)
    }

    /// Adds a part (`items`, `categories`, `zones`…). One that cannot be JSON becomes `null`.
    #[must_use]
    pub fn with(mut self, part: &str, value: impl Serialize) -> Self {
        self.0.insert(part.into(), serde_json::to_value(value).unwrap_or(Value::Null));
        self
    }

    /// Adds a list of words by which the page completes what is typed into a field with `data-x-complete="<list>"`.
    #[must_use]
    pub fn completions(mut self, list: &str, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words = words.into_iter().map(|word| Value::String(word.into())).collect();
        let lists = self.0.entry("completions").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(lists) = lists {
            lists.insert(list.into(), Value::Array(words));
        }
        self
    }

    pub fn get(&self, part: &str) -> Option<&Value> {
        self.0.get(part)
    }
}
