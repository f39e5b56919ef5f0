//! One error for all rooms: what the user reads (kind, code, message, path, hint) apart from what the log gets (source).

use std::borrow::Cow;

use serde::Serialize;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The classes of refusal a client can tell apart; each has one HTTP status and one default code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    BadRequest,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    UndoConflict,
    TooLarge,
    Misdirected,
    /// A plugin's clean refusal; its code is `plugin.<fault code>`.
    Plugin,
    RateLimited,
    PluginUnavailable,
    /// A part of the server that is not there now (storage closed, shutting down).
    Unavailable,
    DiskFull,
    Internal,
}

impl ErrorKind {
    /// The word clients switch on, where a room has no narrower one.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::UndoConflict => "undo_conflict",
            Self::TooLarge => "too_large",
            Self::Misdirected => "misdirected",
            Self::Plugin => "plugin.fault",
            Self::RateLimited => "rate_limited",
            Self::PluginUnavailable => "plugin_unavailable",
            Self::Unavailable => "unavailable",
            Self::DiskFull => "disk_full",
            Self::Internal => "internal",
        }
    }
}

/// A refusal or failure. `Display` is the message a person reads; `source` goes to the log only.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    pub code: Cow<'static, str>,
    pub message: String,
    /// Where in the request (or which file) the fault is.
    pub path: Option<String>,
    /// What would be right.
    pub hint: Option<String>,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The body of every refusal: `{"error":{"code","message","path"?,"hint"?}}`.
#[derive(Debug, Serialize)]
pub struct ErrorBody<'a> {
    pub error: ErrorDetail<'a>,
}

#[derive(Debug, Serialize)]
pub struct ErrorDetail<'a> {
    pub code: &'a str,
    pub message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<&'a str>,
}

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: Cow::Borrowed(kind.code()),
            message: message.into(),
            path: None,
            hint: None,
            source: None,
        }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    pub fn unauthenticated() -> Self {
        Self::new(ErrorKind::Unauthenticated, "sign in first")
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(ErrorKind::Internal, "the server failed; the log says why");
        error.source = Some(source.into());
        error
    }

    #[must_use]
    pub fn code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.code = code.into();
        self
    }

    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn detail(&self) -> ErrorDetail<'_> {
        ErrorDetail {
            code: &self.code,
            message: &self.message,
            path: self.path.as_deref(),
            hint: self.hint.as_deref(),
        }
    }

    pub fn body(&self) -> ErrorBody<'_> {
        ErrorBody { error: self.detail() }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
            return Self::new(ErrorKind::DiskFull, "the disk of the instance is full; nothing was changed")
                .hint("free some space; the server goes on by itself")
                .source(error);
        }
        Self::internal(error)
    }
}
