//! Libraries for scripts of strangers: what can reach neither files, nor the system, nor the
//! process, nor other scripts' insides; nor, by what it returns, anything that can.
//!
//! The functions are those of the standard libraries, taken from their tables by name, so a library
//! that gets a new function does not give it to strangers. Left out are, besides what names itself:
//! `print` (the host's output is the host's), `getfenv` and `setfenv` (by a level, or 0, they reach
//! functions that are not the script's), `newproxy` and the controls of the collector.
//!
//! Strings get a metatable that scripts cannot see. It and the libraries' tables are read-only: what one
//! script does to `string.format` would be done to all.
//!
//! Not here: the limits of time and memory (`state::limits`, `heap::cap`).

use crate::builtin;
use crate::gc;
use crate::heap::Gc;
use crate::object::{NativeClosure, Table, Type, Value};
use crate::runtime::register::{new_builtin, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;
use crate::vm::safepoint;

use super::{base, coroutine, math, os, string, table};

const BASE: [&str; 16] = [
    "assert", "error", "getmetatable", "load", "loadstring", "next", "pcall", "rawequal", "rawget",
    "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "unpack",
];
const STRING: [&str; 14] = [
    "byte", "char", "find", "format", "gfind", "gmatch", "gsub", "len", "lower", "match", "rep",
    "reverse", "sub", "upper",
];
const OS: [&str; 4] = ["clock", "date", "difftime", "time"];

/// Makes a new table of these the thread's globals, has the state take text chunks only and hide
/// addresses, and gives strings their metatable. Nothing stays on the stack.
///
/// # Errors
/// Of memory: everything is as it was, but for chunks and addresses.
pub fn open(l: &mut State) -> Result<(), Thrown> {
    l.global().limits.text_only.set(true);
    l.heap().addresses.hide(true);
    let globals = new_table(l)?;
    l.push(Value::table(globals));
    add(l, globals, &base::FUNCTIONS, |name| BASE.contains(&name) || name == "xpcall")?;
    add(l, globals, &[builtin!("collectgarbage", collectgarbage)], |_| true)?;
    base::add_iterators(l, globals)?;
    let version = Value::string(l.new_string(b"Lua 5.1")?);
    set_field(l, globals, b"_VERSION", version)?;
    set_field(l, globals, b"_G", Value::table(globals))?;

    add_library(l, globals, "coroutine", &coroutine::FUNCTIONS, |_| true)?;
    add_library(l, globals, "table", &table::FUNCTIONS, |_| true)?;
    let math = add_library(l, globals, "math", &math::FUNCTIONS, |_| true)?;
    math::add_constants(l, math)?;
    add_library(l, globals, "os", &os::FUNCTIONS, |name| OS.contains(&name))?;
    let string =
        add_library(l, globals, "string", &string::builtins(), |name| STRING.contains(&name))?;

    let metatable = new_table(l)?;
    l.push(Value::table(metatable));
    set_field(l, metatable, b"__index", Value::table(string))?;
    set_field(l, metatable, b"__metatable", Value::FALSE)?;
    adopt(l, globals);
    each_value(globals, |value| {
        if let Some(library) = value.as_table() {
            library.set_read_only(!library.same(globals));
        }
    });
    metatable.set_read_only(true);
    // NOBARRIER: both are the Global's or a thread's, which the atomic step looks at again.
    l.global().type_metatables[Type::String as usize].set(Some(metatable));
    l.globals = globals;
    l.drop_values(2);
    Ok(())
}

fn new_table(l: &mut State) -> Result<Gc<Table>, Thrown> {
    Ok(Table::new(l.heap())?)
}

/// Adds those of the builtins whose name is wanted.
fn add(
    l: &mut State,
    to: Gc<Table>,
    builtins: &[Builtin],
    wanted: impl Fn(&str) -> bool,
) -> Result<(), Thrown> {
    for &builtin in builtins.iter().filter(|builtin| wanted(builtin.name)) {
        let f = new_builtin(l, builtin, &[])?;
        set_field(l, to, builtin.name.as_bytes(), Value::native_closure(f))?;
    }
    Ok(())
}

fn add_library(
    l: &mut State,
    globals: Gc<Table>,
    name: &str,
    builtins: &[Builtin],
    wanted: impl Fn(&str) -> bool,
) -> Result<Gc<Table>, Thrown> {
    let library = new_table(l)?;
    set_field(l, globals, name.as_bytes(), Value::table(library))?;
    add(l, library, builtins, wanted)?;
    Ok(library)
}

/// Makes `globals` the environment of all functions in it and in its libraries, and of what those have
/// as upvalues: they were made in that of whoever opened the sandbox.
fn adopt(l: &State, globals: Gc<Table>) {
    each_value(globals, |value| {
        if let Some(library) = value.as_table().filter(|library| !library.same(globals)) {
            each_value(library, |value| adopt_function(l, globals, value));
        }
        adopt_function(l, globals, value);
    });
}

fn adopt_function(l: &State, globals: Gc<Table>, value: Value) {
    let Some(f) = value.as_native_closure() else { return };
    set_env(l, f, globals);
    for upvalue in f.upvalues() {
        if let Some(f) = upvalue.get().as_native_closure() {
            set_env(l, f, globals);
        }
    }
}

fn set_env(l: &State, f: Gc<NativeClosure>, env: Gc<Table>) {
    f.env.set(env);
    l.heap().barrier_forward(f.header(), env.header());
}

fn each_value(table: Gc<Table>, mut visit: impl FnMut(Value)) {
    let mut key = Value::NIL;
    // The table does not change meanwhile: no key can be invalid.
    while let Ok(Some((next, value))) = table.next(key) {
        visit(value);
        key = next;
    }
}

/// `collectgarbage`, for the options that leave the collector's settings alone.
fn collectgarbage(l: &mut State) -> NativeResult {
    let option = l.check_option(1, Some("collect"), &["collect", "count"])?;
    let answer = if option == 0 {
        safepoint::full_collect(l)?;
        0.0
    } else {
        gc::count_bytes(l.global()) as f64 / 1024.0
    };
    l.push(Value::number(answer));
    Ok(Outcome::Return(1))
}
