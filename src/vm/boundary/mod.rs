//! The machine-level border to foreign C code: recovery points, throws and variadic entries.
//!
//! A foreign C function may call `lua_error`, and then it must not return. So each call from the VM
//! into foreign code goes through [`protected_call`], which saves what a return needs, and an API
//! function that fails calls [`throw`], which returns *from that `protected_call`* a second way:
//!
//! ```text
//!   VM (Rust) ── protected_call ──▶ foreign C ──▶ … ──▶ foreign C ──▶ lua_error (Rust) ── throw
//!      ▲                                                                                  │
//!      └────────────── code in the high half of the result, stack cut back ◀──────────────┘
//! ```
//!
//! Both are naked functions: the saved state is exactly the callee-saved registers, pushed on the
//! machine stack below the caller's frame, and one word (the stack pointer) names it. A recovery
//! point returns once, so the compiler needs no returns-twice care on the Rust side.
//!
//! The interpreter calls most C functions without a point of their own: each of its runs is behind one, and a throw
//! leaves the handlers like any foreign frame. Who runs the interpreter then sees to what the function threw.
//!
//! C's variadic functions (`lua_pushfstring`, `luaL_error`) cannot be defined in stable Rust.
//! [`variadic_entry!`](crate::variadic_entry) defines a naked function of that ABI which spills the
//! argument registers into a [`VaList`] on its own stack and calls a Rust worker with a pointer to
//! it. In both ABIs here a C `va_list` *parameter* is such a pointer too, so the same worker serves
//! `lua_pushvfstring` unchanged.
//!
//! An exception that leaves the C function is caught by the protected call too (`exceptions`): the
//! result's code is [`EXCEPTION`] then.
//!
//! Invariants:
//! - CFRAMES: between a `throw` and its recovery point there are foreign C frames and Rust frames
//!   that hold nothing to drop, and no others.
//! - The newest point of a slot is that of the innermost protected call which has not ended. However
//!   it ends, it puts the outer point back.
//! - A throw happens on the machine stack (OS thread) of its recovery point.
//! - Neither side saves the floating-point control words, as `setjmp` does not.
//!
//! Not here: which recovery point is the newest, and what a code means (the VM's calls); the
//! directives of format strings (runtime).

use core::ffi::{c_int, c_void};

use crate::state::recovery::Recovery;

pub mod exceptions;
#[cfg(all(target_arch = "x86_64", unix))]
mod x86_64;
#[cfg(all(target_arch = "x86_64", unix))]
pub use x86_64::{VaList, protected_call, protected_call_then, protected_call2, throw};

#[cfg(all(target_arch = "aarch64", unix, not(target_vendor = "apple")))]
mod aarch64;
#[cfg(all(target_arch = "aarch64", unix, not(target_vendor = "apple")))]
pub use aarch64::{VaList, protected_call, protected_call_then, protected_call2, throw};

#[cfg(not(any(
    all(target_arch = "x86_64", unix),
    all(target_arch = "aarch64", unix, not(target_vendor = "apple"))
)))]
compile_error!("the C boundary is written for x86-64 System V and AArch64 AAPCS64 only");

/// What a protected call leaves on the machine stack; its first words.
#[repr(C)]
pub struct RecoveryPoint {
    outer: *mut RecoveryPoint,
    /// What the C function was called with; for a run, what the newest was that its interpreter called.
    pub state: *mut c_void,
    slot: *const Recovery,
}

/// The code of a call that an exception has ended. No error of ours has it.
pub const EXCEPTION: u32 = 0x200;

/// A C function as the VM calls it: `lua_CFunction` with the state as an untyped pointer.
pub type CFunction = unsafe extern "C" fn(*mut c_void) -> c_int;

/// A C function of the State and one more word; [`protected_call2`] does not look at its type.
pub type AnyFunction = *const c_void;

/// Where [`protected_call_then`] goes on: with the state, the outcome and its caller's word.
pub type Then = unsafe extern "C" fn(*mut c_void, CallOutcome, u64) -> c_int;

/// What came back from [`protected_call`]: one register, the throw's code above the C result.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOutcome(u64);

impl CallOutcome {
    /// That of a function which has returned.
    #[inline(always)]
    pub fn of(value: c_int) -> CallOutcome {
        CallOutcome(value as u32 as u64)
    }

    /// 0 if the function returned, else the code given to [`throw`].
    #[inline(always)]
    pub fn code(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The function's `int`; meaningless (0) after a throw.
    #[inline(always)]
    pub fn value(self) -> c_int {
        self.0 as u32 as c_int
    }

    /// The function's `int`, if it returned by itself with one from 0 to `most`. PERF: one comparison.
    #[inline(always)]
    pub fn count_up_to(self, most: usize) -> Option<usize> {
        debug_assert!(most <= c_int::MAX as usize);
        (self.0 <= most as u64).then_some(self.0 as usize)
    }

    /// True if the function returned by itself.
    #[inline(always)]
    pub fn returned(self) -> bool {
        self.0 <= u32::MAX as u64
    }
}

/// What came back from [`protected_call2`]: two registers.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WordOutcome {
    /// The function's result register. For a C `int` only the low 32 bits count. Meaningless after
    /// a throw, and for a `void` function.
    pub value: u64,
    /// 0 if the function returned, else the code given to [`throw`].
    pub code: u64,
}

#[cfg(test)]
mod tests;
