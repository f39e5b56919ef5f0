//! `pools.toml` and each pool's `config.toml`, as the operator wrote them.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use regie_core::Error;
use serde::Deserialize;
use serde_json::{Map, Value};
use toml_edit::DocumentMut;

use super::model::check_name;
use crate::model::Dialect;

/// A pool as it is set up.
#[derive(Debug, Clone)]
pub struct Definition {
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// `seeds/<name>`
    pub dir: PathBuf,
    /// The text of its `config.toml`; empty where there is none.
    pub text: String,
    pub mode: ModeTable,
    pub pack: PackTable,
    pub generator: Option<Generator>,
    /// Why the pool cannot be used: what stands in its `config.toml` may be what keeps players from reading the seed.
    pub fault: Option<String>,
}

/// `[mode]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct ModeTable {
    /// The race mode its seeds are for; where it is absent, the one that takes them.
    pub id: Option<String>,
    /// The file of a seed that the mode reads.
    pub document: String,
    /// The mode's own options, over the operator's, when it makes seeds for this pool.
    pub settings: Map<String, Value>,
}

/// `[pack]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default)]
pub struct PackTable {
    /// The file that tells a player's game where to connect. Where it is absent: the file whose name ends in `_race.toml`.
    pub settings: Option<String>,
    /// Files that players do not get, besides the document and `spoiler*`.
    pub exclude: Vec<String>,
    /// A file that is made executable.
    pub launcher: Option<String>,
    pub dialect: Dialect,
}

/// `[generator]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Generator {
    /// Program and arguments; `{config}` and `{out}` stand for the pool's `config.toml` and an empty folder.
    pub command: Vec<String>,
    /// Where it runs; the pool's folder where it is absent.
    pub cwd: Option<PathBuf>,
    #[serde(default = "ten_minutes")]
    pub timeout_seconds: u64,
}

fn ten_minutes() -> u64 {
    600
}

impl Default for ModeTable {
    fn default() -> Self {
        Self { id: None, document: "graph.json".into(), settings: Map::new() }
    }
}

impl Default for PackTable {
    fn default() -> Self {
        Self { settings: None, exclude: Vec::new(), launcher: None, dialect: Dialect::Source }
    }
}

/// Pools, and `(table, reason)` of what was refused.
type Read = (Vec<Definition>, Vec<(String, String)>);

/// The pools in `seeds/pools.toml`, sorted by name, and what of the file was refused: `(table, reason)`. No file: no pools.
/// The error says why nothing of it can be read.
pub fn read(seeds: &Path) -> Result<Read, String> {
    #[derive(Deserialize)]
    struct Entry {
        display_name: Option<String>,
        #[serde(default)]
        description: String,
    }
    let text = match fs::read_to_string(seeds.join("pools.toml")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(format!("it cannot be read: {error}")),
    };
    let tables: toml::Table = text.parse().map_err(|error| format!("it is not TOML: {error}"))?;
    let (mut pools, mut refused) = (Vec::new(), Vec::new());
    for (name, table) in tables {
        let entry = check_name(&name)
            .map_err(|error| format!("{error}: {}", error.hint.as_deref().unwrap_or_default()))
            .and_then(|()| table.try_into::<Entry>().map_err(|error| error.to_string()));
        match entry {
            Ok(entry) => {
                let shown = entry.display_name.unwrap_or_else(|| name.clone());
                pools.push(Definition::of(seeds.join(&name), name, shown, entry.description));
            }
            Err(reason) => refused.push((name, reason.trim().to_owned())),
        }
    }
    pools.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((pools, refused))
}

impl Definition {
    fn of(dir: PathBuf, name: String, display_name: String, description: String) -> Self {
        let (text, tables) = match fs::read_to_string(dir.join("config.toml")) {
            Ok(text) => {
                let tables = Tables::parse(&text);
                (text, tables)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => (String::new(), Ok(Tables::default())),
            Err(error) => (String::new(), Err(format!("it cannot be read: {error}"))),
        };
        let (tables, fault) = match tables {
            Ok(tables) => (tables, None),
            Err(reason) => (Tables::default(), Some(reason)),
        };
        let Tables { mode, pack, generator } = tables;
        Self { name, display_name, description, dir, text, mode, pack, generator, fault }
    }

    /// A pool that `pools.toml` does not name (any more).
    pub fn in_folder(seeds: &Path, name: &str) -> Self {
        Self::of(seeds.join(name), name.to_owned(), name.to_owned(), String::new())
    }

    /// Errors: `conflict` (`bad_pool`) with what is wrong.
    pub fn check(&self) -> Result<(), Error> {
        let Some(fault) = &self.fault else { return Ok(()) };
        Err(Error::conflict(format!("the pool `{}` cannot be used: {fault}", self.name))
            .code("bad_pool")
            .path("pool")
            .hint("an administrator can mend its config.toml"))
    }

    /// What organizers read of its `config.toml`: how its seeds are. Paths and programs of this machine are not among it.
    pub fn shown(&self) -> String {
        let Ok(mut document) = self.text.parse::<DocumentMut>() else { return String::new() };
        for own in ["pack", "generator"] {
            document.remove(own);
        }
        document.to_string()
    }

    /// Where `{config}` points to.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config.toml")
    }
}

/// What of a `config.toml` is ours; the rest is the generator's.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Tables {
    mode: ModeTable,
    pack: PackTable,
    generator: Option<Generator>,
}

impl Tables {
    fn parse(text: &str) -> Result<Self, String> {
        let tables: Self = toml::from_str(text).map_err(|error| error.to_string().trim().to_owned())?;
        let named = [
            ("mode.document", Some(&tables.mode.document)),
            ("pack.settings", tables.pack.settings.as_ref()),
            ("pack.launcher", tables.pack.launcher.as_ref()),
        ];
        for (key, path) in named {
            if let Some(path) = path.filter(|path| !is_below(path)) {
                return Err(format!("`{key}` is `{path}`: it must be a path below the seed's folder"));
            }
        }
        if let Some(generator) = &tables.generator
            && generator.command.first().is_none_or(String::is_empty)
        {
            return Err("`generator.command` names no program".into());
        }
        Ok(tables)
    }
}

/// Whether it is a relative path that stays where it begins.
fn is_below(path: &str) -> bool {
    let path = Path::new(path);
    !path.as_os_str().is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(config: &str) -> Definition {
        let seeds = tempfile::tempdir().unwrap();
        fs::create_dir(seeds.path().join("sprint")).unwrap();
        fs::write(seeds.path().join("pools.toml"), "[sprint]\n").unwrap();
        fs::write(seeds.path().join("sprint/config.toml"), config).unwrap();
        read(seeds.path()).unwrap().0.remove(0)
    }

    #[test]
    fn what_is_not_ours_is_the_generators_and_is_shown_as_it_is() {
        let text = "# mine\n[budget]\ntotal = 7\n[pack]\nexclude = [\"*.log\"]\n";
        let pool = pool(text);
        assert_eq!((pool.text.as_str(), pool.fault), (text, None));
        assert_eq!(
            (pool.pack.exclude.as_slice(), &*pool.mode.document),
            (&["*.log".to_owned()][..], "graph.json")
        );
    }

    #[test]
    fn organizers_read_how_seeds_are_and_nothing_of_this_machine() {
        let text = "# short\n[budget]\ntotal = 7\n[generator]\ncommand = [\"/home/ada/x\"]\n[mode]\nsettings = { layers = 5 }\n";
        let shown = pool(text).shown();
        assert_eq!(shown, "# short\n[budget]\ntotal = 7\n[mode]\nsettings = { layers = 5 }\n");
    }

    #[test]
    fn a_config_that_cannot_be_understood_makes_the_pool_unusable_and_says_why() {
        for (config, said) in [
            ("[pack]\nexclude = \"graph.json\"\n", "exclude"),
            ("[pack\n", "TOML"),
            ("[mode]\ndocument = \"../secret\"\n", "mode.document"),
            ("[pack]\nsettings = \"/etc/passwd\"\n", "pack.settings"),
            ("[generator]\ncommand = []\n", "generator.command"),
            ("[generator]\ntimeout_seconds = 3\n", "command"),
        ] {
            let fault = pool(config).fault.unwrap_or_default();
            assert!(fault.contains(said), "{config}: {fault}");
        }
    }

    #[test]
    fn pools_are_read_by_name_and_a_bad_table_spoils_only_itself() {
        let seeds = tempfile::tempdir().unwrap();
        assert!(read(seeds.path()).unwrap().0.is_empty());
        let text = "[b]\ndisplay_name = \"B (~1h)\"\n[a]\n[\"../x\"]\n[c]\ndisplay_name = 3\n";
        fs::write(seeds.path().join("pools.toml"), text).unwrap();
        let (pools, refused) = read(seeds.path()).unwrap();
        let shown: Vec<_> = pools.iter().map(|pool| (&*pool.name, &*pool.display_name)).collect();
        assert_eq!(shown, [("a", "a"), ("b", "B (~1h)")]);
        assert_eq!(refused.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["../x", "c"]);
        fs::write(seeds.path().join("pools.toml"), "[a\n").unwrap();
        assert!(read(seeds.path()).unwrap_err().contains("TOML"));
    }
}
