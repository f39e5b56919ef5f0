//! What can go wrong, for people.

use thiserror::Error;

use super::change::Failed;

/// No connection was made.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error("{0:?} is no address of a broker: it would be mqtt://host:port or mqtts://user:password@host")]
    Address(String),
    #[error("{0:?} cannot be a client id: it has 1 to 128 characters, and no /, + or # in it")]
    ClientId(String),
    #[error("the certificates in {0}: {1}")]
    Ca(std::path::PathBuf, std::io::Error),
    #[error("the broker: {0}")]
    Broker(String),
}

/// No session was made.
#[derive(Debug, Error)]
pub enum CreateError {
    #[error("{0}")]
    Invalid(&'static str),
    #[error("the broker: {0}")]
    Broker(String),
}

/// This peer is not in the session.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum JoinError {
    #[error("the session is full")]
    Full,
    /// It has begun.
    #[error("the session is not open any more")]
    NotOpen,
    #[error("the session is closed")]
    Closed,
    #[error("there is no such session")]
    Unknown,
    /// Three tries, and each time somebody else wrote over it. Only without an arbiter.
    #[error("others changed the session at the same time, three times over: try again")]
    Conflict,
    #[error("the broker: {0}")]
    Broker(String),
}

/// What was asked of a membership was not done.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ActError {
    #[error("only the creator of a session starts and closes it")]
    NotCreator,
    #[error("the session is not open any more")]
    NotOpen,
    #[error("others changed the session at the same time, three times over: try again")]
    Conflict,
    /// It was left or closed before.
    #[error("this membership has ended")]
    Ended,
    #[error("the broker: {0}")]
    Broker(String),
}

impl From<Failed> for JoinError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Full => Self::Full,
            Failed::NotOpen => Self::NotOpen,
            Failed::Closed => Self::Closed,
            Failed::Unknown => Self::Unknown,
            Failed::Conflict => Self::Conflict,
            Failed::NotCreator => Self::Broker("it refused the session's creator".into()),
            Failed::Broker(why) => Self::Broker(why),
        }
    }
}

impl From<Failed> for ActError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::NotCreator => Self::NotCreator,
            Failed::Full | Failed::NotOpen => Self::NotOpen,
            Failed::Closed | Failed::Unknown => Self::Ended,
            Failed::Conflict => Self::Conflict,
            Failed::Broker(why) => Self::Broker(why),
        }
    }
}

impl From<Failed> for CreateError {
    fn from(failed: Failed) -> Self {
        Self::Broker(match failed {
            Failed::Broker(why) => why,
            other => JoinError::from(other).to_string(),
        })
    }
}
