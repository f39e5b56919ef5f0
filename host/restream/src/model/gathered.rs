//! Members of a lobby's session become participants: after those who are there, one a name.

use regie_core::{Error, Result};
use regie_live::{RosterMember, Tie};

use super::{MAX_PARTICIPANTS, Participant, ParticipantForm, Restream};

/// What became of one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In this slot.
    Added(u32),
    /// Somebody of that name is in this slot.
    There(u32),
    /// There are as many as there may be.
    Full,
}

/// Who would take part, and what became of each member.
#[derive(Debug, Clone)]
pub struct Gathered {
    pub participants: Vec<ParticipantForm>,
    pub fates: Vec<(RosterMember, Fate)>,
}

impl Restream {
    /// Errors: 409 `not_tied`.
    pub fn tied(&self) -> Result<&Tie> {
        self.lobby.as_ref().ok_or_else(|| {
            Error::conflict("this restream is tied to no session of a lobby")
                .code("not_tied")
                .path("lobby")
                .hint(r#"PUT …/lobby {"session_id":"…"}"#)
        })
    }

    /// The document stays as it is. A lone participant without a name, which a restream begins with, is nobody yet.
    pub fn gather(&self, members: Vec<RosterMember>) -> Gathered {
        let nobody = matches!(&self.participants[..], [only] if only.is_blank());
        let there = if nobody { &[] } else { &self.participants[..] };
        let mut participants: Vec<_> = there.iter().map(ParticipantForm::from).collect();
        let fates = members
            .into_iter()
            .map(|member| {
                let fate = join(&mut participants, &member.name);
                (member, fate)
            })
            .collect();
        Gathered { participants, fates }
    }
}

fn join(participants: &mut Vec<ParticipantForm>, name: &str) -> Fate {
    let slot = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
    let folded = name.to_lowercase();
    if let Some(at) = participants.iter().position(|p| p.label.to_lowercase() == folded) {
        return Fate::There(slot(at));
    }
    if participants.len() >= MAX_PARTICIPANTS {
        return Fate::Full;
    }
    participants.push(ParticipantForm { label: name.to_owned(), ..ParticipantForm::default() });
    Fate::Added(slot(participants.len() - 1))
}

impl Participant {
    fn is_blank(&self) -> bool {
        self.label.is_empty() && self.team.is_none() && self.final_time.is_none()
    }
}

impl From<&Participant> for ParticipantForm {
    fn from(participant: &Participant) -> Self {
        Self {
            label: participant.label.clone(),
            team: participant.team.clone(),
            final_time: participant.final_time.clone(),
            show_final_time: participant.show_final_time,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn restream(labels: &[&str]) -> Restream {
        let participants: Vec<_> =
            labels.iter().map(|label| json!({"label": label, "team": "Red"})).collect();
        let form = json!({"slug": "a", "title": "T", "participants": participants});
        Restream::new(1, serde_json::from_value(form).unwrap(), "t").unwrap()
    }

    fn members(names: &[&str]) -> Vec<RosterMember> {
        let member = |name: &&str| RosterMember {
            client_id: format!("c-{name}"),
            name: (*name).into(),
            user_id: None,
        };
        names.iter().map(member).collect()
    }

    fn check(there: &[&str], names: &[&str], labels: &[&str], fates: &[Fate]) {
        let gathered = restream(there).gather(members(names));
        let found: Vec<_> = gathered.participants.iter().map(|p| p.label.as_str()).collect();
        assert_eq!(found, labels);
        assert_eq!(gathered.fates.iter().map(|(_, fate)| *fate).collect::<Vec<_>>(), fates);
    }

    #[test]
    fn members_stand_after_those_who_are_there_and_nobody_stands_twice() {
        use Fate::{Added, There};
        check(&["Ada"], &["Ben", "ada"], &["Ada", "Ben"], &[Added(2), There(1)]);
        check(&["Ada", "Ben"], &["Ben", "Ada"], &["Ada", "Ben"], &[There(2), There(1)]);
        check(&["Ada"], &["Cy", "Cy"], &["Ada", "Cy"], &[Added(2), There(2)]);
        check(&["Ada"], &[], &["Ada"], &[]);
        check(&[], &["Ada", "Ben"], &["Ada", "Ben"], &[Added(1), Added(2)]);
    }

    #[test]
    fn those_who_are_there_keep_what_is_said_of_them() {
        let gathered = restream(&["Ada"]).gather(members(&["Ben"]));
        let teams: Vec<_> = gathered.participants.iter().map(|p| p.team.as_deref()).collect();
        assert_eq!(teams, [Some("Red"), None]);
    }

    #[test]
    fn who_comes_when_all_slots_are_taken_is_told_so() {
        let there: Vec<_> = (1..=31).map(|n| format!("p{n}")).collect();
        let there: Vec<_> = there.iter().map(String::as_str).collect();
        let gathered = restream(&there).gather(members(&["Ada", "Ben", "p1"]));
        let fates: Vec<_> = gathered.fates.iter().map(|(_, fate)| *fate).collect();
        assert_eq!(fates, [Fate::Added(32), Fate::Full, Fate::There(1)]);
    }
}
