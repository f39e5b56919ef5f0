//! Connection after connection, until told to stop.

use std::{sync::Arc, time::Duration};

use regie_core::{Clock, new_id};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    address::{Address, Scheme},
    config::{Config, Options},
    deliver::{Counts, Sink, deliver},
    dialogue::Dialogue,
    fault::Fault,
    link::open,
    names::Cache,
    session::follow,
    status::{Reporter, State},
};

/// Follows the slot of `config` and tells `sink`, until `stop`; then the last status is [`State::Off`]. Ends earlier
/// only when the configuration can never work, which [`Config::check`] would have said. It never panics on what a room
/// sends, and holds a bounded amount of it.
pub async fn run(config: Config, sink: Arc<dyn Sink>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let report = Reporter::new(clock, sink.clone());
    let address = match config.check().and_then(|()| Address::parse(&config.address)) {
        Ok(address) => address,
        Err(error) => {
            report.down(State::Refused, Some(error.to_string()));
            report.down(State::Off, Some(error.to_string()));
            return;
        }
    };
    let (counts, news) = watch::channel(Arc::new(Counts::new()));
    let link = async {
        // Moved in: when it is dropped, `deliver` ends.
        let counts = counts;
        connections(&config, &address, &counts, &report, &stop).await;
    };
    tokio::join!(link, deliver(news, &*sink, &report, config.options.sink_retry, &stop));
    report.down(State::Off, None);
}

async fn connections(
    config: &Config,
    address: &Address,
    counts: &watch::Sender<Arc<Counts>>,
    report: &Reporter,
    stop: &CancellationToken,
) {
    let options = &config.options;
    let uuid = new_id();
    let mut cache = Cache::default();
    let mut scheme = None;
    let mut tries: u32 = 0;
    loop {
        report.connecting();
        let began = Instant::now();
        let Some(opened) = stop.run_until_cancelled(open(address, scheme, options)).await else { return };
        let fault = match opened {
            Ok((mut link, by)) => {
                scheme = Some(by);
                let dialogue = Dialogue::new(config, &uuid, &mut cache);
                let ended =
                    stop.run_until_cancelled(follow(&mut link, dialogue, options, counts, report)).await;
                link.close().await;
                let Some(fault) = ended else { return };
                fault
            }
            Err(fault) => {
                // A room that begins to speak TLS is found again; one that did is never asked for less.
                scheme = scheme.filter(|scheme| *scheme == Scheme::Wss);
                fault
            }
        };
        if began.elapsed() >= options.steady {
            tries = 0;
        }
        tracing::info!(address = config.address, slot = config.name, %fault, tries, "not connected");
        let refused = matches!(fault, Fault::Refused(_));
        report.down(if refused { State::Refused } else { State::Waiting }, Some(fault.to_string()));
        if stop.run_until_cancelled(sleep(pause(options, refused, tries))).await.is_none() {
            return;
        }
        tries = tries.saturating_add(1);
    }
}

/// Full jitter above a floor: clients that lost the same room do not come back all at once, and none comes back at once.
fn pause(options: &Options, refused: bool, tries: u32) -> Duration {
    let (floor, most) = if refused {
        (options.refused_min, options.refused_max)
    } else {
        (options.retry_min, options.retry_max)
    };
    let ceiling = floor.saturating_mul(1 << tries.min(16)).min(most.max(floor));
    // Without randomness from the system the waits are the longest, which is safe.
    let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    floor + (ceiling - floor).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_with_jitter_between_floor_and_ceiling() {
        let options = Options::default();
        for (refused, floor, most) in [(false, 0.5, 30.0), (true, 60.0, 600.0)] {
            for tries in [0, 1, 3, 6, 20, u32::MAX] {
                let ceiling = (floor * 2f64.powi(i32::try_from(tries.min(16)).unwrap())).min(most);
                for _ in 0..50 {
                    let pause = pause(&options, refused, tries).as_secs_f64();
                    assert!((floor..=ceiling + 1e-6).contains(&pause), "{pause} of {tries} tries");
                }
            }
        }
    }
}
