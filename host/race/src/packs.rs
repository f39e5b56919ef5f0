//! Players' packs: the files of a seed with the player's own settings among them, zipped while they are sent.

mod files;
mod glob;
mod settings;
mod stream;

pub use settings::{SETTINGS_FILE, TEMPLATE, check as check_settings, find as settings_file};
pub use stream::{Pack, PackFor, pack};
