//! Who is gathered in which session, for rooms that make participants of them.

use regie_live::{Roster, RosterMember, Rosters};
use regie_lobby_client::wire::State;

use crate::{Lobby, View, model::MemberView};

/// Characters of a name, as other rooms take them.
const NAME_MOST: usize = 40;

impl Rosters for Lobby {
    fn all(&self) -> Vec<Roster> {
        self.sessions().iter().map(roster).collect()
    }

    fn one(&self, id: &str) -> Option<Roster> {
        let view = self.session(id).ok()?;
        (view.state != State::Closed).then(|| roster(&view))
    }
}

fn roster(view: &View) -> Roster {
    Roster {
        id: view.id.clone(),
        title: name(&[&view.model_name, &view.id]),
        state: word(view.state).to_owned(),
        open: view.state == State::Open,
        members: view.members.iter().map(member).collect(),
    }
}

/// As on the wire.
fn word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Starting => "starting",
        State::Started => "started",
        State::InProgress => "in_progress",
        State::Closed => "closed",
    }
}

fn member(member: &MemberView) -> RosterMember {
    RosterMember {
        client_id: member.client_id.clone(),
        name: name(&[member.name.as_deref().unwrap_or_default(), &member.client_id]),
        user_id: member.user_id.clone(),
    }
}

/// The first of which something is left on one line: games may call themselves whatever they like.
fn name(wanted: &[&str]) -> String {
    let mut lines = wanted.iter().map(|text| one_line(text));
    lines.find(|line| !line.is_empty()).unwrap_or_else(|| "?".into())
}

fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line: String = line.trim().chars().take(NAME_MOST).collect();
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(members: Vec<MemberView>) -> View {
        View {
            id: "s1".into(),
            model_name: "Tide pools".into(),
            state: State::InProgress,
            creator_client_id: "c1".into(),
            creator_name: None,
            members,
            num_players_min: 1,
            num_players_max: 4,
            version: 3,
            created_at_ms: 0,
            updated_at_ms: 0,
            heartbeat_at_ms: 0,
            alive: true,
        }
    }

    fn check(registered: Option<&str>, client_id: &str, expected: &str) {
        let seen = MemberView {
            client_id: client_id.into(),
            name: registered.map(str::to_owned),
            user_id: None,
            joined_at_ms: 0,
            suspect: false,
            ready: false,
        };
        let roster = roster(&view(vec![seen]));
        assert_eq!(roster.members[0].name, expected);
        assert_eq!(roster.members[0].client_id, client_id, "it is told by as it is");
    }

    #[test]
    fn a_member_goes_by_its_name_or_else_by_its_client_id_on_one_short_line() {
        check(Some("Ada"), "c1", "Ada");
        check(None, "c1", "c1");
        check(Some("  "), "c1", "c1");
        check(Some("two\nlines\t"), "c1", "two lines");
        check(None, "\u{7}", "?");
        check(Some(&"é".repeat(41)), "c1", &"é".repeat(40));
    }

    #[test]
    fn a_session_goes_by_its_model_and_says_whether_one_may_join() {
        let seen = roster(&view(Vec::new()));
        assert_eq!(
            (seen.title.as_str(), seen.state.as_str(), seen.open),
            ("Tide pools", "in_progress", false)
        );
        let open = roster(&View { state: State::Open, model_name: String::new(), ..view(Vec::new()) });
        assert_eq!((open.title.as_str(), open.open), ("s1", true));
    }
}
