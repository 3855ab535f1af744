//! Finding a module's file along a path of templates.

use core::ffi::CStr;

use crate::heap::{Buffer, Gc, OutOfMemory};
use crate::object::{Str, Value};
use crate::runtime::args::until_nul;
use crate::runtime::register::current_env;
use crate::state::{State, Thrown};
use crate::vm::meta;

/// How a search ended.
pub enum Found {
    /// The file's name, also pushed.
    File(Gc<Str>),
    /// The list of files that were tried, for `require`'s message.
    Nothing(Gc<Str>),
}

/// The first readable file among the templates of `package[path_field]`, with the module's name
/// (its dots made slashes) for each question mark.
pub fn find_file(l: &mut State, name: &[u8], path_field: &[u8]) -> Result<Found, Thrown> {
    let path = path_of(l, path_field)?;
    l.push(Value::string(path)); // the table may lose it meanwhile
    let heap = l.heap();
    let mut inner_name = Buffer::new(heap);
    replace(&mut inner_name, name, b".", b"/")?;
    let mut tried = Buffer::new(heap);
    let mut file = Buffer::new(heap);
    let templates = until_nul(path.as_bytes()).split(|&b| b == b';').filter(|t| !t.is_empty());
    for template in templates {
        file.clear();
        replace(&mut file, template, b"?", &inner_name)?;
        file.push(0)?;
        if is_readable(&file) {
            l.pop();
            let file = l.new_string(&file[..file.len() - 1])?;
            l.push(Value::string(file));
            return Ok(Found::File(file));
        }
        tried.extend(b"\n\tno file '")?;
        tried.extend(&file[..file.len() - 1])?;
        tried.extend(b"'")?;
    }
    l.pop();
    Ok(Found::Nothing(l.new_string(&tried)?))
}

fn path_of(l: &mut State, field: &[u8]) -> Result<Gc<Str>, Thrown> {
    let package = current_env(l);
    let key = Value::string(l.new_string(field)?);
    let path = meta::index(l, Value::table(package), key)?;
    match meta::to_string(l, path)? {
        Some(path) => Ok(path),
        None => Err(l.library_error(&[b"'package.", field, b"' must be a string"])),
    }
}

/// Whether C can open the file for reading; `name` ends with a NUL.
fn is_readable(name: &[u8]) -> bool {
    let Ok(name) = CStr::from_bytes_until_nul(name) else { return false };
    // SAFETY: C strings; the stream is closed at once.
    unsafe {
        let f = libc::fopen(name.as_ptr(), c"r".as_ptr());
        if f.is_null() {
            return false;
        }
        libc::fclose(f);
    }
    true
}

/// Appends `text` with each `from` (not empty) replaced by `to`.
pub fn replace(
    out: &mut Buffer<'_, u8>,
    text: &[u8],
    from: &[u8],
    to: &[u8],
) -> Result<(), OutOfMemory> {
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, from) {
        out.extend(&rest[..at])?;
        out.extend(to)?;
        rest = &rest[at + from.len()..];
    }
    out.extend(rest)
}
