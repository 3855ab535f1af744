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
//! No loop goes on for more than [`WINDOW`] bytes without the budget being looked at: a run, a `%b` or a walk through a
//! long pattern that is not done by then leaves a choice that goes on with it, and so can be resumed like any other.
//!
//! COMPAT: the reference treats the pattern as a C string, so it ends at its first NUL (`%z` is the
//! class for that byte); a NUL in the subject is a byte like any other, and the subject's end reads
//! as NUL for `%f`. [`find_plain`] searches for the whole needle, NULs and all.
//!
//! Not here: the loops of `gsub` and `gmatch`, arguments, messages' positions.

mod backtrack;
mod balance;
mod item;

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod tests;

use crate::base::ctype::Classes;
use crate::base::pattern::captures::Slot;
pub use crate::base::pattern::captures::{Capture, Captures};
pub use crate::base::pattern::straight::{Found, Straight};
pub use crate::base::pattern::{PatternError, has_specials};
use crate::base::pattern::{Begin, Node, Op, Program, Rest};
use backtrack::Choices;
pub use backtrack::{BYTES_PER_STEP, Choice, MAX_CHOICES, Spill};
use balance::Balance;

/// Bytes of the subject that are scanned between two looks at the budget.
pub const WINDOW: usize = 1 << 18;
/// Bytes of a pattern that are walked through, behind those places whose nodes are kept.
const PATTERN_WINDOW: usize = 1 << 12;

/// One pattern against one subject.
pub struct Matcher<'a> {
    subject: &'a [u8],
    /// Up to its first NUL.
    pattern: &'a [u8],
    /// The pattern, as far as it is decoded.
    program: &'a mut Program,
    /// Its steps, if it has any.
    straight: Option<&'a Straight>,
    classes: Classes,
    captures: Captures,
    choices: Choices<'a>,
    /// How many more steps (of backtracking, or of 256 bytes scanned) may be taken before the match
    /// stops with [`PatternError::OutOfSteps`]. Set it at will; it is `u64::MAX` at first.
    pub steps: u64,
    /// Steps that were taken beyond those, by long scans: whoever gives new steps has them paid.
    pub owed: u64,
    /// Where the attempt that is under way began; where it ended, if it matched.
    attempt: usize,
    end: usize,
    /// Whether what is between that place and the next attempt is still to be found out (`leap_on`).
    leaping: bool,
}

impl<'a> Matcher<'a> {
    /// A matcher whose choices must fit the few places it has itself. The pattern has no NUL; the program is new,
    /// or has been used with an equal pattern before. The locale stays as it is.
    #[inline(always)]
    pub fn new(subject: &'a [u8], pattern: &'a [u8], program: &'a mut Program) -> Matcher<'a> {
        debug_assert!(!pattern.contains(&0));
        Matcher {
            subject,
            pattern,
            program,
            straight: None,
            classes: Classes::current(),
            captures: Captures::new(),
            choices: Choices::new(),
            steps: u64::MAX,
            owed: 0,
            attempt: 0,
            end: 0,
            leaping: false,
        }
    }

    /// A matcher that keeps further choices in `spill`.
    #[inline(always)]
    pub fn with_spill(
        subject: &'a [u8],
        pattern: &'a [u8],
        program: &'a mut Program,
        straight: Option<&'a Straight>,
        spill: &'a mut (dyn Spill + 'a),
    ) -> Matcher<'a> {
        let mut matcher = Matcher::new(subject, pattern, program);
        matcher.straight = straight;
        matcher.choices.spill = Some(spill);
        matcher
    }

    /// Matches the pattern from its byte `pattern_start` (1 behind a `^`) at `start` of the subject,
    /// and only there: whether it matches; if so, [`Matcher::found`] says how far. Captures of an earlier match are
    /// forgotten.
    ///
    /// PERF: as in all that matches, the answer is in a register; the places are in memory once.
    #[inline]
    pub fn match_at(&mut self, start: usize, pattern_start: usize) -> Result<bool, PatternError> {
        if let Some(straight) = self.straight() {
            let mut work = 0;
            let found = straight.match_at(self.subject, &mut self.captures, start, &mut work);
            if let Ok(found) = self.has_found(found, work) {
                return Ok(found);
            }
        }
        self.attempt = start;
        self.attempt_at(start, pattern_start)
    }

    #[inline(always)]
    fn attempt_at(&mut self, s: usize, p: usize) -> Result<bool, PatternError> {
        self.choices.clear();
        self.captures.0.clear();
        self.run(s, p)
    }

    #[inline(always)]
    fn straight(&self) -> Option<&'a Straight> {
        self.straight.filter(|straight| self.steps != 0 && !straight.is_doubtful())
    }

    /// Keeps what was found without going back, by so much work: whether there is a match; if that is not known, from where on
    /// it is to be searched for.
    #[inline(always)]
    fn has_found(&mut self, found: Found, work: usize) -> Result<bool, usize> {
        let steps = (work / BYTES_PER_STEP) as u64;
        let left = self.steps.saturating_sub(steps);
        self.owed += steps - (self.steps - left);
        self.steps = left;
        self.choices.clear();
        match found {
            Found::Nothing => Ok(false),
            Found::Match(start, end) => {
                (self.attempt, self.end) = (start, end);
                Ok(true)
            }
            Found::Unsure(from) => Err(from),
        }
    }

    /// Goes on where the last match stopped with [`PatternError::OutOfSteps`], after the caller has
    /// given new steps: for [`Matcher::match_at`].
    pub fn resume(&mut self) -> Result<bool, PatternError> {
        match self.backtrack()? {
            Some((s, p)) => self.run(s, p),
            None => Ok(false),
        }
    }

    /// Whether there is a match at or after `from`; if so, [`Matcher::found`] is the first. The whole
    /// pattern counts, so this is for patterns that do not begin with `^`.
    pub fn search(&mut self, from: usize) -> Result<bool, PatternError> {
        self.attempt = from;
        self.leaping = false;
        if let Some(straight) = self.straight() {
            let mut work = 0;
            let found = straight.search(self.subject, &mut self.captures, from, &mut work);
            match self.has_found(found, work) {
                Ok(found) => return Ok(found),
                Err(from) => self.attempt = from,
            }
        }
        self.search_on()
    }

    /// As [`Matcher::resume`], for [`Matcher::search`].
    pub fn resume_search(&mut self) -> Result<bool, PatternError> {
        if !self.choices.is_empty() {
            if self.resume()? {
                return Ok(true);
            }
            self.next_attempt();
        }
        self.search_on()
    }

    /// Start and end of what [`Matcher::search`] or [`Matcher::match_at`] has found.
    #[inline(always)]
    pub fn found(&self) -> (usize, usize) {
        (self.attempt, self.end)
    }

    fn search_on(&mut self) -> Result<bool, PatternError> {
        let plan = self.program.plan(self.pattern);
        self.captures.0.clear();
        while self.attempt <= self.subject.len() {
            if self.leaping {
                self.leap_on()?;
                continue;
            }
            let rest = &self.subject[self.attempt..];
            let near = &rest[..rest.len().min(WINDOW)];
            let skip = match plan.begin {
                Begin::Literal(byte) => memchr::memchr(byte, near),
                Begin::Item(p) => {
                    let (p, node) = self.known_item(p)?;
                    self.position(near, p, node, true)
                }
                Begin::Anything => Some(0),
            };
            let Some(skip) = skip else {
                self.charge(near.len());
                if near.len() == rest.len() {
                    return Ok(false);
                }
                self.attempt += near.len();
                self.has_steps()?;
                continue;
            };
            self.attempt += skip;
            self.charge(skip);
            self.has_steps()?;
            self.steps -= 1;
            let matches = match plan.rest {
                Rest::Nothing => {
                    self.end = self.attempt + 1;
                    true
                }
                Rest::Run if self.short_run()? => true,
                _ => self.attempt_at(self.attempt, 0)?,
            };
            if matches {
                return Ok(true);
            }
            self.next_attempt();
        }
        Ok(false)
    }

    /// Between two attempts: whether there are steps left. Resuming begins with the next one.
    #[inline(always)]
    fn has_steps(&mut self) -> Result<(), PatternError> {
        if self.steps == 0 {
            self.choices.clear(); // so that resuming makes this attempt, not an older one
            return Err(PatternError::OutOfSteps);
        }
        Ok(())
    }

    /// Here we know that the pattern is one item with `+`, which matches a byte where the attempt is: whether the match's
    /// end is near.
    #[inline(always)]
    fn short_run(&mut self) -> Result<bool, PatternError> {
        let (p, node) = self.known_item(0)?;
        let run = 1 + self.run_length(self.attempt + 1, p, node);
        self.end = self.attempt + run;
        Ok(run <= WINDOW)
    }

    /// The item at a place that the plan names.
    #[inline(always)]
    fn known_item(&mut self, p: u32) -> Result<(usize, Node), PatternError> {
        let p = p as usize;
        Ok((p, self.program.node(self.pattern, p)?))
    }

    /// Where the next attempt begins, after one that failed.
    fn next_attempt(&mut self) {
        self.attempt += 1;
        if let Some(p) = self.program.plan(self.pattern).leap
            && let Ok((p, node)) = self.known_item(p)
        {
            let run = self.run_length(self.attempt - 1, p, node);
            if run == WINDOW {
                self.attempt += run - 1;
                self.leaping = true;
                return;
            }
            // From the end of the run a `+` has not been tried yet.
            let untried = if node.op() == Op::Plus { run.saturating_sub(1) } else { run };
            self.attempt += untried;
        }
    }

    /// `next_attempt` for a long run of what the pattern begins with: from the place so far to the run's end.
    #[cold]
    fn leap_on(&mut self) -> Result<(), PatternError> {
        let Some(p) = self.program.plan(self.pattern).leap else { return Ok(()) };
        let (p, node) = self.known_item(p)?;
        loop {
            self.has_steps()?;
            let run = self.run_length(self.attempt, p, node);
            self.attempt += run;
            if run != WINDOW {
                break;
            }
        }
        self.leaping = false;
        self.attempt += (node.op() != Op::Plus) as usize;
        Ok(())
    }

    /// The captures of what was found.
    #[inline(always)]
    pub fn captures(&self) -> &Captures {
        &self.captures
    }

    fn run(&mut self, mut s: usize, mut p: usize) -> Result<bool, PatternError> {
        loop {
            let from = p;
            let matches = self.forward(&mut s, &mut p)?;
            self.charge((p - from) * 8); // a byte of the pattern takes longer than one of the subject
            if matches {
                self.end = s;
                return Ok(true);
            }
            if self.choices.is_empty() {
                return Ok(false);
            }
            match self.backtrack()? {
                Some(next) => (s, p) = next,
                None => return Ok(false),
            }
        }
    }

    /// Matches on without looking back, from these places to where they are left: whether the pattern's end was reached.
    #[inline(always)]
    fn forward(&mut self, s: &mut usize, p: &mut usize) -> Result<bool, PatternError> {
        let from = *p;
        loop {
            let node = match self.program.known(*p) {
                Some(node) => node,
                None if *p - from >= PATTERN_WINDOW => {
                    self.choices.push(Choice::without(*s, *p))?; // it goes on from here, later
                    return Ok(false);
                }
                None => self.program.node(self.pattern, *p)?,
            };
            match node.op() {
                Op::One => {
                    if !self.matches(*s, *p, node) {
                        return Ok(false);
                    }
                    *s += 1;
                }
                op @ (Op::Plus | Op::Star) => {
                    let at_least = (op == Op::Plus) as usize;
                    if at_least != 0 && !self.matches(*s, *p, node) {
                        return Ok(false);
                    }
                    let low = *s + at_least;
                    let Some(end) = self.greedy(low, low, *p, node)? else { return Ok(false) };
                    *s = end;
                }
                Op::Lazy => self.choices.push(Choice::longer(*s, *p, node.hint()))?,
                Op::Optional => {
                    if self.matches(*s, *p, node) {
                        self.choices.push(Choice::without(*s, node.next()))?;
                        *s += 1;
                    }
                }
                Op::Open => self.open_capture(*s, Slot::OPEN)?,
                Op::Position => self.open_capture(*s, Slot::POSITION)?,
                Op::Close => self.close_capture(*s)?,
                Op::End => return Ok(true),
                Op::Anchor => return Ok(*s == self.subject.len()),
                Op::Balance | Op::Frontier | Op::Back => {
                    let Some(len) = self.special(*s, *p, node)? else { return Ok(false) };
                    *s += len;
                }
                Op::Unknown => return Ok(false), // no node is that
            }
            *p = node.next();
        }
    }

    /// Whether there is a byte at `s` that the item matches.
    #[inline(always)]
    fn matches(&self, s: usize, p: usize, node: Node) -> bool {
        self.subject.get(s).is_some_and(|&byte| self.single(byte, p, node))
    }

    /// Where a run that has come to `s` ends; a choice for fewer bytes, down to the end `low`, unless all those must
    /// fail. None if it is not done: a choice goes on with it.
    #[inline(always)]
    fn greedy(
        &mut self,
        s: usize,
        low: usize,
        p: usize,
        node: Node,
    ) -> Result<Option<usize>, PatternError> {
        let run = self.run_length(s, p, node);
        let high = s + run;
        if run == WINDOW {
            self.choices.push(Choice::run(high, low, p))?;
            return Ok(None);
        }
        if high > low && node.next() < self.pattern.len() {
            let hint = node.hint();
            // A shorter run ends before a byte of the run, and that is not what must come next.
            if hint.is_none_or(|byte| self.single(byte, p, node)) {
                self.choices.push(Choice::shorter(high, low, node.next(), hint))?;
            }
        }
        Ok(Some(high))
    }

    /// How many bytes one of the rarer items takes.
    fn special(&mut self, s: usize, p: usize, node: Node) -> Result<Option<usize>, PatternError> {
        match node.op() {
            Op::Balance if self.subject.get(s) == Some(&node.byte()) => {
                Ok(self.balance(s + 1, 1, p, node)?.map(|end| end - s))
            }
            Op::Balance => Ok(None),
            Op::Frontier => Ok(self.is_frontier(s, p + 2, node).then_some(0)),
            _ => self.back_reference(s, node.byte() as usize),
        }
    }

    #[inline(always)]
    fn open_capture(&mut self, s: usize, len: usize) -> Result<(), PatternError> {
        if !self.captures.0.push(Slot { start: s, len }) {
            return Err(PatternError::TooManyCaptures);
        }
        self.choices.push_undo(Choice::drop_capture())
    }

    #[inline(always)]
    fn close_capture(&mut self, s: usize) -> Result<(), PatternError> {
        let open = self.captures.newest_open().ok_or(PatternError::InvalidCapture)?;
        self.captures.close(open, s);
        self.choices.push_undo(Choice::reopen_capture(open))
    }

    /// `%bxy`: the place behind the byte that closes what is open `depth` times at `s`. None if there is none, or if it
    /// is not known yet: a choice goes on then.
    fn balance(
        &mut self,
        s: usize,
        depth: usize,
        p: usize,
        node: Node,
    ) -> Result<Option<usize>, PatternError> {
        let rest = &self.subject[s..];
        let near = &rest[..rest.len().min(WINDOW)];
        let balance = balance::scan(near, node.byte(), node.extra(), depth);
        match balance {
            Balance::Closed(len) => {
                self.charge(len);
                Ok(Some(s + len))
            }
            Balance::Open(depth) => {
                self.charge(near.len());
                if near.len() < rest.len() {
                    self.choices.push(Choice::balance(s + near.len(), depth, p))?;
                }
                Ok(None)
            }
        }
    }

    /// `%f[set]`, `p` being at the bracket: a place between a byte outside the set and one in it.
    fn is_frontier(&self, s: usize, p: usize, node: Node) -> bool {
        let before = if s == 0 { 0 } else { self.subject[s - 1] };
        let after = self.subject.get(s).copied().unwrap_or(0);
        !self.single(before, p, node) && self.single(after, p, node)
    }

    /// `%1`…`%9`. COMPAT: a position capture is closed, but nothing ever equals it.
    fn back_reference(&mut self, s: usize, index: usize) -> Result<Option<usize>, PatternError> {
        let Some(&Slot { start, len }) = self.captures.0.get(index) else {
            return Err(PatternError::InvalidCaptureIndex);
        };
        match len {
            Slot::OPEN => Err(PatternError::InvalidCaptureIndex),
            Slot::POSITION => Ok(None),
            _ => {
                self.charge(len);
                let captured = &self.subject[start..start + len];
                Ok(self.subject[s..].starts_with(captured).then_some(len))
            }
        }
    }
}

/// The first place of `needle` in `hay`; an empty needle is at 0.
pub fn find_plain(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, hay),
        _ => find_several(hay, needle),
    }
}

/// PERF: so many places where the first byte lies are looked at before a searcher is set up, which costs
/// as much.
const TRIES: usize = 6;

fn find_several(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    let mut from = 0;
    for _ in 0..TRIES {
        let at = from + memchr::memchr(needle[0], hay.get(from..=last)?)?;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    memchr::memmem::find(&hay[from..], needle).map(|at| from + at)
}

/// `find_plain` by stretches of the text, for long ones: before each, `look` is told its length, and may end the search.
pub fn find_plain_far<E>(
    hay: &[u8],
    needle: &[u8],
    mut look: impl FnMut(usize) -> Result<(), E>,
) -> Result<Option<usize>, E> {
    let finder = memchr::memmem::Finder::new(needle);
    let stretch = PLAIN_WINDOW.max(needle.len());
    let mut from = 0;
    loop {
        let rest = &hay[from..];
        // Where the needle can begin in this stretch, it can end behind it.
        let near = &rest[..rest.len().min(stretch + needle.len())];
        look(near.len())?;
        if let Some(at) = finder.find(near) {
            return Ok(Some(from + at));
        }
        if near.len() == rest.len() {
            return Ok(None);
        }
        from += stretch;
    }
}

/// Bytes that a plain search goes through between two looks at the limits.
pub const PLAIN_WINDOW: usize = 1 << 20;
