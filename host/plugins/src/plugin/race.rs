//! What a race mode has besides: how everybody stands, who may see what of it, and which part of the seed.

use regie_sdk::protocol::{ProjectAnswer, ProjectRequest, RevealRequest, Standings, StandingsRequest};
use serde_json::value::RawValue;

use super::{DOCUMENT, Plugin, json, text};
use crate::{CallError, runtime::Hook};

/// Bytes of `reveal` in a projection: a name for a part of the seed, not the part.
const REVEAL: usize = 4 << 10;

impl Plugin {
    /// How everybody stands, best first. `settings` are filled in here.
    pub async fn standings(
        &self,
        document: &str,
        mut request: StandingsRequest<&RawValue, &RawValue>,
    ) -> Result<Standings, CallError> {
        request.settings = self.settings();
        request.derived = request.derived.filter(|_| self.manifest().reads_derived);
        self.call(Hook::Standings, document, text(&request), json::read).await
    }

    /// All that a class of viewers may see; nothing else of the document leaves the host.
    pub async fn project(
        &self,
        document: &str,
        mut request: ProjectRequest<&RawValue, &RawValue>,
    ) -> Result<ProjectAnswer<Box<RawValue>>, CallError> {
        request.settings = self.settings();
        request.derived = request.derived.filter(|_| self.manifest().reads_derived);
        self.call(Hook::Project, document, text(&request), |answer| {
            let answer: ProjectAnswer<Box<RawValue>> = json::read(answer)?;
            json::check("view", &answer.view, DOCUMENT)?;
            let reveal = answer.reveal.as_ref().map_or(0, |reveal| reveal.to_string().len());
            if reveal > REVEAL {
                return Err(format!("`reveal` has {reveal} bytes; at most {REVEAL}"));
            }
            Ok(answer)
        })
        .await
    }

    /// That part of the seed which `reveal` of a projection names, ready for clients.
    pub async fn reveal(
        &self,
        document: &str,
        mut request: RevealRequest<&RawValue, &RawValue>,
    ) -> Result<Box<RawValue>, CallError> {
        request.settings = self.settings();
        request.derived = request.derived.filter(|_| self.manifest().reads_derived);
        self.call(Hook::Reveal, document, text(&request), |answer| {
            let part: Box<RawValue> = json::read(answer)?;
            json::check("the revealed part", &part, DOCUMENT)?;
            Ok(part)
        })
        .await
    }
}
