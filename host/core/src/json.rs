//! Request bodies and queries as types; what does not fit is refused in the shape of every other error, with the
//! place of the fault (`participants[1].label`).

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;

use crate::{Error, ErrorKind};

/// A JSON body. 400 where it is not sent as JSON, not JSON or not a `T`; 413 beyond the route's body limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiJson<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for ApiJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Err(Error::bad_request("the body is not sent as JSON")
                .path("body")
                .hint("Content-Type: application/json"));
        }
        let bytes = body(request, state).await?;
        from_slice(&bytes).map(Self)
    }
}

/// A JSON body that may be left out: then it is `T`'s default, and how it was sent does not matter. Errors as of [`ApiJson`].
#[derive(Debug, Clone, Copy, Default)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = body(request, state).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(T::default()));
        }
        from_slice(&bytes).map(Self)
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Error::new(ErrorKind::TooLarge, "the body is larger than this route takes").path("body");
        }
        Error::bad_request("the body did not arrive whole").path("body").source(rejection)
    })
}

/// Query parameters. 400 with the parameter's name where one does not fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let path = error.path().to_string();
            at(Error::bad_request(format!("the query does not fit: {}", error.inner())), path)
        })
    }
}

/// Reads one JSON value and nothing after it.
fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let what = if error.inner().is_data() { "the body does not fit" } else { "the body is not JSON" };
        at(Error::bad_request(format!("{what}: {}", error.inner())), path)
    })?;
    reader
        .end()
        .map_err(|error| Error::bad_request(format!("the body is not JSON: {error}")).path("body"))?;
    Ok(value)
}

fn at(error: Error, path: String) -> Error {
    // The root is written `.` there, and `?` what is in no place since it is no JSON.
    if matches!(path.as_str(), "." | "?") { error.path("body") } else { error.path(path) }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use axum_core::body::Body;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Line {
        label: String,
        #[serde(default)]
        slots: Vec<u32>,
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn read(kind: &str, body: &'static str) -> Result<Line, Error> {
        let request = http::Request::post("/").header("content-type", kind).body(Body::from(body)).unwrap();
        block_on(ApiJson::from_request(request, &())).map(|ApiJson(line)| line)
    }

    #[test]
    fn a_body_that_does_not_fit_is_refused_with_its_place() {
        for kind in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
            assert_eq!(
                read(kind, r#"{"label":"a","slots":[1]}"#).unwrap(),
                Line { label: "a".into(), slots: vec![1] }
            );
        }
        for (kind, body, path) in [
            ("text/plain", r#"{"label":"a"}"#, "body"),
            ("application/json", r#"{"label":1}"#, "label"),
            ("application/json", r#"{"label":"a","slots":[1,"x"]}"#, "slots[1]"),
            ("application/json", r#"{}"#, "body"),
            ("application/json", r#"{"label":"a"} x"#, "body"),
            ("application/json", "", "body"),
            ("application/json", "{bad", "body"),
        ] {
            let error = read(kind, body).unwrap_err();
            assert_eq!(
                (error.kind, error.path.as_deref()),
                (ErrorKind::BadRequest, Some(path)),
                "{body}: {error}"
            );
        }
    }

    #[test]
    fn a_body_that_may_be_left_out_is_read_where_there_is_one() {
        let read = |body: &'static str| {
            let request = http::Request::post("/").body(Body::from(body)).unwrap();
            block_on(OptionalJson::<Vec<u32>>::from_request(request, &())).map(|OptionalJson(list)| list)
        };
        for (body, expected) in
            [("", Some(vec![])), (" \n", Some(vec![])), ("[1]", Some(vec![1])), ("{}", None)]
        {
            assert_eq!(read(body).ok(), expected, "{body}");
        }
        assert_eq!(read("[1,{}]").unwrap_err().path.as_deref(), Some("[1]"));
    }

    #[test]
    fn a_body_beyond_the_limit_is_too_large() {
        let body = "x".repeat(3 << 20);
        let request = http::Request::post("/")
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let error = block_on(ApiJson::<Line>::from_request(request, &())).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TooLarge);
    }

    #[test]
    fn a_query_that_does_not_fit_names_the_parameter() {
        #[derive(Debug, Deserialize)]
        struct Page {
            limit: Option<u32>,
        }
        let read = |query: &str| {
            let (mut parts, ()) = http::Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
            block_on(ApiQuery::<Page>::from_request_parts(&mut parts, &()))
        };
        assert_eq!(read("limit=3").unwrap().0.limit, Some(3));
        assert_eq!(read("limit=many").unwrap_err().path.as_deref(), Some("limit"));
    }
}
