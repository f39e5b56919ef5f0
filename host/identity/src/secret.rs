//! Random secrets: handed out once, kept as a SHA-256 of which nothing leads back (they have at least 128 random bits, so a
//! slow hash would add nothing).

use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a secret; what is stored and compared.
pub(crate) type Hash = [u8; 32];

pub(crate) fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

pub(crate) fn parse_hash(hex_digits: &str) -> Option<Hash> {
    hex::decode(hex_digits).ok()?.try_into().ok()
}

/// A plain secret on its way to the one who may have it. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits behind `prefix`.
    pub(crate) fn random(prefix: &str) -> Self {
        Self(format!("{prefix}{}", regie_core::random_hex(32)))
    }

    pub(crate) fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
