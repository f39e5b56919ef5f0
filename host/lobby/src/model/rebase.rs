//! What a peer meant that wrote a whole state: peers read, change and write, from copies that may be old.
//!
//! A set is only compared with sets that were observed one version before it. Absence is no evidence of leaving: who leaves is
//! the one that such a base has more, and wherever something else explains the write as well, nobody leaves, and nobody who left
//! comes back. A ghost is mended by its silence, a return by the next sign of life; nothing would mend a loss.

use regie_lobby_client::wire::StateDoc;

use super::{Burial, Gone, Record, SetHash, ring::Ring};

/// How many of those who left last may be the one a write is about.
const LATE_LEAVERS: usize = 64;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Intent<'a> {
    /// Not members, and may be.
    pub joins: Vec<&'a str>,
    pub leaves: Option<String>,
    /// Those who left, that the set names without proof that they are back.
    pub buried: Vec<&'a str>,
    /// … and it may be that they are: with it, a live sign of life of theirs is proof.
    pub claims: bool,
    /// The join is its sender's own: a refusal is due where it fails.
    pub own: bool,
}

pub struct Write<'a> {
    pub doc: &'a StateDoc,
    pub set: SetHash,
    /// Who wrote it, where that is known.
    pub author: Option<&'a str>,
    /// It is a heartbeat that was never seen before.
    pub heartbeat: bool,
    /// The broker delivered it again.
    pub again: bool,
}

pub fn intent<'a>(write: &Write<'a>, record: &Record, ring: &Ring) -> Intent<'a> {
    let Write { doc, set, author, heartbeat, again } = *write;
    if again {
        return Intent::default();
    }
    let base = doc.version.checked_sub(1);
    let base_rev = |set| base.and_then(|version| ring.rev(version, set));
    let may_be = |id: &str| author.is_none_or(|author| author == id);
    let is_member = |id: &str| record.member(id).is_some();
    let ids = || doc.connected_instances.iter().map(String::as_str);

    // Every way in which it can be one change of a base.
    let known = ring.rev(doc.version, set).is_some();
    let unchanged = base_rev(set).is_some();
    let joiners: Vec<(&str, u64)> = ids()
        .filter(|id| may_be(id))
        .filter_map(|id| base_rev(set.without(id)).map(|rev| (id, rev)))
        .collect();
    let late = record.buried.iter().rev().take(LATE_LEAVERS).map(|burial| &burial.client_id);
    let leavers: Vec<&String> = record
        .members
        .iter()
        .map(|member| &member.client_id)
        .chain(late)
        .filter(|id| may_be(id) && !doc.connected_instances.contains(id) && base_rev(set.with(id)).is_some())
        .collect();

    let outside = |id: &&str| !is_member(id);
    let (buried, new): (Vec<&str>, Vec<&str>) =
        ids().filter(outside).partition(|id| record.burial(id).is_some());
    let is_joiner = |id: &&str| joiners.iter().any(|(joiner, _)| joiner == id);
    let returns = |(id, base): (&str, u64)| {
        record.burial(id).is_some_and(|burial| base >= burial.left_rev || is_newer(burial, doc, id))
    };

    if known {
        // A heartbeat, unless one who left writes the same once more.
        return Intent {
            claims: !heartbeat,
            buried: if heartbeat { Vec::new() } else { buried },
            ..Intent::default()
        };
    }
    if !joiners.is_empty() {
        let new: Vec<_> = new.into_iter().filter(is_joiner).collect();
        return match joiners[..] {
            _ if !new.is_empty() => Intent { joins: new, own: true, ..Intent::default() },
            [one] if returns(one) && leavers.is_empty() && !unchanged => Intent::of(one.0),
            _ => Intent { claims: !heartbeat, buried, ..Intent::default() },
        };
    }
    match leavers[..] {
        [id] if !unchanged => Intent { leaves: Some(id.clone()), ..Intent::default() },
        _ if unchanged => Intent { buried, claims: !heartbeat, ..Intent::default() },
        [] => {
            let (back, buried) = buried
                .into_iter()
                .partition(|id| record.burial(id).is_some_and(|burial| is_newer(burial, doc, id)));
            Intent { joins: [new, back].concat(), buried, claims: !heartbeat, ..Intent::default() }
        }
        _ => Intent::default(),
    }
}

impl<'a> Intent<'a> {
    fn of(joiner: &'a str) -> Self {
        Self { joins: vec![joiner], own: true, ..Self::default() }
    }
}

/// A later connection of the same client writes.
fn is_newer(burial: &Burial, doc: &StateDoc, id: &str) -> bool {
    doc.by.as_ref().is_some_and(|by| by.client_id == id && by.incarnation > burial.incarnation)
}

impl Gone {
    /// Whether a live sign of life brings back one who went so: nobody said that it leaves.
    pub fn is_silence(self) -> bool {
        matches!(self, Self::Silent | Self::Will)
    }
}
