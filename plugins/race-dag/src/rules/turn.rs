use regie_sdk::{Context, Effect, Fault};

use super::zone_update;
use crate::facts::{self, Core, Facts, Names};
use crate::state::{Runner, Stage, State};

/// A runner whom an action is about, with what is known of the seed and a way to tell what happened.
pub struct Turn<'a> {
    pub slot: u32,
    pub runner: &'a mut Runner,
    facts: Option<&'a Facts>,
    cx: &'a Context<'a>,
}

impl<'a> Turn<'a> {
    /// `None` for a slot that does not take part.
    pub fn of(state: &'a mut State, slot: u32, cx: &'a Context<'a>) -> Option<Self> {
        let runner = state.runners.get_mut(&slot)?;
        Some(Self { slot, runner, facts: state.facts.as_ref(), cx })
    }

    pub fn core(&self) -> Result<Core, Fault> {
        facts::core(self.cx, self.facts)
    }

    /// Notes that the runner came into a node, unless that is known, and tells their game if that is where they are now.
    pub fn enter(&mut self, core: &Core, node: u16, igt_ms: u64) -> Result<(), Fault> {
        let before = self.runner.here();
        if !self.runner.enter(node, igt_ms) {
            return Ok(());
        }
        let names = self.names()?;
        let zone = names.nodes.get(usize::from(node)).map_or(core.id(node), String::as_str);
        self.cx.words(format!("{} → {zone} (layer {})", self.label(), core.layer(node)));
        if self.runner.here() != before {
            self.notify(core, &names);
        }
        Ok(())
    }

    pub fn finish(&mut self, igt_ms: u64) {
        self.runner.stage = Stage::Finished;
        self.runner.finish_ms = Some(igt_ms);
        let seconds = igt_ms / 1_000;
        let clock = format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        self.cx.words(format!("{} finished in {clock}", self.label()));
        self.cx.effect(Effect::Finished { participant: self.slot });
    }

    /// Tells the player's game where it is.
    pub fn tell_zone(&self, core: &Core) -> Result<(), Fault> {
        self.notify(core, &self.names()?);
        Ok(())
    }

    fn notify(&self, core: &Core, names: &Names) {
        if let Some(message) = zone_update(self.runner, core, names) {
            self.cx.effect(Effect::Notify { participant: self.slot, message });
        }
    }

    fn names(&self) -> Result<Names, Fault> {
        facts::names(self.cx, self.facts)
    }

    fn label(&self) -> String {
        let found = self.cx.participants().iter().find(|one| one.slot == self.slot && !one.label.is_empty());
        found.map_or_else(|| format!("Participant {}", self.slot), |one| one.label.clone())
    }
}
