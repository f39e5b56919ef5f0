//! Ids and slugs (docs/api.md, "Names").

use crate::{Error, Result};

/// First path segments that belong to the server: no restream may take one as its slug.
pub const RESERVED_SEGMENTS: &[&str] = &[
    "api", "app", "admin", "auth", "login", "logout", "me", "live", "overlay", "overlays", "o", "race",
    "races", "invite", "video", "lobby", "obs", "ws", "webhooks", "hooks", "billing", "ingest", "plugins",
    "static", "healthz", "readyz", "metrics", "docs", "settings", "users",
    // `/app/restreams/new` is a page.
    "new", "preset",
];

/// A UUIDv7: sorts by the time it was made.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// `bytes` random bytes from the operating system, as lower-case hex.
pub fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    getrandom::fill(&mut buffer).expect("the operating system has randomness");
    hex::encode(buffer)
}

/// `[a-z0-9-]{1,40}` and not a reserved first path segment.
pub fn check_slug(slug: &str) -> Result<()> {
    let well_formed = (1..=40).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !well_formed {
        return Err(Error::bad_request(format!("`{slug}` is not a slug"))
            .path("slug")
            .hint("1 to 40 of a-z, 0-9 and -"));
    }
    if RESERVED_SEGMENTS.contains(&slug) {
        return Err(Error::bad_request(format!("`{slug}` is a page of the server"))
            .path("slug")
            .hint("choose another; it is the first part of the restream's address"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["demo", "a", "demi-finale-2", &"x".repeat(40)] {
            assert!(check_slug(good).is_ok(), "{good}");
        }
        for bad in ["", "Demo", "a b", "é", "_x", "a/b", &"x".repeat(41), "api", "live", "users"] {
            assert!(check_slug(bad).is_err(), "{bad}");
        }
    }
}
