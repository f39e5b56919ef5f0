//! Who stands behind an open link.

use crate::{Actor, Topic};

/// Asked again at every action and whenever rights change, so that a logout, a changed role or a revoked key takes effect
/// on open links at once.
pub trait Credential: Send + Sync + 'static {
    /// `None` once it is void (revoked key, ended session): the link falls back to what anyone may see.
    fn actor(&self) -> Option<Actor>;

    /// The same with the role that the actor has on `target` (`restream.12`): the greater of the global one and what the
    /// target grants.
    fn actor_on(&self, target: &str) -> Option<Actor> {
        let _ = target;
        self.actor()
    }

    /// What alone this credential is good for beyond a viewer's rights (`auto.restream.12`, as the room named it that had it
    /// made); `None` for a person and for whatever acts with a person's rights.
    fn scope(&self) -> Option<String> {
        None
    }

    /// Whether the OBS key `key` (or the one this link came with) opens `topic` on `surface`.
    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool;
}
