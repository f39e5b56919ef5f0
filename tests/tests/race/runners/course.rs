//! What is run through: a seed that this server made, or one of a generator's.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// A pool of one seed.
pub struct Course {
    pub pool: String,
    pub dialect: Dialect,
    pub from: From,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Source,
    Public,
}

pub enum From {
    /// The mode's own, of so many layers and ways side by side.
    Made { layers: u32, paths: u32, flags: bool },
    /// Of another generator.
    File(PathBuf),
}

impl Course {
    pub fn made(pool: &str, dialect: Dialect, layers: u32, paths: u32) -> Self {
        Self { pool: pool.into(), dialect, from: From::Made { layers, paths, flags: true } }
    }

    /// As seeds were before games could raise flags: who enters where is all that is told.
    pub fn without_flags(mut self) -> Self {
        if let From::Made { flags, .. } = &mut self.from {
            *flags = false;
        }
        self
    }

    pub fn file(path: PathBuf, dialect: Dialect) -> Self {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let pool = stem.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        Self { pool, dialect, from: From::File(path) }
    }

    /// The pool's folder, as an organizer sets it up.
    pub fn lay_out(&self, seeds: &Path) {
        let pool = seeds.join(&self.pool);
        fs::create_dir_all(pool.join("files")).unwrap();
        fs::create_dir_all(pool.join("available")).unwrap();
        fs::write(pool.join("config.toml"), self.config()).unwrap();
        let settings = "# A mod reads this\n[server]\nurl = \"\"\nmod_token = \"\"\nrace_id = \"\"\n";
        fs::write(pool.join("files/ride_race.toml"), settings).unwrap();
        if let From::File(path) = &self.from {
            let document: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
            let seed = pool.join(format!("available/seed_{}", document["seed"]));
            regie_tests::copy(&pool.join("files"), &seed);
            fs::copy(path, seed.join("graph.json")).unwrap();
        }
    }

    fn config(&self) -> String {
        let dialect = format!("{:?}", self.dialect).to_lowercase();
        let settings = match self.from {
            From::Made { layers, paths, .. } => {
                format!("settings = {{ layers = {layers}, paths = {paths} }}\n")
            }
            From::File(_) => String::new(),
        };
        format!("[mode]\nid = \"race-dag\"\n{settings}[pack]\ndialect = \"{dialect}\"\n")
    }

    /// The document of the pool's seed.
    pub fn document(&self, seeds: &Path) -> PathBuf {
        let available = seeds.join(&self.pool).join("available");
        let seed = fs::read_dir(available).unwrap().flatten().next().expect("one seed");
        seed.path().join("graph.json")
    }
}

/// The older form: neither flags nor gates.
pub fn strip(document: &mut Value) {
    let graph = document.as_object_mut().unwrap();
    graph.insert("version".into(), "3.0".into());
    graph.remove("event_map");
    graph.remove("finish_event");
    for node in graph["nodes"].as_object_mut().unwrap().values_mut() {
        for part in ["exits", "entrances"] {
            node.as_object_mut().unwrap().remove(part);
        }
    }
}
