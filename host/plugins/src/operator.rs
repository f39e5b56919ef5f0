//! What the operator says of plugins: the tables `[plugins."<id>"]` of `config.toml`, read again when the file changes and
//! written from the control room. What else stands in the file, comments and order included, is left as it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{ErrorKind as Io, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use regie_core::{Error, Result};
use serde_json::{Map, Value};
use toml_edit::{DocumentMut, Item, Table};

type Tables = BTreeMap<String, Map<String, Value>>;

/// `config.toml`, as far as it is about plugins.
pub struct Operator {
    file: PathBuf,
    now: ArcSwap<Seen>,
    /// One reader or writer of the file at a time.
    busy: Mutex<()>,
}

/// The file as it was last read.
#[derive(Default)]
struct Seen {
    stamp: Option<Stamp>,
    plugins: Tables,
    /// The other tables, for which a restart is needed.
    others: toml::Table,
}

/// Size, inode and modification time.
type Stamp = (u64, u64, i64, i64);

/// What a look at the file has found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Edited {
    /// Plugins whose table is another one than before.
    pub plugins: BTreeSet<String>,
    /// Other tables that changed; they take effect at the next start.
    pub restart: BTreeSet<String>,
}

impl Operator {
    /// A file that cannot be read says nothing; the server's settings have refused it before.
    pub fn open(file: &Path) -> Self {
        let operator = Self { file: file.to_owned(), now: ArcSwap::default(), busy: Mutex::default() };
        if let Err(error) = operator.look() {
            tracing::error!(%error, "config.toml");
        }
        operator
    }

    /// The table of this plugin; empty where there is none.
    pub fn of(&self, id: &str) -> Map<String, Value> {
        self.now.load().plugins.get(id).cloned().unwrap_or_default()
    }

    /// Reads the file if it changed. On an error what was read before stays in force; it is told once.
    pub fn look(&self) -> Result<Edited> {
        let _alone = self.busy.lock();
        let stamp = stamp(&self.file);
        if stamp == self.now.load().stamp {
            return Ok(Edited::default());
        }
        let read = fs::read_to_string(&self.file)
            .or_else(none_is_empty)
            .map_err(Error::from)
            .and_then(|t| parse(&t));
        let before = self.now.load_full();
        match read {
            Ok((plugins, others)) => {
                let edited = Edited {
                    plugins: differing(&before.plugins, &plugins),
                    restart: differing(&before.others, &others),
                };
                let first = before.stamp.is_none();
                self.now.store(Seen { stamp, plugins, others }.into());
                Ok(if first { Edited::default() } else { edited })
            }
            Err(error) => {
                let (plugins, others) = (before.plugins.clone(), before.others.clone());
                self.now.store(Seen { stamp, plugins, others }.into());
                Err(error)
            }
        }
    }

    /// Writes values into the plugin's table; what is not named stays. Only texts, whole numbers, truth values.
    pub fn set(&self, id: &str, values: &Map<String, Value>) -> Result<()> {
        {
            let _alone = self.busy.lock();
            let text = fs::read_to_string(&self.file).or_else(none_is_empty)?;
            let changed = edited(&text, id, values)?;
            if changed != text {
                write(&self.file, &changed)?;
            }
        }
        self.look().map(drop)
    }

    /// Switches a plugin on or off, whichever of the two keys stands in the file.
    pub fn enable(&self, id: &str, on: bool) -> Result<()> {
        let mut values = Map::new();
        if self.of(id).contains_key("enabled") && on {
            values.insert("enabled".into(), true.into());
        }
        if !on || self.of(id).contains_key("disabled") {
            values.insert("disabled".into(), (!on).into());
        }
        if values.is_empty() { Ok(()) } else { self.set(id, &values) }
    }
}

/// Whether the operator wants this plugin on the air: neither `disabled = true` nor `enabled = false`.
pub(crate) fn is_enabled(table: &Map<String, Value>) -> bool {
    table.get("disabled") != Some(&Value::Bool(true)) && table.get("enabled") != Some(&Value::Bool(false))
}

/// Whether its scripts may run.
pub(crate) fn allows_scripts(table: &Map<String, Value>) -> bool {
    table.get("allow_scripts") == Some(&Value::Bool(true))
}

fn none_is_empty(error: std::io::Error) -> std::io::Result<String> {
    if error.kind() == Io::NotFound { Ok(String::new()) } else { Err(error) }
}

fn stamp(file: &Path) -> Option<Stamp> {
    // An absent file has a stamp, too: of nothing.
    let none = (0, 0, 0, 0);
    Some(fs::metadata(file).map_or(none, |m| (m.len(), m.ino(), m.mtime(), m.mtime_nsec())))
}

fn bad_config(what: impl std::fmt::Display) -> Error {
    Error::conflict(format!("config.toml: {what}")).code("bad_config").hint("mend the file by hand first")
}

fn parse(text: &str) -> Result<(Tables, toml::Table)> {
    let mut others: toml::Table = text.parse().map_err(bad_config)?;
    let mut plugins = Tables::new();
    if let Some(toml::Value::Table(table)) = others.remove("plugins") {
        // Values beside the tables are limits of the room.
        let (own, limits): (Vec<_>, Vec<_>) = table.into_iter().partition(|(_, value)| value.is_table());
        for (id, value) in own {
            if let Ok(Value::Object(values)) = serde_json::to_value(value) {
                plugins.insert(id, values);
            }
        }
        if !limits.is_empty() {
            others.insert("plugins".into(), toml::Value::Table(limits.into_iter().collect()));
        }
    }
    Ok((plugins, others))
}

/// Names whose value is another one, or there on one side only.
fn differing<'a, V: PartialEq + 'a>(
    before: impl IntoIterator<Item = (&'a String, &'a V)>,
    now: impl IntoIterator<Item = (&'a String, &'a V)>,
) -> BTreeSet<String> {
    let (before, now): (BTreeMap<_, _>, BTreeMap<_, _>) =
        (before.into_iter().collect(), now.into_iter().collect());
    let names = before.keys().chain(now.keys());
    names.filter(|name| before.get(*name) != now.get(*name)).map(|name| (*name).clone()).collect()
}

/// The text with these values in the plugin's table. A new table goes to the end: comments at the end of the file belong to
/// what stands before them, and would come to stand below it.
fn edited(text: &str, id: &str, values: &Map<String, Value>) -> Result<String> {
    let mut document: DocumentMut = text.parse().map_err(bad_config)?;
    if document.get("plugins").and_then(|plugins| plugins.get(id)).is_none() {
        let mut new = DocumentMut::new();
        insert(&mut new, id, values)?;
        let between = if text.is_empty() {
            ""
        } else if text.ends_with('\n') {
            "\n"
        } else {
            "\n\n"
        };
        let appended = format!("{text}{between}{new}");
        // It cannot be where `plugins` is written in one line.
        if parse(&appended).is_ok() {
            return Ok(appended);
        }
    }
    insert(&mut document, id, values)?;
    Ok(document.to_string())
}

fn insert(document: &mut DocumentMut, id: &str, values: &Map<String, Value>) -> Result<()> {
    let implicit = || {
        let mut table = Table::new();
        // No `[plugins]` line of its own.
        table.set_implicit(true);
        Item::Table(table)
    };
    let plugins = document.entry("plugins").or_insert_with(implicit);
    let plugins = plugins.as_table_like_mut().ok_or_else(|| bad_config("`plugins` is no table"))?;
    let table = plugins.entry(id).or_insert_with(|| Item::Table(Table::new()));
    let table = table.as_table_like_mut().ok_or_else(|| bad_config(format!("`plugins.{id}` is no table")))?;
    for (key, value) in values {
        let mut value = scalar(value).ok_or_else(|| {
            Error::bad_request(format!("{value} is no text, whole number or truth value"))
                .path(format!("values.{key}"))
        })?;
        match table.get_mut(key) {
            Some(Item::Value(old)) => {
                // A comment behind the value belongs to its line.
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            _ => drop(table.insert(key, Item::Value(value))),
        }
    }
    Ok(())
}

fn scalar(value: &Value) -> Option<toml_edit::Value> {
    match value {
        Value::Bool(yes) => Some((*yes).into()),
        Value::Number(number) => number.as_i64().map(Into::into),
        Value::String(text) => Some(text.as_str().into()),
        _ => None,
    }
}

/// In one step, with the mode it had (0600 where it is new): whoever reads it sees the old file or the new one.
fn write(file: &Path, text: &str) -> Result<()> {
    // A link stays one: what it points to is replaced.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let dir = file.parent().unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| {
        let denied = matches!(error.kind(), Io::PermissionDenied | Io::ReadOnlyFilesystem);
        let refused = Error::from(error);
        if !denied {
            return refused;
        }
        let hint = format!("let the server write to {}, or edit config.toml by hand", dir.display());
        Error::conflict("config.toml cannot be written").code("read_only").hint(hint)
    };
    let mut aside = tempfile::Builder::new().prefix(".config-").tempfile_in(dir).map_err(failed)?;
    aside.write_all(text.as_bytes()).map_err(failed)?;
    if let Ok(metadata) = fs::metadata(&file) {
        aside.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    }
    aside.as_file().sync_all().map_err(failed)?;
    aside.persist(&file).map_err(|error| failed(error.error))?;
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn only_the_named_values_change_and_every_comment_stays_where_it_is() {
        let text = "# ours\n[server]\nlisten = \"a:1\" # port\n\n# a game\n[plugins.\"tracker-x\"]\n# rows\nrows = 2 # two\ndim = true\n\n[plugins.other]\na = 1\n";
        let cases = [
            (json!({"rows": 3}), text.replace("rows = 2", "rows = 3")),
            (json!({"rows": 2, "dim": true}), text.to_owned()),
            (json!({"title": "l'\"été\"\n"}), String::new()),
        ];
        for (values, expected) in cases {
            let written = edited(text, "tracker-x", &object(values.clone())).unwrap();
            assert!(expected.is_empty() || written == expected, "{written}");
            let (tables, _) = parse(&written).unwrap();
            for (key, value) in object(values) {
                assert_eq!(tables["tracker-x"][&key], value);
            }
            assert!(
                written.contains("# port") && written.contains("# two") && written.contains("# a game"),
                "{written}"
            );
        }
    }

    #[test]
    fn a_plugin_without_a_table_gets_one_however_the_file_is_written() {
        for text in [
            "",
            "[server]\nlisten = \"a:1\"\n",
            "[plugins]\ncall_ms = 50\n",
            "plugins = { x = { a = 1 } }\n",
            "plugins.x.a = 1\n",
        ] {
            let written = edited(text, "tracker-x", &object(json!({"rows": 3}))).unwrap();
            let (tables, others) = parse(&written).unwrap();
            assert_eq!(tables["tracker-x"]["rows"], 3, "{written}");
            assert_eq!(
                (tables.contains_key("x"), others.is_empty()),
                (text.contains("x"), !text.contains("[")),
                "{written}"
            );
        }
    }

    #[test]
    fn a_new_table_stands_below_the_comments_at_the_end_of_the_file() {
        for (text, expected) in [
            ("", "[plugins.x]\nrows = 3\n"),
            ("[server]\n# listen = \"a\"\n", "[server]\n# listen = \"a\"\n\n[plugins.x]\nrows = 3\n"),
            ("[plugins.y]\na = 1\n# b = 2", "[plugins.y]\na = 1\n# b = 2\n\n[plugins.x]\nrows = 3\n"),
        ] {
            assert_eq!(edited(text, "x", &object(json!({"rows": 3}))).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_no_table_is_refused_and_left() {
        for text in ["plugins = 3\n", "[plugins]\ntracker-x = 3\n", "[server\n"] {
            assert_eq!(
                &*edited(text, "tracker-x", &object(json!({"rows": 3}))).unwrap_err().code,
                "bad_config",
                "{text}"
            );
        }
        let error = edited("", "x", &object(json!({"rows": [1]}))).unwrap_err();
        assert_eq!(error.path.as_deref(), Some("values.rows"));
    }

    #[test]
    fn a_hand_edit_is_seen_once_and_what_needs_a_restart_is_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        let operator = Operator::open(&file);
        let edit = |text: &str| {
            fs::write(&file, text).unwrap();
            let edited = operator.look();
            assert_eq!(operator.look().unwrap(), Edited::default());
            edited
        };
        let edited = edit("[plugins.x]\nrows = 1\n[server]\nlisten = \"a:1\"\n").unwrap();
        assert_eq!(
            (edited.plugins, edited.restart),
            (BTreeSet::from(["x".into()]), BTreeSet::from(["server".into()]))
        );
        assert!(edit("[plugins.x]\nrows = \n").is_err());
        assert_eq!(operator.of("x")["rows"], 1, "what was read before stays in force");
        let edited =
            edit("[plugins]\ncall_ms = 9\n[plugins.x]\nrows = 1\n[server]\nlisten = \"a:1\"\n").unwrap();
        assert_eq!((edited.plugins, edited.restart), (BTreeSet::new(), BTreeSet::from(["plugins".into()])));
        fs::remove_file(&file).unwrap();
        assert_eq!(operator.look().unwrap().plugins, BTreeSet::from(["x".into()]));
    }

    #[test]
    fn the_file_keeps_its_mode_and_its_link_and_a_new_one_is_the_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
        let (new, real, link) =
            (dir.path().join("new.toml"), dir.path().join("real.toml"), dir.path().join("link.toml"));
        Operator::open(&new).set("x", &object(json!({"a": 1}))).unwrap();
        assert_eq!(mode(&new), 0o600);
        fs::write(&real, "# ours\n").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let operator = Operator::open(&link);
        operator.set("x", &object(json!({"a": 1}))).unwrap();
        assert_eq!((mode(&real), operator.of("x")["a"].as_i64()), (0o640, Some(1)));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().starts_with("# ours"));
    }

    #[test]
    fn a_plugin_is_switched_off_and_on_by_whichever_key_stands_there() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        for text in ["", "[plugins.x]\nenabled = false\n", "[plugins.x]\nenabled = true\ndisabled = true\n"] {
            fs::write(&file, text).unwrap();
            let operator = Operator::open(&file);
            operator.enable("x", true).unwrap();
            assert!(is_enabled(&operator.of("x")), "{text}");
            operator.enable("x", false).unwrap();
            assert!(!is_enabled(&operator.of("x")), "{text}");
            operator.enable("x", true).unwrap();
            assert!(is_enabled(&operator.of("x")), "{text}");
        }
    }
}
