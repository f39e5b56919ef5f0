//! The session of a lobby whose members become participants on one click.

use std::sync::Arc;

use regie_core::{Actor, ErrorKind, Result, Role, rfc3339};
use regie_live::{RosterMember, Tie};

use super::Restreams;
use crate::model::{Fate, Gathered, Restream, RestreamPatch};

/// How often it is looked at anew where somebody else edits at the same time.
const ATTEMPTS: u32 = 8;

impl Restreams {
    /// Errors: 404 for no such session.
    pub async fn tie(&self, slug: &str, session_id: &str, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        let tie = Tie::to(session_id, &*self.rosters)?;
        self.set_tie(slug, Some(tie), actor).await
    }

    pub async fn untie(&self, slug: &str, actor: &Actor) -> Result<Arc<Restream>> {
        actor.require(Role::Restreamer)?;
        self.set_tie(slug, None, actor).await
    }

    /// Whoever is there stays as they are, so it may be asked again. Errors: 409 `not_tied`, `session_gone`.
    pub async fn take_members(&self, slug: &str, actor: &Actor) -> Result<Vec<(RosterMember, Fate)>> {
        actor.require(Role::Restreamer)?;
        let mut attempts = 0..ATTEMPTS;
        loop {
            let entry = self.directory.by_slug(slug)?;
            let tie = entry.restream.tied()?;
            let Gathered { participants, fates } = entry.restream.gather(tie.roster(&*self.rosters)?.members);
            if !fates.iter().any(|(_, fate)| matches!(fate, Fate::Added(_))) {
                return Ok(fates);
            }
            let now_ms = self.clock.now_ms();
            let patch = RestreamPatch { participants: Some(participants), ..RestreamPatch::default() };
            let next = entry.restream.patched(patch, &rfc3339(now_ms))?;
            match self.store(entry.revision, next, now_ms, actor).await {
                Ok(next) => {
                    self.follow(&entry.restream, &next, actor).await?;
                    self.announce();
                    return Ok(fates);
                }
                // Somebody else edited it meanwhile: what they did stays.
                Err(error) if error.kind == ErrorKind::Conflict && attempts.next().is_some() => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn set_tie(&self, slug: &str, tie: Option<Tie>, actor: &Actor) -> Result<Arc<Restream>> {
        let entry = self.directory.by_slug(slug)?;
        if entry.restream.lobby == tie {
            return Ok(entry.restream);
        }
        let now_ms = self.clock.now_ms();
        let next = Restream { lobby: tie, updated_at: rfc3339(now_ms), ..Restream::clone(&entry.restream) };
        let next = self.store(entry.revision, next, now_ms, actor).await?;
        self.announce();
        Ok(next)
    }
}
