//! `update`: a batch in one call, and one by one when that fails.

use regie_sdk::protocol::{ActionEnvelope, ActionResult, Fault, UpdateAnswer, UpdateRequest};
use serde_json::{Map, Value, value::RawValue};

use super::{DOCUMENT, Plugin, json, text};
use crate::{CallError, runtime::Hook};

/// Actions of one call.
const BATCH: usize = 32;

type Envelope = ActionEnvelope<Box<RawValue>>;
type Answer = UpdateAnswer<Box<RawValue>>;

/// What every action of one update shares.
struct Around<'a> {
    document: &'a str,
    derived: Option<&'a RawValue>,
    settings: &'a Map<String, Value>,
}

impl Plugin {
    /// What the actions do to the document, in order. Where a batch fails, its actions run one by one: the one that fails
    /// alone gets the fault `action_trapped` (a clean fault keeps its own code) and leaves no trace, the others stand.
    /// `Err` means that nothing of it counts.
    pub async fn update(
        &self,
        document: &str,
        state: &RawValue,
        derived: Option<&RawValue>,
        actions: Vec<Envelope>,
    ) -> Result<Answer, CallError> {
        self.check_breaker(Hook::Update, document)?;
        let settings = self.settings();
        let derived = derived.filter(|_| self.manifest().reads_derived);
        let around = Around { document, derived, settings: &settings };
        let mut answer = UpdateAnswer { state: state.to_owned(), results: Vec::with_capacity(actions.len()) };
        let mut rest = actions;
        while !rest.is_empty() {
            let after = rest.split_off(rest.len().min(BATCH));
            let part = self.update_batch(&around, &answer.state, rest).await?;
            answer.state = part.state;
            answer.results.extend(part.results);
            rest = after;
        }
        Ok(answer)
    }

    async fn update_batch(
        &self,
        around: &Around<'_>,
        state: &RawValue,
        actions: Vec<Envelope>,
    ) -> Result<Answer, CallError> {
        if let [_] = &actions[..] {
            return self.update_one(around, state, actions).await;
        }
        let (request, count) = (request(around, state, &actions), actions.len());
        let whole = self.attempt(Hook::Update, request, move |answer| read(answer, count)).await;
        match whole {
            Ok(answer) => {
                self.settle(Hook::Update, around.document, &Ok(()));
                Ok(answer)
            }
            // Which of them it was, they show one by one.
            Err(CallError::Trapped { .. } | CallError::BadAnswer(_) | CallError::Fault(_)) => {
                self.update_one_by_one(around, state, actions).await
            }
            Err(error @ (CallError::Unavailable { .. } | CallError::Gone)) => Err(error),
        }
    }

    /// Bounded by the batch, so the breaker, which the first three may open, does not keep the others out.
    async fn update_one_by_one(
        &self,
        around: &Around<'_>,
        state: &RawValue,
        actions: Vec<Envelope>,
    ) -> Result<Answer, CallError> {
        let mut answer = UpdateAnswer { state: state.to_owned(), results: Vec::with_capacity(actions.len()) };
        for action in actions {
            let one = self.update_one(around, &answer.state, vec![action]).await?;
            answer.state = one.state;
            answer.results.extend(one.results);
        }
        Ok(answer)
    }

    async fn update_one(
        &self,
        around: &Around<'_>,
        state: &RawValue,
        action: Vec<Envelope>,
    ) -> Result<Answer, CallError> {
        let called =
            self.attempt(Hook::Update, request(around, state, &action), |answer| read(answer, 1)).await;
        self.settle(Hook::Update, around.document, &called);
        let fault = match called {
            Err(CallError::Fault(fault)) => fault,
            Err(error @ (CallError::Trapped { .. } | CallError::BadAnswer(_))) => {
                tracing::warn!(plugin = self.id(), document = around.document, %error, "action refused: the plugin failed on it");
                Fault::new("action_trapped", "the plugin failed on this action; nothing was changed")
            }
            other => return other,
        };
        let refused = ActionResult { fault: Some(fault), ..ActionResult::default() };
        Ok(UpdateAnswer { state: state.to_owned(), results: vec![refused] })
    }
}

fn request(around: &Around<'_>, state: &RawValue, actions: &[Envelope]) -> String {
    text(&UpdateRequest {
        state,
        derived: around.derived,
        actions: actions.to_vec(),
        settings: around.settings.clone(),
    })
}

fn read(answer: String, actions: usize) -> Result<Answer, String> {
    let answer: Answer = json::read(answer)?;
    if answer.results.len() != actions {
        return Err(format!("it has {} results for {actions} actions", answer.results.len()));
    }
    json::check("state", &answer.state, DOCUMENT)?;
    Ok(answer)
}
