//! `find`, `match` and `gmatch`.
//!
//! The iterator of `gmatch` is a function with three upvalues: subject, pattern, and how many bytes
//! of the subject are done.

use super::basic::from_start;
use super::pattern::{PLAIN_WINDOW, find_plain, find_plain_far, has_specials};
use super::session::{find_anchored, push_captures, with_matcher};
use crate::base::number::f64_to_integer;
use crate::builtin;
use crate::object::Value;
use crate::runtime::register::new_builtin;
use crate::state::{NativeResult, Outcome, State, Thrown};

pub fn find(l: &mut State) -> NativeResult {
    find_or_match(l, true)
}

pub fn match_(l: &mut State) -> NativeResult {
    find_or_match(l, false)
}

fn find_or_match(l: &mut State, wants_place: bool) -> NativeResult {
    let subject = l.check_bytes(1)?;
    let pattern = l.check_bytes(2)?;
    let init = from_start(l.opt_integer(3, 1)?, subject.len()).max(1) as usize - 1;
    let init = init.min(subject.len());
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());

    if wants_place && (l.arg(4).is_truthy() && !l.arg(4).is_none() || !has_specials(pattern)) {
        return match plain(l, &subject[init..], pattern)? {
            Some(at) => {
                l.push(Value::number((init + at + 1) as f64));
                l.push(Value::number((init + at + pattern.len()) as f64));
                Ok(Outcome::Return(2))
            }
            None => nothing(l),
        };
    }
    with_matcher(l, subject, pattern, |l, matcher| {
        let anchored = pattern.first() == Some(&b'^');
        let Some((start, end)) = find_anchored(l, matcher, anchored, init)? else {
            l.push(Value::NIL);
            return Ok(Outcome::Return(1));
        };
        if wants_place {
            l.push(Value::number((start + 1) as f64));
            l.push(Value::number(end as f64));
            let count = matcher.level();
            push_captures(l, matcher, subject, (start, end), count)?;
            Ok(Outcome::Return(2 + count as u32))
        } else {
            let count = matcher.capture_count();
            push_captures(l, matcher, subject, (start, end), count)?;
            Ok(Outcome::Return(count as u32))
        }
    })
}

#[inline]
fn plain(l: &mut State, subject: &[u8], needle: &[u8]) -> Result<Option<usize>, Thrown> {
    l.global().spend_bytes(needle.len());
    if subject.len() > PLAIN_WINDOW {
        return find_plain_far(subject, needle, |bytes| l.charge(bytes / 256));
    }
    l.global().spend(subject.len() / 256); // several bytes at a time
    Ok(find_plain(subject, needle))
}

fn nothing(l: &mut State) -> NativeResult {
    l.push(Value::NIL);
    Ok(Outcome::Return(1))
}

pub fn gmatch(l: &mut State) -> NativeResult {
    let subject = l.check_bytes(1)?;
    let pattern = l.check_bytes(2)?;
    let upvalues = [Value::string(subject), Value::string(pattern), Value::number(0.0)];
    let f = new_builtin(l, builtin!("gmatch_next", gmatch_next), &upvalues)?;
    l.set_arg_count(0);
    l.push(Value::native_closure(f));
    Ok(Outcome::Return(1))
}

fn gmatch_next(l: &mut State) -> NativeResult {
    let running = l.frame().function().as_native_closure();
    let upvalues = running.as_ref().map_or(&[][..], |f| f.upvalues());
    let [subject, pattern, done] = upvalues else { return Ok(Outcome::Return(0)) };
    // The debug library can put other values into the upvalues.
    let (Some(subject), Some(pattern)) = (subject.get().as_string(), pattern.get().as_string())
    else {
        return Ok(Outcome::Return(0));
    };
    let from = f64_to_integer(done.get().as_number().unwrap_or(0.0)).max(0) as usize;
    if from > subject.len() {
        return Ok(Outcome::Return(0));
    }
    let (subject, pattern) = (subject.as_bytes(), pattern.as_bytes());
    with_matcher(l, subject, pattern, |l, matcher| {
        let Some((start, end)) = find_anchored(l, matcher, false, from)? else {
            return Ok(Outcome::Return(0));
        };
        // An empty match must not be found again.
        let next = if end == start { end + 1 } else { end };
        done.set(Value::number(next as f64));
        let count = matcher.capture_count();
        push_captures(l, matcher, subject, (start, end), count)?;
        Ok(Outcome::Return(count as u32))
    })
}
