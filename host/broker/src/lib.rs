#![forbid(unsafe_code)]
//! An MQTT broker in the process, so that a laptop needs nothing installed.
//!
//! It knows MQTT and no lobby: whoever speaks MQTT may use it.
