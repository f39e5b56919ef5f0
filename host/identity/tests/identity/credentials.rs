use regie_core::{ErrorKind, Role};

use crate::{BOOTSTRAP, DAY_MS, House, PASSWORD, headers, principal};

#[tokio::test]
async fn authorization_decides_alone_and_a_stale_cookie_is_anonymous() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let (ada, session) = house.sign_in("Ada").await;
    let (_, token) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let good_cookie = format!("regie_session={}", session.as_str());
    let two_cookies = format!("regie_session=stale; {good_cookie}");
    let bearer = format!("Bearer {}", token.as_str());
    let lower = format!("bearer  {}", token.as_str());
    let bootstrap = format!("Bearer {BOOTSTRAP}");
    let (cookie, auth) = ("cookie", "authorization");
    for (lines, expected) in [
        (vec![], Ok("")),
        (vec![(cookie, good_cookie.as_str())], Ok("Ada")),
        (vec![(cookie, "theme=dark"), (cookie, &good_cookie)], Ok("Ada")),
        (vec![(cookie, &two_cookies)], Ok("Ada")),
        (vec![(cookie, "regie_session=stale")], Ok("")),
        (vec![(cookie, "regie_session=")], Ok("")),
        (vec![(cookie, "regie_session")], Ok("")),
        (vec![(auth, &bearer)], Ok("Ada")),
        (vec![(auth, &lower)], Ok("Ada")),
        (vec![(auth, &bootstrap), (cookie, &good_cookie)], Ok("bootstrap")),
        (vec![(auth, "Bearer nonsense")], Err(())),
        (vec![(auth, "Bearer nonsense"), (cookie, &good_cookie)], Err(())),
        (vec![(auth, "Bearer "), (cookie, &good_cookie)], Err(())),
        (vec![(auth, ""), (cookie, &good_cookie)], Err(())),
        (vec![(auth, token.as_str())], Err(())),
        (vec![(auth, "Basic YWRhOnB3")], Err(())),
        (vec![(auth, &bearer), (auth, &bearer)], Err(())),
        (vec![(auth, &format!("Bearer {}", session.as_str()))], Err(())),
        (vec![(cookie, &format!("regie_session={}", token.as_str()))], Ok("")),
    ] {
        let found = house.identity.authenticate(&headers(&lines));
        match (found, expected) {
            (Ok(found), Ok(name)) => assert_eq!(found.actor().name, name, "{lines:?}"),
            (Err(error), Err(())) => assert_eq!(error.kind, ErrorKind::Unauthenticated, "{lines:?}"),
            (found, _) => panic!("{lines:?}: {:?}", found.map(|p| p.actor())),
        }
    }
}

#[tokio::test]
async fn an_empty_bootstrap_token_opens_nothing() {
    let options = regie_identity::Options { bootstrap_token: Some(String::new()), ..Default::default() };
    let house = House::with(options).await;
    assert!(house.identity.authenticate(&headers(&[("authorization", "Bearer ")])).is_err());
}

#[tokio::test]
async fn nothing_plain_is_stored() {
    let house = House::new().await;
    let first = house.identity.first_admin_token().await.unwrap().unwrap();
    house.user("Ada", Role::Restreamer).await;
    let (ada, session) = house.sign_in("Ada").await;
    let (_, token) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let new =
        regie_identity::NewKey { label: "OBS".into(), topics: vec!["tracker/1".into()], surfaces: vec![] };
    let (_, key) = house.identity.create_key(&ada.actor(), new).await.unwrap();
    let (_, scoped) = house.identity.create_scoped_token("auto", "auto.r.1", &ada.actor()).await.unwrap();
    let (_, invite) =
        house.identity.create_invite("r.1", Role::Editor, None, None, &ada.actor()).await.unwrap();
    let key_secret = key.as_str().split_once('.').unwrap().1;
    let mut written = String::new();
    for bucket in &house.buckets {
        written += &bucket.written().await;
    }
    assert!(written.contains("$argon2id$") && written.contains("Ada"));
    for plain in
        [PASSWORD, session.as_str(), token.as_str(), scoped.as_str(), invite.as_str(), key_secret, &first]
    {
        assert!(!written.contains(plain), "{plain}");
        assert!(!written.contains(plain.trim_start_matches("regie_")), "{plain}");
    }
}

#[tokio::test]
async fn a_restart_keeps_users_sessions_tokens_and_keys() {
    let house = House::new().await;
    house.user("Ada", Role::Restreamer).await;
    let (ada, session) = house.sign_in("ada").await;
    let (_, token) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let new =
        regie_identity::NewKey { label: "OBS".into(), topics: vec!["tracker/1".into()], surfaces: vec![] };
    let (_, key) = house.identity.create_key(&ada.actor(), new).await.unwrap();
    house.identity.logout(house.sign_in("Ada").await.1.as_str()).await.unwrap();

    let after = house.another().await;
    assert_eq!(principal(&after, &session).user(), house.identity.user("Ada"));
    let bearer = format!("Bearer {}", token.as_str());
    assert_eq!(after.authenticate(&headers(&[("authorization", &bearer)])).unwrap().actor().name, "Ada");
    let topic = regie_core::Topic::parse("tracker/1/main").unwrap();
    assert!(after.key_opens(key.as_str(), &topic, None));
    assert!(after.login("Ada", PASSWORD, [192, 0, 2, 1].into()).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_thirty_days_after_its_last_use() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let (ada, session) = house.sign_in("Ada").await;
    let cookie = headers(&[("cookie", &format!("regie_session={}", session.as_str()))]);
    assert_eq!(house.identity.renew(&cookie).await.unwrap(), None, "not more than once a day");
    house.clock.advance(29 * DAY_MS);
    assert_eq!(house.identity.renew(&cookie).await.unwrap(), Some(session.clone()));
    assert_eq!(house.identity.renew(&cookie).await.unwrap(), None);
    house.clock.advance(29 * DAY_MS);
    assert_eq!(ada.actor().name, "Ada");
    assert_eq!(principal(&house.another().await, &session).actor().name, "Ada");
    house.clock.advance(DAY_MS);
    assert_eq!(ada.current(), None);
    assert!(principal(&house.identity, &session).actor().is_anonymous());
    assert_eq!(house.identity.renew(&cookie).await.unwrap(), None);
    assert!(principal(&house.another().await, &session).actor().is_anonymous());
}

#[tokio::test]
async fn a_role_change_logout_or_revocation_is_seen_at_once_and_announced() {
    let house = House::new().await;
    house.user("Root", Role::Admin).await;
    house.user("Ada", Role::Editor).await;
    let root = house.bootstrap();
    let (ada, session) = house.sign_in("Ada").await;
    let (token, secret) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let bearer = headers(&[("authorization", &format!("Bearer {}", secret.as_str()))]);
    let script = house.identity.authenticate(&bearer).unwrap();
    let mut changes = house.identity.changes();
    let patch = |role| regie_identity::UserPatch { role: Some(role), ..Default::default() };

    house.identity.patch_user(&root, "Ada", patch(Role::Restreamer)).await.unwrap();
    assert_eq!((ada.actor().role, script.actor().role), (Role::Restreamer, Role::Restreamer));
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();

    house.identity.revoke_token(&ada, &token.id).await.unwrap();
    assert_eq!(script.current(), None);
    assert!(house.identity.authenticate(&bearer).is_err());
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();

    house.identity.logout(session.as_str()).await.unwrap();
    assert_eq!(ada.current(), None);
    assert!(ada.actor().is_anonymous());
    assert!(changes.has_changed().unwrap());
}

#[tokio::test]
async fn a_disabled_user_is_out_everywhere_until_enabled_and_then_signs_in_again() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let (ada, session) = house.sign_in("Ada").await;
    let (_, secret) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let bearer = headers(&[("authorization", &format!("Bearer {}", secret.as_str()))]);
    let patch = |disabled| regie_identity::UserPatch { disabled: Some(disabled), ..Default::default() };
    house.identity.patch_user(&house.bootstrap(), "Ada", patch(true)).await.unwrap();
    assert_eq!(ada.current(), None);
    assert!(house.identity.authenticate(&bearer).is_err());
    let refused = house.identity.login("Ada", PASSWORD, [192, 0, 2, 1].into()).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Forbidden);
    house.identity.patch_user(&house.bootstrap(), "Ada", patch(false)).await.unwrap();
    assert!(principal(&house.identity, &session).actor().is_anonymous(), "the old session stays ended");
    assert!(house.identity.authenticate(&bearer).is_ok());
    assert!(house.identity.login("Ada", PASSWORD, [192, 0, 2, 1].into()).await.is_ok());
}

#[tokio::test]
async fn a_user_sees_and_revokes_its_own_tokens_and_an_admin_everyones() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    house.user("Bob", Role::Editor).await;
    let (ada, _) = house.sign_in("Ada").await;
    let (bob, _) = house.sign_in("Bob").await;
    let root = house.bootstrap();
    let (token, _) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let ids = |by| {
        let (tokens, _) = house.identity.tokens(by, 10, None).unwrap();
        tokens.into_iter().map(|token| token.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&ada), std::slice::from_ref(&token.id));
    assert_eq!(ids(&bob), [""; 0]);
    assert_eq!(ids(&root), std::slice::from_ref(&token.id));
    assert_eq!(house.identity.revoke_token(&bob, &token.id).await.unwrap_err().kind, ErrorKind::NotFound);
    let for_ada = |by| house.identity.create_token(by, "script", Some("Ada"));
    assert_eq!(for_ada(&bob).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(for_ada(&root).await.unwrap().0.user, token.user);
    assert_eq!(
        house.identity.create_token(&root, "x", None).await.unwrap_err().path.as_deref(),
        Some("user")
    );
    let anonymous = house.identity.anonymous();
    assert_eq!(
        house.identity.create_token(&anonymous, "x", None).await.unwrap_err().kind,
        ErrorKind::Unauthenticated
    );
    house.identity.revoke_token(&root, &token.id).await.unwrap();
}
