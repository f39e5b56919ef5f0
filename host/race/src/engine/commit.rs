//! One durable commit, and what follows from it.

use std::sync::Arc;

use regie_core::{ErrorKind, Result};
use regie_plugins::Plugin;
use regie_store::Write;

use super::{
    Engine, document,
    document::Held,
    draft::{Draft, Envelope},
    moment::News,
    room::{Room, Work},
};
use crate::model::Now;

/// How often something is done again when the mode's package was replaced, or the document changed, in the meantime.
pub(super) const ATTEMPTS: usize = 8;

/// What became of an attempt.
pub(super) enum Stored {
    Done,
    /// The document was changed from elsewhere and is read anew: try again.
    Changed,
}

impl Engine {
    pub(super) fn now(&self, work: &Work) -> Now {
        Now::at(self.ground.clock.now_ms().max(work.held.at_ms))
    }

    /// Whether another package of this mode went on the air since, or none is.
    pub(super) fn replaced(&self, plugin: &Plugin) -> bool {
        self.ground.plugins.get(plugin.id()).is_some_and(|now| now.hash() != plugin.hash())
    }

    /// Stores the draft over what is held. Nothing is told yet.
    pub(super) async fn store(&self, work: &mut Work, draft: &mut Draft) -> Result<Stored> {
        let (races, held) = (&self.ground.races, &mut work.held);
        let id = draft.race.id.clone();
        if !draft.changed && !work.clocks.wait() {
            if !draft.answers.is_empty() {
                races.answer(&id, std::mem::take(&mut draft.answers)).await?;
            }
            return Ok(Stored::Done);
        }
        // Clocks alone are a version without a line in the history.
        draft.version = draft.version.max(held.version + 1);
        let write = Write {
            body: document::body(&draft.race, &draft.state, draft.derived.as_deref())?,
            version: draft.version,
            at_ms: draft.now.ms,
            entries: std::mem::take(&mut draft.entries),
            answers: std::mem::take(&mut draft.answers),
        };
        match races.put(&id, held.revision, write).await {
            Ok(document) => {
                held.race = Arc::new(draft.race.clone());
                held.state = draft.state.clone();
                held.derived = draft.derived.clone();
                held.revision = document.revision;
                held.version = document.version;
                held.at_ms = document.at_ms;
                work.clocks.stored();
                Ok(Stored::Done)
            }
            Err(error) if error.kind == ErrorKind::Conflict => {
                let document = races.get(&id).await?.ok_or_else(super::lane::gone)?;
                work.held = Held::read(&document)?;
                Ok(Stored::Changed)
            }
            Err(error) => Err(error),
        }
    }

    /// Stores the clocks that wait.
    pub(super) async fn flush(&self, room: &Arc<Room>, work: &mut Work) -> Result<()> {
        for _ in 0..ATTEMPTS {
            if !work.clocks.wait() || work.gone {
                return Ok(());
            }
            let mut draft = Draft::of(&work.held, self.now(work));
            match self.store(work, &mut draft).await? {
                Stored::Done => {
                    room.show(&work.held, draft.now.ms, News::Clocks);
                    return Ok(());
                }
                Stored::Changed => self.move_clocks_again(work).await?,
            }
        }
        Ok(())
    }

    /// After the document was read anew: clocks that are not stored yet move on it, too.
    pub(super) async fn move_clocks_again(&self, work: &mut Work) -> Result<()> {
        let envelopes: Vec<Envelope> = work.clocks.envelopes().to_vec();
        if envelopes.is_empty() {
            return Ok(());
        }
        let plugin = self.mode(&work.held.race.mode)?;
        let mut draft = Draft::of(&work.held, self.now(work));
        draft.migrate(&plugin).await?;
        draft.update(&plugin, envelopes).await?;
        if draft.race.state_version == work.held.race.state_version {
            work.held.state = draft.state;
        }
        Ok(())
    }
}
