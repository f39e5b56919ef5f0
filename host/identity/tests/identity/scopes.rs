use regie_core::{Actor, ErrorKind, Role};
use regie_identity::{NewUser, UserPatch};

use crate::{House, PASSWORD, bearer, headers};

const SCOPE: &str = "auto.restream.12";

#[tokio::test]
async fn a_token_with_a_scope_is_a_viewer_of_its_own_name_whoever_made_it() {
    let house = House::new().await;
    for role in [Role::Viewer, Role::Restreamer, Role::Admin] {
        let name = role.as_str();
        let user = house.user(name, role).await;
        let (session, _) = house.sign_in(name).await;
        house.identity.grant("restream.12", name, Role::Restreamer, &session.actor()).await.unwrap();
        let (listed, secret) =
            house.identity.create_scoped_token("tracker", SCOPE, &session.actor()).await.unwrap();
        assert_eq!((listed.scope.as_deref(), listed.label.as_str()), (Some(SCOPE), "tracker"));
        for identity in [house.identity.clone(), house.another().await] {
            let token = bearer(&identity, &secret);
            let viewer = Actor { id: user.id.clone(), name: "tracker".into(), role: Role::Viewer };
            assert_eq!((token.actor(), token.actor_on("restream.12")), (viewer.clone(), viewer.clone()));
            assert_eq!(regie_core::Credential::actor_on(&token, "restream.12"), Some(viewer));
            assert_eq!(token.scope().as_deref(), Some(SCOPE));
            assert_eq!(regie_core::Credential::scope(&token).as_deref(), Some(SCOPE));
            let shown = token.user().unwrap();
            assert_eq!((shown.name.as_str(), shown.role), ("tracker", Role::Viewer));
        }
        assert_eq!(
            (session.scope(), session.actor_on("restream.12").role),
            (None, role.max(Role::Restreamer))
        );
    }
    assert_eq!(house.bootstrap().scope(), None);
    assert_eq!(house.identity.anonymous().scope(), None);
}

#[tokio::test]
async fn a_token_with_a_scope_sees_to_nobodys_things() {
    let house = House::new().await;
    house.user("Root", Role::Admin).await;
    house.user("Eve", Role::Admin).await;
    let (root, _) = house.sign_in("Root").await;
    let (listed, secret) = house.identity.create_scoped_token("tracker", SCOPE, &root.actor()).await.unwrap();
    let (_, invite) =
        house.identity.create_invite("restream.12", Role::Editor, None, None, &root.actor()).await.unwrap();
    let token = bearer(&house.identity, &secret);
    let identity = &house.identity;
    let password = UserPatch {
        password: Some("another password".into()),
        current_password: Some(PASSWORD.into()),
        ..Default::default()
    };
    let refused = [
        identity.create_token(&token, "x", None).await.err(),
        identity.create_token(&token, "x", Some("Root")).await.err(),
        identity.tokens(&token, 10, None).err(),
        identity.revoke_token(&token, &listed.id).await.err(),
        identity.patch_user(&token, "Root", password).await.err(),
        identity.accept_invite(invite.as_str(), &token, [192, 0, 2, 1].into()).await.err(),
        token.require(Role::Editor).err(),
        token.require_on("restream.12", Role::Editor).err(),
    ];
    for (n, refused) in refused.into_iter().enumerate() {
        assert_eq!(refused.map(|error| error.kind), Some(ErrorKind::Forbidden), "{n}");
    }
    assert_eq!(identity.invites("restream.12")[0].used, 0);
    assert!(identity.login("Root", PASSWORD, [192, 0, 2, 1].into()).await.is_ok());
}

#[tokio::test]
async fn it_is_listed_and_revoked_with_those_of_its_user_or_with_its_scope() {
    let house = House::new().await;
    house.user("Ada", Role::Restreamer).await;
    house.user("Bob", Role::Restreamer).await;
    let (ada, _) = house.sign_in("Ada").await;
    let (bob, _) = house.sign_in("Bob").await;
    let make = async |by: &Actor, scope| house.identity.create_scoped_token("t", scope, by).await.unwrap();
    let (first, first_secret) = make(&ada.actor(), SCOPE).await;
    let (second, second_secret) = make(&bob.actor(), SCOPE).await;
    let (other, other_secret) = make(&bob.actor(), "auto.restream.13").await;
    assert_eq!(house.identity.tokens(&ada, 10, None).unwrap().0, std::slice::from_ref(&first));
    assert_eq!(house.identity.tokens(&bob, 10, None).unwrap().0, [second.clone(), other.clone()]);
    assert_eq!(house.identity.scoped_tokens(SCOPE), [first.clone(), second]);
    let open = [first_secret, second_secret, other_secret].map(|s| bearer(&house.identity, &s));
    let mut changes = house.identity.changes();

    assert!(house.identity.revoke_token(&bob, &first.id).await.is_err(), "not Bob's");
    house.identity.revoke_token(&ada, &first.id).await.unwrap();
    assert_eq!((open[0].current(), open[0].scope()), (None, None));
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    assert_eq!(house.identity.revoke_scope(SCOPE, &ada.actor()).await.unwrap(), 1);
    assert_eq!((open[1].current(), open[1].scope()), (None, None));
    assert!(changes.has_changed().unwrap());
    assert_eq!(house.identity.revoke_scope(SCOPE, &ada.actor()).await.unwrap(), 0);
    assert_eq!(open[2].scope().as_deref(), Some("auto.restream.13"));

    let disable = UserPatch { disabled: Some(true), ..Default::default() };
    house.identity.patch_user(&house.bootstrap(), "Bob", disable).await.unwrap();
    assert_eq!((open[2].current(), open[2].scope()), (None, None));
    assert_eq!(house.another().await.scoped_tokens("auto.restream.13"), [other]);
}

#[tokio::test]
async fn the_bootstrap_token_makes_tokens_with_a_scope_and_no_others() {
    let house = House::new().await;
    let root = house.bootstrap();
    let (listed, secret) = house.identity.create_scoped_token("t", SCOPE, &root.actor()).await.unwrap();
    for identity in [house.identity.clone(), house.another().await] {
        let token = bearer(&identity, &secret);
        assert_eq!((token.actor().role, token.scope().as_deref()), (Role::Viewer, Some(SCOPE)));
        assert!(token.require(Role::Editor).is_err());
    }
    assert_eq!(house.identity.tokens(&root, 10, None).unwrap().0, std::slice::from_ref(&listed));
    house.identity.revoke_token(&root, &listed.id).await.unwrap();
    let line = format!("Bearer {}", secret.as_str());
    assert!(house.identity.authenticate(&headers(&[("authorization", &line)])).is_err());
}

#[tokio::test]
async fn scopes_and_names_that_do_not_fit_are_refused() {
    let house = House::new().await;
    let root = house.bootstrap().actor();
    for (name, scope, path) in
        [("", SCOPE, "name"), ("t", "", "scope"), ("t", "auto restream", "scope"), ("t", "a..b", "scope")]
    {
        let refused = house.identity.create_scoped_token(name, scope, &root).await.unwrap_err();
        assert_eq!(refused.path.as_deref(), Some(path), "{name:?} {scope:?}");
    }
    let nobody = house.identity.create_scoped_token("t", SCOPE, &Actor::anonymous()).await.unwrap_err();
    assert_eq!(nobody.kind, ErrorKind::Unauthenticated);
    for _ in 0..100 {
        house.identity.create_scoped_token("t", SCOPE, &root).await.unwrap();
    }
    let full = house.identity.create_scoped_token("t", SCOPE, &root).await.unwrap_err();
    assert_eq!(full.kind, ErrorKind::Conflict);
    assert!(house.identity.create_scoped_token("t", "auto.restream.13", &root).await.is_ok());
}

#[tokio::test]
async fn an_admin_whose_only_token_has_a_scope_cannot_sign_in() {
    let house = House::new().await;
    let new = NewUser { name: "Root".into(), password: None, role: Role::Admin };
    let root = house.identity.create_user(&Actor::anonymous(), new).await.unwrap();
    let by = Actor { id: root.id, name: root.name, role: root.role };
    house.identity.create_scoped_token("t", SCOPE, &by).await.unwrap();
    assert!(house.identity.first_admin_token().await.unwrap().is_some());
}
