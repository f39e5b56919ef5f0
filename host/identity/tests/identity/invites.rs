use std::{net::IpAddr, sync::Arc};

use regie_core::{Actor, ErrorKind, Role};
use regie_identity::{Described, Identity, Options, Secret, UserPatch};

use crate::{DAY_MS, House, PASSWORD, START_MS, options, principal};

const TARGET: &str = "restream.12";
const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

async fn invite(house: &House, role: Role, uses: Option<u32>) -> Secret {
    let by = house.bootstrap().actor();
    house.identity.create_invite(TARGET, role, None, uses, &by).await.unwrap().1
}

/// The words with which it is refused; empty where it is not.
fn refusal(identity: &Identity, token: &Secret) -> String {
    match identity.invite(token.as_str(), HERE) {
        Ok(_) => String::new(),
        Err(error) => {
            assert_eq!((error.kind, error.path.as_deref()), (ErrorKind::NotFound, Some("token")));
            error.message
        }
    }
}

#[tokio::test]
async fn who_accepts_has_the_role_on_the_target_alone_at_once() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let (ada, cookie) = house.sign_in("Ada").await;
    let token = invite(&house, Role::Editor, None).await;
    let changes = house.identity.changes();
    let accepted = house.identity.accept_invite(token.as_str(), &ada, HERE).await.unwrap();
    assert_eq!((accepted.target.as_str(), accepted.role), (TARGET, Role::Editor));
    assert!(changes.has_changed().unwrap());
    for identity in [house.identity.clone(), house.another().await] {
        let ada = principal(&identity, &cookie);
        assert_eq!((ada.actor_on(TARGET).role, ada.actor().role), (Role::Editor, Role::Viewer));
        assert_eq!(identity.invites(TARGET)[0].used, 1);
    }
}

#[tokio::test]
async fn who_has_as_much_already_uses_nothing_up_and_is_not_lowered() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    house.user("Root", Role::Admin).await;
    let (ada, _) = house.sign_in("Ada").await;
    let (root, _) = house.sign_in("Root").await;
    house.identity.grant(TARGET, "Ada", Role::Restreamer, &root.actor()).await.unwrap();
    let token = invite(&house, Role::Editor, Some(1)).await;
    for (who, role) in [(&ada, Role::Restreamer), (&root, Role::Admin)] {
        let accepted = house.identity.accept_invite(token.as_str(), who, HERE).await.unwrap();
        assert_eq!(accepted.role, role);
    }
    assert_eq!(house.identity.invites(TARGET)[0].used, 0);
    assert_eq!(house.identity.grants(TARGET).len(), 1);

    house.user("Bob", Role::Viewer).await;
    let (bob, _) = house.sign_in("Bob").await;
    for _ in 0..2 {
        let accepted = house.identity.accept_invite(token.as_str(), &bob, HERE).await.unwrap();
        assert_eq!(accepted.role, Role::Editor, "an answer that was lost is asked for again");
    }
    house.identity.set_grants(TARGET, vec![], &root.actor()).await.unwrap();
    let used_up = house.identity.accept_invite(token.as_str(), &bob, HERE).await.unwrap_err();
    assert_eq!(used_up.message, "this invitation is used up", "who was sent away stays away");
}

#[tokio::test]
async fn each_way_to_be_void_is_told_to_who_holds_the_token() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let (ada, _) = house.sign_in("Ada").await;
    house.user("Crew", Role::Restreamer).await;
    let (crew, _) = house.sign_in("Crew").await;
    let by = crew.actor_on(TARGET);
    let make = async |expires, uses| {
        house.identity.create_invite(TARGET, Role::Editor, expires, uses, &by).await.unwrap()
    };
    let (_, expired) = make(Some(START_MS + 1), None).await;
    let (_, used_up) = make(None, Some(1)).await;
    let (revoked_as, revoked) = make(None, None).await;
    let (_, disowned) = make(None, None).await;
    assert_eq!(house.identity.invites(TARGET).len(), 4);
    for token in [&expired, &used_up, &revoked, &disowned] {
        assert_eq!(refusal(&house.identity, token), "");
    }
    house.clock.advance(1);
    house.identity.accept_invite(used_up.as_str(), &ada, HERE).await.unwrap();
    house.identity.set_grants(TARGET, vec![], &by).await.unwrap();
    house.identity.revoke_invite(TARGET, &revoked_as.id, &by).await.unwrap();
    let again = house.identity.revoke_invite(TARGET, &revoked_as.id, &by).await.unwrap_err();
    assert_eq!((again.kind, again.path.as_deref()), (ErrorKind::NotFound, Some("id")));
    let elsewhere = house.identity.revoke_invite("restream.13", &revoked_as.id, &by).await.unwrap_err();
    assert_eq!(elsewhere.kind, ErrorKind::NotFound);
    let listed: Vec<_> = house.identity.invites(TARGET).iter().map(|i| (i.uses, i.used)).collect();
    assert_eq!(listed, [(Some(1), 1), (None, 0)], "those that are neither revoked nor expired");
    let demote = UserPatch { role: Some(Role::Editor), ..Default::default() };
    house.identity.patch_user(&house.bootstrap(), "Crew", demote).await.unwrap();
    for identity in [house.identity.clone(), house.another().await] {
        for (token, words) in [
            (&expired, "has expired"),
            (&revoked, "was revoked"),
            (&disowned, "may not invite here any more"),
        ] {
            assert!(refusal(&identity, token).contains(words), "{words}");
            let refused = house.identity.accept_invite(token.as_str(), &ada, HERE).await.unwrap_err();
            assert!(refused.message.contains(words), "{refused}");
            let new = house.identity.accept_invite_as_new(token.as_str(), "Eve", PASSWORD, HERE).await;
            assert!(new.unwrap_err().message.contains(words));
        }
    }
    house.identity.grant(TARGET, "Crew", Role::Restreamer, &by).await.unwrap();
    assert_eq!(refusal(&house.identity, &disowned), "", "good again with the right to invite");
    assert_eq!(refusal(&house.identity, &used_up), "this invitation is used up");
    let disable = UserPatch { disabled: Some(true), ..Default::default() };
    house.identity.patch_user(&house.bootstrap(), "Crew", disable).await.unwrap();
    assert!(refusal(&house.identity, &disowned).contains("may not invite"));
    house.identity.drop_target(TARGET, &by).await.unwrap();
    assert_eq!(refusal(&house.identity, &disowned), "there is no such invitation");
    assert_eq!(house.identity.user("Eve"), None);
    assert_eq!(ada.actor_on(TARGET).role, Role::Viewer);
}

#[tokio::test]
async fn of_two_who_accept_the_last_use_at_once_one_gets_it() {
    let house = House::new().await;
    for n in 0..4 {
        let token = invite(&house, Role::Editor, Some(1)).await;
        let names = [format!("a {n}"), format!("b {n}"), format!("c {n}")];
        for name in &names {
            house.user(name, Role::Viewer).await;
        }
        // Started now, so that it knows them all.
        let second = house.another().await;
        let accept = async |identity: &Arc<Identity>, name: &str| {
            let (_, cookie) = identity.login(name, PASSWORD, HERE).await.unwrap();
            let who = principal(identity, &cookie);
            identity.accept_invite(token.as_str(), &who, HERE).await
        };
        let (a, b, c) = tokio::join!(
            accept(&house.identity, &names[0]),
            accept(&house.identity, &names[1]),
            accept(&second, &names[2])
        );
        let answers = [a, b, c];
        assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
        for error in answers.into_iter().filter_map(Result::err) {
            assert_eq!(error.message, "this invitation is used up");
        }
        let grants = house.another().await.grants(TARGET);
        assert_eq!(grants.len(), n + 1);
    }
}

#[tokio::test]
async fn of_two_new_accounts_for_the_last_use_one_is_made() {
    let house = House::new().await;
    let token = invite(&house, Role::Restreamer, Some(1)).await;
    let second = house.another().await;
    let (a, b, c) = tokio::join!(
        house.identity.accept_invite_as_new(token.as_str(), "Ada", PASSWORD, HERE),
        house.identity.accept_invite_as_new(token.as_str(), "Bob", PASSWORD, HERE),
        second.accept_invite_as_new(token.as_str(), "Cy", PASSWORD, HERE),
    );
    let answers = [a, b, c];
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1);
    let after = house.another().await;
    let users = after.users(10, None).0;
    assert_eq!(users.len(), 1, "{users:?}");
    assert_eq!(after.grants(TARGET).len(), 1);
    assert_eq!(after.role_on(&users[0].id, TARGET), Role::Restreamer);
    for name in ["Ada", "Bob", "Cy"] {
        let new = regie_identity::NewUser { name: name.into(), ..Default::default() };
        let free = after.create_user(&Actor::anonymous(), new).await.is_ok();
        assert_eq!(free, name != users[0].name, "{name} is free where it was not made");
    }
}

#[tokio::test]
async fn a_new_account_is_a_viewer_signed_in_and_a_fault_of_it_uses_nothing_up() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let token = invite(&house, Role::Editor, Some(1)).await;
    for (name, password, kind, path) in [
        ("ADA", PASSWORD, ErrorKind::Conflict, "name"),
        (" ", PASSWORD, ErrorKind::BadRequest, "name"),
        ("Bob", "short", ErrorKind::BadRequest, "password"),
    ] {
        let refused =
            house.identity.accept_invite_as_new(token.as_str(), name, password, HERE).await.unwrap_err();
        assert_eq!((refused.kind, refused.path.as_deref()), (kind, Some(path)), "{name}");
    }
    assert_eq!(house.identity.invites(TARGET)[0].used, 0);
    let (accepted, user, session) =
        house.identity.accept_invite_as_new(token.as_str(), "Bob", PASSWORD, HERE).await.unwrap();
    assert_eq!((accepted.role, user.role), (Role::Editor, Role::Viewer));
    let bob = principal(&house.identity, &session);
    assert_eq!((bob.user(), bob.actor_on(TARGET).role), (Some(user), Role::Editor));
    assert!(house.identity.login("bob", PASSWORD, HERE).await.is_ok());
}

#[tokio::test]
async fn an_acceptance_that_the_disk_has_no_room_for_leaves_nothing_behind() {
    let house = House::new().await;
    house.user("Ada", Role::Viewer).await;
    let (ada, _) = house.sign_in("Ada").await;
    let token = invite(&house, Role::Editor, Some(1)).await;
    let full = |full| house.buckets[4].full.store(full, std::sync::atomic::Ordering::SeqCst);
    full(true);
    let refused = house.identity.accept_invite(token.as_str(), &ada, HERE).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::DiskFull);
    let new = house.identity.accept_invite_as_new(token.as_str(), "Bob", PASSWORD, HERE).await;
    assert_eq!(new.unwrap_err().kind, ErrorKind::DiskFull);
    assert_eq!((ada.actor_on(TARGET).role, house.identity.user("Bob")), (Role::Viewer, None));
    full(false);
    for identity in [house.identity.clone(), house.another().await] {
        assert_eq!((identity.invites(TARGET)[0].used, identity.user("Bob")), (0, None));
    }
    assert!(house.identity.accept_invite_as_new(token.as_str(), "Bob", PASSWORD, HERE).await.is_ok());
}

#[tokio::test]
async fn invitations_that_do_not_fit_are_refused_with_their_place() {
    let house = House::new().await;
    let by = house.bootstrap().actor();
    for (target, role, expires, uses, path) in [
        ("restream 12", Role::Editor, None, None, "target"),
        (TARGET, Role::Admin, None, None, "role"),
        (TARGET, Role::Viewer, None, None, "role"),
        (TARGET, Role::Editor, Some(START_MS), None, "expires"),
        (TARGET, Role::Editor, Some(START_MS + 90 * DAY_MS + 1), None, "expires"),
        (TARGET, Role::Editor, Some(i64::MIN), None, "expires"),
        (TARGET, Role::Editor, Some(i64::MAX), None, "expires"),
        (TARGET, Role::Editor, None, Some(0), "uses"),
        (TARGET, Role::Editor, None, Some(1001), "uses"),
    ] {
        let refused = house.identity.create_invite(target, role, expires, uses, &by).await.unwrap_err();
        assert_eq!((refused.kind, refused.path.as_deref()), (ErrorKind::BadRequest, Some(path)));
    }
    let last = Some(START_MS + 90 * DAY_MS);
    let (listed, token) =
        house.identity.create_invite(TARGET, Role::Restreamer, last, Some(1000), &by).await.unwrap();
    assert_eq!(listed.expires, "2026-05-05T13:38:00Z");
    assert_eq!(
        (listed.created_by.as_str(), listed.created_at.as_str()),
        ("bootstrap", "2026-02-04T13:38:00Z")
    );
    assert!(listed.masked.ends_with(&token.as_str()[60..]) && listed.masked.chars().count() == 12);
    assert_eq!(house.identity.invites(TARGET), std::slice::from_ref(&listed));
    assert_eq!(house.identity.invite(token.as_str(), HERE).unwrap(), listed);
    invite(&house, Role::Editor, None).await;
    assert_eq!(house.identity.invites(TARGET)[1].expires, "2026-02-11T13:38:00Z", "a week, unasked");
}

#[tokio::test]
async fn guesses_are_limited_per_address_and_what_is_known_is_no_guess() {
    let house = House::with(Options { login_attempts: 3, ..options() }).await;
    house.user("Ada", Role::Viewer).await;
    let (ada, _) = house.sign_in("Ada").await;
    let token = invite(&house, Role::Editor, None).await;
    for _ in 0..10 {
        house.identity.invite(token.as_str(), HERE).unwrap();
    }
    assert!(house.identity.invite("guess", HERE).is_err());
    assert!(house.identity.accept_invite("guess", &ada, HERE).await.is_err());
    let new = house.identity.accept_invite_as_new("guess", "Eve", PASSWORD, HERE).await;
    assert_eq!(new.unwrap_err().kind, ErrorKind::NotFound);
    let limited = house.identity.invite(token.as_str(), HERE).unwrap_err();
    assert_eq!((limited.kind, limited.hint.as_deref()), (ErrorKind::RateLimited, Some("try again in 300 s")));
    assert_eq!(house.identity.login("Ada", PASSWORD, HERE).await.unwrap_err().kind, ErrorKind::RateLimited);
    assert!(house.identity.invite(token.as_str(), [192, 0, 2, 2].into()).is_ok());
    house.clock.advance(300_000);
    assert!(house.identity.accept_invite(token.as_str(), &ada, HERE).await.is_ok());
}

#[tokio::test]
async fn the_anonymous_and_the_bootstrap_token_cannot_be_granted_anything() {
    let house = House::new().await;
    let token = invite(&house, Role::Editor, Some(1)).await;
    for (who, kind) in
        [(house.identity.anonymous(), ErrorKind::Unauthenticated), (house.bootstrap(), ErrorKind::BadRequest)]
    {
        let refused = house.identity.accept_invite(token.as_str(), &who, HERE).await.unwrap_err();
        assert_eq!(refused.kind, kind);
    }
    assert_eq!(refusal(&house.identity, &token), "");
}

#[tokio::test]
async fn what_the_bootstrap_token_invited_to_ends_with_it() {
    let house = House::new().await;
    let token = invite(&house, Role::Editor, None).await;
    let buckets = crate::named(&house.buckets);
    let after = Identity::open(buckets, house.clock.clone(), Options::default()).await.unwrap();
    assert!(refusal(&after, &token).contains("may not invite"));
}

#[tokio::test]
async fn a_room_names_its_targets() {
    let house = House::new().await;
    assert_eq!(house.identity.describe(TARGET), None);
    house.identity.set_describer(Arc::new(|target| {
        let id = target.strip_prefix("restream.")?;
        Some(Described { title: format!("Restream {id}"), url: format!("/r{id}") })
    }));
    assert_eq!(
        house.identity.describe(TARGET),
        Some(Described { title: "Restream 12".into(), url: "/r12".into() })
    );
    assert_eq!(house.identity.describe("race.1"), None);
}
