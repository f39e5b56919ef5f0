//! Invitations: a link with which whoever has it gets a role on one target, with an account made on the way where there is
//! none.

use std::{net::IpAddr, sync::Arc};

use regie_core::{Actor, Error, Result, Role, new_id, rfc3339};
use serde_json::Map;

use crate::{
    Identity, NewUser, Principal, Secret, User, check,
    principal::BOOTSTRAP,
    secret::{self, Hash},
    state::State,
    target::{InviteDoc, TargetDoc, Void},
};

const DAY_MS: i64 = 86_400_000;
const DEFAULT_DAYS: i64 = 7;
const MOST_DAYS: i64 = 90;
const MOST_USES: u32 = 1000;

/// Who may invite, and so whose invitations are good: an invitation of someone who has less on its target by now is void,
/// so that nobody who was sent away comes back by a link made before.
const INVITES: Role = Role::Restreamer;

/// An invitation as it is listed; its token is shown when it is made, and never again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Invite {
    /// UUIDv7.
    pub id: String,
    /// Where it leads, such as `restream.12`.
    pub target: String,
    /// `editor` or `restreamer`.
    #[schema(value_type = crate::routes::RoleName)]
    pub role: Role,
    /// The token's end, by which people tell links apart.
    pub masked: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub expires: String,
    /// How many may accept it; absent: everyone who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// How many have.
    pub used: u32,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Name of who made it.
    pub created_by: String,
}

/// What a room says of one of its targets, to people who are invited to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub title: String,
    /// Where one goes from here.
    pub url: String,
}

/// `None` for a target that is not (or no longer) the room's.
pub type Describer = Arc<dyn Fn(&str) -> Option<Described> + Send + Sync>;

/// What an invitation has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub target: String,
    /// What one has there now: the invitation's role, or more where one had more.
    pub role: Role,
}

impl Invite {
    fn new(target: &str, doc: &InviteDoc) -> Self {
        Self {
            id: doc.id.clone(),
            target: target.to_owned(),
            role: doc.role,
            masked: format!("••••••••{}", doc.tail),
            expires: rfc3339(doc.expires_at_ms),
            uses: doc.uses,
            used: doc.used,
            created_at: rfc3339(doc.created_at_ms),
            created_by: doc.created_by.clone(),
        }
    }
}

impl Identity {
    /// A link's token, good until `expires_at_ms` (7 days from now, if `None`) for `uses` people (everyone, if `None`). 400
    /// at `role`, `expires` (past, or more than 90 days ahead) and `uses` (1 to 1,000). `by` is the actor on the target;
    /// whether it may invite is the caller's to check, here and now; that it still may is checked at each acceptance.
    pub async fn create_invite(
        &self,
        target: &str,
        role: Role,
        expires_at_ms: Option<i64>,
        uses: Option<u32>,
        by: &Actor,
    ) -> Result<(Invite, Secret)> {
        check::tokens(target, "target")?;
        check::granted_role(role)?;
        let now_ms = self.clock.now_ms();
        let expires_at_ms = expires_at_ms.unwrap_or(now_ms + DEFAULT_DAYS * DAY_MS);
        if expires_at_ms <= now_ms || expires_at_ms > now_ms + MOST_DAYS * DAY_MS {
            return Err(Error::bad_request(format!(
                "an invitation cannot expire at {}",
                rfc3339(expires_at_ms)
            ))
            .path("expires")
            .hint(format!("in the future, and within {MOST_DAYS} days")));
        }
        if uses.is_some_and(|uses| uses == 0 || uses > MOST_USES) {
            return Err(Error::bad_request("this number of uses is out of bounds")
                .path("uses")
                .hint(format!("1 to {MOST_USES}, or none for everyone who has the link")));
        }
        let secret = Secret::random("");
        let text = secret.as_str();
        let doc = InviteDoc {
            id: new_id(),
            hash: hex::encode(secret.hash()),
            tail: text[text.len() - 4..].to_owned(),
            role,
            uses,
            used: 0,
            revoked: false,
            by: by.id.clone(),
            created_by: by.name.clone(),
            created_at_ms: now_ms,
            expires_at_ms,
            rest: Map::new(),
        };
        let invite = Invite::new(target, &doc);
        let _writing = self.writing.lock().await;
        self.write_target(target, by, |target| target.add_invite(doc.clone(), now_ms)).await?;
        Ok((invite, secret))
    }

    /// Oldest first: those that are neither revoked nor expired.
    pub fn invites(&self, target: &str) -> Vec<Invite> {
        let (state, now_ms) = (self.state.read(), self.clock.now_ms());
        let Some(stored) = state.targets.get(target) else { return Vec::new() };
        let open = stored.doc.invites.iter().filter(|i| i.is_open(now_ms));
        open.map(|i| Invite::new(target, i)).collect()
    }

    /// From now on nobody accepts it; who has keeps what it gave. 404 where the target has no such open invitation.
    pub async fn revoke_invite(&self, target: &str, id: &str, by: &Actor) -> Result<()> {
        let _writing = self.writing.lock().await;
        let now_ms = self.clock.now_ms();
        let missing = || Error::not_found("there is no such invitation here").path("id");
        self.write_target(target, by, |doc| {
            let invite = doc.invites.iter_mut().find(|i| i.id == id && i.is_open(now_ms));
            invite.ok_or_else(missing)?.revoked = true;
            Ok(())
        })
        .await
    }

    /// What the token invites to. 404 for one that is unknown, expired, used up or revoked, and says which; 429 after too
    /// many guesses from this address.
    pub fn invite(&self, token: &str, from: IpAddr) -> Result<Invite> {
        let (target, hash) = self.invited_to(token, from)?;
        let state = self.state.read();
        let doc = &state.targets.get(&target).ok_or(Void::Unknown)?.doc;
        let invite = self.good_invite(&state, doc, &hash)?;
        if invite.is_used_up() {
            return Err(Void::UsedUp.into());
        }
        Ok(Invite::new(&target, invite))
    }

    /// Grants what the token invites to. Who has as much already uses nothing up, so that it may be asked again. 401 for the
    /// anonymous, 403 for a token with a scope, 400 for the bootstrap token; else as [`Self::invite`].
    pub async fn accept_invite(&self, token: &str, by: &Principal, from: IpAddr) -> Result<Accepted> {
        let (target, hash) = self.invited_to(token, from)?;
        let _writing = self.writing.lock().await;
        let actor = by.person()?;
        if actor.id == BOOTSTRAP {
            return Err(Error::bad_request("the bootstrap token has no user")
                .path("Authorization")
                .hint("sign in as one"));
        }
        self.take_invite(&target, &hash, &actor).await
    }

    /// Makes an account (a viewer everywhere else), grants it what the token invites to, and signs it in. Nothing is used up
    /// where the name is taken (409 at `name`) or cannot be used.
    pub async fn accept_invite_as_new(
        &self,
        token: &str,
        name: &str,
        password: &str,
        from: IpAddr,
    ) -> Result<(Accepted, User, Secret)> {
        self.invite(token, from)?;
        let new = NewUser { name: name.into(), password: Some(password.into()), role: Role::Viewer };
        let doc = self.new_user(new).await?;
        let stored_password = doc.password.clone();
        let (accepted, user) = {
            let _writing = self.writing.lock().await;
            // It may have gone while the password was hashed.
            self.invite(token, from)?;
            let (target, hash) = self.invited_to(token, from)?;
            let user = self.insert_user(&doc.user.actor(), doc).await?;
            match self.take_invite(&target, &hash, &user.actor()).await {
                Ok(accepted) => (accepted, user),
                Err(error) => {
                    self.remove_user(&user).await;
                    return Err(error);
                }
            }
        };
        let (user, session) = self.open_session(&user.id, stored_password.as_deref()).await?;
        Ok((accepted, user, session))
    }

    /// Who names targets to people who are invited to them.
    pub fn set_describer(&self, describer: Describer) {
        *self.describer.write() = Some(describer);
    }

    pub fn describe(&self, target: &str) -> Option<Described> {
        let describer = self.describer.read().clone()?;
        describer(target)
    }

    /// Of a token that is (or was) one. Others count as failed attempts of the address.
    fn invited_to(&self, token: &str, from: IpAddr) -> Result<(String, Hash)> {
        let attempt = self.limiter.guess(from, self.clock.now_ms())?;
        let hash = secret::hash(token);
        let target = self.state.read().invites.get(&hash).cloned().ok_or(Void::Unknown)?;
        self.limiter.succeeded(&attempt);
        Ok((target, hash))
    }

    /// The caller holds `writing`.
    async fn take_invite(&self, target: &str, hash: &Hash, actor: &Actor) -> Result<Accepted> {
        let role = self
            .write_target(target, actor, |doc| {
                let offered = self.good_invite(&self.state.read(), doc, hash)?.role;
                if actor.role.max(doc.granted(&actor.id)) < offered {
                    doc.accept(hash, &actor.id)?;
                }
                Ok(actor.role.max(doc.granted(&actor.id)))
            })
            .await?;
        Ok(Accepted { target: target.to_owned(), role })
    }

    /// Open, and of someone who may still invite; it may be used up.
    fn good_invite<'a>(&self, state: &State, doc: &'a TargetDoc, hash: &Hash) -> Result<&'a InviteDoc, Void> {
        let invite = doc.invite(hash)?;
        invite.check(self.clock.now_ms())?;
        let users = || state.users.get(&invite.by).map(|u| &u.doc.user).filter(|u| !u.disabled);
        let may_invite = match invite.by.as_str() {
            "" => true,
            BOOTSTRAP => self.bootstrap.is_some(),
            id => users().is_some_and(|u| u.role.max(doc.granted(id)) >= INVITES),
        };
        if may_invite { Ok(invite) } else { Err(Void::Disowned) }
    }
}
