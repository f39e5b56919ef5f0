//! Who looks on: counted where connections are, since all of a class share what is made for it.

use std::sync::Arc;

use super::{Engine, room::Room};

/// One spectator, as long as it lives.
pub struct Watching(Option<Arc<Room>>);

impl Engine {
    /// Counted until it is dropped; everybody is told within a second. Of a race that is gone nothing is.
    pub fn watching(&self, id: &str) -> Watching {
        let room = self.room(id).ok();
        if let Some(room) = &room {
            room.viewers.lock().spectators += 1;
        }
        Watching(room)
    }

    /// How many look on now.
    pub fn spectators(&self, id: &str) -> usize {
        self.room(id).map_or(0, |room| room.viewers.lock().spectators)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(room) = &self.0 {
            room.viewers.lock().spectators -= 1;
        }
    }
}
