//! Strings by the address of the C text they were made of.
//!
//! A host names fields, globals and types by literals: `lua_getfield(L, i, "name")` comes with the
//! same address each time it runs. What that text was when last seen is found here, and compared with
//! what it is now; only a text that is new or has changed must be hashed and looked up among all
//! strings.
//!
//! Invariant: all are short strings, and no entry is dead. They are forgotten in the atomic step, before anything is freed.
//! Not here: interning (`object::string`).

use core::cell::Cell;
use core::ffi::c_char;

use crate::heap::Gc;
use crate::object::Str;

const ENTRIES: usize = 64;

pub struct Names {
    entries: [Cell<(usize, Option<Gc<Str>>)>; ENTRIES],
}

impl Names {
    pub fn new() -> Names {
        Names { entries: [const { Cell::new((0, None)) }; ENTRIES] }
    }

    /// The short string with this text, if it is remembered.
    ///
    /// # Safety
    /// `text` is a C string.
    #[inline(always)]
    pub unsafe fn find(&self, text: *const c_char) -> Option<Gc<Str>> {
        let (address, string) = self.entry(text).get();
        let string = string?;
        // SAFETY: two C strings: a remembered string holds no NUL, but has one behind it.
        let same =
            address == text as usize && unsafe { libc::strcmp(text, string.short_data().cast()) } == 0;
        same.then_some(string)
    }

    /// Remembers what the C string at this address is.
    pub fn remember(&self, text: *const c_char, string: Gc<Str>) {
        if string.is_short() {
            self.entry(text).set((text as usize, Some(string)));
        }
    }

    /// Forgets everything: the collector is about to free strings.
    pub fn forget_all(&self) {
        for entry in &self.entries {
            entry.set((0, None));
        }
    }

    #[inline(always)]
    fn entry(&self, text: *const c_char) -> &Cell<(usize, Option<Gc<Str>>)> {
        // Literals lie close together at any alignment, and so do a linker's pools of them.
        let at = (text as usize as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
        &self.entries[at as usize]
    }
}

const _: () = assert!(ENTRIES == 1 << (64 - 58));
