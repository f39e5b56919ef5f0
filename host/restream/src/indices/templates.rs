//! `instance/indices/templates/*.json`: sheets that people wrote, offered by the name in the file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use regie_core::{Error, Result};
use serde_json::value::RawValue;

use super::BOARD;
use crate::{json::RawObject, service::Choice};

/// Bytes of a template.
const MOST: u64 = 256 << 10;

/// The folder; read whenever it is asked for, since people edit it while the server runs.
pub struct Templates {
    folder: PathBuf,
}

pub struct Template {
    /// The plugin that shows it.
    pub plugin: String,
    pub json: Box<RawValue>,
}

impl Templates {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Key (the file's stem) and label (the stem where the file names none), by label. Files that do not read are left
    /// out, and said in the log.
    pub fn list(&self) -> Vec<Choice> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                let path = entry.path();
                let key = path.file_name()?.to_str()?.strip_suffix(".json")?.to_owned();
                regie_core::check_slug(&key).ok()?;
                let fields = match read(&path) {
                    Ok(text) => RawObject::parse(text.as_bytes()),
                    Err(error) => Err(error),
                };
                match fields {
                    Ok(fields) => {
                        let label = fields.get("label").ok().filter(|l: &String| !l.trim().is_empty());
                        Some(Choice { label: label.unwrap_or_else(|| key.clone()), key })
                    }
                    Err(error) => {
                        tracing::warn!(file = %path.display(), %error, "a template of hints does not read");
                        None
                    }
                }
            })
            .collect();
        found.sort_by(|a, b| a.label.to_lowercase().cmp(&b.label.to_lowercase()).then(a.key.cmp(&b.key)));
        found
    }

    /// `None` where there is no such file. Errors: `bad_request` naming the file, line and column.
    pub fn read(&self, key: &str) -> Result<Option<Template>> {
        if regie_core::check_slug(key).is_err() {
            return Ok(None);
        }
        let path = self.folder.join(format!("{key}.json"));
        if !path.is_file() {
            return Ok(None);
        }
        let name = || format!("indices/templates/{key}.json");
        let text = read(&path)?;
        let fields = RawObject::parse(text.as_bytes())
            .map_err(|error| Error::bad_request(format!("{}: {error}", name())).path("indices_template"))?;
        let plugin = fields
            .get_or("plugin", || BOARD.to_owned())
            .map_err(|error| Error::bad_request(format!("{}: {error}", name())).path("indices_template"))?;
        let json = RawValue::from_string(text)
            .map_err(|error| Error::bad_request(format!("{}: {error}", name())).path("indices_template"))?;
        Ok(Some(Template { plugin, json }))
    }
}

fn read(path: &Path) -> Result<String> {
    if fs::metadata(path)?.len() > MOST {
        return Err(Error::bad_request(format!("{} is larger than 256 KiB", path.display())));
    }
    let text = fs::read(path)?;
    String::from_utf8(text).map_err(|_| Error::bad_request(format!("{} is not UTF-8", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_the_files_own_or_its_stem_and_what_does_not_read_is_left_out() {
        let folder = std::env::temp_dir().join(format!("regie-templates-{}", regie_core::new_id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in [
            ("b-season.json", r#"{"label":"A season","plugin":"indices-x","categories":{}}"#),
            ("plain.json", r#"{"categories":{}}"#),
            ("broken.json", "{"),
            ("Not a slug.json", "{}"),
            ("notes.txt", "x"),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        let templates = Templates::new(folder.clone());
        let list: Vec<_> = templates.list().into_iter().map(|c| (c.key, c.label)).collect();
        assert_eq!(list, [("b-season".into(), "A season".into()), ("plain".to_owned(), "plain".to_owned())]);
        assert_eq!(templates.read("b-season").unwrap().unwrap().plugin, "indices-x");
        assert_eq!(templates.read("plain").unwrap().unwrap().plugin, BOARD);
        assert!(templates.read("broken").err().unwrap().to_string().contains("broken.json"));
        assert!(templates.read("nothing").unwrap().is_none());
        assert!(templates.read("../plain").unwrap().is_none());
        fs::remove_dir_all(folder).unwrap();
    }
}
