//! Making strings: a short one is looked for first, a long one among a few.
//!
//! Not here: how it is found (`segments`, `recent`).

use core::cell::Cell;

use crate::heap::{Gc, Heap, Kind, OutOfMemory};

use super::recent::{Recent, hash_ends};
use super::segments::Segments;
use super::{MAX_SHORT, SHAPE_JOINED, SHAPE_LEN, SHAPE_LONG, Str, bytes};

/// All short strings.
pub struct StringTable {
    pub(super) segments: Segments,
    seed: u64,
    /// The strings of one byte, by that byte, which are nowhere else. PERF: scripts that look at text
    /// byte by byte make little else.
    singles: [Cell<Option<Gc<Str>>>; 256],
    recent: Recent,
}

impl StringTable {
    pub fn new(seed: u64) -> StringTable {
        StringTable {
            segments: Segments::new(),
            seed: seed | 1,
            singles: [const { Cell::new(None) }; 256],
            recent: Recent::new(),
        }
    }

    /// How many short strings there are.
    pub fn len(&self) -> usize {
        self.segments.len() + self.singles.iter().filter(|cell| cell.get().is_some()).count()
    }

    /// The string with these bytes: the interned one, or a long one.
    #[inline]
    pub fn make(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        if bytes.len() <= MAX_SHORT {
            self.intern(heap, bytes)
        } else {
            self.make_or_find_long(heap, bytes)
        }
    }

    /// PERF: not a part of `make`, where it would take registers from the search for short strings.
    #[inline(never)]
    fn make_or_find_long(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        let hash = self.long_hash(bytes.len(), bytes, bytes);
        if let Some(s) = self.known_long(heap, hash, bytes.len(), |s| s == bytes) {
            return Ok(s);
        }
        // SAFETY: source and destination are distinct; the length is the source's.
        let s = Self::make_long(heap, bytes.len(), |to| unsafe {
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        })?;
        self.note_long(hash, s);
        Ok(s)
    }

    /// By what a long string of `len` bytes is found that begins as `first` does, and ends as `last`; None: it is not.
    ///
    /// PERF: a string's own ends would do, but are not to be had for a while after the whole was written.
    #[inline]
    pub fn long_hash(&self, len: usize, first: &[u8], last: &[u8]) -> Option<u64> {
        Some(hash_ends(self.seed, len, *first.first_chunk()?, *last.last_chunk()?))
    }

    /// The long string of `len` bytes with this `long_hash` that is the one wanted, if it was made lately.
    #[inline]
    pub fn known_long(
        &self,
        heap: &Heap,
        hash: Option<u64>,
        len: usize,
        is_wanted: impl FnOnce(&[u8]) -> bool,
    ) -> Option<Gc<Str>> {
        let s = self.recent.find(hash?, |s| s.len() == len && is_wanted(s.as_bytes()))?;
        self.resurrect(heap, s);
        Some(s)
    }

    /// Lets `known_long` find a new long string with this `long_hash`.
    #[inline]
    pub fn note_long(&self, hash: Option<u64>, s: Gc<Str>) {
        if let Some(hash) = hash {
            self.recent.note(hash, s);
        }
    }

    /// A long string whose `len` (> MAX_SHORT) bytes `fill` writes through the pointer it is given.
    pub fn make_long(
        heap: &Heap,
        len: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<Gc<Str>, OutOfMemory> {
        Self::make_shaped(heap, len, SHAPE_LONG, fill)
    }

    /// A long string that is the result of a `..`: where it is joined again, it grows.
    pub fn make_joined(
        heap: &Heap,
        len: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<Gc<Str>, OutOfMemory> {
        Self::make_shaped(heap, len, SHAPE_LONG | SHAPE_JOINED, fill)
    }

    #[inline]
    fn make_shaped(
        heap: &Heap,
        len: usize,
        shape: u8,
        fill: impl FnOnce(*mut u8),
    ) -> Result<Gc<Str>, OutOfMemory> {
        debug_assert!(len > MAX_SHORT);
        let s = Self::blank(heap, len, shape)?;
        // SAFETY: the length of a long string lies behind its fixed part, in the same allocation.
        unsafe { s.as_ptr().add(1).cast::<usize>().write(len) };
        let to = s.data().cast_mut();
        fill(to);
        // SAFETY: there is room for the NUL behind the bytes.
        unsafe { to.add(len).write(0) };
        Ok(s)
    }

    /// A new string without its bytes, their NUL and the length of a long one.
    #[inline]
    fn blank(heap: &Heap, len: usize, shape: u8) -> Result<Gc<Str>, OutOfMemory> {
        let size = Str::size_for(len).ok_or(OutOfMemory)?;
        let p = heap.alloc_object(size, Kind::Str)?.cast::<Str>().as_ptr();
        // SAFETY: a fresh cell of the right size whose header is written; the other fields are
        // written here, the rest by the caller before anyone sees it.
        unsafe {
            (&raw mut (*p).shape).write(Cell::new(shape));
            (&raw mut (*p).hash).write(Cell::new(0));
            Ok(Gc::from_ptr(p))
        }
    }

    #[inline]
    fn intern(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        if let &[byte] = bytes {
            return self.single(heap, byte);
        }
        self.intern_hashed(heap, bytes)
    }

    /// The string of one to eight bytes, the first one least significant.
    #[inline]
    pub fn make_word(&self, heap: &Heap, word: u64, len: usize) -> Result<Gc<Str>, OutOfMemory> {
        match len {
            1 => self.single(heap, word as u8),
            2..8 => self.intern_word(heap, word, len),
            _ => self.make(heap, &word.to_le_bytes()[..len.min(8)]),
        }
    }

    /// The string that two short ones make together, of fewer than eight bytes.
    #[inline(always)]
    pub fn make_of_two(&self, heap: &Heap, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>, OutOfMemory> {
        let len = a.len() + b.len();
        debug_assert!(len < 8);
        self.make_word(heap, a.first_word() | b.first_word() << (8 * a.len()), len)
    }

    /// The string of this one byte.
    #[inline]
    pub fn single(&self, heap: &Heap, byte: u8) -> Result<Gc<Str>, OutOfMemory> {
        let cell = &self.singles[byte as usize];
        if let Some(s) = cell.get() {
            self.resurrect(heap, s);
            return Ok(s);
        }
        let s = Self::blank(heap, 1, 1)?;
        // SAFETY: the new string has room for a word, and is nobody else's yet.
        unsafe { s.data().cast_mut().cast::<u64>().write((byte as u64).to_le()) };
        cell.set(Some(s));
        Ok(s)
    }

    /// The same, if there is one.
    #[inline(always)]
    pub fn known_single(&self, heap: &Heap, byte: u8) -> Option<Gc<Str>> {
        let s = self.singles[byte as usize].get()?;
        self.resurrect(heap, s);
        Some(s)
    }

    /// Where the strings of one byte lie, by that byte, for machine code (`vm::jit`): null, if there is none. None of them is
    /// dead, while code runs (`forget_dead`).
    pub fn singles(&self) -> *const Cell<Option<Gc<Str>>> {
        self.singles.as_ptr()
    }

    #[inline]
    fn intern_hashed(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        let len = bytes.len();
        if len < 8 {
            self.intern_word(heap, bytes::packed(bytes), len)
        } else {
            self.intern_with(
                heap,
                bytes::hash_words(self.seed, bytes),
                len,
                |s| bytes::same(s.short_bytes(), bytes),
                // SAFETY: there is room for the bytes, a NUL, and what fills the last word.
                |to| unsafe { bytes::write_padded(bytes, to) },
            )
        }
    }

    /// The string of fewer than eight bytes, which are packed.
    #[inline(always)]
    fn intern_word(&self, heap: &Heap, word: u64, len: usize) -> Result<Gc<Str>, OutOfMemory> {
        let shape = len as u8;
        self.intern_with(
            heap,
            bytes::hash_word(self.seed, word, len),
            len,
            |s| s.first_word() == word && s.shape.get() & SHAPE_LEN == shape,
            // SAFETY: there is room for a word.
            |to| unsafe { to.cast::<u64>().write(word.to_le()) },
        )
    }

    /// The short string with this hash that is the one wanted, or a new one whose bytes `write` writes,
    /// with zeros behind them to the end of its last word.
    #[inline(always)]
    fn intern_with(
        &self,
        heap: &Heap,
        hash: u64,
        len: usize,
        is_wanted: impl Fn(Gc<Str>) -> bool,
        write: impl FnOnce(*mut u8),
    ) -> Result<Gc<Str>, OutOfMemory> {
        match self.segments.find(hash, is_wanted) {
            Ok(s) => {
                self.resurrect(heap, s);
                Ok(s)
            }
            Err(place) => {
                let place = match place {
                    Some(place) => Some(place),
                    None => {
                        self.make_room(heap, hash)?;
                        None
                    }
                };
                let s = Self::blank(heap, len, len as u8)?;
                write(s.data().cast_mut());
                match place {
                    Some(place) => self.segments.fill(place, hash, s),
                    None => self.segments.insert(hash, s),
                }
                Ok(s)
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&self, heap: &Heap, hash: u64) -> Result<(), OutOfMemory> {
        self.segments.reserve(heap, hash, |s| bytes::hash(self.seed, s.short_bytes()))
    }

    /// A string that was found dead but not yet swept is wanted again.
    #[inline]
    fn resurrect(&self, heap: &Heap, s: Gc<Str>) {
        if heap.is_dead(s.header()) {
            heap.whiten(s.header());
        }
    }

    /// When marking has ended: what hands out strings without a look at them forgets the dead.
    pub fn forget_dead(&self, heap: &Heap) {
        for cell in &self.singles {
            if cell.get().is_some_and(|s| heap.is_dead(s.header())) {
                cell.set(None);
            }
        }
        self.recent.forget_dead(heap);
    }

    /// Begins a sweep: strings that are dead now leave the table in `sweep_next`, or when they are
    /// forgotten.
    pub fn start_sweep(&self) {
        self.segments.start_sweep();
    }

    /// Lets some of the dead leave. Returns the bytes looked through; None: they have left, or will be
    /// forgotten one by one.
    pub fn sweep_next(&self, heap: &Heap) -> Option<usize> {
        let before = heap.in_use();
        let work = self.segments.sweep_next(heap);
        heap.swept_since(before);
        work
    }

    /// Ends the sweep: all cells have been swept.
    pub fn end_sweep(&self) {
        self.segments.end_sweep();
    }

    /// Forgets a short string that is about to be freed, if the sweep of the table has not yet.
    #[inline]
    pub fn forget(&self, s: Gc<Str>) {
        debug_assert!(s.is_short());
        if self.segments.is_sweeping() && s.len() != 1 {
            self.segments.remove(bytes::hash(self.seed, s.short_bytes()), s);
        }
    }

    /// Gives the table's memory back when the state closes.
    pub fn release(&self, heap: &Heap) {
        self.segments.release(heap);
    }

    /// A hash of any bytes that no script can predict.
    pub fn hash_of(&self, bytes: &[u8]) -> u64 {
        bytes::hash(self.seed, bytes)
    }
}
