//! One connection, from opening to its end.

use std::sync::Arc;

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{
    config::Options,
    deliver::Counts,
    dialogue::{Awaits, Dialogue},
    fault::Fault,
    link::Link,
    status::Reporter,
};

/// Follows the slot until the link ends, and says why. Cancel-safe: `link` is the caller's.
pub(crate) async fn follow(
    link: &mut Link,
    mut dialogue: Dialogue<'_>,
    options: &Options,
    counts: &watch::Sender<Arc<Counts>>,
    report: &Reporter,
) -> Fault {
    let mut owed = Owed { what: dialogue.awaits(), since: Instant::now() };
    let mut ping_at = Instant::now() + options.ping_every;
    loop {
        let wake = ping_at.min(link.heard + options.silence).min(owed.until(options));
        let step = tokio::select! {
            packets = link.next() => match packets {
                Ok(packets) => answer(link, &mut dialogue, packets, counts, report).await,
                Err(fault) => Err(fault),
            },
            () = sleep_until(wake) => watch_over(link, &owed, &mut ping_at, options).await,
        };
        if let Err(fault) = step {
            return fault;
        }
        if owed.what != dialogue.awaits() {
            owed = Owed { what: dialogue.awaits(), since: Instant::now() };
        }
    }
}

async fn answer(
    link: &mut Link,
    dialogue: &mut Dialogue<'_>,
    packets: Vec<crate::packet::Packet>,
    counts: &watch::Sender<Arc<Counts>>,
    report: &Reporter,
) -> Result<(), Fault> {
    let reaction = dialogue.frame(packets)?;
    if dialogue.is_connected() {
        report.connected(dialogue.items());
    }
    if let Some(new) = reaction.counts {
        counts.send_replace(Arc::new(new));
    }
    link.send(&reaction.send).await
}

async fn watch_over(
    link: &mut Link,
    owed: &Owed,
    ping_at: &mut Instant,
    options: &Options,
) -> Result<(), Fault> {
    let now = Instant::now();
    if now >= link.heard + options.silence {
        return Err(Fault::Lost("the link to the room went silent".into()));
    }
    if now >= owed.until(options) {
        return Err(Fault::Lost(format!("the room did not {} in {:?}", owed.what, options.timeout)));
    }
    if now >= *ping_at {
        *ping_at = now + options.ping_every;
        link.ping().await?;
    }
    Ok(())
}

/// What the room owes, and since when.
struct Owed {
    what: Awaits,
    since: Instant,
}

impl Owed {
    fn until(&self, options: &Options) -> Instant {
        match self.what {
            // Later than the silence that ends the link in any case.
            Awaits::Nothing => Instant::now() + options.silence,
            _ => self.since + options.timeout,
        }
    }
}
