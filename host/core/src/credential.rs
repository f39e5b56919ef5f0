//! Who stands behind an open link.

use crate::{Actor, Topic};

/// Asked again at every action and whenever rights change, so that a logout, a changed role or a revoked key takes effect
/// on open links at once.
pub trait Credential: Send + Sync + 'static {
    /// `None` once it is void (revoked key, ended session): the link falls back to what anyone may see.
    fn actor(&self) -> Option<Actor>;

    /// Whether the OBS key `key` (or the one this link came with) opens `topic` on `surface`.
    fn opens(&self, key: Option<&str>, topic: &Topic, surface: Option<&str>) -> bool;
}
