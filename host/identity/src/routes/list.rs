//! Lists answer `{items,next}`.

use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Send it as `after` for the next page; `null` on the last.
    #[schema(required)]
    pub next: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn new((items, more): (Vec<T>, bool), cursor: impl Fn(&T) -> &str) -> Self {
        let next = items.last().filter(|_| more).map(|last| cursor(last).to_owned());
        Self { items, next }
    }
}
