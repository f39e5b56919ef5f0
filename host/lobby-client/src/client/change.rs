//! Changes of a session's state: what is written, whether it is in effect, and why it cannot be. No I/O.

use super::clock;
use crate::wire::{By, State, StateDoc};

/// What a peer wants of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Join,
    /// The creator's leaving closes the session.
    Leave,
    Start,
    Close,
    /// By any member, once the creator is silent.
    Bury,
}

/// Why a change is not in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    Full,
    NotOpen,
    Closed,
    Unknown,
    NotCreator,
    Conflict,
    Broker(String),
}

impl Failed {
    /// From the word of a refusal.
    pub fn refused(reason: &str) -> Self {
        match reason {
            "full" => Self::Full,
            "closed" => Self::Closed,
            "not_creator" => Self::NotCreator,
            _ => Self::NotOpen,
        }
    }
}

impl Change {
    pub fn is_in_effect(self, doc: &StateDoc, me: &str) -> bool {
        let closed = doc.state == State::Closed;
        match self {
            Self::Join => has(doc, me) && !closed,
            Self::Leave => closed || !has(doc, me),
            Self::Start => doc.state >= State::Started && !closed,
            Self::Close | Self::Bury => closed,
        }
    }

    /// The document to write over `doc`, one version on.
    pub fn apply(self, doc: &StateDoc, me: &By) -> Result<StateDoc, Failed> {
        let id = &me.client_id;
        let creator = doc.creator_client_id == *id;
        let mut next = mine(doc, me);
        next.version += 1;
        if doc.state == State::Closed {
            return Err(Failed::Closed);
        }
        match self {
            Self::Join => {
                if doc.state != State::Open {
                    return Err(Failed::NotOpen);
                }
                if is_full(doc) {
                    return Err(Failed::Full);
                }
                next.connected_instances.push(id.clone());
            }
            Self::Leave => {
                next.connected_instances.retain(|one| one != id);
                if creator {
                    next.state = State::Closed;
                }
            }
            Self::Start | Self::Close if !creator => return Err(Failed::NotCreator),
            Self::Start => next.state = State::Started,
            Self::Close | Self::Bury => next.state = State::Closed,
        }
        Ok(next)
    }
}

/// As it stands, but with a new heartbeat: `version` stays.
pub fn heartbeat(doc: &StateDoc, me: &By) -> StateDoc {
    let mut next = mine(doc, me);
    next.last_heartbeat.clone_from(&next.last_updated);
    next
}

/// Signed by this peer, now. The arbiter's mark is the arbiter's.
pub fn mine(doc: &StateDoc, me: &By) -> StateDoc {
    StateDoc { arbitrated: None, by: Some(me.clone()), last_updated: clock::now(), ..doc.clone() }
}

pub fn has(doc: &StateDoc, client_id: &str) -> bool {
    doc.connected_instances.iter().any(|one| one == client_id)
}

/// 0 is no limit.
pub fn is_full(doc: &StateDoc) -> bool {
    doc.num_players_max > 0 && doc.connected_instances.len() >= doc.num_players_max as usize
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn doc(state: State, members: &[&str], version: u64) -> StateDoc {
        StateDoc {
            session_id: "s".into(),
            creator_client_id: "ada".into(),
            model_name: "Tide pools".into(),
            state,
            connected_instances: members.iter().map(|one| (*one).into()).collect(),
            num_players_min: 2,
            num_players_max: 3,
            created_at: String::new(),
            last_updated: String::new(),
            last_heartbeat: String::new(),
            version,
            arbitrated: None,
            by: None,
            other: serde_json::Map::new(),
        }
    }

    fn by(client_id: &str) -> By {
        By { client_id: client_id.into(), incarnation: 7 }
    }

    #[test]
    fn a_change_is_one_version_on_and_in_effect_or_says_why_it_cannot_be() {
        use Change::{Bury, Close, Join, Leave, Start};
        use State::{Closed, Open, Started};
        let check =
            |change: Change, me: &str, before: StateDoc, expected: Result<(State, &[&str]), Failed>| {
                let after = change.apply(&before, &by(me));
                if let Ok(after) = &after {
                    assert_eq!(after.version, before.version + 1);
                    assert_eq!(after.by, Some(by(me)));
                    assert!(change.is_in_effect(after, me), "{change:?}");
                }
                let short = after.map(|doc| (doc.state, doc.connected_instances));
                let expected =
                    expected.map(|(s, members)| (s, members.iter().map(|m| (*m).to_owned()).collect()));
                assert_eq!(short, expected, "{change:?} {me}");
            };
        check(Join, "bob", doc(Open, &["ada"], 1), Ok((Open, &["ada", "bob"])));
        check(Join, "dan", doc(Open, &["ada", "bob", "cy"], 4), Err(Failed::Full));
        check(Join, "bob", doc(Started, &["ada"], 4), Err(Failed::NotOpen));
        check(Join, "bob", doc(Closed, &["ada"], 4), Err(Failed::Closed));
        check(Leave, "bob", doc(Open, &["ada", "bob"], 2), Ok((Open, &["ada"])));
        check(Leave, "ada", doc(Open, &["ada", "bob"], 2), Ok((Closed, &["bob"])));
        check(Start, "ada", doc(Open, &["ada", "bob"], 2), Ok((Started, &["ada", "bob"])));
        check(Start, "bob", doc(Open, &["ada", "bob"], 2), Err(Failed::NotCreator));
        check(Close, "bob", doc(Open, &["ada", "bob"], 2), Err(Failed::NotCreator));
        check(Close, "ada", doc(Started, &["ada", "bob"], 2), Ok((Closed, &["ada", "bob"])));
        check(Bury, "bob", doc(Open, &["ada", "bob"], 2), Ok((Closed, &["ada", "bob"])));
    }

    #[test]
    fn a_heartbeat_changes_neither_version_nor_members_and_drops_the_arbiters_mark() {
        let mut before = doc(State::Open, &["ada", "bob"], 5);
        before.arbitrated = Some(crate::wire::Arbitrated { host: "h".into(), epoch: 1, rev: 2 });
        let after = heartbeat(&before, &by("ada"));
        assert_eq!((after.version, &after.connected_instances), (5, &before.connected_instances));
        assert_eq!((after.arbitrated, after.by), (None, Some(by("ada"))));
        assert!(clock::is_within(&after.last_heartbeat, std::time::Duration::from_secs(2)));
    }
}
