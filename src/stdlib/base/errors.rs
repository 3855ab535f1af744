//! `error`, `assert`, `pcall` and `xpcall`.

use crate::object::Value;
use crate::runtime::args::until_nul;
use crate::state::{FrameFlags, MULTRET, NativeResult, Outcome, Resumed, State, Status, Thrown};
use crate::vm::interp::fast::protect::after_pcall;
use crate::vm::meta;

pub fn error(l: &mut State) -> NativeResult {
    let level = l.opt_int(2, 1)?;
    l.set_arg_count(1);
    let value = l.arg(1);
    let text = if level > 0 { meta::to_string(l, value)? } else { None };
    let Some(text) = text else {
        return Err(Thrown::new(Status::Runtime)); // with the value on top
    };
    // COMPAT: a number becomes a string here, even where no position is known.
    let message = match l.position_at_level(level as usize)? {
        Some(position) => l.concat_bytes(&[position.as_bytes(), text.as_bytes()])?,
        None => text,
    };
    Err(l.throw_value(Value::string(message)))
}

pub fn assert(l: &mut State) -> NativeResult {
    if l.check_any(1)?.is_truthy() {
        return Ok(Outcome::Return(l.arg_count() as u32));
    }
    match l.opt_bytes(2)? {
        // The string stays in its slot while the message is made.
        Some(message) => Err(l.library_error(&[until_nul(message.as_bytes())])),
        None => Err(l.library_error(&[b"assertion failed!"])),
    }
}

pub fn pcall(l: &mut State) -> NativeResult {
    l.check_any(1)?;
    let n = l.arg_count();
    let frame = l.frame_mut();
    if frame.nresults >= MULTRET {
        // PERF: then results are where the handler for a compiled function has them, and go on as those do.
        frame.flags = frame.flags.with(FrameFlags::IN_PLACE);
    }
    l.request_protected_call(n as u32 - 1, MULTRET, after_pcall, None)
}

pub fn xpcall(l: &mut State) -> NativeResult {
    l.check_any(2)?;
    l.set_arg_count(2);
    l.insert_below(2); // the handler in slot 0, where the first result is to be
    l.request_protected_call(0, MULTRET, after_protected_call, Some(0))
}

/// Results, or the error value, lie above the slot of the first result.
fn after_protected_call(l: &mut State, resumed: Resumed) -> NativeResult {
    // An overflow caught at the limit left no room to go back to the ordinary size at once.
    l.forget_overflow();
    l.set_arg(1, Value::boolean(resumed.status == Status::Ok));
    Ok(Outcome::Return(resumed.count + 1))
}
