//! One match by a library function: a matcher with room for its choices on the host's allocator,
//! its errors as Lua errors, its captures as values.

use core::cell::Cell;

use super::pattern::{BYTES_PER_STEP, Capture, Captures, Choice, Found, Matcher, PatternError, Spill, Straight};
use crate::base::ctype::Classes;
use crate::base::pattern::Program;
use crate::base::number::{NUMBER_BUFFER, format_integer};
use crate::heap::{Buffer, Gc, OutOfMemory};
use crate::object::{Str, Value};
use crate::runtime::args::until_nul;
use crate::state::patterns::Known;
use crate::state::{State, Status, Thrown};

/// Why a function that matches gives up.
pub enum Failure {
    Pattern(PatternError),
    Thrown(Thrown),
}

impl From<PatternError> for Failure {
    fn from(error: PatternError) -> Failure {
        Failure::Pattern(error)
    }
}

impl From<Thrown> for Failure {
    fn from(thrown: Thrown) -> Failure {
        Failure::Thrown(thrown)
    }
}

impl From<OutOfMemory> for Failure {
    fn from(error: OutOfMemory) -> Failure {
        Failure::Thrown(error.into())
    }
}

struct ChoiceStack<'a> {
    choices: Buffer<'a, Choice>,
    out_of_memory: &'a Cell<bool>,
}

impl Spill for ChoiceStack<'_> {
    fn push(&mut self, choice: Choice) -> bool {
        let pushed = self.choices.push(choice).is_ok();
        self.out_of_memory.set(!pushed);
        pushed
    }

    fn pop(&mut self) -> Option<Choice> {
        self.choices.pop()
    }

    fn clear(&mut self) {
        self.choices.clear();
    }
}

/// Steps of a match between two looks at the limits. Each takes about as long as a short call.
const STEPS: u64 = 4096;

/// A longer pattern is work by itself.
const LONG_PATTERN: usize = 1 << 10;

/// A pattern's program, and the pattern as far as it counts, unless it is long or memory is refused.
#[inline(always)]
pub fn known(l: &State, pattern: Gc<Str>) -> Option<Known> {
    let global = l.global();
    match global.patterns.hinted(pattern) {
        None => global.patterns.find(&global.heap, pattern),
        known => known,
    }
}

/// Runs `body` with a matcher for these; `known` is the pattern's program. It calls nothing that could set another locale.
#[inline]
pub fn with_matcher<R>(
    l: &mut State,
    subject: &[u8],
    pattern: Gc<Str>,
    known: Option<Known>,
    body: impl FnOnce(&mut State, &mut Matcher<'_>) -> Result<R, Failure>,
) -> Result<R, Thrown> {
    if let Some(mut known) = known {
        let classes = Classes::current();
        known.straight(l.heap(), classes); // so that it is made
        let mut taken = known.take();
        let (pattern, program, straight) = taken.parts(classes);
        return with_program(l, subject, pattern, program, straight, body);
    }
    let pattern = pattern.as_bytes();
    if pattern.len() > LONG_PATTERN {
        if pattern.len() > u32::MAX as usize {
            return Err(l.library_error(&[PatternError::TooComplex.message().as_bytes()]));
        }
        l.charge(pattern.len() / 64)?; // it is read before anything is matched
    }
    with_program(l, subject, until_nul(pattern), &mut Program::new(), None, body)
}

/// The first match at or after `from`, of a pattern that begins with `^` only there, as far as it is found without a matcher. The
/// work is counted.
#[inline(always)]
pub fn find_straight(
    l: &State,
    known: Option<&mut Known>,
    subject: &[u8],
    captures: &mut Captures,
    anchored: bool,
    from: usize,
) -> Found {
    match known.and_then(|known| known.straight(l.heap(), Classes::current())) {
        Some(steps) => find_by_steps(l, steps, subject, captures, anchored, from),
        None => Found::Unsure(from),
    }
}

/// The same with the pattern's steps.
#[inline(always)]
pub fn find_by_steps(
    l: &State,
    steps: &Straight,
    subject: &[u8],
    captures: &mut Captures,
    anchored: bool,
    from: usize,
) -> Found {
    if steps.is_doubtful() {
        return Found::Unsure(from);
    }
    let mut work = 0;
    let found = match anchored {
        true => steps.match_at(subject, captures, from, &mut work),
        false => steps.search(subject, captures, from, &mut work),
    };
    l.global().spend(work / BYTES_PER_STEP);
    found
}

#[inline]
fn with_program<R>(
    l: &mut State,
    subject: &[u8],
    pattern: &[u8],
    program: &mut Program,
    straight: Option<&Straight>,
    body: impl FnOnce(&mut State, &mut Matcher<'_>) -> Result<R, Failure>,
) -> Result<R, Thrown> {
    let out_of_memory = Cell::new(false);
    let choices = Buffer::new(l.heap());
    let mut spill = ChoiceStack { choices, out_of_memory: &out_of_memory };
    let mut matcher = Matcher::with_spill(subject, pattern, program, straight, &mut spill);
    matcher.steps = STEPS;
    let result = body(l, &mut matcher);
    l.global().spend((STEPS - matcher.steps + matcher.owed) as usize);
    result.map_err(|failure| l.pattern_error(failure, out_of_memory.get()))
}

impl State {
    /// What is raised for that; `out_of_memory`: the matcher had no memory for its choices.
    #[cold]
    pub fn pattern_error(&mut self, failure: Failure, out_of_memory: bool) -> Thrown {
        match failure {
            Failure::Thrown(thrown) => thrown,
            Failure::Pattern(PatternError::TooComplex) if out_of_memory => Thrown::new(Status::Memory),
            Failure::Pattern(error) => self.library_error(&[error.message().as_bytes()]),
        }
    }
}

/// The first match at or after `from`; of a pattern that begins with `^`, only at `from`.
#[inline(always)]
pub fn find_anchored(
    l: &mut State,
    matcher: &mut Matcher<'_>,
    anchored: bool,
    from: usize,
) -> Result<Option<(usize, usize)>, Failure> {
    if anchored {
        let mut found = matcher.match_at(from, 1);
        while let Err(PatternError::OutOfSteps) = found {
            more_steps(l, matcher)?;
            found = matcher.resume();
        }
        return Ok(if found? { Some(matcher.found()) } else { None });
    }
    let mut found = matcher.search(from);
    while let Err(PatternError::OutOfSteps) = found {
        more_steps(l, matcher)?;
        found = matcher.resume_search();
    }
    Ok(if found? { Some(matcher.found()) } else { None })
}

/// A match that takes long: it pays as it goes.
#[cold]
#[inline(never)]
fn more_steps(l: &mut State, matcher: &mut Matcher<'_>) -> Result<(), Thrown> {
    l.charge((STEPS + core::mem::take(&mut matcher.owed)) as usize)?;
    matcher.steps = STEPS;
    Ok(())
}

/// Pushes the first `count` captures of a match.
#[inline]
pub fn push_captures(
    l: &mut State,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    count: usize,
) -> Result<(), Failure> {
    if !l.may_hold(count) || !l.has_room(count) {
        l.check_stack(count, b"too many captures")?;
    }
    for index in 0..count {
        let value = capture_value(l, captures, subject, (start, end), index)?;
        l.push(value);
    }
    Ok(())
}

/// A capture as a string or, of a position, a number; not pushed.
pub fn capture_value(
    l: &mut State,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    index: usize,
) -> Result<Value, Failure> {
    Ok(match captures.get(index, start, end)? {
        Capture::Position(position) => Value::number(position as f64),
        Capture::Span { start, len } => Value::string(l.new_string(&subject[start..start + len])?),
    })
}

/// Passes a capture's text on, a position's in decimal.
pub fn with_capture_text<E: From<PatternError>>(
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    index: usize,
    take: impl FnOnce(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    match captures.get(index, start, end)? {
        Capture::Span { start, len } => take(&subject[start..start + len]),
        Capture::Position(position) => {
            let mut digits = [0; NUMBER_BUFFER];
            let len = format_integer(position as i64, &mut digits);
            take(&digits[..len])
        }
    }
}
