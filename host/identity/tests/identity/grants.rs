use regie_core::{Actor, ErrorKind, Role};
use regie_identity::{NewUser, UserPatch};

use crate::{House, bearer};

const HERE: &str = "restream.12";
const THERE: &str = "restream.13";

#[tokio::test]
async fn a_role_is_the_greater_of_the_global_one_and_what_the_target_grants() {
    let house = House::new().await;
    let root = house.bootstrap().actor();
    for (n, (global, granted, here)) in [
        (Role::Viewer, None, Role::Viewer),
        (Role::Viewer, Some(Role::Editor), Role::Editor),
        (Role::Viewer, Some(Role::Restreamer), Role::Restreamer),
        (Role::Editor, Some(Role::Editor), Role::Editor),
        (Role::Editor, Some(Role::Restreamer), Role::Restreamer),
        (Role::Restreamer, Some(Role::Editor), Role::Restreamer),
        (Role::Admin, Some(Role::Editor), Role::Admin),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user {n}");
        let user = house.user(&name, global).await;
        let (session, _) = house.sign_in(&name).await;
        let (_, token) = house.identity.create_token(&session, "script", None).await.unwrap();
        if let Some(role) = granted {
            house.identity.grant(HERE, &user.id, role, &root).await.unwrap();
        }
        for who in [session, bearer(&house.identity, &token)] {
            assert_eq!(who.actor_on(HERE), Actor { role: here, ..who.actor() }, "{global:?} {granted:?}");
            assert_eq!((who.actor().role, who.actor_on(THERE).role), (global, global));
            assert_eq!(regie_core::Credential::actor_on(&who, HERE), Some(who.actor_on(HERE)));
            assert_eq!(who.actor_on("restream.12.main").role, global, "for that target alone");
            assert_eq!(who.require_on(HERE, Role::Editor).is_ok(), here >= Role::Editor);
        }
        assert_eq!(house.identity.role_on(&name, HERE), here);
    }
    assert!(house.identity.anonymous().actor_on(HERE).is_anonymous());
    assert_eq!(house.bootstrap().actor_on(HERE).role, Role::Admin);
    assert_eq!(house.identity.role_on("nobody", HERE), Role::Viewer);
}

#[tokio::test]
async fn a_changed_grant_is_seen_at_once_announced_and_there_after_a_restart() {
    let house = House::new().await;
    let ada = house.user("Ada", Role::Viewer).await;
    let root = house.bootstrap().actor();
    let (session, cookie) = house.sign_in("Ada").await;
    let mut changes = house.identity.changes();
    let mut announced = || {
        let seen = changes.has_changed().unwrap();
        changes.mark_unchanged();
        seen
    };

    house.identity.set_grants(HERE, vec![("ada".into(), Role::Restreamer)], &root).await.unwrap();
    assert_eq!((session.actor_on(HERE).role, announced()), (Role::Restreamer, true));
    house.identity.set_grants(HERE, vec![(ada.id.clone(), Role::Restreamer)], &root).await.unwrap();
    assert!(!announced(), "nothing changed");
    house.identity.set_grants(HERE, vec![("Ada".into(), Role::Editor)], &root).await.unwrap();
    assert_eq!((session.actor_on(HERE).role, announced()), (Role::Editor, true));
    let after = crate::principal(&house.another().await, &cookie);
    assert_eq!((after.actor_on(HERE).role, after.actor().role), (Role::Editor, Role::Viewer));

    house.identity.set_grants(HERE, vec![], &root).await.unwrap();
    assert_eq!((session.actor_on(HERE).role, announced()), (Role::Viewer, true));
    house.identity.grant(HERE, "Ada", Role::Editor, &root).await.unwrap();
    assert!(announced());
    house.identity.drop_target(HERE, &root).await.unwrap();
    assert_eq!((session.actor_on(HERE).role, announced()), (Role::Viewer, true));
    house.identity.drop_target(HERE, &root).await.unwrap();
    assert_eq!(crate::principal(&house.another().await, &cookie).actor_on(HERE).role, Role::Viewer);
}

#[tokio::test]
async fn a_grant_is_raised_and_never_lowered() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let root = house.bootstrap().actor();
    for (role, held) in
        [(Role::Editor, Role::Editor), (Role::Restreamer, Role::Restreamer), (Role::Editor, Role::Restreamer)]
    {
        assert_eq!(house.identity.grant(HERE, "Ada", role, &root).await.unwrap(), held);
    }
    let unknown = house.identity.grant(HERE, "Nobody", Role::Editor, &root).await.unwrap_err();
    assert_eq!((unknown.kind, unknown.path.as_deref()), (ErrorKind::NotFound, Some("user")));
    for role in [Role::Viewer, Role::Admin] {
        let refused = house.identity.grant(HERE, "Ada", role, &root).await.unwrap_err();
        assert_eq!(refused.path.as_deref(), Some("role"));
    }
}

#[tokio::test]
async fn grants_that_do_not_fit_are_refused_with_their_place_and_change_nothing() {
    let house = House::new().await;
    let ada = house.user("Ada", Role::Viewer).await;
    house.user("Bob", Role::Viewer).await;
    let root = house.bootstrap().actor();
    house.identity.grant(HERE, "Ada", Role::Editor, &root).await.unwrap();
    let before = house.identity.grants(HERE);
    let many: Vec<_> = (0..1001).map(|n| (format!("user {n}"), Role::Editor)).collect();
    let of = |items: &[(&str, Role)]| items.iter().map(|(u, r)| ((*u).to_owned(), *r)).collect::<Vec<_>>();
    for (target, items, path) in [
        (HERE, of(&[("Ada", Role::Editor), ("Bob", Role::Editor), ("Eve", Role::Editor)]), "items[2].user"),
        (HERE, of(&[("Ada", Role::Editor), (&ada.id, Role::Editor)]), "items[1].user"),
        (HERE, of(&[("Ada", Role::Admin)]), "items[0].role"),
        (HERE, of(&[("Ada", Role::Editor), ("Bob", Role::Viewer)]), "items[1].role"),
        (HERE, many, "items"),
        ("restream/12", vec![], "target"),
        ("", vec![], "target"),
    ] {
        let refused = house.identity.set_grants(target, items, &root).await.unwrap_err();
        assert_eq!((refused.kind, refused.path.as_deref()), (ErrorKind::BadRequest, Some(path)));
    }
    assert_eq!(house.identity.grants(HERE), before);
    let listed = house.identity.set_grants(HERE, of(&[("bob", Role::Restreamer)]), &root).await.unwrap();
    assert_eq!(listed, house.identity.grants(HERE));
    let listed: Vec<_> = listed.iter().map(|g| (g.name.as_str(), g.role)).collect();
    assert_eq!(listed, [("Bob", Role::Restreamer)]);
    assert_eq!(house.identity.grants(THERE), []);
}

#[tokio::test]
async fn a_disabled_user_has_nothing_and_has_the_grant_again_when_enabled() {
    let house = House::new().await;
    let ada = house.user("Ada", Role::Viewer).await;
    let root = house.bootstrap();
    house.identity.grant(HERE, "Ada", Role::Restreamer, &root.actor()).await.unwrap();
    let (session, _) = house.sign_in("Ada").await;
    let (_, token) = house.identity.create_token(&session, "script", None).await.unwrap();
    let script = bearer(&house.identity, &token);
    let disable = |disabled| UserPatch { disabled: Some(disabled), ..Default::default() };
    house.identity.patch_user(&root, "Ada", disable(true)).await.unwrap();
    for who in [&session, &script] {
        assert_eq!(who.actor_on(HERE), Actor::anonymous());
        assert_eq!(regie_core::Credential::actor_on(who, HERE), None);
    }
    assert_eq!(house.identity.role_on(&ada.id, HERE), Role::Viewer);
    assert_eq!(house.identity.grants(HERE).len(), 1, "still listed, so that it is not lost");
    house.identity.patch_user(&root, "Ada", disable(false)).await.unwrap();
    assert_eq!(script.actor_on(HERE).role, Role::Restreamer);
    assert_eq!(script.actor().role, Role::Viewer);
}

#[tokio::test]
async fn grants_given_at_once_by_two_processes_are_all_there() {
    let house = House::new().await;
    let root = house.bootstrap().actor();
    for n in 0..8 {
        let new = NewUser { name: format!("user {n}"), ..NewUser::default() };
        house.identity.create_user(&root, new).await.unwrap();
    }
    let other = house.another().await;
    let give = (0..8).map(|n| {
        let (identity, root) = if n % 2 == 0 { (&house.identity, &root) } else { (&other, &root) };
        let name = format!("user {n}");
        async move { identity.grant(HERE, &name, Role::Editor, root).await.unwrap() }
    });
    let mut give: Vec<_> = give.collect();
    let last = give.split_off(4);
    let [a, b, c, d] = <[_; 4]>::try_from(give).ok().unwrap();
    let [e, f, g, h] = <[_; 4]>::try_from(last).ok().unwrap();
    tokio::join!(a, b, c, d, e, f, g, h);
    assert_eq!(house.another().await.grants(HERE).len(), 8);
}
