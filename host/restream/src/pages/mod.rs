//! Server-rendered pages: first paint needs no script, and a script of a few kB keeps them live.

mod index;
mod indices;
mod keys;
mod live;
mod overlay;
mod panel;
mod preset;
mod restream;
mod scripted;
mod shell;
#[cfg(test)]
mod tests;
mod words;

pub use index::index;
pub use indices::{Indices, indices};
pub use live::{Live, live};
pub use overlay::{Canvas, Options, Picture, Placed, overlay};
pub use panel::{INDICES, Panel, Source};
pub use preset::{Preset, preset};
pub use restream::restream;
pub use scripted::Scripted;
pub use shell::{Page, Statics, not_found};
pub use words::Words;

use maud::{Markup, PreEscaped, html};
use regie_core::Topic;
use regie_live::{Body, Snapshot, Want};

/// A topic on a page, with the picture it has now.
pub struct Block {
    pub topic: Topic,
    pub plugin: String,
    /// The plugin's name, for those who hear the page.
    pub name: String,
    pub want: Want,
    /// `None` while its plugin is away and no earlier picture is known.
    pub snapshot: Option<Snapshot>,
}

impl Block {
    /// The element the page runtime morphs. Its attributes are read once, from the server's own markup: what a plugin
    /// renders inside cannot name a topic.
    pub fn markup(&self, style: Option<&str>) -> Markup {
        let (etag, version, inner) = match &self.snapshot {
            Some(Snapshot { etag, version, body: Body::Html(inner), .. }) => {
                (etag.as_str(), *version, inner.as_ref())
            }
            _ => ("", 0, ""),
        };
        html! {
            div class="rg-block" role="group" aria-label=(self.name) data-plugin=(self.plugin) data-rg-topic=(self.topic)
                data-rg-surface=(self.want.surface.as_deref().unwrap_or_default())
                data-rg-slot=[self.want.slot] data-rg-etag=(etag) data-rg-version=(version) style=[style] {
                (PreEscaped(inner))
            }
        }
    }

    pub fn css(&self) -> &[String] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.css)
    }
}

/// `(plugin, url)` of every stylesheet the blocks need, each once.
fn shell_css<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Vec<(String, String)> {
    let mut css: Vec<(String, String)> = Vec::new();
    for block in blocks {
        for url in block.css() {
            if css.iter().all(|(_, seen)| seen != url) {
                css.push((block.plugin.clone(), url.clone()));
            }
        }
    }
    css
}
