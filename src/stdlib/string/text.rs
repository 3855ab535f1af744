//! Making the strings that library functions return: text of unknown length, collected in [`Text`],
//! and strings whose length is known, written in place ([`build`]).
//!
//! Not here: number text (`base::number`).

use core::mem::{self, MaybeUninit};

use crate::heap::{Buffer, Gc, Heap, OutOfMemory};
use crate::object::string::MAX_SHORT;
use crate::object::{Str, StringTable};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::safepoint;

/// What is collected without asking the host for memory. PERF: most results of `format` and `gsub`.
const INLINE: usize = 1024;

/// Bytes of a long result that are made between two looks at the limits.
pub const PIECE: usize = 1 << 14;

/// Bytes on their way to becoming a string.
///
/// PERF: `inline` is not cleared first. Beside a field that is 0 at first the compiler clears both in one go, so there is none
/// beside it.
#[repr(C)]
pub struct Text<'h> {
    spilled: Buffer<'h, u8>,
    /// How many bytes of `inline` are left; those before are all written. They have moved to `spilled` once that has any
    /// capacity.
    left: usize,
    inline: [MaybeUninit<u8>; INLINE],
}

impl<'h> Text<'h> {
    pub fn new(heap: &'h Heap) -> Text<'h> {
        let inline = [MaybeUninit::uninit(); INLINE];
        Text { spilled: Buffer::new(heap), left: INLINE, inline }
    }

    /// How many bytes of `inline` are written.
    #[inline(always)]
    fn len(&self) -> usize {
        INLINE - self.left
    }

    #[inline]
    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        if self.spilled.capacity() != 0 {
            return match bytes {
                [] => Ok(()),
                [byte] => self.spilled.push(*byte),
                _ => self.spilled.extend(bytes),
            };
        }
        let at = self.len();
        match self.inline[at..].get_mut(..bytes.len()) {
            Some(room) => {
                room.write_copy_of_slice(bytes);
                self.left -= bytes.len();
                Ok(())
            }
            None => self.spill(bytes),
        }
    }

    /// Adds the first `len` of the eight bytes of a word, the first one least significant.
    #[inline(always)]
    pub fn append(&mut self, word: u64, len: usize) -> Result<(), OutOfMemory> {
        let at = self.len();
        if self.spilled.capacity() == 0
            && let Some(room) = self.inline[at..].first_chunk_mut::<8>()
        {
            room.write_copy_of_slice(&word.to_le_bytes());
            self.left -= len;
            return Ok(());
        }
        self.extend(&word.to_le_bytes()[..len])
    }

    pub fn heap(&self) -> &'h Heap {
        self.spilled.heap()
    }

    #[inline]
    pub fn push(&mut self, byte: u8) -> Result<(), OutOfMemory> {
        let at = self.len();
        if self.spilled.capacity() == 0
            && let Some(room) = self.inline.get_mut(at)
        {
            room.write(byte);
            self.left -= 1;
            return Ok(());
        }
        self.extend(&[byte])
    }

    /// Adds what is often no byte or one. PERF: a call of memcpy takes longer than these.
    #[inline(always)]
    pub fn piece(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        match bytes {
            [] => Ok(()),
            [byte] => self.push(*byte),
            _ => self.extend(bytes),
        }
    }

    /// Adds the first `len` of these bytes. PERF: copies them all; a call of memcpy for a few takes longer.
    #[inline(always)]
    pub fn chunk<const N: usize>(&mut self, bytes: &[u8; N], len: usize) -> Result<(), OutOfMemory> {
        let at = self.len();
        if self.spilled.capacity() == 0
            && let Some(room) = self.inline[at..].first_chunk_mut::<N>()
        {
            room.write_copy_of_slice(bytes);
            self.left -= len.min(N);
            return Ok(());
        }
        self.extend(&bytes[..len])
    }

    /// Adds the bytes of a string.
    #[inline]
    pub fn string(&mut self, s: &Str) -> Result<(), OutOfMemory> {
        let Some(words) = s.short_words() else { return self.extend(s.as_bytes()) };
        if self.spilled.capacity() != 0 {
            return self.spilled.extend_words(words, s.len());
        }
        let at = self.len();
        let Some(room) = self.inline[at..].get_mut(..words.len() * 8) else { return self.extend(s.as_bytes()) };
        for (to, word) in room.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            to.write_copy_of_slice(&word.to_ne_bytes());
        }
        self.left -= s.len();
        Ok(())
    }

    /// `count` times the same byte.
    pub fn fill(&mut self, byte: u8, count: usize) -> Result<(), OutOfMemory> {
        if count <= 8 {
            let all = u64::from_ne_bytes([byte; 8]);
            return if count == 0 { Ok(()) } else { self.append(all >> (64 - 8 * count), count) };
        }
        if count <= 16 {
            return self.chunk(&[byte; 16], count);
        }
        let block = [byte; 64];
        let mut left = count;
        while left > 0 {
            let part = left.min(block.len());
            self.extend(&block[..part])?;
            left -= part;
        }
        Ok(())
    }

    /// Moves to the host's memory, with what comes next.
    #[cold]
    #[inline(never)]
    fn spill(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        let len = self.len();
        self.spilled.reserve((len + bytes.len()).max(2 * INLINE))?;
        // SAFETY: so many bytes are written.
        self.spilled.extend(unsafe { self.inline[..len].assume_init_ref() })?;
        self.spilled.extend(bytes)
    }

    pub fn bytes(&self) -> &[u8] {
        if self.spilled.capacity() != 0 {
            return &self.spilled;
        }
        // SAFETY: so many bytes are written.
        unsafe { self.inline[..self.len()].assume_init_ref() }
    }

    /// Pushes what was collected, as the only result. PERF: by reference, for to be moved it would be copied.
    pub fn push_result(&self, l: &mut State) -> NativeResult {
        l.global().spend_bytes(self.bytes().len());
        l.push_bytes(self.bytes())?;
        Ok(Outcome::Return(1))
    }
}

/// Writes a new string from its first byte to its last.
pub struct Filler<'a> {
    rest: &'a mut [MaybeUninit<u8>],
}

impl Filler<'_> {
    /// The next bytes; whatever exceeds the string's length is dropped.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) {
        let count = bytes.len().min(self.rest.len());
        let (head, tail) = mem::take(&mut self.rest).split_at_mut(count);
        head.write_copy_of_slice(&bytes[..count]);
        self.rest = tail;
    }

    /// Fills up what is left with what the iterator yields.
    #[inline]
    pub fn put_each(&mut self, bytes: impl Iterator<Item = u8>) {
        let mut written = 0;
        for (to, byte) in self.rest.iter_mut().zip(bytes) {
            to.write(byte);
            written += 1;
        }
        self.rest = &mut mem::take(&mut self.rest)[written..];
    }

    /// Fills up what is left with copies of `piece`.
    pub fn repeat(&mut self, piece: &[u8]) {
        if piece.is_empty() {
            return;
        }
        if let &[byte] = piece {
            for to in mem::take(&mut self.rest) {
                to.write(byte);
            }
            return;
        }
        let rest = mem::take(&mut self.rest);
        let mut done = piece.len().min(rest.len());
        rest[..done].write_copy_of_slice(&piece[..done]);
        // What there is is doubled. It stays a whole number of pieces until the last copy.
        while done < rest.len() {
            let (head, tail) = rest.split_at_mut(done);
            let count = done.min(tail.len());
            tail[..count].copy_from_slice(&head[..count]);
            done += count;
        }
    }

    fn finish(self) {
        for to in self.rest {
            to.write(0);
        }
    }
}

/// A string of `len` bytes that `fill` writes (what it leaves out is zero), made without a copy. A
/// safepoint, of a long string.
#[inline]
pub fn build(
    l: &mut State,
    len: usize,
    fill: impl FnOnce(&mut Filler<'_>),
) -> Result<Gc<Str>, Thrown> {
    if len <= MAX_SHORT {
        let mut bytes = [MaybeUninit::new(0u8); MAX_SHORT];
        fill(&mut Filler { rest: &mut bytes[..len] });
        // SAFETY: every byte was initialised above.
        let bytes = unsafe { mem::transmute::<[MaybeUninit<u8>; MAX_SHORT], [u8; MAX_SHORT]>(bytes) };
        return l.new_string(&bytes[..len]);
    }
    l.global().spend_bytes(len);
    safepoint::make_room(l, len);
    let made = StringTable::make_long(l.heap(), len, |to| {
        // SAFETY: make_long's pointer is to `len` bytes of a new string that nobody else sees yet.
        let rest = unsafe { core::slice::from_raw_parts_mut(to.cast::<MaybeUninit<u8>>(), len) };
        let mut filler = Filler { rest };
        fill(&mut filler);
        filler.finish();
    })?;
    Ok(made)
}
