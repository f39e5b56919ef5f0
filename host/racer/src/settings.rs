//! The settings file of a pack.

use std::path::Path;

use serde::Deserialize;

/// `[server]` says where to, the rest how the display looks.
#[derive(Debug, Clone, Deserialize)]
pub struct Settings {
    pub server: Server,
    #[serde(default)]
    pub overlay: Overlay,
    #[serde(default)]
    pub keybindings: Keybindings,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Server {
    /// `ws://`, `wss://`, `http://` or `https://`.
    pub url: String,
    pub mod_token: String,
    pub race_id: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Overlay {
    pub show_exits: bool,
    /// Of no meaning to a terminal.
    pub font_size: f64,
}

/// Names of keys, as `f9`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub struct Keybindings {
    pub toggle_ui: String,
    pub toggle_exits: String,
}

impl Default for Overlay {
    fn default() -> Self {
        Self { show_exits: true, font_size: 16.0 }
    }
}

impl Default for Keybindings {
    fn default() -> Self {
        Self { toggle_ui: "f9".into(), toggle_exits: "f11".into() }
    }
}

impl Settings {
    /// Errors say the file, and what of it is missing.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        Self::parse(&text).map_err(|error| format!("{}: {error}", file.display()))
    }

    pub fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        let server = &settings.server;
        for (key, value) in
            [("url", &server.url), ("mod_token", &server.mod_token), ("race_id", &server.race_id)]
        {
            if value.trim().is_empty() {
                return Err(format!(
                    "server.{key} is empty: this is the file of a pack that was not made for a player"
                ));
            }
        }
        Ok(settings)
    }

    /// Without a file.
    pub fn of(url: &str, mod_token: &str, race_id: &str) -> Self {
        let server =
            Server { url: url.to_owned(), mod_token: mod_token.to_owned(), race_id: race_id.to_owned() };
        Self { server, overlay: Overlay::default(), keybindings: Keybindings::default() }
    }

    /// Where the mod socket is.
    pub fn socket(&self) -> String {
        let url = self.server.url.trim_end_matches('/');
        let url = match url.split_once("://") {
            Some(("http", rest)) => format!("ws://{rest}"),
            Some(("https", rest)) => format!("wss://{rest}"),
            Some(_) => url.to_owned(),
            None => format!("ws://{url}"),
        };
        format!("{url}/ws/mod/{}", self.server.race_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_pack_is_read_and_one_that_was_not_filled_in_says_so() {
        let file = |url: &str, token: &str| {
            format!(
                "# For one player\n[server]\nurl = \"{url}\"\nmod_token = \"{token}\"\nrace_id = \"r1\"\n\
                 [overlay]\nshow_exits = false\nfont_size = 18\n[keybindings]\ntoggle_ui = \"f8\"\n"
            )
        };
        for (url, socket) in [
            ("wss://races.example", "wss://races.example/ws/mod/r1"),
            ("https://races.example/", "wss://races.example/ws/mod/r1"),
            ("http://127.0.0.1:4400", "ws://127.0.0.1:4400/ws/mod/r1"),
            ("127.0.0.1:4400", "ws://127.0.0.1:4400/ws/mod/r1"),
        ] {
            assert_eq!(Settings::parse(&file(url, "t")).unwrap().socket(), socket);
        }
        let settings = Settings::parse(&file("ws://x", "t")).unwrap();
        assert_eq!((settings.overlay.show_exits, settings.keybindings.toggle_exits.as_str()), (false, "f11"));
        assert!(Settings::parse(&file("ws://x", "")).unwrap_err().contains("server.mod_token is empty"));
        assert!(Settings::parse("[server]\nurl = \"x\"").unwrap_err().contains("mod_token"));
    }
}
