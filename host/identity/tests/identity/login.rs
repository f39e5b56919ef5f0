use std::net::IpAddr;

use regie_core::{ErrorKind, Role};
use regie_identity::Options;

use crate::{House, PASSWORD, options};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_refused_alike() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let long = "x".repeat(1 << 20);
    let mut answers = Vec::new();
    for (name, password) in
        [("Ada", "wrong"), ("Nobody", PASSWORD), ("", ""), ("Ada", ""), ("Ada", &long), (&long, "x")]
    {
        let error = house.identity.login(name, password, HERE).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unauthenticated);
        answers.push(serde_json::to_string(&error.body()).unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for name in ["Ada", "ada", " ADA "] {
        assert_eq!(house.identity.login(name, PASSWORD, HERE).await.unwrap().0.name, "Ada");
    }
}

#[tokio::test]
async fn failed_logins_are_limited_per_name_and_per_address_for_a_while() {
    let house = House::with(Options { login_attempts: 3, ..options() }).await;
    house.user("Ada", Role::Editor).await;
    house.user("Bob", Role::Editor).await;
    let there = |n: u8| IpAddr::from([198, 51, 100, n]);
    for n in 0..3 {
        assert!(house.identity.login("Ada", "wrong", there(n)).await.is_err());
    }
    let limited = house.identity.login("Ada", PASSWORD, there(9)).await.unwrap_err();
    assert_eq!((limited.kind, limited.hint.as_deref()), (ErrorKind::RateLimited, Some("try again in 300 s")));
    for n in 0..3 {
        assert!(house.identity.login(&format!("guess {n}"), PASSWORD, HERE).await.is_err());
    }
    assert_eq!(house.identity.login("Bob", PASSWORD, HERE).await.unwrap_err().kind, ErrorKind::RateLimited);
    assert!(house.identity.login("Bob", PASSWORD, there(9)).await.is_ok());
    house.clock.advance(300_000);
    assert!(house.identity.login("Ada", PASSWORD, HERE).await.is_ok());
}

#[tokio::test]
async fn attempts_at_the_same_time_do_not_get_past_the_limit() {
    let house = House::with(Options { login_attempts: 3, ..options() }).await;
    house.user("Ada", Role::Editor).await;
    let attempts = (0..8).map(|_| {
        let identity = house.identity.clone();
        tokio::spawn(async move { identity.login("Ada", "wrong", HERE).await.unwrap_err().kind })
    });
    let mut limited = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        limited += usize::from(attempt.await.unwrap() == ErrorKind::RateLimited);
    }
    assert_eq!(limited, 5);
}

#[tokio::test]
async fn a_user_without_a_password_cannot_sign_in_by_name() {
    let house = House::new().await;
    let new = regie_identity::NewUser { name: "Ada".into(), password: None, role: Role::Editor };
    house.identity.create_user(&Default::default(), new).await.unwrap();
    for password in ["", PASSWORD] {
        assert!(house.identity.login("Ada", password, HERE).await.is_err());
    }
}

#[tokio::test]
async fn the_oldest_session_ends_when_a_user_has_too_many() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let (oldest, _) = house.sign_in("Ada").await;
    for _ in 0..50 {
        house.clock.advance(1);
        house.sign_in("Ada").await;
    }
    assert_eq!(oldest.current(), None);
}

#[tokio::test]
async fn the_cookie_is_secure_where_the_public_address_is_https() {
    for (url, secure) in
        [(None, false), (Some("http://regie.example"), false), (Some("https://regie.example"), true)]
    {
        let house = House::with(Options { public_url: url.map(Into::into), ..options() }).await;
        house.user("Ada", Role::Editor).await;
        let (_, token) = house.sign_in("Ada").await;
        let expected =
            format!("regie_session={}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax", token.as_str());
        let cookie = house.identity.cookie(&token);
        assert_eq!(cookie, if secure { expected + "; Secure" } else { expected });
        assert!(house.identity.no_cookie().starts_with("regie_session=; Path=/; Max-Age=0"));
    }
}
