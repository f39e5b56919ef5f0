//! The one wasmtime engine: compiles packages, links them, runs their hooks on threads of its own.

mod cache;
mod call;
mod engine;
mod link;
mod queue;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use wasmtime::{Engine, component::Linker};

pub(crate) use call::{Called, Failure, Line};
pub(crate) use link::Program;
pub(crate) use queue::{Class, Full};

use crate::{Limits, manifest::Kind};

/// A hook of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hook {
    Catalog,
    Preset,
    Update,
    Render,
    Migrate,
    Standings,
    Project,
    Reveal,
}

impl Hook {
    pub const ALL: [Self; 8] = [
        Self::Catalog,
        Self::Preset,
        Self::Update,
        Self::Render,
        Self::Migrate,
        Self::Standings,
        Self::Project,
        Self::Reveal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Preset => "preset",
            Self::Update => "update",
            Self::Render => "render",
            Self::Migrate => "migrate",
            Self::Standings => "standings",
            Self::Project => "project",
            Self::Reveal => "reveal",
        }
    }

    /// What waits behind what, within one plugin: what changes documents goes before what shows them.
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Preset | Self::Update | Self::Migrate => Class::Update,
            Self::Catalog | Self::Standings | Self::Project | Self::Render | Self::Reveal => Class::Render,
        }
    }

    pub(crate) fn is_long(self) -> bool {
        matches!(self, Self::Catalog | Self::Preset | Self::Reveal)
    }
}

pub(crate) struct Runtime {
    engine: Engine,
    linker: Linker<call::Guest>,
    queue: queue::Queue,
    cache: cache::Cache,
    limits: Limits,
    stop: Arc<AtomicBool>,
}

impl Runtime {
    /// Starts the hook threads and the ticker. `cache` is made with mode 0700 where it is missing.
    pub(crate) fn start(limits: &Limits, cache: &Path) -> regie_core::Result<Arc<Self>> {
        let threads = limits.hook_threads();
        let engine = engine::engine(limits, threads)?;
        let stop = Arc::new(AtomicBool::new(false));
        engine::start_ticker(&engine)?;
        Ok(Arc::new(Self {
            linker: link::linker(&engine)?,
            queue: queue::Queue::start(threads, limits.queue)?,
            cache: cache::Cache::open(cache, &engine)?,
            limits: limits.clone(),
            stop,
            engine,
        }))
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Compiles (or takes from the cache) and links; takes seconds for a large component, so never on a hook thread or
    /// an async one. The error is in the author's terms.
    pub(crate) fn compile(&self, wasm: &[u8], kind: Kind) -> Result<Program, String> {
        link::check_header(wasm)?;
        let component = self.cache.component(&self.engine, wasm)?;
        link::link(&self.linker, &component, kind)
    }

    /// Waits in `lane`'s queue, then runs the hook and hands what it answered to `then`, both on a hook thread. (What
    /// `then` does with an answer, such as sanitising, may take long too and counts to the lane's share.)
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        lane: &str,
        program: &Arc<Program>,
        hook: Hook,
        request: String,
        then: impl FnOnce(Called) -> T + Send + 'static,
    ) -> Result<T, Full> {
        let (program, limits, stop) = (program.clone(), self.limits.clone(), self.stop.clone());
        let bytes = request.len();
        let job = move || then(call::run(&program, hook, &request, &limits, &stop));
        self.queue.run(lane, hook.class(), hook.is_long(), bytes, job).await
    }

    /// A fresh instance and nothing else, on this thread.
    pub(crate) fn instantiate(&self, program: &Program) -> Result<(), String> {
        call::instantiate(program, &self.limits)
    }

    /// No further calls; those in flight end at their next tick.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        self.queue.close();
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.stop();
    }
}
