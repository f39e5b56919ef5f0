#![deny(unsafe_code)]
//! Write trackers, hint sheets and race modes for Régie as plain Rust functions over a document of your own.
//!
//! An author implements [`Tracker`] (or [`Indices`], or [`RaceMode`]) for a unit struct and names it in [`export!`]; this crate does the rest:
//! the component interface, JSON both ways, batches, refused actions that leave no trace, and [`testing`], which drives
//! the same hooks natively so that `cargo test` needs no WebAssembly. It is not the host: it stores nothing, knows no
//! page and no person beyond what a request carries, and can reach nothing but one line in the host's log.
//!
//! ```
//! use regie_sdk::{Catalog, Context, Fault, Html, Preset, Tracker, View, html};
//!
//! #[derive(Clone, PartialEq, serde::Serialize, serde::Deserialize)]
//! struct Coins(u32);
//!
//! #[derive(serde::Deserialize)]
//! struct Add { coins: u32 }
//!
//! struct Purse;
//! impl Tracker for Purse {
//!     type State = Coins;
//!     type Action = Add;
//!     fn catalog(&self, _: &Context) -> Catalog { Catalog::new("Purse") }
//!     fn preset(&self, _: &Preset) -> Coins { Coins(0) }
//!     fn update(&self, state: &mut Coins, action: Add, cx: &Context) -> Result<(), Fault> {
//!         state.0 = state.0.saturating_add(action.coins).min(99);
//!         cx.words(format!("{} coins", state.0));
//!         Ok(())
//!     }
//!     fn render(&self, state: &Coins, view: &View) -> Html {
//!         view.button(format!("Coins, {}", state.0)).act(serde_json::json!({"coins": 1})).body(html::plate(state.0))
//!     }
//! }
//! regie_sdk::export!(Purse);
//! ```
//!
//! `maud`'s `html!` names its own crate, so a plugin that uses it lists `maud` beside `regie-sdk`.

mod author;
mod catalog;
mod context;
pub mod css;
pub mod grid;
// The generated bindings speak the canonical ABI, which is raw pointers; nothing else in this crate is unsafe.
#[allow(unsafe_code)]
mod guest;
pub mod hooks;
pub mod html;
mod locale;
pub mod protocol;
mod race;
pub mod sheet;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
#[cfg(test)]
mod typescript;

pub use author::{Indices, Initial, Plugin, Tracker, kind};
pub use catalog::Catalog;
pub use context::{Context, Preset, View};
pub use guest::{Level, log};
pub use html::Html;
pub use locale::Locale;
pub use maud;
pub use protocol::{
    ActionContext, ActorContext, Effect, Fault, Participant, RaceStatus, Racer, Settings, Standing, Standings,
};
pub use race::{Projection, Race, RaceMode, Viewer};

#[doc(hidden)]
pub mod private {
    #[cfg(target_arch = "wasm32")]
    pub use crate::guest::{migrating, racing, run, tracker};
}
