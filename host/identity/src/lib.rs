#![forbid(unsafe_code)]
//! Who someone is: users and their roles, password logins, sessions, API tokens, OBS keys, and the checks that every
//! request passes (host, origin, credential).
//!
//! It does not know what a role allows: rooms ask [`regie_core::Actor::require`] of [`Principal::actor_on`], whose role is
//! the greater of the global one and what a target grants; a target is a name that the room chose. It does not know links or topics' content either: [`Principal`] reads the current state each
//! time it is asked, and [`Identity::changes`] tells when asking again may answer otherwise.
//!
//! Secrets are never stored as they are: passwords as argon2id, everything random (sessions, tokens, keys,
//! invitations) as SHA-256.

mod authority;
mod check;
mod client_ip;
mod first_admin;
mod grants;
mod identity;
mod invites;
mod keys;
mod limiter;
mod model;
mod options;
mod origin;
mod other_invites;
mod password;
mod principal;
pub mod routes;
mod secret;
mod sessions;
mod state;
mod table;
mod target;
mod tokens;
mod twitch;
mod users;

pub use authority::{PublicUrl, check_host};
pub use check::fit_label;
pub use client_ip::{Proxies, client_ip};
pub use grants::Grant;
pub use identity::{Buckets, Identity};
pub use invites::{Accepted, Described, Describer, Invite};
pub use keys::{Key, NewKey};
pub use model::User;
pub use options::{Options, SETTINGS};
pub use origin::check_origin;
pub use other_invites::OtherInvites;
pub use principal::{COOKIE, Principal};
pub use secret::Secret;
/// The plain token of a session, as its cookie carries it.
pub use secret::Secret as SessionToken;
pub use tokens::Token;
pub use twitch::{Arrival, Departure, TwitchOptions};
pub use users::{NewUser, UserPatch};
