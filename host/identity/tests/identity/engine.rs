//! The same room over the embedded engine.

use std::sync::Arc;

use regie_core::{Actor, Role, SystemClock};
use regie_identity::{Buckets, Identity, NewUser, Options, User, UserPatch};
use regie_store::Store;

use crate::{BOOTSTRAP, PASSWORD, headers, options, principal};

async fn open(store: &Store) -> Arc<Identity> {
    let [users, sessions, tokens, keys, targets] =
        ["users", "sessions", "tokens", "keys", "targets"].map(|name| store.bucket(name));
    let options = Options { bootstrap_token: Some(BOOTSTRAP.into()), ..options() };
    Identity::open(Buckets { users, sessions, tokens, keys, targets }, Arc::new(SystemClock), options)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_the_embedded_engine_keeps_what_was_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let store_options = || regie_store::Options::new(dir.path().join("db"), Arc::new(SystemClock));
    let store = Store::open(store_options()).await.unwrap();
    let identity = open(&store).await;
    let new = NewUser { name: "Ada".into(), password: Some(PASSWORD.into()), role: Role::Editor };
    identity.create_user(&Actor::anonymous(), new).await.unwrap();
    let here = [192, 0, 2, 1].into();
    let (_, kept) = identity.login("Ada", PASSWORD, here).await.unwrap();
    let (_, ended) = identity.login("Ada", PASSWORD, here).await.unwrap();
    identity.logout(ended.as_str()).await.unwrap();
    let root = identity.authenticate(&headers(&[("authorization", &format!("Bearer {BOOTSTRAP}"))])).unwrap();
    let patch = UserPatch { name: Some("Countess".into()), role: Some(Role::Admin), ..Default::default() };
    let user = identity.patch_user(&root, "Ada", patch).await.unwrap();
    let new = NewUser { name: "Bob".into(), ..NewUser::default() };
    let bob = identity.create_user(&Actor::anonymous(), new).await.unwrap();
    identity.grant("restream.12", "Bob", Role::Editor, &user_actor(&user)).await.unwrap();
    let (_, invite) =
        identity.create_invite("restream.12", Role::Editor, None, Some(1), &user_actor(&user)).await.unwrap();
    drop((root, identity));
    store.close().await;
    drop(store);

    let store = Store::open(store_options()).await.unwrap();
    let identity = open(&store).await;
    assert_eq!(principal(&identity, &kept).user(), Some(user));
    assert!(principal(&identity, &ended).actor().is_anonymous());
    assert_eq!(identity.user("Ada"), None);
    assert_eq!(identity.first_admin_token().await.unwrap(), None);
    assert_eq!(identity.role_on(&bob.id, "restream.12"), Role::Editor);
    assert_eq!(identity.invite(invite.as_str(), here).unwrap().uses, Some(1));
    identity.drop_target("restream.12", &Actor::anonymous()).await.unwrap();
    identity.grant("restream.12", "Bob", Role::Restreamer, &Actor::anonymous()).await.unwrap();
    assert_eq!(identity.role_on("bob", "restream.12"), Role::Restreamer, "made again");
    store.close().await;
}

fn user_actor(user: &User) -> Actor {
    Actor { id: user.id.clone(), name: user.name.clone(), role: user.role }
}
