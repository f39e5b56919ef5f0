//! `POST /api/restreams/{slug}/auto`: counts from an automatic tracker.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use regie_core::{ApiJson, Error, Result};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Context,
    act::{action_key, answer},
};
use crate::sessions::{Counted, Counts};

#[derive(Debug, Deserialize, ToSchema)]
pub struct AutoForm {
    /// `main` where it is absent.
    #[serde(default)]
    panel: Option<String>,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AutoAnswer {
    ok: bool,
    #[serde(flatten)]
    counted: Counted,
}

/// Absolute counts by item's name. The higher of them and what people clicked stands, until somebody lowers it by hand.
#[utoipa::path(
    post, path = "/api/restreams/{slug}/auto", tag = "restreams",
    params(("slug" = String, Path), ("Idempotency-Key" = Option<String>, Header, description = "A UUID of the client's")),
    request_body = AutoForm,
    responses((status = 200, body = AutoAnswer), (status = 400), (status = 401), (status = 403), (status = 404), (status = 429), (status = 503))
)]
pub async fn count_items(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    ApiJson(form): ApiJson<AutoForm>,
) -> Result<Response> {
    let restream = context.restreams.directory.by_slug(&slug)?.restream;
    if let Err(refused) = restream.require_auto(&principal) {
        // A stranger is not told of a restream that is not shown.
        context.find(&slug, &principal)?;
        return Err(refused);
    }
    let on = context.restreams.on(&restream, form.panel.as_deref())?;
    if !on.editable {
        return Err(Error::forbidden("this panel only shows another restream's tracker").path("panel"));
    }
    let counts = form.counts;
    counts.check()?;
    context.restreams.presence.counted(&restream, &counts);
    Ok(match on.sessions.count(&on.key, counts, action_key(&headers)?).await {
        Ok(counted) => Json(AutoAnswer { ok: true, counted }).into_response(),
        Err(refused) => answer(refused),
    })
}
