//! How long scripts may run: fuel, a deadline, and an interrupt.
//!
//! Not here: what is counted, and how a run is ended (`state::limits`).

use core::ffi::c_int;

use crate::base::clock;
use crate::capi::check::check;
use crate::capi::state;
use crate::capi::types::lua_State;
use crate::state::{Limit, State, UNLIMITED};
use crate::vm::hooks;

/// The limits have changed: what was being ended may go on, as far as the new ones allow.
fn renewed(l: &State) {
    let global = l.global();
    global.stop_ending();
    hooks::use_table(global);
}

/// Gives the scripts of L's state so many units of fuel, whatever was left; FERROUS_UNLIMITED takes
/// the limit away. A call, a turn of a loop, a token of a source text each use one unit, library
/// functions as many as they work long: the same script uses the same fuel each time. When it is used
/// up, the run ends: see ferrous_limit.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_setfuel(L: *mut lua_State, units: usize) {
    check!(ferrous_setfuel(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    renewed(l);
    l.global().set_fuel(units as u64);
    hooks::use_table(l.global());
}

/// The fuel that is left; FERROUS_UNLIMITED where there is no limit.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_getfuel(L: *mut lua_State) -> usize {
    check!(ferrous_getfuel(L));
    // SAFETY: HOST.
    unsafe { state(L) }.global().fuel() as usize
}

/// Lets the scripts of L's state run for so many nanoseconds from now, by the clock on the wall;
/// FERROUS_UNLIMITED takes the limit away. The clock is looked at every few thousand units of fuel.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_setdeadline(L: *mut lua_State, nanoseconds: usize) {
    check!(ferrous_setdeadline(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    // A time beyond what the clock can show is none.
    let at = clock::nanoseconds().checked_add(nanoseconds as u64).unwrap_or(UNLIMITED);
    l.global().limits.set_deadline(at);
    renewed(l);
    l.global().restart_slice();
}

/// The nanoseconds left to the deadline, 0 if it has passed; FERROUS_UNLIMITED if there is none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_getdeadline(L: *mut lua_State) -> usize {
    check!(ferrous_getdeadline(L));
    // SAFETY: HOST.
    match unsafe { state(L) }.global().limits.deadline() {
        UNLIMITED => usize::MAX,
        at => at.saturating_sub(clock::nanoseconds()) as usize,
    }
}

/// Ends the run in progress, or the next one, as an exceeded limit does. May be called by any thread
/// and by signal handlers, as long as the state lives; L is any of its Lua threads that does.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_interrupt(L: *mut lua_State) {
    check!(ferrous_interrupt(L));
    // SAFETY: HOST: a live state; only atomic words of it are touched, so no reference to the State
    // itself is made: its own thread may be using it.
    hooks::interrupt(unsafe { &*(*L).global });
}

/// Withdraws an interrupt that has not ended a run yet; and in a C function that runs while one is
/// being ended, for whatever reason, lets scripts run again as far as the limits allow.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_clearinterrupt(L: *mut lua_State) {
    check!(ferrous_clearinterrupt(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    l.global().limits.withdraw_interrupt();
    renewed(l);
}

/// Which limit has ended the run: FERROUS_FUEL, FERROUS_DEADLINE, FERROUS_INTERRUPT, or FERROUS_NONE.
///
/// A run is what happens between the host's lua_pcall, lua_cpcall, lua_resume or lua_load and its
/// return. Ended by a limit, it returns LUA_ERRRUN and a message such as "script.lua:3: script ran
/// out of fuel"; no pcall of Lua, coroutine or message handler in between has caught the error, and
/// nothing of the script ran after it. Where the host's C functions call scripts in turn, their
/// protected calls return so too, and whatever they call next fails alike, until the outermost call
/// has returned, or a limit is set anew.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_limit(L: *mut lua_State) -> c_int {
    check!(ferrous_limit(L));
    // SAFETY: HOST.
    match unsafe { state(L) }.global().limits.ended() {
        None => FERROUS_NONE,
        Some(Limit::Fuel) => FERROUS_FUEL,
        Some(Limit::Deadline) => FERROUS_DEADLINE,
        Some(Limit::Interrupt) => FERROUS_INTERRUPT,
    }
}

pub const FERROUS_NONE: c_int = 0;
pub const FERROUS_FUEL: c_int = 1;
pub const FERROUS_DEADLINE: c_int = 2;
pub const FERROUS_INTERRUPT: c_int = 3;
