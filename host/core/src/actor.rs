//! Who acts, and what they may: the part of identity that every room needs to see.

use serde::{Deserialize, Serialize};

/// Rights rise from left to right; `admin` is only ever global.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    #[default]
    Viewer,
    Editor,
    Restreamer,
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Restreamer => "restreamer",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = crate::Error;

    fn from_str(text: &str) -> crate::Result<Self> {
        match text {
            "viewer" => Ok(Self::Viewer),
            "editor" => Ok(Self::Editor),
            "restreamer" => Ok(Self::Restreamer),
            "admin" => Ok(Self::Admin),
            other => Err(crate::Error::bad_request(format!("there is no role `{other}`"))
                .path("role")
                .hint("one of viewer, editor, restreamer, admin")),
        }
    }
}

/// A person or program as rooms see it. Anonymous visitors are `viewer` with an empty id.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Actor {
    /// UUIDv7 of the user; empty for an anonymous visitor.
    pub id: String,
    pub name: String,
    /// The global role; a target may grant more.
    pub role: Role,
}

impl Actor {
    pub fn anonymous() -> Self {
        Self::default()
    }

    pub fn is_anonymous(&self) -> bool {
        self.id.is_empty()
    }

    /// `Ok` when the actor has at least `role`; else 401 for the anonymous, 403 for the others.
    pub fn require(&self, role: Role) -> crate::Result<()> {
        require(self, self.role, role)
    }
}

fn require(actor: &Actor, has: Role, needs: Role) -> crate::Result<()> {
    if has >= needs {
        return Ok(());
    }
    if actor.is_anonymous() {
        return Err(crate::Error::unauthenticated());
    }
    Err(crate::Error::forbidden(format!("this needs the role {}; yours is {}", needs.as_str(), has.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_anonymous_visitor_is_asked_to_sign_in_and_a_known_one_is_told_the_role() {
        assert_eq!(Actor::anonymous().require(Role::Editor).unwrap_err().kind, ErrorKind::Unauthenticated);
        let known = Actor { id: "u".into(), name: "Ada".into(), role: Role::Editor };
        assert!(known.require(Role::Editor).is_ok());
        assert_eq!(known.require(Role::Admin).unwrap_err().kind, ErrorKind::Forbidden);
    }
}
