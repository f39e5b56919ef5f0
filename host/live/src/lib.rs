#![forbid(unsafe_code)]
//! Topics and their latest value, pushed to many viewers.
//!
//! The [`Hub`] asks a room ([`Source`]) for a picture once per change and variant and gives the same bytes to all: over
//! WebSocket ([`websocket`]), whose sockets are owned by a few writer threads, and as server-sent events ([`sse`()]). It
//! keeps the newest value, never a queue. It knows no game, no page and no storage.
//!
//! It also says how rooms learn who is gathered elsewhere ([`Rosters`]), so that none of them has to know another.

mod act;
mod feed;
mod frame;
mod hub;
mod links;
mod message;
mod options;
mod picture;
mod rosters;
mod routes;
mod session;
mod shard;
mod source;

pub use act::{Act, check_key, check_not_hosts, foreign_key};
pub use hub::Hub;
pub use links::{LinkInfo, Told};
pub use options::{Options, Stats};
pub use rosters::{Nobody, Roster, RosterMember, Rosters, Tie, TieView};
pub use routes::{sse, websocket};
pub use source::{Body, Credential, Form, Refused, Snapshot, Source, Variant, Want};
