//! Matches that `gsub` finds before the function is called for the match before them.
//!
//! What matches does not depend on what the function answers, so a matcher that is ready finds a few matches more, and
//! what the function is to be called with is made at once. PERF: to take a pattern's program and make a matcher takes
//! longer than most matches.
//!
//! It shows nowhere: a search ahead that comes to an error, or to the end of its steps, is forgotten, and made again when its
//! match is wanted. So is what was found before the function set another locale.
//!
//! Not here: patterns with several captures, whose values a match has no place for; tables.

use super::super::pattern::Captures;
use super::super::session::capture_value;
use super::slot::{self, index, number_in, own};
use crate::base::ctype::Classes;
use crate::object::Value;
use crate::state::State;

/// How many matches there is place for, and the slots of one: its start, its end, and the function's argument.
pub const MATCHES: usize = 4;
pub const PART: usize = 3;

/// The slot AHEAD: how many matches are left, which is the next, and whether nothing is behind the last.
const LEFT: usize = 0xFF;
const NEXT: u32 = 8;
const ENDED: usize = 1 << 16;

/// Where the search goes on behind a match; None: it does not.
#[inline(always)]
pub fn search_behind(start: usize, end: usize, len: usize) -> Option<usize> {
    match (start == end, end == len) {
        (true, true) => None,
        (true, false) => Some(end + 1),
        (false, _) => Some(end),
    }
}

/// What a search ahead has come to.
pub enum Next {
    /// A match from here to there, and the function's argument.
    Match(usize, usize, Value),
    Nothing,
    /// It is to be searched for when it is wanted.
    Unknown,
}

impl Next {
    /// A match whose captures are these.
    #[inline(always)]
    pub fn of(l: &mut State, captures: &Captures, subject: &[u8], (start, end): (usize, usize)) -> Next {
        match capture_value(l, captures, subject, (start, end), 0) {
            Ok(value) => Next::Match(start, end, value),
            Err(_) => Next::Unknown,
        }
    }
}

/// Finds further matches, `most` at most, behind the one from `start` to `end`: `search` finds the first from a place on.
#[inline(always)]
pub fn look(
    l: &mut State,
    len: usize,
    (start, end): (usize, usize),
    most: usize,
    mut search: impl FnMut(&mut State, usize) -> Next,
) {
    let Some(classes) = Classes::current().id() else { return };
    let (mut found, mut ended) = (0, false);
    let mut from = search_behind(start, end, len);
    while let Some(at) = from
        && found < most.min(MATCHES)
    {
        match search(l, at) {
            Next::Match(start, end, value) => {
                let first = slot::MATCHES + PART * found;
                l.set_arg(first, index(start));
                l.set_arg(first + 1, index(end));
                l.set_arg(first + 2, value);
                found += 1;
                from = search_behind(start, end, len);
            }
            Next::Nothing => {
                ended = true;
                break;
            }
            Next::Unknown => break,
        }
    }
    l.set_arg(slot::CLASSES, index(classes));
    l.set_arg(slot::AHEAD, index(found | if ended { ENDED } else { 0 }));
}

/// The next match that has been found ahead.
pub enum Found {
    /// The frame has its start and end now, and this is the function's argument.
    Match(Value),
    /// There is none behind the last.
    Nothing,
    /// It is to be searched for.
    Unknown,
}

#[inline]
pub fn take(l: &mut State) -> Found {
    let ahead = number_in(l, slot::AHEAD);
    if ahead == 0 {
        return Found::Unknown;
    }
    if Classes::current().id() != Some(number_in(l, slot::CLASSES)) {
        l.set_arg(slot::AHEAD, index(0));
        return Found::Unknown;
    }
    if ahead & LEFT == 0 {
        return Found::Nothing;
    }
    let first = slot::MATCHES + PART * (ahead >> NEXT & LEFT);
    let (start, end, value) = (own(l, first), own(l, first + 1), own(l, first + 2));
    l.set_arg(slot::START, start);
    l.set_arg(slot::END, end);
    let rest = ahead - 1 + (1 << NEXT);
    l.set_arg(slot::AHEAD, index(if rest & (LEFT | ENDED) == 0 { 0 } else { rest }));
    Found::Match(value)
}
