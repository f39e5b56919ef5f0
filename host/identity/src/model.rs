//! The stored documents and the shape of a user that others see.

use regie_core::{Actor, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The schema this version writes; a newer one is not opened.
pub(crate) const SCHEMA: u32 = 1;

/// What others may see of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct User {
    /// UUIDv7.
    pub id: String,
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    #[schema(value_type = crate::routes::RoleName)]
    pub role: Role,
    #[serde(default)]
    pub disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twitch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub twitch_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

impl User {
    pub(crate) fn actor(&self) -> Actor {
        Actor { id: self.id.clone(), name: self.name.clone(), role: self.role }
    }
}

/// `users/user.<id>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UserDoc {
    pub schema: u32,
    #[serde(flatten)]
    pub user: User,
    /// PHC string (argon2id); none for a user who signs in by other means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Rises when all sessions end at once (new password, disabled): sessions of another epoch are void, so that one
    /// write ends them all.
    #[serde(default)]
    pub epoch: u64,
    /// The same of all API tokens.
    #[serde(default)]
    pub token_epoch: u64,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

impl UserDoc {
    /// Whether this user can sign in at all.
    pub fn has_credential(&self) -> bool {
        self.password.is_some() || self.user.twitch_id.is_some()
    }
}

/// `users/name.<SHA-256 of the folded name>`: who has a name. Written before the user, removed after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NameDoc {
    pub schema: u32,
    pub user: String,
}

/// `users/first-admin`: the one-time link of a server that nobody can administer yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct FirstAdminDoc {
    pub schema: u32,
    pub hash: String,
    pub expires_at_ms: i64,
}

/// `sessions/<SHA-256 of the token>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SessionDoc {
    pub schema: u32,
    pub user: String,
    /// Of the user, when it was opened.
    #[serde(default)]
    pub epoch: u64,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// `tokens/<SHA-256 of the token>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TokenDoc {
    pub schema: u32,
    pub id: String,
    pub user: String,
    pub label: String,
    /// What alone it is good for, beyond a viewer's rights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The user's `token_epoch`, when it was made.
    #[serde(default)]
    pub epoch: u64,
    pub created_at_ms: i64,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// `keys/<kid>`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyDoc {
    pub schema: u32,
    pub kid: String,
    /// SHA-256 of the whole key, hex.
    pub hash: String,
    pub label: String,
    pub topics: Vec<String>,
    pub surfaces: Vec<String>,
    /// Name of who made it, at that time.
    pub created_by: String,
    /// Their id, which stays when they are renamed.
    #[serde(default)]
    pub created_by_id: String,
    pub created_at_ms: i64,
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}
