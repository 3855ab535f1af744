//! `gsub`.
//!
//! With a string or a plain table all is done in one go. With a function each match is a call, and
//! with a table that has a metatable it may be one, so what has been done is kept in the frame, and
//! a coroutine may yield in the function:
//!
//! ```text
//!   1 subject  2 pattern  3 function or table  4 as given
//!   5 subject  6 pattern  7 limit  8 done  9 count  10 start  11 end
//!   12 replacements  13 how many  14 how many arguments  15 shown
//!   16 matches found ahead  17 the locale of them  18-29 these (`ahead`)
//!   30… arguments beyond the fourth, then the first replacements
//! ```
//!
//! `done`: bytes of the subject that are behind us; `start` and `end`: the match whose replacement
//! is being asked for; `replacements`: triples, start and end of a match that is replaced and the
//! string that replaces it. The first few lie in the frame, the others in a table. The result is put
//! together when all of them are known.
//!
//! COMPAT: the debug library shows, and lets scripts change, what lies on the reference's stack: the arguments
//! and the value that a table is asked for (`view`). The subject and the pattern are not read there
//! again, nor is the limit; the function or table is. What the reference has on its stack of a result
//! of more than 8 KiB is not shown.

mod ahead;

use self::ahead::Found;
use super::pattern::Matcher;
use super::session::{
    Failure, capture_value, find_anchored, push_captures, with_capture_text, with_matcher,
};
use super::text::{Text, build};
use crate::base::filled::Filled;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::Gc;
use crate::object::{Str, Table, TableError, Type, Value};
use crate::runtime::tostring::number_text;
use crate::state::{CallInfo, FrameFlags, NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

pub fn gsub(l: &mut State) -> NativeResult {
    let subject = l.check_bytes(1)?;
    let pattern = l.check_bytes(2)?;
    let kind = l.arg(3).type_of();
    let limit = if l.is_none_or_nil(4) { usize::MAX } else { l.check_int(4)?.max(0) as usize };
    let replacement = match kind {
        Type::String | Type::Number => Replacement::string(l.check_bytes(3)?),
        Type::Table => {
            let table = l.check_table(3)?;
            if table.metatable.get().is_some() {
                return begin_calls(l, subject, pattern, limit); // it may have an __index function
            }
            Replacement::Table(table)
        }
        Type::Function => return begin_calls(l, subject, pattern, limit),
        _ => return Err(l.arg_error(3, b"string/function/table expected")),
    };
    replace_all(l, subject, pattern, replacement, limit)
}

// Strings and tables --------------------------------------------------------------------------

#[derive(Clone, Copy)]
enum Replacement {
    /// A string without `%`.
    Plain(Gc<Str>),
    /// A string with `%` in it.
    Template(Gc<Str>),
    Table(Gc<Table>),
}

impl Replacement {
    fn string(s: Gc<Str>) -> Replacement {
        match memchr::memchr(b'%', s.as_bytes()) {
            Some(_) => Replacement::Template(s),
            None => Replacement::Plain(s),
        }
    }
}

fn replace_all(
    l: &mut State,
    subject_string: Gc<Str>,
    pattern: Gc<Str>,
    replacement: Replacement,
    limit: usize,
) -> NativeResult {
    let (subject, pattern) = (subject_string.as_bytes(), pattern.as_bytes());
    let anchored = pattern.first() == Some(&b'^');
    let mut text = Text::new(l.heap());
    let (mut count, mut paid) = (0, 0);
    with_matcher(l, subject, pattern, |l, matcher| {
        let mut done = 0;
        while count < limit {
            let Some((start, end)) = find_anchored(l, matcher, anchored, done)? else { break };
            let made = text.bytes().len();
            if made - paid >= PIECE {
                l.charge((made - paid) / 64)?;
                paid = made;
            }
            l.charge(1)?;
            text.extend(&subject[done..start])?;
            count += 1;
            match replacement {
                Replacement::Plain(with) => text.extend(with.as_bytes())?,
                Replacement::Template(with) => {
                    fill_in(l, &mut text, matcher, subject, (start, end), with.as_bytes())?;
                }
                Replacement::Table(table) => {
                    look_up(l, &mut text, matcher, subject, (start, end), table)?;
                }
            }
            done = end;
            if start == end && end < subject.len() {
                text.push(subject[end])?;
                done += 1;
            } else if start == end {
                break;
            }
            if anchored {
                break;
            }
        }
        Ok(text.extend(&subject[done..])?)
    })?;
    if count == 0 {
        l.push(Value::string(subject_string));
    } else {
        l.global().spend_bytes(text.bytes().len() - paid);
        l.push_bytes(text.bytes())?;
    }
    l.push(Value::number_unchecked(count as i64 as f64));
    Ok(Outcome::Return(2))
}

/// Adds the replacement string, its `%0` to `%9` replaced by captures.
fn fill_in(
    l: &mut State,
    text: &mut Text<'_>,
    matcher: &Matcher<'_>,
    subject: &[u8],
    (start, end): (usize, usize),
    with: &[u8],
) -> Result<(), Failure> {
    let mut at = 0;
    while let Some(skip) = memchr::memchr(b'%', &with[at..]) {
        l.charge(1)?;
        text.extend(&with[at..at + skip])?;
        // COMPAT: a % at the end stands for the NUL behind the string.
        let byte = with.get(at + skip + 1).copied().unwrap_or(0);
        at = (at + skip + 2).min(with.len());
        match byte {
            b'0' => text.extend(&subject[start..end])?,
            b'1'..=b'9' => {
                let index = (byte - b'1') as usize;
                with_capture_text::<Failure>(matcher, subject, (start, end), index, |capture| {
                    Ok(text.extend(capture)?)
                })?;
            }
            _ => text.push(byte)?,
        }
    }
    Ok(text.extend(&with[at..])?)
}

/// Adds what the table has for the match's first capture.
fn look_up(
    l: &mut State,
    text: &mut Text<'_>,
    matcher: &Matcher<'_>,
    subject: &[u8],
    (start, end): (usize, usize),
    table: Gc<Table>,
) -> Result<(), Failure> {
    let key = capture_value(l, matcher, subject, (start, end), 0)?;
    let value = table.get(key);
    if let Some(s) = value.as_string() {
        text.extend(s.as_bytes())?;
    } else if let Some(n) = value.as_number() {
        let mut digits = [0; NUMBER_BUFFER];
        let len = format_number(n, &mut digits);
        text.extend(&digits[..len])?;
    } else if value.is_falsy() {
        text.extend(&subject[start..end])?;
    } else {
        return Err(Failure::Thrown(invalid_value(l, value)));
    }
    Ok(())
}

#[cold]
fn invalid_value(l: &mut State, value: Value) -> Thrown {
    let kind = value.type_of().name();
    l.library_error(&[b"invalid replacement value (a ", kind.as_bytes(), b")"])
}

// Functions -----------------------------------------------------------------------------------

/// The frame's slots.
mod slot {
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
    pub const REPLACEMENTS: usize = 12;
    pub const REPLACED: usize = 13;
    pub const ARGUMENTS: usize = 14;
    /// A value that is shown behind the arguments; nil: none is.
    pub const SHOWN: usize = 15;
    /// What was found ahead: how many matches, in which locale, and the matches.
    pub const AHEAD: usize = 16;
    pub const CLASSES: usize = 17;
    pub const MATCHES: usize = 18;
    pub const LAST: usize = MATCHES + super::ahead::PART * super::ahead::MATCHES - 1;
}

/// Triples in the frame. PERF: most calls have no more, and need no table.
const IN_FRAME: usize = 8;
/// Bytes of the result that are made between two looks at the limits.
const PIECE: usize = 1 << 14;
/// More matches than any subject has; a slot holds it.
const MAX_LIMIT: usize = (1 << 48) - 1;
/// Triples that a table has keys for.
const MAX_REPLACED: usize = i32::MAX as usize / 3 - 1 + IN_FRAME;

fn begin_calls(l: &mut State, subject: Gc<Str>, pattern: Gc<Str>, limit: usize) -> NativeResult {
    let given = l.arg_count();
    if given <= slot::GIVEN {
        l.ensure_stack(slot::LAST)?;
        l.set_arg_count(slot::LAST);
    } else {
        make_way(l, given)?;
    }
    l.set_arg(slot::SUBJECT, Value::string(subject));
    l.set_arg(slot::PATTERN, Value::string(pattern));
    let most = if pattern.as_bytes().first() == Some(&b'^') { 1 } else { MAX_LIMIT };
    l.set_arg(slot::LIMIT, index(limit.min(most)));
    for at in [slot::DONE, slot::COUNT, slot::START, slot::END, slot::REPLACED, slot::AHEAD, slot::CLASSES] {
        l.set_arg(at, index(0));
    }
    l.set_arg(slot::ARGUMENTS, index(given));
    l.set_arg(slot::SHOWN, Value::NIL);
    let frame = l.frame_mut();
    frame.set_view(view);
    if cfg!(not(feature = "checks")) {
        frame.flags = frame.flags.with(FrameFlags::ASKS_ON);
    }
    next_match(l)
}

/// Moves the arguments beyond the fourth behind the frame's own slots.
#[cold]
fn make_way(l: &mut State, given: usize) -> Result<(), Thrown> {
    let own = slot::LAST - slot::GIVEN;
    l.ensure_stack(own)?;
    l.set_arg_count(given + own);
    for n in (slot::GIVEN + 1..=given).rev() {
        l.set_arg(n + own, l.arg(n));
    }
    l.set_arg(slot::REPLACEMENTS, Value::NIL);
    Ok(())
}

/// The arguments, and one more value where one is shown.
fn view(l: &State, frame: &CallInfo, n: usize) -> Option<usize> {
    let given = index_of(l.slot_of(frame, slot::ARGUMENTS));
    match n {
        n if n > given => {
            let is_shown = n == given + 1 && !l.slot_of(frame, slot::SHOWN).is_nil();
            is_shown.then_some(slot::SHOWN)
        }
        n if n > slot::GIVEN => Some(n - slot::GIVEN + slot::LAST),
        n => Some(n),
    }
}

/// Finds the matches, as far as the next one for which something is to be called.
fn next_match(l: &mut State) -> NativeResult {
    loop {
        l.charge(1)?;
        let values = find_next(l)?;
        if values == 0 {
            return finish(l);
        }
        if !own(l, slot::FUNCTION).is_table() {
            return l.request_call(values, 1, replaced);
        }
        let (table, key) = (own(l, slot::FUNCTION), l.from_top(1));
        match meta::look_up(l, table, key)? {
            meta::Lookup::Call { function, object } => {
                l.set_arg(slot::SHOWN, key);
                drop_answer(l);
                l.push(function);
                l.push(object);
                l.push(key);
                return l.request_call(2, 1, replaced);
            }
            meta::Lookup::Value(value) => {
                drop_answer(l);
                l.push(value);
                if replace(l)? {
                    return finish(l);
                }
            }
        }
    }
}

/// Pushes the function and the captures of the next match; how many captures, 0 if there is none.
fn find_next(l: &mut State) -> Result<u32, Thrown> {
    l.ensure_stack(2)?;
    let count = number_in(l, slot::COUNT);
    match ahead::take(l) {
        Found::Match(value) => {
            l.set_arg(slot::COUNT, index(count + 1));
            let asked = own(l, slot::FUNCTION);
            l.push(asked);
            l.push(value);
            return Ok(1);
        }
        Found::Nothing => return Ok(0),
        Found::Unknown => {}
    }
    let (subject, pattern) = texts(l);
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());
    let done = number_in(l, slot::DONE);
    let limit = number_in(l, slot::LIMIT);
    if count >= limit {
        return Ok(0);
    }
    with_matcher(l, subject, pattern, |l, matcher| {
        let anchored = pattern.first() == Some(&b'^');
        let Some((start, end)) = find_anchored(l, matcher, anchored, done)? else { return Ok(0) };
        l.set_arg(slot::COUNT, index(count + 1));
        l.set_arg(slot::START, index(start));
        l.set_arg(slot::END, index(end));
        let asked = own(l, slot::FUNCTION);
        l.push(asked);
        // A table is asked for the first capture, and the others are not looked at.
        let values = if asked.is_table() { 1 } else { matcher.capture_count() };
        push_captures(l, matcher, subject, (start, end), values)?;
        if values == 1 && !anchored && !asked.is_table() {
            ahead::look(l, matcher, subject, (start, end), limit - count - 1);
        }
        Ok(values as u32)
    })
    .inspect_err(|_| bare(l))
}

/// The function has answered.
fn replaced(l: &mut State, _: Resumed) -> NativeResult {
    if replace(l)? { finish(l) } else { next_match(l) }
}

/// The value on top replaces the match; whether that was the last.
fn replace(l: &mut State) -> Result<bool, Thrown> {
    let start = number_in(l, slot::START);
    let end = number_in(l, slot::END);
    let value = l.from_top(1);
    l.set_arg(slot::SHOWN, Value::NIL);
    let with = match (value.as_string(), value.as_number()) {
        (Some(s), _) => Some(s),
        (None, Some(n)) => Some(number_text(l, n)?),
        (None, None) if value.is_falsy() => None,
        (None, None) => {
            let error = invalid_value(l, value);
            bare(l);
            return Err(error);
        }
    };
    drop_answer(l);
    if let Some(with) = with {
        remember(l, start, end, with)?;
    }
    let done = if start == end {
        match ahead::search_behind(start, end, texts(l).0.len()) {
            Some(done) => done,
            None => return Ok(true),
        }
    } else {
        end
    };
    l.set_arg(slot::DONE, index(done));
    Ok(false)
}

/// Drops what lies above the frame's own slots.
#[inline]
fn drop_answer(l: &mut State) {
    let in_frame = number_in(l, slot::REPLACED).min(IN_FRAME);
    let end = l.frame().base.wrapping_add(first_replacement(l) + 3 * in_frame);
    debug_assert!(end <= l.top);
    l.top = end;
}

/// How many slots lie below the replacements.
#[inline]
fn first_replacement(l: &State) -> usize {
    slot::LAST + number_in(l, slot::ARGUMENTS).saturating_sub(slot::GIVEN)
}

/// After an error: what lies above the frame's own slots goes where a message handler is to see it, right
/// behind the arguments. The frame is not used again.
#[cold]
fn bare(l: &mut State) {
    let given = number_in(l, slot::ARGUMENTS);
    let first = first_replacement(l) + 3 * number_in(l, slot::REPLACED).min(IN_FRAME);
    let end = given + l.arg_count().saturating_sub(first);
    for n in slot::GIVEN + 1..=given {
        l.set_arg(n, l.arg(n - slot::GIVEN + slot::LAST));
    }
    for n in given + 1..=end {
        l.set_arg(n, l.arg(n - given + first));
    }
    l.set_arg_count(end);
    let frame = l.frame_mut();
    frame.flags = frame.flags.without(FrameFlags::HAS_VIEW);
}

/// Subject and pattern.
#[inline]
fn texts(l: &State) -> (Gc<Str>, Gc<Str>) {
    match (own(l, slot::SUBJECT).as_string(), own(l, slot::PATTERN).as_string()) {
        (Some(subject), Some(pattern)) => (subject, pattern),
        _ => unreachable!("nobody else writes to these slots"),
    }
}

/// Adds a triple to the replacements: in the frame, in place of the answer, which has been dropped.
fn remember(l: &mut State, start: usize, end: usize, with: Gc<Str>) -> Result<(), Thrown> {
    let replaced = number_in(l, slot::REPLACED);
    if replaced < IN_FRAME {
        l.ensure_stack(3)?;
        l.push(index(start));
        l.push(index(end));
        l.push(Value::string(with));
    } else {
        remember_in_table(l, replaced - IN_FRAME, start, end, with)?;
    }
    l.set_arg(slot::REPLACED, index(replaced + 1));
    Ok(())
}

/// PERF: the table is used as an array, which is made larger in time.
#[inline(never)]
fn remember_in_table(
    l: &mut State,
    replaced: usize,
    start: usize,
    end: usize,
    with: Gc<Str>,
) -> Result<(), Thrown> {
    let heap = l.heap();
    let table = match own(l, slot::REPLACEMENTS).as_table() {
        Some(table) => table,
        None => {
            let table = Table::new(heap)?;
            l.set_arg(slot::REPLACEMENTS, Value::table(table));
            table
        }
    };
    if replaced + IN_FRAME == MAX_REPLACED {
        return Err(l.table_error(TableError::Overflow));
    }
    if table.array_len() < 3 * (replaced + 1) {
        let room = 3 * (2 * replaced).max(8);
        table.resize_array(heap, room).map_err(|e| l.table_error(e))?;
    }
    if let [from, to, value] = &table.array_slots()[3 * replaced..3 * replaced + 3] {
        table.store(from, index(start));
        table.store(to, index(end));
        table.store(value, Value::string(with));
        table.barrier(heap, Value::string(with));
    }
    Ok(())
}

/// Puts the result together.
fn finish(l: &mut State) -> NativeResult {
    drop_answer(l);
    let (subject, _) = texts(l);
    let replaced = number_in(l, slot::REPLACED);
    let made = if replaced == 0 {
        subject
    } else {
        let replacements = Replacements::of(l, replaced);
        let mut len = 0usize;
        replacements.each_piece(subject.as_bytes(), |piece| len = len.saturating_add(piece.len()));
        build(l, len, |to| replacements.each_piece(subject.as_bytes(), |piece| to.put(piece)))?
    };
    let count = number_in(l, slot::COUNT);
    // For a return hook: the arguments, then the results.
    let given = number_in(l, slot::ARGUMENTS).min(slot::GIVEN);
    let frame = l.frame_mut();
    frame.flags = frame.flags.without(FrameFlags::HAS_VIEW);
    l.set_arg_count(given);
    l.push(Value::string(made));
    l.push(Value::number_unchecked(count as i64 as f64));
    Ok(Outcome::Return(2))
}

/// The triples, wherever they lie.
struct Replacements {
    in_frame: Filled<[Value; 3], IN_FRAME>,
    table: Option<Gc<Table>>,
    count_in_table: usize,
}

impl Replacements {
    fn of(l: &State, count: usize) -> Replacements {
        let count_in_frame = count.min(IN_FRAME);
        let mut in_frame = Filled::new();
        let first = first_replacement(l);
        for i in 0..count_in_frame {
            in_frame.push([1, 2, 3].map(|part| own(l, first + 3 * i + part)));
        }
        let table = own(l, slot::REPLACEMENTS).as_table();
        Replacements { in_frame, table, count_in_table: count - count_in_frame }
    }

    /// The pieces of the result: what lies between replaced matches, and what replaces them.
    #[inline]
    fn each_piece(&self, subject: &[u8], mut take: impl FnMut(&[u8])) {
        let slots = self.table.as_ref().map_or(&[][..], |table| table.array_slots());
        let in_table = slots.chunks_exact(3).take(self.count_in_table);
        let in_table = in_table.map(|triple| [triple[0].get(), triple[1].get(), triple[2].get()]);
        let in_frame = self.in_frame.iter().copied();
        let mut done = 0;
        for [start, end, with] in in_frame.chain(in_table) {
            let (start, end) = (index_of(start), index_of(end));
            take(&subject[done..start]);
            if let Some(with) = with.as_string() {
                take(with.as_bytes());
            }
            done = end;
        }
        take(&subject[done..]);
    }
}

/// One of the frame's own slots. PERF: without a look whether the frame has it.
#[inline(always)]
fn own(l: &State, slot: usize) -> Value {
    debug_assert!(l.arg_count() >= slot);
    // SAFETY: STACK: `begin_calls` made the slots, and until the frame is bare its top stays above them.
    unsafe { *l.frame().base.add(slot - 1) }
}

#[inline(always)]
fn number_in(l: &State, slot: usize) -> usize {
    index_of(own(l, slot))
}

/// An index as light userdata, which needs no conversion.
#[inline(always)]
fn index(i: usize) -> Value {
    Value::light(i as u64)
}

#[inline(always)]
fn index_of(value: Value) -> usize {
    (value.bits() << 16 >> 16) as usize
}
