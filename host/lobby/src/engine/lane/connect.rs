//! From a connection to the truth about what stands on the broker.

use std::time::{Duration, Instant};

use regie_lobby_client::wire::FILTERS;

use super::{
    super::{
        lease,
        link::{Event, Out, Outage},
    },
    Lane,
    turn::{Phase, Turn},
};
use crate::LinkState;

/// After the last message of the replay that the broker sent before ours came back.
const AFTER_REPLAY: Duration = Duration::from_millis(300);
/// The broker must give back what is published for itself; where it does not, the replay is taken to be over after this.
const REPLAY_MOST: Duration = Duration::from_secs(5);
/// The same, where it did not before.
const REPLAY_OF_DEAF: Duration = Duration::from_millis(500);
const RULES: &str = "the broker's rules must let the lobby read and write session_state/#, session_discovery/#, +/session_… and regie_arbiter/#";

impl Lane {
    pub fn drop_messages(&mut self) {
        self.unacked.clear();
        self.held_back.clear();
        self.outbox.clear();
    }

    pub async fn link_event(&mut self, event: Event) {
        match event {
            Event::Message(_) => {}
            Event::Up { link, protocol, resumed } => {
                if let Some(line) = &mut self.line {
                    line.link = Some(link);
                }
                self.up(protocol, resumed);
            }
            Event::Forbidden(what) => self.forbidden(&what),
            Event::Down(outage) => self.down(outage),
        }
    }

    fn forbidden(&mut self, what: &str) {
        self.forbidden = true;
        let changed = self.shared.set_status(|status| {
            (status.broker.error, status.broker.hint) = (Some(what.to_owned()), Some(RULES.into()));
        });
        if changed {
            tracing::error!(what, hint = RULES, "the broker forbids the lobby something");
            self.changed();
        }
    }

    fn up(&mut self, protocol: &'static str, resumed: bool) {
        let now = self.now();
        (self.forbidden, self.deaf) = (false, false);
        match &mut self.turn {
            Turn::Idle => {}
            Turn::Looking(watch) => {
                watch.connected(now.mono_ms);
                self.subscribe(&[lease::TOPIC, lease::LAST, &self.own("look/+")]);
                self.send(Out::note(self.own(&format!("look/{}", self.process))));
                let changed = self.shared.set_status(|status| {
                    status.broker.protocol = Some(protocol);
                    if status.broker.state == LinkState::Away {
                        status.broker.state = LinkState::Connecting;
                    }
                    (status.broker.error, status.broker.hint) = (None, None);
                });
                if changed {
                    self.changed();
                }
            }
            Turn::Arbiter(phase) => {
                *phase = Phase::Checking { until: Instant::now() + REPLAY_MOST };
                for kept in self.sessions.values_mut() {
                    kept.session.link_lost();
                    kept.session.link_up(resumed);
                }
                self.stats.reconnects += u64::from(self.was_connected);
                self.was_connected = true;
                self.shared.set_status(|status| status.broker.protocol = Some(protocol));
                self.drop_messages();
                self.subscribe(&[lease::TOPIC, &self.own("sync/+")]);
                self.mark();
            }
        }
    }

    fn down(&mut self, outage: Outage) {
        if let Some(line) = &mut self.line {
            line.link = None;
        }
        self.drop_messages();
        if let Turn::Arbiter(phase) = &mut self.turn {
            *phase = Phase::Down;
        }
        for kept in self.sessions.values_mut() {
            kept.session.link_lost();
        }
        let standby = self.shared.status().broker.state == LinkState::Standby;
        let (error, hint) = (outage.error, outage.hint);
        let changed = self.shared.set_status(|status| {
            if !standby {
                status.broker.state = LinkState::Away;
            }
            (status.broker.error, status.broker.hint) = (Some(error.clone()), hint.map(Into::into));
        });
        if changed {
            tracing::warn!(error, hint, "the lobby's broker is away; it is tried again until it is there");
            self.changed();
        }
    }

    /// A message to itself: when it is back, everything that was asked for before it was sent.
    fn mark(&mut self) {
        self.marks += 1;
        let topic = self.own(&format!("sync/{}", self.marks));
        self.send(Out::note(topic));
    }

    pub fn own(&self, what: &str) -> String {
        format!("regie_arbiter/{}/{what}", self.host.id)
    }

    /// One of the host's own messages came back.
    pub fn marked(&mut self, what: &str) {
        if let (Turn::Looking(watch), Some(process)) = (&mut self.turn, what.strip_prefix("look/")) {
            // A broker of this server's own, on which no lease stands: others look before they take over, too.
            if process == self.process && self.embedded.is_some() {
                watch.nobody_else();
            }
            return;
        }
        if what.strip_prefix("sync/") == Some(self.marks.to_string().as_str()) {
            self.advance();
        }
    }

    fn advance(&mut self) {
        let Turn::Arbiter(phase) = self.turn else { return };
        let next = match phase {
            Phase::Checking { .. } => {
                self.renew();
                self.sign();
                Some(0)
            }
            Phase::Replaying { filter, .. } => Some(filter + 1),
            Phase::Down | Phase::Settling { .. } | Phase::Settled => None,
        };
        let Some(filter) = next else { return };
        let phase = match FILTERS.get(filter) {
            Some(topics) => {
                self.subscribe(&[topics]);
                self.mark();
                let most = if self.deaf { REPLAY_OF_DEAF } else { REPLAY_MOST };
                Phase::Replaying { filter, until: Instant::now() + most }
            }
            None => Phase::Settling { until: Instant::now() + AFTER_REPLAY },
        };
        self.turn = Turn::Arbiter(phase);
    }

    /// The time of a phase is over.
    pub async fn settle_if_due(&mut self) {
        let Turn::Arbiter(phase) = self.turn else { return };
        if self.turn.wake_at().is_none_or(|at| Instant::now() < at) {
            return;
        }
        match phase {
            Phase::Settling { .. } => self.settled().await,
            Phase::Checking { .. } | Phase::Replaying { .. } => {
                if !std::mem::replace(&mut self.deaf, true) {
                    self.forbidden("what is published to regie_arbiter/# does not come back");
                }
                self.advance();
            }
            Phase::Down | Phase::Settled => {}
        }
    }

    async fn settled(&mut self) {
        self.turn = Turn::Arbiter(Phase::Settled);
        for (id, held) in std::mem::take(&mut self.outdated) {
            self.forget(&id, held).await;
        }
        let now = self.now();
        let ids: Vec<_> = self.sessions.keys().cloned().collect();
        for id in ids {
            let Some(kept) = self.sessions.get_mut(&id) else { continue };
            let effects = kept.session.link_settled(now);
            self.follow(&id, effects, None);
            self.touched.insert(id.clone());
            self.due.insert(id);
        }
        self.finish().await;
        let address = self.address();
        let forbidden = self.forbidden;
        if self.shared.set_status(|status| {
            status.broker.state = LinkState::Connected;
            if !forbidden {
                (status.broker.error, status.broker.hint) = (None, None);
            }
        }) {
            let protocol = self.shared.status().broker.protocol;
            tracing::info!(
                address,
                protocol,
                sessions = self.sessions.len(),
                "the lobby is connected to its broker"
            );
            self.changed();
        }
        self.tell();
    }
}
