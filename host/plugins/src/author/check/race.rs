//! What a race mode promises besides: places that fit, and something to show to every class of viewers.

use std::collections::BTreeSet;

use regie_sdk::protocol::Standings;
use serde_json::{Value, value::RawValue};

use super::actions;
use super::session::{Document, Session};
use crate::manifest::Kind;
use crate::seen::{Look, Seen, Subject, seen};

/// Phases of a race and who looks at them, as far as they differ.
const LOOKS: [(&str, &str, &str, Option<u32>); 9] = [
    ("running", "playing", "public", None),
    ("draft", "registered", "public", None),
    ("open", "ready", "organizer", None),
    ("countdown", "ready", "participant", Some(1)),
    ("running", "playing", "participant", Some(1)),
    ("running", "finished", "participant", Some(1)),
    ("running", "abandoned", "caster", None),
    ("running", "playing", "nobody", None),
    ("finished", "finished", "public", None),
];

impl Session<'_> {
    /// Each way to look at a document: one for a plugin that hides nothing.
    pub(super) fn looks(&self) -> Vec<Look> {
        let look = |(status, racers, role, slot)| Look { status, racers, role, slot, now_ms: self.now_ms };
        let count = if self.plugin.manifest().kind == Kind::Race { LOOKS.len() } else { 1 };
        LOOKS.into_iter().take(count).map(look).collect()
    }

    /// What `render` gets, twice asked for and judged. `None` where the plugin fails.
    pub(super) async fn see<'a>(&mut self, document: &'a Document, look: &Look) -> Option<Seen<'a>> {
        let at = format!("for `{}` of a race that is {}", look.role, look.status);
        let people = self.people();
        let mut answers = Vec::new();
        for _ in 0..2 {
            let name = self.document();
            let subject = Subject {
                name: &name,
                state: &document.state,
                derived: document.derived.as_deref(),
                seed: document.seed.as_deref(),
                participants: &people,
            };
            match seen(self.plugin, subject, look).await {
                // What was borrowed of the subject is the document's.
                Ok(seen) => answers.push((seen.view.get().to_owned(), seen.revealed, seen.standings)),
                Err(error) => {
                    self.report.error(format!("{at}: {error}{}", self.last_words()));
                    return None;
                }
            }
        }
        if answers[0] != answers[1] {
            self.report
                .error(format!("{at}: `standings` or `project` answer differently to the same request"));
        }
        let (view, revealed, standings) = answers.swap_remove(0);
        if let Some((all, shown)) = &standings {
            self.places(all, "`standings`");
            self.places(shown, &format!("`project` {at}"));
        }
        let view = RawValue::from_string(view).expect("it was read from JSON");
        Some(Seen { view: std::borrow::Cow::Owned(view), revealed, standings })
    }

    /// A race from its start to its end and back, as the host tells it; then it has begun again.
    pub(super) async fn life(&mut self, document: &Document) -> Option<Box<RawValue>> {
        let mut now = Document {
            state: document.state.clone(),
            derived: document.derived.clone(),
            seed: document.seed.clone(),
        };
        for action in actions::of_the_host().chain(actions::of_the_host().take(4)) {
            let next = self.told(&now, &action).await?;
            now.state = next;
        }
        Some(now.state)
    }

    /// What happens to the room happens: a mode may ignore it, and not refuse it.
    async fn told(&mut self, document: &Document, action: &Value) -> Option<Box<RawValue>> {
        let refused = self.report.refused;
        let next = self.act(document, std::slice::from_ref(action), false).await?;
        if self.report.refused > refused {
            self.report.error(format!(
                "`update` refuses {action}: what happens to a race is told, not asked; an action of the host's that a mode does not know \
                 changes nothing"
            ));
        }
        Some(next)
    }

    /// Everybody once, best first, places from 1; who shares one leaves the next free.
    fn places(&mut self, standings: &Standings, of: &str) {
        let slots: BTreeSet<_> = standings.participants.iter().map(|one| one.participant).collect();
        if standings.participants.len() != slots.len() || !slots.iter().copied().eq(1..=self.participants) {
            self.report
                .error(format!("{of} of {} participants has {slots:?}: everybody once", self.participants));
            return;
        }
        let mut last = 0;
        for (index, one) in standings.participants.iter().enumerate() {
            let own = u32::try_from(index + 1).unwrap_or(u32::MAX);
            if one.place != own && (one.place != last || last == 0) {
                self.report.error(format!(
                    "{of}: entry {own} has place {}; best first, places from 1, who is equal shares a place (`Standings::ranked`)",
                    one.place
                ));
                return;
            }
            last = one.place;
        }
    }
}
