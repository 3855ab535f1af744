//! Lua 5.1's pattern matching over bytes, as a machine with an explicit stack of choices.
//!
//! The reference matches by recursion, one C frame for each quantifier or capture, and a long
//! pattern ends the process. Here a choice is a record of [`Choice`]: a few of them lie in the
//! [`Matcher`], more go to a [`Spill`] that the caller owns (so their memory is the caller's
//! affair), and beyond [`MAX_CHOICES`] the match fails with "pattern too complex".
//!
//! ```text
//!   forward: item by item, pushing a choice where another way is left ──▶ end of pattern: matched
//!      ▲                                                        │ an item does not match
//!      └── next way of the newest choice, undoing captures ◀────┘ no choice left: no match
//! ```
//!
//! The order of attempts is the reference's, so are the captures, and so is the moment at which a
//! malformed part of the pattern is noticed: only when matching comes to it. A way is left out only
//! if its very next item is a literal byte that is not there.
//!
//! COMPAT: the reference treats the pattern as a C string, so it ends at its first NUL (`%z` is the
//! class for that byte); a NUL in the subject is a byte like any other, and the subject's end reads
//! as NUL for `%f`. [`find_plain`] searches for the whole needle, NULs and all.
//!
//! Not here: the loops of `gsub` and `gmatch`, arguments, messages' positions.

mod backtrack;
mod item;

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod tests;

use crate::base::ctype::Classes;
use crate::base::filled::Filled;
use backtrack::Choices;
pub use backtrack::{Choice, MAX_CHOICES, Spill};

/// The most captures a pattern can have (`LUA_MAXCAPTURES`).
pub const MAX_CAPTURES: usize = 32;

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// A `%` is the last byte.
    EndsWithPercent,
    /// A set has no end.
    MissingBracket,
    /// `%b` without its two bytes.
    Unbalanced,
    /// `%f` without a set.
    MissingFrontierSet,
    /// `)` without an open capture.
    InvalidCapture,
    /// `%n` without a closed capture of this number.
    InvalidCaptureIndex,
    /// More than [`MAX_CAPTURES`].
    TooManyCaptures,
    /// A capture was asked for that is still open.
    UnfinishedCapture,
    /// More choices than [`MAX_CHOICES`], or than the spill took.
    TooComplex,
    /// [`Matcher::steps`] ran out; [`Matcher::resume`] goes on.
    OutOfSteps,
}

impl PatternError {
    /// The message, as the reference words it (5.2's words for what kills 5.1).
    pub fn message(self) -> &'static str {
        match self {
            PatternError::EndsWithPercent => "malformed pattern (ends with '%')",
            PatternError::MissingBracket => "malformed pattern (missing ']')",
            PatternError::Unbalanced => "unbalanced pattern",
            PatternError::MissingFrontierSet => "missing '[' after '%f' in pattern",
            PatternError::InvalidCapture => "invalid pattern capture",
            PatternError::InvalidCaptureIndex => "invalid capture index",
            PatternError::TooManyCaptures => "too many captures",
            PatternError::UnfinishedCapture => "unfinished capture",
            PatternError::TooComplex => "pattern too complex",
            PatternError::OutOfSteps => "pattern matching interrupted",
        }
    }
}

/// A finished capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// Bytes of the subject.
    Span { start: usize, len: usize },
    /// A position capture `()`, counted from 1.
    Position(usize),
}

/// A capture while matching goes on: it opens with the length `OPEN`, and `)` gives it one.
#[derive(Clone, Copy)]
struct Slot {
    start: usize,
    len: usize,
}

impl Slot {
    /// Not closed yet. No length is so large.
    const OPEN: usize = usize::MAX;
    /// A position capture.
    const POSITION: usize = usize::MAX - 1;
}

/// One pattern against one subject.
pub struct Matcher<'a> {
    subject: &'a [u8],
    /// Up to its first NUL.
    pattern: &'a [u8],
    classes: Classes,
    /// Those that are open or closed now.
    captures: Filled<Slot, MAX_CAPTURES>,
    choices: Choices<'a>,
    /// How many more steps (of backtracking, or of 256 bytes scanned) may be taken before the match
    /// stops with [`PatternError::OutOfSteps`]. Set it at will; it is `u64::MAX` at first.
    pub steps: u64,
    /// Where the attempt of [`Matcher::search`] that is under way began.
    attempt: usize,
    /// What the first search found out about the pattern.
    plan: Option<Plan>,
}

/// What the pattern tells about where matches can be.
#[derive(Clone, Copy)]
struct Plan {
    begin: Begin,
    rest: Rest,
}

/// What every match begins with.
#[derive(Clone, Copy)]
enum Begin {
    Anything,
    Literal(u8),
    /// The item from its start to its end.
    Item(usize, usize),
}

/// What follows that.
#[derive(Clone, Copy)]
enum Rest {
    /// A pattern to be matched.
    Pattern,
    /// Nothing: one byte is the whole match.
    Nothing,
    /// More of the same, as much as there is (`+`), and nothing else.
    Run(usize, usize),
}

impl<'a> Matcher<'a> {
    /// A matcher whose choices must fit the few places it has itself.
    pub fn new(subject: &'a [u8], pattern: &'a [u8]) -> Matcher<'a> {
        let pattern = until_nul(pattern);
        Matcher {
            subject,
            pattern,
            classes: Classes::current(),
            captures: Filled::new(),
            choices: Choices::new(),
            steps: u64::MAX,
            attempt: 0,
            plan: None,
        }
    }

    /// A matcher that keeps further choices in `spill`.
    pub fn with_spill(
        subject: &'a [u8],
        pattern: &'a [u8],
        spill: &'a mut (dyn Spill + 'a),
    ) -> Matcher<'a> {
        let mut matcher = Matcher::new(subject, pattern);
        matcher.choices.spill = Some(spill);
        matcher
    }

    /// Matches the pattern from its byte `pattern_start` (1 behind a `^`) at `start` of the subject,
    /// and only there. Returns where the match ends. Captures of an earlier match are forgotten.
    pub fn match_at(
        &mut self,
        start: usize,
        pattern_start: usize,
    ) -> Result<Option<usize>, PatternError> {
        self.classes = Classes::current(); // a callback may have changed the locale
        self.attempt_at(start, pattern_start)
    }

    fn attempt_at(&mut self, s: usize, p: usize) -> Result<Option<usize>, PatternError> {
        self.captures.clear();
        self.choices.clear();
        self.run(s, p)
    }

    /// Goes on where the last match stopped with [`PatternError::OutOfSteps`], after the caller has
    /// given new steps: for [`Matcher::match_at`].
    pub fn resume(&mut self) -> Result<Option<usize>, PatternError> {
        match self.backtrack()? {
            Some((s, p)) => self.run(s, p),
            None => Ok(None),
        }
    }

    /// The first match at or after `from`: its start and end. The whole pattern counts, so this is
    /// for patterns that do not begin with `^`.
    pub fn search(&mut self, from: usize) -> Result<Option<(usize, usize)>, PatternError> {
        self.classes = Classes::current();
        self.attempt = from;
        self.search_on()
    }

    /// As [`Matcher::resume`], for [`Matcher::search`].
    pub fn resume_search(&mut self) -> Result<Option<(usize, usize)>, PatternError> {
        if !self.choices.is_empty() {
            if let Some(end) = self.resume()? {
                return Ok(Some((self.attempt, end)));
            }
            self.attempt += 1;
        }
        self.search_on()
    }

    fn search_on(&mut self) -> Result<Option<(usize, usize)>, PatternError> {
        let plan = match self.plan {
            Some(plan) => plan,
            None => *self.plan.insert(self.make_plan()),
        };
        self.captures.clear();
        while self.attempt <= self.subject.len() {
            let rest = &self.subject[self.attempt..];
            let skip = match plan.begin {
                Begin::Literal(byte) => memchr::memchr(byte, rest),
                Begin::Item(p, end) => self.first_match(rest, p, end),
                Begin::Anything => Some(0),
            };
            let Some(skip) = skip else { return Ok(None) };
            self.attempt += skip;
            self.charge(skip);
            if self.steps == 0 {
                self.choices.clear(); // so that resuming makes this attempt, not an older one
                return Err(PatternError::OutOfSteps);
            }
            self.steps -= 1;
            let end = match plan.rest {
                Rest::Pattern => self.attempt_at(self.attempt, 0)?,
                Rest::Nothing => Some(self.attempt + 1),
                Rest::Run(p, end) => {
                    let run = 1 + self.run_length(self.attempt + 1, p, end);
                    self.charge(run);
                    Some(self.attempt + run)
                }
            };
            if let Some(end) = end {
                return Ok(Some((self.attempt, end)));
            }
            self.attempt += 1;
        }
        Ok(None)
    }

    fn make_plan(&self) -> Plan {
        let begin = match (self.first_literal(), self.first_required()) {
            (Some(byte), _) => Begin::Literal(byte),
            (None, Some((p, end))) => Begin::Item(p, end),
            (None, None) => Begin::Anything,
        };
        let only_item = match begin {
            Begin::Anything => None, // there may be no item at all
            _ if self.first_item() != Some(0) => None,
            _ => self.item_end(0).ok(),
        };
        let rest = match only_item {
            Some(end) if end == self.pattern.len() => Rest::Nothing,
            Some(end) if self.pattern[end..] == *b"+" => Rest::Run(0, end),
            _ => Rest::Pattern,
        };
        Plan { begin, rest }
    }

    /// The byte that every match begins with, if the pattern tells: a literal without a quantifier
    /// that lets it be absent, perhaps behind opening captures.
    pub fn first_literal(&self) -> Option<u8> {
        self.literal_at(self.first_item()?)
    }

    /// The item (its start and end) that every match begins with, if it cannot be absent.
    fn first_required(&self) -> Option<(usize, usize)> {
        let p = self.first_item()?;
        if let [b')' | b'$', ..] | [b'%', b'b' | b'f' | b'0'..=b'9', ..] | [] = self.pattern[p..] {
            return None;
        }
        let end = self.item_end(p).ok()?; // if it is malformed, the first attempt says so
        match self.pattern.get(end) {
            Some(b'*' | b'?' | b'-') => None,
            _ => Some((p, end)),
        }
    }

    /// Where the first item begins, behind opening captures that cannot fail. `None` for an anchor,
    /// which is the caller's.
    fn first_item(&self) -> Option<usize> {
        let mut p = 0;
        for _ in 0..MAX_CAPTURES {
            match self.pattern[p..] {
                [b'(', b')', ..] => p += 2,
                [b'(', ..] => p += 1,
                _ => break,
            }
        }
        let is_misleading = matches!(self.pattern[p..], [b'(', ..])
            || (p == 0 && self.pattern.first() == Some(&b'^'));
        (!is_misleading).then_some(p)
    }

    /// How many values a match has: its captures, or itself if there are none.
    pub fn capture_count(&self) -> usize {
        self.captures.len().max(1)
    }

    /// How many captures the pattern made, 0 if none.
    pub fn level(&self) -> usize {
        self.captures.len()
    }

    /// The capture number `index` (from 0) of a match from `start` to `end`. Without captures in the
    /// pattern, number 0 is the match itself.
    pub fn capture(&self, index: usize, start: usize, end: usize) -> Result<Capture, PatternError> {
        let Some(&Slot { start: from, len }) = self.captures.get(index) else {
            return match index {
                0 => Ok(Capture::Span {
                    start,
                    len: end - start,
                }),
                _ => Err(PatternError::InvalidCaptureIndex),
            };
        };
        match len {
            Slot::OPEN => Err(PatternError::UnfinishedCapture),
            Slot::POSITION => Ok(Capture::Position(from + 1)),
            _ => Ok(Capture::Span { start: from, len }),
        }
    }

    fn run(&mut self, mut s: usize, mut p: usize) -> Result<Option<usize>, PatternError> {
        loop {
            if let Some(end) = self.forward(s, p)? {
                return Ok(Some(end));
            }
            match self.backtrack()? {
                Some(next) => (s, p) = next,
                None => return Ok(None),
            }
        }
    }

    /// Matches on without looking back; `None` where this way ends.
    fn forward(&mut self, mut s: usize, mut p: usize) -> Result<Option<usize>, PatternError> {
        let from = p;
        let matches = self.walk(&mut s, &mut p)?;
        self.charge((p - from) * 8); // a byte of the pattern takes longer than one of the subject
        Ok(matches.then_some(s))
    }

    /// `forward` from these places to where they are left: whether the pattern's end was reached.
    #[inline(always)]
    fn walk(&mut self, s: &mut usize, p: &mut usize) -> Result<bool, PatternError> {
        while let Some(&byte) = self.pattern.get(*p) {
            let next = match byte {
                b'(' => {
                    *p = self.open_capture(*s, *p)?;
                    continue;
                }
                b')' => {
                    self.close_capture(*s)?;
                    *p += 1;
                    continue;
                }
                b'$' if *p + 1 == self.pattern.len() => return Ok(*s == self.subject.len()),
                b'%' => match self.pattern.get(*p + 1) {
                    Some(b'b') => self.balance(*s, *p + 2)?,
                    Some(b'f') => self.frontier(*s, *p + 2)?,
                    Some(digit @ b'0'..=b'9') => self.back_reference(*s, *digit, *p + 2)?,
                    _ => self.item(*s, *p)?,
                },
                _ => self.item(*s, *p)?,
            };
            let Some(next) = next else { return Ok(false) };
            (*s, *p) = next;
        }
        Ok(true)
    }

    /// A single-byte item with its quantifier; returns where subject and pattern go on.
    #[inline(always)]
    fn item(&mut self, s: usize, p: usize) -> Result<Option<(usize, usize)>, PatternError> {
        let end = self.item_end(p)?;
        let matches = |s: usize| s < self.subject.len() && self.single(self.subject[s], p, end);
        match self.pattern.get(end) {
            Some(b'?') => {
                if !matches(s) {
                    return Ok(Some((s, end + 1)));
                }
                self.choices.push(Choice::without(s, end + 1))?;
                Ok(Some((s + 1, end + 1)))
            }
            Some(b'*') => self.greedy(s, s, p, end),
            Some(b'+') => match matches(s) {
                true => self.greedy(s, s + 1, p, end),
                false => Ok(None),
            },
            Some(b'-') => {
                let hint = self.literal_behind(end + 1);
                self.choices.push(Choice::longer(s, p, end, hint))?;
                Ok(Some((s, end + 1)))
            }
            _ => Ok(matches(s).then_some((s + 1, end))),
        }
    }

    /// As many bytes as match; a choice for fewer, down to the end `low`, unless all those must fail.
    fn greedy(
        &mut self,
        s: usize,
        low: usize,
        p: usize,
        end: usize,
    ) -> Result<Option<(usize, usize)>, PatternError> {
        let high = s + self.run_length(s, p, end);
        let next = end + 1;
        self.charge(high - s);
        if high > low && next < self.pattern.len() {
            let hint = self.literal_behind(next);
            // A shorter run ends before a byte of the run, and that is not what must come next.
            if hint.is_none_or(|byte| self.single(byte, p, end)) {
                self.choices.push(Choice::shorter(high, low, next, hint))?;
            }
        }
        Ok(Some((high, next)))
    }

    fn open_capture(&mut self, s: usize, p: usize) -> Result<usize, PatternError> {
        let is_position = self.pattern.get(p + 1) == Some(&b')');
        let len = if is_position {
            Slot::POSITION
        } else {
            Slot::OPEN
        };
        if !self.captures.push(Slot { start: s, len }) {
            return Err(PatternError::TooManyCaptures);
        }
        self.choices.push_undo(Choice::drop_capture())?;
        Ok(if is_position { p + 2 } else { p + 1 })
    }

    fn close_capture(&mut self, s: usize) -> Result<(), PatternError> {
        let open = self.captures
            .iter()
            .rposition(|slot| slot.len == Slot::OPEN)
            .ok_or(PatternError::InvalidCapture)?;
        self.captures[open].len = s - self.captures[open].start;
        self.choices.push_undo(Choice::reopen_capture(open))
    }

    /// `%bxy`, `p` being at x.
    fn balance(&mut self, s: usize, p: usize) -> Result<Option<(usize, usize)>, PatternError> {
        let (Some(&open), Some(&close)) = (self.pattern.get(p), self.pattern.get(p + 1)) else {
            return Err(PatternError::Unbalanced);
        };
        if self.subject.get(s) != Some(&open) {
            return Ok(None);
        }
        let rest = &self.subject[s + 1..];
        let mut depth = 1usize;
        for at in memchr::memchr2_iter(open, close, rest) {
            if rest[at] == close {
                depth -= 1;
                if depth == 0 {
                    self.charge(at);
                    return Ok(Some((s + at + 2, p + 2)));
                }
            } else {
                depth += 1;
            }
        }
        self.charge(rest.len());
        Ok(None)
    }

    /// `%f[set]`, `p` being at the bracket: a place between a byte outside the set and one in it.
    fn frontier(&mut self, s: usize, p: usize) -> Result<Option<(usize, usize)>, PatternError> {
        if self.pattern.get(p) != Some(&b'[') {
            return Err(PatternError::MissingFrontierSet);
        }
        let end = self.item_end(p)?;
        let before = if s == 0 { 0 } else { self.subject[s - 1] };
        let after = self.subject.get(s).copied().unwrap_or(0);
        let is_frontier = !self.single(before, p, end) && self.single(after, p, end);
        Ok(is_frontier.then_some((s, end)))
    }

    /// `%1`…`%9`. COMPAT: a position capture is closed, but nothing ever equals it.
    fn back_reference(
        &mut self,
        s: usize,
        digit: u8,
        next: usize,
    ) -> Result<Option<(usize, usize)>, PatternError> {
        let index = (digit as usize).wrapping_sub(b'1' as usize);
        let Some(&Slot { start, len }) = self.captures.get(index) else {
            return Err(PatternError::InvalidCaptureIndex);
        };
        match len {
            Slot::OPEN => Err(PatternError::InvalidCaptureIndex),
            Slot::POSITION => Ok(None),
            _ => {
                self.charge(len);
                let captured = &self.subject[start..start + len];
                Ok(self.subject[s..]
                    .starts_with(captured)
                    .then_some((s + len, next)))
            }
        }
    }
}

/// Whether the pattern has a byte that means something other than itself, as `string.find` decides
/// between matching and a plain search. COMPAT: it looks up to the first NUL only, and not for `)`.
pub fn has_specials(pattern: &[u8]) -> bool {
    until_nul(pattern)
        .iter()
        .any(|byte| b"^$*+?.([%-".contains(byte))
}

/// The first place of `needle` in `hay`; an empty needle is at 0.
pub fn find_plain(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, hay),
        _ if hay.len() <= SHORT_HAY => find_short(hay, needle),
        _ => memchr::memmem::find(hay, needle),
    }
}

/// PERF: up to here a plain loop is done before a searcher would have been set up.
const SHORT_HAY: usize = 128;

fn find_short(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    memchr::memchr_iter(needle[0], &hay[..=last]).find(|&at| hay[at..].starts_with(needle))
}

fn until_nul(pattern: &[u8]) -> &[u8] {
    match memchr::memchr(0, pattern) {
        Some(end) => &pattern[..end],
        None => pattern,
    }
}
