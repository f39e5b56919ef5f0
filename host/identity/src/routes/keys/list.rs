use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{ApiQuery, PageQuery, Result, Role};

use crate::{
    Identity, Key, Principal,
    routes::{ErrorSchema, Page},
};

/// OBS keys, masked (restreamer).
#[utoipa::path(
    get,
    path = "/api/keys",
    tag = "keys",
    params(PageQuery<String>),
    responses(
        (status = 200, description = "A page of keys", body = Page<Key>),
        (status = 401, description = "Not signed in", body = ErrorSchema),
        (status = 403, description = "Not a restreamer", body = ErrorSchema),
    )
)]
pub async fn list_keys(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<Page<Key>>> {
    principal.require(Role::Restreamer)?;
    Ok(Json(Page::new(identity.keys(page.limit()?, page.after.as_deref()), |key| &key.kid)))
}
