//! Counts from automatic trackers: absolute, by item. The host forwards only a count above the highest that a source has
//! said of an item, so that somebody who lowers one by hand wins until the source counts further.

use std::{collections::BTreeMap, sync::Arc};

use regie_core::{Actor, Error, Result};
use regie_live::{Act, Refused};
use regie_store::Answer;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use super::{
    Session, Sessions, act,
    lane::{ActJob, BATCH},
    raw,
};

/// Items of one request.
const ITEMS: usize = 512;
/// Counts beyond this are not counts.
const MOST: u32 = 1_000_000;

/// What a source says of one item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AutoItem {
    /// The item's canonical name: `Progressive Hammer`.
    pub item: String,
    /// How many there are, in all.
    pub count: u32,
}

/// What a source says.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Counts {
    pub slot: u32,
    /// What tells: `archipelago`, `lua`; 1 to 40 characters.
    pub source: String,
    pub items: Vec<AutoItem>,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// The document's version afterwards.
    pub version: u64,
    /// Counts that were news and were accepted.
    pub changed: u64,
    /// Those that the tracker does not take.
    pub refused: Vec<RefusedItem>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefusedItem {
    pub item: String,
    pub message: String,
}

/// The highest counts so far: source, slot, item.
pub type Marks = BTreeMap<String, BTreeMap<String, BTreeMap<String, u32>>>;

/// Field of the session that holds them.
pub const FIELD: &str = "auto";

/// A count that is remembered with the commit that brings it.
#[derive(Debug, Clone)]
pub struct Mark {
    source: String,
    slot: u32,
    item: String,
    count: u32,
}

impl Mark {
    /// Whether that was news.
    pub fn set(&self, marks: &mut Marks) -> bool {
        let slots = marks.entry(self.source.clone()).or_default();
        let high = slots.entry(self.slot.to_string()).or_default().entry(self.item.clone()).or_default();
        if *high >= self.count {
            return false;
        }
        *high = self.count;
        true
    }

    fn is_news(&self, marks: &Marks) -> bool {
        let high = marks.get(&self.source).and_then(|m| m.get(&self.slot.to_string())?.get(&self.item));
        high.copied().unwrap_or(0) < self.count
    }
}

/// As the session keeps them.
pub fn marks(session: &Session) -> Marks {
    session.field(FIELD).unwrap_or_default()
}

impl Counts {
    /// Errors: `bad_request` by path.
    pub fn check(&self) -> Result<()> {
        let name = |text: &str, most: usize| {
            (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        if !name(&self.source, 40) {
            return Err(Error::bad_request("a source has 1 to 40 characters").path("source"));
        }
        if self.items.len() > ITEMS {
            return Err(Error::bad_request(format!("{} items are too many", self.items.len()))
                .path("items")
                .hint(format!("{ITEMS} at most in one request")));
        }
        for (index, item) in self.items.iter().enumerate() {
            if !name(&item.item, 120) {
                return Err(Error::bad_request("an item has 1 to 120 characters")
                    .path(format!("items[{index}].item")));
            }
            if item.count > MOST {
                return Err(Error::bad_request(format!("{} is no count", item.count))
                    .path(format!("items[{index}].count"))
                    .hint(format!("{MOST} at most")));
            }
        }
        Ok(())
    }
}

impl Sessions {
    /// Takes the counts of a source, once for `key`.
    pub async fn count(
        self: &Arc<Self>,
        document: &str,
        counts: Counts,
        key: String,
    ) -> std::result::Result<Counted, Refused> {
        counts.check()?;
        regie_live::check_key(&key)?;
        self.in_lane(document, move |sessions, document| {
            Box::pin(async move { sessions.count_in_lane(&document, counts, &key).await })
        })
        .await
        .map_err(Refused::from)
    }

    async fn count_in_lane(self: Arc<Self>, document: &str, counts: Counts, key: &str) -> Result<Counted> {
        let stored = self.ensure_in_lane(document).await?;
        let actor_id = format!("auto:{}", counts.source);
        if let Some(first) = self.bucket.answered(document, key).await?
            && first.actor == actor_id
            && let Ok(counted) = serde_json::from_str(&first.body)
        {
            return Ok(counted);
        }
        let session = self.parse(&stored)?;
        let slots: Vec<_> = session.participants.iter().map(|p| p.slot).collect();
        if !slots.contains(&counts.slot) {
            return Err(Error::bad_request(format!("there is no participant {}", counts.slot))
                .path("slot")
                .hint(format!("one of {slots:?}")));
        }
        let known = marks(&session);
        let role = regie_core::Role::Editor;
        let actor = Actor { id: actor_id.clone(), name: counts.source.clone(), role };
        let mut news: Vec<Mark> = Vec::new();
        for AutoItem { item, count } in counts.items {
            let mark = Mark { source: counts.source.clone(), slot: counts.slot, item, count };
            if mark.is_news(&known) {
                news.push(mark);
            }
        }
        let mut counted = Counted { version: stored.version, changed: 0, refused: Vec::new() };
        for (part, chunk) in news.chunks(BATCH).enumerate() {
            let (jobs, answers) = jobs(&actor, chunk, &format!("{key}.{part}"));
            act::run(&self, document, jobs).await;
            for (mark, answer) in chunk.iter().zip(answers) {
                match answer.await.map_err(|_| super::stopping())? {
                    Ok(version) => {
                        counted.version = counted.version.max(version);
                        counted.changed += 1;
                    }
                    Err(refused) if refused.version.is_some() => counted
                        .refused
                        .push(RefusedItem { item: mark.item.clone(), message: refused.error.to_string() }),
                    Err(refused) => return Err(refused.error),
                }
            }
        }
        let body = serde_json::to_string(&counted).expect("plain data serialises");
        let at_ms = self.clock.now_ms();
        self.bucket
            .answer(document, vec![Answer { key: key.to_owned(), actor: actor_id, body, at_ms }])
            .await?;
        Ok(counted)
    }
}

type Reply = oneshot::Receiver<std::result::Result<u64, Refused>>;

fn jobs(actor: &Actor, marks: &[Mark], key: &str) -> (Vec<ActJob>, Vec<Reply>) {
    let made = marks.iter().enumerate().map(|(index, mark)| {
        let (reply, answer) = oneshot::channel();
        let action = json!({
            "type": "host:auto", "slot": mark.slot, "item": mark.item, "count": mark.count, "source": mark.source,
        });
        let act = Act { key: format!("{key}.{index}"), base_version: None, action: raw(&action) };
        (ActJob { actor: actor.clone(), act, mark: Some(mark.clone()), reply }, answer)
    });
    made.unzip()
}
