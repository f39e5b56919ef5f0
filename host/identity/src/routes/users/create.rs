use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use regie_core::{ApiJson, Result, Role};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Identity, NewUser, Principal, User,
    routes::{ErrorSchema, RoleName},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Unique, whatever its case.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// Without one the user cannot sign in by name.
    #[schema(format = Password, min_length = 8, max_length = 1024)]
    password: Option<String>,
    #[serde(default)]
    #[schema(value_type = RoleName)]
    role: Role,
}

/// Make a user (admin).
#[utoipa::path(
    post,
    path = "/api/users",
    tag = "users",
    request_body = CreateUser,
    responses(
        (status = 201, description = "Made", body = User),
        (status = 400, description = "Name, password or role cannot be used", body = ErrorSchema),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not an admin", body = ErrorSchema),
        (status = 409, description = "The name is taken", body = ErrorSchema),
    )
)]
pub async fn create_user(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiJson(CreateUser { name, password, role }): ApiJson<CreateUser>,
) -> Result<(StatusCode, Json<User>)> {
    let actor = principal.require(Role::Admin)?;
    let user = identity.create_user(&actor, NewUser { name, password, role }).await?;
    Ok((StatusCode::CREATED, Json(user)))
}
