//! Where collection may happen, and where finalizers are called.

use crate::state::State;

/// A collector step and the finalizers it queued, if one is due. Values that must survive are on
/// the stack. Errors of finalizers propagate as PUC's do.
#[inline(always)]
pub fn check(l: &mut State) -> Result<(), crate::state::Thrown> {
    if l.heap().step_due() { collect(l) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn collect(_l: &mut State) -> Result<(), crate::state::Thrown> {
    unimplemented!()
}

/// `lua_gc(LUA_GCCOLLECT)`: a full cycle and all finalizers.
pub fn full_collect(_l: &mut State) -> Result<(), crate::state::Thrown> {
    unimplemented!()
}

/// `lua_gc(LUA_GCSTEP, kilobytes)`; true if a cycle ended.
pub fn step(_l: &mut State, _kilobytes: i32) -> Result<bool, crate::state::Thrown> {
    unimplemented!()
}

/// Calls the queued finalizers one after another.
pub fn run_finalizers(_l: &mut State) -> Result<(), crate::state::Thrown> {
    unimplemented!()
}
