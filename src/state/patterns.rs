//! Decoded patterns, kept from one match to the next: a small cache, by the pattern's text.
//!
//! Whoever matches *takes* the program and gives it back afterwards; so nobody else finds it meanwhile,
//! whatever is run in between.
//!
//! A pattern is nearly always a constant, so that the same string comes again: `hints` leads from its address to
//! what was found for it last. PERF: that is three loads and a comparison, without a look at the text.
//!
//! Invariants: what is found and what is made depends on the texts alone, not on addresses or seeds: so a
//! script takes the same memory and the same fuel in every state. A hint leads nowhere else than the text would, for
//! hints are forgotten before strings are freed.
//!
//! Not here: what a program is (`base::pattern`).

use core::cell::Cell;
use core::ptr::NonNull;

use crate::base::ctype::Classes;
use crate::base::pattern::straight::Straight;
use crate::base::pattern::{PLACES, Program, has_specials};
use crate::heap::{Gc, Heap};
use crate::object::Str;

/// So many places for each of so many values of [`row_of`]. PERF: a script that tokenizes has some twenty patterns; with two
/// places a row three of them met, and were decoded again and again.
const ROWS: usize = 32;
const PLACES_OF_A_ROW: usize = 4;
/// How many hints there are.
const HINTS: usize = 32;

/// In the place of an address: nobody knows the program by one; it is taken.
const NOBODY: usize = 0;
const TAKEN: usize = 1;

/// A program with its pattern.
struct Kept {
    /// The address of the string for which it was found last.
    known_by: Cell<usize>,
    text: [u8; PLACES],
    len: u8,
    /// How much of it is before its first NUL.
    until_nul: u8,
    has_specials: bool,
    /// [`ends_of`] the text.
    ends: u64,
    /// How often it was used before its steps were made; or one of these.
    uses: u8,
    /// Its steps, if they were made.
    straight: Cell<Option<NonNull<Straight>>>,
    program: Program,
}

/// A pattern that is used so often gets steps. PERF: to make them takes about what they have saved by then.
const USED: u8 = 16;
/// It has none, and will have none.
const NEVER: u8 = u8::MAX;

/// What was found for a pattern; nobody has taken it.
pub struct Known(NonNull<Kept>);

impl Known {
    #[inline(always)]
    fn kept(&self) -> *const Kept {
        self.0.as_ptr()
    }

    #[inline(always)]
    fn known_by(&self) -> &Cell<usize> {
        // SAFETY: what places and hints lead to is whole as long as they do. Fields are looked at one by one, for the program
        // of what is taken is changed.
        unsafe { &(*self.kept()).known_by }
    }

    /// Whether this is a pattern's. PERF: its ends say all about a short one.
    #[inline(always)]
    fn is(&self, pattern: &[u8], ends: u64) -> bool {
        // SAFETY: as above; these never change.
        let (known_ends, len, text) = unsafe { ((*self.kept()).ends, (*self.kept()).len, &(*self.kept()).text) };
        known_ends == ends
            && len as usize == pattern.len()
            && (pattern.len() <= size_of_val(&ends) || text[..pattern.len()] == *pattern)
    }

    /// The pattern, as far as it counts.
    #[inline(always)]
    fn pattern(&self) -> &[u8] {
        // SAFETY: as above.
        unsafe { &(&(*self.kept()).text)[..(*self.kept()).until_nul as usize] }
    }

    /// [`has_specials`] of the pattern.
    #[inline(always)]
    pub fn has_specials(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.kept()).has_specials }
    }

    /// Its steps, behind a `^` if it has one, for the locale with these classes. They are made when it has been used for
    /// a while. Whoever has them runs no code of Lua's meanwhile.
    #[inline(always)]
    pub fn straight(&mut self, heap: &Heap, classes: Classes) -> Option<&Straight> {
        // SAFETY: as above. Steps are replaced by `make_straight` alone.
        match unsafe { (*self.kept()).straight.get().map(|straight| straight.as_ref()) } {
            Some(straight) if straight.is_of(classes) => Some(straight),
            _ => self.make_straight(heap, classes),
        }
    }

    #[cold]
    #[inline(never)]
    fn make_straight(&mut self, heap: &Heap, classes: Classes) -> Option<&Straight> {
        // SAFETY: it is not taken, so nobody else looks at it while it is borrowed.
        let kept = unsafe { self.0.as_mut() };
        debug_assert!(kept.known_by.get() != TAKEN);
        if kept.uses < USED {
            kept.uses += 1;
            return None;
        }
        if kept.uses == NEVER {
            return None;
        }
        let pattern = &kept.text[..kept.until_nul as usize];
        let anchored = pattern.first() == Some(&b'^');
        let made = Straight::make(&mut kept.program, pattern, classes, anchored as usize);
        let memory = || kept.straight.get().or_else(|| heap.alloc_array::<Straight>(1).ok());
        let Some((made, memory)) = made.and_then(|made| Some((made, memory()?))) else {
            kept.uses = NEVER;
            return None;
        };
        // SAFETY: room for one, and ours.
        unsafe { memory.write(made) };
        kept.straight.set(Some(memory));
        // SAFETY: just written.
        Some(unsafe { memory.as_ref() })
    }

    /// Gives the memory of its steps back, if it has any.
    fn release_straight(&self, heap: &Heap) {
        // SAFETY: as above.
        if let Some(straight) = unsafe { (*self.kept()).straight.take() } {
            // SAFETY: ALLOC: as `make_straight` took it; nothing leads there any more.
            unsafe { heap.free_array(straight, 1) };
        }
    }

    /// Takes it, until what is returned is dropped.
    #[inline(always)]
    pub fn take(self) -> Taken {
        let known_by = self.known_by().replace(TAKEN);
        debug_assert!(known_by != TAKEN);
        Taken { known: self, known_by }
    }
}

/// A program that was taken.
pub struct Taken {
    known: Known,
    known_by: usize,
}

impl Taken {
    /// The pattern, as far as it counts, the program, and the steps, if they are of the locale with these classes.
    #[inline(always)]
    pub fn parts(&mut self, classes: Classes) -> (&[u8], &mut Program, Option<&Straight>) {
        let kept = self.known.0.as_ptr();
        // SAFETY: what is taken is nobody else's; steps live until they are replaced, while nobody has taken the program.
        let (program, straight) =
            unsafe { (&mut (*kept).program, (*kept).straight.get().map(|straight| straight.as_ref())) };
        (self.known.pattern(), program, straight.filter(|straight| straight.is_of(classes)))
    }
}

impl Drop for Taken {
    #[inline(always)]
    fn drop(&mut self) {
        self.known.known_by().set(self.known_by);
    }
}

#[derive(Default)]
pub struct Patterns {
    /// In each row the newest comes first, and gaps last.
    rows: [[Cell<Option<NonNull<Kept>>>; PLACES_OF_A_ROW]; ROWS],
    /// By [`hint_of`] the address of a pattern: what it has led to last.
    hints: [Cell<Option<NonNull<Kept>>>; HINTS],
}

impl Patterns {
    /// What the pattern has led to last, if that is known.
    #[inline(always)]
    pub fn hinted(&self, pattern: Gc<Str>) -> Option<Known> {
        let address = pattern.as_ptr() as usize;
        let known = Known(self.hints[hint_of(address)].get()?);
        // What is taken is known by no address.
        (known.known_by().get() == address).then_some(known)
    }

    /// The program of a pattern, new or as it was given back. `None` if the pattern is too long to be kept, its program is
    /// taken, or memory is refused: the caller does with a program of his own.
    #[inline(never)]
    pub fn find(&self, heap: &Heap, pattern: Gc<Str>) -> Option<Known> {
        let text = pattern.as_bytes();
        let ends = ends_of(text);
        let row = &self.rows[row_of(ends, text.len())];
        let kept = row.iter().map_while(|place| place.get().map(Known)).find(|known| known.is(text, ends));
        let known = match kept {
            Some(known) => known,
            None => Known(Self::make(heap, text, ends, row)?),
        };
        if known.known_by().get() == TAKEN {
            return None;
        }
        let address = pattern.as_ptr() as usize;
        known.known_by().set(address);
        self.hints[hint_of(address)].set(Some(known.0));
        Some(known)
    }

    #[cold]
    #[inline(never)]
    fn make(
        heap: &Heap,
        pattern: &[u8],
        ends: u64,
        row: &[Cell<Option<NonNull<Kept>>>; PLACES_OF_A_ROW],
    ) -> Option<NonNull<Kept>> {
        let mut text = [0; PLACES];
        text.get_mut(..pattern.len())?.copy_from_slice(pattern);
        // In a full row the oldest makes room: its memory serves again.
        let memory = match row[PLACES_OF_A_ROW - 1].get().map(Known) {
            Some(oldest) if oldest.known_by().get() == TAKEN => return None,
            Some(oldest) => {
                oldest.release_straight(heap);
                oldest.0
            }
            None => heap.alloc_array::<Kept>(1).ok()?,
        };
        let len = pattern.len() as u8;
        let kept = Kept {
            known_by: Cell::new(NOBODY),
            text,
            len,
            until_nul: pattern.iter().position(|&byte| byte == 0).map_or(len, |at| at as u8),
            has_specials: has_specials(pattern),
            ends,
            uses: 0,
            straight: Cell::new(None),
            program: Program::new(),
        };
        // SAFETY: room for one, and ours.
        unsafe { memory.write(kept) };
        let mut moved = Some(memory);
        for place in row {
            moved = place.replace(moved);
        }
        Some(memory)
    }

    /// Before strings are freed: their addresses will be others'.
    pub fn forget_addresses(&self) {
        for hint in &self.hints {
            hint.set(None);
        }
    }

    /// Frees them all, at the end of a state.
    pub fn release(&self, heap: &Heap) {
        // PERF: gaps come last, and few rows have anything but gaps.
        for row in &self.rows {
            for kept in row.iter().map_while(Cell::take) {
                Known(kept).release_straight(heap);
                // SAFETY: ALLOC: as `make` took it.
                unsafe { heap.free_array(kept, 1) };
            }
        }
    }
}

/// Which hint an address has. PERF: strings are 16 bytes apart at least.
#[inline(always)]
fn hint_of(address: usize) -> usize {
    (address >> 4 ^ address >> 9) % HINTS
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
    use crate::object::StringTable;
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

    fn string(heap: &Heap, strings: &StringTable, text: &[u8]) -> Gc<Str> {
        strings.make(heap, text).expect("memory")
    }

    #[test]
    fn a_pattern_is_found_again_by_its_text() {
        let mut refuse = false;
        let refuse = &raw mut refuse;
        let heap = Heap::new(realloc, refuse.cast(), 0);
        let strings = StringTable::new(1);
        let patterns = Patterns::default();
        let text = b"%a+";
        let pattern = string(&heap, &strings, text);
        assert!(patterns.hinted(pattern).is_none());
        let first = patterns.find(&heap, pattern).expect("memory").0;
        assert_eq!(patterns.hinted(pattern).expect("a hint").0, first);
        patterns.forget_addresses();
        assert!(patterns.hinted(pattern).is_none());
        let known = patterns.find(&heap, pattern).expect("it is still there");
        assert_eq!(known.0, first);
        let mut taken = known.take();
        assert_eq!(taken.parts(Classes::current()).0, text);
        assert!(patterns.hinted(pattern).is_none() && patterns.find(&heap, pattern).is_none(), "it is in use");
        // Other patterns of the same row have programs of their own, for which old ones make room; what is taken does not.
        let row = |text: &[u8]| row_of(ends_of(text), text.len());
        let same_row = (1..10_000u32).map(|i| i.to_be_bytes()).filter(|other| row(other) == row(text));
        let others: Vec<[u8; 4]> = same_row.take(2 * PLACES_OF_A_ROW).collect();
        let is_found = |text: &[u8]| patterns.find(&heap, string(&heap, &strings, text)).is_some();
        let found = others.iter().filter(|text| is_found(*text)).count();
        assert_eq!(found, PLACES_OF_A_ROW - 1);
        drop(taken);
        assert_eq!(patterns.hinted(pattern).expect("the hint again").0, first);
        assert!(others.iter().all(|text| is_found(text)));
        // Those made last are there; the oldest is not.
        let places = |text: &[u8]| {
            let kept = patterns.rows[row(text)].iter().filter_map(Cell::get).map(Known);
            kept.filter(|known| known.is(text, ends_of(text))).count()
        };
        let (old, new) = others.split_at(PLACES_OF_A_ROW);
        assert!(old.iter().all(|text| places(text) == 0) && new.iter().all(|text| places(text) == 1));
        assert!(patterns.hinted(pattern).is_none() && places(text) == 0);
        assert!(!is_found(&[b'a'; PLACES + 1]), "too long");
        let refused = string(&heap, &strings, b"refused");
        // SAFETY: the flag lives as long as the heap.
        unsafe { refuse.write(true) };
        assert!(patterns.find(&heap, refused).is_none());
        // SAFETY: as above.
        unsafe { refuse.write(false) };
        patterns.release(&heap);
    }

    #[test]
    fn a_pattern_ends_at_its_first_nul() {
        let mut refuse = false;
        let heap = Heap::new(realloc, (&raw mut refuse).cast(), 0);
        let strings = StringTable::new(1);
        let patterns = Patterns::default();
        let with_nul = patterns.find(&heap, string(&heap, &strings, b"ab\0+")).expect("memory");
        assert!(with_nul.pattern() == b"ab" && !with_nul.has_specials());
        let without = patterns.find(&heap, string(&heap, &strings, b"ab+")).expect("memory");
        assert!(without.pattern() == b"ab+" && without.has_specials());
        patterns.release(&heap);
    }

    #[test]
    fn steps_are_made_after_some_uses_and_freed_with_the_pattern() {
        let mut refuse = false;
        let heap = Heap::new(realloc, (&raw mut refuse).cast(), 0);
        let strings = StringTable::new(1);
        let patterns = Patterns::default();
        let texts = [&b"^%s*(.-)%s*$"[..], b"(%w+)=(%w+)", b"%1", b"(a", b"%"].map(|text| string(&heap, &strings, text));
        let before = heap.in_use();
        let classes = Classes::current();
        let has_steps = texts.map(|text| {
            let mut known = patterns.find(&heap, text).expect("memory");
            for _ in 0..USED {
                assert!(known.straight(&heap, classes).is_none());
            }
            let is_made = known.straight(&heap, classes).is_some();
            assert_eq!(known.straight(&heap, classes).is_some(), is_made);
            assert_eq!(known.take().parts(classes).2.is_some(), is_made);
            is_made
        });
        assert_eq!(has_steps, [true, true, false, true, false]);
        patterns.release(&heap);
        assert_eq!(heap.in_use(), before);
    }

    #[test]
    fn many_patterns_take_no_more_than_their_places() {
        let mut refuse = false;
        let heap = Heap::new(realloc, (&raw mut refuse).cast(), 0);
        let strings = StringTable::new(1);
        let patterns = Patterns::default();
        let texts: Vec<Gc<Str>> =
            (0..1000u128).map(|i| string(&heap, &strings, &(!i).to_le_bytes())).collect();
        let before = heap.in_use();
        for &text in &texts {
            assert!(patterns.find(&heap, text).is_some());
        }
        let most = PLACES_OF_A_ROW * ROWS * size_of::<Kept>().next_multiple_of(64);
        assert!(heap.in_use() - before <= most, "{} bytes", heap.in_use() - before);
        patterns.release(&heap);
        assert_eq!(heap.in_use(), before);
    }
}
