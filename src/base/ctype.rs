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

    macro_rules! test {
        ($name:ident, $bit:expr) => {
            #[inline(always)]
            pub fn $name(table: Table, byte: u8) -> bool {
                // SAFETY: the table has an entry for every unsigned char; `Classes` is dropped
                // before the locale can change.
                unsafe { *table.add(byte as usize) & $bit != 0 }
            }
        };
    }
    // The bits of <ctype.h> on a little-endian machine: part of glibc's ABI.
    test!(isupper, 1 << 8);
    test!(islower, 1 << 9);
    test!(isalpha, 1 << 10);
    test!(isdigit, 1 << 11);
    test!(isxdigit, 1 << 12);
    test!(isspace, 1 << 13);
    test!(iscntrl, 1 << 1);
    test!(ispunct, 1 << 2);
    test!(isalnum, 1 << 3);
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_endian = "little")))]
mod source {
    use core::ffi::c_int;

    pub type Table = *const u16;

    pub fn current() -> Table {
        core::ptr::null()
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

    macro_rules! test {
        ($($name:ident)*) => {$(
            #[inline]
            pub fn $name(_: Table, byte: u8) -> bool {
                // SAFETY: the function is defined for every unsigned char.
                unsafe { libc::$name(byte as c_int) != 0 }
            }
        )*};
    }
    test!(isupper islower isalpha isdigit isxdigit isspace iscntrl ispunct isalnum);
}

/// The current locale's character classes, for the time of one library call.
#[derive(Clone, Copy)]
pub struct Classes {
    table: source::Table,
    /// The table belongs to a thread.
    _not_send: PhantomData<*const ()>,
}

macro_rules! classes {
    ($($(#[$doc:meta])* $method:ident = $source:ident;)*) => {
        impl Classes {$(
            $(#[$doc])*
            #[inline(always)]
            pub fn $method(self, byte: u8) -> bool {
                source::$source(self.table, byte)
            }
        )*}
    };
}

classes! {
    /// C's `isalpha`.
    is_alpha = isalpha;
    /// C's `isdigit`.
    is_digit = isdigit;
    /// C's `islower`.
    is_lower = islower;
    /// C's `isupper`.
    is_upper = isupper;
    /// C's `isspace`.
    is_space = isspace;
    /// C's `iscntrl`.
    is_cntrl = iscntrl;
    /// C's `ispunct`.
    is_punct = ispunct;
    /// C's `isalnum`.
    is_alnum = isalnum;
    /// C's `isxdigit`.
    is_xdigit = isxdigit;
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
        type Ours = fn(Classes, u8) -> bool;
        type Theirs = unsafe extern "C" fn(c_int) -> c_int;
        let pairs: [(Ours, Theirs); 9] = [
            (Classes::is_alpha, libc::isalpha),
            (Classes::is_digit, libc::isdigit),
            (Classes::is_lower, libc::islower),
            (Classes::is_upper, libc::isupper),
            (Classes::is_space, libc::isspace),
            (Classes::is_cntrl, libc::iscntrl),
            (Classes::is_punct, libc::ispunct),
            (Classes::is_alnum, libc::isalnum),
            (Classes::is_xdigit, libc::isxdigit),
        ];
        let classes = Classes::current();
        for (index, (ours, theirs)) in pairs.into_iter().enumerate() {
            for byte in 0..=255 {
                // SAFETY: defined for every unsigned char.
                let expected = unsafe { theirs(byte as c_int) != 0 };
                assert_eq!(ours(classes, byte), expected, "class {index}, byte {byte}");
            }
        }
    }
}
