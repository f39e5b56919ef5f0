//! Who is gathered in the sessions of a lobby, for rooms that make participants of them.

use regie_core::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Asked whenever somebody looks; answers from memory.
pub trait Rosters: Send + Sync {
    /// Sessions that are there, the oldest first. One that was closed is not.
    fn all(&self) -> Vec<Roster>;

    fn one(&self, id: &str) -> Option<Roster> {
        self.all().into_iter().find(|roster| roster.id == id)
    }
}

/// Where there is no lobby: nobody is gathered anywhere.
pub struct Nobody;

/// One session and who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub id: String,
    /// What people call it.
    pub title: String,
    /// As the session says it: `open`, `started`, `in_progress`.
    pub state: String,
    /// Whether one may still join it.
    pub open: bool,
    /// In the order they came.
    pub members: Vec<RosterMember>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RosterMember {
    /// Nobody else in the session has it.
    pub client_id: String,
    /// 1 to 40 characters on one line: the person's, else what their game goes by.
    pub name: String,
    /// Of whoever joined with an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

/// The session that a document is tied to, as the document keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    pub session_id: String,
    /// What it was called when it was tied: a session that is gone is remembered by it.
    pub title: String,
}

/// The session something is tied to, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LobbyTie)]
pub struct TieView {
    pub session_id: String,
    pub title: String,
    /// `false`: it was closed, or is gone.
    pub there: bool,
    /// `null` where it is not there.
    pub state: Option<String>,
    /// Who is in it, in the order they came.
    pub members: Vec<RosterMember>,
}

impl Tie {
    /// To a session that is there. Errors: 404 at `session_id`.
    pub fn to(session_id: &str, rosters: &dyn Rosters) -> Result<Self> {
        let roster = rosters.one(session_id).ok_or_else(|| {
            Error::not_found(format!("there is no session `{session_id}` in the lobby"))
                .path("session_id")
                .hint("GET /api/lobby/sessions lists them")
        })?;
        Ok(Self { session_id: roster.id, title: roster.title })
    }

    /// Who is in it now. Errors: 409 `session_gone`.
    pub fn roster(&self, rosters: &dyn Rosters) -> Result<Roster> {
        rosters.one(&self.session_id).ok_or_else(|| {
            Error::conflict(format!("the session {} was closed", self.title))
                .code("session_gone")
                .path("lobby")
                .hint("choose another session, or none")
        })
    }

    pub fn view(&self, rosters: &dyn Rosters) -> TieView {
        let (state, members) = match rosters.one(&self.session_id) {
            Some(roster) => (Some(roster.state), roster.members),
            None => (None, Vec::new()),
        };
        let (session_id, title) = (self.session_id.clone(), self.title.clone());
        TieView { session_id, title, there: state.is_some(), state, members }
    }
}

impl Rosters for Nobody {
    fn all(&self) -> Vec<Roster> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One;

    impl Rosters for One {
        fn all(&self) -> Vec<Roster> {
            let ada = RosterMember { client_id: "c1".into(), name: "Ada".into(), user_id: None };
            vec![Roster {
                id: "s1".into(),
                title: "Tide pools".into(),
                state: "open".into(),
                open: true,
                members: vec![ada],
            }]
        }
    }

    #[test]
    fn one_is_tied_to_a_session_that_is_there_and_to_no_other() {
        let tie = Tie::to("s1", &One).unwrap();
        assert_eq!(tie, Tie { session_id: "s1".into(), title: "Tide pools".into() });
        let refusal = Tie::to("s2", &One).unwrap_err();
        assert_eq!((refusal.code.as_ref(), refusal.path.as_deref()), ("not_found", Some("session_id")));
    }

    #[test]
    fn a_session_that_is_gone_is_remembered_by_its_title() {
        let tie = Tie::to("s1", &One).unwrap();
        let there = tie.view(&One);
        assert_eq!((there.there, there.state.as_deref(), there.members.len()), (true, Some("open"), 1));
        let gone = tie.view(&Nobody);
        let expected = TieView {
            session_id: "s1".into(),
            title: "Tide pools".into(),
            there: false,
            state: None,
            members: Vec::new(),
        };
        assert_eq!(gone, expected);
        assert_eq!(tie.roster(&Nobody).unwrap_err().code, "session_gone");
    }
}
