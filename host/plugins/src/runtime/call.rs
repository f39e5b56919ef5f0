//! One call: a fresh store, the hook, and bounds on everything it can take.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use regie_sdk::protocol::Fault;
use rustix::time::{ClockId, clock_gettime};
use wasmtime::{
    ResourceLimiter, Store, StoreContextMut, Trap, UpdateDeadline,
    component::{ComponentType, Lift, WasmStr},
};

use super::{Hook, Program};
use crate::Limits;

/// Bytes of a fault's message; the rest is cut.
const FAULT_MESSAGE: usize = 2048;

/// What a hook answers. Its strings are copied as long as the call is under way (after it the guest has freed them), and
/// no further than the store's hostcall fuel, so a large answer costs the host nothing.
pub(super) type HookAnswer = Result<String, GuestFault>;

#[derive(ComponentType, Lift)]
#[component(record)]
pub(super) struct GuestFault {
    code: String,
    message: String,
    path: Option<String>,
}

/// A line that the plugin wrote to its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub level: tracing::Level,
    pub message: String,
}

/// Everything that came of a call.
#[derive(Debug)]
pub(crate) struct Called {
    pub answer: Result<String, Failure>,
    pub lines: Vec<Line>,
    /// CPU time of this thread, instantiation included.
    pub cpu: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A clean refusal; the plugin is well.
    Fault(Fault),
    Trap(String),
    BadAnswer(String),
    /// The server is stopping.
    Stopped,
}

/// What a store holds: the bounds of the call and what it logged.
pub(crate) struct Guest {
    memory: usize,
    most_memory: usize,
    memory_denied: bool,
    lines: Vec<Line>,
    dropped_lines: usize,
    most_lines: usize,
    most_line: usize,
}

#[derive(Debug, thiserror::Error)]
enum Interrupt {
    #[error("used more than its {0} ms of CPU time")]
    Time(u128),
    #[error("the server is stopping")]
    Stopped,
}

fn store(program: &Program, limits: &Limits) -> Store<Guest> {
    let guest = Guest {
        memory: 0,
        most_memory: limits.memory,
        memory_denied: false,
        lines: Vec::new(),
        dropped_lines: 0,
        most_lines: limits.log_lines,
        most_line: limits.log_line,
    };
    let mut store = Store::new(program.pre.engine(), guest);
    store.limiter(|guest| guest);
    store.set_hostcall_fuel(limits.answer);
    store
}

/// What every call pays before it begins.
pub(super) fn instantiate(program: &Program, limits: &Limits) -> Result<(), String> {
    let mut store = store(program, limits);
    store.set_epoch_deadline(u64::MAX / 2);
    program.pre.instantiate(&mut store).map(|_| ()).map_err(|error| super::link::chain(&error))
}

/// Runs on a hook thread; `stop` ends the call at its next tick.
pub(super) fn run(
    program: &Program,
    hook: Hook,
    request: &str,
    limits: &Limits,
    stop: &Arc<AtomicBool>,
) -> Called {
    let start = thread_cpu();
    let mut store = store(program, limits);
    let (limit, stop) = (if hook.is_long() { limits.long_call } else { limits.call }, stop.clone());
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |_| {
        if stop.load(Ordering::Relaxed) {
            return Err(Interrupt::Stopped.into());
        }
        // The thread's own time and not the clock on the wall: on a busy machine that would kill the innocent.
        if thread_cpu() - start > limit {
            return Err(Interrupt::Time(limit.as_millis()).into());
        }
        Ok(UpdateDeadline::Continue(1))
    });
    let answer = answer(program, hook, request, &mut store, limits);
    let guest = store.into_data();
    let mut lines = guest.lines;
    if guest.dropped_lines > 0 {
        let message = format!("{} more lines of this call were dropped", guest.dropped_lines);
        lines.push(Line { level: tracing::Level::WARN, message });
    }
    Called { answer, lines, cpu: thread_cpu() - start }
}

fn answer(
    program: &Program,
    hook: Hook,
    request: &str,
    store: &mut Store<Guest>,
    limits: &Limits,
) -> Result<String, Failure> {
    let Some(export) = program.export(hook) else {
        return Err(Failure::BadAnswer(format!("the plugin has no `{}`", hook.as_str())));
    };
    let called = program
        .pre
        .instantiate(&mut *store)
        .and_then(|instance| instance.get_typed_func::<(&str,), (HookAnswer,)>(&mut *store, export))
        .and_then(|func| func.call(&mut *store, (request,)));
    let (answer,) = called.map_err(|error| explain(&error, store.data(), limits))?;
    answer.map_err(|fault| Failure::Fault(fault.read()))
}

impl GuestFault {
    fn read(self) -> Fault {
        let word = (1..=64).contains(&self.code.len())
            && self.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
        let code = if word { self.code } else { "fault".into() };
        let path = self.path.map(|path| cut(&path, FAULT_MESSAGE));
        Fault { code, message: cut(&self.message, FAULT_MESSAGE), path }
    }
}

/// A trap in words that help the author.
fn explain(error: &wasmtime::Error, guest: &Guest, limits: &Limits) -> Failure {
    if error.downcast_ref::<std::str::Utf8Error>().is_some() {
        return Failure::BadAnswer("its answer is not UTF-8".into());
    }
    if error.to_string().contains("fuel allocated for hostcalls") {
        return Failure::BadAnswer(format!("its answer has more than {} KiB", limits.answer >> 10));
    }
    let reason = match (error.downcast_ref::<Interrupt>(), error.downcast_ref::<Trap>()) {
        (Some(Interrupt::Stopped), _) => return Failure::Stopped,
        (Some(interrupt), _) => interrupt.to_string(),
        (None, Some(Trap::StackOverflow)) => "overflowed its stack; is there a recursion without end?".into(),
        (None, Some(Trap::UnreachableCodeReached)) => match guest.lines.last() {
            Some(line) => format!("panicked; its last words in the log: {}", cut(&line.message, 300)),
            None => "panicked".into(),
        },
        (None, Some(trap)) => trap.to_string(),
        (None, None) => super::link::chain(error),
    };
    if guest.memory_denied {
        return Failure::Trap(format!(
            "{reason}, after it was denied more than {} MiB of memory",
            limits.memory >> 20
        ));
    }
    Failure::Trap(reason)
}

impl Guest {
    pub(super) fn log(
        mut store: StoreContextMut<'_, Self>,
        level: &WasmStr,
        message: &WasmStr,
    ) -> wasmtime::Result<()> {
        if store.data().lines.len() >= store.data().most_lines {
            store.data_mut().dropped_lines += 1;
            return Ok(());
        }
        let level = match &*level.to_str(&store)? {
            "trace" => tracing::Level::TRACE,
            "debug" => tracing::Level::DEBUG,
            "warn" => tracing::Level::WARN,
            "error" => tracing::Level::ERROR,
            _ => tracing::Level::INFO,
        };
        let message = cut(&message.to_str(&store)?, store.data().most_line);
        store.data_mut().lines.push(Line { level, message });
        Ok(())
    }
}

impl ResourceLimiter for Guest {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        // All memories of the call together.
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total > self.most_memory {
            self.memory_denied = true;
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 1_000_000)
    }
}

/// At most `most` bytes, at a character's edge.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most)])
}

/// CPU time this thread has used since it began.
pub(super) fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or_default(), nanos.unwrap_or_default())
}
