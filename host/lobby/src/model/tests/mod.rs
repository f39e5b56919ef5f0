mod broker;
mod host;
mod peer;
mod properties;
mod stored;
mod storm;
mod table;
mod world;
