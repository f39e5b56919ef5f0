//! Lists answer `{items,next}`.

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const MOST: u32 = 200;
const DEFAULT: u32 = 50;

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

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

impl PageQuery {
    pub fn limit(&self) -> Result<usize> {
        match self.limit.unwrap_or(DEFAULT) {
            limit @ 1..=MOST => Ok(limit as usize),
            other => {
                Err(Error::bad_request(format!("a page has 1 to {MOST} items, not {other}")).path("limit"))
            }
        }
    }
}
