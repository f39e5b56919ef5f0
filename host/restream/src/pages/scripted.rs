//! What a plugin's granted scripts find on a live page or an overlay.

use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::in_script;

/// Granted scripts of one tracker and the globals they read. Only for live pages and overlays.
pub struct Scripted {
    /// URLs below `/plugins/`, loaded as modules.
    pub scripts: Vec<String>,
    /// `window.TRACKER_CATALOG`
    pub catalog: Value,
    /// `window.TRACKER_STATE`: the session as its stream sends it.
    pub state: Value,
    /// `window.TRACKER_STREAM_URL`
    pub stream_url: String,
    /// `window.TRACKER_UPDATE_URL`
    pub update_url: String,
    /// `window.TRACKER_USE_STORAGE`: whether a script may remember things in this browser; never on an overlay.
    pub use_storage: bool,
}

impl Scripted {
    /// What a page has after its scripts.
    pub fn tail(scripted: Option<&Self>, nonce: &str) -> Markup {
        html! { @if let Some(scripted) = scripted { (scripted.markup(nonce)) } }
    }

    fn markup(&self, nonce: &str) -> Markup {
        let globals = serde_json::json!({
            "TRACKER_CATALOG": self.catalog,
            "TRACKER_STATE": self.state,
            "TRACKER_STREAM_URL": self.stream_url,
            "TRACKER_UPDATE_URL": self.update_url,
            "TRACKER_USE_STORAGE": self.use_storage,
        });
        // As text that is parsed, not as an object literal, where a key `__proto__` would mean something.
        let code =
            format!("Object.assign(window,JSON.parse({}))", in_script(&Value::from(globals.to_string())));
        html! {
            @if !self.scripts.is_empty() {
                script nonce=(nonce) { (PreEscaped(code)) }
                @for url in &self.scripts { script type="module" nonce=(nonce) src=(url) {} }
            }
        }
    }
}
