//! `luaL_Buffer`: strings built piecewise (manual §4.1, luaL_Buffer).
//!
//! ```text
//!   luaL_Buffer: p ─┐ lvl  L  buffer[LUAL_BUFFERSIZE]       stack: … piece piece piece (lvl of them)
//!                   └────────────▶ next free byte
//! ```
//!
//! What does not fit the buffer goes onto the stack as a string; now and then the topmost pieces are
//! joined, so that each is longer than all above it together and their count stays small: the cost
//! of n bytes is n log n. Hosts see the layout (macros write through `p`) and the count of values
//! that the stack may hold meanwhile.
//!
//! Not here: `heap::Buffer`, which our own code uses.

use core::ffi::{c_char, c_int};
use core::ptr;

use crate::capi::check::{check, check_buffer};
use crate::capi::bytes_of;
use crate::capi::index::value_at;
use crate::capi::misc::lua_concat;
use crate::capi::push::lua_pushlstring;
use crate::capi::stack::{lua_insert, lua_settop};
use crate::capi::state;
use crate::capi::auxlib::types::*;
use crate::capi::types::*;

/// Pieces that may lie on the stack: half of what a C function may push without asking.
const MAX_PIECES: c_int = LUA_MINSTACK / 2;

/// Begins an empty buffer. Nothing has to be freed if it is never finished.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_buffinit(L: *mut lua_State, B: *mut luaL_Buffer) {
    check!(luaL_buffinit(L): given(B));
    // SAFETY: HOST: B is writable; its bytes need not be initialised.
    unsafe {
        (*B).L = L;
        (*B).p = (&raw mut (*B).buffer).cast();
        (*B).lvl = 0;
    }
}

/// Makes the whole buffer free and returns it: LUAL_BUFFERSIZE bytes to write to, of which
/// luaL_addsize then says how many were used.
/// [-?, +?, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_prepbuffer(B: *mut luaL_Buffer) -> *mut c_char {
    check_buffer!(luaL_prepbuffer(B, 0));
    // SAFETY: HOST: B was begun.
    unsafe {
        if move_to_stack(B) {
            join_pieces(B);
        }
        (&raw mut (*B).buffer).cast()
    }
}

/// Adds l bytes, which may be any.
/// [-?, +?, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_addlstring(B: *mut luaL_Buffer, s: *const c_char, l: usize) {
    check_buffer!(luaL_addlstring(B, 0): bytes(s, l));
    let (mut from, mut left) = (s, l);
    while left > 0 {
        // SAFETY: HOST: B was begun, `left` bytes lie at `from`; at most as many are written as
        // are free.
        unsafe {
            if free_bytes(B) == 0 {
                luaL_prepbuffer(B);
            }
            let n = left.min(free_bytes(B));
            ptr::copy_nonoverlapping(from, (*B).p, n);
            (*B).p = (*B).p.add(n);
            from = from.add(n);
            left -= n;
        }
    }
}

/// Adds a C string.
/// [-?, +?, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_addstring(B: *mut luaL_Buffer, s: *const c_char) {
    check_buffer!(luaL_addstring(B, 0): given(s));
    // SAFETY: HOST.
    unsafe { luaL_addlstring(B, s, bytes_of(s).len()) }
}

/// Pops a string or number and adds it.
/// [-1, +?, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_addvalue(B: *mut luaL_Buffer) {
    check_buffer!(luaL_addvalue(B, 1): text_on_top());
    // SAFETY: HOST: B was begun, and the topmost value is a string or number.
    unsafe {
        let mut len = 0;
        let text = crate::capi::access::lua_tolstring((*B).L, -1, &mut len);
        if len <= free_bytes(B) {
            ptr::copy_nonoverlapping(text, (*B).p, len);
            (*B).p = (*B).p.add(len);
            lua_settop((*B).L, -2);
            return;
        }
        if move_to_stack(B) {
            lua_insert((*B).L, -2); // what was in the buffer comes before the value
        }
        (*B).lvl += 1;
        join_pieces(B);
    }
}

/// Ends the use of a buffer: pushes the whole string.
/// [-?, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_pushresult(B: *mut luaL_Buffer) {
    check_buffer!(luaL_pushresult(B, 0));
    // SAFETY: HOST: B was begun.
    unsafe {
        move_to_stack(B);
        lua_concat((*B).L, (*B).lvl);
        (*B).lvl = 1;
    }
}

unsafe fn used_bytes(b: *mut luaL_Buffer) -> usize {
    // SAFETY: HOST: p points into (or just behind) the buffer.
    unsafe { (*b).p.offset_from((&raw const (*b).buffer).cast()) as usize }
}

unsafe fn free_bytes(b: *mut luaL_Buffer) -> usize {
    // SAFETY: HOST.
    LUAL_BUFFERSIZE.saturating_sub(unsafe { used_bytes(b) })
}

/// Pushes the buffer's contents as a piece and empties it; false if it is empty.
unsafe fn move_to_stack(b: *mut luaL_Buffer) -> bool {
    // SAFETY: HOST: B was begun.
    unsafe {
        let used = used_bytes(b);
        if used == 0 {
            return false;
        }
        let first = (&raw mut (*b).buffer).cast::<c_char>();
        lua_pushlstring((*b).L, first, used);
        (*b).p = first;
        (*b).lvl += 1;
        true
    }
}

/// Joins the topmost pieces as long as they together are longer than the one below them, or there
/// are too many.
unsafe fn join_pieces(b: *mut luaL_Buffer) {
    // SAFETY: HOST: B was begun, its pieces are the topmost lvl values, all strings.
    unsafe {
        let pieces = (*b).lvl;
        if pieces <= 1 {
            return;
        }
        let length = |n: c_int| value_at(state((*b).L), -n).as_string().map_or(0, |s| s.len());
        let mut joined = 1;
        let mut joined_length = length(1);
        while joined < pieces {
            let below = length(joined + 1);
            if pieces - joined + 1 < MAX_PIECES && joined_length <= below {
                break;
            }
            joined_length += below;
            joined += 1;
        }
        lua_concat((*b).L, joined);
        (*b).lvl = pieces - joined + 1;
    }
}
