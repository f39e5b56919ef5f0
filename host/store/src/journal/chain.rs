//! The documents of the segment that is being written or read in order: their numbers and last plain bytes.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use regie_core::{Error, Result};

use super::record::{Record, Spot, Unpacker};

#[derive(Clone)]
pub struct Link {
    pub doc: u32,
    pub spot: Spot,
    /// Commits since the last one that stands alone.
    pub length: u32,
    pub plain: Bytes,
}

#[derive(Default)]
pub struct Chains {
    /// By bucket and key, joined by `\0`.
    links: HashMap<Arc<str>, Link>,
    names: Vec<Arc<str>>,
}

pub fn joined(bucket: &str, key: &str) -> Arc<str> {
    format!("{bucket}\0{key}").into()
}

pub fn split(joined: &str) -> (&str, &str) {
    joined.split_once('\0').unwrap_or((joined, ""))
}

impl Chains {
    pub fn get(&self, name: &str) -> Option<&Link> {
        self.links.get(name)
    }

    /// Documents numbered so far.
    pub fn len(&self) -> u32 {
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    pub fn set(&mut self, name: Arc<str>, link: Link) {
        if link.doc == self.len() {
            self.names.push(name.clone());
        }
        self.links.insert(name, link);
    }

    /// Of the document with this number in the segment.
    pub fn name(&self, doc: u32) -> Option<&Arc<str>> {
        self.names.get(doc as usize)
    }

    /// Unpacks the next record of the segment and remembers it.
    pub fn follow(
        &mut self,
        unpacker: &mut Unpacker,
        record: &Record<'_>,
        spot: Spot,
    ) -> Result<(Arc<str>, Bytes)> {
        let astray = || Error::internal("a record of the journal builds on one that is not there");
        let head = &record.head;
        let name = match &head.names {
            Some((bucket, key)) => joined(bucket, key),
            None => self.name(head.doc).ok_or_else(astray)?.clone(),
        };
        let plain = match head.previous {
            None => unpacker.unpack(record, &[])?,
            Some(previous) => {
                let link = self.links.get(&name).filter(|l| l.spot == previous).ok_or_else(astray)?;
                unpacker.unpack(record, &link.plain)?
            }
        };
        if head.op != super::record::Op::Answer {
            let length = match head.previous {
                None => 0,
                Some(_) => self.links.get(&name).map_or(0, |l| l.length + 1),
            };
            self.set(name.clone(), Link { doc: head.doc, spot, length, plain: plain.clone() });
        }
        Ok((name, plain))
    }
}
