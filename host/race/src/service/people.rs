//! Who takes part and who comments.

use regie_core::{Actor, Error, Result, new_id, random_hex};
use regie_identity::User;

use super::access::refused;
use crate::{
    Races,
    model::{Change, Entrance, Invite, Invited, Newcomer, Now, Participant, Race},
};

/// What adding somebody led to.
pub enum Added {
    Participant(Participant),
    /// There is no such account yet.
    Invite(Invite),
}

impl Races {
    /// By name here or else on Twitch; who has no account gets an invitation.
    pub async fn add(&self, id: &str, by: &Actor, wanted: &Named) -> Result<Added> {
        self.for_organizer(id, by)?;
        let Some(user) = self.find(wanted) else {
            return self.invite(id, by, wanted.text(), None).await.map(Added::Invite);
        };
        let who = newcomer(&user);
        self.enter(id, by, who, |race, who, now| race.join(who, Entrance::Added, now))
            .await
            .map(Added::Participant)
    }

    pub async fn join(&self, id: &str, by: &Actor) -> Result<Participant> {
        self.race(id)?;
        let who = self.newcomer_of(by)?;
        self.enter(id, by, who, |race, who, now| race.join(who, Entrance::Own, now)).await
    }

    /// Through the door that `join` opens.
    pub(super) async fn enter(
        &self,
        id: &str,
        by: &Actor,
        who: Newcomer,
        join: impl FnOnce(&mut Race, Newcomer, &Now) -> Result<Change> + Send + 'static,
    ) -> Result<Participant> {
        let user_id = who.user_id.clone();
        let joined = self
            .engine
            .change(id, by, move |race, now| {
                let change = join(race, who, now)?;
                let joined = race.participants.last().cloned();
                Ok((change, joined))
            })
            .await?;
        self.forget_casting(id, &user_id, by).await;
        joined.ok_or_else(|| Error::not_found("the participant has left meanwhile"))
    }

    /// By themselves, or by the organizer.
    pub async fn remove(&self, id: &str, by: &Actor, participant_id: &str) -> Result<()> {
        let slot = self.for_own_or_organizer(id, by, participant_id)?;
        let own = self.race(id)?.in_slot(slot).is_some_and(|p| p.user_id == by.id);
        let participant_id = participant_id.to_owned();
        self.change(id, by, move |race, _| if own { race.leave(slot) } else { race.remove(&participant_id) })
            .await?;
        self.engine.rights_changed();
        Ok(())
    }

    pub async fn leave(&self, id: &str, by: &Actor) -> Result<()> {
        let (_, slot) = self.for_participant(id, by)?;
        self.change(id, by, move |race, _| race.leave(slot)).await?;
        self.engine.rights_changed();
        Ok(())
    }

    /// By themselves, or by the organizer.
    pub async fn abandon(&self, id: &str, by: &Actor, participant_id: &str) -> Result<()> {
        let slot = self.for_own_or_organizer(id, by, participant_id)?;
        self.change(id, by, move |race, now| race.abandon(slot, now)).await
    }

    pub async fn disqualify(&self, id: &str, by: &Actor, participant_id: &str) -> Result<()> {
        self.for_organizer(id, by)?;
        let slot = self.for_own_or_organizer(id, by, participant_id)?;
        self.change(id, by, move |race, now| race.disqualify(slot, now)).await
    }

    pub async fn undo(&self, id: &str, by: &Actor, participant_id: &str) -> Result<()> {
        self.for_organizer(id, by)?;
        let slot = self.for_own_or_organizer(id, by, participant_id)?;
        self.change(id, by, move |race, now| race.undo(slot, now)).await
    }

    /// The old pack and the game that has it are void.
    pub async fn new_token(&self, id: &str, by: &Actor, participant_id: &str) -> Result<()> {
        let slot = self.for_own_or_organizer(id, by, participant_id)?;
        self.change(id, by, move |race, _| race.revoke_token(slot)).await
    }

    pub async fn add_caster(&self, id: &str, by: &Actor, wanted: &Named) -> Result<User> {
        self.for_organizer(id, by)?;
        let missing = || Error::not_found(format!("there is no user `{}`", wanted.text())).path("name");
        let user = self.find(wanted).ok_or_else(missing)?;
        let (user_id, name) = (user.id.clone(), user.name.clone());
        self.change(id, by, move |race, _| race.add_caster(&user_id, &name)).await?;
        Ok(user)
    }

    /// By the organizer, or by the caster; `user` is a name or an id.
    pub async fn remove_caster(&self, id: &str, by: &Actor, user: &str) -> Result<()> {
        let race = self.race(id)?;
        let (user_id, name) =
            self.identity.user(user).map_or_else(|| (user.to_owned(), user.to_owned()), |u| (u.id, u.name));
        if !race.is_organizer(by) && (by.is_anonymous() || by.id != user_id) {
            return Err(refused(by, "only the organizer may do this to somebody else"));
        }
        let gone = user_id.clone();
        self.change(id, by, move |race, _| race.remove_caster(&user_id, &name)).await?;
        self.forget_casting(id, &gone, by).await;
        Ok(())
    }

    /// The open invitation for them where there is one already. `client_id`: what a lobby knows them by.
    pub async fn invite(
        &self,
        id: &str,
        by: &Actor,
        name: &str,
        client_id: Option<String>,
    ) -> Result<Invite> {
        self.for_organizer(id, by)?;
        let (name, token) = (name.to_owned(), random_hex(16));
        self.engine
            .change(id, by, move |race, now| {
                let whom = Invited { name: &name, client_id: client_id.as_deref() };
                if let Some(invite) = race.invite_of(whom) {
                    return Ok((Change::nothing(), invite.clone()));
                }
                if !name.is_empty() {
                    race.check_admits(Entrance::Added, now)?;
                }
                let change = race.add_invite(token.clone(), whom, now)?;
                Ok((change, race.invite(&token)?.clone()))
            })
            .await
    }

    pub async fn withdraw_invite(&self, id: &str, by: &Actor, token: &str) -> Result<()> {
        let token = token.to_owned();
        self.organize(id, by, move |race, _| race.withdraw_invite(&token)).await
    }

    /// Who signed in, as a participant. Errors: 400 for the bootstrap token, which is nobody.
    pub(super) fn newcomer_of(&self, by: &Actor) -> Result<Newcomer> {
        let user = self.identity.user(&by.id).ok_or_else(|| {
            Error::bad_request("the bootstrap token has no user").path("Authorization").hint("sign in as one")
        })?;
        Ok(newcomer(&user))
    }

    pub(super) fn find(&self, wanted: &Named) -> Option<User> {
        let found = match wanted {
            Named::Here(name) => self.identity.user(name).or_else(|| self.identity.user_on_twitch(name)),
            Named::OnTwitch(name) => self.identity.user_on_twitch(name).or_else(|| self.identity.user(name)),
        };
        found.filter(|user| !user.disabled)
    }
}

/// Somebody by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// Of an account here first.
    Here(String),
    /// Of one on Twitch first.
    OnTwitch(String),
}

impl Named {
    /// Errors: 400 where it can be nobody's.
    pub fn check(self) -> Result<Self> {
        let name = self.text().trim().to_owned();
        if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
            return Err(Error::bad_request("this can be nobody's name")
                .path("name")
                .hint("1 to 40 characters"));
        }
        Ok(match self {
            Self::Here(_) => Self::Here(name),
            Self::OnTwitch(_) => Self::OnTwitch(name),
        })
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Here(name) | Self::OnTwitch(name) => name,
        }
    }
}

pub(super) fn newcomer(user: &User) -> Newcomer {
    Newcomer { id: new_id(), user_id: user.id.clone(), name: user.name.clone() }
}
