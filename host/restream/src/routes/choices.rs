//! What the select lists of forms offer: always the registry, never a list in code.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Extension, Json,
    extract::{Path, State},
};
use regie_core::Result;
use regie_identity::Principal;
use serde::Deserialize;

use super::Context;
use crate::{model::INDICES_PANEL, service::Choice};

/// Tracker types, `none` first.
#[utoipa::path(get, path = "/api/trackers", tag = "restreams", responses((status = 200, body = Vec<Choice>)))]
pub async fn list_trackers(State(context): State<Context>) -> Json<Vec<Choice>> {
    Json(context.restreams.tracker_types())
}

/// Hint sheets, `none` first.
#[utoipa::path(get, path = "/api/indices/templates", tag = "restreams", responses((status = 200, body = Vec<Choice>)))]
pub async fn list_indices_templates(State(context): State<Context>) -> Json<Vec<Choice>> {
    Json(context.restreams.indices_templates())
}

/// The list of everything that stands in the sheet.
const WORDS: &str = "words";

/// What a catalog says that the host reads here.
#[derive(Default, Deserialize)]
struct Catalog {
    #[serde(default)]
    completions: BTreeMap<String, Vec<String>>,
}

/// The shape that templates and sheets have.
#[derive(Deserialize)]
struct Sheet {
    #[serde(default)]
    categories: BTreeMap<String, Category>,
}

#[derive(Deserialize)]
struct Category {
    #[serde(default)]
    items: Vec<Vec<String>>,
}

/// Words that fields of the hint sheet are completed with, by the name of the list: what the plugin's catalog offers, and
/// what stands in the sheet already, under the category's key and, all of it, under `words`.
#[utoipa::path(
    get, path = "/{slug}/indices/completions", tag = "restreams", params(("slug" = String, Path)),
    responses((status = 200, body = BTreeMap<String, Vec<String>>), (status = 404))
)]
pub async fn list_completions(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
) -> Result<Json<BTreeMap<String, BTreeSet<String>>>> {
    let (entry, _) = context.find(&slug, &principal)?;
    let on = context.restreams.on(&entry.restream, Some(INDICES_PANEL))?;
    let session = on.sessions.parse(&on.sessions.ensure(&on.key).await?)?;
    let plugin = on.sessions.plugin(&session.plugin)?;
    let catalog = plugin.catalog("en").await?;
    let catalog: Catalog = serde_json::from_str(catalog.get()).unwrap_or_default();
    let mut lists: BTreeMap<String, BTreeSet<String>> =
        catalog.completions.into_iter().map(|(name, words)| (name, words.into_iter().collect())).collect();
    if let Ok(sheet) = serde_json::from_str::<Sheet>(session.state.get()) {
        for (key, category) in sheet.categories {
            let cells: Vec<_> =
                category.items.into_iter().flatten().filter(|cell| !cell.trim().is_empty()).collect();
            lists.entry(WORDS.to_owned()).or_default().extend(cells.iter().cloned());
            lists.entry(key).or_default().extend(cells);
        }
    }
    Ok(Json(lists))
}
