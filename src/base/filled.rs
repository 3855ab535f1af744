//! A stack of a few values in place, of which only what has been pushed is ever written or read.
//!
//! PERF: an array that is cleared first costs a pattern match of a short text more than the match.
//!
//! Invariant: the first `len` slots are initialised.
//! Not here: stacks that grow (`heap::Buffer`).

use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};

pub struct Filled<T: Copy, const N: usize> {
    slots: [MaybeUninit<T>; N],
    len: usize,
}

impl<T: Copy, const N: usize> Filled<T, N> {
    #[inline(always)]
    pub fn new() -> Filled<T, N> {
        Filled { slots: [const { MaybeUninit::uninit() }; N], len: 0 }
    }

    /// Puts a value on top; false if there is no room.
    #[inline(always)]
    pub fn push(&mut self, value: T) -> bool {
        match self.slots.get_mut(self.len) {
            Some(slot) => {
                slot.write(value);
                self.len += 1;
                true
            }
            None => false,
        }
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        let top = self.last().copied()?;
        self.len -= 1;
        Some(top)
    }

    /// Keeps the first `len` at most.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    #[inline(always)]
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl<T: Copy, const N: usize> Deref for Filled<T, N> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: the first len slots are initialised, and len is at most N.
        unsafe { core::slice::from_raw_parts(self.slots.as_ptr().cast(), self.len) }
    }
}

impl<T: Copy, const N: usize> DerefMut for Filled<T, N> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as deref.
        unsafe { core::slice::from_raw_parts_mut(self.slots.as_mut_ptr().cast(), self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_stack_with_an_end() {
        let mut stack = Filled::<u32, 3>::new();
        assert_eq!(stack.pop(), None);
        assert!(stack.push(1) && stack.push(2) && stack.push(3));
        assert!(!stack.push(4));
        stack[0] = 7;
        assert_eq!(*stack, [7, 2, 3]);
        stack.truncate(5);
        assert_eq!(stack.pop(), Some(3));
        stack.truncate(1);
        assert_eq!(*stack, [7]);
        stack.clear();
        assert!(stack.is_empty() && stack.pop().is_none());
    }
}
