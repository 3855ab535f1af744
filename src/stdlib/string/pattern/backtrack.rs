//! The choices of a match, and taking the next way when one has failed.
//!
//! Besides real choices the stack holds undo records for captures, so that going back to a choice
//! finds the captures as they were. Under the oldest choice none is needed: if that fails, the
//! match has failed, and its captures are never read.
//!
//! Not here: what makes a choice (the matcher), matching single bytes (items).

use super::{Matcher, PatternError, Slot, WINDOW};
use crate::base::filled::Filled;
use crate::base::pattern::{Kind, Node};

/// More choices than this and the match is given up: about where the reference exhausts an 8 MiB
/// machine stack.
pub const MAX_CHOICES: usize = 100_000;

/// Choices kept in the matcher: enough for usual patterns.
const INLINE: usize = 8;
/// Bytes that are scanned in the time of a step.
pub const BYTES_PER_STEP: usize = 256;

/// One record of the stack, opaque to whoever stores it.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The subject position of the last way tried, or come to; for `ReopenCapture` the capture's index.
    at: usize,
    /// `Shorter` and `Run`: the least position; `Balance`: how often what is open has to be closed.
    low: usize,
    /// Where the pattern goes on; for `Longer`, `Run` and `Balance` the item's place.
    p: usize,
    /// A [`Way`], and above it the byte that must stand where the pattern goes on, 0 if not known.
    tag: usize,
}

/// What to do with a choice.
#[derive(Clone, Copy)]
enum Way {
    /// `*` and `+`: give one byte back.
    Shorter,
    /// `-`: take one byte more.
    Longer,
    /// `*` and `+`: a run that is not at its end.
    Run,
    /// `%b`, not at its end.
    Balance,
    /// `?`: go on without the byte.
    Without,
    /// Undo an opened capture.
    DropCapture,
    /// Undo a closed capture.
    ReopenCapture,
}

impl Choice {
    /// A greedy run that ended at `at` may end before, down to `low`.
    #[inline(always)]
    pub(super) fn shorter(at: usize, low: usize, next: usize, hint: Option<u8>) -> Choice {
        Choice::new(Way::Shorter, at, low, next, hint)
    }

    /// The item at `item` may take one byte more at `at`.
    #[inline(always)]
    pub(super) fn longer(at: usize, item: usize, hint: Option<u8>) -> Choice {
        Choice::new(Way::Longer, at, at, item, hint)
    }

    /// The run of the item at `item` has come to `at`.
    #[inline(always)]
    pub(super) fn run(at: usize, low: usize, item: usize) -> Choice {
        Choice::new(Way::Run, at, low, item, None)
    }

    /// The `%b` at `item` has come to `at`.
    #[inline(always)]
    pub(super) fn balance(at: usize, depth: usize, item: usize) -> Choice {
        Choice::new(Way::Balance, at, depth, item, None)
    }

    /// The pattern may go on at `next` without the byte at `at`.
    #[inline(always)]
    pub(super) fn without(at: usize, next: usize) -> Choice {
        Choice::new(Way::Without, at, at, next, None)
    }

    /// The newest capture was opened.
    #[inline(always)]
    pub(super) fn drop_capture() -> Choice {
        Choice::new(Way::DropCapture, 0, 0, 0, None)
    }

    /// The capture `index` was closed.
    #[inline(always)]
    pub(super) fn reopen_capture(index: usize) -> Choice {
        Choice::new(Way::ReopenCapture, index, 0, 0, None)
    }

    #[inline(always)]
    fn new(way: Way, at: usize, low: usize, p: usize, hint: Option<u8>) -> Choice {
        // No literal of a pattern is NUL, because the pattern ends there.
        Choice {
            at,
            low,
            p,
            tag: way as usize | (hint.unwrap_or(0) as usize) << 8,
        }
    }

    #[inline(always)]
    fn way(&self) -> Way {
        match self.tag & 0xFF {
            0 => Way::Shorter,
            1 => Way::Longer,
            2 => Way::Run,
            3 => Way::Balance,
            4 => Way::Without,
            5 => Way::DropCapture,
            _ => Way::ReopenCapture,
        }
    }

    #[inline(always)]
    fn hint(&self) -> Option<u8> {
        match (self.tag >> 8) as u8 {
            0 => None,
            byte => Some(byte),
        }
    }
}

/// Where a matcher keeps the choices that do not fit itself: a stack.
pub trait Spill {
    /// Stores a choice; false if there is no room, which the match reports as "pattern too complex"
    /// (a caller that ran out of memory knows better, and says so instead).
    fn push(&mut self, choice: Choice) -> bool;
    /// Takes the newest choice back.
    fn pop(&mut self) -> Option<Choice>;
    /// Forgets all.
    fn clear(&mut self);
}

/// The stack of choices.
pub(super) struct Choices<'a> {
    inline: Filled<Choice, INLINE>,
    /// How many there are, inline and spilled.
    len: usize,
    pub(super) spill: Option<&'a mut (dyn Spill + 'a)>,
}

impl Choices<'_> {
    pub(super) fn new() -> Self {
        Choices {
            inline: Filled::new(),
            len: 0,
            spill: None,
        }
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub(super) fn clear(&mut self) {
        if self.len > INLINE
            && let Some(spill) = &mut self.spill
        {
            spill.clear();
        }
        self.inline.clear();
        self.len = 0;
    }

    #[inline(always)]
    pub(super) fn push(&mut self, choice: Choice) -> Result<(), PatternError> {
        if !self.inline.push(choice) {
            self.push_spilled(choice)?;
        }
        self.len += 1;
        Ok(())
    }

    /// Pushes an undo record, if there is a choice to go back to.
    #[inline(always)]
    pub(super) fn push_undo(&mut self, choice: Choice) -> Result<(), PatternError> {
        if self.is_empty() {
            Ok(())
        } else {
            self.push(choice)
        }
    }

    #[cold]
    fn push_spilled(&mut self, choice: Choice) -> Result<(), PatternError> {
        if let Some(spill) = &mut self.spill
            && self.len < MAX_CHOICES
            && spill.push(choice)
        {
            return Ok(());
        }
        Err(PatternError::TooComplex)
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Choice> {
        self.len = self.len.checked_sub(1)?;
        if self.len < INLINE { self.inline.pop() } else { self.spill.as_mut()?.pop() }
    }
}

impl Matcher<'_> {
    /// Counts work that is linear in `bytes` against the budget; what goes beyond it is owed.
    #[inline(always)]
    pub(super) fn charge(&mut self, bytes: usize) {
        // PERF: less than a step is not counted, unless the pattern has been read too, again and again.
        if bytes | self.program.read() >= BYTES_PER_STEP {
            self.charge_steps(bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn charge_steps(&mut self, bytes: usize) {
        let bytes = bytes + self.program.take_read();
        let steps = (bytes / BYTES_PER_STEP) as u64;
        match self.steps.checked_sub(steps) {
            Some(left) => self.steps = left,
            None => {
                self.owed += steps - self.steps;
                self.steps = 0;
            }
        }
    }

    /// The next way of the newest choice that has one: where subject and pattern go on.
    pub(super) fn backtrack(&mut self) -> Result<Option<(usize, usize)>, PatternError> {
        while !self.choices.is_empty() {
            if self.steps == 0 {
                return Err(PatternError::OutOfSteps); // nothing is popped: resuming comes here again
            }
            self.steps -= 1;
            let Some(choice) = self.choices.pop() else {
                break;
            };
            match choice.way() {
                Way::Shorter => {
                    let (at, follows) = self.shorter(&choice);
                    if at > choice.low {
                        self.choices.push(Choice { at, ..choice })?;
                    }
                    if follows {
                        return Ok(Some((at, choice.p)));
                    }
                }
                Way::Longer => {
                    let node = self.program.node(self.pattern, choice.p)?;
                    match self.longer(&choice, node) {
                        Longer::To(at) => {
                            self.choices.push(Choice { at, ..choice })?;
                            return Ok(Some((at, node.next())));
                        }
                        Longer::GoOn(at) => self.choices.push(Choice { at, ..choice })?,
                        Longer::Never => {}
                    }
                }
                Way::Run => {
                    let node = self.program.node(self.pattern, choice.p)?;
                    if let Some(end) = self.run_on(&choice, node)? {
                        return Ok(Some((end, node.next())));
                    }
                }
                Way::Balance => {
                    let node = self.program.node(self.pattern, choice.p)?;
                    if let Some(end) = self.balance(choice.at, choice.low, choice.p, node)? {
                        return Ok(Some((end, node.next())));
                    }
                }
                Way::Without => return Ok(Some((choice.at, choice.p))),
                Way::DropCapture => drop(self.captures.0.pop()),
                Way::ReopenCapture => {
                    self.captures.0[choice.at].len = Slot::OPEN;
                }
            }
        }
        Ok(None)
    }

    /// `greedy` for a run that was not done.
    #[cold]
    #[inline(never)]
    fn run_on(&mut self, choice: &Choice, node: Node) -> Result<Option<usize>, PatternError> {
        self.greedy(choice.at, choice.low, choice.p, node)
    }

    /// The next shorter run behind which the pattern may go on, and whether it may; if not, all down to there are done
    /// with.
    fn shorter(&mut self, choice: &Choice) -> (usize, bool) {
        let low = choice.low.max(choice.at.saturating_sub(WINDOW));
        let tried = &self.subject[low..choice.at];
        let back = match choice.hint() {
            Some(byte) => memchr::memrchr(byte, tried),
            None => (0..tried.len()).rev().find(|&at| self.can_follow(low + at, choice.p)),
        };
        self.charge(tried.len() - back.unwrap_or(0));
        (low + back.unwrap_or(0), back.is_some())
    }

    /// The next longer run behind which the pattern may go on.
    fn longer(&mut self, choice: &Choice, node: Node) -> Longer {
        let item = choice.p;
        if !self.matches(choice.at, item, node) {
            return Longer::Never;
        }
        let begin = choice.at + 1;
        let limit = begin + WINDOW;
        if let Some(byte) = choice.hint()
            && node.kind() == Kind::Any
        {
            let end = limit.min(self.subject.len());
            let skip = memchr::memchr(byte, &self.subject[begin..end]);
            self.charge(skip.unwrap_or(end - begin));
            return match skip {
                Some(skip) => Longer::To(begin + skip),
                None if end == limit => Longer::GoOn(end - 1),
                None => Longer::Never,
            };
        }
        let next = node.next();
        let follows = |matcher: &Self, at| match choice.hint() {
            Some(byte) => matcher.subject.get(at) == Some(&byte),
            None => matcher.can_follow(at, next),
        };
        let mut at = begin;
        let mut found = follows(self, at);
        while !found && at < limit && self.matches(at, item, node) {
            at += 1;
            found = follows(self, at);
        }
        self.charge(at - choice.at);
        match found {
            true => Longer::To(at),
            false if at == limit => Longer::GoOn(at),
            false => Longer::Never,
        }
    }
}

/// What became of a run that was to be longer.
enum Longer {
    /// It ends here, and the pattern may go on.
    To(usize),
    /// It has come to here, where the pattern cannot go on.
    GoOn(usize),
    /// It cannot be.
    Never,
}
