//! The server-rendered pages.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::Markup;
use regie_core::{Actor, ApiQuery, Credential, Error, ErrorKind, Result, Topic, random_hex};
use regie_identity::Principal;
use regie_live::{Form, Want};
use serde::Deserialize;

use super::Context;
use crate::{
    directory::Entry,
    model::{MAIN_PANEL, NONE, Panel},
    pages::{self, Block, Words},
    session::{session_key, session_topic},
};

/// A visitor together with the OBS key of the address.
pub struct Keyed {
    principal: Principal,
    key: Option<String>,
}

impl Keyed {
    pub fn new(principal: Principal, key: Option<String>) -> Arc<Self> {
        Arc::new(Self { principal, key })
    }
}

impl Credential for Keyed {
    fn actor(&self) -> Option<Actor> {
        self.principal.current()
    }

    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool {
        key.or(self.key.as_deref()).is_some_and(|key| self.principal.key_opens(key, topic, surface))
    }
}

#[derive(Debug, Deserialize)]
pub struct PageQuery {
    lang: Option<String>,
    key: Option<String>,
}

pub async fn index(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let actor = principal.actor();
    let words = words(query.lang.as_deref(), &headers);
    let list = context.restreams.list(&actor);
    let page = html(StatusCode::OK, &pages::index(words, &context.statics, &actor, &list), "", words);
    remember(query.lang.as_deref(), words, page)
}

pub async fn restream(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let actor = principal.actor();
    match context.restreams.get(&slug, &actor) {
        Ok(entry) => {
            let page = pages::restream(words, &context.statics, &actor, &entry.restream);
            remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, "", words))
        }
        Err(error) => refused(&context, words, error),
    }
}

/// Answers 200 even with nothing on it.
pub async fn live(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    Path(slug): Path<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let words = words(query.lang.as_deref(), &headers);
    let actor = principal.actor();
    let credential = Keyed::new(principal, query.key.clone());
    let made = async {
        let entry = context.restreams.directory.by_slug(&slug)?;
        let mut blocks = Vec::new();
        for panel in entry.restream.panels.iter().filter(|p| p.tracker_type != NONE) {
            blocks.push(block(&context, &entry, panel, "live", None, words, &credential).await?);
        }
        if blocks.is_empty() {
            context.restreams.get(&slug, &actor)?;
        }
        Ok((entry, blocks))
    };
    let (entry, blocks) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(&context, words, error),
    };
    let nonce = random_hex(16);
    let page = pages::live(&pages::Live {
        words,
        statics: &context.statics,
        nonce: &nonce,
        actor: &actor,
        restream: &entry.restream,
        blocks,
        key: query.key.as_deref(),
    });
    remember(query.lang.as_deref(), words, html(StatusCode::OK, &page, &nonce, words))
}

#[derive(Debug, Deserialize)]
pub struct OverlayQuery {
    panel: Option<String>,
    slot: Option<u32>,
    view: Option<String>,
    key: Option<String>,
    lang: Option<String>,
    #[serde(flatten)]
    options: Shown,
}

/// Read as text: `serde_urlencoded` cannot parse numbers in flattened fields.
#[derive(Debug, Deserialize)]
struct Shown {
    scale: Option<String>,
    align: Option<String>,
    labels: Option<String>,
    plate: Option<String>,
}

/// 404 where there is no tracker, or none such.
pub async fn overlay(
    State(context): State<Context>,
    Extension(principal): Extension<Principal>,
    OriginalUri(uri): OriginalUri,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Response {
    let query = match Query::<OverlayQuery>::try_from_uri(&uri) {
        Ok(Query(query)) => query,
        Err(error) => {
            return Error::bad_request(format!("this address does not read: {error}"))
                .path("query")
                .into_response();
        }
    };
    let words = words(query.lang.as_deref(), &headers);
    let credential = Keyed::new(principal, query.key.clone());
    let made = async {
        let entry = context.restreams.directory.by_slug(&slug)?;
        let panel = entry.restream.panel(query.panel.as_deref().unwrap_or(MAIN_PANEL))?;
        if panel.tracker_type == NONE {
            return Err(Error::not_found(format!("`{slug}` has no tracker")));
        }
        let plugin = context.restreams.plugins.get(&panel.tracker_type);
        let overlays = plugin.as_deref().map(|p| p.manifest().overlays.as_slice()).unwrap_or_default();
        let overlay = match &query.view {
            Some(view) => overlays.iter().find(|o| o.name == *view),
            None => overlays.first(),
        };
        let name = overlay
            .map(|o| o.name.clone())
            .or_else(|| query.view.clone())
            .unwrap_or_else(|| "default".into());
        let size = overlay.map_or((1920, 1080), |o| (o.width, o.height));
        let surface = format!("overlay:{name}");
        let block = block(&context, &entry, panel, &surface, query.slot, words, &credential).await?;
        Ok((entry, block, size))
    };
    let (entry, block, (width, height)) = match made.await {
        Ok(made) => made,
        Err(error) => return refused(&context, words, error),
    };
    let nonce = random_hex(16);
    let options = pages::Options {
        scale: query.options.scale.and_then(|s| s.parse().ok()),
        align: query.options.align,
        labels: query.options.labels,
        plate: query.options.plate,
    };
    let page = pages::overlay(pages::Canvas {
        words,
        statics: &context.statics,
        nonce: &nonce,
        title: &entry.restream.title,
        width,
        height,
        options: &options,
        block,
        key: query.key.as_deref(),
    });
    html(StatusCode::OK, &page, &nonce, words)
}

async fn block(
    context: &Context,
    entry: &Entry,
    panel: &Panel,
    surface: &str,
    slot: Option<u32>,
    words: Words,
    credential: &Arc<Keyed>,
) -> Result<Block> {
    let topic = session_topic(&session_key(entry.restream.id, &panel.key))?;
    let want =
        Want { form: Form::Html, surface: Some(surface.into()), slot, locale: Some(words.locale.into()) };
    let plugin = panel.tracker_type.clone();
    let loaded = context.restreams.plugins.get(&plugin);
    let name = loaded.map_or_else(|| plugin.clone(), |p| p.manifest().name.clone());
    match context.restreams.hub.snapshot(&topic, want.clone(), None, &**credential).await {
        Ok((variant, snapshot)) => {
            Ok(Block { topic, plugin, name, want: variant.want, snapshot: Some(snapshot) })
        }
        // The page stands without its plugin; the block fills when it returns.
        Err(error) if matches!(error.kind, ErrorKind::PluginUnavailable | ErrorKind::Plugin) => {
            Ok(Block { topic, plugin, name, want, snapshot: None })
        }
        Err(error) => Err(error),
    }
}

/// A language that was chosen by the address of a page for people stays chosen.
fn remember(query: Option<&str>, words: Words, mut response: Response) -> Response {
    if query.is_some() {
        let cookie = format!("regie_lang={}; Path=/; Max-Age=31536000; SameSite=Lax", words.locale);
        let cookie = HeaderValue::from_str(&cookie).expect("a language and constants");
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn words(query: Option<&str>, headers: &HeaderMap) -> Words {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    let cookie = text(header::COOKIE)
        .and_then(|all| all.split(';').find_map(|c| c.trim().strip_prefix("regie_lang=")));
    Words::choose(query, cookie, text(header::ACCEPT_LANGUAGE))
}

fn refused(context: &Context, words: Words, error: Error) -> Response {
    if error.kind == ErrorKind::NotFound {
        return html(StatusCode::NOT_FOUND, &pages::not_found(words, &context.statics), "", words);
    }
    error.into_response()
}

/// The page policy: nothing but the server's own, scripts only with this page's nonce.
fn policy(nonce: &str) -> String {
    let script = if nonce.is_empty() { "'none'".into() } else { format!("'nonce-{nonce}'") };
    format!(
        "default-src 'none'; script-src {script}; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; \
         media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
}

fn html(status: StatusCode, page: &Markup, nonce: &str, words: Words) -> Response {
    let policy = HeaderValue::from_str(&policy(nonce)).expect("a policy is plain text");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_LANGUAGE, HeaderValue::from_static(words.locale)),
        (HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer")),
    ];
    (status, headers, page.0.clone()).into_response()
}
