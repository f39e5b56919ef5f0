//! What a broker must do for lobbies, run against the one that is embedded and against mosquitto, the reference:
//! where mosquitto fails a check, the check is wrong.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod bounds;
mod brokers;
mod checks;
mod peer;

use brokers::{At, embedded, mosquitto};

/// One test a check and broker; a check is a function of [`checks`] that knows an address and nothing else.
macro_rules! conformance {
    ($($module:ident: $($check:ident)+;)+) => {
        mod in_the_process {
            $($(
                #[tokio::test]
                async fn $check() {
                    let broker = super::embedded().await;
                    super::checks::$module::$check(&super::At::new(&broker, stringify!($check))).await;
                }
            )+)+
        }
        mod of_mosquitto {
            $($(
                #[tokio::test]
                async fn $check() {
                    let broker = super::mosquitto().await;
                    super::checks::$module::$check(&super::At::new(&broker, stringify!($check))).await;
                }
            )+)+
        }
    };
}

checks::all!(conformance);
