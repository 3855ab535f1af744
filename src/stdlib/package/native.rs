//! Binary modules: shared libraries and the functions in them.
//!
//! A library is loaded once a state: the registry keeps a userdata for it under "LOADLIB: file",
//! whose finalizer has it unloaded: at the end of `lua_close`.

use core::ffi::{CStr, c_void};
use core::ptr::null_mut;

use crate::builtin;
use crate::heap::{Buffer, Gc};
use crate::object::{NativeClosure, Userdata, Value};
use crate::runtime::register::{current_env, new_builtin, set_field};
use crate::runtime::userdata::new_userdata;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::{lifecycle, meta};

const METATABLE: &[u8] = b"_LOADLIB";

/// A handle's bytes. The tag tells them from other userdata that were given the metatable.
#[repr(C)]
struct Library {
    tag: *const u8,
    handle: *mut c_void,
}

static TAG: u8 = 0;

/// Why there is no function; the loader's message has been pushed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The library could not be loaded.
    Open,
    /// It has no such function.
    Init,
}

/// The handles' metatable, in the registry.
pub fn make_metatable(l: &mut State) -> Result<(), Thrown> {
    let registry = l.global().registry_table();
    let key = l.new_string(METATABLE)?;
    let metatable = match registry.get_str(key).as_table() {
        Some(t) => t,
        None => {
            let t = super::new_table(l, 1)?;
            set_field(l, registry, METATABLE, Value::table(t))?;
            t
        }
    };
    let unload = new_builtin(l, builtin!("unload", unload), &[])?;
    set_field(l, metatable, b"__gc", Value::native_closure(unload))
}

/// `package.loadlib(file, function)`.
pub fn loadlib(l: &mut State) -> NativeResult {
    let file = l.check_bytes(1)?;
    let function = l.check_bytes(2)?;
    match load_function(l, file.as_bytes(), function.as_bytes())? {
        Ok(()) => Ok(Outcome::Return(1)),
        Err(failure) => {
            let message = l.pop();
            l.push(Value::NIL);
            l.push(message);
            l.push_bytes(if failure == Failure::Open { b"open" } else { b"init" })?;
            Ok(Outcome::Return(3))
        }
    }
}

/// Pushes a C function of a shared library, with the running function's environment, or a message.
pub fn load_function(
    l: &mut State,
    file: &[u8],
    symbol: &[u8],
) -> Result<Result<(), Failure>, Thrown> {
    let heap = l.heap();
    let file_c = c_string(heap, file)?;
    let symbol_c = c_string(heap, symbol)?;
    let library = library_for(l, crate::runtime::args::until_nul(file))?;
    l.push(Value::userdata(library)); // stays reachable, whatever happens to the registry
    // SAFETY: `library_for` gives userdata that hold a Library.
    let handle = unsafe { &mut (*library.data().cast::<Library>()).handle };
    if handle.is_null() {
        // SAFETY: a C string. The library's own start-up code may do anything, as in any program.
        *handle = unsafe { libc::dlopen(as_c(&file_c).as_ptr(), libc::RTLD_NOW) };
    }
    if handle.is_null() {
        l.pop();
        push_loader_message(l)?;
        return Ok(Err(Failure::Open));
    }
    // SAFETY: an open handle and a C string.
    let function = unsafe { libc::dlsym(*handle, as_c(&symbol_c).as_ptr()) };
    l.pop();
    if function.is_null() {
        push_loader_message(l)?;
        return Ok(Err(Failure::Init));
    }
    let env = current_env(l);
    let f = NativeClosure::new(l.heap(), function.cast_const().cast(), core::ptr::null(), 0, env)?;
    l.push(Value::native_closure(f));
    Ok(Ok(()))
}

fn c_string<'h>(
    heap: &'h crate::heap::Heap,
    bytes: &[u8],
) -> Result<Buffer<'h, u8>, crate::heap::OutOfMemory> {
    let mut text = Buffer::with_capacity(heap, bytes.len() + 1)?;
    text.extend(bytes)?;
    text.push(0)?;
    Ok(text)
}

fn as_c(bytes: &[u8]) -> &CStr {
    CStr::from_bytes_until_nul(bytes).unwrap_or_default()
}

fn push_loader_message(l: &mut State) -> Result<(), Thrown> {
    // SAFETY: dlerror gives null or a C string, valid until the next call of its kind.
    let message = unsafe {
        let p = libc::dlerror();
        if p.is_null() { &[][..] } else { CStr::from_ptr(p).to_bytes() }
    };
    l.push_bytes(message)
}

/// The registry's userdata for a file, made if it is new; its handle may be null.
fn library_for(l: &mut State, file: &[u8]) -> Result<Gc<Userdata>, Thrown> {
    let registry = Value::table(l.global().registry_table());
    let key = l.concat_bytes(&[b"LOADLIB: ", file])?;
    l.push(Value::string(key));
    let known = meta::index(l, registry, Value::string(key))?;
    if let Some(u) = known.as_userdata()
        && is_library(u)
    {
        l.pop();
        return Ok(u);
    }
    let u = new_userdata(l, size_of::<Library>())?;
    // SAFETY: the userdata is that large, and aligned for pointers.
    unsafe { u.data().cast::<Library>().write(Library { tag: &TAG, handle: null_mut() }) };
    l.push(Value::userdata(u));
    let name = Value::string(l.new_string(METATABLE)?);
    let metatable = meta::index(l, registry, name)?.as_table();
    crate::runtime::userdata::set_metatable(l, Value::userdata(u), metatable);
    meta::set_index(l, registry, Value::string(key), Value::userdata(u))?;
    l.drop_values(2);
    Ok(u)
}

fn is_library(u: Gc<Userdata>) -> bool {
    // SAFETY: the size is checked before the tag is read.
    u.len == size_of::<Library>() && unsafe { core::ptr::eq((*u.data().cast::<Library>()).tag, &TAG) }
}

/// The handles' `__gc`.
pub fn unload(l: &mut State) -> NativeResult {
    let u = l.check_userdata(1, METATABLE)?;
    if is_library(u) {
        // SAFETY: is_library; the handle is open or null, and not used again.
        unsafe {
            let library = &mut *u.data().cast::<Library>();
            if !library.handle.is_null() {
                lifecycle::unload(l, library.handle);
                library.handle = null_mut();
            }
        }
    }
    Ok(Outcome::Return(0))
}
