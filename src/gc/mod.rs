//! The collector: marking, the atomic step, sweeping, separation of userdata to finalize.
//!
//! Not here: calling finalizers and deciding when a step runs (`vm::safepoint`).

use crate::state::Global;

/// One step of collection, of a size that follows from the debt. Calls nobody.
pub fn step(_global: &Global) {
    unimplemented!()
}

/// A whole cycle, begun anew. Calls nobody; finalizers are queued in `GcControl::to_finalize`.
pub fn full(_global: &Global) {
    unimplemented!()
}

/// At `lua_close`: queues every userdata that has a finalizer.
pub fn separate_all(_global: &Global) {
    unimplemented!()
}

/// At `lua_close`, after the finalizers: frees every object and every block. The Global itself is
/// the caller's.
pub fn free_all(_global: &Global) {
    unimplemented!()
}
