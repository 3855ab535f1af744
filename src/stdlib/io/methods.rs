//! The methods of file objects.

use super::handle::{
    FILE_TYPE, Handle, as_handle, check_handle, check_stream, close_argument, file_result,
};
use super::transfer;
use super::stream::CHUNK;
use crate::object::Value;
use crate::runtime::tostring::{POINTER_BUFFER, show_pointer};
use crate::state::{NativeResult, Outcome, State};

pub fn close(l: &mut State) -> NativeResult {
    super::functions::close(l)
}

pub fn flush(l: &mut State) -> NativeResult {
    let done = check_stream(l)?.flush();
    file_result(l, done, None)
}

pub fn lines(l: &mut State) -> NativeResult {
    check_stream(l)?;
    let file = l.arg(1);
    transfer::push_lines(l, file, false)
}

pub fn read(l: &mut State) -> NativeResult {
    let stream = check_stream(l)?;
    transfer::read(l, stream, 2)
}

pub fn write(l: &mut State) -> NativeResult {
    let stream = check_stream(l)?;
    transfer::write(l, stream, 2)
}

pub fn seek(l: &mut State) -> NativeResult {
    const MODES: [i32; 3] = [libc::SEEK_SET, libc::SEEK_CUR, libc::SEEK_END];
    let stream = check_stream(l)?;
    let mode = l.check_option(2, Some("cur"), &["set", "cur", "end"])?;
    let offset = l.opt_integer(3, 0)?;
    match stream.seek(offset, MODES[mode]) {
        Some(position) => {
            l.push(Value::number(position as f64));
            Ok(Outcome::Return(1))
        }
        None => file_result(l, false, None),
    }
}

pub fn setvbuf(l: &mut State) -> NativeResult {
    const MODES: [i32; 3] = [libc::_IONBF, libc::_IOFBF, libc::_IOLBF];
    let stream = check_stream(l)?;
    let mode = l.check_option(2, None, &["no", "full", "line"])?;
    let size = l.opt_integer(3, CHUNK as i64)?;
    let done = stream.set_buffer(MODES[mode], size as usize);
    file_result(l, done, None)
}

/// `__gc`: closes what the program forgot to close.
pub fn gc(l: &mut State) -> NativeResult {
    match as_handle(l, l.arg(1))?.map(Handle::stream) {
        Some(Some(_)) => close_argument(l, false),
        Some(None) => Ok(Outcome::Return(0)),
        None => {
            // A userdata that was given the metatable but holds no FILE is no one's error here.
            l.check_userdata(1, FILE_TYPE)?;
            Ok(Outcome::Return(0))
        }
    }
}

pub fn tostring(l: &mut State) -> NativeResult {
    let file = check_handle(l, 1)?.file();
    if file.is_null() {
        l.push_bytes(b"file (closed)")?;
    } else {
        let mut address = [0; POINTER_BUFFER];
        let len = show_pointer(l, file.cast_const().cast(), &mut address);
        let text = l.concat_bytes(&[b"file (", &address[..len], b")"])?;
        l.push(Value::string(text));
    }
    Ok(Outcome::Return(1))
}
