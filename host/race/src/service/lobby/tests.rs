use std::{path::Path, sync::Arc};

use parking_lot::Mutex;
use regie_core::{Clock, Role, Shutdown, SimulatedClock};
use regie_identity::{Identity, NewUser};
use regie_live::{Hub, Roster, Rosters};
use regie_plugins::Plugins;
use regie_store::Store;
use serde_json::json;

use super::*;
use crate::{NewRace, Parts, pools::Pools};

/// One session, whose members a test says.
#[derive(Default)]
struct Gathered(Mutex<Vec<RosterMember>>);

impl Rosters for Gathered {
    fn all(&self) -> Vec<Roster> {
        let members = self.0.lock().clone();
        let (id, title, state) = ("s1".into(), "Tide pools".into(), "open".into());
        vec![Roster { id, title, state, open: true, members }]
    }
}

/// A draft that Org organizes and that is tied to the session. Ada and Ben have accounts.
struct Hall {
    races: Arc<Races>,
    gathered: Arc<Gathered>,
    id: String,
    org: Actor,
    _dir: tempfile::TempDir,
    _shutdown: Shutdown,
}

impl Hall {
    async fn open(config: serde_json::Value) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shutdown = Shutdown::new();
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::at(1_770_212_280_000));
        let store =
            Store::open(regie_store::Options::new(dir.path().join("db"), clock.clone())).await.unwrap();
        let buckets = regie_identity::Buckets {
            users: store.bucket("users"),
            sessions: store.bucket("sessions"),
            tokens: store.bucket("tokens"),
            keys: store.bucket("keys"),
            targets: store.bucket("targets"),
        };
        let identity =
            Identity::open(buckets, clock.clone(), regie_identity::Options::default()).await.unwrap();
        let probe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fixtures/race-probe");
        let plugins = Plugins::start(
            regie_plugins::Options {
                dir: probe.parent().unwrap().to_owned(),
                overrides: dir.path().join("overrides"),
                cache: probe.parent().unwrap().join(".compiled"),
                limits: regie_plugins::Limits::default(),
                settings: Arc::new(|_| serde_json::Map::new()),
                sessions: Arc::new(()),
            },
            &shutdown,
        )
        .await
        .unwrap();
        let seeds = dir.path().join("seeds");
        let pools = Pools::open(
            seeds,
            store.bucket("seeds"),
            store.clone(),
            plugins.clone(),
            clock.clone(),
            shutdown.clone(),
        )
        .await
        .unwrap();
        let gathered = Arc::new(Gathered::default());
        let races = Races::open(Parts {
            races: store.bucket("races"),
            counters: store.bucket("counters"),
            secrets: store.bucket("secrets"),
            store: store.clone(),
            plugins,
            identity,
            pools,
            hub: Hub::start(regie_live::Options::default(), &shutdown),
            rosters: gathered.clone(),
            clock,
            lineage: store.lineage().to_owned(),
            public_url: None,
            shutdown: shutdown.clone(),
        })
        .await
        .unwrap();
        let admin = Actor { id: "root".into(), name: "root".into(), role: Role::Admin };
        for name in ["org", "ada", "ben"] {
            let new = NewUser { name: name.into(), password: None, role: Role::Viewer };
            races.identity.create_user(&admin, new).await.unwrap();
        }
        let id = races.identity.user("org").unwrap().id;
        let org = Actor { id, name: "org".into(), role: Role::Viewer };
        let new = NewRace {
            name: "Sunday".into(),
            mode: Some("race-probe".into()),
            config: config.as_object().unwrap().clone(),
            ..NewRace::default()
        };
        let id = races.create(new, &org).await.unwrap().id.clone();
        races.tie(&id, &org, "s1").await.unwrap();
        Self { races, gathered, id, org, _dir: dir, _shutdown: shutdown }
    }

    /// `name` or `name@account`; what a lobby knows them by is `c-<name>`.
    async fn take(&self, members: &[&str]) -> Vec<String> {
        *self.gathered.0.lock() = members.iter().map(|text| self.member(text)).collect();
        let taken = self.races.take_members(&self.id, &self.org).await.unwrap();
        taken.iter().map(|(member, fate)| format!("{} {}", member.name, word(fate))).collect()
    }

    fn member(&self, text: &str) -> RosterMember {
        let (name, account) = text.split_once('@').unwrap_or((text, ""));
        let user_id = self.races.identity.user(account).map(|user| user.id);
        RosterMember { client_id: format!("c-{name}"), name: name.into(), user_id }
    }
}

fn word(fate: &Fate) -> String {
    match fate {
        Fate::Added(participant) => format!("added as {}", participant.name),
        Fate::Invited(_) => "invited".into(),
        Fate::There => "there".into(),
        Fate::Awaited => "awaited".into(),
        Fate::Refused(error) => error.code.to_string(),
    }
}

#[tokio::test]
async fn each_member_is_added_invited_or_told_why_not_and_is_not_taken_twice() {
    let hall = Hall::open(json!({"max_participants": 2})).await;
    // By their account, by a name that is an account's, and by a name that is nobody's.
    let first = hall.take(&["Skipper@ada", "BEN", "boat-7"]).await;
    assert_eq!(first, ["Skipper added as ada", "BEN added as ben", "boat-7 race_full"]);
    let again = hall.take(&["Skipper@ada", "BEN"]).await;
    assert_eq!(again, ["Skipper there", "BEN there"]);
    assert_eq!(hall.races.race(&hall.id).unwrap().participants.len(), 2);
}

#[tokio::test]
async fn whoever_was_invited_is_awaited_under_whatever_name_and_then_there() {
    let hall = Hall::open(json!({})).await;
    assert_eq!(hall.take(&["boat-7"]).await, ["boat-7 invited"]);
    assert_eq!(hall.take(&["boat-7"]).await, ["boat-7 awaited"]);
    let token = hall.races.race(&hall.id).unwrap().invites[0].token.clone();
    let ben = hall.races.identity.user("ben").unwrap();
    let who = newcomer(&ben);
    let by = Actor { id: ben.id, name: ben.name, role: Role::Viewer };
    let join = move |race: &mut Race, who, now: &_| race.join(who, Entrance::Invited(&token), now);
    hall.races.enter(&hall.id, &by, who, join).await.unwrap();
    assert_eq!(hall.take(&["boat-7", "ben"]).await, ["boat-7 there", "ben there"]);
    assert!(hall.races.race(&hall.id).unwrap().invites.is_empty());
}
