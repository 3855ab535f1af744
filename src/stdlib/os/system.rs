//! Commands, files by name, the environment and the locale.

use core::ffi::{CStr, c_char, c_int};

use crate::base::stdio;
use crate::heap::{Gc, OutOfMemory};
use crate::object::{Str, Value};
use crate::runtime::args::until_nul;
use crate::state::{NativeResult, Outcome, State};

/// An argument as C takes it, which looks through all of it.
fn c_text(l: &State, text: &Gc<Str>) -> Result<*const c_char, OutOfMemory> {
    l.global().spend_bytes(text.len());
    Ok(text.c_text(l.heap())?.as_ptr())
}

/// The same of an optional argument: null, if there is none.
fn optional_text(l: &State, text: Option<&Gc<Str>>) -> Result<*const c_char, OutOfMemory> {
    text.map_or(Ok(core::ptr::null()), |text| c_text(l, text))
}

/// Pushes a copy of a C string, nil for a null pointer.
///
/// # Safety
/// `text` is null or a C string.
unsafe fn push_c_string(l: &mut State, text: *const c_char) -> NativeResult {
    if text.is_null() {
        l.push(Value::NIL);
    } else {
        // SAFETY: the caller's promise; the bytes are copied before anything else is called.
        l.push_bytes(unsafe { CStr::from_ptr(text) }.to_bytes())?;
    }
    Ok(Outcome::Return(1))
}

/// true, or nil with a message and the error number.
fn file_result(l: &mut State, done: bool, name: Gc<Str>) -> NativeResult {
    let errno = stdio::errno(); // before anything else can change it
    if done {
        l.push(Value::TRUE);
        return Ok(Outcome::Return(1));
    }
    let why = stdio::error_text(errno);
    let message = l.concat_bytes(&[until_nul(name.as_bytes()), b": ", why])?;
    l.push(Value::NIL);
    l.push(Value::string(message));
    l.push(Value::number(errno as f64));
    Ok(Outcome::Return(3))
}

pub fn execute(l: &mut State) -> NativeResult {
    let command = l.opt_bytes(1)?;
    let command = optional_text(l, command.as_ref())?;
    // SAFETY: null asks whether there is a shell; else a C string.
    let status = unsafe { libc::system(command) };
    l.push(Value::number(status as f64));
    Ok(Outcome::Return(1))
}

pub fn exit(l: &mut State) -> NativeResult {
    let status = l.opt_int(1, libc::EXIT_SUCCESS)?;
    // SAFETY: the process ends here; functions given to atexit are the host's concern.
    unsafe { libc::exit(status) }
}

pub fn getenv(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    let name = c_text(l, &name)?;
    // SAFETY: name is a C string; the answer is one too, copied at once.
    unsafe { push_c_string(l, libc::getenv(name)) }
}

pub fn remove(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    // SAFETY: a C string.
    let status = unsafe { libc::remove(c_text(l, &name)?) };
    file_result(l, status == 0, name)
}

pub fn rename(l: &mut State) -> NativeResult {
    let from = l.check_bytes(1)?;
    let to = l.check_bytes(2)?;
    let (old, new) = (c_text(l, &from)?, c_text(l, &to)?);
    // SAFETY: both are C strings.
    let status = unsafe { libc::rename(old, new) };
    file_result(l, status == 0, from)
}

pub fn tmpname(l: &mut State) -> NativeResult {
    let mut name = *b"/tmp/lua_XXXXXX\0";
    // SAFETY: mkstemp writes over the X's of a C string of ours; the file is closed at once.
    let made = unsafe {
        let file = libc::mkstemp(name.as_mut_ptr().cast());
        if file != -1 {
            libc::close(file);
        }
        file != -1
    };
    if !made {
        return Err(l.library_error(&[b"unable to generate a unique filename"]));
    }
    l.push_bytes(until_nul(&name))?;
    Ok(Outcome::Return(1))
}

const CATEGORIES: [(&str, c_int); 6] = [
    ("all", libc::LC_ALL),
    ("collate", libc::LC_COLLATE),
    ("ctype", libc::LC_CTYPE),
    ("monetary", libc::LC_MONETARY),
    ("numeric", libc::LC_NUMERIC),
    ("time", libc::LC_TIME),
];

pub fn setlocale(l: &mut State) -> NativeResult {
    let locale = l.opt_bytes(1)?;
    let category = l.check_option(2, Some("all"), &CATEGORIES.map(|(name, _)| name))?;
    let category = CATEGORIES[category].1;
    let locale = optional_text(l, locale.as_ref())?;
    l.global().orders_by_bytes.set(false);
    // SAFETY: null only asks; else a C string. The answer is a C string, copied at once.
    unsafe { push_c_string(l, libc::setlocale(category, locale)) }
}
