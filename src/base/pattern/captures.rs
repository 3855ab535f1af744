//! The captures of a match, while it goes on and afterwards.
//!
//! Not here: their values, undoing them (`stdlib::string`).

use super::{MAX_CAPTURES, PatternError};
use crate::base::filled::Filled;

/// A finished capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// So many bytes of the subject.
    Span { start: usize, len: usize },
    /// `()`: a position of the subject, counted from 1.
    Position(usize),
}

/// A capture while matching goes on: it opens with the length `OPEN`, and `)` gives it one.
#[derive(Clone, Copy)]
pub struct Slot {
    pub start: usize,
    pub len: usize,
}

impl Slot {
    /// Not closed yet. No length is so large.
    pub const OPEN: usize = usize::MAX;
    /// A position capture.
    pub const POSITION: usize = usize::MAX - 1;
}

/// Those that are open or closed now.
pub struct Captures(pub Filled<Slot, MAX_CAPTURES>);

impl Captures {
    #[inline(always)]
    pub fn new() -> Captures {
        Captures(Filled::new())
    }

    /// The one that was opened last and is still open.
    #[inline(always)]
    pub fn newest_open(&self) -> Option<usize> {
        self.0.iter().rposition(|slot| slot.len == Slot::OPEN)
    }

    /// Closes one at `s`.
    #[inline(always)]
    pub fn close(&mut self, open: usize, s: usize) {
        self.0[open].len = s - self.0[open].start;
    }

    /// How many values a match has: its captures, or itself if there are none.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.0.len().max(1)
    }

    /// How many captures the pattern made, 0 if none.
    #[inline(always)]
    pub fn level(&self) -> usize {
        self.0.len()
    }

    /// The capture number `index` (from 0) of a match from `start` to `end`. Without captures in the
    /// pattern, number 0 is the match itself.
    #[inline]
    pub fn get(&self, index: usize, start: usize, end: usize) -> Result<Capture, PatternError> {
        let Some(&Slot { start: from, len }) = self.0.get(index) else {
            return match index {
                0 => Ok(Capture::Span { start, len: end - start }),
                _ => Err(PatternError::InvalidCaptureIndex),
            };
        };
        match len {
            Slot::OPEN => Err(PatternError::UnfinishedCapture),
            Slot::POSITION => Ok(Capture::Position(from + 1)),
            _ => Ok(Capture::Span { start: from, len }),
        }
    }
}
