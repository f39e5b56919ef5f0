//! Invitations of races, behind the same links as all others.

use std::sync::Arc;

use async_trait::async_trait;
use regie_core::{Actor, Error, Result};
use regie_identity::OtherInvites;
use serde_json::{Map, Value, json};

use crate::{
    Races,
    model::{Entrance, Invite, Now, Participant, Race},
};

/// What `identity` asks of a token that it does not know.
pub struct RaceInvites(pub Arc<Races>);

impl RaceInvites {
    fn find(&self, token: &str) -> Option<(Arc<Race>, Invite)> {
        let mut races = self.0.engine.races().into_iter().filter(|race| !race.status.is_over());
        races.find_map(|race| {
            let invite = race.invites.iter().find(|i| i.token == token)?.clone();
            Some((race, invite))
        })
    }
}

#[async_trait]
impl OtherInvites for RaceInvites {
    fn show(&self, token: &str) -> Option<Map<String, Value>> {
        let (race, invite) = self.find(token)?;
        let mut shown = about(&race);
        shown.insert("name".into(), invite.name.into());
        Some(shown)
    }

    /// Links for somebody named are good once; one that is passed around makes no accounts.
    fn makes_accounts(&self, token: &str) -> bool {
        self.find(token).is_some_and(|(_, invite)| !invite.name.is_empty())
    }

    async fn accept(&self, token: &str, by: &Actor) -> Result<Map<String, Value>> {
        let (race, _) = self.find(token).ok_or_else(|| Error::not_found("there is no such invitation"))?;
        let participant = match race.participant_of(&by.id) {
            Some(participant) => participant.clone(),
            None => {
                let who = self.0.newcomer_of(by)?;
                let token = token.to_owned();
                // Used up in the same write.
                let join =
                    move |race: &mut Race, who, now: &Now| race.join(who, Entrance::Invited(&token), now);
                self.0.enter(&race.id, by, who, join).await?
            }
        };
        Ok(accepted(&race, &participant))
    }
}

fn accepted(race: &Race, participant: &Participant) -> Map<String, Value> {
    let mut answer = about(race);
    answer.insert("ok".into(), true.into());
    answer.insert("participant".into(), json!({"id": participant.id, "slot": participant.slot}));
    answer.insert("url".into(), format!("/race/{}", race.id).into());
    answer
}

fn about(race: &Race) -> Map<String, Value> {
    let mut shown = Map::new();
    shown.insert("kind".into(), "race".into());
    shown.insert("race".into(), json!({"id": race.id, "name": race.name}));
    shown
}
