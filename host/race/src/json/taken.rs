//! What became of the members of a lobby's session.

use serde::Serialize;
use utoipa::ToSchema;

use super::InviteView;
use crate::service::{Fate, Taken};

/// Each member in one of the lists.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = RaceTaken)]
pub struct TakenView {
    pub added: Vec<AddedMember>,
    /// Who has no account yet.
    pub invited: Vec<InvitedMember>,
    /// Who takes part already, or was invited before.
    pub there: Vec<ThereMember>,
    pub refused: Vec<RefusedMember>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AddedMember {
    pub client_id: String,
    pub name: String,
    pub participant_id: String,
    pub slot: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedMember {
    pub client_id: String,
    pub name: String,
    pub invite: InviteView,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ThereMember {
    pub client_id: String,
    pub name: String,
    /// Was invited and has not come yet.
    pub awaited: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedMember {
    pub client_id: String,
    pub name: String,
    /// `race_full`, `started`, or the mode's own.
    pub code: String,
    pub message: String,
}

impl TakenView {
    /// `base` is what links begin with.
    pub fn new(taken: Taken, base: &str) -> Self {
        let mut view = Self::default();
        for (member, fate) in taken {
            let (client_id, name) = (member.client_id, member.name);
            match fate {
                Fate::Added(participant) => view.added.push(AddedMember {
                    client_id,
                    name: participant.name,
                    participant_id: participant.id,
                    slot: participant.slot,
                }),
                Fate::Invited(invite) => {
                    let invite = InviteView::new(&invite, base);
                    view.invited.push(InvitedMember { client_id, name, invite });
                }
                Fate::There => view.there.push(ThereMember { client_id, name, awaited: false }),
                Fate::Awaited => view.there.push(ThereMember { client_id, name, awaited: true }),
                Fate::Refused(error) => {
                    let code = error.code.into_owned();
                    view.refused.push(RefusedMember { client_id, name, code, message: error.message });
                }
            }
        }
        view
    }
}
