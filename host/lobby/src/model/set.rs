//! Sets of members as sums of hashes: a set with or without one more is found without keeping any set.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The sum, without carry, of the 128-bit hashes of a set's members. The empty set is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SetHash(u128);

impl SetHash {
    /// `ids` holds each once.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        ids.into_iter().fold(Self::default(), Self::with)
    }

    pub fn with(self, id: &str) -> Self {
        Self(self.0.wrapping_add(hash(id)))
    }

    pub fn without(self, id: &str) -> Self {
        Self(self.0.wrapping_sub(hash(id)))
    }
}

fn hash(id: &str) -> u128 {
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}

/// As 32 hexadecimal digits: JSON has no such numbers.
impl Serialize for SetHash {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl<'de> Deserialize<'de> for SetHash {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        u128::from_str_radix(&text, 16).map(Self).map_err(serde::de::Error::custom)
    }
}
