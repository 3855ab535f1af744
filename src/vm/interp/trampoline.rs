//! How handlers follow each other where the compiler does not make jumps of their calls: without
//! optimisation, with coverage counters, on targets or profiles that keep the calls real.
//!
//! There (`cfg(trampoline)`, see `build.rs`) a handler ends by leaving the next word and its
//! arguments in the Global and returning to the loop here, which calls the handler of that word. So
//! the machine stack holds one handler (with those it passed the instruction on to), however long
//! the script runs. Elsewhere this file is not compiled: handlers jump, and nothing is stored.
//!
//! Not here: the choice at the end of a handler (`go!` in `macros`).

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::state::{NextWord, State};

use super::{Base, Constants, Dispatch, Handler, Pc, passed_on};

/// A handler's result that says: go on with the word left in the Global. Neither an `EXIT_*` code
/// nor an encoded `Thrown`.
pub const GO_ON: u64 = 1 << 63;

/// Leaves the word to go on at, for `follow`.
///
/// # Safety
/// `l` is the running State; the others are what the word's handler is to get.
#[inline]
pub unsafe fn leave(pc: Pc, base: Base, k: Constants, l: *mut State) -> u64 {
    // SAFETY: the caller's promise.
    let global = unsafe { (*l).global() };
    global.next_word.set(NextWord { pc, base, k, state: l });
    GO_ON
}

/// Runs from the word at `pc` until the run's border is reached; returns an `EXIT_*` code.
///
/// # Safety
/// As `run`: pc is a word of live code or one of the marks, base and k are its frame's.
pub unsafe fn follow(
    mut pc: Pc,
    mut base: Base,
    mut k: Constants,
    mut l: *mut State,
    dispatch: *const Dispatch,
) -> u64 {
    // SAFETY: the caller's promise. The Global outlives the run; a State that is switched away from
    // need not.
    let global = unsafe { (*l).global() };
    loop {
        // SAFETY: the caller's promise for the first word, that of the handler which left it for
        // the others. Nothing runs between `leave` and here that could leave another or close the
        // state: the handler returns at once.
        unsafe {
            let word = (&raw const (*dispatch).0[*pc.cast::<u8>() as usize]).cast_mut().cast::<usize>();
            let word = AtomicUsize::from_ptr(word).load(Ordering::Relaxed);
            let handler = core::mem::transmute::<usize, Handler>(word);
            let code = handler(pc, base, k, l, dispatch, passed_on(pc, base));
            if code != GO_ON {
                return code;
            }
            let next = global.next_word.get();
            (pc, base, k, l) = (next.pc, next.base, next.k, next.state);
        }
    }
}
