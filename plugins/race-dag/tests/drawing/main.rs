//! What people see of a race: the map's lines, and every surface.

mod layout;
mod names;
mod support;
mod surfaces;
