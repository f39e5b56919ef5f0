//! What is done every second.

use super::Lane;

impl Lane {
    pub async fn tick(&mut self) {
        let now = self.now();
        let seen = self.shared.take_seen();
        for kept in self.sessions.values_mut().filter(|_| !seen.is_empty()) {
            let members: Vec<_> = kept.session.record().members.iter().map(|m| m.client_id.clone()).collect();
            for client_id in members.iter().filter(|id| seen.contains(*id)) {
                kept.session.seen(client_id, now);
            }
        }
        let ids: Vec<_> = self.sessions.keys().cloned().collect();
        for id in ids {
            let Some(kept) = self.sessions.get_mut(&id) else { continue };
            let effects = kept.session.tick(now);
            self.follow(&id, effects, None);
            self.touched.insert(id);
        }
        self.finish().await;
        self.take_turns().await;
        self.forget_graves().await;
        for (kind, more) in self.garbage.due(now.mono_ms) {
            tracing::warn!(kind, more, "more was refused in the last minute");
        }
        self.publish_stats();
    }

    fn publish_stats(&mut self) {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.stats.sessions = count(self.sessions.len());
        self.stats.members = count(self.sessions.values().map(|kept| kept.members).sum());
        self.stats.latency_p50_ms = self.latencies.quantile_ms(50);
        self.stats.latency_p99_ms = self.latencies.quantile_ms(99);
        let stats = self.stats.clone();
        self.shared.set_status(|status| status.stats = stats);
    }
}
