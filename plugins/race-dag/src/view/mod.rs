//! What people see of a race.
