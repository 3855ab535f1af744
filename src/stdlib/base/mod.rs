//! The basic functions (manual §5.1).
//!
//! Not here: the coroutine library, which `luaopen_base` opens along with this one.

mod collect;
mod env;
mod errors;
mod iterate;
mod load;
mod metatable;
mod print;
mod values;

use crate::builtin;
use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::runtime::register::{new_builtin, open_library, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::stdlib::coroutine;
use crate::vm::call::Builtin;

/// One entry for C, for hosts see it twice: `pairs` has it as its upvalue.
const NEXT: Builtin = builtin!("next", iterate::next, Next);

/// In the reference's order: the order of `pairs(_G)` follows from it.
pub(super) const FUNCTIONS: [Builtin; 24] = [
    builtin!("assert", errors::assert, Assert),
    builtin!("collectgarbage", collect::collectgarbage),
    builtin!("dofile", load::dofile),
    builtin!("error", errors::error),
    builtin!("gcinfo", collect::gcinfo),
    builtin!("getfenv", env::getfenv),
    builtin!("getmetatable", metatable::getmetatable, GetMetatable),
    builtin!("loadfile", load::loadfile),
    builtin!("load", load::load),
    builtin!("loadstring", load::loadstring),
    NEXT,
    builtin!("pcall", errors::pcall, PCall),
    builtin!("print", print::print),
    builtin!("rawequal", values::rawequal, RawEqual),
    builtin!("rawget", values::rawget, RawGet),
    builtin!("rawset", values::rawset, RawSet),
    builtin!("select", values::select, Select),
    builtin!("setfenv", env::setfenv),
    builtin!("setmetatable", metatable::setmetatable, SetMetatable),
    builtin!("tonumber", values::tonumber, ToNumber),
    builtin!("tostring", print::tostring, ToString),
    builtin!("type", values::type_name, Type),
    builtin!("unpack", values::unpack, Unpack),
    builtin!("xpcall", errors::xpcall, XPCall),
];

/// `luaopen_base`: leaves `_G` and `coroutine`.
pub fn open(l: &mut State) -> NativeResult {
    let globals = l.globals;
    set_field(l, globals, b"_G", Value::table(globals))?;
    let base = open_library(l, "_G", &FUNCTIONS)?;
    let version = Value::string(l.new_string(b"Lua 5.1")?);
    set_field(l, globals, b"_VERSION", version)?;

    add_iterators(l, base)?;

    // The metatables that newproxy made, weakly: only these may be shared.
    let made = match Table::with_capacity(l.heap(), 0, 1) {
        Ok(t) => t,
        Err(e) => return Err(l.table_error(e)),
    };
    made.metatable.set(Some(made)); // NOBARRIER: the table is new, so white
    let mode = Value::string(l.new_string(b"kv")?);
    set_field_raw(l, made, b"__mode", mode)?;
    let newproxy = builtin!("newproxy", metatable::newproxy);
    let newproxy = new_builtin(l, newproxy, &[Value::table(made)])?;
    set_field(l, globals, b"newproxy", Value::native_closure(newproxy))?;

    coroutine::open(l)?;
    Ok(Outcome::Return(2))
}

/// Adds `ipairs` and `pairs`, each with its iterator as an upvalue.
pub(super) fn add_iterators(l: &mut State, base: Gc<Table>) -> Result<(), Thrown> {
    let step = new_builtin(l, builtin!("ipairs_step", iterate::ipairs_step, Step), &[])?;
    let ipairs = builtin!("ipairs", iterate::ipairs, IPairs);
    let ipairs = new_builtin(l, ipairs, &[Value::native_closure(step)])?;
    set_field(l, base, b"ipairs", Value::native_closure(ipairs))?;
    let next = new_builtin(l, NEXT, &[])?;
    l.global().ipairs_entry.set(step.rust_entry);
    l.global().next_entry.set(next.rust_entry);
    let pairs = builtin!("pairs", iterate::pairs, Pairs);
    let pairs = new_builtin(l, pairs, &[Value::native_closure(next)])?;
    set_field(l, base, b"pairs", Value::native_closure(pairs))?;
    Ok(())
}

/// `set_field` for a table whose metatable has no `__newindex`.
fn set_field_raw(
    l: &mut State,
    table: Gc<Table>,
    name: &[u8],
    value: Value,
) -> Result<(), Thrown> {
    let key = l.new_string(name)?;
    match table.set_str(l.heap(), key, value) {
        Ok(()) => Ok(()),
        Err(e) => Err(l.table_error(e)),
    }
}
