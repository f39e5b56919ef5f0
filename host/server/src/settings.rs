//! Settings of the server itself; rooms declare their own beside their code.

use regie_core::{Kind, Setting};

pub static LISTEN: Setting = Setting::new(
    "server",
    "listen",
    Kind::Text,
    "127.0.0.1:4400",
    "Address and port; port 0 takes a free one.",
);
pub static PUBLIC_URL: Setting = Setting::new(
    "server",
    "public_url",
    Kind::Text,
    "",
    "What links that leave the server are made with: https://regie.example. Also the host name that is accepted.",
);
pub static TRUSTED_PROXIES: Setting = Setting::new(
    "server",
    "trusted_proxies",
    Kind::List,
    "",
    "IP addresses whose X-Forwarded-For is believed.",
);
pub static BOOTSTRAP_TOKEN: Setting = Setting::new(
    "bootstrap",
    "token",
    Kind::Secret,
    "",
    "Accepted as an admin's bearer token: automation, first start in a container.",
);
pub static BODY: Setting =
    Setting::new("limits", "body_bytes", Kind::Integer, "1048576", "Largest request body; 1 MiB.");
pub static LINKS: Setting = Setting::new(
    "limits",
    "links",
    Kind::Integer,
    "20000",
    "Open WebSocket links; beyond it new ones wait outside.",
);
pub static DRAIN: Setting = Setting::new(
    "server",
    "drain_ms",
    Kind::Integer,
    "10000",
    "How long a stop waits for what is under way.",
);

pub static VIEWER_INTERVAL: Setting = Setting::new(
    "live",
    "viewer_interval_ms",
    Kind::Integer,
    "100",
    "Least time between two pictures for those who cannot edit; the first change is shown at once.",
);

/// Every setting there is: the server's own, then those that rooms declare beside their code.
pub fn declared() -> Vec<&'static Setting> {
    let own =
        [&LISTEN, &PUBLIC_URL, &TRUSTED_PROXIES, &DRAIN, &BOOTSTRAP_TOKEN, &BODY, &LINKS, &VIEWER_INTERVAL];
    own.into_iter()
        .chain(regie_identity::SETTINGS.iter().copied())
        .chain(regie_plugins::SETTINGS.iter().copied())
        .chain(regie_lobby::SETTINGS.iter().copied())
        .collect()
}
