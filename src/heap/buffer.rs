//! Growable arrays on the host's allocator: a scratch buffer that frees itself, and the bare array
//! that an object owns and its kind's `free` releases.
//!
//! Not here: Lua tables.

use core::mem;
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use core::slice;

use super::{Heap, OutOfMemory};

/// A fallible vector that gives its memory back when dropped. `T` has no destructor of its own.
pub struct Buffer<'h, T: Copy> {
    heap: &'h Heap,
    ptr: NonNull<T>,
    len: usize,
    cap: usize,
}

impl<'h, T: Copy> Buffer<'h, T> {
    pub fn new(heap: &'h Heap) -> Buffer<'h, T> {
        Buffer { heap, ptr: NonNull::dangling(), len: 0, cap: 0 }
    }

    /// Where it lies.
    pub fn heap(&self) -> &'h Heap {
        self.heap
    }

    /// Room for exactly so many.
    pub fn with_capacity(heap: &'h Heap, cap: usize) -> Result<Buffer<'h, T>, OutOfMemory> {
        let mut buffer = Buffer::new(heap);
        if cap != 0 {
            buffer.ptr = heap.alloc_array(cap)?;
            buffer.cap = cap;
        }
        Ok(buffer)
    }

    /// Room for `more` further elements.
    #[inline]
    pub fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.cap - self.len >= more { Ok(()) } else { self.grow(more) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) -> Result<(), OutOfMemory> {
        let need = self.len.checked_add(more).ok_or(OutOfMemory)?;
        let new_cap = need.max(self.cap.saturating_mul(2)).max(32 / mem::size_of::<T>().max(1)).max(4);
        self.ptr = if self.cap == 0 {
            self.heap.alloc_array(new_cap)?
        } else {
            // SAFETY: ALLOC: our own array with its true count; T is Copy.
            unsafe { self.heap.resize_array(self.ptr, self.cap, new_cap)? }
        };
        self.cap = new_cap;
        Ok(())
    }

    #[inline]
    pub fn push(&mut self, value: T) -> Result<(), OutOfMemory> {
        self.reserve(1)?;
        // SAFETY: reserve made room for one more.
        unsafe { self.ptr.as_ptr().add(self.len).write(value) };
        self.len += 1;
        Ok(())
    }

    #[inline]
    pub fn extend(&mut self, values: &[T]) -> Result<(), OutOfMemory> {
        self.reserve(values.len())?;
        // SAFETY: reserve made room; a slice borrowed from elsewhere cannot overlap our tail.
        unsafe {
            ptr::copy_nonoverlapping(values.as_ptr(), self.ptr.as_ptr().add(self.len), values.len());
        }
        self.len += values.len();
        Ok(())
    }

    /// Pushes what the iterator yields, as many as it said it would at most.
    #[inline]
    pub fn extend_each(&mut self, values: impl ExactSizeIterator<Item = T>) -> Result<(), OutOfMemory> {
        let count = values.len();
        self.reserve(count)?;
        for value in values.take(count) {
            // SAFETY: reserve made room for count more.
            unsafe { self.ptr.as_ptr().add(self.len).write(value) };
            self.len += 1;
        }
        Ok(())
    }

    pub fn pop(&mut self) -> Option<T> {
        self.len = self.len.checked_sub(1)?;
        // SAFETY: the element at the old len - 1 was initialised.
        Some(unsafe { self.ptr.as_ptr().add(self.len).read() })
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub fn clear(&mut self) {
        self.len = 0;
    }

    pub fn capacity(&self) -> usize {
        self.cap
    }

    /// Makes the array exactly as long as its contents and hands it to an object.
    pub fn into_array(mut self) -> Result<RawArray<T>, OutOfMemory> {
        if self.len == 0 {
            return Ok(RawArray::EMPTY); // drop frees the capacity
        }
        if self.cap != self.len {
            // SAFETY: ALLOC: our own array with its true count; T is Copy.
            self.ptr = unsafe { self.heap.resize_array(self.ptr, self.cap, self.len)? };
            self.cap = self.len;
        }
        let array = RawArray { ptr: self.ptr.as_ptr(), len: self.len };
        mem::forget(self);
        Ok(array)
    }
}

impl Buffer<'_, u8> {
    /// Adds the first `len` bytes of these words. PERF: for few, a call of memcpy takes longer.
    #[inline(always)]
    pub fn extend_words(&mut self, words: &[u64], len: usize) -> Result<(), OutOfMemory> {
        debug_assert!(len <= words.len() * 8);
        self.reserve(words.len() * 8)?;
        for (i, word) in words.iter().enumerate() {
            // SAFETY: reserve made room for all words.
            unsafe { self.ptr.as_ptr().add(self.len + i * 8).cast::<u64>().write_unaligned(*word) };
        }
        self.len += len.min(words.len() * 8);
        Ok(())
    }
}

impl Buffer<'_, u8> {
    /// Adds the first `len` bytes. PERF: for few, a call of memcpy takes longer.
    #[inline(always)]
    pub fn extend_start(&mut self, bytes: &[u8], len: usize) -> Result<(), OutOfMemory> {
        match bytes.first_chunk::<16>() {
            Some(first) if len <= 16 => {
                let (low, high) = (first.first_chunk(), first.last_chunk());
                let word = |chunk: Option<&[u8; 8]>| chunk.map_or(0, |&bytes| u64::from_ne_bytes(bytes));
                self.extend_words(&[word(low), word(high)], len)
            }
            _ => self.extend(&bytes[..len]),
        }
    }
}

impl<T: Copy> Drop for Buffer<'_, T> {
    fn drop(&mut self) {
        if self.cap != 0 {
            // SAFETY: ALLOC: our own array with its true count.
            unsafe { self.heap.free_array(self.ptr, self.cap) };
        }
    }
}

impl<T: Copy> Deref for Buffer<'_, T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: the first len elements are initialised.
        unsafe { slice::from_raw_parts(self.ptr.as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for Buffer<'_, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: the first len elements are initialised, and we own them.
        unsafe { slice::from_raw_parts_mut(self.ptr.as_ptr(), self.len) }
    }
}

/// An exact-size array owned by a heap object; whoever frees the object calls `free`.
#[derive(Clone, Copy)]
pub struct RawArray<T> {
    ptr: *mut T,
    len: usize,
}

impl<T: Copy> RawArray<T> {
    pub const EMPTY: RawArray<T> = RawArray { ptr: NonNull::dangling().as_ptr(), len: 0 };

    /// `len` copies of `value`.
    pub fn filled(heap: &Heap, len: usize, value: T) -> Result<RawArray<T>, OutOfMemory> {
        if len == 0 {
            return Ok(RawArray::EMPTY);
        }
        let ptr = heap.alloc_array::<T>(len)?.as_ptr();
        for i in 0..len {
            // SAFETY: i < len, the array's count.
            unsafe { ptr.add(i).write(value) };
        }
        Ok(RawArray { ptr, len })
    }

    /// A copy of `values`.
    pub fn copied(heap: &Heap, values: &[T]) -> Result<RawArray<T>, OutOfMemory> {
        if values.is_empty() {
            return Ok(RawArray::EMPTY);
        }
        let ptr = heap.alloc_array::<T>(values.len())?.as_ptr();
        // SAFETY: a fresh array of as many elements.
        unsafe { ptr.copy_from_nonoverlapping(values.as_ptr(), values.len()) };
        Ok(RawArray { ptr, len: values.len() })
    }

    /// As many elements as these bytes make, with the bytes as they are.
    ///
    /// # Safety
    /// Any bytes make a `T`.
    pub unsafe fn of_bytes(heap: &Heap, bytes: &[u8]) -> Result<RawArray<T>, OutOfMemory> {
        let len = bytes.len() / mem::size_of::<T>();
        if len == 0 {
            return Ok(RawArray::EMPTY);
        }
        let ptr = heap.alloc_array::<T>(len)?.as_ptr();
        // SAFETY: a fresh array of as many elements, each of which any bytes make.
        unsafe { ptr.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), len * mem::size_of::<T>()) };
        Ok(RawArray { ptr, len })
    }

    /// What the iterator yields, which is as many as it says.
    pub fn collected(heap: &Heap, values: impl ExactSizeIterator<Item = T>) -> Result<RawArray<T>, OutOfMemory> {
        let mut buffer = Buffer::with_capacity(heap, values.len())?;
        buffer.extend_each(values)?;
        buffer.into_array()
    }

    pub fn as_ptr(&self) -> *mut T {
        self.ptr
    }

    #[inline(always)]
    pub fn as_slice(&self) -> &[T] {
        // SAFETY: ptr and len describe an initialised array until `free`.
        unsafe { slice::from_raw_parts(self.ptr, self.len) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as as_slice; the array has one owner.
        unsafe { slice::from_raw_parts_mut(self.ptr, self.len) }
    }

    /// # Safety
    /// `heap` is where the array came from; neither this nor a copy is used again.
    pub unsafe fn free(&mut self, heap: &Heap) {
        if self.len != 0 {
            // SAFETY: ALLOC: the count is the array's true count.
            unsafe { heap.free_array(NonNull::new_unchecked(self.ptr), self.len) };
        }
        *self = RawArray::EMPTY;
    }
}

impl<T: Copy> Deref for RawArray<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}
