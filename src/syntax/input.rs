//! A chunk's bytes, one at a time and piece by piece, as the reader hands them out.
//!
//! Invariant: there is a current byte unless the chunk has ended. So the reader is called as soon as
//! the last byte of a piece has been passed, which is when the reference calls it.
//!
//! Not here: what the bytes mean.

use core::ptr;
use core::slice;

use crate::state::{State, Thrown};

/// Where a chunk's bytes come from, piece by piece.
pub trait ChunkReader {
    /// Whether a call may come to a safepoint.
    fn runs_code(&self) -> bool;

    /// Whether what it gives, if that is a binary chunk, is known to be safe to run.
    fn is_sound(&self) -> bool {
        false
    }

    /// The next piece; an empty one ends the chunk. It stays valid until the next call.
    fn next_piece(&mut self, l: &mut State) -> Result<&[u8], Thrown>;
}

pub struct Input<'r> {
    reader: &'r mut dyn ChunkReader,
    /// What is left of the piece the reader handed out last; it lives until the reader's next call.
    at: *const u8,
    end: *const u8,
}

impl<'r> Input<'r> {
    /// Nothing yet; `refill` asks the reader for the first piece.
    #[inline(always)]
    pub fn new(reader: &'r mut dyn ChunkReader) -> Input<'r> {
        let nothing = ptr::dangling();
        Input { reader, at: nothing, end: nothing }
    }

    /// `ChunkReader::is_sound`.
    pub fn is_sound(&self) -> bool {
        self.reader.is_sound()
    }

    /// The current byte; None at the chunk's end.
    #[inline(always)]
    pub fn current(&self) -> Option<u8> {
        // SAFETY: at < end lies in the piece, which is valid until the reader's next call.
        if self.at != self.end { Some(unsafe { *self.at }) } else { None }
    }

    /// What is left of the piece, the current byte first.
    #[inline(always)]
    pub fn rest(&self) -> &[u8] {
        // SAFETY: at..end is what is left of the piece, which is valid until the reader's next
        // call; that needs `&mut self`. Before the first piece both are the same, and not null.
        unsafe { slice::from_raw_parts(self.at, self.end as usize - self.at as usize) }
    }

    /// Passes `count` bytes of `rest`.
    #[inline(always)]
    pub fn advance(&mut self, l: &mut State, count: usize) -> Result<(), Thrown> {
        debug_assert!(count <= self.rest().len());
        self.at = self.at.wrapping_add(count);
        if self.at == self.end { self.refill(l) } else { Ok(()) }
    }

    /// As `advance`, but a piece that is used up stays until more is wanted.
    #[inline(always)]
    pub fn pass(&mut self, count: usize) {
        debug_assert!(count <= self.rest().len());
        self.at = self.at.wrapping_add(count);
    }

    /// Fills `out`; false if the chunk ends before.
    ///
    /// COMPAT: this too leaves a used-up piece until more is wanted, as the reference does for binary
    /// chunks: what follows one in its source is not asked for.
    pub fn read_exactly(&mut self, l: &mut State, mut out: &mut [u8]) -> Result<bool, Thrown> {
        while !out.is_empty() {
            if self.at == self.end {
                self.refill(l)?;
            }
            let rest = self.rest();
            if rest.is_empty() {
                return Ok(false);
            }
            let count = rest.len().min(out.len());
            let (now, later) = out.split_at_mut(count);
            now.copy_from_slice(&rest[..count]);
            self.at = self.at.wrapping_add(count);
            out = later;
        }
        Ok(true)
    }

    /// Asks the reader for a further piece. Here we know that the current one is used up.
    #[cold]
    #[inline(never)]
    pub fn refill(&mut self, l: &mut State) -> Result<(), Thrown> {
        l.charge(1)?; // the reader may never end, nor may what is being read
        let piece = self.reader.next_piece(l)?;
        l.global().spend_bytes(piece.len());
        (self.at, self.end) = (piece.as_ptr(), piece.as_ptr().wrapping_add(piece.len()));
        Ok(())
    }
}
