//! Clocks that moved and are not stored yet: told at once, committed within two seconds and before anything else.

use regie_sdk::protocol::ActionEnvelope;
use serde_json::value::RawValue;

/// How long a moved clock may wait for the store.
const WAIT_MS: i64 = 1_000;

/// What moved them, to run it again should the document have changed underneath.
#[derive(Default)]
pub(super) struct Clocks {
    moved: Vec<ActionEnvelope<Box<RawValue>>>,
    since_ms: Option<i64>,
}

impl Clocks {
    pub fn moved(&mut self, envelopes: impl IntoIterator<Item = ActionEnvelope<Box<RawValue>>>, now_ms: i64) {
        for envelope in envelopes {
            // The newest of a participant says all.
            let of = |e: &ActionEnvelope<Box<RawValue>>| e.ctx.actor.participant;
            self.moved.retain(|earlier| of(earlier) != of(&envelope));
            self.moved.push(envelope);
        }
        self.since_ms.get_or_insert(now_ms);
    }

    pub fn are_due(&self, now_ms: i64) -> bool {
        // A system clock that was set back must not keep them waiting.
        self.since_ms.is_some_and(|since| now_ms >= since + WAIT_MS || now_ms < since)
    }

    pub fn wait(&self) -> bool {
        self.since_ms.is_some()
    }

    pub fn envelopes(&self) -> &[ActionEnvelope<Box<RawValue>>] {
        &self.moved
    }

    pub fn stored(&mut self) {
        *self = Self::default();
    }
}
