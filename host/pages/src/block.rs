//! A topic on a page, with the picture it has now.

use std::sync::Arc;

use maud::{Markup, PreEscaped, html};
use regie_core::{Credential, ErrorKind, Result, Topic};
use regie_live::{Body, Form, Hub, Snapshot, Want};

use crate::Words;

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
    /// The block of a topic for this visitor. The page stands without its plugin; the block fills when it returns.
    pub async fn of(
        hub: &Arc<Hub>,
        topic: Topic,
        plugin: String,
        name: String,
        want: Want,
        credential: &dyn Credential,
    ) -> Result<Self> {
        match hub.snapshot(&topic, want.clone(), None, credential).await {
            Ok((variant, snapshot)) => {
                Ok(Self { topic, plugin, name, want: variant.want, snapshot: Some(snapshot) })
            }
            Err(error) if matches!(error.kind, ErrorKind::PluginUnavailable | ErrorKind::Plugin) => {
                Ok(Self { topic, plugin, name, want, snapshot: None })
            }
            Err(error) => Err(error),
        }
    }

    /// What a page wants of a topic: HTML of one surface.
    pub fn want(surface: &str, slot: Option<u32>, words: Words) -> Want {
        Want {
            form: Form::Html,
            surface: Some(surface.to_owned()),
            slot,
            locale: Some(words.locale.to_owned()),
        }
    }

    /// The element the page runtime morphs. Its attributes are read once, from the server's own markup: what a plugin
    /// renders inside cannot name a topic.
    pub fn markup(&self, style: Option<&str>) -> Markup {
        let (etag, version) =
            self.snapshot.as_ref().map_or(("", 0), |snapshot| (snapshot.etag.as_str(), snapshot.version));
        html! {
            div class="rg-block" role="group" aria-label=(self.name) data-plugin=(self.plugin) data-rg-topic=(self.topic)
                data-rg-surface=(self.want.surface.as_deref().unwrap_or_default())
                data-rg-slot=[self.want.slot] data-rg-etag=(etag) data-rg-version=(version) style=[style] {
                (self.inner())
            }
        }
    }

    /// The picture itself; empty while there is none.
    pub fn inner(&self) -> PreEscaped<&str> {
        match &self.snapshot {
            Some(Snapshot { body: Body::Html(inner), .. }) => PreEscaped(inner),
            _ => PreEscaped(""),
        }
    }

    pub fn css(&self) -> &[String] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.css)
    }
}

/// `(plugin, url)` of every stylesheet the blocks need, each once.
pub fn stylesheets<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Vec<(String, String)> {
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
