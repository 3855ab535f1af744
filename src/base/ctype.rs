//! C's character classes, as the current locale has them, behind safe functions.
//!
//! Lua 5.1 asks `<ctype.h>` for every class, so a host that calls `setlocale` changes what `%a`
//! matches and what `string.upper` does. The answers must therefore come from the C library at each
//! use; no table of our own may outlive a call into foreign code.
//!
//! [`Classes`] is a handle to the answers for the time of one library call. With glibc it is the
//! thread's own class table (`__ctype_b_loc`), so that a test is one load; elsewhere it asks the
//! functions. It is neither `Send` nor storable by accident: fetch it where a match begins.
//!
//! Not here: collation (`strcoll`), number text.

use core::marker::PhantomData;

#[cfg(all(target_os = "linux", target_env = "gnu", target_endian = "little"))]
mod source {
    /// glibc's table of class bits, indexable from -128 to 255.
    pub type Table = *const u16;

    /// glibc's table of a case mapping, indexable from -128 to 255.
    pub type CaseTable = *const i32;

    unsafe extern "C" {
        fn __ctype_b_loc() -> *const *const u16;
        fn __ctype_toupper_loc() -> *const *const i32;
        fn __ctype_tolower_loc() -> *const *const i32;
    }

    #[inline]
    pub fn upper_case() -> CaseTable {
        // SAFETY: as `current`.
        unsafe { *__ctype_toupper_loc() }
    }

    #[inline]
    pub fn lower_case() -> CaseTable {
        // SAFETY: as `current`.
        unsafe { *__ctype_tolower_loc() }
    }

    #[inline(always)]
    pub fn map(table: CaseTable, byte: u8) -> u8 {
        // SAFETY: the table has an entry for every unsigned char; `CaseMap` is dropped before the
        // locale can change.
        unsafe { *table.add(byte as usize) as u8 }
    }

    #[inline]
    pub fn current() -> Table {
        // SAFETY: glibc returns the address of the thread's table pointer, never null.
        unsafe { *__ctype_b_loc() }
    }

    /// Whether the thread has the process's locale.
    pub fn is_global() -> bool {
        /// `LC_GLOBAL_LOCALE`
        const GLOBAL: isize = -1;
        // SAFETY: without an argument nothing is changed.
        unsafe { libc::uselocale(core::ptr::null_mut()) as isize == GLOBAL }
    }

    #[inline(always)]
    pub fn bits(table: Table, byte: u8) -> u16 {
        // SAFETY: the table has an entry for every unsigned char; `Classes` is dropped before the
        // locale can change.
        unsafe { *table.add(byte as usize) }
    }

    /// The bits of <ctype.h> on a little-endian machine: part of glibc's ABI.
    pub mod bit {
        pub const UPPER: u16 = 1 << 8;
        pub const LOWER: u16 = 1 << 9;
        pub const ALPHA: u16 = 1 << 10;
        pub const DIGIT: u16 = 1 << 11;
        pub const XDIGIT: u16 = 1 << 12;
        pub const SPACE: u16 = 1 << 13;
        pub const CNTRL: u16 = 1 << 1;
        pub const PUNCT: u16 = 1 << 2;
        pub const ALNUM: u16 = 1 << 3;
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_endian = "little")))]
mod source {
    use core::ffi::c_int;

    pub type Table = *const u16;

    pub fn current() -> Table {
        core::ptr::null()
    }

    pub fn is_global() -> bool {
        false
    }

    pub type CaseTable = unsafe extern "C" fn(c_int) -> c_int;

    pub fn upper_case() -> CaseTable {
        libc::toupper
    }

    pub fn lower_case() -> CaseTable {
        libc::tolower
    }

    #[inline]
    pub fn map(table: CaseTable, byte: u8) -> u8 {
        // SAFETY: toupper and tolower are defined for every unsigned char.
        unsafe { table(byte as c_int) as u8 }
    }

    type Test = unsafe extern "C" fn(c_int) -> c_int;

    /// The functions, in the order of their bits.
    const TESTS: [Test; 9] = [
        libc::isupper, libc::islower, libc::isalpha, libc::isdigit, libc::isxdigit, libc::isspace,
        libc::iscntrl, libc::ispunct, libc::isalnum,
    ];

    pub fn bits(_: Table, byte: u8) -> u16 {
        TESTS.iter().enumerate().fold(0, |bits, (at, test)| {
            // SAFETY: the function is defined for every unsigned char.
            bits | ((unsafe { test(byte as c_int) } != 0) as u16) << at
        })
    }

    pub mod bit {
        pub const UPPER: u16 = 1 << 0;
        pub const LOWER: u16 = 1 << 1;
        pub const ALPHA: u16 = 1 << 2;
        pub const DIGIT: u16 = 1 << 3;
        pub const XDIGIT: u16 = 1 << 4;
        pub const SPACE: u16 = 1 << 5;
        pub const CNTRL: u16 = 1 << 6;
        pub const PUNCT: u16 = 1 << 7;
        pub const ALNUM: u16 = 1 << 8;
    }
}

pub use source::bit;

/// The current locale's character classes, for the time of one library call.
#[derive(Clone, Copy)]
pub struct Classes {
    table: source::Table,
    /// The table belongs to a thread.
    _not_send: PhantomData<*const ()>,
}

impl Classes {
    /// The classes of the calling thread's locale now.
    #[inline]
    pub fn current() -> Classes {
        Classes {
            table: source::current(),
            _not_send: PhantomData,
        }
    }

    /// What tells the classes of one locale from those of another, 48 bits; None: nothing does.
    #[inline]
    pub fn id(self) -> Option<usize> {
        Some(self.table.addr()).filter(|&id| id != 0 && id >> 48 == 0)
    }

    /// Whether these are the classes with this `id`.
    #[inline(always)]
    pub fn are(self, id: usize) -> bool {
        self.table.addr() == id
    }

    /// `id`, if it will never be another locale's. C's library gives back what a thread's own locale had, but keeps what
    /// was the process's.
    #[cold]
    pub fn lasting_id(self) -> Option<usize> {
        self.id().filter(|_| source::is_global())
    }

    /// The classes of a byte, each a bit of [`bit`]. Which byte has which depends on the locale;
    /// which bit is which does not.
    #[inline(always)]
    pub fn bits(self, byte: u8) -> u16 {
        source::bits(self.table, byte)
    }

    /// C's `isalpha`.
    #[inline(always)]
    pub fn is_alpha(self, byte: u8) -> bool {
        self.bits(byte) & bit::ALPHA != 0
    }

    /// C's `isalnum`.
    #[inline(always)]
    pub fn is_alnum(self, byte: u8) -> bool {
        self.bits(byte) & bit::ALNUM != 0
    }

    /// C's `isspace`.
    #[inline(always)]
    pub fn is_space(self, byte: u8) -> bool {
        self.bits(byte) & bit::SPACE != 0
    }

    /// C's `iscntrl`.
    #[inline(always)]
    pub fn is_cntrl(self, byte: u8) -> bool {
        self.bits(byte) & bit::CNTRL != 0
    }
}

/// `toupper` or `tolower` of the current locale, for the time of one library call.
#[derive(Clone, Copy)]
pub struct CaseMap {
    table: source::CaseTable,
    /// The table belongs to a thread.
    _not_send: PhantomData<*const ()>,
}

impl CaseMap {
    #[inline]
    pub fn upper() -> CaseMap {
        CaseMap { table: source::upper_case(), _not_send: PhantomData }
    }

    #[inline]
    pub fn lower() -> CaseMap {
        CaseMap { table: source::lower_case(), _not_send: PhantomData }
    }

    #[inline(always)]
    pub fn of(self, byte: u8) -> u8 {
        source::map(self.table, byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::c_int;

    #[test]
    fn case_maps_are_the_c_librarys() {
        for byte in 0..=255 {
            // SAFETY: defined for every unsigned char.
            let (upper, lower) = unsafe { (libc::toupper(byte as c_int), libc::tolower(byte as c_int)) };
            assert_eq!(CaseMap::upper().of(byte) as c_int, upper);
            assert_eq!(CaseMap::lower().of(byte) as c_int, lower);
        }
    }

    #[test]
    fn classes_are_the_c_librarys() {
        type Theirs = unsafe extern "C" fn(c_int) -> c_int;
        let pairs: [(u16, Theirs); 9] = [
            (bit::ALPHA, libc::isalpha),
            (bit::DIGIT, libc::isdigit),
            (bit::LOWER, libc::islower),
            (bit::UPPER, libc::isupper),
            (bit::SPACE, libc::isspace),
            (bit::CNTRL, libc::iscntrl),
            (bit::PUNCT, libc::ispunct),
            (bit::ALNUM, libc::isalnum),
            (bit::XDIGIT, libc::isxdigit),
        ];
        let classes = Classes::current();
        for (index, (ours, theirs)) in pairs.into_iter().enumerate() {
            for byte in 0..=255 {
                // SAFETY: defined for every unsigned char.
                let expected = unsafe { theirs(byte as c_int) != 0 };
                assert_eq!(classes.bits(byte) & ours != 0, expected, "class {index}, byte {byte}");
            }
        }
    }
}
