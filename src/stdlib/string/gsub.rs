//! `gsub`.
//!
//! With a string or a plain table all is done here, in one go.
//!
//! Not here: replacements that a call tells (`calls`).

mod ahead;
mod calls;
mod replacements;
mod slot;

use super::pattern::{Captures, Found};
use super::session::{
    self, Failure, capture_value, find_anchored, with_capture_text, with_matcher,
};
use super::text::{PIECE, Text};
use crate::base::ctype::Classes;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::Gc;
use crate::object::{Str, Table, Type, Value};
use crate::state::patterns::Known;
use crate::state::{NativeResult, Outcome, State, Thrown};

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
                return calls::call_each(l, subject, pattern, limit); // it may have an __index function
            }
            Replacement::Table(table)
        }
        Type::Function => return calls::call_each(l, subject, pattern, limit),
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
    let mut made = Made { subject, replacement, text: Text::new(l.heap()), done: 0, count: 0, paid: 0 };
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
    if made.count == 0 {
        l.push(Value::string(subject_string));
    } else {
        // PERF: in its place, for to be moved it would be copied.
        made.text.extend(&subject[made.done..])?;
        let bytes = made.text.bytes();
        l.global().spend_bytes(bytes.len() - made.paid);
        l.push_bytes(bytes)?;
    }
    l.push(Value::number_unchecked(made.count as i64 as f64));
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
        text.piece(&subject[self.done..start])?;
        self.count += 1;
        match self.replacement {
            Replacement::Plain(with) => text.piece(with.as_bytes())?,
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
