//! `targets/<target>`: who may do more on one target than everywhere, and who is invited to. One document, so that the last
//! use of an invitation and the grant that it buys are one write.

use std::collections::BTreeMap;

use regie_core::{Error, Result, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    model::SCHEMA,
    secret::{self, Hash},
};

/// People with a role on one target.
pub(crate) const GRANTS: usize = 1000;
/// Invitations to one target that are neither revoked nor expired.
const OPEN: usize = 100;
/// Closed ones are kept for their message, but not more than this.
const CLOSED: usize = 200;
const CLOSED_MS: i64 = 30 * 86_400_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TargetDoc {
    pub schema: u32,
    /// Role by user id.
    #[serde(default)]
    pub grants: BTreeMap<String, Role>,
    /// Oldest first.
    #[serde(default)]
    pub invites: Vec<InviteDoc>,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InviteDoc {
    /// UUIDv7.
    pub id: String,
    /// SHA-256 of the token, hex.
    pub hash: String,
    /// The token's last characters, by which people tell invitations apart; too few to guess the rest from.
    pub tail: String,
    pub role: Role,
    /// How many may accept it; `None`: everyone who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    #[serde(default)]
    pub used: u32,
    #[serde(default)]
    pub revoked: bool,
    /// Id of who made it; empty: the host.
    pub by: String,
    /// Name of who made it, at that time.
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Why an invitation is not good. Only who holds its token is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Void {
    Unknown,
    Revoked,
    Expired,
    UsedUp,
    /// Who made it may not invite here any more.
    Disowned,
}

impl From<Void> for Error {
    fn from(void: Void) -> Self {
        let message = match void {
            Void::Unknown => "there is no such invitation",
            Void::Revoked => "this invitation was revoked",
            Void::Expired => "this invitation has expired",
            Void::UsedUp => "this invitation is used up",
            Void::Disowned => "this invitation is void: whoever made it may not invite here any more",
        };
        Self::not_found(message).path("token").hint("ask for a new one")
    }
}

impl TargetDoc {
    pub fn new() -> Self {
        Self { schema: SCHEMA, grants: BTreeMap::new(), invites: Vec::new(), rest: Map::new() }
    }

    /// What is granted here and nowhere else; `admin` is only ever global, whatever a document says.
    pub fn granted(&self, user: &str) -> Role {
        self.grants.get(user).copied().unwrap_or_default().min(Role::Restreamer)
    }

    /// Raises, never lowers.
    pub fn grant(&mut self, user: &str, role: Role) -> Result<()> {
        if !self.grants.contains_key(user) && self.grants.len() >= GRANTS {
            return Err(Error::conflict(format!("{GRANTS} people have a role here, which is the most")));
        }
        let held = self.grants.entry(user.to_owned()).or_default();
        *held = role.max(*held);
        Ok(())
    }

    pub fn invite(&self, hash: &Hash) -> Result<&InviteDoc, Void> {
        self.invites.iter().find(|i| i.is(hash)).ok_or(Void::Unknown)
    }

    /// 409 where there are too many; those closed for long make room.
    pub fn add_invite(&mut self, invite: InviteDoc, now_ms: i64) -> Result<()> {
        if self.invites.iter().filter(|i| i.is_open(now_ms)).count() >= OPEN {
            return Err(Error::conflict(format!("{OPEN} invitations are open here, which is the most"))
                .hint("revoke some"));
        }
        let kept_until = |i: &InviteDoc| i.expires_at_ms.saturating_add(CLOSED_MS);
        self.invites.retain(|i| i.is_open(now_ms) || kept_until(i) >= now_ms);
        let closed = self.invites.iter().filter(|i| !i.is_open(now_ms)).count();
        let mut surplus = closed.saturating_sub(CLOSED);
        self.invites.retain(|i| {
            let goes = surplus > 0 && !i.is_open(now_ms);
            surplus -= usize::from(goes);
            !goes
        });
        self.invites.push(invite);
        Ok(())
    }

    /// Counts one use and grants what it buys.
    pub fn accept(&mut self, hash: &Hash, user: &str) -> Result<()> {
        let invite = self.invites.iter_mut().find(|i| i.is(hash)).ok_or(Void::Unknown)?;
        if invite.is_used_up() {
            return Err(Void::UsedUp.into());
        }
        invite.used = invite.used.saturating_add(1);
        let role = invite.role;
        self.grant(user, role)
    }
}

impl InviteDoc {
    fn is(&self, hash: &Hash) -> bool {
        secret::parse_hash(&self.hash).as_ref() == Some(hash)
    }

    /// Neither revoked nor expired.
    pub fn is_open(&self, now_ms: i64) -> bool {
        self.check(now_ms).is_ok()
    }

    pub fn check(&self, now_ms: i64) -> Result<(), Void> {
        if self.revoked {
            return Err(Void::Revoked);
        }
        if self.expires_at_ms <= now_ms { Err(Void::Expired) } else { Ok(()) }
    }

    pub fn is_used_up(&self) -> bool {
        self.uses.is_some_and(|uses| self.used >= uses)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn invite(n: usize, uses: Option<u32>, expires_at_ms: i64) -> InviteDoc {
        InviteDoc {
            id: n.to_string(),
            hash: hex::encode(secret::hash(&n.to_string())),
            tail: "tail".into(),
            role: Role::Editor,
            uses,
            used: 0,
            revoked: false,
            by: String::new(),
            created_by: String::new(),
            created_at_ms: 0,
            expires_at_ms,
            rest: Map::new(),
        }
    }

    #[test]
    fn a_grant_is_raised_and_never_an_admins() {
        let mut doc = TargetDoc::new();
        for (role, held) in [
            (Role::Editor, Role::Editor),
            (Role::Restreamer, Role::Restreamer),
            (Role::Editor, Role::Restreamer),
            (Role::Viewer, Role::Restreamer),
        ] {
            doc.grant("ada", role).unwrap();
            assert_eq!(doc.granted("ada"), held);
        }
        doc.grants.insert("eve".into(), Role::Admin);
        assert_eq!((doc.granted("eve"), doc.granted("bob")), (Role::Restreamer, Role::Viewer));
    }

    #[test]
    fn open_invitations_are_counted_and_closed_ones_make_room() {
        let mut doc = TargetDoc::new();
        for n in 0..OPEN {
            doc.add_invite(invite(n, None, 1000), 0).unwrap();
        }
        assert!(doc.add_invite(invite(OPEN, None, 1000), 0).is_err());
        doc.invites[3].revoked = true;
        doc.add_invite(invite(OPEN, None, 1000), 0).unwrap();
        assert_eq!(doc.invites.len(), OPEN + 1, "the revoked one still says why");
        doc.add_invite(invite(OPEN + 1, None, i64::MAX), 1001 + CLOSED_MS).unwrap();
        assert_eq!(doc.invites.len(), 1);
        for n in 0..2 * CLOSED {
            doc.invites.last_mut().unwrap().revoked = true;
            doc.add_invite(invite(1000 + n, None, i64::MAX), 1001 + CLOSED_MS).unwrap();
        }
        assert_eq!(doc.invites.len(), CLOSED + 1);
        assert_eq!(doc.invites[0].id, (1000 + CLOSED - 1).to_string(), "the oldest go first");
    }

    proptest! {
        #[test]
        fn an_invitation_is_never_accepted_more_often_than_it_may(
            uses in proptest::option::of(1..5_u32),
            users in proptest::collection::vec(0..8_u8, 0..12),
        ) {
            let mut doc = TargetDoc::new();
            doc.add_invite(invite(0, uses, 1000), 0).unwrap();
            let hash = secret::hash("0");
            for user in &users {
                let before = doc.clone();
                let taken = doc.accept(&hash, &user.to_string());
                prop_assert_eq!(taken.is_ok(), !before.invites[0].is_used_up());
                prop_assert_eq!(taken.is_ok(), doc != before);
                prop_assert!(uses.is_none_or(|uses| doc.invites[0].used <= uses));
                prop_assert!(doc.grants.len() <= doc.invites[0].used as usize);
            }
        }
    }
}
