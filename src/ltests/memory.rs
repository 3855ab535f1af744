//! The allocator of test builds, and the collector seen from a script.
//!
//! Every block has a head with its size and a tail of guard bytes; both are looked at when it is
//! resized or freed, so a wrong old size (ALLOC) or a write past the end stops the program there.
//!
//! ```text
//!   [size: 8][MAGIC: 8][the block …][GUARD: 16]
//! ```
//!
//! The feature `isolate`, which `ltests` includes, makes each object and array a block of its own.
//! Accounts are the process's: all states made by the command and by `T.newstate` share them.

use core::ffi::{c_int, c_void};
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::capi::access::lua_type;
use crate::capi::auxlib::check::{luaL_checkany, luaL_checknumber};
use crate::capi::push::{lua_pushboolean, lua_pushnumber, lua_pushstring};
use crate::capi::state::{lua_atpanic, lua_newstate};
use crate::capi::types::*;
use crate::gc;
use crate::heap::Phase;

static TOTAL: AtomicUsize = AtomicUsize::new(0);
static BLOCKS: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

const HEAD: usize = 16;
const TAIL: usize = 16;
const MAGIC: usize = 0x4C5F_7465_7374_735F;
const GUARD: u8 = 0x55;

/// `lua_Alloc` with accounts, guards and a limit.
pub unsafe extern "C" fn allocate(
    _ud: *mut c_void,
    p: *mut c_void,
    osize: usize,
    nsize: usize,
) -> *mut c_void {
    // SAFETY: ALLOC: p is NULL or a block of ours, with a head before and a tail behind it.
    unsafe {
        let old = if p.is_null() { 0 } else { osize };
        let head = if p.is_null() { ptr::null_mut() } else { p.cast::<u8>().sub(HEAD) };
        if !p.is_null() {
            check(head, osize);
        }
        if nsize == 0 {
            if !p.is_null() {
                head.write_bytes(GUARD, HEAD + osize + TAIL);
                libc::free(head.cast());
                TOTAL.fetch_sub(osize, Relaxed);
                BLOCKS.fetch_sub(1, Relaxed);
            }
            return ptr::null_mut();
        }
        // A block that becomes smaller is never refused.
        let grown = TOTAL.load(Relaxed) - old;
        let room = LIMIT.load(Relaxed).saturating_sub(grown);
        if nsize > old && nsize > room {
            return ptr::null_mut();
        }
        let Some(size) = nsize.checked_add(HEAD + TAIL) else { return ptr::null_mut() };
        // A new place each time: whoever keeps the old address is found out.
        let new = libc::malloc(size).cast::<u8>();
        if new.is_null() {
            return ptr::null_mut();
        }
        new.cast::<usize>().write(nsize);
        new.cast::<usize>().add(1).write(MAGIC);
        new.add(HEAD + nsize).write_bytes(GUARD, TAIL);
        if p.is_null() {
            BLOCKS.fetch_add(1, Relaxed);
        } else {
            new.add(HEAD).copy_from_nonoverlapping(p.cast(), old.min(nsize));
            head.write_bytes(GUARD, HEAD + osize + TAIL);
            libc::free(head.cast());
        }
        let total = grown + nsize;
        TOTAL.store(total, Relaxed);
        PEAK.fetch_max(total, Relaxed);
        new.add(HEAD).cast()
    }
}

/// Stops the program at a block that is not as it was handed out.
unsafe fn check(head: *const u8, size: usize) {
    // SAFETY: the caller's block, from its head to its tail.
    unsafe {
        assert!(head.cast::<usize>().add(1).read() == MAGIC, "not a block, or written before its begin");
        let known = head.cast::<usize>().read();
        assert!(known == size, "a block of {known} bytes comes back as one of {size}");
        let tail = core::slice::from_raw_parts(head.add(HEAD + size), TAIL);
        assert!(tail.iter().all(|&b| b == GUARD), "written past the end of a block of {size} bytes");
    }
}

/// A state on this allocator; NULL when there is no memory. What test builds make with
/// `luaL_newstate`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaB_newteststate() -> *mut lua_State {
    // SAFETY: the allocator keeps lua_Alloc's contract and needs no data.
    unsafe {
        let L = lua_newstate(Some(allocate), ptr::null_mut());
        if !L.is_null() {
            lua_atpanic(L, Some(panic));
        }
        L
    }
}

unsafe extern "C" fn panic(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: the error value is on top; C reads a C string.
    unsafe {
        let text = crate::capi::access::lua_tolstring(L, -1, ptr::null_mut());
        libc::puts(if text.is_null() { c"PANIC".as_ptr() } else { text });
    }
    0
}

/// `totalmem()`: bytes, blocks, and the most bytes there were; `totalmem(n)`: allocations beyond n
/// bytes fail from now on, for 0 none.
pub unsafe extern "C" fn total_memory(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        if lua_type(L, 1) == LUA_TNONE {
            for account in [&TOTAL, &BLOCKS, &PEAK] {
                lua_pushnumber(L, account.load(Relaxed) as lua_Number);
            }
            return 3;
        }
        let limit = luaL_checknumber(L, 1);
        LIMIT.store(if limit == 0.0 { usize::MAX } else { limit as usize }, Relaxed);
    }
    0
}

/// `checkmemory()`: validates the heap; stops the program at a broken object or a missed barrier.
pub unsafe extern "C" fn check_memory(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; a C function runs at a safepoint: every object is whole.
    gc::validate(unsafe { (*L).global() });
    0
}

/// `gccolor(v)`: "white", "gray" or "black", and whether the object is never collected; "none" for a
/// value that is no object.
pub unsafe extern "C" fn colour(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        luaL_checkany(L, 1);
        let Some(object) = (*L).arg(1).as_object() else {
            lua_pushstring(L, c"none".as_ptr());
            return 1;
        };
        let name = if object.is_white() {
            c"white"
        } else if object.is_black() {
            c"black"
        } else {
            c"gray"
        };
        let fixed = object.is_fixed();
        lua_pushstring(L, name.as_ptr());
        lua_pushboolean(L, fixed as c_int);
    }
    2
}

/// `gcstate()`: where the collector is in its cycle.
pub unsafe extern "C" fn state_of_collector(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let name = match (*L).heap().phase.get() {
            Phase::Pause => c"pause",
            Phase::Propagate => c"propagate",
            Phase::Sweep => c"sweep",
            Phase::Finalize => c"finalize",
        };
        lua_pushstring(L, name.as_ptr());
    }
    1
}
