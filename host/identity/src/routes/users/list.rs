use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{ApiQuery, PageQuery, Result, Role};

use crate::{
    Identity, Principal, User,
    routes::{ErrorSchema, Page},
};

/// Users, oldest first (admin).
#[utoipa::path(
    get,
    path = "/api/users",
    tag = "users",
    params(PageQuery<String>),
    responses(
        (status = 200, description = "A page of users", body = Page<User>),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not an admin", body = ErrorSchema),
    )
)]
pub async fn list_users(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<Page<User>>> {
    principal.require(Role::Admin)?;
    Ok(Json(Page::new(identity.users(page.limit()?, page.after.as_deref()), |user| &user.id)))
}
