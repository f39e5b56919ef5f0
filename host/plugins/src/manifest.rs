//! `plugin.toml`: what a package says about itself, read without running anything.

use std::{fmt, ops::Range};

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use toml::Spanned;

/// The interface this host links: `regie:plugin@1.0`.
pub const API: Api = Api { major: 1, minor: 0 };

/// `major.minor` of the interface a package was built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Api {
    pub major: u32,
    pub minor: u32,
}

impl Api {
    /// Whether a host of this version runs what was built for `built`: published interfaces only gain.
    pub fn links(self, built: Self) -> bool {
        built.major == self.major && built.minor <= self.minor
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for Api {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Api {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let parse = |part: &str| part.parse().ok();
        text.split_once('.')
            .and_then(|(major, minor)| Some(Self { major: parse(major)?, minor: parse(minor)? }))
            .ok_or_else(|| {
                de::Error::custom(format!("`{text}` is not an api version; this host links \"{API}\""))
            })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Tracker,
    Indices,
    Race,
}

/// The checked manifest.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// `[a-z0-9_-]{2,40}`; sessions remember it.
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub version: Version,
    pub api: Api,
    pub description: String,
    pub license: String,
    pub authors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The first is what the plugin answers for a locale it does not have.
    pub locales: Vec<String>,
    /// Of its documents; a higher one than a session's calls `migrate`.
    pub state_version: u32,
    /// Whether hooks get `derived` at all.
    pub reads_derived: bool,
    pub frontend: Frontend,
    pub overlays: Vec<Overlay>,
    pub settings: Vec<SettingField>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Frontend {
    /// Paths under `assets/`.
    pub css: Vec<String>,
    /// Paths under `assets/`; they need the operator's grant.
    pub scripts: Vec<String>,
}

/// What people can add to OBS.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// `[a-z0-9-]{1,40}`, the `view` of its address.
    pub name: String,
    #[serde(default)]
    pub title: String,
    /// Of the canvas, in CSS pixels.
    pub width: u32,
    pub height: u32,
    /// Has a second, lower layer, `overlay:<name>:base`.
    #[serde(default)]
    pub base: bool,
}

/// A typed option that the operator edits in a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingField {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: SettingKind,
    pub default: Value,
    #[serde(default)]
    pub title: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Of a whole number; of a text's length in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SettingKind {
    Bool,
    Int,
    Text,
    Choice,
}

/// A fault of the manifest, as the author is told: "plugin.toml, line 3: …".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("plugin.toml, line {line}: {message}")]
pub struct ManifestFault {
    pub line: usize,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<String>,
    name: Spanned<String>,
    kind: Kind,
    version: Version,
    api: Spanned<Api>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    license: String,
    #[serde(default)]
    authors: Vec<String>,
    homepage: Option<String>,
    #[serde(default = "english")]
    locales: Spanned<Vec<String>>,
    #[serde(default = "one")]
    state_version: Spanned<u32>,
    #[serde(default = "yes")]
    reads_derived: bool,
    #[serde(default)]
    frontend: Option<Spanned<Frontend>>,
    #[serde(default)]
    overlay: Vec<Spanned<Overlay>>,
    #[serde(default)]
    setting: Vec<Spanned<SettingField>>,
}

fn english() -> Spanned<Vec<String>> {
    Spanned::new(0..0, vec!["en".into()])
}

fn one() -> Spanned<u32> {
    Spanned::new(0..0, 1)
}

fn yes() -> bool {
    true
}

/// Keys of `[plugins."<id>"]` that are the host's own.
const HOST_KEYS: &[&str] = &["enabled", "disabled", "allow_scripts"];

/// Characters of a text that an operator sets.
const TEXT: i64 = 4_096;

impl Manifest {
    /// Reads and checks `plugin.toml`. The api version is compared by the loader, which can name both.
    pub fn parse(text: &str) -> Result<Self, ManifestFault> {
        let fault =
            |span: Range<usize>, message: String| ManifestFault { line: line_of(text, span.start), message };
        let raw: Raw = toml::from_str(text)
            .map_err(|error| fault(error.span().unwrap_or(0..0), explain(error.message())))?;

        let id = raw.id.get_ref();
        if !(2..=40).contains(&id.len())
            || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
        {
            return Err(fault(raw.id.span(), format!("the id `{id}` must be 2 to 40 of a-z, 0-9, _ and -")));
        }
        if raw.name.get_ref().trim().is_empty() {
            return Err(fault(raw.name.span(), "the name is empty".into()));
        }
        if *raw.state_version.get_ref() == 0 {
            return Err(fault(raw.state_version.span(), "`state_version` counts from 1".into()));
        }
        let locale = |l: &String| {
            (2..=16).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if raw.locales.get_ref().is_empty() || !raw.locales.get_ref().iter().all(locale) {
            return Err(fault(raw.locales.span(), "`locales` names at least one, such as \"en\"".into()));
        }

        let mut overlays: Vec<Overlay> = Vec::new();
        for spanned in raw.overlay {
            let span = spanned.span();
            let mut overlay = spanned.into_inner();
            check_overlay(&overlay, &overlays).map_err(|message| fault(span, message))?;
            if overlay.title.is_empty() {
                overlay.title.clone_from(&overlay.name);
            }
            overlays.push(overlay);
        }
        let mut settings: Vec<SettingField> = Vec::new();
        for spanned in raw.setting {
            let span = spanned.span();
            let mut setting = spanned.into_inner();
            check_setting(&setting, &settings).map_err(|message| fault(span, message))?;
            if setting.title.is_empty() {
                setting.title.clone_from(&setting.key);
            }
            settings.push(setting);
        }
        let frontend = match raw.frontend {
            None => Frontend::default(),
            Some(spanned) => {
                let span = spanned.span();
                let frontend = spanned.into_inner();
                check_frontend(&frontend).map_err(|message| fault(span, message))?;
                frontend
            }
        };
        Ok(Self {
            id: raw.id.into_inner(),
            name: raw.name.into_inner(),
            kind: raw.kind,
            version: raw.version,
            api: raw.api.into_inner(),
            description: raw.description,
            license: raw.license,
            authors: raw.authors,
            homepage: raw.homepage,
            locales: raw.locales.into_inner(),
            state_version: raw.state_version.into_inner(),
            reads_derived: raw.reads_derived,
            frontend,
            overlays,
            settings,
        })
    }

    /// Every surface a page may ask of it; race modes' base layers need a reveal and are not among them.
    pub(crate) fn surfaces(&self) -> Vec<String> {
        let fixed = ["live", "panel", "editor"].map(str::to_owned);
        fixed.into_iter().chain(self.overlays.iter().map(|o| format!("overlay:{}", o.name))).collect()
    }

    /// The lower layers of its overlays, which are drawn where something of a seed is revealed.
    pub(crate) fn bases(&self) -> impl Iterator<Item = String> {
        self.overlays.iter().filter(|o| o.base).map(|o| format!("overlay:{}:base", o.name))
    }

    /// See [`effective`].
    pub fn effective_settings(&self, operator: &Map<String, Value>) -> (Map<String, Value>, Vec<String>) {
        effective(&self.settings, operator)
    }
}

/// Defaults with the operator's values over them. A value that does not fit leaves the default and is named in the
/// second part.
pub(crate) fn effective(
    fields: &[SettingField],
    operator: &Map<String, Value>,
) -> (Map<String, Value>, Vec<String>) {
    let mut faults = Vec::new();
    let values = fields.iter().map(|field| {
        let value = match operator.get(&field.key) {
            Some(value) if field.accepts(value) => value.clone(),
            Some(value) => {
                faults.push(format!("the setting `{}` is {value}; it must be {}", field.key, field.wanted()));
                field.default.clone()
            }
            None => field.default.clone(),
        };
        (field.key.clone(), value)
    });
    let values = values.collect();
    (values, faults)
}

/// What an operator wants to set: every fault is named, the first one by its path, `values.<key>`.
pub(crate) fn check_values(fields: &[SettingField], values: &Map<String, Value>) -> regie_core::Result<()> {
    let fault = |(key, value): (&String, &Value)| match fields.iter().find(|field| field.key == *key) {
        None => Some((key.clone(), "there is no such setting".to_owned())),
        Some(field) if !field.accepts(value) => Some((key.clone(), format!("it must be {}", field.wanted()))),
        Some(_) => None,
    };
    let faults: Vec<_> = values.iter().filter_map(fault).collect();
    let Some((first, _)) = faults.first() else { return Ok(()) };
    let said: Vec<_> = faults.iter().map(|(key, why)| format!("values.{key}: {why}")).collect();
    Err(regie_core::Error::bad_request(said.join("; ")).path(format!("values.{first}")))
}

impl SettingField {
    /// Whether `value` is of this setting's type and within its bounds.
    pub fn accepts(&self, value: &Value) -> bool {
        let within = |n: i64| self.min.is_none_or(|min| n >= min) && self.max.is_none_or(|max| n <= max);
        match self.kind {
            SettingKind::Bool => value.is_boolean(),
            SettingKind::Int => value.as_i64().is_some_and(within),
            SettingKind::Text => value.as_str().is_some_and(|text| {
                let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                within(length) && length <= TEXT
            }),
            SettingKind::Choice => value.as_str().is_some_and(|v| self.choices.iter().any(|c| c == v)),
        }
    }

    fn wanted(&self) -> String {
        let bounds = match (self.min, self.max) {
            (Some(min), Some(max)) => format!(" from {min} to {max}"),
            (Some(min), None) => format!(" from {min}"),
            (None, Some(max)) => format!(" up to {max}"),
            (None, None) => String::new(),
        };
        match self.kind {
            SettingKind::Bool => "true or false".into(),
            SettingKind::Int => format!("a whole number{bounds}"),
            SettingKind::Text if bounds.is_empty() => format!("a text of at most {TEXT} characters"),
            SettingKind::Text => format!("a text whose length is{bounds}"),
            SettingKind::Choice => format!("one of {}", self.choices.join(", ")),
        }
    }
}

fn check_overlay(overlay: &Overlay, before: &[Overlay]) -> Result<(), String> {
    let Overlay { name, width, height, .. } = overlay;
    if !(1..=40).contains(&name.len())
        || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        return Err(format!("the overlay's name `{name}` must be 1 to 40 of a-z, 0-9 and -"));
    }
    if before.iter().any(|o| o.name == *name) {
        return Err(format!("there are two overlays `{name}`"));
    }
    if !(1..=7680).contains(width) || !(1..=7680).contains(height) {
        return Err(format!("the overlay `{name}` is {width} x {height}; each must be 1 to 7680 pixels"));
    }
    Ok(())
}

fn check_setting(setting: &SettingField, before: &[SettingField]) -> Result<(), String> {
    let key = &setting.key;
    if !(1..=40).contains(&key.len())
        || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(format!("the setting's key `{key}` must be 1 to 40 of a-z, 0-9 and _"));
    }
    if HOST_KEYS.contains(&key.as_str()) {
        return Err(format!("the setting `{key}` is the host's own; choose another key"));
    }
    if before.iter().any(|s| s.key == *key) {
        return Err(format!("there are two settings `{key}`"));
    }
    if (setting.kind == SettingKind::Choice) == setting.choices.is_empty() {
        return Err(format!("the setting `{key}` needs `choices` exactly when its type is \"choice\""));
    }
    let bounded = matches!(setting.kind, SettingKind::Int | SettingKind::Text);
    if (setting.min.is_some() || setting.max.is_some()) && !bounded {
        return Err(format!("the setting `{key}` has bounds; only \"int\" and \"text\" may"));
    }
    if !setting.accepts(&setting.default) {
        return Err(format!("the default of the setting `{key}` must be {}", setting.wanted()));
    }
    Ok(())
}

fn check_frontend(frontend: &Frontend) -> Result<(), String> {
    for (key, extension, paths) in [("css", ".css", &frontend.css), ("scripts", ".js", &frontend.scripts)] {
        if let Some(path) = paths.iter().find(|p| !p.ends_with(extension)) {
            return Err(format!("frontend.{key} names `{path}`, which is no {extension} file"));
        }
    }
    Ok(())
}

/// The parser's message on one line, semver's errors with what is meant.
fn explain(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.contains("unexpected character") || line.contains("unexpected end of input") {
        return format!("{line} (a version is three numbers, as in \"1.2.0\")");
    }
    line
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|b| **b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"id = "tracker-x"
name = "X"
kind = "tracker"
version = "1.2.0"
api = "1.0"
locales = ["en", "fr"]
[frontend]
css = ["x.css"]
[[overlay]]
name = "default"
width = 1280
height = 720
[[setting]]
key = "rows"
type = "choice"
default = "two"
choices = ["one", "two"]
[[setting]]
key = "dim"
type = "bool"
default = true
"#;

    #[test]
    fn a_manifest_is_read_with_its_defaults() {
        let manifest = Manifest::parse(GOOD).unwrap();
        assert_eq!((manifest.state_version, manifest.reads_derived), (1, true));
        assert_eq!(manifest.overlays[0].title, "default");
        assert_eq!(manifest.surfaces(), ["live", "panel", "editor", "overlay:default"]);
    }

    #[test]
    fn nonsense_is_refused_with_its_line_and_what_would_be_right() {
        let cases = [
            ("id = \"tracker-x\"", "id = \"X!\"", 1, "2 to 40 of a-z"),
            ("name = \"X\"", "nmae = \"X\"", 2, "unknown field `nmae`"),
            ("kind = \"tracker\"", "kind = \"game\"", 3, "unknown variant `game`"),
            ("version = \"1.2.0\"", "version = \"1.2\"", 4, "three numbers"),
            ("api = \"1.0\"", "api = \"one\"", 5, "this host links \"1.0\""),
            ("locales = [\"en\", \"fr\"]", "locales = []", 6, "at least one"),
            ("css = [\"x.css\"]", "css = [\"x.js\"]", 7, "no .css file"),
            ("width = 1280", "width = 0", 9, "1 to 7680"),
            ("width = 1280", "wide = 1280", 11, "unknown field `wide`"),
            ("default = \"two\"", "default = \"three\"", 13, "one of one, two"),
            ("choices = [\"one\", \"two\"]", "", 13, "needs `choices`"),
            ("key = \"dim\"", "key = \"rows\"", 18, "two settings"),
            ("key = \"dim\"", "key = \"enabled\"", 18, "the host's own"),
            ("default = true", "default = 1", 18, "true or false"),
            ("default = true", "default = true\nmin = 1", 18, "only \"int\" and \"text\""),
        ];
        for (from, to, line, says) in cases {
            assert!(GOOD.contains(from), "{from}");
            let fault = Manifest::parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(fault.line == line && fault.message.contains(says), "{to}: {fault}");
        }
    }

    #[test]
    fn the_operators_values_win_where_their_type_is_right() {
        let manifest = Manifest::parse(GOOD).unwrap();
        let operator = serde_json::json!({"rows": "one", "dim": "no", "unknown": 1});
        let (values, faults) = manifest.effective_settings(operator.as_object().unwrap());
        assert_eq!(Value::Object(values), serde_json::json!({"rows": "one", "dim": true}));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains("`dim`"), "{faults:?}");
    }

    #[test]
    fn what_an_operator_sets_is_checked_by_type_bounds_and_choices_and_every_fault_is_named() {
        let more = "[[setting]]\nkey = \"size\"\ntype = \"int\"\ndefault = 2\nmin = 1\nmax = 9\n[[setting]]\nkey = \"word\"\ntype = \"text\"\ndefault = \"a\"\nmax = 3\n";
        let fields = Manifest::parse(&format!("{GOOD}{more}")).unwrap().settings;
        let check = |values: Value| check_values(&fields, values.as_object().unwrap());
        check(serde_json::json!({"rows": "one", "dim": false, "size": 9, "word": "été"})).unwrap();
        check(serde_json::json!({})).unwrap();
        for (values, path, says) in [
            (serde_json::json!({"dim": true, "size": 0}), "values.size", "a whole number from 1 to 9"),
            (serde_json::json!({"size": 2.5}), "values.size", "a whole number"),
            (serde_json::json!({"word": "four"}), "values.word", "length is up to 3"),
            (serde_json::json!({"rows": "three"}), "values.rows", "one of one, two"),
            (serde_json::json!({"enabled": true}), "values.enabled", "no such setting"),
            (serde_json::json!({"dim": 1, "size": 10}), "values.dim", "values.size"),
            (serde_json::json!({"dim": null}), "values.dim", "true or false"),
        ] {
            let error = check(values).unwrap_err();
            assert!(error.path.as_deref() == Some(path) && error.message.contains(says), "{error} {error:?}");
        }
    }
}
