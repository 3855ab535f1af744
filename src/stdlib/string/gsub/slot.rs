//! The slots of a frame of `gsub` that calls, and what they hold.
//!
//! ```text
//!   1 subject  2 pattern  3 function or table  4 as given
//!   5 subject  6 pattern  7 limit  8 done  9 count  10 start  11 end
//!   12 result  13 how many are replaced  14 how many arguments  15 shown
//!   16 matches found ahead  17 the locale of them  18-29 these (`ahead`)
//!   30 made  31 taken
//!   32… arguments beyond the fourth, then the first replacements
//! ```
//!
//! `done`: bytes of the subject that are behind us; `start` and `end`: the match whose replacement
//! is being asked for. The first replacements are triples in the frame, start and end of a match that is
//! replaced and the string that replaces it. When there is no place for more, the result is begun (`replacements`):
//! so many bytes of it are `made`, of so many `taken` from the subject; of `how many` no more are counted then.

use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::state::State;

pub const FUNCTION: usize = 3;
/// Arguments that lie where they were given.
pub const GIVEN: usize = 4;
pub const SUBJECT: usize = 5;
pub const PATTERN: usize = 6;
pub const LIMIT: usize = 7;
pub const DONE: usize = 8;
pub const COUNT: usize = 9;
pub const START: usize = 10;
pub const END: usize = 11;
pub const RESULT: usize = 12;
pub const REPLACED: usize = 13;
pub const ARGUMENTS: usize = 14;
/// A value that is shown behind the arguments; nil: none is.
pub const SHOWN: usize = 15;
/// What was found ahead: how many matches, in which locale, and the matches.
pub const AHEAD: usize = 16;
pub const CLASSES: usize = 17;
pub const MATCHES: usize = 18;
pub const MADE: usize = MATCHES + super::ahead::PART * super::ahead::MATCHES;
pub const TAKEN: usize = MADE + 1;
pub const LAST: usize = TAKEN;

/// One of the frame's own slots. PERF: without a look whether the frame has it.
#[inline(always)]
pub fn own(l: &State, slot: usize) -> Value {
    debug_assert!(l.arg_count() >= slot);
    // SAFETY: STACK: `begin_calls` made the slots, and until the frame is bare its top stays above them.
    unsafe { *l.frame().base.add(slot - 1) }
}

#[inline(always)]
pub fn number_in(l: &State, slot: usize) -> usize {
    index_of(own(l, slot))
}

/// An index as light userdata, which needs no conversion.
#[inline(always)]
pub fn index(i: usize) -> Value {
    Value::light(i as u64)
}

#[inline(always)]
pub fn index_of(value: Value) -> usize {
    (value.bits() << 16 >> 16) as usize
}

/// How many slots lie below the replacements.
#[inline]
pub fn first_replacement(l: &State) -> usize {
    LAST + number_in(l, ARGUMENTS).saturating_sub(GIVEN)
}

/// Subject and pattern.
#[inline]
pub fn texts(l: &State) -> (Gc<Str>, Gc<Str>) {
    match (own(l, SUBJECT).as_string(), own(l, PATTERN).as_string()) {
        (Some(subject), Some(pattern)) => (subject, pattern),
        _ => unreachable!("nobody else writes to these slots"),
    }
}
