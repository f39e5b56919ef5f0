//! What players' games and packs sign in with: derived, so that a pack can be built again, and revoked by a new generation.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use regie_core::{Actor, Clock, Error, ErrorKind, Result, random_hex};
use regie_store::{Bucket, Entry, EntryKind, Write};
use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;
use sha2::Sha256;

use crate::model::{Participant, Race};

/// `<slot>.<generation>.<HMAC over the race, the participant, the generation and the purpose>`
pub struct Tokens {
    secret: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Secret {
    schema: u32,
    /// 32 random bytes, in hexadecimal.
    secret: String,
}

const KEY: &str = "race";
const MOD: &str = "mod";
const PACK: &str = "pack";

impl Tokens {
    /// Makes the secret at the first start.
    pub async fn open(secrets: &Arc<dyn Bucket>, clock: &dyn Clock) -> Result<Self> {
        let document = match secrets.get(KEY).await? {
            Some(document) => document,
            None => secrets.create(KEY, new_secret(clock.now_ms())).await?,
        };
        let secret: Secret = serde_json::from_slice(&document.body).map_err(Error::internal)?;
        Ok(Self { secret: secret.secret.into_bytes() })
    }

    pub fn of_mod(&self, race: &Race, participant: &Participant) -> String {
        self.token(MOD, race, participant)
    }

    pub fn of_pack(&self, race: &Race, participant: &Participant) -> String {
        self.token(PACK, race, participant)
    }

    pub fn slot_of_mod(&self, race: &Race, token: &str) -> Result<u32> {
        self.slot(MOD, race, token)
    }

    pub fn slot_of_pack(&self, race: &Race, token: &str) -> Result<u32> {
        self.slot(PACK, race, token)
    }

    fn token(&self, purpose: &str, race: &Race, participant: &Participant) -> String {
        let mac = self.mac(purpose, race, participant, participant.token_generation).finalize().into_bytes();
        let Participant { slot, token_generation, .. } = participant;
        format!("{slot}.{token_generation}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    fn slot(&self, purpose: &str, race: &Race, token: &str) -> Result<u32> {
        let read = || {
            let mut parts = token.split('.');
            let (slot, generation, mac) = (parts.next()?, parts.next()?, parts.next()?);
            let mac = URL_SAFE_NO_PAD.decode(mac).ok().filter(|_| parts.next().is_none())?;
            Some((slot.parse::<u32>().ok()?, generation.parse::<u32>().ok()?, mac))
        };
        let (slot, generation, mac) = read().ok_or_else(bad)?;
        let participant = race.participants.iter().find(|p| p.slot == slot).ok_or_else(bad)?;
        // `verify_slice` takes the same time wherever the difference is.
        self.mac(purpose, race, participant, generation).verify_slice(&mac).map_err(|_| bad())?;
        if generation == participant.token_generation {
            return Ok(slot);
        }
        Err(Error::new(ErrorKind::Unauthenticated, "this token was replaced by a newer one")
            .code("revoked")
            .hint("download the pack again"))
    }

    fn mac(&self, purpose: &str, race: &Race, participant: &Participant, generation: u32) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        let said = format!("{purpose}\n{}\n{}\n{generation}", race.id, participant.id);
        mac.update(said.as_bytes());
        mac
    }
}

fn new_secret(now_ms: i64) -> Write {
    let secret = Secret { schema: 1, secret: random_hex(32) };
    let raw = |value: &str| to_raw_value(value).expect("a text serialises");
    let actor = to_raw_value(&Actor::anonymous()).expect("plain data serialises");
    let entry = Entry { version: 1, at_ms: now_ms, kind: EntryKind::Create, actor, detail: raw("made") };
    Write {
        body: serde_json::to_vec(&secret).expect("plain data serialises").into(),
        version: 1,
        at_ms: now_ms,
        entries: vec![entry],
        answers: Vec::new(),
    }
}

fn bad() -> Error {
    Error::new(ErrorKind::Unauthenticated, "this is no token of this race").code("bad_token")
}
