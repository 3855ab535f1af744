//! Light userdata of pointers that do not fit a Value.
//!
//! A Value holds 48 bits of a pointer. The few host words that do not fit (tagged pointers, hashes
//! passed as pointers) are kept here, each once, so that equal words give equal Values:
//!
//! ```text
//!   word 0 … capacity-1           the pointers, in order of arrival
//!   word capacity … 2*capacity-1  as 2*capacity u32: open addressing, pointer's index + 1, 0 empty
//! ```
//!
//! Invariant: `unusual_pointers` is (array, count, words), words being 2 * capacity; entries are
//! never removed.
//!
//! Not here: reading a light userdata (`runtime::tostring`).

use core::ptr::NonNull;

use crate::heap::OutOfMemory;
use crate::object::Value;
use crate::state::Global;

const FIRST_CAPACITY: usize = 8;

impl Global {
    /// The light userdata of a host pointer.
    #[inline(always)]
    pub fn light_value(&self, pointer: usize) -> Result<Value, OutOfMemory> {
        match Value::light_word(pointer) {
            Some(word) => Ok(Value::light(word)),
            None => self.unusual_value(pointer),
        }
    }

    #[cold]
    #[inline(never)]
    fn unusual_value(&self, pointer: usize) -> Result<Value, OutOfMemory> {
        let (_, count, words) = self.unusual_pointers.get();
        if count as usize == words as usize / 2 {
            self.grow_unusual()?;
        }
        let (list, count, words) = self.unusual_pointers.get();
        let slot = self.unusual_slot(pointer);
        // SAFETY: the slot is one of the index's; a used one names one of the first `count` words.
        let index = unsafe {
            if slot.read() == 0 {
                list.add(count as usize).write(pointer); // count < capacity, seen to above
                slot.write(count + 1);
                self.unusual_pointers.set((list, count + 1, words));
            }
            slot.read() - 1
        };
        Ok(Value::light(Value::light_index_word(index)))
    }

    /// The index slot that holds a pointer's number, or the empty one where it belongs. The index
    /// is at most half full.
    fn unusual_slot(&self, pointer: usize) -> *mut u32 {
        let (list, _, words) = self.unusual_pointers.get();
        let capacity = words as usize / 2;
        let mask = 2 * capacity - 1;
        let hashed = (pointer as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut at = hashed as usize & mask;
        loop {
            // SAFETY: the index has 2 * capacity slots behind the capacity words, `at` is masked;
            // a number in it is at most `count`.
            unsafe {
                let slot = list.add(capacity).cast::<u32>().add(at);
                if slot.read() == 0 || list.add(slot.read() as usize - 1).read() == pointer {
                    return slot;
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn grow_unusual(&self) -> Result<(), OutOfMemory> {
        let (old, count, old_words) = self.unusual_pointers.get();
        let capacity = (old_words as usize).max(FIRST_CAPACITY);
        let words = u32::try_from(2 * capacity).map_err(|_| OutOfMemory)?;
        let new = self.heap.alloc_array::<usize>(words as usize)?.as_ptr();
        // SAFETY: fresh memory of `words` words: the pointers are copied, the index zeroed.
        unsafe {
            new.add(capacity).write_bytes(0, capacity);
            if count > 0 {
                new.copy_from_nonoverlapping(old, count as usize);
            }
        }
        self.release_unusual_pointers();
        self.unusual_pointers.set((new, count, words));
        for i in 0..count {
            // SAFETY: i < count; the slot is one of the new index's.
            unsafe { self.unusual_slot(new.add(i as usize).read()).write(i + 1) };
        }
        Ok(())
    }

    /// Frees the list, at the end of a state.
    pub fn release_unusual_pointers(&self) {
        let (list, _, words) = self.unusual_pointers.replace((core::ptr::null_mut(), 0, 0));
        if let Some(list) = NonNull::new(list) {
            // SAFETY: ALLOC: our array with its count.
            unsafe { self.heap.free_array(list, words as usize) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::c_void;
    use core::mem::MaybeUninit;

    unsafe extern "C" fn realloc(_: *mut c_void, p: *mut c_void, _: usize, n: usize) -> *mut c_void {
        // SAFETY: lua_Alloc's contract is realloc's and free's.
        unsafe {
            if n == 0 {
                libc::free(p);
                return core::ptr::null_mut();
            }
            libc::realloc(p, n)
        }
    }

    #[test]
    fn equal_words_give_equal_values_and_come_back() {
        let mut memory = Box::new(MaybeUninit::uninit());
        // SAFETY: memory of our own.
        let global: &Global = unsafe {
            Global::make(memory.as_mut_ptr(), realloc, core::ptr::null_mut(), 1, &[0; 256]);
            memory.assume_init_ref()
        };
        let odd = |i: usize| 0x8000_1234_0000_0000 + i * 0x1_0001;
        let first: Vec<u64> =
            (0..1000).map(|i| global.light_value(odd(i)).unwrap().bits()).collect();
        for i in 0..1000 {
            let value = global.light_value(odd(i)).unwrap();
            assert_eq!(value.bits(), first[i]);
            let index = value.light_pointer().unwrap_err();
            let (list, count, _) = global.unusual_pointers.get();
            assert_eq!(count, 1000);
            // SAFETY: index < count.
            assert_eq!(unsafe { list.add(index as usize).read() }, odd(i));
        }
        for usual in [0, 8, 0x7fff_ffff_f000, usize::MAX] {
            assert_eq!(global.light_value(usual).unwrap().light_pointer(), Ok(usual));
        }
        global.release_unusual_pointers();
        assert_eq!(global.heap.in_use(), 0);
    }
}
