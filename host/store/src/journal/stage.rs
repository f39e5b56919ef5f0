//! Decides the changes of one group against what is durable plus what the group has decided so far, and packs them.
//! Nothing here is visible to anyone until the group is on the disk.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use regie_core::{Error, ErrorKind, Result};
use tokio::sync::oneshot;

use super::{
    Place, Row,
    chain::{Chains, Link},
    record::{CHAIN_MAX, Head, Op, Packer, Spot},
};
use crate::{
    Answer, Document, Revision,
    state::{Applied, BucketState},
};

pub enum Expect {
    Absent,
    Revision(Revision),
    /// For answers: any, as long as it is there.
    Present,
}

/// A change a caller waits for.
pub struct Request {
    pub bucket: Arc<BucketState>,
    pub key: String,
    /// Bucket and key, see [`super::chain::joined`].
    pub name: Arc<str>,
    pub op: Op,
    pub expect: Expect,
    pub version: u64,
    pub at_ms: i64,
    pub first_entry: u64,
    /// History line, then the document.
    pub plain: Bytes,
    pub meta_len: usize,
    pub body_crc: u32,
    pub answers: Vec<Answer>,
    pub reply: oneshot::Sender<Result<Option<Document>>>,
}

pub struct Limits {
    pub now_ms: i64,
    pub expired_ms: i64,
    pub answers_max: usize,
}

/// One group: what is decided, not yet durable.
#[derive(Default)]
pub struct Stage {
    pub payload: Vec<u8>,
    /// Newest decided state by name.
    decided: HashMap<Arc<str>, Decided>,
    revisions: HashMap<String, Revision>,
    links: HashMap<Arc<str>, Link>,
    new_links: u32,
    pub rows: Vec<Row>,
    pub done: Vec<Done>,
    pub refused: Vec<(oneshot::Sender<Result<Option<Document>>>, Error)>,
    count: u32,
}

#[derive(Clone)]
struct Decided {
    document: Option<Document>,
    version: u64,
    revision: Revision,
    at_ms: i64,
    answers: usize,
}

/// A change to show once the group is durable.
pub struct Done {
    pub bucket: Arc<BucketState>,
    pub key: String,
    pub change: Applied,
    pub reply: oneshot::Sender<Result<Option<Document>>>,
}

impl Stage {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn add(
        &mut self,
        request: Request,
        place: Place,
        chains: &Chains,
        packer: &mut Packer,
        limits: &Limits,
    ) {
        match self.decide(&request, limits) {
            Ok(next) => self.pack(request, next, place, chains, packer, limits),
            Err(error) => self.refused.push((request.reply, error)),
        }
    }

    fn current(&self, request: &Request, limits: &Limits) -> Decided {
        if let Some(decided) = self.decided.get(&request.name) {
            return decided.clone();
        }
        let inner = request.bucket.inner.read();
        match inner.slots.get(&request.key) {
            Some(slot) => Decided {
                document: slot.document.clone(),
                version: slot.version,
                revision: slot.revision,
                at_ms: slot.at_ms,
                answers: if request.answers.is_empty() { 0 } else { slot.answers.count(limits.expired_ms) },
            },
            None => Decided { document: None, version: 0, revision: 0, at_ms: 0, answers: 0 },
        }
    }

    fn decide(&mut self, request: &Request, limits: &Limits) -> Result<Decided> {
        let mut next = self.current(request, limits);
        match (&request.expect, &next.document) {
            (Expect::Absent, Some(_)) => {
                return Err(Error::conflict(format!("`{}` exists already", request.key)).path(&*request.key));
            }
            (Expect::Absent, None) | (Expect::Present, Some(_)) => {}
            (Expect::Revision(expected), Some(document)) if document.revision == *expected => {}
            (Expect::Revision(_), Some(_)) => {
                return Err(Error::conflict(format!("`{}` was changed by someone else", request.key))
                    .path(&*request.key)
                    .hint("read it again and repeat the change"));
            }
            (Expect::Revision(_), None) => {
                return Err(Error::conflict(format!("`{}` was deleted", request.key)).path(&*request.key));
            }
            (Expect::Present, None) => {
                return Err(Error::not_found(format!("there is no `{}`", request.key)).path(&*request.key));
            }
        }
        next.answers += request.answers.len();
        if !request.answers.is_empty() && next.answers > limits.answers_max {
            let message = format!(
                "`{}` has {} actions of the last minutes to remember",
                request.key, limits.answers_max
            );
            return Err(Error::new(ErrorKind::RateLimited, message)
                .path(&*request.key)
                .hint("wait a few minutes"));
        }
        if request.op != Op::Answer {
            let revision = match self.revisions.get(&request.bucket.name) {
                Some(revision) => *revision,
                None => request.bucket.inner.read().revision,
            } + 1;
            self.revisions.insert(request.bucket.name.clone(), revision);
            next.revision = revision;
            let least = if request.op == Op::Put && next.document.is_none() {
                next.version + 1
            } else {
                next.version
            };
            next.version = request.version.max(least);
            let at_ms = if request.at_ms > 0 { request.at_ms } else { limits.now_ms };
            next.at_ms = at_ms.max(next.at_ms);
            next.document = (request.op == Op::Put).then(|| Document {
                key: request.key.clone(),
                revision,
                version: next.version,
                at_ms: next.at_ms,
                body: request.plain.slice(request.meta_len..),
            });
        }
        Ok(next)
    }

    fn pack(
        &mut self,
        request: Request,
        next: Decided,
        place: Place,
        chains: &Chains,
        packer: &mut Packer,
        limits: &Limits,
    ) {
        let spot = Spot { offset: place.spot.offset, index: self.count };
        let link = self.links.get(&request.name).or_else(|| chains.get(&request.name));
        let previous = link.filter(|l| l.length + 1 < CHAIN_MAX && request.op != Op::Answer).cloned();
        let doc = link.map_or(chains.len() + self.new_links, |l| l.doc);
        let known = link.is_some();
        let shift = if matches!(request.expect, Expect::Absent) { next.version - request.version } else { 0 };
        let head = Head {
            op: request.op,
            doc,
            names: previous.is_none().then(|| (request.bucket.name.clone(), request.key.clone())),
            previous: previous.as_ref().map(|l| l.spot),
            version: next.version,
            revision: next.revision,
            at_ms: next.at_ms,
            shift,
            first_entry: request.first_entry.min(next.version - shift),
            body_crc: request.body_crc,
            meta_len: request.meta_len,
            body_len: request.plain.len() - request.meta_len,
        };
        let dictionary = previous.as_ref().map_or(&[][..], |l| &l.plain);
        packer.append(&head, place.spot.offset, dictionary, &request.plain, &mut self.payload);
        self.count += 1;
        if request.op != Op::Answer {
            let place = Place { segment: place.segment, spot };
            self.rows.push(Row::new(request.bucket.name.clone(), request.key.clone(), &head, place));
            let length = previous.map_or(0, |l| l.length + 1);
            self.links.insert(request.name.clone(), Link { doc, spot, length, plain: request.plain });
            if !known {
                self.new_links += 1;
            }
        }
        let change = Applied {
            document: next.document.clone(),
            version: next.version,
            revision: next.revision,
            at_ms: next.at_ms,
            answers: request.answers,
            expired_ms: limits.expired_ms,
        };
        self.decided.insert(request.name, next);
        self.done.push(Done { bucket: request.bucket, key: request.key, change, reply: request.reply });
    }

    /// The group is durable: the next one builds on it.
    pub fn keep(&mut self, chains: &mut Chains) {
        let mut links: Vec<_> = self.links.drain().collect();
        // New numbers must be entered in their order.
        links.sort_unstable_by_key(|(_, link)| link.doc);
        for (name, link) in links {
            chains.set(name, link);
        }
    }
}
