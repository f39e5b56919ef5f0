//! `/api/links`: the pages that are open, and telling them to load again.

use std::{cmp::Reverse, sync::Arc};

use axum::{Json, extract::State};
use regie_core::{ApiJson, ApiQuery, Error, Result, Role, rfc3339};
use regie_identity::Principal;
use regie_live::LinkInfo;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::rooms::Rooms;

const MOST: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    Overlay,
    Live,
    App,
    Other,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    id: u64,
    /// Path and query as the page said them, without keys; empty where it said nothing.
    page: String,
    kind: PageKind,
    /// Behind trusted proxies: the client's.
    address: String,
    /// The browser's `User-Agent`; OBS names itself there.
    agent: String,
    /// RFC 3339.
    since: String,
    /// When it last said something, RFC 3339.
    seen: String,
    /// The newest version it was told of any of its topics.
    #[schema(required)]
    version: Option<u64>,
    topics: Vec<TopicView>,
    /// Name of the page's script.
    build: String,
    /// Who signed in there.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TopicView {
    topic: String,
    /// `null` while it was told nothing.
    #[schema(required)]
    version: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LinkPage {
    items: Vec<LinkView>,
    /// Send it as `after` for the next page; `null` on the last.
    #[schema(required)]
    next: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinksQuery {
    #[param(minimum = 1, maximum = 200, default = 200)]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<String>,
    /// Only pages of this kind.
    #[param(inline)]
    kind: Option<PageKind>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ReloadBody {
    /// One link.
    id: Option<u64>,
    /// Every link whose page begins so. Neither: every overlay.
    page_prefix: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    ok: bool,
    told: usize,
}

/// The open links: overlays first, then by age.
#[utoipa::path(get, path = "/api/links", tag = "links", params(LinksQuery), responses((status = 200, body = LinkPage), (status = 400), (status = 401), (status = 403)))]
pub async fn list_links(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    ApiQuery(query): ApiQuery<LinksQuery>,
) -> Result<Json<LinkPage>> {
    principal.actor().require(Role::Restreamer)?;
    let limit = query.limit.unwrap_or(MOST);
    if !(1..=MOST).contains(&limit) {
        return Err(Error::bad_request(format!("a page has 1 to {MOST} items, not {limit}")).path("limit"));
    }
    let after = query.after.as_deref().map(cursor).transpose()?;
    let links = rooms.hub.links().await.into_iter().map(|link| ((kind(&link.page), link.id), link));
    let mut links: Vec<_> = links
        .filter(|(place, _)| {
            query.kind.is_none_or(|kind| place.0 == kind) && after.is_none_or(|after| *place > after)
        })
        .collect();
    links.sort_by_key(|(place, _)| *place);
    let next = (links.len() > limit).then(|| {
        let (kind, id) = links[limit - 1].0;
        format!("{}-{id}", kind as u8)
    });
    links.truncate(limit);
    Ok(Json(LinkPage {
        items: links.into_iter().map(|((kind, _), link)| LinkView::new(kind, link)).collect(),
        next,
    }))
}

/// Tells pages to load again: overlays do at once, live pages ask whoever is there.
#[utoipa::path(post, path = "/api/links/reload", tag = "links", request_body = ReloadBody, responses((status = 200, body = Told), (status = 400), (status = 401), (status = 403)))]
pub async fn reload_links(
    State(rooms): State<Arc<Rooms>>,
    principal: Principal,
    ApiJson(body): ApiJson<ReloadBody>,
) -> Result<Json<Told>> {
    principal.actor().require(Role::Restreamer)?;
    let told = match body {
        ReloadBody { id: Some(_), page_prefix: Some(_) } => {
            return Err(Error::bad_request("name one link or a page, not both").path("page_prefix"));
        }
        ReloadBody { id: Some(id), .. } => rooms.hub.reload(|link| link.id == id),
        ReloadBody { page_prefix: Some(prefix), .. } => {
            rooms.hub.reload(|link| !link.page.is_empty() && link.page.starts_with(&prefix))
        }
        ReloadBody { .. } => rooms.hub.reload(|link| kind(&link.page) == PageKind::Overlay),
    };
    tracing::info!(told, by = principal.actor().name, "pages are told to load again");
    Ok(Json(Told { ok: true, told }))
}

/// What the pages of this server are, by their addresses.
fn kind(page: &str) -> PageKind {
    let path = page.split('?').next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let (first, second, last) = (segments.next(), segments.next(), path.rsplit('/').next());
    match (first, second, last) {
        (Some("app"), ..) => PageKind::App,
        (_, Some("overlay"), _) => PageKind::Overlay,
        (_, Some("live" | "indices"), _) | (Some("preset"), _, Some("editor")) => PageKind::Live,
        _ => PageKind::Other,
    }
}

fn cursor(text: &str) -> Result<(PageKind, u64)> {
    let kinds = [PageKind::Overlay, PageKind::Live, PageKind::App, PageKind::Other];
    let parts =
        text.split_once('-').and_then(|(kind, id)| Some((kind.parse::<usize>().ok()?, id.parse().ok()?)));
    parts
        .and_then(|(kind, id)| Some((*kinds.get(kind)?, id)))
        .ok_or_else(|| Error::bad_request("this is no cursor of this list").path("after"))
}

impl LinkView {
    fn new(kind: PageKind, link: LinkInfo) -> Self {
        let mut topics: Vec<_> = link
            .told
            .into_iter()
            .map(|told| TopicView { topic: told.topic.to_string(), version: told.version })
            .collect();
        topics.sort_by_key(|topic| Reverse(topic.version));
        Self {
            id: link.id,
            page: link.page,
            kind,
            address: link.address.to_string(),
            agent: link.agent.to_string(),
            since: rfc3339(link.since_ms),
            seen: rfc3339(link.seen_ms),
            version: topics.first().and_then(|topic| topic.version),
            topics,
            build: link.build,
            user: link.actor.map(|actor| actor.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_known_by_its_address() {
        for (page, expected) in [
            ("/a/overlay?view=default", PageKind::Overlay),
            ("/a/overlay/indices", PageKind::Overlay),
            ("/a/live", PageKind::Live),
            ("/a/indices?lang=fr", PageKind::Live),
            ("/preset/tracker-x/all/editor", PageKind::Live),
            ("/app/restreams", PageKind::App),
            ("/app", PageKind::App),
            ("/a", PageKind::Other),
            ("/", PageKind::Other),
            ("", PageKind::Other),
        ] {
            assert_eq!(kind(page), expected, "{page}");
        }
    }

    #[test]
    fn a_cursor_is_what_the_list_gave() {
        assert_eq!(cursor("1-42").unwrap(), (PageKind::Live, 42));
        for bad in ["", "1", "9-1", "-1", "1-x"] {
            assert_eq!(cursor(bad).unwrap_err().path.as_deref(), Some("after"), "{bad}");
        }
    }
}
