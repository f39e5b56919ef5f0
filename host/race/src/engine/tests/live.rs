//! What pages get that watch a class's topic, whoever else looks.

use std::{
    pin::Pin,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::{Stream, StreamExt, future::join_all};
use regie_core::{Actor, Credential, Error, Result, Topic, new_id};
use regie_live::{Act, Body, Form, Refused, Snapshot, Source, Tie, Variant, Want};

use super::support::{Hall, next};
use crate::{
    Class, Event, Who,
    engine::{Engine, draw::topic},
    model::{Change, Config, Entrance, Newcomer, Now, Race},
};

const SOON: Duration = Duration::from_secs(20);
const LATE: Class = Class { who: Who::Public, delay: 30 };
const EVERYBODY: [Class; 5] = [
    Class::now(Who::Public),
    Class::now(Who::Nobody),
    Class::now(Who::Caster),
    Class::now(Who::Organizer),
    Class::now(Who::Participant(1)),
];

/// The version of the picture, as pages are answered.
struct Versions(Weak<Engine>);

#[async_trait]
impl Source for Versions {
    async fn admit(&self, _: &Topic, want: Want, _: Option<&str>, _: &dyn Credential) -> Result<Variant> {
        Ok(Variant { want, can_edit: false })
    }

    async fn snapshot(&self, topic: &Topic, _: &Variant) -> Result<Snapshot> {
        let mut tokens = topic.tokens().skip(1);
        let (Some(id), Some(class)) = (tokens.next(), tokens.next()) else { return Err(gone()) };
        let engine = self.0.upgrade().ok_or_else(gone)?;
        let version = engine.shown_lately(id, class.parse()?).await?.version;
        let body = Body::State("null".into());
        Ok(Snapshot { version, etag: version.to_string(), css: Arc::from([]), body })
    }

    async fn act(&self, _: &Topic, _: &dyn Credential, _: Act) -> std::result::Result<u64, Refused> {
        Err(gone().into())
    }
}

fn gone() -> Error {
    Error::not_found("gone")
}

struct Visitor;

impl Credential for Visitor {
    fn actor(&self) -> Option<Actor> {
        None
    }

    fn opens(&self, _: Option<&str>, _: &Topic, _: Option<&str>) -> bool {
        false
    }
}

/// A page that watches one class and asks for nothing else.
struct Page {
    events: Pin<Box<dyn Stream<Item = Bytes> + Send>>,
    /// Versions it was shown.
    shown: Vec<u64>,
}

impl Page {
    async fn open(hall: &Hall, id: &str, class: Class) -> Self {
        Self::of_slot(hall, id, class, None).await
    }

    /// One variant for each slot.
    async fn of_slot(hall: &Hall, id: &str, class: Class, slot: Option<u32>) -> Self {
        let hub = hall.engine.ground.hub.clone();
        hub.register("race", Arc::new(Versions(Arc::downgrade(&hall.engine))));
        let want = Want { form: Form::State, surface: None, slot, locale: None };
        let answer = regie_live::sse(hub, topic(id, class), want, None, Arc::new(Visitor)).await.unwrap();
        let events = answer.into_body().into_data_stream().map(|event| event.expect("the stream goes on"));
        Self { events: Box::pin(events), shown: Vec::new() }
    }

    async fn until(&mut self, version: u64) {
        let waiting = async {
            while self.shown.last().is_none_or(|last| *last < version) {
                let event = self.events.next().await.expect("the stream goes on");
                let lines = std::str::from_utf8(&event).unwrap().lines();
                self.shown.extend(lines.filter_map(|line| line.strip_prefix("id: ")?.parse::<u64>().ok()));
            }
        };
        let came = tokio::time::timeout(SOON, waiting).await;
        assert!(came.is_ok(), "version {version} does not come after {:?}", self.shown);
    }
}

type Step = fn(&mut Race, &Now) -> Result<Change>;

/// Changes of every kind, none of which a game sends.
const STEPS: [Step; 7] = [
    |race, _| race.rename("Cup of two"),
    |race, _| race.add_caster("cas", "Cas"),
    |race, now| race.join(newcomer(), Entrance::Added, now),
    |race, _| race.tie(Tie { session_id: "s1".into(), title: "Tide pools".into() }),
    |race, _| race.untie(),
    |race, now| race.ready(1, now),
    |race, _| race.remove_caster("cas", "Cas"),
];

fn newcomer() -> Newcomer {
    Newcomer { id: new_id(), user_id: "zoe".into(), name: "Zoe".into() }
}

/// Each change reaches a page of this class; `between` happens before it is due.
async fn check(class: Class, between: impl AsyncFn(&Hall, &str)) {
    let hall = Hall::open().await;
    let id = hall.race(1, Config::default()).await;
    let mut page = Page::open(&hall, &id, class).await;
    for step in STEPS {
        hall.change(&id, step).await.unwrap();
        between(&hall, &id).await;
        page.until(hall.engine.version(&id).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_reaches_a_page_when_nobody_else_looks() {
    join_all(EVERYBODY.map(|class| check(class, async |_, _| ()))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_reaches_a_page_when_nobody_looked_for_long() {
    join_all(EVERYBODY.map(|class| check(class, async move |hall, id| long_ago(hall, id, class)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_reaches_a_page_when_somebody_asked_for_the_picture_before() {
    let ask = |class| async move |hall: &Hall, id: &str| drop(hall.engine.shown(id, class).await.unwrap());
    join_all(EVERYBODY.map(|class| check(class, ask(class)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_reaches_a_page_when_somebody_begins_to_follow_before() {
    let follow = |class: Class| async move |hall: &Hall, id: &str| drop(hall.follow(id, class.who).await);
    join_all(EVERYBODY.map(|class| check(class, follow(class)))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_variant_is_as_new_as_the_others_where_nobody_looked_for_long() {
    let hall = Hall::open().await;
    let id = hall.race(1, Config::default()).await;
    let class = Class::now(Who::Caster);
    let mut pages = Vec::new();
    for slot in 1..=8 {
        pages.push(Page::of_slot(&hall, &id, class, Some(slot)).await);
    }
    for step in STEPS {
        long_ago(&hall, &id, class);
        hall.change(&id, step).await.unwrap();
        for page in &mut pages {
            page.until(hall.engine.version(&id).unwrap()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_page_gets_what_was_when_its_time_has_come_though_somebody_asked_before() {
    let hall = Hall::open().await;
    let id = hall.race(1, Config::default()).await;
    let mut page = Page::open(&hall, &id, LATE).await;
    for step in STEPS {
        hall.clock.advance(40_000);
        hall.change(&id, step).await.unwrap();
        hall.clock.advance(31_000);
        hall.engine.shown(&id, LATE).await.unwrap();
        hall.engine.look();
        page.until(hall.engine.version(&id).unwrap()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_and_followers_are_told_no_oftener_than_their_class_is_drawn() {
    for (class, interval_ms) in [(EVERYBODY[0], 200), (EVERYBODY[4], 1_000)] {
        let hall = Hall::open().await;
        let id = hall.race(1, Config::default()).await;
        let mut events = hall.follow(&id, class.who).await;
        let mut page = Page::open(&hall, &id, class).await;
        let began = Instant::now();
        for at in 0..60 {
            hall.change(&id, move |race, _| race.rename(&format!("Cup {at}"))).await.unwrap();
        }
        let version = hall.engine.version(&id).unwrap();
        let mut pictures = 0;
        loop {
            pictures += 1;
            let newest = |event: &Event| match event {
                Event::Shown(shown) => Some(shown.version),
                _ => None,
            };
            if next(&mut events, newest).await == version {
                break;
            }
        }
        page.until(version).await;
        // The first is at once, and the last may be cut short by the clock.
        let most = began.elapsed().as_millis() / interval_ms + 2;
        assert!(pictures <= most, "{class}: {pictures} pictures, {most} at most");
        // What it begins with comes on top.
        assert!(page.shown.len() as u128 <= most + 1, "{class}: {:?}, {most} at most", page.shown);
    }
}

/// Nobody asked for this class in the last while.
fn long_ago(hall: &Hall, id: &str, class: Class) {
    let room = hall.engine.room(id).unwrap();
    let mut viewers = room.viewers.lock();
    let feed = viewers.feed(class);
    feed.asked = feed.asked.checked_sub(Duration::from_secs(60)).expect("the machine runs for a minute");
}
