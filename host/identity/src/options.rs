//! What an operator can set.

use regie_core::{Kind, Setting, Settings};

use crate::{Proxies, TwitchOptions};

static SESSION_DAYS: Setting =
    Setting::new("identity", "session_days", Kind::Integer, "30", "days a session lasts after its last use");
static LOGIN_ATTEMPTS: Setting = Setting::new(
    "identity",
    "login_attempts",
    Kind::Integer,
    "10",
    "failed logins per name, and per address, before more are refused for a while",
);
static LOGIN_WINDOW_MS: Setting = Setting::new(
    "identity",
    "login_window_ms",
    Kind::Integer,
    "300000",
    "milliseconds over which failed logins are counted",
);
static HASHES: Setting = Setting::new(
    "identity",
    "password_checks",
    Kind::Integer,
    "2",
    "passwords checked at the same time; each takes 19 MiB and a core",
);

static TWITCH_ID: Setting = Setting::new(
    "twitch",
    "client_id",
    Kind::Text,
    "",
    "of the application registered with Twitch, whose redirect address is <server.public_url>/api/auth/callback; empty: no sign-in with Twitch",
);
static TWITCH_SECRET: Setting =
    Setting::new("twitch", "client_secret", Kind::Secret, "", "of the same application");
static TWITCH_AUTHORIZE: Setting = Setting::new(
    "twitch",
    "authorize_url",
    Kind::Text,
    "https://id.twitch.tv/oauth2/authorize",
    "where people are sent to sign in",
);
static TWITCH_TOKEN: Setting = Setting::new(
    "twitch",
    "token_url",
    Kind::Text,
    "https://id.twitch.tv/oauth2/token",
    "where a code is exchanged for a token",
);
static TWITCH_USER: Setting = Setting::new(
    "twitch",
    "user_url",
    Kind::Text,
    "https://api.twitch.tv/helix/users",
    "where a token says whose it is",
);

pub static SETTINGS: &[&Setting] = &[
    &SESSION_DAYS,
    &LOGIN_ATTEMPTS,
    &LOGIN_WINDOW_MS,
    &HASHES,
    &TWITCH_ID,
    &TWITCH_SECRET,
    &TWITCH_AUTHORIZE,
    &TWITCH_TOKEN,
    &TWITCH_USER,
];

#[derive(Debug, Clone)]
pub struct Options {
    /// `server.public_url`: where people reach this server (scheme and authority count).
    pub public_url: Option<String>,
    /// Accepted as an admin's bearer token; empty counts as none.
    pub bootstrap_token: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Proxies,
    pub session_days: u64,
    pub login_attempts: u64,
    pub login_window_ms: u64,
    /// Passwords hashed at the same time.
    pub password_checks: usize,
    pub twitch: TwitchOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: None,
            bootstrap_token: None,
            trusted_proxies: Proxies::default(),
            session_days: 30,
            login_attempts: 10,
            login_window_ms: 300_000,
            password_checks: 2,
            twitch: TwitchOptions {
                client_id: String::new(),
                client_secret: String::new(),
                authorize_url: TWITCH_AUTHORIZE.default.to_owned(),
                token_url: TWITCH_TOKEN.default.to_owned(),
                user_url: TWITCH_USER.default.to_owned(),
            },
        }
    }
}

impl Options {
    /// The table `[identity]`; what belongs to the server (address, proxies, bootstrap token) is the caller's to fill in.
    pub fn from_settings(settings: &Settings) -> Self {
        Self {
            session_days: settings.integer(&SESSION_DAYS).max(1),
            login_attempts: settings.integer(&LOGIN_ATTEMPTS).max(1),
            login_window_ms: settings.integer(&LOGIN_WINDOW_MS).max(1),
            password_checks: settings.size(&HASHES).clamp(1, 64),
            twitch: TwitchOptions {
                client_id: settings.text(&TWITCH_ID).to_owned(),
                client_secret: settings.text(&TWITCH_SECRET).to_owned(),
                authorize_url: settings.text(&TWITCH_AUTHORIZE).to_owned(),
                token_url: settings.text(&TWITCH_TOKEN).to_owned(),
                user_url: settings.text(&TWITCH_USER).to_owned(),
            },
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_defaults_are_the_defaults() {
        let settings = Settings::load(SETTINGS, std::path::Path::new("none"), [], &[]).unwrap();
        assert_eq!(format!("{:?}", Options::from_settings(&settings)), format!("{:?}", Options::default()));
    }
}
