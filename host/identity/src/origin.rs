//! The check against requests that another site's page makes with our cookie (CSRF, and its WebSocket form).

use http::{HeaderMap, Method, header};
use regie_core::{Error, Result};

use crate::{
    authority::{Authority, default_port},
    principal::has_session_cookie,
};

/// What `Origin` must be, by what the request carries:
///
/// - `Authorization`: not looked at; a page of another site cannot send that header;
/// - our cookie, with an unsafe method or an upgrade: present, and its authority is the `Host`;
/// - neither, with an unsafe method: its authority is the `Host` where it is present. Browsers always send it then, so
///   another site cannot sign a visitor in (login CSRF); a program without it has no cookie to misuse.
///
/// 403 otherwise.
pub fn check_origin(method: &Method, headers: &HeaderMap) -> Result<()> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    let origins: Vec<_> = headers.get_all(header::ORIGIN).iter().collect();
    let is_unsafe = !method.is_safe();
    let must_match = if has_session_cookie(headers) {
        is_unsafe || is_upgrade(headers)
    } else {
        is_unsafe && (!origins.is_empty() || says_cross_site(headers))
    };
    if !must_match {
        return Ok(());
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).and_then(Authority::parse);
    let origin = match origins.as_slice() {
        [one] => one.to_str().ok(),
        _ => None,
    };
    if let (Some(host), Some(origin)) = (host, origin)
        && is_same(origin, &host)
    {
        return Ok(());
    }
    Err(Error::forbidden("this request does not come from a page of this server")
        .path("Origin")
        .hint("send it from the server's own pages, or as a program with an API token in Authorization"))
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    headers.contains_key(header::UPGRADE) || headers.contains_key(header::SEC_WEBSOCKET_KEY)
}

fn says_cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|v| v != "same-origin" && v != "none")
}

fn is_same(origin: &str, host: &Authority) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (Some(default), Some(origin)) = (default_port(scheme), Authority::parse(authority)) else {
        return false;
    };
    origin.name == host.name && origin.port_or(default) == host.port_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    const COOKIE: (&str, &str) = ("cookie", "theme=dark; regie_session=abc");

    #[test]
    fn with_a_cookie_the_authority_of_the_origin_is_the_host() {
        for (host, origin, allowed) in [
            ("localhost:4400", "http://localhost:4400", true),
            ("LOCALHOST:4400", "http://localhost:4400", true),
            ("localhost.:4400", "http://localhost:4400", true),
            ("regie.example", "https://regie.example", true),
            ("regie.example:443", "https://regie.example", true),
            ("regie.example", "https://regie.example:443", true),
            ("[::1]:4400", "http://[::1]:4400", true),
            ("[::1]:4400", "http://[0:0:0:0:0:0:0:1]:4400", true),
            ("localhost:4400", "http://localhost:5173", false),
            ("localhost", "http://localhost:4400", false),
            ("localhost:4400", "http://127.0.0.1:4400", false),
            ("regie.example", "https://evil.example", false),
            ("regie.example", "https://regie.example.evil.example", false),
            ("regie.example", "https://evil.example/regie.example", false),
            ("regie.example", "https://regie.example@evil.example", false),
            ("regie.example", "regie.example", false),
            ("regie.example", "ftp://regie.example", false),
            ("regie.example", "file://", false),
            ("regie.example", "null", false),
            ("regie.example", "", false),
        ] {
            for (method, upgrade, checked) in [
                (Method::POST, None, true),
                (Method::PATCH, None, true),
                (Method::DELETE, None, true),
                (Method::CONNECT, None, true),
                (Method::GET, Some(("upgrade", "websocket")), true),
                (Method::GET, None, false),
                (Method::HEAD, None, false),
            ] {
                let mut lines = vec![("host", host), ("origin", origin), COOKIE];
                lines.extend(upgrade);
                let answer = check_origin(&method, &headers(&lines));
                assert_eq!(answer.is_ok(), allowed || !checked, "{method} {upgrade:?} {host} {origin}");
            }
        }
    }

    #[test]
    fn what_must_be_there_depends_on_what_the_request_carries() {
        let host = ("host", "localhost");
        let (ours, evil) = (("origin", "http://localhost"), ("origin", "http://evil.example"));
        let upgrade = ("upgrade", "websocket");
        for (method, lines, allowed) in [
            (Method::POST, vec![host, COOKIE], false),
            (Method::GET, vec![host, COOKIE, upgrade], false),
            (Method::POST, vec![host, COOKIE, ours, evil], false),
            (Method::POST, vec![COOKIE, ours], false),
            (Method::POST, vec![host, COOKIE, evil, ("authorization", "Bearer x")], true),
            (Method::POST, vec![host], true),
            (Method::POST, vec![host, ours], true),
            (Method::POST, vec![host, evil], false),
            (Method::POST, vec![host, ("origin", "null")], false),
            (Method::POST, vec![host, ("sec-fetch-site", "cross-site")], false),
            (Method::POST, vec![host, ("sec-fetch-site", "same-origin")], true),
            (Method::POST, vec![host, ("cookie", "theme=dark")], true),
            (Method::GET, vec![host, evil, upgrade], true),
            (Method::GET, vec![host, evil], true),
        ] {
            assert_eq!(check_origin(&method, &headers(&lines)).is_ok(), allowed, "{method} {lines:?}");
        }
    }
}
