//! Lobbies on the real binary: over HTTP, and with plain peers against mosquitto and the embedded broker.

mod act;
mod away;
mod broker;
mod clients;
mod create;
mod faults;
mod field;
mod list;
mod live;
mod mosquitto;
mod peers;
mod permissions;
mod refusals;
mod restart;
mod scenarios;
mod secrets;
mod storm;
mod support;
mod two;

/// A test on each broker, of a function that takes the broker.
#[macro_export]
macro_rules! on_both {
    ($($name:ident,)*) => {
        mod on_mosquitto {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::field::On::Mosquitto).await;
            })*
        }
        mod on_the_embedded_broker {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::field::On::Embedded).await;
            })*
        }
    };
}
