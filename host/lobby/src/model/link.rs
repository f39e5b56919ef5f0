//! The connection to the broker: what is known while it is gone, and when it is back.

use super::{
    Effects, Gone, Now,
    session::Session,
    standing::{Standing, Stands},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Lost,
    Replaying { resumed: bool },
    Settled,
}

impl Session {
    /// The connection is gone: nobody's silence counts and nothing is corrected until [`Session::link_settled`].
    pub fn link_lost(&mut self) {
        self.link = Link::Lost;
        self.forms = [Standing::unsure(self.record.version), Standing::unsure(self.record.version)];
    }

    /// Connected, before the replay. `resumed`: the broker kept the arbiter's session, so nothing was missed and the replay says
    /// only what stands there; else it counts as writes that only add. Without this call: not resumed.
    pub fn link_up(&mut self, resumed: bool) {
        self.link = Link::Replaying { resumed };
    }

    /// The replay is over: what was not replayed does not stand there. Everybody gets the full grace.
    pub fn link_settled(&mut self, now: Now) -> Effects {
        let mut effects = Effects::default();
        let missed = matches!(self.link, Link::Lost | Link::Replaying { resumed: false });
        if missed {
            // Who left before may have come back unseen: a live sign of life says so.
            for burial in self.record.buried.iter_mut().filter(|burial| burial.how != Gone::Refused) {
                burial.claimed = true;
            }
            effects.commit = true;
        }
        self.link = Link::Settled;
        for seen in self.last_seen.values_mut() {
            *seen = now.mono_ms;
        }
        self.closing_ms = self.closing_ms.map(|_| now.mono_ms);
        for form in &mut self.forms {
            if form.stands == Stands::Unknown {
                form.stands = Stands::Nothing;
            }
        }
        self.sealed(effects, now)
    }
}
