//! Who arbitrates: this host looks, takes over, renews its lease, stands by, steps down.

use std::time::{Duration, Instant};

use regie_core::rfc3339;

use super::{
    super::{
        broker,
        lease::{self, Lease, Verdict, Watch},
        link::{Out, Role},
        store::Host,
    },
    Lane, Line, Now,
    turn::{Phase, Turn},
};
use crate::{BrokerChoice, LinkState, Remote};

/// The embedded broker is tried again, where its address is taken.
const LISTEN_AGAIN: Duration = Duration::from_secs(10);

impl Lane {
    /// Starts to look for who arbitrates, as soon as there is a broker.
    pub async fn begin(&mut self) {
        if let BrokerChoice::Embedded { listen, credentials } = &self.options.broker
            && self.embedded.is_none()
        {
            match broker::listen(listen, credentials.as_ref(), &self.shutdown).await {
                Ok(running) => self.embedded = Some(running),
                Err(fault) => {
                    if self.shared.set_status(|status| {
                        status.broker.state = LinkState::Away;
                        status.broker.error = Some(fault.error.clone());
                        status.broker.hint = Some(fault.hint.into());
                    }) {
                        tracing::error!(
                            listen,
                            error = fault.error,
                            hint = fault.hint,
                            "the embedded broker does not listen"
                        );
                        self.changed();
                    }
                    self.listen_at = Some(Instant::now() + LISTEN_AGAIN);
                    return;
                }
            }
        }
        self.listen_at = None;
        let Some(address) = self.address() else { return };
        self.shared.set_status(|status| {
            status.broker.address = Some(address);
            status.broker.state = LinkState::Connecting;
            (status.broker.error, status.broker.hint) = (None, None);
        });
        self.changed();
        self.look();
    }

    fn remote(&self) -> Option<Remote> {
        match &self.options.broker {
            BrokerChoice::Embedded { .. } => self.embedded.as_ref().map(|broker| broker.remote.clone()),
            BrokerChoice::External(remote) => Some(remote.clone()),
            BrokerChoice::Off => None,
        }
    }

    /// For people.
    pub fn address(&self) -> Option<String> {
        match &self.embedded {
            Some(broker) => Some(broker.shown.clone()),
            None => self.remote().map(|remote| remote.shown()),
        }
    }

    /// Every second: whether the turn changes, and the lease.
    pub async fn take_turns(&mut self) {
        if self.listen_at.is_some_and(|at| Instant::now() >= at) {
            self.begin().await;
        }
        let connected = self.line.as_ref().is_some_and(|line| line.link.is_some());
        match &self.turn {
            Turn::Looking(watch) if connected => match watch.verdict(self.now().mono_ms) {
                Verdict::Unclear => {}
                Verdict::Taken(other) => {
                    self.outdate();
                    self.stand_by(&other);
                }
                Verdict::Free { highest, after } => {
                    if after.is_some_and(|lease| lease.host != self.host.id) {
                        self.outdate();
                    }
                    self.take_over(highest).await;
                }
            },
            Turn::Arbiter(Phase::Replaying { .. } | Phase::Settling { .. } | Phase::Settled) => self.renew(),
            Turn::Idle | Turn::Looking(_) | Turn::Arbiter(_) => {}
        }
    }

    fn lease(&self) -> Lease {
        Lease {
            host: self.host.id.clone(),
            process: self.process.clone(),
            epoch: self.host.epoch,
            at: rfc3339(self.clock.now_ms()),
        }
    }

    pub fn renew(&mut self) {
        if let Ok(payload) = serde_json::to_vec(&self.lease()) {
            let out =
                Out { topic: lease::TOPIC.into(), payload: payload.into(), retain: true, expiry_s: Some(60) };
            self.send(out);
        }
    }

    /// For whoever arbitrates next.
    pub fn sign(&mut self) {
        if let Ok(payload) = serde_json::to_vec(&self.lease()) {
            self.send(Out {
                topic: lease::LAST.into(),
                payload: payload.into(),
                retain: true,
                expiry_s: None,
            });
        }
    }

    pub fn last_seen(&mut self, payload: &[u8]) {
        if let (Turn::Looking(watch), Ok(last)) = (&mut self.turn, serde_json::from_slice::<Lease>(payload)) {
            watch.was(last);
        }
    }

    /// What stands on the lease's topic; empty: nothing.
    pub fn lease_seen(&mut self, payload: &[u8], retained: bool, now: Now) {
        let seen = if payload.is_empty() { None } else { serde_json::from_slice::<Lease>(payload).ok() };
        match &mut self.turn {
            Turn::Looking(watch) => watch.saw(seen, retained, now.mono_ms),
            Turn::Arbiter(phase) => {
                let checked = !matches!(phase, Phase::Down | Phase::Checking { .. });
                match seen {
                    Some(other) if other.overrules(&self.lease()) => self.overruled = Some(other),
                    Some(other) if other.process == self.process => {}
                    _ if checked => self.renew(),
                    _ => {}
                }
            }
            Turn::Idle => {}
        }
    }

    pub async fn step_down_if_overruled(&mut self) {
        if let Some(other) = self.overruled.take() {
            self.step_down(&other).await;
        }
    }

    /// The server stops: another host may take over at once.
    pub async fn stop(&mut self) {
        self.finish().await;
        if matches!(
            self.turn,
            Turn::Arbiter(Phase::Replaying { .. } | Phase::Settling { .. } | Phase::Settled)
        ) {
            self.send(Out::empty(lease::TOPIC.into()));
        }
        if let Some(line) = self.line.take() {
            line.farewell().await;
        }
    }

    fn look(&mut self) {
        let Some(remote) = self.remote() else { return };
        let role = Role { client_id: format!("regie-look-{}", self.process), persistent: false, will: None };
        self.turn = Turn::Looking(Watch::new(self.process.clone(), self.now().mono_ms));
        self.line = Some(Line::start(remote, role));
    }

    async fn take_over(&mut self, highest: u64) {
        let Some(remote) = self.remote() else { return };
        let host = Host { epoch: self.host.epoch.max(highest) + 1, ..self.host.clone() };
        match self.store.set_host(&host, self.host_held, self.now().wall_ms).await {
            Ok(held) => (self.host, self.host_held) = (host, held),
            Err(error) => {
                self.not_stored(&error);
                return;
            }
        }
        if let Some(line) = self.line.take() {
            tokio::spawn(line.farewell());
        }
        tracing::info!(host = self.host.id, epoch = self.host.epoch, "this host arbitrates the lobby");
        let epoch = self.host.epoch;
        self.shared.set_status(|status| {
            (status.arbiter.epoch, status.arbiter.active, status.arbiter.other) = (epoch, true, None);
            status.broker.state = LinkState::Connecting;
        });
        self.changed();
        let role = Role {
            client_id: format!("regie-arbiter-{}", self.host.id),
            persistent: true,
            will: Some(lease::TOPIC.into()),
        };
        self.turn = Turn::Arbiter(Phase::Down);
        self.line = Some(Line::start(remote, role));
    }

    /// Another host arbitrates: what this one knows grows old.
    async fn step_down(&mut self, other: &Lease) {
        if let Some(line) = self.line.take() {
            line.farewell().await;
        }
        self.outdate();
        self.stand_by(other);
        self.look();
    }

    fn stand_by(&mut self, other: &Lease) {
        let changed = self.shared.set_status(|status| {
            status.broker.state = LinkState::Standby;
            status.arbiter.active = false;
            status.arbiter.other = Some(other.host.clone());
        });
        if changed {
            tracing::warn!(
                other = other.host,
                epoch = other.epoch,
                "another host arbitrates the lobby on this broker; this one stands by"
            );
            self.changed();
        }
    }

    /// The truth is another host's: sessions are read anew from the broker when the turn comes.
    fn outdate(&mut self) {
        for (id, kept) in self.sessions.drain() {
            self.outdated.insert(id.clone(), kept.held);
            self.shared.hide(&id);
        }
        self.dirty.clear();
        self.touched.clear();
        self.due.clear();
        self.drop_messages();
    }
}
