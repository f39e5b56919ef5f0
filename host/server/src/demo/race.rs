//! Races that run by themselves: when one is over the next begins, and none ends like another.

use std::{path::Path, sync::Arc, time::Duration};

use regie_core::{Actor, Error, Result, Role};
use regie_identity::{NewUser, User};
use regie_race::{
    Named, NewRace,
    model::{ParticipantStatus, Race, StartAsked},
};
use regie_racer::{Graph, Options, Settings};
use serde::Deserialize;
use tokio::{sync::mpsc, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::rooms::Rooms;

/// What `demo-race.json` of an instance holds.
#[derive(Debug, Clone, Deserialize)]
pub struct Plan {
    /// Of every race.
    name: String,
    /// Id of the plugin; it makes the seeds.
    mode: String,
    runners: Vec<String>,
    /// In-game time to a time on the wall.
    speed: u64,
    /// Of a hundred runners, how many give up.
    quits: u64,
    /// Between the end of a race and the next.
    rest_seconds: u64,
    #[serde(default)]
    config: serde_json::Map<String, serde_json::Value>,
}

/// How often it is looked whether everybody is ready.
const LOOK: Duration = Duration::from_millis(200);

impl Plan {
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read(file)?;
        serde_json::from_slice(&text).map_err(|e| Error::bad_request(format!("{}: {e}", file.display())))
    }
}

/// The races of a demo.
pub struct Races {
    plan: Plan,
    rooms: Arc<Rooms>,
    /// Where the runners connect to.
    url: String,
    organizer: Actor,
}

impl Races {
    /// Makes accounts for everybody, and the first race. Answers its id, too.
    pub async fn open(plan: Plan, rooms: Arc<Rooms>, url: &str) -> Result<(Self, String)> {
        let organizer = account(&rooms, &format!("{} (host)", plan.name)).await?;
        for runner in &plan.runners {
            account(&rooms, runner).await?;
        }
        let organizer = Actor { id: organizer.id, name: organizer.name, role: Role::Viewer };
        let races = Self { plan, rooms, url: url.to_owned(), organizer };
        let first = races.make().await?;
        Ok((races, first))
    }

    /// Until it is stopped.
    pub async fn run(self, first: String, stop: CancellationToken) {
        let mut next = Ok(first);
        loop {
            let ran = match next {
                Ok(id) => stop.run_until_cancelled(self.race(&id, &stop)).await,
                Err(error) => Some(Err(error)),
            };
            match ran {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => tracing::warn!(%error, "a race of the demo did not run to its end"),
            }
            let rest = Duration::from_secs(self.plan.rest_seconds);
            if stop.run_until_cancelled(sleep(rest)).await.is_none() {
                return;
            }
            next = self.make().await;
        }
    }

    async fn make(&self) -> Result<String> {
        let races = &self.rooms.races;
        let new = NewRace {
            name: self.plan.name.clone(),
            mode: Some(self.plan.mode.clone()),
            pool: None,
            config: self.plan.config.clone(),
            scheduled_start_ms: None,
            key: None,
        };
        let id = races.create(new, &self.organizer).await?.id.clone();
        for runner in &self.plan.runners {
            races.add(&id, &self.organizer, &Named::Here(runner.clone())).await?;
        }
        races.open_race(&id, &self.organizer).await?;
        Ok(id)
    }

    async fn race(&self, id: &str, stop: &CancellationToken) -> Result<()> {
        let races = &self.rooms.races;
        let race = races.race(id)?;
        let graph = self.graph(&race).await?;
        let mut runners = JoinSet::new();
        for participant in &race.participants {
            let settings = Settings::of(&self.url, &races.mod_token(&race, participant), id);
            let options = Options {
                graph: Some(graph.clone()),
                speed: self.plan.speed,
                quits: self.plan.quits,
                stay: true,
                ..Options::default()
            };
            let stop = stop.clone();
            runners.spawn(async move {
                let (_wish, wishes) = mpsc::channel(1);
                regie_racer::race(&settings, options, wishes, &stop, |_, _| {}).await
            });
        }
        while races.race(id)?.participants.iter().any(|one| one.status == ParticipantStatus::Registered) {
            sleep(LOOK).await;
        }
        races.start(id, &self.organizer, StartAsked { force: true, at_ms: None }).await?;
        while runners.join_next().await.is_some() {}
        Ok(())
    }

    /// The seed, which runners of a demo may know.
    async fn graph(&self, race: &Race) -> Result<Graph> {
        let digest = race.seed_digest.as_deref().ok_or_else(|| Error::not_found("this race has no seed"))?;
        let seed = self.rooms.store.blob_get(digest).await?;
        let seed = seed.ok_or_else(|| Error::not_found(format!("the seed {digest} is gone")))?;
        Graph::parse(&seed).map_err(Error::bad_request)
    }
}

/// Somebody who cannot sign in: the demo acts for them.
async fn account(rooms: &Rooms, name: &str) -> Result<User> {
    if let Some(user) = rooms.identity.user(name) {
        return Ok(user);
    }
    let host = Actor { id: "demo".into(), name: "Demo".into(), role: Role::Admin };
    rooms.identity.create_user(&host, NewUser { name: name.into(), password: None, role: Role::Viewer }).await
}
