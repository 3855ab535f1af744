//! File objects: userdata with the metatable `FILE*` whose first word is a C `FILE*`, null once
//! closed. C modules rely on all of that: they take the FILE of our objects, and make objects of
//! their own that our functions accept.
//!
//! How an object is closed is said by the function `__close` in its environment, which therefore
//! differs for files, commands, the standard files, and what C modules make.
//!
//! Not here: what a stream can do (`stream`).

use super::stream::{Source, Stream};
use crate::base::stdio::{self, FILE};
use crate::heap::Gc;
use crate::object::{NativeClosure, Table, Userdata, Value};
use crate::runtime::args::until_nul;
use crate::runtime::userdata::{new_userdata, set_metatable};
use crate::state::{MULTRET, NativeFn, NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

/// The metatable's name in the registry.
pub const FILE_TYPE: &[u8] = b"FILE*";

/// A file object.
#[derive(Clone, Copy)]
pub struct Handle {
    userdata: Gc<Userdata>,
}

impl Handle {
    /// A userdata with the metatable of files; None if it is too small to hold a FILE, which the
    /// debug library can bring about.
    fn of(userdata: Gc<Userdata>) -> Option<Handle> {
        (userdata.len >= size_of::<*mut FILE>()).then_some(Handle { userdata })
    }

    /// A file object not open yet.
    pub fn new(l: &mut State) -> Result<Handle, Thrown> {
        let handle = Handle { userdata: new_userdata(l, size_of::<*mut FILE>())? };
        handle.set_file(core::ptr::null_mut());
        let metatable = file_metatable(l)?;
        set_metatable(l, handle.value(), metatable);
        Ok(handle)
    }

    pub fn value(self) -> Value {
        Value::userdata(self.userdata)
    }

    pub fn file(self) -> *mut FILE {
        // SAFETY: the userdata has room for the word, is aligned to 16, and the word was written
        // when it was made.
        unsafe { *self.userdata.data().cast::<*mut FILE>() }
    }

    pub fn set_file(self, file: *mut FILE) {
        // SAFETY: the userdata has room for the word and is aligned to 16.
        unsafe { *self.userdata.data().cast::<*mut FILE>() = file }
    }

    /// None once it is closed.
    pub fn stream(self) -> Option<Stream> {
        // SAFETY: OPEN is what file objects promise.
        unsafe { Stream::from_file(self.file()) }
    }

    pub fn set_env(self, l: &State, env: Gc<Table>) {
        self.userdata.env.set(env);
        l.heap().barrier_forward(self.userdata.header(), env.header());
    }
}

fn file_metatable(l: &mut State) -> Result<Option<Gc<Table>>, Thrown> {
    let name = l.new_string(FILE_TYPE)?;
    Ok(l.global().registry_table().get_str(name).as_table())
}

/// The file object among the arguments.
pub fn check_handle(l: &mut State, i: usize) -> Result<Handle, Thrown> {
    let userdata = l.check_userdata(i, FILE_TYPE)?;
    match Handle::of(userdata) {
        Some(handle) => Ok(handle),
        None => Err(l.type_error(i, FILE_TYPE)),
    }
}

/// The stream of the file object that is argument 1.
#[inline]
pub fn check_stream(l: &mut State) -> Result<Stream, Thrown> {
    match check_handle(l, 1)?.stream() {
        Some(stream) => Ok(stream),
        None => Err(l.library_error(&[b"attempt to use a closed file"])),
    }
}

/// The file object that a value is, if it is one.
pub fn as_handle(l: &mut State, value: Value) -> Result<Option<Handle>, Thrown> {
    let Some(userdata) = value.as_userdata() else { return Ok(None) };
    let metatable = file_metatable(l)?;
    let is_file = metatable.is_some() && userdata.metatable.get() == metatable;
    Ok(if is_file { Handle::of(userdata) } else { None })
}

/// Opens a stream and pushes its object; false (and errno) if that is impossible: the object is
/// then left closed.
pub fn push_opened(l: &mut State, source: Source<'_>) -> Result<bool, Thrown> {
    let handle = Handle::new(l)?;
    l.push(handle.value());
    let file = Stream::open(source);
    handle.set_file(file);
    Ok(!file.is_null())
}

/// true, or nil with a message (beginning with the name, if there is one) and the error number.
pub fn file_result(l: &mut State, done: bool, name: Option<&[u8]>) -> NativeResult {
    let errno = stdio::errno(); // before anything else can change it
    if done {
        l.push(Value::TRUE);
        return Ok(Outcome::Return(1));
    }
    let why = stdio::error_text(errno);
    let message = match name {
        Some(name) => l.concat_bytes(&[until_nul(name), b": ", why])?,
        None => l.new_string(why)?,
    };
    l.push(Value::NIL);
    l.push(Value::string(message));
    l.push(Value::number(errno as f64));
    Ok(Outcome::Return(3))
}

// Closing -------------------------------------------------------------------------------------

/// Closes the file object that is argument 1, whatever its state, by its own close function, whose
/// results become ours if `wants_results`.
pub fn close_argument(l: &mut State, wants_results: bool) -> NativeResult {
    let Some(userdata) = l.arg(1).as_userdata() else { return Ok(Outcome::Return(0)) };
    let env = userdata.env.get();
    let key = l.new_string(b"__close")?;
    let close = meta::index(l, Value::table(env), Value::string(key))?;
    let Some(function) = close.as_native_closure() else {
        return Err(l.library_error(&[b"file without a close function"]));
    };
    // PERF: our own need no call. That functions may share an address does no harm: they are then
    // the same.
    for ours in [close_stream as NativeFn, close_command, refuse_to_close] {
        if is_builtin(function, ours) {
            return match ours(l)? {
                Outcome::Return(_) if !wants_results => Ok(Outcome::Return(0)),
                outcome => Ok(outcome),
            };
        }
    }
    l.push(close);
    l.push(Value::userdata(userdata));
    if wants_results {
        l.request_call(1, MULTRET, return_results)
    } else {
        l.request_call(1, 0, return_results)
    }
}

fn is_builtin(function: Gc<NativeClosure>, builtin: NativeFn) -> bool {
    core::ptr::eq(function.rust_entry, builtin as *const ())
}

fn return_results(_: &mut State, resumed: Resumed) -> NativeResult {
    Ok(Outcome::Return(resumed.count))
}

/// `__close` of files.
pub fn close_stream(l: &mut State) -> NativeResult {
    close_with(l, Stream::close)
}

/// `__close` of commands. COMPAT: their exit status is not told.
pub fn close_command(l: &mut State) -> NativeResult {
    close_with(l, Stream::close_command)
}

fn close_with(l: &mut State, close: fn(Stream) -> bool) -> NativeResult {
    let handle = check_handle(l, 1)?;
    let Some(stream) = handle.stream() else {
        return Err(l.library_error(&[b"attempt to use a closed file"]));
    };
    handle.set_file(core::ptr::null_mut()); // whatever comes of it, C has given it up
    let done = close(stream);
    file_result(l, done, None)
}

/// `__close` of the standard files.
pub fn refuse_to_close(l: &mut State) -> NativeResult {
    l.push(Value::NIL);
    l.push_bytes(b"cannot close standard file")?;
    Ok(Outcome::Return(2))
}
