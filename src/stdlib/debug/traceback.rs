//! `debug.traceback`.

use super::thread_meant;
use crate::heap::Buffer;
use crate::object::Value;
use crate::state::{NativeResult, Outcome, State};
use crate::vm::debug::traceback;
use crate::vm::meta;

/// `traceback([thread,] [message [, level]])`
pub fn traceback(l: &mut State) -> NativeResult {
    let (of, skip) = thread_meant(l);
    let mut level = if of.same(l.handle()) { 1 } else { 0 };
    if let Some(n) = meta::to_number(l.arg(skip + 2)) {
        level = crate::base::number::f64_to_integer(n) as i32 as i64;
        l.pop();
    }
    if l.arg_count() > skip {
        let message = l.arg(skip + 1);
        if !message.is_string() && !message.is_number() {
            return Ok(Outcome::Return(1)); // an error value that is no text passes through
        }
        l.push_bytes(b"\n")?;
    }
    let mut text = Buffer::new(l.heap());
    text.extend(traceback::TITLE)?;
    while level < 0 {
        l.charge(1)?; // there may be 2^31 of them
        traceback::write_level(&of, level, &mut text)?;
        level += 1;
    }
    traceback::write_levels(&of, level, &mut text)?;
    let text = l.new_string(&text)?;
    l.push(Value::string(text));
    // COMPAT: whatever was passed is joined, further arguments too.
    let pieces = l.arg_count() - skip;
    meta::concat(l, pieces)?;
    Ok(Outcome::Return(1))
}
