use regie_core::{ErrorKind, Role};

use crate::{DAY_MS, House, PASSWORD, principal};

#[tokio::test]
async fn the_first_admin_is_made_once_by_the_link_of_the_last_start() {
    let house = House::new().await;
    let earlier = house.identity.first_admin_token().await.unwrap().unwrap();
    let token = house.identity.first_admin_token().await.unwrap().unwrap();
    let redeem = |token: String, name: &'static str, password: &'static str| {
        let identity = house.identity.clone();
        async move { identity.redeem_first_admin(&token, name, password).await }
    };
    for wrong in [earlier, String::new(), "0".repeat(64)] {
        assert_eq!(redeem(wrong, "Ada", PASSWORD).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    }
    assert_eq!(redeem(token.clone(), "Ada", "short").await.unwrap_err().path.as_deref(), Some("password"));
    assert_eq!(redeem(token.clone(), "", PASSWORD).await.unwrap_err().path.as_deref(), Some("name"));
    house.user("taken", Role::Viewer).await;
    assert_eq!(redeem(token.clone(), "Taken", PASSWORD).await.unwrap_err().kind, ErrorKind::Conflict);

    let (one, other) =
        tokio::join!(redeem(token.clone(), "Ada", PASSWORD), redeem(token.clone(), "Bob", PASSWORD));
    assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1);
    let (user, session) = one.or(other).unwrap();
    assert_eq!(user.role, Role::Admin);
    assert_eq!(principal(&house.identity, &session).user(), Some(user));
    assert!(redeem(token, "Eve", PASSWORD).await.is_err());
    assert_eq!(house.identity.first_admin_token().await.unwrap(), None);
    assert_eq!(house.another().await.first_admin_token().await.unwrap(), None);
}

#[tokio::test]
async fn the_link_is_void_after_a_day_and_once_there_is_an_admin() {
    let house = House::new().await;
    let token = house.identity.first_admin_token().await.unwrap().unwrap();
    house.clock.advance(DAY_MS);
    assert!(house.identity.redeem_first_admin(&token, "Ada", PASSWORD).await.is_err());
    let token = house.identity.first_admin_token().await.unwrap().unwrap();
    house.user("Root", Role::Admin).await;
    assert!(house.identity.redeem_first_admin(&token, "Ada", PASSWORD).await.is_err());
}

#[tokio::test]
async fn an_admin_who_cannot_sign_in_does_not_count() {
    let house = House::new().await;
    let new = regie_identity::NewUser { name: "Root".into(), password: None, role: Role::Admin };
    house.identity.create_user(&Default::default(), new).await.unwrap();
    assert!(house.identity.first_admin_token().await.unwrap().is_some());
    house.identity.create_token(&house.bootstrap(), "script", Some("Root")).await.unwrap();
    assert!(house.identity.first_admin_token().await.unwrap().is_none());
}
