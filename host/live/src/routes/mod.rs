//! HTTP in, a link or a stream out.

mod sse;
mod upgrade;

pub use sse::sse;
pub use upgrade::websocket;
