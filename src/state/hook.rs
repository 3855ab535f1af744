//! A thread's debug hook: words that signal handlers and other threads may store while the thread runs.
//!
//! So each is atomic, and every combination that is seen makes sense: a mask without a function calls
//! nothing, and a function is called for what the mask said when it was looked at.
//!
//! Not here: setting a hook, and calling it (`vm::hooks`).

use core::ffi::{c_int, c_void};
use core::mem;
use core::ops::BitAnd;
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicU8, Ordering::Relaxed};

use crate::state::State;

/// `lua_Hook`; the second argument is a `lua_Debug`.
pub type HookFn = unsafe extern "C" fn(*mut State, *mut c_void);

/// The events a hook is called for, as bits. It is compared with and masked by plain bytes.
pub struct HookMask(AtomicU8);

impl HookMask {
    pub fn new(mask: u8) -> HookMask {
        HookMask(AtomicU8::new(mask))
    }

    /// PERF: every call looks at it, and a relaxed load is never made part of the comparison. So handlers load
    /// the byte as they load the words of their table (`vm::hooks`): plainly, but for the build that
    /// ThreadSanitizer sees.
    #[inline(always)]
    pub fn get(&self) -> u8 {
        if cfg!(trampoline) {
            return self.0.load(Relaxed);
        }
        // SAFETY: a byte of a live State, which is stored whole.
        unsafe { *self.0.as_ptr() }
    }

    /// The mask before. Of two exchanges at once each is told what it changed itself.
    pub fn exchange(&self, mask: u8) -> u8 {
        self.0.swap(mask, Relaxed)
    }
}

impl PartialEq<u8> for HookMask {
    #[inline(always)]
    fn eq(&self, mask: &u8) -> bool {
        self.get() == *mask
    }
}

impl BitAnd<u8> for &HookMask {
    type Output = u8;

    #[inline(always)]
    fn bitand(self, mask: u8) -> u8 {
        self.get() & mask
    }
}

/// The function, and after how many instructions a count event comes.
pub struct Hook {
    function: AtomicPtr<c_void>,
    interval: AtomicI32,
    countdown: AtomicI32,
}

impl Hook {
    pub fn new() -> Hook {
        Hook { function: AtomicPtr::default(), interval: AtomicI32::new(0), countdown: AtomicI32::new(0) }
    }

    /// What a new thread has of its creator's.
    pub fn inherited(from: &Hook) -> Hook {
        let hook = Hook::new();
        hook.set(from.function(), from.interval());
        hook
    }

    pub fn set(&self, function: Option<HookFn>, interval: c_int) {
        self.function.store(function.map_or(core::ptr::null_mut(), |f| f as *mut c_void), Relaxed);
        self.interval.store(interval, Relaxed);
        self.countdown.store(interval, Relaxed);
    }

    #[inline]
    pub fn function(&self) -> Option<HookFn> {
        // SAFETY: `set` stores a function's address or null, which is how an Option of a function is.
        unsafe { mem::transmute::<*mut c_void, Option<HookFn>>(self.function.load(Relaxed)) }
    }

    pub fn interval(&self) -> c_int {
        self.interval.load(Relaxed)
    }

    /// What is left to the count event after one instruction more; `set_count` takes note of it.
    #[inline(always)]
    pub fn next_count(&self) -> c_int {
        self.countdown.load(Relaxed).wrapping_sub(1)
    }

    #[inline(always)]
    pub fn set_count(&self, left: c_int) {
        self.countdown.store(left, Relaxed);
    }
}

impl Default for Hook {
    fn default() -> Hook {
        Hook::new()
    }
}
