//! Lists are read in pages: `limit` and `after`, the same for every list.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::{Error, Result};

const MOST: u32 = 200;
const DEFAULT: u32 = 50;

/// The query of a list; `Cursor` is what its `next` holds. A route that takes further parameters reads them with a second
/// [`crate::ApiQuery`]: parameters that a type does not name are left alone.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery<Cursor = String>
where
    Cursor: utoipa::ToSchema,
{
    /// Items on a page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// `next` of the page before.
    #[param(nullable = false)]
    pub after: Option<Cursor>,
}

impl<Cursor: utoipa::ToSchema> PageQuery<Cursor> {
    /// 1 to 200, 50 where none is asked for; anything else is 400 at `limit`.
    pub fn limit(&self) -> Result<usize> {
        match self.limit.unwrap_or(DEFAULT) {
            limit @ 1..=MOST => Ok(limit as usize),
            other => Err(Error::bad_request(format!("a page has 1 to {MOST} items, not {other}"))
                .path("limit")
                .hint(format!("1 to {MOST}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<C: utoipa::ToSchema + serde::de::DeserializeOwned>(query: &str) -> Result<PageQuery<C>> {
        let pairs = form_urlencoded::parse(query.as_bytes());
        PageQuery::deserialize(serde_urlencoded::Deserializer::new(pairs)).map_err(Error::internal)
    }

    #[test]
    fn a_page_has_1_to_200_items() {
        for (query, limit) in [
            ("", Some(50)),
            ("limit=1", Some(1)),
            ("limit=200&panel=main", Some(200)),
            ("limit=0", None),
            ("limit=201", None),
        ] {
            let found = read::<String>(query).unwrap().limit();
            assert_eq!(found.as_ref().ok(), limit.as_ref(), "{query}");
            if let Err(error) = found {
                assert_eq!(error.path.as_deref(), Some("limit"), "{query}");
            }
        }
        assert!(read::<String>("limit=many").is_err());
    }

    #[test]
    fn a_cursor_has_the_type_that_the_list_gives_it() {
        assert_eq!(read::<u64>("after=12").unwrap().after, Some(12));
        assert_eq!(read::<String>("after=ada").unwrap().after.as_deref(), Some("ada"));
        assert!(read::<u64>("after=ada").is_err());
        let described = PageQuery::<u64>::into_params(|| None);
        assert_eq!(described.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["limit", "after"]);
    }
}
