//! Why a connection ended, in words for the person who set it up.

/// `Display` is what the status shows: it says what is wrong and, where a person can mend it, what would be right.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing there, or not now. Tried again soon.
    #[error("{0}")]
    Unreachable(String),
    /// The link was up and is no more. Tried again soon.
    #[error("{0}")]
    Lost(String),
    /// What came is not the protocol, or is beyond every measure. Tried again soon.
    #[error("the room sent what is not the protocol: {0}")]
    Malformed(String),
    /// The room does not want us as we are. Tried again slowly.
    #[error("{0}")]
    Refused(String),
}

/// Text from elsewhere, short and on one line.
pub(crate) fn brief(text: &str) -> String {
    const LIMIT: usize = 160;
    let mut brief: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LIMIT).collect();
    if text.chars().nth(LIMIT).is_some() {
        brief.push('…');
    }
    brief
}
