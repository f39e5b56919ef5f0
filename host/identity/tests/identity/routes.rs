use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use regie_core::Role;
use regie_identity::{Options, Proxies, routes};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{BOOTSTRAP, DAY_MS, House, PASSWORD, options};

pub struct Answer {
    pub status: u16,
    pub cookie: Option<String>,
    pub body: Value,
}

fn app(house: &House) -> Router {
    routes::layer(routes::router(house.identity.clone()), house.identity.clone())
}

pub async fn call(
    house: &House,
    method: &str,
    path: &str,
    lines: &[(&str, &str)],
    body: impl Into<Option<Value>>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if !lines.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:4400");
    }
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let body: Option<Value> = body.into();
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let request = request.extension(ConnectInfo(peer)).body(body).unwrap();
    let response = app(house).oneshot(request).await.unwrap();
    let cookie = response.headers().get(header::SET_COOKIE).map(|v| v.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status, cookie, body }
}

pub const ROOT: (&str, &str) = ("authorization", concat!("Bearer ", "bootstrap-token-of-the-tests"));
pub const OURS: (&str, &str) = ("origin", "http://localhost:4400");

#[tokio::test]
async fn signing_in_gives_a_cookie_that_me_knows_until_signing_out() {
    assert_eq!(ROOT.1, format!("Bearer {BOOTSTRAP}"));
    let house = House::new().await;
    let body = json!({"name": "Ada", "password": PASSWORD, "role": "editor"});
    let made = call(&house, "POST", "/api/users", &[ROOT], body).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["created_at"], "2026-02-04T13:38:00Z");
    let login = json!({"name": "ada", "password": PASSWORD});
    let signed_in = call(&house, "POST", "/api/auth/login", &[OURS], login).await;
    assert_eq!((signed_in.status, &signed_in.body), (200, &made.body));
    let cookie = signed_in.cookie.unwrap();
    let pair = ("cookie", cookie.split(';').next().unwrap());
    let me = call(&house, "GET", "/api/auth/me", &[pair], None).await;
    assert_eq!((me.status, me.cookie, me.body), (200, None, made.body));
    house.clock.advance(2 * DAY_MS);
    let me = call(&house, "GET", "/api/auth/me", &[pair], None).await;
    assert_eq!(me.cookie, Some(cookie.clone()), "renewed");
    let out = call(&house, "POST", "/api/auth/logout", &[pair], None).await;
    assert_eq!((out.status, out.body["error"]["code"].as_str()), (403, Some("forbidden")), "no Origin");
    house.clock.advance(2 * DAY_MS);
    let out = call(&house, "POST", "/api/auth/logout", &[pair, OURS], None).await;
    assert_eq!(out.status, 204);
    assert!(out.cookie.unwrap().contains("Max-Age=0"), "not the renewed one");
    let me = call(&house, "GET", "/api/auth/me", &[pair], None).await;
    assert_eq!((me.status, me.body["error"]["code"].as_str()), (401, Some("unauthenticated")));
}

#[tokio::test]
async fn every_request_is_checked_for_host_origin_and_credential() {
    let options = Options { public_url: Some("https://regie.example".into()), ..options() };
    let house = House::with(options).await;
    let login = json!({"name": "x", "password": "x"});
    for (method, path, lines, body, status) in [
        ("GET", "/api/auth/me", vec![("host", "evil.example"), ROOT], None, 421),
        ("GET", "/api/auth/me", vec![("host", "regie.example"), ROOT], None, 200),
        ("GET", "/api/auth/me", vec![("host", "[::1]:80"), ROOT], None, 200),
        ("GET", "/api/auth/me", vec![("host", "localhost"), ("host", "localhost"), ROOT], None, 400),
        ("GET", "/api/auth/me", vec![("host", "localhost"), ("host", "evil.example"), ROOT], None, 400),
        ("GET", "http://localhost:4400/api/auth/me", vec![ROOT], None, 200),
        ("GET", "http://evil.example/api/auth/me", vec![ROOT], None, 400),
        ("GET", "/api/auth/me", vec![("authorization", "Bearer nonsense")], None, 401),
        ("POST", "/api/auth/login", vec![("origin", "http://evil.example")], Some(login.clone()), 403),
        ("POST", "/api/auth/login", vec![("origin", "null")], Some(login.clone()), 403),
        ("POST", "/api/auth/login", vec![OURS], Some(login.clone()), 401),
        ("POST", "/api/auth/login", vec![], Some(login), 401),
    ] {
        let answer = call(&house, method, path, &lines, body).await;
        assert_eq!(answer.status, status, "{method} {path} {lines:?} {}", answer.body);
    }
}

#[tokio::test]
async fn bad_bodies_and_queries_are_refused_in_the_one_shape() {
    let house = House::new().await;
    for (path, body, field) in [
        ("/api/users", json!({"name": "Ada", "password": "short"}), "password"),
        ("/api/users", json!({"name": " "}), "name"),
        ("/api/users", json!({"name": "Ada", "role": "king"}), "role"),
        ("/api/users", json!({"name": "Ada", "pasword": PASSWORD}), "pasword"),
        ("/api/users", json!({}), "body"),
        ("/api/tokens", json!({"label": "x"}), "user"),
        ("/api/keys", json!({"label": "x", "topics": ["A"]}), "topics[0]"),
        ("/api/keys", json!({"label": "x", "topics": [1]}), "topics[0]"),
    ] {
        let answer = call(&house, "POST", path, &[ROOT], body.clone()).await;
        let error = &answer.body["error"];
        assert_eq!((answer.status, error["code"].as_str()), (400, Some("bad_request")), "{path} {body}");
        assert_eq!(error["path"], field, "{path} {body} {error}");
    }
    let plain = call(&house, "POST", "/api/users", &[ROOT, ("content-type", "text/plain")], None).await;
    assert_eq!((plain.status, plain.body["error"]["path"].as_str()), (400, Some("body")));
    let huge = json!({"name": "x".repeat(3 << 20)});
    assert_eq!(call(&house, "POST", "/api/users", &[ROOT], huge).await.body["error"]["code"], "too_large");
    for query in ["limit=0", "limit=201", "limit=many"] {
        let answer = call(&house, "GET", &format!("/api/users?{query}"), &[ROOT], None).await;
        assert_eq!((answer.status, answer.body["error"]["path"].as_str()), (400, Some("limit")), "{query}");
    }
}

#[tokio::test]
async fn lists_go_on_where_the_page_before_ended() {
    let house = House::new().await;
    for name in ["Ada", "Bob", "Cy"] {
        house.user(name, Role::Viewer).await;
    }
    let first = call(&house, "GET", "/api/users?limit=2", &[ROOT], None).await.body;
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let path = format!("/api/users?limit=2&after={}", first["next"].as_str().unwrap());
    let second = call(&house, "GET", &path, &[ROOT], None).await.body;
    assert_eq!((second["items"][0]["name"].as_str(), &second["next"]), (Some("Cy"), &Value::Null));
    assert!(second.as_object().unwrap().contains_key("next"));
}

#[tokio::test]
async fn users_tokens_and_keys_are_made_changed_and_revoked_by_those_who_may() {
    let house = House::new().await;
    house.user("Ada", Role::Restreamer).await;
    house.user("Bob", Role::Editor).await;
    let label = json!({"label": "script"});
    let of = async |name: &str| {
        let user = json!({"label": "script", "user": name});
        let made = call(&house, "POST", "/api/tokens", &[ROOT], user).await;
        assert_eq!(made.status, 201);
        format!("Bearer {}", made.body["token"].as_str().unwrap())
    };
    let (ada, bob) = (of("Ada").await, of("bob").await);
    let (ada, bob) = (("authorization", ada.as_str()), ("authorization", bob.as_str()));
    let key = json!({"label": "OBS", "topics": ["tracker/12"], "surfaces": ["overlay"]});
    for (method, path, by, body, status) in [
        ("GET", "/api/users", Some(bob), None, 403),
        ("GET", "/api/users", None, None, 401),
        ("POST", "/api/users", Some(ada), Some(json!({"name": "Eve"})), 403),
        ("POST", "/api/users", Some(ROOT), Some(json!({"name": "ADA"})), 409),
        ("PATCH", "/api/users/Bob", Some(ada), Some(json!({"role": "admin"})), 403),
        ("PATCH", "/api/users/Bob", Some(ROOT), Some(json!({"role": "viewer"})), 200),
        ("PATCH", "/api/users/%FF", Some(ROOT), Some(json!({})), 400),
        ("PATCH", "/api/users/Nobody", Some(ROOT), Some(json!({})), 404),
        ("POST", "/api/tokens", None, Some(label.clone()), 401),
        ("POST", "/api/tokens", Some(bob), Some(label), 201),
        ("DELETE", "/api/tokens/nothing", Some(bob), None, 404),
        ("POST", "/api/keys", Some(bob), Some(key.clone()), 403),
        ("GET", "/api/keys", Some(bob), None, 403),
        ("DELETE", "/api/keys/nothing", Some(ada), None, 404),
    ] {
        let lines: Vec<_> = by.into_iter().collect();
        let answer = call(&house, method, path, &lines, body).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.body);
    }
    let made = call(&house, "POST", "/api/keys", &[ada], key).await;
    let plain = made.body["key"].as_str().unwrap();
    let listed = call(&house, "GET", "/api/keys", &[ada], None).await.body;
    assert!(!listed.to_string().contains(plain) && listed["items"][0]["masked"].is_string(), "{listed}");
    let topic = regie_core::Topic::parse("tracker/12/main").unwrap();
    assert!(house.identity.key_opens(plain, &topic, Some("overlay:wide")));
    let path = format!("/api/keys/{}", made.body["kid"].as_str().unwrap());
    assert_eq!(call(&house, "DELETE", &path, &[ada], None).await.status, 204);
    let tokens = call(&house, "GET", "/api/tokens", &[bob], None).await.body;
    for token in tokens["items"].as_array().unwrap() {
        let path = format!("/api/tokens/{}", token["id"].as_str().unwrap());
        let by = if token == &tokens["items"][0] { ROOT } else { bob };
        let revoked = call(&house, "DELETE", &path, &[by], None).await.status;
        // With the first one gone, the token that asks is no more.
        assert_eq!(revoked, if by == ROOT { 204 } else { 401 });
    }
}

#[tokio::test]
async fn the_first_admin_is_made_over_http_and_signed_in() {
    let house = House::new().await;
    let token = house.identity.first_admin_token().await.unwrap().unwrap();
    let body = json!({"token": token, "name": "Root", "password": PASSWORD});
    let made = call(&house, "POST", "/api/auth/first-admin", &[OURS], body.clone()).await;
    assert_eq!((made.status, made.body["role"].as_str()), (201, Some("admin")));
    let cookie = made.cookie.unwrap();
    let pair = ("cookie", cookie.split(';').next().unwrap());
    assert_eq!(call(&house, "GET", "/api/users", &[pair], None).await.status, 200);
    assert_eq!(call(&house, "POST", "/api/auth/first-admin", &[OURS], body).await.status, 401);
}

#[tokio::test]
async fn the_rate_limit_counts_addresses_behind_trusted_proxies() {
    let trusted_proxies = Proxies::parse(&["127.0.0.1"]).unwrap();
    let house = House::with(Options { trusted_proxies, login_attempts: 1, ..options() }).await;
    for (name, address, status) in [
        ("a", "198.51.100.1", 401),
        ("b", "198.51.100.1", 429),
        ("c", "6.6.6.6, 198.51.100.1", 429),
        ("d", "198.51.100.2", 401),
    ] {
        let login = json!({"name": name, "password": "wrong"});
        let answer = call(&house, "POST", "/api/auth/login", &[("x-forwarded-for", address)], login).await;
        assert_eq!(answer.status, status, "{name} {address}");
    }
}

#[tokio::test]
async fn answers_about_people_are_not_cached() {
    let house = House::new().await;
    let request = Request::get("/api/auth/me").header("host", "localhost").body(Body::empty()).unwrap();
    let response = app(&house).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}
