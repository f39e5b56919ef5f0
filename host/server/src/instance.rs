//! Where things are in an instance folder.

use std::path::{Path, PathBuf};

use regie_core::{Settings, SettingsError};

use crate::settings;

pub struct Instance {
    pub root: PathBuf,
}

impl Instance {
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub fn settings(&self, flags: &[(&str, String)]) -> Result<Settings, SettingsError> {
        let settings = Settings::load(&settings::declared(), &self.config(), std::env::vars(), flags)?;
        // What only the room that reads it can check.
        let mut faults = Vec::new();
        if let Err(error) = regie_identity::Proxies::parse(&settings.list(&settings::TRUSTED_PROXIES)) {
            faults.push(format!("{}: {error}", settings::TRUSTED_PROXIES.name()));
        }
        let public_url = settings.text(&settings::PUBLIC_URL);
        if !public_url.is_empty()
            && let Err(error) = regie_identity::PublicUrl::parse(public_url)
        {
            faults.push(format!("{}: {error}", settings::PUBLIC_URL.name()));
        }
        if let Err(error) = regie_lobby::Options::from_settings(&settings) {
            faults.push(format!("{}: {error}", error.path.as_deref().unwrap_or("lobby")));
        }
        if faults.is_empty() { Ok(settings) } else { Err(SettingsError(faults)) }
    }

    pub fn db(&self) -> PathBuf {
        self.root.join("db")
    }

    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    /// The operator's assets, laid over those of packages.
    pub fn overrides(&self) -> PathBuf {
        self.root.join("overrides")
    }

    pub fn plugins(&self) -> PathBuf {
        self.root.join("plugins")
    }

    /// Compiled code; can be deleted at any time.
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache").join("plugins")
    }

    pub fn tracker_sessions(&self) -> PathBuf {
        self.root.join("trackers").join("sessions")
    }

    pub fn tracker_presets(&self) -> PathBuf {
        self.root.join("trackers").join("presets")
    }

    pub fn indices_sessions(&self) -> PathBuf {
        self.root.join("indices").join("sessions")
    }

    /// Pools of seeds: what people and generators put there.
    pub fn seeds(&self) -> PathBuf {
        self.root.join("seeds")
    }

    /// Written by people.
    pub fn indices_templates(&self) -> PathBuf {
        self.root.join("indices").join("templates")
    }
}
