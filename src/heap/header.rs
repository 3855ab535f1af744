//! The two bytes every collected object begins with, and the typed handle to such an object.
//!
//! ```text
//!   byte 0  kind   what the object is; 0 = a free cell of a block
//!   byte 1  mark   two whites, black, and the bits below; neither white nor black = gray
//!   byte 2… the object's own fields
//! ```
//!
//! Invariant: a cell's kind is non-zero exactly while it holds an object.
//! Not here: when marks change (`barrier`, `gc`).

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;
use core::ptr::NonNull;

/// What a collected object is. `Free` marks an empty cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Kind {
    Free = 0,
    Str,
    Table,
    LuaClosure,
    NativeClosure,
    Userdata,
    Thread,
    Proto,
    UpVal,
}

/// Bits of the mark byte.
pub mod mark {
    pub const WHITE0: u8 = 1;
    pub const WHITE1: u8 = 1 << 1;
    pub const WHITES: u8 = WHITE0 | WHITE1;
    pub const BLACK: u8 = 1 << 2;
    /// A userdata whose finalizer has been called or is queued.
    pub const FINALIZED: u8 = 1 << 3;
    /// A weak table: entries with white members have been noted (`heap::weak`). Not after marking, unless it is veiled.
    pub const NOTED: u8 = FINALIZED;
    /// Never collected before the state closes (reserved words, metamethod names). Not of a table.
    pub const FIXED: u8 = 1 << 4;
    /// A table that a path goes by (`heap::paths`). A store looks at it together with `BLACK`.
    pub const WATCHED: u8 = FIXED;
    /// Weak keys / weak values of a table, as found when it was last traversed.
    pub const WEAK_KEYS: u8 = 1 << 5;
    pub const WEAK_VALUES: u8 = 1 << 6;
    /// A table that nothing may be stored in. A store looks at it together with `BLACK`.
    pub const READ_ONLY: u8 = 1 << 7;
}

#[repr(C)]
pub struct GcHeader {
    kind: Cell<Kind>,
    pub mark: Cell<u8>,
}

impl GcHeader {
    pub const fn new(kind: Kind, mark: u8) -> GcHeader {
        GcHeader { kind: Cell::new(kind), mark: Cell::new(mark) }
    }

    #[inline(always)]
    pub fn kind(&self) -> Kind {
        self.kind.get()
    }

    pub fn set_kind(&self, kind: Kind) {
        self.kind.set(kind);
    }

    #[inline(always)]
    pub fn is_white(&self) -> bool {
        self.mark.get() & mark::WHITES != 0
    }

    #[inline(always)]
    pub fn is_black(&self) -> bool {
        self.mark.get() & mark::BLACK != 0
    }

    #[inline(always)]
    pub fn is_gray(&self) -> bool {
        self.mark.get() & (mark::WHITES | mark::BLACK) == 0
    }

    /// Whether the sweep keeps this, marked or not.
    #[inline(always)]
    pub fn is_fixed(&self) -> bool {
        self.mark.get() & mark::FIXED != 0 && self.kind() != Kind::Table
    }

    #[inline]
    pub fn set_bits(&self, bits: u8) {
        self.mark.set(self.mark.get() | bits);
    }

    #[inline]
    pub fn clear_bits(&self, bits: u8) {
        self.mark.set(self.mark.get() & !bits);
    }
}

/// A type that lives in the heap.
///
/// # Safety
/// The type is `#[repr(C)]` and begins with a `GcHeader`; `KIND` is the kind its header bears
/// while it is alive.
pub unsafe trait HeapObject {
    const KIND: Kind;
}

/// A handle to a live object: a plain address, copied freely. It is valid as long as the object is
/// reachable at every safepoint (REACH); it belongs to one Global (ONEWORLD).
#[repr(transparent)]
pub struct Gc<T> {
    ptr: NonNull<T>,
    _owner: PhantomData<*const T>,
}

impl<T> Gc<T> {
    /// # Safety
    /// `ptr` is the address of a live heap object of type `T`.
    #[inline(always)]
    pub unsafe fn from_ptr(ptr: *mut T) -> Gc<T> {
        debug_assert!(!ptr.is_null());
        // SAFETY: the caller promises a live object, so the address is not null.
        Gc { ptr: unsafe { NonNull::new_unchecked(ptr) }, _owner: PhantomData }
    }

    #[inline(always)]
    pub fn as_ptr(self) -> *mut T {
        self.ptr.as_ptr()
    }

    #[inline(always)]
    pub fn header(self) -> Gc<GcHeader> {
        Gc { ptr: self.ptr.cast(), _owner: PhantomData }
    }

    #[inline(always)]
    pub fn same(self, other: Gc<T>) -> bool {
        self.ptr == other.ptr
    }
}

impl Gc<GcHeader> {
    /// The same object under its own type.
    #[inline(always)]
    pub fn cast<T: HeapObject>(self) -> Gc<T> {
        debug_assert!(self.kind() == T::KIND);
        Gc { ptr: self.ptr.cast(), _owner: PhantomData }
    }
}

impl<T> Deref for Gc<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: REACH: a handle is held only while its object is alive; ALIAS: objects are seen
        // as `&T` with cells, never as `&mut T`.
        unsafe { self.ptr.as_ref() }
    }
}

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Gc<T> {
        *self
    }
}
impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Gc<T>) -> bool {
        self.ptr == other.ptr
    }
}
impl<T> Eq for Gc<T> {}

impl<T> fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gc({:p})", self.ptr)
    }
}
