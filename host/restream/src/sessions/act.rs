//! From a batch of actions to one durable commit, and an answer for each.

use std::collections::HashMap;

use bytes::Bytes;
use regie_core::{Actor, Error, ErrorKind, Result, rfc3339};
use regie_live::{Refused, foreign_key};
use regie_plugins::{Plugin, refused_action};
use regie_sdk::protocol::{ActionContext, ActionEnvelope, ActionResult, ActorContext, UpdateAnswer};
use regie_store::{Answer, Document, Entry, EntryKind, Write};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Session, Sessions, auto, lane::ActJob, raw};

/// An answer as it is remembered under its action key, so that a resent action gets the same one.
#[derive(Debug, Serialize, Deserialize)]
struct Remembered {
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<regie_sdk::protocol::Fault>,
}

/// What history keeps of an action: enough to run it again.
#[derive(Debug, Serialize)]
struct Detail<'a> {
    key: &'a str,
    action: &'a RawValue,
    ctx: &'a ActionContext,
    result: &'a ActionResult,
}

/// How often a batch is run again when its plugin was replaced, or the document changed, in the meantime.
const ATTEMPTS: usize = 8;
/// Action keys a document remembers.
const KEYS: usize = 1024;

/// Jobs that are really new, with the context they will be run in, whatever the attempt.
struct Fresh {
    job: ActJob,
    envelope: ActionEnvelope<Box<RawValue>>,
    /// Jobs of the same batch that carry the same key: they get the same answer.
    twins: Vec<ActJob>,
}

pub async fn run(sessions: &Sessions, key: &str, jobs: Vec<ActJob>) {
    let fresh = match sort_out(sessions, key, jobs).await {
        Ok(fresh) if fresh.is_empty() => return,
        Ok(fresh) => fresh,
        Err(()) => return,
    };
    match commit(sessions, key, &fresh).await {
        Ok(answers) => {
            for (fresh, answer) in fresh.into_iter().zip(answers) {
                for twin in fresh.twins {
                    let _ = twin.reply.send(answer.to_reply());
                }
                let _ = fresh.job.reply.send(answer.to_reply());
            }
        }
        Err(error) => {
            for job in fresh.into_iter().flat_map(|f| std::iter::once(f.job).chain(f.twins)) {
                let _ = job.reply.send(Err(copy(&error).into()));
            }
        }
    }
}

/// Answers what was answered before, and gives the rest its context.
async fn sort_out(sessions: &Sessions, key: &str, jobs: Vec<ActJob>) -> std::result::Result<Vec<Fresh>, ()> {
    let mut fresh: Vec<Fresh> = Vec::with_capacity(jobs.len());
    let mut seen: HashMap<String, usize> = HashMap::new();
    if let Err(error) = sessions.family.place(key) {
        for job in jobs {
            let _ = job.reply.send(Err(copy(&error).into()));
        }
        return Err(());
    }
    let mut kept = sessions.bucket.answers_kept(key).await.unwrap_or_default();
    for job in jobs {
        match sessions.bucket.answered(key, &job.act.key).await {
            Ok(Some(answer)) => {
                let _ = job.reply.send(again(&answer, &job.actor));
                continue;
            }
            Ok(None) => {}
            Err(error) => {
                let _ = job.reply.send(Err(error.into()));
                continue;
            }
        }
        if let Some(&at) = seen.get(&job.act.key) {
            if fresh[at].job.actor.id == job.actor.id {
                fresh[at].twins.push(job);
            } else {
                let _ = job.reply.send(Err(foreign_key().into()));
            }
            continue;
        }
        if kept >= KEYS {
            let error =
                Error::new(ErrorKind::RateLimited, format!("more than {KEYS} actions in ten minutes"))
                    .hint("wait a little; what was acknowledged is safe");
            let _ = job.reply.send(Err(error.into()));
            continue;
        }
        kept += 1;
        seen.insert(job.act.key.clone(), fresh.len());
        let envelope = ActionEnvelope {
            action: job.act.action.clone(),
            ctx: ActionContext {
                now_ms: sessions.clock.now_ms(),
                random: regie_core::random_hex(32),
                actor: actor_context(&job.actor),
                participants: Vec::new(),
            },
        };
        fresh.push(Fresh { job, envelope, twins: Vec::new() });
    }
    Ok(fresh)
}

struct Outcome {
    version: u64,
    fault: Option<regie_sdk::protocol::Fault>,
    /// The state after the batch, for those who were refused.
    state: Box<RawValue>,
}

impl Outcome {
    fn to_reply(&self) -> std::result::Result<u64, Refused> {
        match &self.fault {
            None => Ok(self.version),
            Some(fault) => Err(Refused {
                error: refused_action(fault),
                version: Some(self.version),
                state: Some(self.state.clone()),
            }),
        }
    }
}

async fn commit(sessions: &Sessions, key: &str, fresh: &[Fresh]) -> Result<Vec<Outcome>> {
    for _ in 0..ATTEMPTS {
        let document = sessions.ensure_in_lane(key).await?;
        let mut session = sessions.parse(&document)?;
        let plugin = sessions.plugin(&session.plugin)?;
        let participants =
            sessions.family.place(key)?.participants.unwrap_or_else(|| session.participants.clone());
        // `now_ms` never falls within one document, even when the system's clock does.
        let envelopes = fresh.iter().map(|f| {
            let mut envelope = f.envelope.clone();
            envelope.ctx.now_ms = envelope.ctx.now_ms.max(document.at_ms);
            envelope.ctx.participants.clone_from(&participants);
            envelope
        });
        let envelopes: Vec<_> = envelopes.collect();
        let answer =
            plugin.update(key, &session.state, session.derived.as_deref(), envelopes.clone()).await?;
        if sessions.replaced(&plugin) {
            continue;
        }
        check_answer(&plugin, &answer, fresh.len())?;
        let (write, outcomes) = write(sessions, &document, &mut session, answer, &envelopes, fresh);
        let stored = match write {
            Decision::Nothing(answers) => sessions.bucket.answer(key, answers).await,
            Decision::Put(write) => sessions.bucket.put(key, document.revision, write).await.map(drop),
        };
        match stored {
            Ok(()) => {
                if outcomes.iter().any(|o| o.version != document.version) {
                    sessions.changed(key);
                }
                return Ok(outcomes);
            }
            Err(error) if error.kind == ErrorKind::Conflict => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::conflict("the document kept changing under this action").hint("try again"))
}

enum Decision {
    /// Nothing changed: only the answers are remembered.
    Nothing(Vec<Answer>),
    Put(Write),
}

fn write(
    sessions: &Sessions,
    document: &Document,
    session: &mut Session,
    answer: UpdateAnswer<Box<RawValue>>,
    envelopes: &[ActionEnvelope<Box<RawValue>>],
    fresh: &[Fresh],
) -> (Decision, Vec<Outcome>) {
    let at_ms = sessions.clock.now_ms().max(document.at_ms);
    let mut version = document.version;
    let mut entries = Vec::new();
    let mut answers = Vec::with_capacity(fresh.len());
    let mut outcomes = Vec::with_capacity(fresh.len());
    let mut marks = auto::marks(session);
    let mut news = false;
    for ((result, fresh), envelope) in answer.results.iter().zip(fresh).zip(envelopes) {
        let marked =
            result.fault.is_none() && fresh.job.mark.as_ref().is_some_and(|mark| mark.set(&mut marks));
        news |= marked;
        if marked || (result.changed && result.fault.is_none()) {
            version += 1;
            entries.push(Entry {
                version,
                at_ms,
                kind: EntryKind::Action,
                actor: raw(&envelope.ctx.actor),
                detail: raw(&Detail {
                    key: &fresh.job.act.key,
                    action: &envelope.action,
                    ctx: &envelope.ctx,
                    result,
                }),
            });
        }
        let remembered = Remembered { version, fault: result.fault.clone() };
        answers.push(Answer {
            key: fresh.job.act.key.clone(),
            actor: fresh.job.actor.id.clone(),
            body: serde_json::to_string(&remembered).expect("plain data serialises"),
            at_ms,
        });
        outcomes.push(Outcome { version, fault: result.fault.clone(), state: answer.state.clone() });
    }
    if entries.is_empty() {
        return (Decision::Nothing(answers), outcomes);
    }
    if news {
        session.set_field(auto::FIELD, &marks);
    }
    session.version = version;
    session.state = answer.state;
    let body: Bytes = session.body(&rfc3339(at_ms));
    (Decision::Put(Write { body, version, at_ms, entries, answers }), outcomes)
}

fn check_answer(plugin: &Plugin, answer: &UpdateAnswer<Box<RawValue>>, asked: usize) -> Result<()> {
    if answer.results.len() == asked {
        return Ok(());
    }
    tracing::warn!(
        plugin = plugin.id(),
        asked,
        answered = answer.results.len(),
        "update answered another number of results"
    );
    Err(Error::new(ErrorKind::PluginUnavailable, "the plugin answered something else than it was asked"))
}

/// The first answer again, for the one who asked first.
fn again(answer: &Answer, actor: &Actor) -> std::result::Result<u64, Refused> {
    if answer.actor != actor.id {
        return Err(foreign_key().into());
    }
    let Ok(remembered) = serde_json::from_str::<Remembered>(&answer.body) else {
        return Err(Error::internal(format!("the answer remembered for {} does not read", answer.key)).into());
    };
    match remembered.fault {
        None => Ok(remembered.version),
        Some(fault) => {
            Err(Refused { error: refused_action(&fault), version: Some(remembered.version), state: None })
        }
    }
}

fn actor_context(actor: &Actor) -> ActorContext {
    ActorContext {
        id: actor.id.clone(),
        name: actor.name.clone(),
        role: actor.role.as_str().into(),
        participant: None,
    }
}

/// The same refusal for each who waits; the source stays with the log.
fn copy(error: &Error) -> Error {
    let mut copy = Error::new(error.kind, error.message.clone()).code(error.code.clone());
    copy.path = error.path.clone();
    copy.hint = error.hint.clone();
    copy
}
