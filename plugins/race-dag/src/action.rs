//! What the host, a player's game or a page sends: an object with a `type`. Fields are read one by one, so that each refusal has a code of
//! its own and fields that are not known here are no one's business.

use regie_sdk::Fault;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Numbers above this are not exact in every client's language.
const EXACT: u64 = (1 << 53) - 1;

#[derive(Debug, Deserialize)]
pub struct Action {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl Action {
    /// The slot that an action of the host's is about.
    pub fn slot(&self) -> Option<u32> {
        self.fields.get("slot")?.as_u64()?.try_into().ok()
    }

    /// In-game time in milliseconds.
    ///
    /// # Errors
    /// `missing_igt`, or `bad_igt` where it is not a whole number from 0 to 2^53 - 1.
    pub fn igt_ms(&self) -> Result<u64, Fault> {
        let missing = || Fault::new("missing_igt", "`igt_ms` is missing").at("action.igt_ms");
        let text = "`igt_ms` is a whole number of milliseconds, 0 or more";
        number(self.field("igt_ms").ok_or_else(missing)?)
            .ok_or_else(|| Fault::new("bad_igt", text).at("action.igt_ms"))
    }

    /// # Errors
    /// `bad_death_count` where it is there and no whole number from 0 to 2^53 - 1.
    pub fn death_count(&self) -> Result<Option<u64>, Fault> {
        let text = "`death_count` is a whole number, 0 or more";
        let bad = || Fault::new("bad_death_count", text).at("action.death_count");
        self.field("death_count").map(|count| number(count).ok_or_else(bad)).transpose()
    }

    /// # Errors
    /// `unknown_flag` where it is missing or no number.
    pub fn flag(&self) -> Result<u64, Fault> {
        let flag = self.field("flag_id").and_then(number);
        flag.ok_or_else(|| {
            Fault::new("unknown_flag", "`flag_id` is the number of a flag").at("action.flag_id")
        })
    }

    /// The text of a field; an empty one is none.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.field(field)?.as_str().filter(|text| !text.is_empty())
    }

    fn field(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().filter(|number| *number <= EXACT)
}
