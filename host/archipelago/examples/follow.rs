//! Follows a slot of a room and prints what it receives, by the names that a tracker's plugin would be told:
//! `cargo run -p regie-archipelago --example follow -- <host:port> <slot> [password]`

use std::sync::Arc;

use async_trait::async_trait;
use regie_archipelago::{Config, Counts, Options, Sink, Status, run};
use regie_core::{Result, SystemClock};
use tokio_util::sync::CancellationToken;

struct Print;

#[async_trait]
impl Sink for Print {
    async fn counts(&self, changed: &[(String, u32)], all: &Counts) -> Result<()> {
        println!("{changed:?} of {} kinds", all.len());
        Ok(())
    }

    fn status(&self, status: Status) {
        println!("{status:?}");
    }
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let mut args = std::env::args().skip(1);
    let (Some(address), Some(name)) = (args.next(), args.next()) else {
        eprintln!("follow <host:port> <slot> [password]");
        std::process::exit(2);
    };
    let config = Config { address, name, password: args.next(), game: None, options: Options::default() };
    let stop = CancellationToken::new();
    let end = stop.clone();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        end.cancel();
    });
    run(config, Arc::new(Print), Arc::new(SystemClock), stop).await;
}
