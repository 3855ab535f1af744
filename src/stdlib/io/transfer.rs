//! Reading and writing: `read` with its formats, the iterator of `lines`, `write`.
//!
//! The iterator is a function with two upvalues: the file, and whether to close it at its end.

use super::handle::{as_handle, close_argument, file_result};
use super::stream::{CHUNK, Chunk, Stream};
use crate::base::number::{NUMBER_BUFFER, f64_to_integer, format_number};
use crate::base::stdio;
use crate::builtin;
use crate::object::Value;
use crate::runtime::register::new_builtin;
use crate::state::state::MIN_STACK;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::stdlib::string::text::Text;

/// Reads by the formats that are the arguments from `first` on, a line if there are none.
pub fn read(l: &mut State, stream: Stream, first: usize) -> NativeResult {
    let last = l.arg_count();
    stream.clear_error();
    let mut count = 0;
    let mut found = true;
    if last < first {
        found = push_line(l, stream)?;
        count = 1;
    } else {
        l.check_stack(last - first + 1 + MIN_STACK, b"too many arguments")?;
        for i in first..=last {
            found = read_by_format(l, stream, i)?;
            count += 1;
            if !found {
                break;
            }
        }
    }
    if stream.has_error() {
        return file_result(l, false, None);
    }
    if !found {
        l.set_from_top(1, Value::NIL); // instead of the partial result
    }
    Ok(Outcome::Return(count))
}

/// Pushes what the format that is argument `i` asks for; false if there is nothing such.
fn read_by_format(l: &mut State, stream: Stream, i: usize) -> Result<bool, Thrown> {
    let format = l.arg(i);
    if let Some(n) = format.as_number() {
        return match f64_to_integer(n) as usize {
            0 => {
                l.push_bytes(b"")?;
                Ok(stream.has_more())
            }
            n => push_bytes(l, stream, n),
        };
    }
    let letter = match format.as_string() {
        Some(s) => match *s.as_bytes() {
            [b'*', letter, ..] => letter,
            [b'*'] => 0,
            _ => return Err(l.arg_error(i, b"invalid option")),
        },
        None => return Err(l.arg_error(i, b"invalid option")),
    };
    match letter {
        b'n' => push_number(l, stream),
        b'l' => push_line(l, stream),
        b'a' => {
            push_bytes(l, stream, usize::MAX)?;
            Ok(true)
        }
        _ => Err(l.arg_error(i, b"invalid format")),
    }
}

fn push_number(l: &mut State, stream: Stream) -> Result<bool, Thrown> {
    let n = stream.read_number();
    l.push(n.map_or(Value::NIL, Value::number));
    Ok(n.is_some())
}

/// Pushes the next line without its end; false at the end of the file.
pub fn push_line(l: &mut State, stream: Stream) -> Result<bool, Thrown> {
    let mut chunk = Chunk::new();
    let Some(part) = stream.read_line(&mut chunk) else {
        l.push_bytes(b"")?;
        return Ok(false);
    };
    if let Some((b'\n', line)) = part.split_last() {
        l.push_bytes(line)?;
        return Ok(true);
    }
    // Here we know that the line is long, contains a NUL, or is the last and without an end.
    let mut text = Text::new(l.heap());
    text.extend(part)?;
    let mut ended = false;
    while !ended && let Some(part) = stream.read_line(&mut chunk) {
        ended = part.last() == Some(&b'\n');
        text.extend(&part[..part.len() - ended as usize])?;
    }
    l.push_bytes(text.bytes())?;
    Ok(ended || !text.bytes().is_empty())
}

/// Pushes the next `len` bytes, or what there is of them; false if there is nothing.
fn push_bytes(l: &mut State, stream: Stream, len: usize) -> Result<bool, Thrown> {
    let mut chunk = Chunk::new();
    let mut bytes = stream.read(&mut chunk, len.min(CHUNK));
    if len <= CHUNK || bytes.len() < CHUNK {
        l.push_bytes(bytes)?; // that was all
        return Ok(!bytes.is_empty());
    }
    let mut text = Text::new(l.heap());
    let mut left = len;
    loop {
        text.extend(bytes)?;
        left -= bytes.len();
        if left == 0 || bytes.len() < CHUNK {
            break;
        }
        bytes = stream.read(&mut chunk, left.min(CHUNK));
    }
    l.push_bytes(text.bytes())?;
    Ok(!text.bytes().is_empty())
}

/// Pushes an iterator over the lines of a file.
pub fn push_lines(l: &mut State, file: Value, closes: bool) -> NativeResult {
    let next = builtin!("next_line", next_line);
    let f = new_builtin(l, next, &[file, Value::boolean(closes)])?;
    l.push(Value::native_closure(f));
    Ok(Outcome::Return(1))
}

fn next_line(l: &mut State) -> NativeResult {
    let running = l.frame().function().as_native_closure();
    let upvalues = running.as_ref().map_or(&[][..], |f| f.upvalues());
    let [file, closes] = upvalues else { return Ok(Outcome::Return(0)) };
    // The debug library can put another value into the upvalue.
    let handle = as_handle(l, file.get())?;
    let Some(stream) = handle.and_then(|handle| handle.stream()) else {
        return Err(l.library_error(&[b"file is already closed"]));
    };
    let found = push_line(l, stream)?;
    if stream.has_error() {
        let why = stdio::error_text(stdio::errno());
        return Err(l.library_error(&[why]));
    }
    if found {
        return Ok(Outcome::Return(1));
    }
    if closes.get().is_truthy() {
        l.set_arg_count(0);
        l.push(file.get());
        return close_argument(l, false);
    }
    Ok(Outcome::Return(0))
}

/// Writes the arguments from `first` on: strings and numbers.
pub fn write(l: &mut State, stream: Stream, first: usize) -> NativeResult {
    let mut done = true;
    for i in first..=l.arg_count() {
        let value = l.arg(i);
        if let Some(n) = value.as_number() {
            let mut digits = [0; NUMBER_BUFFER];
            let len = format_number(n, &mut digits);
            done = done && stream.write(&digits[..len]);
        } else {
            let s = l.check_bytes(i)?;
            done = done && stream.write(s.as_bytes());
        }
    }
    file_result(l, done, None)
}
