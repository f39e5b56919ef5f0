//! Undo of an action: the nearest stored state before it, the later actions run again without it, with the context they
//! had, and the result committed as a new version. Nobody's later clicks are erased by somebody's undo.

use std::{collections::BTreeSet, sync::Arc};

use regie_core::{Actor, Error, Result, Role};
use regie_live::Refused;
use regie_sdk::protocol::ActionEnvelope;
use regie_store::{Answer, EntryKind};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use utoipa::ToSchema;

use super::{
    Session, Sessions,
    barrier::explained,
    log::{Log, Plan, Reader},
};

/// Actions that are run again for one undo; more is a conflict.
const AGAIN: usize = 500;
/// Entries of the history that are read for it.
const READ: usize = 4_000;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Undo {
    /// `None`: one's own newest.
    pub version: Option<u64>,
    pub redo: bool,
    /// The client's: the same key is answered once.
    pub key: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    /// The document's version afterwards.
    pub version: u64,
    /// The version that was taken back, or brought back.
    pub undone: u64,
    /// What it was, in the plugin's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

type Envelope = ActionEnvelope<Box<RawValue>>;

impl Sessions {
    /// Editors take back what is their own; restreamers anything. Errors: `undo_conflict` where a later action does not
    /// work without it, or a barrier lies between; `nothing_to_undo`.
    pub async fn undo(
        self: &Arc<Self>,
        key: &str,
        actor: Actor,
        undo: Undo,
    ) -> std::result::Result<Undone, Refused> {
        regie_live::check_key(&undo.key)?;
        self.in_lane(key, |sessions, key| {
            Box::pin(async move { sessions.undo_in_lane(&key, &actor, &undo).await })
        })
        .await
        .map_err(Refused::from)
    }

    async fn undo_in_lane(&self, key: &str, actor: &Actor, undo: &Undo) -> Result<Undone> {
        if let Some(first) = self.bucket.answered(key, &undo.key).await?
            && first.actor == actor.id
            && let Ok(undone) = serde_json::from_str(&first.body)
        {
            return Ok(undone);
        }
        let log = self.log(key, None).await?;
        if let Some(barrier) = &log.newest_barrier
            && !undo.redo
            && undo.version.map_or(barrier.actor == actor.id, |version| version == barrier.version)
        {
            actor.require(Role::Restreamer)?;
            return self.take_back(key, actor, barrier.version, undo).await;
        }
        let target = target(&log, actor, undo)?;
        let logged = log.action(target).ok_or_else(|| conflict(target, "it is not an action that can be"))?;
        let words = logged.words.clone();
        let mut undone = log.undone();
        if undo.redo {
            undone.remove(&target);
        } else {
            undone.insert(target);
        }
        let document = self.ensure_in_lane(key).await?;
        let mut session = self.parse(&document)?;
        let state = self.run_again(key, &log, &undone, document.version, target).await?;
        session.state = state;
        session.version = document.version + 1;
        let at_ms = self.clock.now_ms().max(document.at_ms);
        let answer = Undone { version: session.version, undone: target, words };
        let kind = if undo.redo { EntryKind::Redo } else { EntryKind::Undo };
        let detail = json!({"undoes": target, "result": {"words": answer.words}});
        let mut write = explained(&session, at_ms, kind, actor, &detail);
        write.answers = vec![remembered(undo, actor, &answer, at_ms)];
        self.bucket.put(key, document.revision, write).await?;
        self.changed(key);
        Ok(answer)
    }

    /// A barrier that is the newest entry goes by restoring what was there before it.
    async fn take_back(&self, key: &str, actor: &Actor, barrier: u64, undo: &Undo) -> Result<Undone> {
        let detail = json!({"undoes": barrier, "version": barrier - 1});
        // The version after it is one more than that of the newest entry, which labels may have raised.
        let next = self.next_version(key).await?;
        let answer = Undone { version: next, undone: barrier, words: None };
        let remembered = remembered(undo, actor, &answer, self.clock.now_ms());
        let version = self.restore_in_lane(key, actor, barrier - 1, &detail, vec![remembered]).await?;
        Ok(Undone { version, ..answer })
    }

    /// The state as of version `version` where no commit ended there: actions of one batch share one.
    pub(super) async fn replayed(&self, key: &str, version: u64) -> Result<Session> {
        let gone = || Error::not_found(format!("the history has no version {version}")).path("version");
        let newest = self.bucket.history(key, Some(version + 1), 1).await?;
        let newest = newest.first().filter(|newest| newest.version == version).ok_or_else(gone)?;
        // A document that was removed: what stood before.
        if newest.kind == EntryKind::Delete {
            return Box::pin(self.at_version(key, version - 1)).await;
        }
        let log = self.log(key, Some(version + 1)).await?;
        if log.base == 0 {
            return Err(gone());
        }
        let undone = log.undone_at(version);
        let plan = self.plan(key, &log, &undone, version).await?;
        let body = self.bucket.at_version(key, plan.from).await?.ok_or_else(gone)?;
        let mut session = Session::parse(self.family.shape(), &body)?;
        session.state = self.run(key, &session, &log, &plan, None).await?;
        Ok(session)
    }

    /// Since the last barrier before version `before`.
    pub(crate) async fn log(&self, key: &str, before: Option<u64>) -> Result<Log> {
        let mut reader = Reader::new();
        let (mut before, mut read) = (before, 0);
        loop {
            let entries = self.bucket.history(key, before, 200).await?;
            for entry in &entries {
                if reader.read(entry) {
                    return Ok(reader.end());
                }
            }
            read += entries.len();
            before = entries.last().map(|entry| entry.version);
            if entries.len() < 200 || read >= READ {
                return Ok(reader.end());
            }
        }
    }

    /// How to get the state of version `upto` in which exactly `undone` are undone.
    async fn plan(&self, key: &str, log: &Log, undone: &BTreeSet<u64>, upto: u64) -> Result<Plan> {
        let mut from = self.nearest(key, log, upto).await?;
        while let Some(below) = log.before_misfit(undone, from) {
            from = self.nearest(key, log, below).await?;
        }
        Ok(log.again(undone, from, upto))
    }

    /// The newest version up to `version` whose state the store has: of a batch, only the last one.
    async fn nearest(&self, key: &str, log: &Log, version: u64) -> Result<u64> {
        let mut at = version;
        while at > log.base && self.bucket.at_version(key, at).await?.is_none() {
            at -= 1;
        }
        Ok(at)
    }

    async fn run_again(
        &self,
        key: &str,
        log: &Log,
        undone: &BTreeSet<u64>,
        upto: u64,
        target: u64,
    ) -> Result<Box<RawValue>> {
        let plan = self.plan(key, log, undone, upto).await?;
        if plan.again.len() > AGAIN {
            return Err(conflict(
                target,
                &format!("more than {AGAIN} actions came after it; it is too old to be"),
            ));
        }
        let body = self
            .bucket
            .at_version(key, plan.from)
            .await?
            .ok_or_else(|| conflict(target, "the history does not go back that far, so it cannot be"))?;
        let session = Session::parse(self.family.shape(), &body)?;
        self.run(key, &session, log, &plan, Some(target)).await
    }

    async fn run(
        &self,
        key: &str,
        from: &Session,
        log: &Log,
        plan: &Plan,
        target: Option<u64>,
    ) -> Result<Box<RawValue>> {
        let mut envelopes: Vec<Envelope> = Vec::with_capacity(plan.again.len());
        for &index in &plan.again {
            let read = serde_json::from_str(log.actions[index].envelope.get());
            envelopes
                .push(read.map_err(|e| Error::internal(format!("an action of {key} does not read: {e}")))?);
        }
        if envelopes.is_empty() {
            return Ok(from.state.clone());
        }
        let plugin = self.plugin(&from.plugin)?;
        let answer = plugin.update(key, &from.state, from.derived.as_deref(), envelopes).await?;
        for (result, &index) in answer.results.iter().zip(&plan.again) {
            if let Some(fault) = &result.fault {
                let later = &log.actions[index];
                let what = later.words.clone().unwrap_or_else(|| format!("version {}", later.version));
                return Err(conflict(
                    target.unwrap_or(later.version),
                    &format!(
                        "“{what}” (version {}) came later and needs it: {}. It cannot be",
                        later.version, fault.message
                    ),
                ));
            }
        }
        Ok(answer.state)
    }
}

/// Which version is meant, and whether the actor may.
fn target(log: &Log, actor: &Actor, undo: &Undo) -> Result<u64> {
    let undone = log.undone();
    let Some(version) = undo.version else {
        let own = if undo.redo { log.undone_last_by(&actor.id) } else { log.newest_of(&actor.id) };
        return own.map(|action| action.version).ok_or_else(|| {
            let word = if undo.redo { "redo" } else { "undo" };
            Error::conflict(format!("there is nothing of yours to {word}")).code("nothing_to_undo")
        });
    };
    let Some(action) = log.action(version) else {
        let why = if version <= log.base {
            format!("a reset, preset or other barrier (version {}) came after it, so it cannot be", log.base)
        } else {
            "it is no action, so it cannot be".to_owned()
        };
        return Err(conflict(version, &why));
    };
    if action.actor != actor.id {
        actor.require(Role::Restreamer)?;
    }
    if undone.contains(&version) != undo.redo {
        let now = if undo.redo { "is not undone" } else { "is undone already" };
        return Err(conflict(version, &format!("it {now}, so it cannot be")));
    }
    Ok(version)
}

fn conflict(version: u64, why: &str) -> Error {
    Error::conflict(format!("version {version}: {why} taken back or brought back"))
        .code("undo_conflict")
        .path("version")
}

fn remembered(undo: &Undo, actor: &Actor, answer: &Undone, at_ms: i64) -> Answer {
    Answer {
        key: undo.key.clone(),
        actor: actor.id.clone(),
        body: serde_json::to_string(answer).expect("plain data serialises"),
        at_ms,
    }
}
