//! The collector's work lists: stacks, of gray objects above all.
//!
//! A push may find no memory. Then the stack only remembers that it `overflowed`; the object is
//! gray all the same, and the collector finds it by walking the blocks. So marking never fails.

use core::cell::Cell;
use core::ptr::NonNull;

use super::{Gc, GcHeader, Heap};

pub type MarkStack = Stack<Gc<GcHeader>>;

pub struct Stack<T: Copy> {
    ptr: Cell<NonNull<T>>,
    len: Cell<usize>,
    cap: Cell<usize>,
    overflowed: Cell<bool>,
}

impl<T: Copy> Stack<T> {
    pub const fn new() -> Stack<T> {
        Stack {
            ptr: Cell::new(NonNull::dangling()),
            len: Cell::new(0),
            cap: Cell::new(0),
            overflowed: Cell::new(false),
        }
    }

    #[inline]
    pub fn push(&self, heap: &Heap, item: T) {
        if !self.try_push(heap, item) {
            self.overflowed.set(true);
        }
    }

    /// False: there is no memory; nothing is remembered of it.
    #[inline]
    pub fn try_push(&self, heap: &Heap, item: T) -> bool {
        let len = self.len.get();
        if len == self.cap.get() && !self.grow(heap) {
            return false;
        }
        // SAFETY: len < cap elements of our own array.
        unsafe { self.ptr.get().as_ptr().add(len).write(item) };
        self.len.set(len + 1);
        true
    }

    #[cold]
    fn grow(&self, heap: &Heap) -> bool {
        let old = self.cap.get();
        let new = if old == 0 { 64 } else { old * 2 };
        let size = size_of::<T>();
        // The stack is the collector's own: taken from the host, but not booked as the script's.
        let grown = if old == 0 {
            heap.host_alloc(new * size)
        } else {
            // SAFETY: ALLOC: our own array with its true size.
            unsafe { heap.host_realloc(self.ptr.get().cast(), old * size, new * size) }
        };
        match grown {
            Ok(p) => {
                self.ptr.set(p.cast());
                self.cap.set(new);
                true
            }
            Err(_) => false,
        }
    }

    #[inline]
    pub fn pop(&self) -> Option<T> {
        let len = self.len.get().checked_sub(1)?;
        self.len.set(len);
        // SAFETY: the element below the old length was written by push.
        Some(unsafe { self.ptr.get().as_ptr().add(len).read() })
    }

    /// The item at `index`, counted from the bottom.
    pub fn get(&self, index: usize) -> Option<T> {
        // SAFETY: the elements below the length were written by push.
        (index < self.len.get()).then(|| unsafe { self.ptr.get().as_ptr().add(index).read() })
    }

    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Forgets the items above the first `len`.
    pub fn truncate(&self, len: usize) {
        self.len.set(self.len.get().min(len));
    }

    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    pub fn is_overflowed(&self) -> bool {
        self.overflowed.get()
    }

    /// As if an item had been dropped.
    pub fn set_overflowed(&self) {
        self.overflowed.set(true);
    }

    /// Says whether an object was dropped for want of memory, and forgets it.
    pub fn take_overflow(&self) -> bool {
        self.overflowed.replace(false)
    }

    pub fn clear(&self) {
        self.len.set(0);
        self.overflowed.set(false);
    }

    /// Makes room for the first items, if there is none yet and the host gives it.
    pub fn reserve_first(&self, heap: &Heap) {
        if self.cap.get() == 0 {
            self.grow(heap);
        }
    }

    /// Gives the array back to the host.
    pub fn release(&self, heap: &Heap) {
        if self.cap.get() != 0 {
            let size = self.cap.get() * size_of::<T>();
            // SAFETY: ALLOC: our own array with its true size; the stack is empty from here on.
            unsafe { heap.host_free(self.ptr.get().cast(), size) };
        }
        self.cap.set(0);
        self.clear();
    }
}
