//! Decoded patterns, kept from one match to the next: a small cache, by the pattern's text.
//!
//! Whoever matches *takes* the program and puts it back afterwards; so nobody else finds it meanwhile,
//! whatever is run in between.
//!
//! Invariant: what is found and what is made depends on the texts alone, not on addresses or seeds: so a
//! script takes the same memory and the same fuel in every state.
//!
//! Not here: what a program is (`base::pattern`).

use core::cell::Cell;
use core::ptr::NonNull;

use crate::base::pattern::{PLACES, Program};
use crate::heap::Heap;

/// So many places for each of so many values of [`row_of`]. PERF: a script that tokenizes has some twenty patterns; with two
/// places a row three of them met, and were decoded again and again.
const ROWS: usize = 32;
const PLACES_OF_A_ROW: usize = 4;

/// A program with its pattern.
pub struct Kept {
    text: [u8; PLACES],
    len: u8,
    /// How much of it is before its first NUL.
    until_nul: u8,
    /// [`ends_of`] the text.
    ends: u64,
    /// Where it goes back to.
    row: u8,
    pub program: Program,
}

impl Kept {
    /// How many of the pattern's bytes are before its first NUL.
    #[inline(always)]
    pub fn until_nul(&self) -> usize {
        self.until_nul as usize
    }

    /// Whether this is a pattern's. PERF: its ends say all about a short one.
    #[inline(always)]
    fn is(&self, pattern: &[u8], ends: u64) -> bool {
        self.ends == ends
            && self.len as usize == pattern.len()
            && (pattern.len() <= size_of_val(&ends) || self.text[..pattern.len()] == *pattern)
    }
}

#[derive(Default)]
pub struct Patterns {
    /// In each row the one used last comes first, but for gaps.
    rows: [[Cell<Option<NonNull<Kept>>>; PLACES_OF_A_ROW]; ROWS],
}

impl Patterns {
    /// The program of a pattern, new or as it was put back. `None` if the pattern is too long to be kept, or
    /// memory is refused: the caller does with a program of his own.
    #[inline]
    pub fn take(&self, heap: &Heap, pattern: &[u8]) -> Option<NonNull<Kept>> {
        let ends = ends_of(pattern);
        let row = row_of(ends, pattern.len());
        match Self::take_from(&self.rows[row][0], pattern, ends) {
            None => self.take_older(heap, pattern, ends, row),
            kept => kept,
        }
    }

    /// The program that lies in a place, if it is the pattern's.
    #[inline(always)]
    fn take_from(place: &Cell<Option<NonNull<Kept>>>, pattern: &[u8], ends: u64) -> Option<NonNull<Kept>> {
        let kept = place.get()?;
        // SAFETY: what lies in a place is whole, and nobody else's.
        unsafe { kept.as_ref() }.is(pattern, ends).then(|| {
            place.set(None);
            kept
        })
    }

    #[inline(never)]
    fn take_older(&self, heap: &Heap, pattern: &[u8], ends: u64, row: usize) -> Option<NonNull<Kept>> {
        for place in &self.rows[row][1..] {
            if let Some(kept) = Self::take_from(place, pattern, ends) {
                return Some(kept);
            }
        }
        self.make(heap, pattern, ends, row)
    }

    #[cold]
    #[inline(never)]
    fn make(&self, heap: &Heap, pattern: &[u8], ends: u64, row: usize) -> Option<NonNull<Kept>> {
        let mut text = [0; PLACES];
        text.get_mut(..pattern.len())?.copy_from_slice(pattern);
        // In a full row the oldest makes room: its memory serves again.
        let places = &self.rows[row];
        let memory = match places.iter().all(|place| place.get().is_some()) {
            true => places[PLACES_OF_A_ROW - 1].take()?,
            false => heap.alloc_array::<Kept>(1).ok()?,
        };
        let program = Program::new();
        let len = pattern.len() as u8;
        let until_nul = pattern.iter().position(|&byte| byte == 0).map_or(len, |at| at as u8);
        let kept = Kept { text, len, until_nul, ends, row: row as u8, program };
        // SAFETY: room for one, and ours.
        unsafe { memory.write(kept) };
        Some(memory)
    }

    /// Puts a program back.
    ///
    /// # Safety
    /// It came from `take` of this cache, and is not used again.
    #[inline]
    pub unsafe fn put(&self, heap: &Heap, kept: NonNull<Kept>) {
        // SAFETY: the caller's promise.
        let row = unsafe { kept.as_ref().row };
        let mut moved = kept;
        for place in &self.rows[row as usize % ROWS] {
            match place.replace(Some(moved)) {
                None => return,
                Some(older) => moved = older,
            }
        }
        // SAFETY: ALLOC: as `make` took it; it lies in no place any more.
        unsafe { heap.free_array(moved, 1) };
    }

    /// Frees them all, at the end of a state.
    pub fn release(&self, heap: &Heap) {
        for place in self.rows.as_flattened() {
            if let Some(kept) = place.take() {
                // SAFETY: ALLOC: as `make` took it.
                unsafe { heap.free_array(kept, 1) };
            }
        }
    }
}

/// The first four bytes of a pattern and the last four, or all of one that has fewer than four.
#[inline(always)]
fn ends_of(pattern: &[u8]) -> u64 {
    match (pattern.first_chunk(), pattern.last_chunk()) {
        (Some(first), Some(last)) => {
            u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << 32
        }
        _ => pattern.iter().fold(0, |word, &byte| word << 8 | byte as u64),
    }
}

/// Where a pattern belongs, by its length and its ends.
#[inline(always)]
fn row_of(ends: u64, len: usize) -> usize {
    let mixed = (ends ^ ends >> 29 ^ len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize % ROWS
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::c_void;

    unsafe extern "C" fn realloc(ud: *mut c_void, p: *mut c_void, _: usize, n: usize) -> *mut c_void {
        // SAFETY: lua_Alloc's contract is realloc's and free's; `ud` is a test's flag.
        unsafe {
            if n == 0 {
                libc::free(p);
                return core::ptr::null_mut();
            }
            if *ud.cast::<bool>() { core::ptr::null_mut() } else { libc::realloc(p, n) }
        }
    }

    #[test]
    fn a_pattern_is_found_again_by_its_text() {
        let mut refuse = false;
        let refuse = &raw mut refuse;
        let heap = Heap::new(realloc, refuse.cast(), 0);
        let patterns = Patterns::default();
        let text = b"%a+";
        let first = patterns.take(&heap, text).expect("memory");
        // SAFETY: taken from this cache, and put back once.
        unsafe { patterns.put(&heap, first) };
        assert_eq!(patterns.take(&heap, text), Some(first));
        let second = patterns.take(&heap, text).expect("memory");
        assert_ne!(first, second, "the first is in use");
        // SAFETY: as above, both.
        unsafe {
            patterns.put(&heap, first);
            patterns.put(&heap, second);
        }
        // Other patterns of the same row have programs of their own, for which old ones make room.
        let row = |text: &[u8]| row_of(ends_of(text), text.len());
        let same_row = (0..10_000u32).map(|i| i.to_le_bytes()).filter(|other| row(other) == row(text));
        let others: Vec<[u8; 4]> = same_row.take(2 * PLACES_OF_A_ROW).collect();
        for text in &others {
            let other = patterns.take(&heap, text).expect("memory");
            // SAFETY: nobody else has it, and it is put back once.
            unsafe {
                assert_eq!(&other.as_ref().text[..4], text);
                patterns.put(&heap, other);
            }
        }
        // Those used last are still there; the oldest is not.
        let places = |text: &[u8]| {
            let kept = patterns.rows[row(text)].iter().filter_map(Cell::get);
            // SAFETY: what lies in a place is whole.
            kept.filter(|kept| unsafe { kept.as_ref().is(text, ends_of(text)) }).count()
        };
        let (old, new) = others.split_at(PLACES_OF_A_ROW);
        assert!(old.iter().all(|text| places(text) == 0) && new.iter().all(|text| places(text) == 1));
        assert!(patterns.take(&heap, &[b'a'; PLACES + 1]).is_none(), "too long");
        // SAFETY: the flag lives as long as the heap.
        unsafe { refuse.write(true) };
        assert!(patterns.take(&heap, b"refused").is_none());
        patterns.release(&heap);
        assert_eq!(heap.in_use(), 0);
    }

    #[test]
    fn many_patterns_take_no_more_than_their_places() {
        let mut refuse = false;
        let heap = Heap::new(realloc, (&raw mut refuse).cast(), 0);
        let patterns = Patterns::default();
        let texts: Vec<[u8; 16]> = (0..1000u128).map(|i| (!i).to_le_bytes()).collect();
        for text in &texts {
            let kept = patterns.take(&heap, text).expect("memory");
            // SAFETY: taken from this cache, and put back once.
            unsafe { patterns.put(&heap, kept) };
        }
        let most = PLACES_OF_A_ROW * ROWS * size_of::<Kept>().next_multiple_of(64);
        assert!(heap.in_use() <= most, "{} bytes", heap.in_use());
        patterns.release(&heap);
        assert_eq!(heap.in_use(), 0);
    }
}
