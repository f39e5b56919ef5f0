//! Sessions and the room's state as JSON: the same over HTTP and on the live link, but for what is about who asks.

mod list;
mod session;
mod status;

pub use list::{LobbyList, LobbyPicture};
pub use session::LobbySession;
pub use status::{LobbyBroker, LobbyStatus};
