//! Who gets which picture: the members of each feed on this shard, and the deliveries under way.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bytes::Bytes;
use slab::Slab;

use super::{
    link::{Link, Membership, Written},
    work::Worker,
};
use crate::{feed::Feed, links::Told, picture::Picture};

#[derive(Default)]
pub(super) struct Fan {
    feeds: Slab<Members>,
    ids: HashMap<u64, usize>,
    /// Feeds with members who have not got the newest picture: those who can edit, and the others.
    urgent: VecDeque<usize>,
    others: VecDeque<usize>,
}

struct Members {
    feed: Arc<Feed>,
    newest: Option<Arc<Picture>>,
    /// Counts pictures here.
    round: u64,
    list: Vec<Member>,
    /// The walk goes in a circle: a newer picture joins it where it is, and nobody gets the older one after it.
    cursor: usize,
    left: usize,
    walking: bool,
}

struct Member {
    link: usize,
    /// The round it got last.
    got: u64,
    /// What it has, until the first picture comes.
    etag: Option<Box<str>>,
}

impl Fan {
    pub(super) fn is_busy(&self) -> bool {
        !self.urgent.is_empty() || !self.others.is_empty()
    }

    pub(super) fn publish(&mut self, feed: u64, picture: Arc<Picture>) {
        let Some(&key) = self.ids.get(&feed) else { return };
        let members = &mut self.feeds[key];
        members.newest = Some(picture);
        members.round += 1;
        members.left = members.list.len();
        if !std::mem::replace(&mut members.walking, true) {
            let queue = if members.feed.key.variant.can_edit { &mut self.urgent } else { &mut self.others };
            queue.push_back(key);
        }
    }

    /// The frame, and the version it shows.
    pub(super) fn newest(&self, key: usize) -> Option<(Bytes, u64)> {
        self.feeds.get(key)?.newest.as_ref().map(|picture| (picture.frame.clone(), picture.snapshot.version))
    }

    fn forget(&mut self, key: usize) -> Members {
        let members = self.feeds.remove(key);
        self.ids.remove(&members.feed.id);
        if members.walking {
            self.urgent.retain(|k| *k != key);
            self.others.retain(|k| *k != key);
        }
        members
    }
}

impl Members {
    /// What a member that has `etag` is to be sent: the newest picture, or word that it is current.
    fn frame_for(&self, picture: &Picture, etag: Option<&str>) -> Bytes {
        if etag == Some(&*picture.snapshot.etag) {
            return picture.current(&self.feed.topic, &self.feed.key.variant, self.feed.key.delay);
        }
        picture.frame.clone()
    }
}

impl Worker {
    pub(super) fn join(
        &mut self,
        key: usize,
        feed: Arc<Feed>,
        picture: Option<Arc<Picture>>,
        etag: Option<Box<str>>,
    ) {
        let fan = &mut self.fan;
        let feed_key = *fan.ids.entry(feed.id).or_insert_with(|| {
            fan.feeds.insert(Members {
                feed,
                newest: None,
                round: 0,
                list: Vec::new(),
                cursor: 0,
                left: 0,
                walking: false,
            })
        });
        let members = &mut fan.feeds[feed_key];
        if picture.is_some() {
            members.newest = picture;
        }
        let link = &mut self.links[key];
        if link.membership(feed_key).is_some() {
            return;
        }
        link.memberships.push(Membership { feed: feed_key, at: members.list.len(), due: false, told: None });
        let Some(newest) = members.newest.clone() else {
            return members.list.push(Member { link: key, got: members.round, etag });
        };
        members.list.push(Member { link: key, got: members.round, etag: None });
        let frame = members.frame_for(&newest, etag.as_deref());
        self.deliver(key, feed_key, &frame, newest.snapshot.version);
    }

    pub(super) fn leave(&mut self, key: usize, feed: u64) {
        let Some(&feed_key) = self.fan.ids.get(&feed) else { return };
        let memberships = &mut self.links[key].memberships;
        let Some(position) = memberships.iter().position(|m| m.feed == feed_key) else { return };
        let membership = memberships.swap_remove(position);
        self.remove_member(feed_key, membership.at);
    }

    pub(super) fn leave_all(&mut self, key: usize) {
        let Some(link) = self.links.get_mut(key) else { return };
        for membership in std::mem::take(&mut link.memberships) {
            self.remove_member(membership.feed, membership.at);
        }
    }

    fn remove_member(&mut self, feed_key: usize, at: usize) {
        let members = &mut self.fan.feeds[feed_key];
        members.list.swap_remove(at);
        // The one that moved may not have had its turn.
        members.left = members.list.len();
        if members.list.is_empty() {
            self.fan.forget(feed_key);
            return;
        }
        if let Some(moved) = members.list.get(at)
            && let Some(membership) =
                self.links.get_mut(moved.link).and_then(|link| link.membership(feed_key))
        {
            membership.at = at;
        }
    }

    pub(super) fn retire(&mut self, feed: u64, frame: &Bytes) {
        let Some(&feed_key) = self.fan.ids.get(&feed) else { return };
        for member in self.fan.forget(feed_key).list {
            if let Some(link) = self.links.get_mut(member.link) {
                link.memberships.retain(|m| m.feed != feed_key);
                self.answer(member.link, frame.clone());
            }
        }
    }

    /// What each link was last told of each topic it watches.
    pub(super) fn report(&self) -> HashMap<u64, Vec<Told>> {
        let told = |link: &Link| {
            let told = link.memberships.iter().filter_map(|membership| {
                let feed = &self.fan.feeds.get(membership.feed)?.feed;
                Some(Told { topic: feed.topic.clone(), version: membership.told })
            });
            (link.id, told.collect())
        };
        self.links.iter().map(|(_, link)| told(link)).collect()
    }

    /// Goes on with the deliveries under way, at most `budget` of them; editors first.
    pub(super) fn walk(&mut self, mut budget: usize) {
        while budget > 0 {
            let fan = &mut self.fan;
            let Some(&key) = fan.urgent.front().or(fan.others.front()) else { return };
            let members = &mut fan.feeds[key];
            if members.left == 0 {
                members.walking = false;
                if fan.urgent.front() == Some(&key) {
                    fan.urgent.pop_front();
                } else {
                    fan.others.pop_front();
                }
                continue;
            }
            members.left -= 1;
            if members.cursor >= members.list.len() {
                members.cursor = 0;
            }
            let member = &mut members.list[members.cursor];
            members.cursor += 1;
            if member.got == members.round {
                continue;
            }
            member.got = members.round;
            let (link, etag) = (member.link, member.etag.take());
            let Some(newest) = members.newest.clone() else { continue };
            budget -= 1;
            let frame = members.frame_for(&newest, etag.as_deref());
            self.deliver(link, key, &frame, newest.snapshot.version);
        }
    }

    /// Writes a picture to a link. One that is behind gets the newest when it catches up.
    fn deliver(&mut self, key: usize, feed_key: usize, frame: &Bytes, version: u64) {
        let Some(link) = self.links.get_mut(key) else { return };
        if link.outbox.is_none() {
            match link.write(frame) {
                Ok(Written::Whole) => {
                    link.last_sent = self.tick;
                    self.sums.delivered += 1;
                    self.sums.bytes += frame.len() as u64;
                    return link.tell(feed_key, version);
                }
                Ok(Written::Part(n)) => {
                    link.tell(feed_key, version);
                    self.sums.delivered += 1;
                    self.sums.bytes += n as u64;
                    return self.drain(key);
                }
                Ok(Written::Nothing) => {
                    link.outbox();
                }
                Err(_) => return self.end(key),
            }
        }
        if let Some(membership) = link.membership(feed_key) {
            self.sums.coalesced += u64::from(membership.due);
            membership.due = true;
        }
    }
}
