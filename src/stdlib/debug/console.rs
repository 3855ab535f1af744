//! `debug.debug`: lines of Lua from standard input are run until it ends or a line says `cont`.

use core::ffi::{c_char, c_int};

use crate::object::Value;
use crate::runtime::args::until_nul;
use crate::runtime::load;
use crate::runtime::tostring::text_of;
use crate::state::{NativeResult, Outcome, Resumed, State, Status, Thrown};

/// The longest line, with its end and a NUL.
const LINE: usize = 250;

unsafe extern "C" {
    static stdin: *mut libc::FILE;
    static stderr: *mut libc::FILE;
}

pub fn debug(l: &mut State) -> NativeResult {
    loop {
        l.set_arg_count(0);
        let mut line = [0u8; LINE];
        if !read_line(&mut line) {
            return Ok(Outcome::Return(0));
        }
        match load::load_buffer(l, until_nul(&line), b"=(debug command)") {
            Ok(()) => {
                return l.request_protected_call(0, 0, ran, None);
            }
            Err(thrown) => {
                let message = l.take_error_value(thrown);
                show_error(l, message)?;
            }
        }
    }
}

fn ran(l: &mut State, how: Resumed) -> NativeResult {
    if how.status != Status::Ok {
        let message = l.from_top(1);
        show_error(l, message)?;
    }
    debug(l)
}

/// False at the end of input, or where the line ends the console.
fn read_line(line: &mut [u8; LINE]) -> bool {
    // SAFETY: C's own streams; fgets is told the buffer's size.
    unsafe {
        libc::fputs(c"lua_debug> ".as_ptr(), stderr);
        let p = line.as_mut_ptr().cast::<c_char>();
        if libc::fgets(p, LINE as c_int, stdin).is_null() {
            return false;
        }
    }
    until_nul(line) != b"cont\n"
}

/// The reference would crash over an error value that is no text; here nothing is shown for it.
fn show_error(l: &mut State, message: Value) -> Result<(), Thrown> {
    let text = if message.is_string() || message.is_number() {
        Some(text_of(l, message)?)
    } else {
        None
    };
    let text = text.as_ref().map_or(&b""[..], |s| until_nul(s.as_bytes()));
    // SAFETY: the pointer and the length are the text's; C's own stream.
    unsafe {
        libc::fwrite(text.as_ptr().cast(), 1, text.len(), stderr);
        libc::fputs(c"\n".as_ptr(), stderr);
    }
    Ok(())
}
