//! Invitations and tokens with a scope, over HTTP.

use regie_core::Role;
use regie_identity::routes;
use serde_json::{Value, json};

use crate::{
    House, PASSWORD,
    routes::{OURS, ROOT, call},
};

/// What a request does by whoever sends it: nobody, a page of another site, a viewer, who has the role already, a token
/// with a scope, one that is void, the bootstrap token.
#[tokio::test]
async fn who_may_do_what_with_an_invitation() {
    let house = House::new().await;
    house.user("Viewer", Role::Viewer).await;
    house.user("Crew", Role::Restreamer).await;
    let root = house.bootstrap().actor();
    let target = "restream.12";
    let (crew, crew_cookie) = house.sign_in("Crew").await;
    let cookie = |secret: &regie_identity::Secret| format!("regie_session={}", secret.as_str());
    let bearer = |secret: &regie_identity::Secret| format!("Bearer {}", secret.as_str());
    let (viewer, viewer_cookie) = house.sign_in("Viewer").await;
    let viewer_token = house.identity.create_token(&viewer, "script", None).await.unwrap().1;
    let scoped =
        house.identity.create_scoped_token("auto", "auto.restream.12", &crew.actor()).await.unwrap().1;
    let (viewer, crew) = (cookie(&viewer_cookie), cookie(&crew_cookie));
    let (viewer_token, scoped) = (bearer(&viewer_token), bearer(&scoped));
    let (viewer, crew) = (("cookie", viewer.as_str()), ("cookie", crew.as_str()));
    let (viewer_token, scoped) =
        (("authorization", viewer_token.as_str()), ("authorization", scoped.as_str()));
    let void = ("authorization", "Bearer nonsense");
    let evil = ("origin", "http://evil.example");
    let new = |name: &str| json!({"name": name, "password": PASSWORD});
    for (lines, body, status, used, field) in [
        (vec![], json!({}), 401, 0, Value::Null),
        (vec![], new("Eve"), 200, 1, Value::Null),
        (vec![], new("VIEWER"), 409, 0, json!("name")),
        (vec![], json!({"name": "Eve"}), 400, 0, json!("password")),
        (vec![], json!({"password": PASSWORD}), 400, 0, json!("name")),
        (vec![], json!({"name": "Eve", "password": "short"}), 400, 0, json!("password")),
        (vec![], json!({"role": "admin"}), 400, 0, json!("role")),
        (vec![evil], new("Mallory"), 403, 0, json!("Origin")),
        (vec![("cookie", "regie_session=stale"), OURS], new("Stale"), 200, 1, Value::Null),
        (vec![viewer], json!({}), 403, 0, json!("Origin")),
        (vec![viewer, evil], json!({}), 403, 0, json!("Origin")),
        (vec![viewer, OURS], new("Second"), 400, 0, json!("name")),
        (vec![viewer, OURS], json!({}), 200, 1, Value::Null),
        (vec![viewer_token], json!({}), 200, 1, Value::Null),
        (vec![crew, OURS], json!({}), 200, 0, Value::Null),
        (vec![scoped], json!({}), 403, 0, Value::Null),
        (vec![scoped], new("Second"), 400, 0, json!("name")),
        (vec![void], json!({}), 401, 0, json!("Authorization")),
        (vec![ROOT], json!({}), 400, 0, json!("Authorization")),
    ] {
        house.identity.set_grants(target, vec![], &root).await.unwrap();
        let (invite, token) =
            house.identity.create_invite(target, Role::Editor, None, Some(1), &root).await.unwrap();
        let path = format!("/api/invites/{}", token.as_str());
        let shown = call(&house, "GET", &path, &lines, None).await;
        assert_eq!(shown.status, if lines.contains(&void) { 401 } else { 200 }, "anyone {lines:?}");
        let answer = call(&house, "POST", &path, &lines, body.clone()).await;
        assert_eq!(answer.status, status, "{lines:?} {body} {}", answer.body);
        assert_eq!(answer.body["error"]["path"], field, "{lines:?} {body}");
        let after = house.identity.invites(target).into_iter().find(|i| i.id == invite.id).unwrap();
        assert_eq!(after.used, used, "{lines:?} {body}");
        assert_eq!(house.identity.grants(target).len() as u32, used, "{lines:?} {body}");
        let made = body["name"].is_string() && status == 200;
        assert_eq!(answer.cookie.is_some(), made, "a session for a new account only");
    }
    assert_eq!(house.identity.user("Mallory"), None);
    assert_eq!(house.identity.user("Second"), None);
    assert_eq!(house.identity.user("Eve").unwrap().role, Role::Viewer);
}

#[tokio::test]
async fn an_invitation_says_where_it_leads_and_signs_a_new_account_in() {
    let house = House::new().await;
    let root = house.bootstrap().actor();
    let (_, token) =
        house.identity.create_invite("restream.12", Role::Editor, None, Some(1), &root).await.unwrap();
    let path = format!("/api/invites/{}", token.as_str());
    let plain = json!({"role": "editor", "target": "restream.12", "expires": "2026-02-11T13:38:00Z"});
    assert_eq!(call(&house, "GET", &path, &[], None).await.body, plain);
    house.identity.set_describer(std::sync::Arc::new(|target| {
        (target == "restream.12")
            .then(|| regie_identity::Described { title: "The final".into(), url: "/final".into() })
    }));
    assert_eq!(call(&house, "GET", &path, &[], None).await.body["title"], "The final");
    let body = json!({"name": "Ada", "password": PASSWORD});
    let accepted = call(&house, "POST", &path, &[OURS], body).await;
    let expected = json!({"ok": true, "role": "editor", "target": "restream.12", "url": "/final"});
    assert_eq!((accepted.status, accepted.body), (200, expected));
    let cookie = accepted.cookie.unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let pair = ("cookie", cookie.split(';').next().unwrap());
    let me = call(&house, "GET", "/api/auth/me", &[pair], None).await.body;
    assert_eq!((me["name"].as_str(), me["role"].as_str()), (Some("Ada"), Some("viewer")));
    for (path, message) in
        [(path.as_str(), "this invitation is used up"), ("/api/invites/x", "there is no such invitation")]
    {
        let gone = call(&house, "GET", path, &[], None).await;
        assert_eq!((gone.status, gone.body["error"]["message"].as_str()), (404, Some(message)));
    }
    assert_eq!(routes::loggable(&path), "/api/invites/");
    assert_eq!(routes::loggable("/api/users"), "/api/users");
}

#[tokio::test]
async fn a_token_with_a_scope_makes_nothing_and_changes_nobody() {
    let house = House::new().await;
    house.user("Root", Role::Admin).await;
    let (root, _) = house.sign_in("Root").await;
    let (listed, secret) =
        house.identity.create_scoped_token("auto", "auto.restream.12", &root.actor()).await.unwrap();
    let bearer = format!("Bearer {}", secret.as_str());
    let by = ("authorization", bearer.as_str());
    let token_path = format!("/api/tokens/{}", listed.id);
    let password =
        json!({"password": "another password", "current_password": PASSWORD, "revoke_tokens": true});
    let key = json!({"label": "OBS", "topics": ["tracker/12"]});
    for (method, path, body, status) in [
        ("GET", "/api/auth/me", None, 200),
        ("GET", "/api/users", None, 403),
        ("POST", "/api/users", Some(json!({"name": "Eve"})), 403),
        ("PATCH", "/api/users/Root", Some(password), 403),
        ("GET", "/api/tokens", None, 403),
        ("POST", "/api/tokens", Some(json!({"label": "x"})), 403),
        ("POST", "/api/tokens", Some(json!({"label": "x", "user": "Root"})), 403),
        ("DELETE", token_path.as_str(), None, 403),
        ("GET", "/api/keys", None, 403),
        ("POST", "/api/keys", Some(key), 403),
        ("DELETE", "/api/keys/nothing", None, 403),
    ] {
        let answer = call(&house, method, path, &[by], body).await;
        assert_eq!(answer.status, status, "{method} {path} {}", answer.body);
    }
    let asked = json!({"label": "x", "user": "Root", "scope": "auto.restream.13"});
    let refused = call(&house, "POST", "/api/tokens", &[ROOT], asked).await;
    assert_eq!(
        (refused.status, refused.body["error"]["path"].as_str()),
        (400, Some("scope")),
        "rooms give scopes"
    );
    let shown = call(&house, "GET", "/api/tokens", &[ROOT], None).await.body;
    assert_eq!(shown["items"][0]["scope"], "auto.restream.12");
    assert_eq!(call(&house, "DELETE", &token_path, &[ROOT], None).await.status, 204);
    assert_eq!(call(&house, "GET", "/api/auth/me", &[by], None).await.status, 401);
}
