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

use super::pattern::{Captures, Found};
use super::session::{
    self, Failure, capture_value, find_anchored, find_straight, push_captures, with_capture_text, with_matcher,
};
use super::text::{Text, build};
use crate::base::ctype::Classes;
use crate::base::filled::Filled;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::Gc;
use crate::object::{Str, Table, TableError, Type, Value};
use crate::runtime::tostring::number_text;
use crate::state::patterns::Known;
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
                return call_each(l, subject, pattern, limit); // it may have an __index function
            }
            Replacement::Table(table)
        }
        Type::Function => return call_each(l, subject, pattern, limit),
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
        match find_percent(s.as_bytes()) {
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
    let subject = subject_string.as_bytes();
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut known = session::known(l, pattern);
    let text = Text::new(l.heap());
    let mut made = Made { subject, replacement, text, done: 0, count: 0, paid: 0 };
    // As far as it goes without a matcher.
    let mut captures = Captures::new();
    let steps = known.as_mut().and_then(|known| known.straight(l.heap(), Classes::current()));
    let mut unsure = Some(0);
    while let Some(from) = unsure
        && let Some(steps) = steps
        && made.count < limit
    {
        match session::find_by_steps(l, steps, subject, &mut captures, anchored, from) {
            Found::Unsure(at) => {
                unsure = Some(at);
                break;
            }
            Found::Nothing => unsure = None,
            Found::Match(start, end) => {
                let place = made.replace(l, &captures, (start, end)).map_err(|error| l.pattern_error(error, false))?;
                unsure = place.filter(|_| !anchored);
            }
        }
    }
    if let Some(from) = unsure
        && made.count < limit
    {
        replace_rest(l, &mut made, pattern, known, anchored, from, limit)?;
    }
    let Made { mut text, done, count, paid, .. } = made;
    if count == 0 {
        l.push(Value::string(subject_string));
    } else {
        text.extend(&subject[done..])?;
        l.global().spend_bytes(text.bytes().len() - paid);
        l.push_bytes(text.bytes())?;
    }
    l.push(Value::number_unchecked(count as i64 as f64));
    Ok(Outcome::Return(2))
}

/// The rest of `replace_all` by a matcher, from a place on before which there is no further match.
#[inline(never)]
fn replace_rest(
    l: &mut State,
    made: &mut Made<'_, '_>,
    pattern: Gc<Str>,
    known: Option<Known>,
    anchored: bool,
    from: usize,
    limit: usize,
) -> Result<(), Thrown> {
    let mut from = from;
    with_matcher(l, made.subject, pattern, known, |l, matcher| {
        while made.count < limit {
            let Some(place) = find_anchored(l, matcher, anchored, from)? else { break };
            match made.replace(l, matcher.captures(), place)? {
                Some(next) if !anchored => from = next,
                _ => break,
            }
        }
        Ok(())
    })
}

/// The result, as far as it is made.
struct Made<'a, 'h> {
    subject: &'a [u8],
    replacement: Replacement,
    text: Text<'h>,
    /// How many bytes of the subject are in it.
    done: usize,
    count: usize,
    /// How many of its bytes are paid.
    paid: usize,
}

impl Made<'_, '_> {
    /// Adds what is before a match, and its replacement. Where the next match is to be looked for; None: nowhere.
    #[inline(always)]
    fn replace(
        &mut self,
        l: &mut State,
        captures: &Captures,
        (start, end): (usize, usize),
    ) -> Result<Option<usize>, Failure> {
        let made = self.text.bytes().len();
        if made - self.paid >= PIECE {
            l.charge((made - self.paid) / 64)?;
            self.paid = made;
        }
        l.charge(1)?;
        let (subject, text) = (self.subject, &mut self.text);
        text.extend(&subject[self.done..start])?;
        self.count += 1;
        match self.replacement {
            Replacement::Plain(with) => text.extend(with.as_bytes())?,
            Replacement::Template(with) => {
                fill_in(l, text, captures, subject, (start, end), with.as_bytes())?;
            }
            Replacement::Table(table) => look_up(l, text, captures, subject, (start, end), table)?,
        }
        self.done = end;
        if start != end {
            return Ok(Some(end));
        }
        let Some(&byte) = subject.get(end) else { return Ok(None) };
        text.push(byte)?;
        self.done = end + 1;
        Ok(Some(end + 1))
    }
}

/// Adds the replacement string, its `%0` to `%9` replaced by captures.
fn fill_in(
    l: &mut State,
    text: &mut Text<'_>,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    with: &[u8],
) -> Result<(), Failure> {
    let mut at = 0;
    while let Some(skip) = find_percent(&with[at..]) {
        l.charge(1)?;
        text.extend(&with[at..at + skip])?;
        // COMPAT: a % at the end stands for the NUL behind the string.
        let byte = with.get(at + skip + 1).copied().unwrap_or(0);
        at = (at + skip + 2).min(with.len());
        match byte {
            b'0' => text.extend(&subject[start..end])?,
            b'1'..=b'9' => {
                let index = (byte - b'1') as usize;
                with_capture_text::<Failure>(captures, subject, (start, end), index, |capture| {
                    Ok(text.extend(capture)?)
                })?;
            }
            _ => text.push(byte)?,
        }
    }
    Ok(text.extend(&with[at..])?)
}

/// The first `%` of a replacement. PERF: most are short, and a call takes longer than to look at these bytes.
#[inline(always)]
fn find_percent(with: &[u8]) -> Option<usize> {
    if with.len() > 16 {
        return memchr::memchr(b'%', with);
    }
    with.iter().position(|&byte| byte == b'%')
}

/// Adds what the table has for the match's first capture.
fn look_up(
    l: &mut State,
    text: &mut Text<'_>,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
    table: Gc<Table>,
) -> Result<(), Failure> {
    let key = capture_value(l, captures, subject, (start, end), 0)?;
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

/// PERF: nothing is to be called, and no frame to be made, for many texts in which something rare is looked for.
fn call_each(l: &mut State, subject: Gc<Str>, pattern: Gc<Str>, limit: usize) -> NativeResult {
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut known = session::known(l, pattern);
    let steps = known.as_mut().and_then(|known| known.straight(l.heap(), Classes::current()));
    if let Some(steps) = steps
        && let Found::Nothing =
            session::find_by_steps(l, steps, subject.as_bytes(), &mut Captures::new(), anchored, 0)
    {
        l.push(Value::string(subject));
        l.push(Value::number(0.0));
        return Ok(Outcome::Return(2));
    }
    begin_calls(l, subject, pattern, limit)
}

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
        ahead::Found::Match(value) => {
            l.set_arg(slot::COUNT, index(count + 1));
            let asked = own(l, slot::FUNCTION);
            l.push(asked);
            l.push(value);
            return Ok(1);
        }
        ahead::Found::Nothing => return Ok(0),
        ahead::Found::Unknown => {}
    }
    let (subject, pattern) = texts(l);
    let subject = subject.as_bytes();
    let done = number_in(l, slot::DONE);
    let limit = number_in(l, slot::LIMIT);
    if count >= limit {
        return Ok(0);
    }
    let anchored = pattern.as_bytes().first() == Some(&b'^');
    let mut known = session::known(l, pattern);
    let mut captures = Captures::new();
    let found = find_straight(l, known.as_mut(), subject, &mut captures, anchored, done);
    let (start, end) = match found {
        Found::Nothing => return Ok(0),
        Found::Match(start, end) => (start, end),
        Found::Unsure(from) => return search_next(l, subject, pattern, known, (anchored, from), limit - count),
    };
    let values = push_match(l, &captures, subject, (start, end)).map_err(|failure| {
        let thrown = l.pattern_error(failure, false);
        bare(l);
        thrown
    })?;
    if values == 1 && !anchored && !own(l, slot::FUNCTION).is_table() {
        ahead::look(l, subject.len(), (start, end), limit - count - 1, |l, at| {
            match find_straight(l, known.as_mut(), subject, &mut captures, false, at) {
                Found::Match(start, end) => ahead::Next::of(l, &captures, subject, (start, end)),
                Found::Nothing => ahead::Next::Nothing,
                Found::Unsure(_) => ahead::Next::Unknown,
            }
        });
    }
    Ok(values)
}

/// `find_next` by a matcher, from a place on before which there is no further match; there may be `most`.
#[inline(never)]
fn search_next(
    l: &mut State,
    subject: &[u8],
    pattern: Gc<Str>,
    known: Option<Known>,
    (anchored, from): (bool, usize),
    most: usize,
) -> Result<u32, Thrown> {
    with_matcher(l, subject, pattern, known, |l, matcher| {
        let Some((start, end)) = find_anchored(l, matcher, anchored, from)? else { return Ok(0) };
        let values = push_match(l, matcher.captures(), subject, (start, end))?;
        if values == 1 && !anchored && !own(l, slot::FUNCTION).is_table() {
            ahead::look(l, subject.len(), (start, end), most - 1, |l, at| match matcher.search(at) {
                Ok(true) => ahead::Next::of(l, matcher.captures(), subject, matcher.found()),
                Ok(false) => ahead::Next::Nothing,
                Err(_) => ahead::Next::Unknown,
            });
        }
        Ok(values)
    })
    .inspect_err(|_| bare(l))
}

/// Pushes the function and the captures of a match; how many captures.
#[inline(always)]
fn push_match(
    l: &mut State,
    captures: &Captures,
    subject: &[u8],
    (start, end): (usize, usize),
) -> Result<u32, Failure> {
    l.set_arg(slot::COUNT, index(number_in(l, slot::COUNT) + 1));
    l.set_arg(slot::START, index(start));
    l.set_arg(slot::END, index(end));
    let asked = own(l, slot::FUNCTION);
    l.push(asked);
    // A table is asked for the first capture, and the others are not looked at.
    let values = if asked.is_table() { 1 } else { captures.count() };
    push_captures(l, captures, subject, (start, end), values)?;
    Ok(values as u32)
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
