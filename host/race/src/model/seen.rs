//! Which messages of a player's game were answered: eight bytes each, since a race remembers all of them.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest, Sha256};

/// Hashes of `message_id`s, oldest first; in JSON one base64 text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(Vec<u64>);

impl Seen {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn contains(&self, message_id: &str) -> bool {
        self.0.contains(&hash(message_id))
    }

    /// Remembers it; beyond `most` the oldest are forgotten, so that a client gone mad cannot fill the document.
    pub fn add(&mut self, message_id: &str, most: usize) {
        self.0.push(hash(message_id));
        let over = self.0.len().saturating_sub(most);
        self.0.drain(..over);
    }
}

fn hash(message_id: &str) -> u64 {
    let digest = Sha256::digest(message_id.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte))
}

impl Serialize for Seen {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|hash| hash.to_be_bytes()).collect();
        to.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = STANDARD_NO_PAD.decode(text).map_err(D::Error::custom)?;
        let (hashes, rest) = bytes.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(D::Error::custom("eight bytes for each message"));
        }
        Ok(Self(hashes.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_read_back_and_the_oldest_is_forgotten_first() {
        let mut seen = Seen::default();
        for id in ["a", "b", "c"] {
            seen.add(id, 2);
        }
        let text = serde_json::to_string(&seen).unwrap();
        let seen: Seen = serde_json::from_str(&text).unwrap();
        assert_eq!(["a", "b", "c", "d"].map(|id| seen.contains(id)), [false, true, true, false]);
        assert!(serde_json::from_str::<Seen>("\"AAAA\"").is_err());
    }
}
