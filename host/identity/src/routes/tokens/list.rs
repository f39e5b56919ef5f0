use std::sync::Arc;

use axum::{Json, extract::State};
use regie_core::{ApiQuery, PageQuery, Result};

use crate::{
    Identity, Principal, Token,
    routes::{ErrorSchema, Page},
};

/// Your API tokens; an admin sees everyone's. The plain tokens are not kept.
#[utoipa::path(
    get,
    path = "/api/tokens",
    tag = "tokens",
    params(PageQuery<String>),
    responses(
        (status = 200, description = "A page of tokens", body = Page<Token>),
        (status = 401, description = "Not signed in", body = ErrorSchema),
    )
)]
pub async fn list_tokens(
    State(identity): State<Arc<Identity>>,
    principal: Principal,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<Json<Page<Token>>> {
    let found = identity.tokens(&principal, page.limit()?, page.after.as_deref())?;
    Ok(Json(Page::new(found, |token| &token.id)))
}
