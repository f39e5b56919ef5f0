//! What server-rendered pages say, in the languages of `frontend/locales/pages.json`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

/// Sorted: a page is written the same way each time.
type Table = HashMap<String, BTreeMap<String, String>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../frontend/locales/pages.json")).expect("checked by a test")
});

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    pub locale: &'static str,
}

impl Words {
    /// `?lang=` decides, then the cookie `regie_lang`, then `Accept-Language`; else English.
    pub fn choose(query: Option<&str>, cookie: Option<&str>, accept: Option<&str>) -> Self {
        let known = |text: &str| match text.get(..2) {
            Some("fr") => Some("fr"),
            Some("en") => Some("en"),
            _ => None,
        };
        let accepted = || accept.and_then(|list| list.split(',').find_map(|part| known(part.trim())));
        let locale =
            query.and_then(known).or_else(|| cookie.and_then(known)).or_else(accepted).unwrap_or("en");
        Self { locale }
    }

    /// What the page runtime says.
    pub fn runtime(self) -> serde_json::Value {
        self.below("runtime.")
    }

    /// All words whose keys begin with `prefix`, without it: for a script.
    pub fn below(self, prefix: &str) -> serde_json::Value {
        let words = TABLE.get(self.locale).into_iter().flatten();
        let words = words.filter_map(|(key, text)| Some((key.strip_prefix(prefix)?, text)));
        words
            .map(|(key, text)| (key.to_owned(), text.clone().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// The text for `key`; the key itself where there is none.
    pub fn get(self, key: &'static str) -> &'static str {
        TABLE.get(self.locale).and_then(|words| words.get(key)).map_or(key, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let keys = |locale: &str| TABLE[locale].keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys("en"), keys("fr"));
    }

    #[test]
    fn the_address_decides_then_the_cookie_then_the_browser() {
        for (query, cookie, accept, locale) in [
            (Some("fr"), Some("en"), None, "fr"),
            (Some("xx"), Some("fr"), Some("en"), "fr"),
            (None, None, Some("de-DE,fr;q=0.8,en;q=0.5"), "fr"),
            (None, None, Some("en-GB,fr"), "en"),
            (None, None, None, "en"),
        ] {
            assert_eq!(Words::choose(query, cookie, accept).locale, locale);
        }
    }
}
