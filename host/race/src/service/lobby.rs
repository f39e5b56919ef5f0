//! The session of a lobby whose members become participants on one click.

use regie_core::{Actor, Error, ErrorKind, Result};
use regie_identity::User;
use regie_live::{RosterMember, Tie};

use super::people::{Named, newcomer};
use crate::{
    Races,
    model::{Entrance, Invite, Invited, Participant, Race},
};

/// What became of everybody, in the order they came to the session.
pub type Taken = Vec<(RosterMember, Fate)>;

/// What became of one member.
#[derive(Debug)]
pub enum Fate {
    Added(Participant),
    /// There is no such account yet.
    Invited(Invite),
    /// Takes part already.
    There,
    /// Was invited already and has not come yet.
    Awaited,
    Refused(Error),
}

impl Races {
    /// Errors: 404 for no such session; 409 once the race is over.
    pub async fn tie(&self, id: &str, by: &Actor, session_id: &str) -> Result<()> {
        self.for_organizer(id, by)?.check_gathers()?;
        let tie = Tie::to(session_id, &*self.rosters)?;
        self.organize(id, by, move |race, _| race.tie(tie)).await
    }

    pub async fn untie(&self, id: &str, by: &Actor) -> Result<()> {
        self.organize(id, by, |race, _| race.untie()).await
    }

    /// Each member as [`Self::add`] would. Who is there or awaited stays as they are, so it may be asked again.
    /// Errors: 409 once the race is over, `not_tied`, `session_gone`.
    pub async fn take_members(&self, id: &str, by: &Actor) -> Result<Taken> {
        let roster = self.for_organizer(id, by)?.tied()?.roster(&*self.rosters)?;
        let mut taken = Vec::with_capacity(roster.members.len());
        for member in roster.members {
            let fate = self.take(id, by, &member).await?;
            taken.push((member, fate));
        }
        Ok(taken)
    }

    /// Errors: those that are not about this member.
    async fn take(&self, id: &str, by: &Actor, member: &RosterMember) -> Result<Fate> {
        let (race, user) = (self.race(id)?, self.account_of(member));
        if is_there(&race, member, user.as_ref()) {
            return Ok(Fate::There);
        }
        let fate = match user {
            Some(user) => {
                let join = |race: &mut Race, who, now: &_| race.join(who, Entrance::Added, now);
                self.enter(id, by, newcomer(&user), join).await.map(Fate::Added)
            }
            None if race.invite_of(whom(member)).is_some() => Ok(Fate::Awaited),
            None => {
                let client_id = Some(member.client_id.clone());
                self.invite(id, by, &member.name, client_id).await.map(Fate::Invited)
            }
        };
        match fate {
            // They joined by themselves meanwhile.
            Err(error) if error.code == "already_joined" => Ok(Fate::There),
            Err(error) if error.kind == ErrorKind::Conflict => Ok(Fate::Refused(error)),
            fate => fate,
        }
    }

    /// Of whoever joined with one, or else of this name.
    fn account_of(&self, member: &RosterMember) -> Option<User> {
        let own = member.user_id.as_deref().and_then(|id| self.identity.user(id));
        own.filter(|user| !user.disabled).or_else(|| self.find(&Named::Here(member.name.clone())))
    }
}

fn is_there(race: &Race, member: &RosterMember, user: Option<&User>) -> bool {
    let same = |p: &Participant| p.client_id.as_deref() == Some(&member.client_id);
    user.is_some_and(|user| race.participant_of(&user.id).is_some()) || race.participants.iter().any(same)
}

fn whom(member: &RosterMember) -> Invited<'_> {
    Invited { name: &member.name, client_id: Some(&member.client_id) }
}

#[cfg(test)]
mod tests;
