/// The language a page is read in. Anything else than French reads English, as in the rest of Régie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    #[default]
    En,
    Fr,
}

impl Locale {
    /// From a language tag: `fr`, `fr-CA`, `fr_FR` are French.
    pub fn of(tag: &str) -> Self {
        match tag.split(['-', '_']).next() {
            Some(language) if language.eq_ignore_ascii_case("fr") => Self::Fr,
            _ => Self::En,
        }
    }

    pub fn t<T>(self, en: T, fr: T) -> T {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }

    pub fn tag(self) -> &'static str {
        self.t("en", "fr")
    }
}
