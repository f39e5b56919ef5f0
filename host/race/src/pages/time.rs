//! Times as pages say them. The server writes UTC; the page's script adds the viewer's own zone.

use maud::{Markup, html};
use regie_core::parse_rfc3339;
use time::{OffsetDateTime, macros::format_description};

/// `at`: RFC 3339 in UTC. What is no such time is shown as it is.
pub fn time(at: &str) -> Markup {
    let day = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let said = parse_rfc3339(at)
        .and_then(|ms| OffsetDateTime::from_unix_timestamp(ms.div_euclid(1_000)).ok())
        .and_then(|at| at.format(&day).ok());
    html! { time datetime=(at) data-rg-time { (said.as_deref().unwrap_or(at)) } }
}

/// `1:02:03`, below an hour `2:03`.
pub fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}
