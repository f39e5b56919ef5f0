//! HTTP in, service call, HTTP out.

pub mod sockets;
