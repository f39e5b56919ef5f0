//! The file that tells a player's game where to connect, and as whom.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::pools::PackTable;

/// Its name where neither the pool nor the seed says another.
pub const SETTINGS_FILE: &str = "regie_race.toml";

/// A settings file by this ending is found without being named.
const ENDING: &str = "_race.toml";

/// How deep below the seed's folder it is looked for.
const DEPTH: usize = 3;

const SIZE_MAX: u64 = 1 << 20;

/// What a player's file starts from where the seed brings none.
pub const TEMPLATE: &str = r#"# Where to connect, and as whom: the token is yours alone.
[server]
url = ""
mod_token = ""
race_id = ""

[overlay]
show_exits = true
font_size = 16

[keybindings]
toggle_ui = "f9"
toggle_exits = "f11"
"#;

/// What is written into it.
#[derive(Clone)]
pub struct Connection {
    /// `ws://` or `wss://`, without a path.
    pub url: String,
    pub mod_token: String,
    pub race_id: String,
}

/// Its path below the seed's folder; `None` where the seed has none. The error says that it cannot be told which it is.
pub fn find(folder: &Path, pack: &PackTable) -> Result<Option<String>, String> {
    if let Some(named) = &pack.settings {
        let there = fs::symlink_metadata(folder.join(named)).is_ok_and(|seen| seen.is_file());
        return Ok(there.then(|| named.clone()));
    }
    let mut open = vec![String::new()];
    for _ in 0..DEPTH {
        let (mut found, mut deeper) = (Vec::new(), Vec::new());
        for below in &open {
            let entries = fs::read_dir(folder.join(below)).map_err(|error| format!("{below}: {error}"))?;
            for entry in entries.flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                let Some(path) = entry.file_name().to_str().map(|name| format!("{below}{name}")) else {
                    continue;
                };
                if kind.is_dir() {
                    deeper.push(format!("{path}/"));
                } else if kind.is_file() && path.ends_with(ENDING) {
                    found.push(path);
                }
            }
        }
        found.sort();
        match found.len() {
            0 => open = deeper,
            1 => return Ok(found.pop()),
            _ => {
                let names = found.join("`, `");
                return Err(format!("`{names}`: which is the settings file? [pack] settings can say it"));
            }
        }
    }
    Ok(None)
}

/// Whether the file at `path` below the seed's folder can be made a player's own.
pub fn check(folder: &Path, path: &str) -> Result<(), String> {
    let nobody = Connection { url: String::new(), mod_token: String::new(), race_id: String::new() };
    let said = |reason| format!("`{path}` cannot be used: {reason}");
    let file = File::open(folder.join(path)).map_err(|error| said(error.to_string()))?;
    patch(&read(file).map_err(said)?, &nobody).map_err(said).map(drop)
}

pub fn read(file: impl Read) -> Result<String, String> {
    let mut text = String::new();
    file.take(SIZE_MAX + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > SIZE_MAX {
        return Err(format!("it has more than {} KiB", SIZE_MAX >> 10));
    }
    Ok(text)
}

/// Sets the three keys of `[server]`; everything else stays as it is written, comments and the end of lines included.
pub fn patch(text: &str, connection: &Connection) -> Result<String, String> {
    let crlf = text.contains("\r\n");
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.to_string().trim().to_owned())?;
    let server = document.as_table_mut().entry("server").or_insert_with(|| Item::Table(Table::new()));
    let server = server.as_table_like_mut().ok_or("`server` is no table")?;
    set(server, "url", &connection.url);
    set(server, "mod_token", &connection.mod_token);
    set(server, "race_id", &connection.race_id);
    let patched = document.to_string();
    if crlf && !patched.contains("\r\n") {
        return Ok(patched.replace('\n', "\r\n"));
    }
    Ok(patched)
}

fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(value) => {
            let decor = value.decor().clone();
            *value = Value::from(text);
            *value.decor_mut() = decor;
        }
        None => drop(table.insert(key, toml_edit::value(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Connection {
        Connection { url: "wss://race.example".into(), mod_token: "t\"1".into(), race_id: "r".into() }
    }

    #[test]
    fn three_keys_change_and_all_else_stays_as_it_was_written() {
        let ours = "[server]\nurl = \"wss://race.example\"\nmod_token = \"t\\\"1\"\nrace_id = \"r\"\n";
        for (before, after) in [
            (
                "# top\n[overlay]\nfont_size = 16 # big\n\n[server] # where\nurl = \"x\" # address\nextra = [1,\n 2]\nmod_token=\"\"\nrace_id = 'old'\n",
                "# top\n[overlay]\nfont_size = 16 # big\n\n[server] # where\nurl = \"wss://race.example\" # address\nextra = [1,\n 2]\nmod_token='t\"1'\nrace_id = \"r\"\n",
            ),
            (
                "server = { url = \"x\", keep = true }\n",
                "server = { url = \"wss://race.example\", keep = true , mod_token = 't\"1', race_id = \"r\" }\n",
            ),
        ] {
            let patched = patch(before, &me()).unwrap();
            let (read, expected): (toml::Table, toml::Table) =
                (patched.parse().unwrap(), after.parse().unwrap());
            assert_eq!(read, expected, "{patched}");
            for comment in ["# top", "# big", "# where", "# address"] {
                assert_eq!(patched.contains(comment), before.contains(comment), "{patched}");
            }
        }
        let (read, expected): (toml::Table, toml::Table) =
            (patch("", &me()).unwrap().parse().unwrap(), ours.parse().unwrap());
        assert_eq!(read, expected);
    }

    #[test]
    fn a_file_with_windows_line_ends_keeps_them() {
        let patched = patch("[server]\r\nurl = \"\"\r\n# end\r\n", &me()).unwrap();
        assert!(patched.contains("# end\r\n"), "{patched:?}");
        assert_eq!(patched.matches('\n').count(), patched.matches("\r\n").count(), "{patched:?}");
    }

    #[test]
    fn what_cannot_be_patched_says_why() {
        for (text, said) in [("[server", "TOML"), ("server = 3\n", "no table")] {
            let error = patch(text, &me()).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn the_file_is_the_one_that_is_named_or_the_highest_of_its_ending() {
        let folder = tempfile::tempdir().unwrap();
        let unnamed = PackTable::default();
        assert_eq!(find(folder.path(), &unnamed), Ok(None));
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/deep_race.toml"), "").unwrap();
        assert_eq!(find(folder.path(), &unnamed), Ok(Some("a/b/deep_race.toml".into())));
        fs::write(folder.path().join("my_race.toml"), "").unwrap();
        assert_eq!(find(folder.path(), &unnamed), Ok(Some("my_race.toml".into())));
        fs::write(folder.path().join("other_race.toml"), "").unwrap();
        assert!(find(folder.path(), &unnamed).unwrap_err().contains("[pack] settings"));
        let named = |name: &str| PackTable { settings: Some(name.into()), ..PackTable::default() };
        assert_eq!(find(folder.path(), &named("my_race.toml")), Ok(Some("my_race.toml".into())));
        assert_eq!(find(folder.path(), &named("none.toml")), Ok(None));
    }

    #[test]
    fn the_template_is_a_settings_file() {
        assert!(patch(TEMPLATE, &me()).unwrap().contains("show_exits = true"));
    }
}
