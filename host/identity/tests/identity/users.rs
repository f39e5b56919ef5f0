use regie_core::{Actor, ErrorKind, Role};
use regie_identity::{NewUser, UserPatch};
use regie_store::{Bucket as _, Write};

use crate::{House, PASSWORD, bearer, named, principal};

fn new(name: &str) -> NewUser {
    NewUser { name: name.into(), password: None, role: Role::Viewer }
}

#[tokio::test]
async fn of_two_who_take_one_name_at_once_one_gets_it() {
    let house = House::new().await;
    let other = house.another().await;
    for n in 0..8 {
        let (lower, upper) = (format!("élodie {n}"), format!("ÉLODIE {n}"));
        let nobody = Actor::anonymous();
        let (a, b, c) = tokio::join!(
            house.identity.create_user(&nobody, new(&lower)),
            house.identity.create_user(&nobody, new(&upper)),
            other.create_user(&nobody, new(&upper)),
        );
        let answers = [a, b, c];
        assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
        for error in answers.into_iter().filter_map(Result::err) {
            assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::Conflict, Some("name")));
        }
    }
    assert_eq!(house.another().await.users(100, None).0.len(), 8);
}

#[tokio::test]
async fn a_renamed_user_frees_the_old_name_and_keeps_everything_else() {
    let house = House::new().await;
    let ada = house.user("Ada", Role::Editor).await;
    house.user("Bob", Role::Editor).await;
    let (session, _) = house.sign_in("Ada").await;
    let rename = |name: &str| UserPatch { name: Some(name.into()), ..Default::default() };
    let root = house.bootstrap();
    let taken = house.identity.patch_user(&root, "Ada", rename("BOB")).await.unwrap_err();
    assert_eq!(taken.kind, ErrorKind::Conflict);
    let renamed = house.identity.patch_user(&root, "ada", rename("Countess")).await.unwrap();
    assert_eq!((&renamed.id, renamed.name.as_str()), (&ada.id, "Countess"));
    assert_eq!(session.actor().name, "Countess");
    assert_eq!(house.identity.user("Ada"), None);
    assert_eq!(house.identity.user(&ada.id), Some(renamed));
    let only_case = house.identity.patch_user(&root, &ada.id, rename("COUNTESS")).await.unwrap();
    assert_eq!(only_case.name, "COUNTESS");
    house.user("Ada", Role::Editor).await;
    assert_eq!(house.another().await.users(10, None).0.len(), 3);
}

#[tokio::test]
async fn a_name_reserved_by_a_stop_half_way_is_free_after_the_next_start() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    let before: Vec<String> = house.buckets[0].keys("name").await.unwrap();
    let key = format!("name.{}", "0".repeat(64));
    let body = r#"{"schema":1,"user":"gone"}"#.into();
    house.buckets[0].create(&key, Write { body, version: 1, ..Write::default() }).await.unwrap();
    house.another().await;
    assert_eq!(house.buckets[0].keys("name").await.unwrap(), before);
}

#[tokio::test]
async fn the_last_admin_who_can_sign_in_stays_one() {
    let house = House::new().await;
    house.user("Root", Role::Admin).await;
    house
        .identity
        .create_user(&Actor::anonymous(), NewUser { role: Role::Admin, ..new("Idle") })
        .await
        .unwrap();
    let demote = || UserPatch { role: Some(Role::Editor), ..Default::default() };
    let disable = || UserPatch { disabled: Some(true), ..Default::default() };
    let root = house.bootstrap();
    for patch in [demote(), disable()] {
        let refused = house.identity.patch_user(&root, "Root", patch).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Conflict);
    }
    house.user("Ada", Role::Admin).await;
    house.identity.patch_user(&root, "Root", demote()).await.unwrap();
    assert!(house.identity.patch_user(&root, "Ada", disable()).await.is_err());
    let (one, other) = {
        house.user("Bob", Role::Admin).await;
        tokio::join!(
            house.identity.patch_user(&root, "Ada", demote()),
            house.identity.patch_user(&root, "Bob", demote())
        )
    };
    assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
}

#[tokio::test]
async fn a_new_password_ends_the_users_other_sessions() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    house.user("Bob", Role::Viewer).await;
    let (here, session) = house.sign_in("Ada").await;
    let (elsewhere, _) = house.sign_in("Ada").await;
    let (bob, _) = house.sign_in("Bob").await;
    let patch = UserPatch {
        password: Some("another password".into()),
        current_password: Some(PASSWORD.into()),
        ..Default::default()
    };
    house.identity.patch_user(&here, "Ada", patch).await.unwrap();
    assert_eq!((here.actor().name.as_str(), elsewhere.current()), ("Ada", None));
    assert_eq!(bob.actor().name, "Bob");
    assert_eq!(principal(&house.another().await, &session).actor().name, "Ada");
    assert!(house.identity.login("Ada", PASSWORD, [192, 0, 2, 1].into()).await.is_err());
    assert!(house.identity.login("Ada", "another password", [192, 0, 2, 1].into()).await.is_ok());

    let patch = UserPatch { password: Some("set by an admin".into()), ..Default::default() };
    house.identity.patch_user(&house.bootstrap(), "Ada", patch).await.unwrap();
    assert_eq!(here.current(), None);
}

#[tokio::test]
async fn api_tokens_outlive_a_new_password_unless_they_are_to_end_with_it() {
    let house = House::new().await;
    house.user("Ada", Role::Editor).await;
    house.user("Bob", Role::Editor).await;
    let (ada, _) = house.sign_in("Ada").await;
    let (bob, _) = house.sign_in("Bob").await;
    let (_, token) = house.identity.create_token(&ada, "script", None).await.unwrap();
    let (_, scoped) = house.identity.create_scoped_token("auto", "auto.r.1", &ada.actor()).await.unwrap();
    let (_, other) = house.identity.create_token(&bob, "script", None).await.unwrap();
    let held = [bearer(&house.identity, &token), bearer(&house.identity, &scoped)];
    let patch = |revoke_tokens| UserPatch {
        password: Some(PASSWORD.into()),
        current_password: Some(PASSWORD.into()),
        revoke_tokens,
        ..Default::default()
    };
    house.identity.patch_user(&ada, "Ada", patch(false)).await.unwrap();
    assert!(held.iter().all(|token| token.current().is_some()));
    let mut changes = house.identity.changes();
    house.identity.patch_user(&ada, "Ada", patch(true)).await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    for after in [house.identity.clone(), house.another().await] {
        for gone in [&token, &scoped] {
            let line = format!("Bearer {}", gone.as_str());
            assert!(after.authenticate(&crate::headers(&[("authorization", &line)])).is_err());
        }
        assert_eq!(bearer(&after, &other).actor().name, "Bob");
    }
    assert!(held.iter().all(|token| token.current().is_none() && token.scope().is_none()));
    assert_eq!(house.identity.tokens(&ada, 10, None).unwrap().0, []);
    let (_, token) = house.identity.create_token(&ada, "script", None).await.unwrap();
    assert_eq!(bearer(&house.another().await, &token).actor().name, "Ada", "new ones are good");
}

#[tokio::test]
async fn the_tokens_of_the_last_admin_who_has_nothing_else_stay() {
    let house = House::new().await;
    let root = house.bootstrap();
    house.identity.create_user(&root.actor(), NewUser { role: Role::Admin, ..new("Root") }).await.unwrap();
    let (_, token) = house.identity.create_token(&root, "script", Some("Root")).await.unwrap();
    let end = || UserPatch { revoke_tokens: true, ..Default::default() };
    assert_eq!(house.identity.patch_user(&root, "Root", end()).await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(bearer(&house.identity, &token).actor().name, "Root");
    let with_password = UserPatch { password: Some(PASSWORD.into()), ..end() };
    house.identity.patch_user(&root, "Root", with_password).await.unwrap();
    assert_eq!(house.identity.tokens(&root, 10, None).unwrap().0, []);
}

#[tokio::test]
async fn wrong_present_passwords_count_for_the_one_who_gave_them() {
    let options = regie_identity::Options { login_attempts: 2, ..crate::options() };
    let house = House::with(options).await;
    house.user("Ada", Role::Viewer).await;
    house.user("Bob", Role::Viewer).await;
    let (ada, _) = house.sign_in("Ada").await;
    let (bob, _) = house.sign_in("Bob").await;
    let with = |current: &str| UserPatch {
        password: Some("another password".into()),
        current_password: Some(current.into()),
        ..Default::default()
    };
    for kind in [ErrorKind::Forbidden, ErrorKind::Forbidden, ErrorKind::RateLimited] {
        assert_eq!(house.identity.patch_user(&ada, "Ada", with("wrong")).await.unwrap_err().kind, kind);
    }
    house.identity.patch_user(&bob, "Bob", with(PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn who_is_not_an_admin_changes_nothing_but_the_own_password_which_must_be_known() {
    let house = House::new().await;
    house.user("Ada", Role::Restreamer).await;
    house.user("Bob", Role::Viewer).await;
    let (ada, _) = house.sign_in("Ada").await;
    let password = || UserPatch { password: Some("another password".into()), ..Default::default() };
    for (name, patch, kind) in [
        ("Bob", password(), ErrorKind::Forbidden),
        ("Nobody", password(), ErrorKind::Forbidden),
        ("Ada", UserPatch { role: Some(Role::Admin), ..Default::default() }, ErrorKind::Forbidden),
        ("Ada", UserPatch { name: Some("Root".into()), ..password() }, ErrorKind::Forbidden),
        ("Ada", password(), ErrorKind::BadRequest),
        ("Ada", UserPatch { current_password: Some("wrong".into()), ..password() }, ErrorKind::Forbidden),
    ] {
        let refused = house.identity.patch_user(&ada, name, patch).await.unwrap_err();
        assert_eq!(refused.kind, kind, "{name} {refused}");
    }
    let anonymous = house.identity.anonymous();
    let refused = house.identity.patch_user(&anonymous, "Ada", password()).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unauthenticated);
    let missing = house.identity.patch_user(&house.bootstrap(), "Nobody", password()).await.unwrap_err();
    assert_eq!(missing.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_change_by_another_process_is_not_lost() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let other = house.another().await;
    let root = house.bootstrap();
    let role = UserPatch { role: Some(Role::Editor), ..Default::default() };
    house.identity.patch_user(&root, "Ada", role).await.unwrap();
    let name = UserPatch { name: Some("Countess".into()), ..Default::default() };
    let both = other.patch_user(&root, "Ada", name).await.unwrap();
    assert_eq!((both.name.as_str(), both.role), ("Countess", Role::Editor));
}

#[tokio::test]
async fn what_a_document_holds_beyond_its_schema_is_kept_and_a_newer_schema_is_not_opened() {
    let house = House::new().await;
    let user = house.user("Ada", Role::Viewer).await;
    let key = format!("user.{}", user.id);
    let users = &house.buckets[0];
    let edit = async |from: &str, to: &str| {
        let old = users.get(&key).await.unwrap().unwrap();
        let body = String::from_utf8(old.body.to_vec()).unwrap().replace(from, to);
        let write = Write { body: body.into(), version: old.version + 1, ..Write::default() };
        users.put(&key, old.revision, write).await.unwrap();
    };
    edit("\"schema\":1", "\"schema\":1,\"pronouns\":\"she\"").await;
    let identity = house.another().await;
    let patch = UserPatch { role: Some(Role::Editor), ..Default::default() };
    identity.patch_user(&house.bootstrap(), "Ada", patch).await.unwrap();
    let stored = users.get(&key).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&stored.body).contains("\"pronouns\":\"she\""));

    edit("\"schema\":1", "\"schema\":2").await;
    let refused =
        regie_identity::Identity::open(named(&house.buckets), house.clock.clone(), Default::default())
            .await
            .err()
            .unwrap();
    assert!(refused.message.contains(&key) && refused.message.contains("schema 2"), "{refused}");
}

#[tokio::test]
async fn users_are_listed_in_pages_oldest_first() {
    let house = House::new().await;
    for name in ["Cy", "Ada", "Bob"] {
        house.identity.create_user(&Actor::anonymous(), new(name)).await.unwrap();
    }
    let (page, more) = house.identity.users(2, None);
    assert_eq!((page.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), more), (vec!["Cy", "Ada"], true));
    let (page, more) = house.identity.users(2, Some(&page[1].id));
    assert_eq!((page.iter().map(|u| u.name.as_str()).collect::<Vec<_>>(), more), (vec!["Bob"], false));
}
