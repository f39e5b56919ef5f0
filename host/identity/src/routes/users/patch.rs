use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{ApiJson, Result, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Identity, Principal, User, UserPatch,
    routes::{ErrorSchema, RoleName, Segment},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchUser {
    #[schema(min_length = 1, max_length = 40)]
    name: Option<String>,
    #[schema(value_type = Option<RoleName>)]
    role: Option<Role>,
    /// A new one ends the user's other sessions. API tokens stay, unless `revoke_tokens` says otherwise.
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: Option<String>,
    disabled: Option<bool>,
    /// Ends all API tokens of the user, at once.
    #[serde(default)]
    revoke_tokens: bool,
    /// For those who change their own password without being an admin.
    #[schema(format = Password)]
    current_password: Option<String>,
}

/// Change a user (admin), or one's own password and the end of one's API tokens.
#[utoipa::path(
    patch,
    path = "/api/users/{name}",
    tag = "users",
    params(("name" = String, Path, description = "Name or id")),
    request_body = PatchUser,
    responses(
        (status = 200, description = "The user as it is now", body = User),
        (status = 400, description = "Name, password or role cannot be used", body = ErrorSchema),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not yours to change", body = ErrorSchema),
        (status = 404, description = "No such user", body = ErrorSchema),
        (status = 409, description = "The name is taken, or no admin would be left", body = ErrorSchema),
    )
)]
pub async fn patch_user(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    Segment(name): Segment,
    ApiJson(body): ApiJson<PatchUser>,
) -> Result<Json<User>> {
    let PatchUser { name: new_name, role, password, disabled, revoke_tokens, current_password } = body;
    let patch = UserPatch { name: new_name, role, password, disabled, revoke_tokens, current_password };
    identity.patch_user(&principal, &name, patch).await.map(Json)
}
