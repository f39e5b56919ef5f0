//! HTML a plugin may answer: an allow-list, applied twice by code that shares nothing but the list.
//!
//! 1. [`rewrite`] reads the markup once, left to right, keeps what [`policy`] allows, balances it, writes it in one canonical form,
//!    and notes what it dropped and where.
//! 2. `ammonia` (html5ever's tree, the parser browsers specify) cleans the result with the same policy, until nothing changes any
//!    more. What is sent is therefore what a browser will read: no mutation is left to happen there.
//!
//! The second step is left out where the first one *proves* that the tree builder has nothing to decide: every element stands where
//! [`model`] says that no end tag is implied, nothing is moved, no namespace or raw text is entered. That is what the SDK's markup
//! looks like; a property test holds the two ways against each other.

mod entity;
mod model;
pub(crate) mod outline;
mod policy;
mod rewrite;
mod style;
mod values;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use rewrite::Rewritten;

/// Rounds of cleaning before markup counts as trying to be something else each time it is read.
const ROUNDS: usize = 4;

/// Clean markup, and what was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// A balanced fragment in canonical form; cleaning it again changes nothing.
    pub html: String,
    pub dropped: Vec<Dropped>,
}

/// One thing that is not in the output, in an author's words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    pub what: String,
    /// Byte offset in the input of the tag or attribute, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

/// The cleaner of one plugin: media may only come from under its own `base`.
pub struct Sanitiser {
    base: Arc<str>,
    gate: ammonia::Builder<'static>,
}

impl std::fmt::Debug for Sanitiser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sanitiser").field("base", &self.base).finish_non_exhaustive()
    }
}

impl Sanitiser {
    /// `base` is the URL prefix of the plugin's assets, `/plugins/<id>/<hash>/`. Make one per plugin and keep it.
    pub fn new(base: &str) -> Self {
        let base: Arc<str> = base.into();
        let own = Arc::clone(&base);
        let mut gate = ammonia::Builder::empty();
        gate.tags(model::ELEMENTS.iter().copied().collect())
            .clean_content_tags(policy::WITH_CONTENT.iter().copied().collect())
            // Every attribute reaches the filter, which knows them all; the list is kept once.
            .generic_attribute_prefixes([""].into())
            .url_schemes(["data"].into())
            .url_relative(ammonia::UrlRelative::PassThrough)
            .link_rel(None)
            .strip_comments(true)
            .attribute_filter(move |tag, name, value| {
                policy::attribute(&own, tag, name, value, &mut |_| ()).ok()
            });
        Self { base, gate }
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// Cleans a fragment. Never fails: what is hostile beyond repair becomes nothing, and is reported.
    pub fn clean(&self, html: &str) -> Clean {
        let first = rewrite::rewrite(html, &self.base);
        if first.settled {
            return Clean { html: first.html, dropped: first.dropped };
        }
        self.settle(first)
    }

    /// Lets the real parser have its say until it agrees with what it is given.
    fn settle(&self, first: Rewritten) -> Clean {
        let Rewritten { html, mut dropped, opened, .. } = first;
        let mut current: Cow<'_, str> = Cow::Borrowed(&html);
        for _ in 0..ROUNDS {
            let parsed = self.gate.clean(&current).to_string();
            let again = rewrite::rewrite(&parsed, &self.base);
            if again.html == *current {
                dropped.extend(rewrite::lost(&opened, &again.opened));
                return Clean { html: current.into_owned(), dropped };
            }
            current = Cow::Owned(again.html);
        }
        dropped.push(Dropped {
            what: "all of the markup: it reads differently each time it is parsed; write balanced elements, each where HTML allows it"
                .into(),
            position: None,
        });
        Clean { html: String::new(), dropped }
    }
}

/// [`Sanitiser::clean`] for a single use; where a plugin answers often, keep its `Sanitiser`.
pub fn sanitise(html: &str, base: &str) -> Clean {
    Sanitiser::new(base).clean(html)
}
