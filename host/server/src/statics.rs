//! The front end inside the binary: the page runtime below `/static/`, the app below `/app/`.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use regie_core::Error;
use regie_pages::Statics;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../frontend/live/dist"]
struct Runtime;

#[derive(RustEmbed)]
#[folder = "../../frontend/app/build"]
struct App;

/// Hashed names, from the manifest that the front end's build writes.
pub fn names() -> Statics {
    let manifest = Runtime::get("manifest.json").map(|file| file.data.into_owned()).unwrap_or_default();
    let names: std::collections::HashMap<String, String> =
        serde_json::from_slice(&manifest).unwrap_or_default();
    let name = |key: &str| names.get(key).cloned().unwrap_or_default();
    if names.is_empty() {
        tracing::warn!("the page runtime was not built into this binary: pages are not live (make frontend)");
    }
    Statics {
        live_js: name("live"),
        crew_js: name("crew"),
        overlay_js: name("overlay"),
        race_js: name("race"),
        replay_js: name("replay"),
        page_css: name("page"),
        race_css: name("race_css"),
        overlay_css: name("overlay_css"),
    }
}

/// `/static/<hashed name>`: never changes.
pub async fn runtime(Path(path): Path<String>) -> Response {
    match Runtime::get(&path) {
        Some(file) => answer(file, "public, max-age=31536000, immutable"),
        None => Error::not_found("there is no such file").into_response(),
    }
}

/// `/app/…`: files by name, every other address is the app's own to route.
pub async fn app(path: Option<Path<String>>) -> Response {
    let path = path.map(|Path(path)| path).unwrap_or_default();
    if let Some(file) = App::get(&path) {
        let forever = path.starts_with("_app/immutable/");
        let cache = if forever { "public, max-age=31536000, immutable" } else { "no-cache" };
        return framed_by_nobody(answer(file, cache));
    }
    if path.starts_with("_app/") {
        return Error::not_found("there is no such file").into_response();
    }
    match App::get("index.html") {
        Some(file) => framed_by_nobody(answer(file, "no-cache")),
        None => {
            (StatusCode::SERVICE_UNAVAILABLE, "the app was not built into this binary: run `make frontend`")
                .into_response()
        }
    }
}

/// The rest of the app's policy stands in its page; a `<meta>` cannot say this.
fn framed_by_nobody(mut response: Response) -> Response {
    let policy = HeaderValue::from_static("frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn answer(file: EmbeddedFile, cache: &'static str) -> Response {
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = Body::from(file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}
