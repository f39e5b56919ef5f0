//! What can come of a call besides its answer.

use regie_core::{Error, ErrorKind};
use regie_sdk::protocol::Fault;

use crate::runtime::Hook;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// A clean refusal: the request is wrong, not the plugin.
    #[error("{}", .0.message)]
    Fault(Fault),
    #[error("the plugin failed in `{}`: {reason}", .hook.as_str())]
    Trapped { hook: Hook, reason: String },
    /// It failed too often and rests, or too much waits for it; worth trying from `until_ms` (milliseconds since 1970).
    #[error("the plugin is resting or too busy")]
    Unavailable { until_ms: i64 },
    /// It answered, and not what the interface says.
    #[error("the plugin's answer cannot be used: {0}")]
    BadAnswer(String),
    /// The server is stopping.
    #[error("the server is stopping")]
    Gone,
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Fault(fault) => {
                let refusal =
                    Self::new(ErrorKind::Plugin, fault.message).code(format!("plugin.{}", fault.code));
                match fault.path {
                    Some(path) => refusal.path(path),
                    None => refusal,
                }
            }
            CallError::Gone => {
                Self::new(ErrorKind::Unavailable, "the server is stopping").hint("try again in a moment")
            }
            CallError::Unavailable { .. } => Self::new(ErrorKind::PluginUnavailable, error.to_string())
                .hint("try again in a moment")
                .source(error),
            // The reason is the author's and the operator's business, and they have it in the plugin's log.
            CallError::Trapped { .. } | CallError::BadAnswer(_) => {
                Self::new(ErrorKind::PluginUnavailable, "the plugin failed; nothing was changed")
                    .hint("the plugin's log has the reason")
                    .source(error)
            }
        }
    }
}

/// A refused action is a conflict with the document as it is: 409, with the plugin's own code and words.
pub fn refused_action(fault: &Fault) -> Error {
    let mut error = Error::conflict(fault.message.clone()).code(format!("plugin.{}", fault.code));
    error.path.clone_from(&fault.path);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_keeps_its_word_and_a_failure_does_not_show_its_inside() {
        let fault = Error::from(CallError::Fault(Fault::new("too_many", "only 3 bows").at("action.step")));
        assert_eq!(
            (fault.kind, &*fault.code, fault.path.as_deref()),
            (ErrorKind::Plugin, "plugin.too_many", Some("action.step"))
        );
        let trap = Error::from(CallError::Trapped { hook: Hook::Update, reason: "at /home/ada/src".into() });
        assert_eq!((trap.kind, &*trap.code), (ErrorKind::PluginUnavailable, "plugin_unavailable"));
        assert!(!trap.message.contains("ada"));
    }
}
