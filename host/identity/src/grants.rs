//! Roles on a target: what a room grants to people beyond their global role.
//!
//! A target is a string of tokens joined by `.` that a room chooses (`restream.12`); what a role allows there, and who may
//! grant it, is the room's to say. A grant holds for that target alone, not for what is below it.

use regie_core::{Actor, Error, ErrorKind, Result, Role};

use crate::{
    Identity, check,
    table::Stored,
    target::{GRANTS, TargetDoc},
};

/// Who has which role on a target.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Grant {
    /// Id of the user.
    pub user: String,
    pub name: String,
    /// `editor` or `restreamer`.
    #[schema(value_type = crate::routes::RoleName)]
    pub role: Role,
}

impl Identity {
    /// Oldest user first. Users who are disabled are listed, too: they have their role again once they are enabled.
    pub fn grants(&self, target: &str) -> Vec<Grant> {
        let state = self.state.read();
        let Some(stored) = state.targets.get(target) else { return Vec::new() };
        let grant = |id: &String| {
            let user = &state.users.get(id)?.doc.user;
            Some(Grant { user: id.clone(), name: user.name.clone(), role: stored.doc.granted(id) })
        };
        stored.doc.grants.keys().filter_map(grant).collect()
    }

    /// Replaces all grants on the target; users by id or name. 400 at `items[n].user` for one who is not known or named
    /// twice, at `items[n].role` for a role that cannot be granted, at `items` for more than 1,000. Links that are open are
    /// re-evaluated at once. Who may do this is the caller's to check.
    pub async fn set_grants(
        &self,
        target: &str,
        items: Vec<(String, Role)>,
        by: &Actor,
    ) -> Result<Vec<Grant>> {
        check::tokens(target, "target")?;
        if items.len() > GRANTS {
            return Err(
                Error::bad_request(format!("at most {GRANTS} people have a role on a target")).path("items")
            );
        }
        let _writing = self.writing.lock().await;
        let mut grants = std::collections::BTreeMap::new();
        for (n, (user, role)) in items.iter().enumerate() {
            check::granted_role(*role).map_err(|error| error.path(format!("items[{n}].role")))?;
            let fault =
                |what: &str| Error::bad_request(format!("{what} `{user}`")).path(format!("items[{n}].user"));
            let found = self.user(user).ok_or_else(|| fault("there is no user"))?;
            if grants.insert(found.id, *role).is_some() {
                return Err(fault("two items name the user").hint("each user once"));
            }
        }
        self.write_target(target, by, |doc| {
            doc.grants.clone_from(&grants);
            Ok(())
        })
        .await?;
        Ok(self.grants(target))
    }

    /// Raises what the user (id or name) has on the target to `role`, and never lowers it; the answer is what is granted
    /// now. 404 for an unknown user.
    pub async fn grant(&self, target: &str, user: &str, role: Role, by: &Actor) -> Result<Role> {
        check::tokens(target, "target")?;
        check::granted_role(role)?;
        let _writing = self.writing.lock().await;
        let id = self.user(user).map(|u| u.id);
        let id = id.ok_or_else(|| Error::not_found(format!("there is no user `{user}`")).path("user"))?;
        self.write_target(target, by, |doc| {
            doc.grant(&id, role)?;
            Ok(doc.granted(&id))
        })
        .await
    }

    /// The target is gone: its grants and invitations go, too.
    pub async fn drop_target(&self, target: &str, by: &Actor) -> Result<()> {
        let _writing = self.writing.lock().await;
        // Void in this process before it is durable: a full disk does not keep it good.
        if self.state.write().drop_target(target) {
            self.changed();
        }
        self.targets.remove(target, by).await.map(|_| ())
    }

    /// The greater of a user's (id or name) global role and what the target grants: `viewer` for the unknown and the
    /// disabled.
    pub fn role_on(&self, user: &str, target: &str) -> Role {
        let state = self.state.read();
        let found = state.by_name_or_id(user).map(|u| &u.doc.user).filter(|u| !u.disabled);
        found.map(|user| state.role_on(user, target)).unwrap_or_default()
    }

    /// Applied again where another process wrote meanwhile; nothing is written where nothing changed. The caller holds
    /// `writing`.
    pub(crate) async fn write_target<T>(
        &self,
        target: &str,
        by: &Actor,
        mut apply: impl FnMut(&mut TargetDoc) -> Result<T>,
    ) -> Result<T> {
        for _ in 0..8 {
            let old: Option<Stored<TargetDoc>> = self.state.read().targets.get(target).cloned();
            let before = old.as_ref().map_or_else(TargetDoc::new, |old| old.doc.clone());
            let mut doc = before.clone();
            let answer = apply(&mut doc)?;
            if doc == before {
                return Ok(answer);
            }
            let regranted = doc.grants != before.grants;
            let written = match &old {
                Some(old) => self.targets.put(target, old, doc, by).await,
                None => self.targets.create(target, doc, by).await,
            };
            match written {
                Ok(stored) => {
                    self.state.write().keep_target(target, stored);
                    if regranted {
                        self.changed();
                    }
                    return Ok(answer);
                }
                Err(error) if error.kind == ErrorKind::Conflict || error.kind == ErrorKind::NotFound => {
                    match self.targets.get(target).await? {
                        Some(fresh) => self.state.write().keep_target(target, fresh),
                        None => drop(self.state.write().drop_target(target)),
                    }
                    self.changed();
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict("these rights keep changing").hint("try again"))
    }
}
