//! Patterns made into steps that never go back: what most matches need, without a matcher.
//!
//! Each step takes what its item takes at first. If all match, that is the match. If one does not, there is none,
//! unless a step before it could have taken something else that leads further: whether it could is known of most when
//! the steps are made, for the bytes that a repetition matches and those that may come next are seldom the same ones.
//! If it could, a matcher has to find out, from the beginning. Only the newest of the `-` that have an end is taken further
//! here, as long as nothing that came after it is in doubt.
//!
//! ```text
//!   %s*([%w_]+)=     Run 1 · Open · One 2 · Run 2 · Close · Literal '=' · End
//!   table            of each byte: 1 if it is %s, 2 if [%w_]
//! ```
//!
//! PERF: a byte's table entry has a bit for each set, so that all kinds of items are one load and one test.
//!
//! The table is that of one locale; whoever uses the steps sees to it that it is the current one. From what is
//! malformed on, or has no step (a `-` of which it is not clear where it ends), or is too much, a matcher goes
//! on; so the steps tell of such patterns only where they cannot match.
//!
//! Not here: going back (`stdlib::string::pattern`), how they are made (`make`).

mod make;

use core::cell::Cell;

use super::captures::{Captures, Slot};
use crate::base::ctype::Classes;

/// How many steps a pattern may have, and how many different sets.
const STEPS: usize = 28;
const SETS: usize = 8;
/// Bytes that are looked at by one step.
const WINDOW: usize = 1 << 18;
/// What an attempt of a search weighs, in bytes that are looked at.
const ATTEMPT: usize = 256;
/// After so many attempts a matcher searches on.
const ATTEMPTS: usize = 64;
/// What it weighs that a `-` is taken further.
const RETRY: usize = 32;
/// What an attempt weighs that a matcher has to make once more (one that need not takes 1 away again), and how much is too
/// much for any more to be made.
const DOUBT: u8 = 3;
const MANY_DOUBTS: u8 = 30;

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Do {
    End,
    /// What follows is a matcher's.
    GiveUp,
    /// `$`
    Anchor,
    /// One byte of the set, …
    One,
    /// … or `byte`.
    Literal,
    /// As many as there are of the set.
    Run,
    /// As far as `byte`.
    RunTo,
    /// To the subject's end.
    All,
    Optional,
    /// Bytes of the set, to the first `byte`.
    Lazy,
    /// To the first `byte`, less the bytes of the set before it.
    LazyAny,
    /// Bytes of the set (0: any), to the first that `byte` is the set of, …
    LazySet,
    /// … or to the text of the capture number `byte`.
    LazyBack,
    /// To where only bytes of the set are left.
    Trim,
    Open,
    Position,
    /// The capture number `byte`.
    Close,
    /// From `byte` to `set`, which is another byte here.
    Balance,
    Frontier,
    /// The text of the capture number `byte`, which is closed.
    Back,
}

#[derive(Clone, Copy)]
struct Step {
    what: Do,
    /// The bit of the set.
    set: u8,
    byte: u8,
    /// If it fails behind this step, the step could have taken something else.
    doubtful: bool,
}

/// Where a match can begin.
#[derive(Clone, Copy)]
enum Begin {
    Anywhere,
    Literal(u8),
    Set(u8),
}

/// The steps of a pattern.
pub struct Straight {
    table: [u8; 256],
    steps: [Step; STEPS],
    begin: Begin,
    /// Whether one byte is all.
    is_one: bool,
    /// The set of a repetition that every match begins with, and whether it needs a byte. When an attempt has failed, so
    /// will those that begin within the bytes it took.
    leap: Option<(u8, bool)>,
    /// Whether a step goes back to what was taken before: a `-` that may have to be taken further, or `%1`.
    goes_back: bool,
    locale: usize,
    doubts: Cell<u8>,
}

/// What an attempt has come to.
#[derive(Clone, Copy)]
struct Attempt {
    /// Where the match ends; or one of these.
    end: usize,
    /// How far the subject was looked at, and more if parts of it were again and again.
    at: usize,
}

/// A `-` that can be taken further.
#[derive(Clone, Copy)]
struct Longer {
    /// The step, or `NO_STEP`.
    step: usize,
    /// Where it ends, and how many captures there are.
    at: usize,
    captures: usize,
    /// Whether another way was left before it.
    doubtful: bool,
}

const NO_STEP: usize = usize::MAX;

/// There is no match here.
const FAILED: usize = usize::MAX;
/// A matcher has to find out: a step could have taken something else, …
const UNSURE: usize = usize::MAX - 1;
/// … or there is no step for what comes, or a text is long.
const GIVEN_UP: usize = usize::MAX - 2;

/// What a search has come to.
pub enum Found {
    /// A match from here to there.
    Match(usize, usize),
    Nothing,
    /// There is none before this place; a matcher has to go on from there.
    Unsure(usize),
}

impl Straight {
    /// Whether these steps are those of this locale.
    #[inline(always)]
    pub fn is_of(&self, classes: Classes) -> bool {
        classes.are(self.locale)
    }

    /// Whether they tell too seldom what there is.
    #[inline(always)]
    pub fn is_doubtful(&self) -> bool {
        self.doubts.get() >= MANY_DOUBTS
    }

    /// Whether there is a match at `from`, of a pattern behind its `^`. `work` grows by what was done, in bytes.
    #[inline(always)]
    pub fn match_at(&self, subject: &[u8], captures: &mut Captures, from: usize, work: &mut usize) -> Found {
        // PERF: of many patterns in turn each fails but one.
        if !self.can_begin(subject.get(from)) {
            return Found::Nothing;
        }
        let Attempt { end, at } = self.attempt(subject, captures, from);
        *work += at - from;
        match end {
            FAILED => Found::Nothing,
            UNSURE => self.doubt(from),
            GIVEN_UP => Found::Unsure(from),
            end => {
                self.trust();
                Found::Match(from, end)
            }
        }
    }

    /// The first match at or after `from`.
    #[inline(always)]
    pub fn search(&self, subject: &[u8], captures: &mut Captures, mut from: usize, work: &mut usize) -> Found {
        captures.0.clear();
        for _ in 0..ATTEMPTS {
            let rest = &subject[from..];
            let near = &rest[..rest.len().min(WINDOW)];
            let skip = match self.begin {
                Begin::Anywhere => Some(0),
                Begin::Literal(byte) => find_soon(byte, near),
                Begin::Set(set) => near.iter().position(|&byte| self.has(set, byte)),
            };
            let Some(skip) = skip else {
                *work += near.len();
                return if near.len() == rest.len() { Found::Nothing } else { Found::Unsure(from + near.len()) };
            };
            from += skip;
            *work += skip + ATTEMPT;
            if self.is_one {
                return Found::Match(from, from + 1);
            }
            let Attempt { end, at } = self.attempt(subject, captures, from);
            *work += at - from;
            match end {
                FAILED => {}
                UNSURE => return self.doubt(from),
                GIVEN_UP => return Found::Unsure(from),
                end => {
                    self.trust();
                    return Found::Match(from, end);
                }
            }
            if let Some((set, needs_one)) = self.leap {
                let run = self.run_length(set, &subject[from..]);
                *work += run;
                if run == WINDOW {
                    return Found::Unsure(from);
                }
                // From the end of the run a `+` has not been tried yet.
                from += if needs_one { run.saturating_sub(1) } else { run };
            }
            from += 1;
            if from > subject.len() {
                return Found::Nothing;
            }
            if *work > WINDOW {
                break;
            }
        }
        Found::Unsure(from)
    }

    /// Whether a match can begin with this byte, or at the subject's end.
    #[inline(always)]
    fn can_begin(&self, byte: Option<&u8>) -> bool {
        match self.begin {
            Begin::Anywhere => true,
            Begin::Literal(literal) => byte == Some(&literal),
            Begin::Set(set) => byte.is_some_and(|&byte| self.has(set, byte)),
        }
    }

    #[cold]
    #[inline(never)]
    fn doubt(&self, from: usize) -> Found {
        self.doubts.set(self.doubts.get().saturating_add(DOUBT));
        Found::Unsure(from)
    }

    #[inline(always)]
    fn trust(&self) {
        self.doubts.set(self.doubts.get().saturating_sub(1));
    }

    #[inline(always)]
    fn has(&self, set: u8, byte: u8) -> bool {
        self.table[byte as usize] & set != 0
    }

    /// How many bytes in a row are in the set, as far as they are looked at.
    #[inline(always)]
    fn run_length(&self, set: u8, rest: &[u8]) -> usize {
        let near = &rest[..rest.len().min(WINDOW)];
        near.iter().position(|&byte| !self.has(set, byte)).unwrap_or(near.len())
    }

    /// All steps, from `s` on.
    #[inline(always)]
    fn attempt(&self, subject: &[u8], captures: &mut Captures, s: usize) -> Attempt {
        match self.goes_back {
            true => self.take_steps::<true>(subject, captures, s),
            false => self.take_steps::<false>(subject, captures, s),
        }
    }

    /// PERF: what is needed to go back takes registers, which most patterns can do without.
    #[inline(never)]
    fn take_steps<const GOES_BACK: bool>(&self, subject: &[u8], captures: &mut Captures, mut s: usize) -> Attempt {
        captures.0.clear();
        // Whether another way is left behind `longer`; if that is none, at all.
        let mut doubtful = false;
        let mut longer = Longer { step: NO_STEP, at: 0, captures: 0, doubtful: false };
        let (mut next, mut again) = (0, 0);
        loop {
            let end = loop {
                let Some(step) = self.steps.get(next) else { break GIVEN_UP };
                next += 1;
                match step.what {
                    Do::End => return Attempt { end: s, at: s + again },
                    Do::GiveUp => return Attempt { end: GIVEN_UP, at: s + again },
                    Do::Anchor if s == subject.len() => return Attempt { end: s, at: s + again },
                    Do::Anchor => break FAILED,
                    Do::One => match subject.get(s) {
                        Some(&byte) if self.has(step.set, byte) => s += 1,
                        _ => break FAILED,
                    },
                    Do::Literal => match subject.get(s) {
                        Some(&byte) if byte == step.byte => s += 1,
                        _ => break FAILED,
                    },
                    Do::Run => {
                        let run = self.run_length(step.set, &subject[s..]);
                        if run == WINDOW {
                            break GIVEN_UP;
                        }
                        s += run;
                        doubtful |= step.doubtful & (run != 0);
                    }
                    Do::RunTo => {
                        let Some(run) = find_byte(step.byte, &subject[s..]) else { break GIVEN_UP };
                        s += run;
                        doubtful |= step.doubtful & (run != 0);
                    }
                    Do::All => {
                        s = subject.len();
                        doubtful |= step.doubtful;
                    }
                    Do::Optional => {
                        if subject.get(s).is_some_and(|&byte| self.has(step.set, byte)) {
                            s += 1;
                            doubtful |= step.doubtful;
                        }
                    }
                    Do::Lazy => {
                        let run = self.run_length(step.set, &subject[s..]);
                        if let Some(at) = subject[s..s + run].iter().position(|&byte| byte == step.byte) {
                            s += at;
                        } else {
                            s += run;
                            if run == WINDOW {
                                break GIVEN_UP;
                            }
                            if subject.get(s) != Some(&step.byte) {
                                break FAILED;
                            }
                        }
                        if GOES_BACK {
                            longer.renew(next - 1, s, captures, &mut doubtful);
                        } else {
                            doubtful = true;
                        }
                    }
                    Do::LazyAny => {
                        let Some(run) = find_byte(step.byte, &subject[s..]) else { break GIVEN_UP };
                        let begin = s;
                        s += run;
                        if s == subject.len() {
                            break FAILED;
                        }
                        if GOES_BACK && step.set == 0 {
                            longer.renew(next - 1, s, captures, &mut doubtful);
                        } else {
                            while s > begin && self.has(step.set, subject[s - 1]) {
                                s -= 1;
                            }
                            doubtful = true;
                        }
                    }
                    Do::LazySet | Do::LazyBack if GOES_BACK => {
                        match self.lazy_end(step, subject, captures, s) {
                            Ok(end) => s = end,
                            Err(end) => break end,
                        }
                        longer.renew(next - 1, s, captures, &mut doubtful);
                    }
                    Do::Trim => {
                        let rest = &subject[s..];
                        let near = &rest[rest.len() - rest.len().min(WINDOW)..];
                        let kept = near.iter().rposition(|&byte| !self.has(step.set, byte)).map_or(0, |at| at + 1);
                        if kept == 0 && near.len() < rest.len() {
                            break GIVEN_UP;
                        }
                        s = subject.len() - near.len() + kept;
                    }
                    // There is room: the steps have no more than captures may be.
                    Do::Open => _ = captures.0.push(Slot { start: s, len: Slot::OPEN }),
                    Do::Position => _ = captures.0.push(Slot { start: s, len: Slot::POSITION }),
                    Do::Close => captures.close(step.byte as usize, s),
                    Do::Balance => {
                        if subject.get(s) != Some(&step.byte) {
                            break FAILED;
                        }
                        match balanced(&subject[s..], step.byte, step.set) {
                            Some(0) => {
                                s = subject.len();
                                break FAILED;
                            }
                            Some(len) => s += len,
                            None => break GIVEN_UP,
                        }
                    }
                    Do::Frontier => {
                        let before = if s == 0 { 0 } else { subject[s - 1] };
                        let after = subject.get(s).copied().unwrap_or(0);
                        if self.has(step.set, before) || !self.has(step.set, after) {
                            break FAILED;
                        }
                    }
                    Do::Back if GOES_BACK => {
                        let Slot { start, len } = captures.0[step.byte as usize];
                        if !is_at(&subject[s..], &subject[start..start + len]) {
                            break FAILED;
                        }
                        s += len;
                    }
                    Do::LazySet | Do::LazyBack | Do::Back => break GIVEN_UP, // there is none of these
                }
            };
            let end = match end {
                FAILED if doubtful => UNSURE,
                FAILED if longer.step != NO_STEP => {
                    again += s.saturating_sub(longer.at) + RETRY;
                    s = longer.at;
                    (next, doubtful) = (longer.step, longer.doubtful);
                    longer.step = NO_STEP;
                    captures.0.truncate(longer.captures);
                    let repeated = self.steps[next].set;
                    match subject.get(s) {
                        Some(_) if again > WINDOW => GIVEN_UP,
                        Some(&byte) if repeated == 0 || self.has(repeated, byte) => {
                            s += 1;
                            continue;
                        }
                        _ if doubtful => UNSURE,
                        _ => FAILED,
                    }
                }
                end => end,
            };
            return Attempt { end, at: s + again };
        }
    }

    /// Where a `-` that goes to a set or to a captured text ends; if it does not, what the attempt comes to.
    #[inline(never)]
    fn lazy_end(&self, step: &Step, subject: &[u8], captures: &Captures, s: usize) -> Result<usize, usize> {
        let rest = &subject[s..];
        let near = rest.len().min(WINDOW);
        let run = if step.set == 0 { near } else { self.run_length(step.set, rest) };
        let place = match step.what {
            Do::LazySet => {
                let tried = &rest[..near.min(run + 1)];
                tried.iter().position(|&byte| self.has(step.byte, byte))
            }
            _ => {
                let Slot { start, len } = captures.0[step.byte as usize];
                find_text(&subject[start..start + len], rest, run)
            }
        };
        match place {
            Some(place) => Ok(s + place),
            None if run == WINDOW => Err(GIVEN_UP),
            None => Err(FAILED),
        }
    }
}

impl Longer {
    /// A `-` has ended at `s`. Before it, there is another way if there was one.
    #[inline(always)]
    fn renew(&mut self, step: usize, s: usize, captures: &Captures, doubtful: &mut bool) {
        let doubtful = core::mem::take(doubtful) | (self.step != NO_STEP);
        *self = Longer { step, at: s, captures: captures.0.len(), doubtful };
    }
}

/// Whether `text` begins with these bytes. PERF: they are few, and to call a function takes longer.
#[inline(always)]
fn is_at(text: &[u8], bytes: &[u8]) -> bool {
    bytes.len() <= text.len() && bytes.iter().zip(text).all(|(a, b)| a == b)
}

/// The first place of `bytes` in `text` where not more than `most` bytes are before it.
#[inline(always)]
fn find_text(bytes: &[u8], text: &[u8], most: usize) -> Option<usize> {
    let Some(&first) = bytes.first() else { return Some(0) };
    let tried = &text[..text.len().min(most + 1)];
    (0..tried.len()).find(|&at| tried[at] == first && is_at(&text[at..], bytes))
}

/// How many bytes it is to where what the first byte opens is closed; 0: it is not. None: it may be far.
#[inline(never)]
fn balanced(rest: &[u8], open: u8, close: u8) -> Option<usize> {
    let near = &rest[..rest.len().min(WINDOW)];
    let mut depth = 1usize;
    for (at, &byte) in near.iter().enumerate().skip(1) {
        if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        } else if byte == open {
            depth += 1;
        }
    }
    (near.len() == rest.len()).then_some(0)
}

/// How many bytes are before the first of these; all, if there is none. None: it may be far.
#[inline(always)]
fn find_byte(wanted: u8, rest: &[u8]) -> Option<usize> {
    // PERF: a search that compares many bytes at a time has begun when a near byte is found already.
    let near = &rest[..rest.len().min(NEAR)];
    if let Some(at) = near.iter().position(|&byte| byte == wanted) {
        return Some(at);
    }
    if near.len() == rest.len() {
        return Some(near.len());
    }
    let rest = &rest[NEAR..];
    match memchr::memchr(wanted, &rest[..rest.len().min(WINDOW)]) {
        Some(at) => Some(NEAR + at),
        None => (rest.len() <= WINDOW).then_some(NEAR + rest.len()),
    }
}

const NEAR: usize = 12;

/// The first of these bytes. PERF: a near one is found by a word, before a search that compares many at a time has begun.
#[inline(always)]
fn find_soon(wanted: u8, hay: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let Some(word) = hay.first_chunk::<8>() else { return hay.iter().position(|&byte| byte == wanted) };
    let other = u64::from_le_bytes(*word) ^ ONES * wanted as u64;
    match other.wrapping_sub(ONES) & !other & ONES << 7 {
        0 => memchr::memchr(wanted, &hay[8..]).map(|at| 8 + at),
        found => Some(found.trailing_zeros() as usize / 8),
    }
}
