//! Stored documents: older schemas are brought up to this one, a newer one is refused.

use regie_core::{Error, Result};
use serde::Deserialize;

use super::{Race, SCHEMA};

#[derive(Deserialize)]
struct Head {
    schema: u32,
    #[serde(default)]
    id: String,
}

impl Race {
    /// Errors: of a document that a newer server wrote, which is left as it is, or that is damaged.
    pub fn read(body: &[u8]) -> Result<Self> {
        let damaged = |error| Error::internal(error).code("damaged");
        let Head { schema, id } = serde_json::from_slice(body).map_err(damaged)?;
        if schema > SCHEMA {
            return Err(Error::internal(format!(
                "the race {id} has schema {schema}; this server knows {SCHEMA}"
            )));
        }
        serde_json::from_slice(body).map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use regie_live::Tie;

    use super::*;
    use crate::model::{ParticipantStatus, RaceStatus};

    #[test]
    fn a_race_of_each_schema_is_read() {
        let race = Race::read(include_bytes!("fixtures/race-1.json")).unwrap();
        assert_eq!((race.schema, race.status, race.tries), (1, RaceStatus::Running, 1));
        assert_eq!(race.next_due_ms(), regie_core::parse_rfc3339("2026-02-04T14:38:10Z"));
        let ada = race.in_slot(1).unwrap();
        assert_eq!((ada.status, ada.token_generation), (ParticipantStatus::Playing, 2));
        assert_eq!(race.state.unwrap().get(), r#"{"steps":[1,2]}"#);
    }

    #[test]
    fn a_tie_to_a_session_is_read_as_it_was_written_and_absent_where_there_is_none() {
        let mut race = Race::read(include_bytes!("fixtures/race-1.json")).unwrap();
        assert_eq!((&race.lobby, &race.invites[0].client_id), (&None, &None));
        let text = serde_json::to_string(&race).unwrap();
        assert!(!text.contains("lobby") && !text.contains("client_id"), "{text}");
        race.lobby = Some(Tie { session_id: "s/é".into(), title: "Tide pools".into() });
        race.invites[0].client_id = Some("c-7".into());
        let again = Race::read(&serde_json::to_vec(&race).unwrap()).unwrap();
        assert_eq!((again.lobby, &again.invites[0].client_id), (race.lobby, &race.invites[0].client_id));
    }

    #[test]
    fn a_race_of_a_newer_server_is_refused_and_names_itself() {
        let newer = r#"{"schema":99,"id":"0190","what":"ever"}"#;
        let refusal = Race::read(newer.as_bytes()).unwrap_err();
        let source = std::error::Error::source(&refusal).unwrap().to_string();
        assert!(source.contains("0190") && source.contains("99"), "{source}");
    }
}
