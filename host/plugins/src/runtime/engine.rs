//! How wasmtime is set up, and the ticker that makes running calls look at their clock.

use std::{thread, time::Duration};

use regie_core::{Error, Result};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    RegallocAlgorithm, WasmBacktraceDetails,
};

/// Between two looks of a running call at its clock.
const TICK: Duration = Duration::from_millis(10);

/// Stack of a guest; a hook thread has [`super::queue::THREAD_STACK`].
const GUEST_STACK: usize = 1 << 20;

/// A component of the JavaScript kind has about five core instances; Rust ones have one or two.
const INSTANCES: u32 = 20;

pub(super) fn engine(limits: &crate::Limits, threads: usize) -> Result<Engine> {
    let calls = u32::try_from(threads).unwrap_or(u32::MAX / 64).min(u32::MAX / 64);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .total_core_instances(calls * INSTANCES)
        .total_memories(calls * 2)
        .total_tables(calls * 8)
        .max_core_instances_per_component(INSTANCES)
        .max_memories_per_component(2)
        .max_tables_per_component(8)
        .max_component_instance_size(1 << 20)
        .max_core_instance_size(4 << 20)
        .table_elements(100_000)
        .max_memory_size(limits.memory)
        // Pages that stay mapped between calls: a fresh instance then costs a memset and no page faults. Where the
        // kernel tells which were written, only those are wiped.
        .linear_memory_keep_resident(256 << 10)
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(64 << 10);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        .max_wasm_stack(GUEST_STACK)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // The same input gives the same output on every machine: documents are replayed.
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .concurrency_support(false);
    if limits.quick_compile {
        config
            .cranelift_opt_level(OptLevel::None)
            .cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    }
    Engine::new(&config).map_err(|error| Error::internal(error.to_string()))
}

/// Ticks as long as anything holds the engine, a call in flight included: it is at a tick that it sees it must end.
pub(super) fn start_ticker(engine: &Engine) -> Result<()> {
    let weak = engine.weak();
    thread::Builder::new().name("plugin-ticker".into()).spawn(move || {
        loop {
            thread::sleep(TICK);
            let Some(engine) = weak.upgrade() else { return };
            engine.increment_epoch();
        }
    })?;
    Ok(())
}
