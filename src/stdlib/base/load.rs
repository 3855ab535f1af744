//! `load`, `loadstring`, `loadfile` and `dofile`.

use crate::object::Value;
use crate::runtime::load::{self, ChunkReader};
use crate::runtime::load_file::load_file;
use crate::state::{MULTRET, NativeResult, Outcome, Resumed, State, Status, Thrown};
use crate::vm::call;
use crate::vm::{meta, safepoint};

pub fn loadstring(l: &mut State) -> NativeResult {
    let text = l.check_bytes(1)?;
    let name = l.opt_bytes(2)?.unwrap_or(text);
    l.global().spend_bytes(name.len());
    // REACH: both strings are arguments, and stay in their slots.
    let status = call::protect(l, &mut |l| load::load_string(l, text, name.as_bytes()))?;
    finish(l, status)
}

/// The function that lies on top, or nil and the message that does.
fn finish(l: &mut State, status: Status) -> NativeResult {
    l.pass_on_ending(status)?;
    if status == Status::Ok {
        return Ok(Outcome::Return(1));
    }
    l.push(Value::NIL);
    l.insert_below(2);
    Ok(Outcome::Return(2))
}

pub fn load(l: &mut State) -> NativeResult {
    let name = l.opt_bytes(2)?;
    l.check_function(1)?;
    l.set_arg_count(3); // the third keeps the newest piece reachable
    let mut reader = Called { slot: l.frame().base as usize - l.stack as usize };
    let name = name.as_ref().map_or(&b"=(load)"[..], |name| name.as_bytes());
    l.global().spend_bytes(name.len());
    let status = call::protect(l, &mut |l| load::load(l, &mut reader, name))?;
    finish(l, status)
}

/// A chunk that a function returns piece by piece.
struct Called {
    /// Where `load`'s arguments are, as a distance in bytes from the stack's begin.
    slot: usize,
}

impl Called {
    fn place(&self, l: &State, n: usize) -> *mut Value {
        l.stack.wrapping_byte_add(self.slot).wrapping_add(n - 1)
    }
}

impl ChunkReader for Called {
    fn runs_code(&self) -> bool {
        true
    }

    fn next_piece(&mut self, l: &mut State) -> Result<&[u8], Thrown> {
        safepoint::check(l)?;
        l.check_stack(2, b"too many nested functions")?;
        // SAFETY: STACK: the first slot of load's frame, which stands until the chunk is loaded.
        let function = unsafe { *self.place(l, 1) };
        l.push(function);
        call::call(l, 0, 1)?;
        let piece = l.pop();
        if piece.is_nil() {
            return Ok(&[]);
        }
        let Some(text) = meta::to_string(l, piece)? else {
            return Err(l.library_error(&[b"reader function must return a string"]));
        };
        // SAFETY: STACK: the third slot of load's frame.
        unsafe { *self.place(l, 3) = Value::string(text) };
        // SAFETY: REACH: that slot keeps the string until the next piece is asked for.
        Ok(unsafe { core::slice::from_raw_parts(text.data(), text.len()) })
    }
}

/// Loads the file named by the first argument, with errors caught: pushes the function, or the
/// message.
fn load_named(l: &mut State) -> Result<Status, Thrown> {
    let name = l.opt_bytes(1)?;
    let name = name.as_ref().map(|s| s.as_bytes());
    call::protect(l, &mut |l| load_file(l, name))
}

pub fn loadfile(l: &mut State) -> NativeResult {
    let status = load_named(l)?;
    finish(l, status)
}

pub fn dofile(l: &mut State) -> NativeResult {
    let status = load_named(l)?;
    l.pass_on_ending(status)?;
    if status != Status::Ok {
        let message = l.pop();
        return Err(l.throw_value(message));
    }
    l.request_call(0, MULTRET, |_, Resumed { count, .. }| Ok(Outcome::Return(count)))
}
