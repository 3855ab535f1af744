//! Strings: immutable bytes with a NUL behind them, the short ones interned.
//!
//! ```text
//!   0 header  2 keyword  3 flags  4 placement hash  8 length and intern bits  16 bytes… NUL
//! ```
//!
//! Two hashes, for two purposes. The *placement* hash decides where a key sits in a table, which
//! `pairs` shows: it is the reference's, computed when first asked for. The *intern* hash finds a
//! short string among all others: seeded, fast, and visible to no script. Its low bits are kept
//! with the length, so that a dead string is found in the table without hashing it again.
//!
//! Invariant: two short strings with the same bytes are the same object; so short strings are equal
//! exactly when their addresses are.
//! Not here: string library functions.

#[cfg(feature = "ltests")]
mod inspect;

use core::cell::Cell;
use core::ptr::NonNull;
use core::slice;

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory};

/// The longest string that is interned.
pub const MAX_SHORT: usize = 40;

const FLAG_SHORT: u8 = 1;
const FLAG_HASHED: u8 = 2;

#[repr(C)]
pub struct Str {
    header: GcHeader,
    /// 1-based index of the reserved word this is, 0 for all other strings. Set by the lexer.
    pub keyword: Cell<u8>,
    flags: Cell<u8>,
    hash: Cell<u32>,
    /// The length; above `LEN_BITS`, the low bits of a short string's intern hash.
    word: u64,
}

const LEN_BITS: u32 = 40;
const MAX_LEN: usize = (1 << LEN_BITS) - 1;
/// How many bits of the intern hash a string keeps.
const KEPT_BITS: u32 = 64 - LEN_BITS;

// SAFETY: repr(C), begins with its header, allocated as Kind::Str only.
unsafe impl HeapObject for Str {
    const KIND: Kind = Kind::Str;
}

impl Str {
    /// Bytes that an object of this length takes.
    pub fn size_for(len: usize) -> Option<usize> {
        (len <= MAX_LEN).then(|| len + size_of::<Str>() + 1)
    }

    pub fn object_size(&self) -> usize {
        size_of::<Str>() + self.len() + 1
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.word as usize & MAX_LEN
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_short(&self) -> bool {
        self.flags.get() & FLAG_SHORT != 0
    }

    #[inline(always)]
    pub fn data(&self) -> *const u8 {
        // SAFETY: the bytes follow the fixed part, in the same allocation.
        unsafe { (self as *const Str).add(1).cast() }
    }

    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: len bytes follow, written once when the string was made.
        unsafe { slice::from_raw_parts(self.data(), self.len()) }
    }

    /// The bytes and the NUL behind them.
    #[inline(always)]
    pub fn as_bytes_with_nul(&self) -> &[u8] {
        // SAFETY: len bytes and a NUL follow, written once when the string was made.
        unsafe { slice::from_raw_parts(self.data(), self.len() + 1) }
    }

    /// The placement hash: the reference's, over at most 32 of the bytes.
    #[inline(always)]
    pub fn hash(&self) -> u32 {
        if self.flags.get() & FLAG_HASHED != 0 { self.hash.get() } else { self.compute_hash() }
    }

    /// The placement hash of a short string, if it has been needed before.
    #[inline(always)]
    pub fn short_hash(&self) -> Option<u32> {
        let known = self.flags.get() & (FLAG_SHORT | FLAG_HASHED) == FLAG_SHORT | FLAG_HASHED;
        if known { Some(self.hash.get()) } else { None }
    }

    /// The placement hash of a string that has been a key.
    #[inline(always)]
    pub fn known_hash(&self) -> u32 {
        debug_assert!(self.flags.get() & FLAG_HASHED != 0);
        self.hash.get()
    }

    /// Tells a new string its placement hash, `placement_hash` of its bytes.
    pub fn set_hash(&self, hash: u32) {
        debug_assert_eq!(hash, placement_hash(self.as_bytes()));
        self.hash.set(hash);
        self.flags.set(self.flags.get() | FLAG_HASHED);
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(&self) -> u32 {
        let hash = placement_hash(self.as_bytes());
        self.set_hash(hash);
        hash
    }
}

/// COMPAT: the order of `pairs` depends on this function. Longer strings are sampled from the end.
pub const fn placement_hash(bytes: &[u8]) -> u32 {
    let mut hash = bytes.len() as u32;
    let step = (bytes.len() >> 5) + 1;
    let mut left = bytes.len();
    while left >= step {
        let mixed = (hash << 5).wrapping_add(hash >> 2).wrapping_add(bytes[left - 1] as u32);
        hash ^= mixed;
        left -= step;
    }
    hash
}

/// All short strings: open addressing, the top 16 bits of a slot holding hash bits so that most
/// strangers are told apart without a look at the string.
pub struct StringTable {
    slots: Cell<*mut u64>,
    capacity: Cell<usize>,
    /// Used slots.
    count: Cell<usize>,
    seed: u64,
    /// The strings of one byte, by that byte, which are nowhere else. PERF: scripts that look at text
    /// byte by byte make little else.
    singles: [Cell<Option<Gc<Str>>>; 256],
}

const EMPTY: u64 = 0;
const ADDRESS: u64 = (1 << 48) - 1;
const MIN_CAPACITY: usize = 256;

impl StringTable {
    /// An empty table; `reserve_first` must succeed before the first string is made.
    pub fn new(seed: u64) -> StringTable {
        StringTable {
            slots: Cell::new(core::ptr::null_mut()),
            capacity: Cell::new(0),
            count: Cell::new(0),
            seed: seed | 1,
            singles: [const { Cell::new(None) }; 256],
        }
    }

    /// How many short strings there are.
    pub fn len(&self) -> usize {
        self.count.get() + self.singles.iter().filter(|cell| cell.get().is_some()).count()
    }

    /// The string with these bytes: the interned one, or a new long one.
    #[inline]
    pub fn make(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        if bytes.len() <= MAX_SHORT {
            self.intern(heap, bytes)
        } else {
            // SAFETY: source and destination are distinct; the length is the source's.
            Self::make_long(heap, bytes.len(), |to| unsafe {
                to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            })
        }
    }

    /// A long string whose `len` (> MAX_SHORT) bytes `fill` writes through the pointer it is given.
    pub fn make_long(
        heap: &Heap,
        len: usize,
        fill: impl FnOnce(*mut u8),
    ) -> Result<Gc<Str>, OutOfMemory> {
        debug_assert!(len > MAX_SHORT);
        let s = Self::blank(heap, len, 0, 0)?;
        fill(s.data().cast_mut());
        Ok(s)
    }

    #[inline]
    fn blank(heap: &Heap, len: usize, flags: u8, hash: u64) -> Result<Gc<Str>, OutOfMemory> {
        let size = Str::size_for(len).ok_or(OutOfMemory)?;
        let p = heap.alloc_object(size, Kind::Str)?.cast::<Str>().as_ptr();
        // SAFETY: a fresh cell of the right size whose header is written; the other fields and the
        // closing NUL are written here, the bytes by the caller before anyone sees them.
        unsafe {
            (&raw mut (*p).keyword).write(Cell::new(0));
            (&raw mut (*p).flags).write(Cell::new(flags));
            (&raw mut (*p).hash).write(Cell::new(0));
            (&raw mut (*p).word).write(len as u64 | hash << LEN_BITS);
            p.add(1).cast::<u8>().add(len).write(0);
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

    /// The string of this one byte.
    #[inline]
    pub fn single(&self, heap: &Heap, byte: u8) -> Result<Gc<Str>, OutOfMemory> {
        let cell = &self.singles[byte as usize];
        if let Some(s) = cell.get() {
            self.resurrect(heap, s);
            return Ok(s);
        }
        let s = Self::blank(heap, 1, FLAG_SHORT, 0)?;
        // SAFETY: the new string has room for its own length, and is nobody else's yet.
        unsafe { s.data().cast_mut().write(byte) };
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

    fn intern_hashed(&self, heap: &Heap, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        let hash = self.intern_hash(bytes);
        let tag = hash & !ADDRESS;
        let mut at = self.home(hash);
        if self.capacity.get() != 0 {
            loop {
                let slot = self.slot(at);
                if slot == EMPTY {
                    break;
                }
                if slot & !ADDRESS == tag {
                    let s = Self::string_of(slot);
                    if same_bytes(s.as_bytes(), bytes) {
                        self.resurrect(heap, s);
                        return Ok(s);
                    }
                }
                at = self.after(at);
            }
        }
        if self.count.get() * 3 >= self.capacity.get() * 2 {
            self.grow(heap)?;
        }
        let s = Self::blank(heap, bytes.len(), FLAG_SHORT, hash)?;
        // SAFETY: the new string has room for its own length, and is nobody else's yet.
        unsafe { copy_short(bytes, s.data().cast_mut()) };
        self.put(self.home(hash), (hash & !ADDRESS) | s.as_ptr() as u64);
        self.count.set(self.count.get() + 1);
        Ok(s)
    }

    /// A string that was found dead but not yet swept is wanted again.
    #[inline]
    fn resurrect(&self, heap: &Heap, s: Gc<Str>) {
        if heap.is_dead(s.header()) {
            heap.whiten(s.header());
        }
    }

    /// Forgets a short string that the sweep is about to free.
    pub fn remove(&self, s: Gc<Str>) {
        debug_assert!(s.is_short());
        if let &[byte] = s.as_bytes() {
            self.singles[byte as usize].set(None);
            return;
        }
        let mask = self.capacity.get() - 1;
        let mut hole = self.home_of(s);
        while Self::string_of(self.slot(hole)) != s {
            hole = self.after(hole);
        }
        // Close the gap: move up every later entry of the run that may stand in the hole.
        let mut at = hole;
        loop {
            at = self.after(at);
            let slot = self.slot(at);
            if slot == EMPTY {
                break;
            }
            let home = self.home_of(Self::string_of(slot));
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.set_slot(hole, slot);
                hole = at;
            }
        }
        self.set_slot(hole, EMPTY);
        self.count.set(self.count.get() - 1);
    }

    fn grow(&self, heap: &Heap) -> Result<(), OutOfMemory> {
        self.resize(heap, (self.capacity.get() * 2).max(MIN_CAPACITY))
    }

    /// After a sweep: gives memory back if most slots have become empty.
    pub fn shrink(&self, heap: &Heap) {
        let wanted = (self.count.get() * 4).next_power_of_two().max(MIN_CAPACITY);
        if wanted * 2 < self.capacity.get() {
            // A refusal leaves the table as it is, which serves as well.
            let _ = self.resize(heap, wanted);
        }
    }

    fn resize(&self, heap: &Heap, capacity: usize) -> Result<(), OutOfMemory> {
        let old = self.slots.get();
        let old_capacity = self.capacity.get();
        let slots = heap.alloc_array::<u64>(capacity)?.as_ptr();
        for i in 0..capacity {
            // SAFETY: i is below the new array's count.
            unsafe { slots.add(i).write(EMPTY) };
        }
        self.slots.set(slots);
        self.capacity.set(capacity);
        for i in 0..old_capacity {
            // SAFETY: i is below the old array's count.
            let slot = unsafe { old.add(i).read() };
            if slot != EMPTY {
                self.put(self.home_of(Self::string_of(slot)), slot);
            }
        }
        if let Some(p) = NonNull::new(old) {
            // SAFETY: ALLOC: the old array with its count, no longer used.
            unsafe { heap.free_array(p, old_capacity) };
        }
        Ok(())
    }

    /// Gives the slots back when the state closes.
    pub fn release(&self, heap: &Heap) {
        if let Some(p) = NonNull::new(self.slots.replace(core::ptr::null_mut())) {
            // SAFETY: ALLOC: our array with its count.
            unsafe { heap.free_array(p, self.capacity.replace(0)) };
        }
        self.count.set(0);
    }

    /// Stores an entry in the first free slot from its home on.
    fn put(&self, home: usize, entry: u64) {
        let mut at = home;
        while self.slot(at) != EMPTY {
            at = self.after(at);
        }
        self.set_slot(at, entry);
    }

    /// Where a short string's entry belongs.
    #[inline]
    fn home_of(&self, s: Gc<Str>) -> usize {
        if self.capacity.get() <= 1 << KEPT_BITS {
            self.home(s.word >> LEN_BITS)
        } else {
            self.home(self.intern_hash(s.as_bytes()))
        }
    }

    fn string_of(slot: u64) -> Gc<Str> {
        // SAFETY: a used slot holds the address of a string that is in the table, so alive.
        unsafe { Gc::from_ptr((slot & ADDRESS) as *mut Str) }
    }

    #[inline(always)]
    fn home(&self, hash: u64) -> usize {
        hash as usize & self.capacity.get().wrapping_sub(1)
    }

    #[inline(always)]
    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.capacity.get() - 1)
    }

    #[inline(always)]
    fn slot(&self, at: usize) -> u64 {
        debug_assert!(at < self.capacity.get());
        // SAFETY: indices are masked by capacity - 1.
        unsafe { self.slots.get().add(at).read() }
    }

    #[inline(always)]
    fn set_slot(&self, at: usize, slot: u64) {
        debug_assert!(at < self.capacity.get());
        // SAFETY: indices are masked by capacity - 1.
        unsafe { self.slots.get().add(at).write(slot) }
    }

    /// A hash of any bytes that no script can predict.
    pub fn hash_of(&self, bytes: &[u8]) -> u64 {
        self.intern_hash(bytes)
    }

    /// Multiply-and-fold over eight bytes at a time, keyed by the seed; the last eight may overlap
    /// those before.
    #[inline]
    fn intern_hash(&self, bytes: &[u8]) -> u64 {
        let mut hash = self.seed ^ (bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut rest = bytes;
        while rest.len() > 8
            && let Some((word, after)) = rest.split_first_chunk()
        {
            hash = fold(hash ^ u64::from_le_bytes(*word));
            rest = after;
        }
        fold(fold(hash ^ last_word(bytes)) ^ self.seed)
    }
}

/// The last eight bytes, or all of a shorter string: with its length they tell such strings apart.
///
/// PERF: without a call of memcpy or a loop.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.last_chunk() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return first as u64 | (last as u64) << 32;
    }
    match *bytes {
        [] => 0,
        [a] => a as u64,
        [a, b] => a as u64 | (b as u64) << 8,
        [a, b, c, ..] => a as u64 | (b as u64) << 8 | (c as u64) << 16,
    }
}

/// Whether two strings are the same. PERF: a call of memcmp costs more than most of them.
#[inline(always)]
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() || last_word(a) != last_word(b) {
        return false;
    }
    let (mut a, mut b) = (a, b);
    while a.len() > 8 {
        let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first_chunk::<8>(), b.split_first_chunk())
        else {
            return false;
        };
        if x != y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    true
}

/// Copies at most `MAX_SHORT` bytes by words that may overlap.
/// PERF: a call of memcpy costs more than the copy.
///
/// # Safety
/// `to` has room for the bytes.
#[inline(always)]
unsafe fn copy_short(from: &[u8], to: *mut u8) {
    let (p, len) = (from.as_ptr(), from.len());
    debug_assert!(len <= MAX_SHORT);
    // SAFETY: each word read and written lies within the first `len` bytes.
    unsafe {
        if len >= 8 {
            let last = p.add(len - 8).cast::<u64>().read_unaligned();
            let mut at = 0;
            while at + 8 < len {
                to.add(at).cast::<u64>().write_unaligned(p.add(at).cast::<u64>().read_unaligned());
                at += 8;
            }
            to.add(len - 8).cast::<u64>().write_unaligned(last);
        } else if len >= 4 {
            let last = p.add(len - 4).cast::<u32>().read_unaligned();
            to.cast::<u32>().write_unaligned(p.cast::<u32>().read_unaligned());
            to.add(len - 4).cast::<u32>().write_unaligned(last);
        } else {
            for i in 0..len {
                to.add(i).write(p.add(i).read());
            }
        }
    }
}

#[inline(always)]
fn fold(x: u64) -> u64 {
    let wide = (x ^ 0xA076_1D64_78BD_642F) as u128 * 0xE703_7ED1_A0B4_28DB_u128;
    (wide >> 64) as u64 ^ wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_string_counts() {
        let table = StringTable::new(7);
        let text: [u8; 80] = core::array::from_fn(|i| i as u8);
        for len in 0..text.len() {
            let whole = &text[..len];
            assert!(same_bytes(whole, whole));
            assert!(!same_bytes(whole, &text[..len + 1]));
            assert_ne!(table.hash_of(whole), table.hash_of(&text[..len + 1]));
            for at in 0..len {
                let mut other = text;
                other[at] ^= 0x80;
                assert!(!same_bytes(whole, &other[..len]), "byte {at} of {len}");
                assert_ne!(table.hash_of(whole), table.hash_of(&other[..len]), "byte {at} of {len}");
            }
        }
    }
}
