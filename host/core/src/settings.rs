//! Settings are declared once: name, type, default and meaning stand together in the room that uses them, and help,
//! `regie settings`, validation and the three sources (file, environment, flags) derive from it.

use std::{collections::BTreeMap, fmt, path::Path, time::Duration};

use toml::Value;

/// How a setting's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A text that is never shown.
    Secret,
    /// An address, which may hold a name and a password: these are never shown.
    Url,
    Integer,
    Bool,
    /// Comma-separated in the environment, an array in the file.
    List,
}

/// A declaration. Rooms keep theirs in a `pub static SETTINGS: &[&Setting]`.
#[derive(Debug)]
pub struct Setting {
    pub table: &'static str,
    pub key: &'static str,
    pub kind: Kind,
    /// The default, as it would be written in the environment.
    pub default: &'static str,
    pub meaning: &'static str,
}

impl Setting {
    pub const fn new(
        table: &'static str,
        key: &'static str,
        kind: Kind,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { table, key, kind, default, meaning }
    }

    /// `server.public_url`
    pub fn name(&self) -> String {
        format!("{}.{}", self.table, self.key)
    }

    /// `REGIE_SERVER_PUBLIC_URL`; the table `server` may be left out.
    pub fn variable(&self) -> String {
        format!("REGIE_{}_{}", self.table, self.key).to_uppercase()
    }

    fn read(&self, text: &str) -> Result<Value, String> {
        match self.kind {
            Kind::Text | Kind::Secret | Kind::Url => Ok(Value::String(text.into())),
            Kind::Integer => text
                .parse::<i64>()
                .ok()
                .filter(|n| *n >= 0)
                .map(Value::Integer)
                .ok_or_else(|| format!("`{text}` is not a whole number from 0")),
            Kind::Bool => match text {
                "true" | "1" | "yes" => Ok(Value::Boolean(true)),
                "false" | "0" | "no" => Ok(Value::Boolean(false)),
                _ => Err(format!("`{text}` is neither true nor false")),
            },
            Kind::List => Ok(Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|t| !t.is_empty())
                    .map(|t| Value::String(t.into()))
                    .collect(),
            )),
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (Kind::Text | Kind::Secret | Kind::Url, Value::String(_)) | (Kind::Bool, Value::Boolean(_)) => {
                true
            }
            (Kind::Integer, Value::Integer(n)) => *n >= 0,
            (Kind::List, Value::Array(items)) => items.iter().all(Value::is_str),
            _ => false,
        };
        let right = match self.kind {
            Kind::Text | Kind::Secret | Kind::Url => "a text in quotes",
            Kind::Integer => "a whole number from 0",
            Kind::Bool => "true or false",
            Kind::List => "a list of texts",
        };
        if fits { Ok(()) } else { Err(format!("this must be {right}")) }
    }
}

/// Every fault found, not only the first.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError(pub Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// One line of `regie settings`.
#[derive(Debug, serde::Serialize)]
pub struct Shown {
    pub name: String,
    pub value: String,
    /// `default`, `config.toml`, `REGIE_…` or `flag`.
    pub origin: String,
    pub meaning: &'static str,
}

/// The settings in force: defaults, over them `config.toml`, over it the environment, over it flags.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    values: BTreeMap<String, (Value, String)>,
    /// `[plugins."<id>"]` tables, as written.
    plugins: toml::Table,
}

impl Settings {
    /// `environment` are `(name, value)` pairs, `flags` `("server.listen", value)` pairs.
    pub fn load(
        declared: &[&'static Setting],
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, SettingsError> {
        let mut faults = Vec::new();
        let mut values: BTreeMap<String, (Value, String)> = BTreeMap::new();
        for setting in declared {
            let default = setting.read(setting.default).expect("a declared default reads as its own kind");
            values.insert(setting.name(), (default, "default".into()));
        }
        let mut plugins = toml::Table::new();
        match std::fs::read_to_string(file) {
            Ok(text) => match text.parse::<toml::Table>() {
                Ok(mut tables) => {
                    if let Some(Value::Table(table)) = tables.remove("plugins") {
                        for (key, value) in table {
                            if value.is_table() {
                                plugins.insert(key, value);
                            } else {
                                take(declared, "plugins", &key, value, file, &mut values, &mut faults);
                            }
                        }
                    }
                    for (table, value) in tables {
                        let Value::Table(entries) = value else {
                            faults.push(format!("{}: `{table}` stands outside a [table]", file.display()));
                            continue;
                        };
                        for (key, value) in entries {
                            take(declared, &table, &key, value, file, &mut values, &mut faults);
                        }
                    }
                }
                Err(error) => faults.push(format!("{}: {error}", file.display())),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => faults.push(format!("{}: {error}", file.display())),
        }
        for (name, text) in environment {
            let matching = |s: &&&'static Setting| {
                s.variable() == name
                    || (s.table == "server" && format!("REGIE_{}", s.key.to_uppercase()) == name)
            };
            let Some(setting) = declared.iter().find(matching) else { continue };
            match setting.read(&text) {
                Ok(value) => {
                    values.insert(setting.name(), (value, name));
                }
                Err(fault) => faults.push(format!("{name}: {fault}")),
            }
        }
        for (name, text) in flags {
            let Some(setting) = declared.iter().find(|s| s.name() == *name) else { continue };
            match setting.read(text) {
                Ok(value) => {
                    values.insert(setting.name(), (value, "flag".into()));
                }
                Err(fault) => faults.push(format!("flag for {name}: {fault}")),
            }
        }
        if faults.is_empty() { Ok(Self { values, plugins }) } else { Err(SettingsError(faults)) }
    }

    fn value(&self, setting: &Setting) -> &Value {
        &self.values.get(&setting.name()).expect("a setting is declared before it is read").0
    }

    pub fn text(&self, setting: &Setting) -> &str {
        self.value(setting).as_str().expect("kind checked when loaded")
    }

    /// Zero and up (checked when loaded).
    pub fn integer(&self, setting: &Setting) -> u64 {
        self.value(setting)
            .as_integer()
            .and_then(|n| u64::try_from(n).ok())
            .expect("kind checked when loaded")
    }

    pub fn size(&self, setting: &Setting) -> usize {
        usize::try_from(self.integer(setting)).unwrap_or(usize::MAX)
    }

    /// For settings whose name ends in `_ms`.
    pub fn millis(&self, setting: &Setting) -> Duration {
        Duration::from_millis(self.integer(setting))
    }

    pub fn bool(&self, setting: &Setting) -> bool {
        self.value(setting).as_bool().expect("kind checked when loaded")
    }

    pub fn list(&self, setting: &Setting) -> Vec<String> {
        let items = self.value(setting).as_array().expect("kind checked when loaded");
        items.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    }

    /// The operator's options of one plugin, as `config.toml` has them.
    pub fn plugin(&self, id: &str) -> Option<&toml::Table> {
        self.plugins.get(id).and_then(Value::as_table)
    }

    pub fn plugin_tables(&self) -> &toml::Table {
        &self.plugins
    }

    pub fn shown(&self, declared: &[&'static Setting]) -> Vec<Shown> {
        let show = |s: &&'static Setting| {
            let (value, origin) = self.values.get(&s.name())?;
            let value = match value.as_str() {
                Some(text) if s.kind == Kind::Secret && !text.is_empty() => "(set)".to_owned(),
                Some(text) if s.kind == Kind::Url => without_credentials(text),
                Some(text) => text.to_owned(),
                None => value.to_string(),
            };
            Some(Shown { name: s.name(), value, origin: origin.clone(), meaning: s.meaning })
        };
        declared.iter().filter_map(show).collect()
    }
}

/// Whatever stands before the last `@` may be a password, but for the scheme.
fn without_credentials(url: &str) -> String {
    let Some((before, after)) = url.rsplit_once('@') else { return url.to_owned() };
    let scheme = before.split_once("://").map_or_else(String::new, |(scheme, _)| format!("{scheme}://"));
    format!("{scheme}(set)@{after}")
}

fn take(
    declared: &[&'static Setting],
    table: &str,
    key: &str,
    value: Value,
    file: &Path,
    values: &mut BTreeMap<String, (Value, String)>,
    faults: &mut Vec<String>,
) {
    let place = format!("{}: {table}.{key}", file.display());
    let Some(setting) = declared.iter().find(|s| s.table == table && s.key == key) else {
        faults.push(format!("{place}: there is no such setting; `regie settings` lists them"));
        return;
    };
    match setting.check(&value) {
        Ok(()) => {
            values.insert(setting.name(), (value, "config.toml".into()));
        }
        Err(fault) => faults.push(format!("{place}: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LISTEN: Setting = Setting::new("server", "listen", Kind::Text, "127.0.0.1:4400", "address");
    static LIMIT: Setting = Setting::new("limits", "links", Kind::Integer, "100", "links");
    static ALL: &[&Setting] = &[&LISTEN, &LIMIT];

    fn load(file: &str, env: &[(&str, &str)], flags: &[(&str, String)]) -> Result<Settings, SettingsError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, file).unwrap();
        Settings::load(ALL, &path, env.iter().map(|(k, v)| ((*k).into(), (*v).into())), flags)
    }

    #[test]
    fn flags_win_over_the_environment_which_wins_over_the_file() {
        let file = "[server]\nlisten = \"a:1\"\n[limits]\nlinks = 7\n[plugins.\"tracker-x\"]\nshow = true\n";
        let settings = load(file, &[], &[]).unwrap();
        assert_eq!((settings.text(&LISTEN), settings.integer(&LIMIT)), ("a:1", 7));
        assert_eq!(settings.plugin("tracker-x").unwrap()["show"].as_bool(), Some(true));
        let settings = load(file, &[("REGIE_LISTEN", "b:2"), ("REGIE_LIMITS_LINKS", "8")], &[]).unwrap();
        assert_eq!((settings.text(&LISTEN), settings.integer(&LIMIT)), ("b:2", 8));
        let settings =
            load(file, &[("REGIE_SERVER_LISTEN", "b:2")], &[("server.listen", "c:3".into())]).unwrap();
        assert_eq!(settings.text(&LISTEN), "c:3");
        assert_eq!(settings.shown(ALL)[0].origin, "flag");
    }

    #[test]
    fn an_address_is_shown_without_name_and_password() {
        for (url, shown) in [
            ("embedded", "embedded"),
            ("mqtt://host:1883", "mqtt://host:1883"),
            ("mqtts://ada:pass@host", "mqtts://(set)@host"),
            ("mqtt://ada:p@ss/w://x@host:1/y", "mqtt://(set)@host:1/y"),
            ("ada:pass@host", "(set)@host"),
        ] {
            assert_eq!(without_credentials(url), shown);
        }
    }

    #[test]
    fn every_fault_is_named() {
        let file = "[server]\nlistn = \"a\"\n[limits]\nlinks = \"many\"\n";
        let faults = load(file, &[("REGIE_LIMITS_LINKS", "-1")], &[]).unwrap_err().0;
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[0].contains("server.listn") || faults[1].contains("server.listn"), "{faults:?}");
    }
}
