//! The package library (manual §5.3): `require`, `module` and the table `package`.
//!
//! `require` and the loaders find the table `package` as their environment, so a script that makes
//! its own loaders table or path in there is obeyed, and a host can give each state its own.
//!
//! Not here: loading text or bytecode (`runtime::load`), the C API for modules (`capi`).

mod loaders;
mod module;
mod native;
mod require;
mod search;

use crate::builtin;
use crate::heap::{Buffer, Gc};
use crate::object::{Table, Value};
use crate::runtime::register::{library_table, new_builtin, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;

const PATH: &[u8] = b"./?.lua;/usr/local/share/lua/5.1/?.lua;\
    /usr/local/share/lua/5.1/?/init.lua;/usr/local/lib/lua/5.1/?.lua;\
    /usr/local/lib/lua/5.1/?/init.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua";

/// Where Debian keeps binary modules, with the folder of this machine's kind.
#[cfg(target_arch = "x86_64")]
const CPATH: &[u8] = b"./?.so;/usr/local/lib/lua/5.1/?.so;\
    /usr/lib/x86_64-linux-gnu/lua/5.1/?.so;/usr/lib/lua/5.1/?.so;\
    /usr/local/lib/lua/5.1/loadall.so";
#[cfg(target_arch = "aarch64")]
const CPATH: &[u8] = b"./?.so;/usr/local/lib/lua/5.1/?.so;\
    /usr/lib/aarch64-linux-gnu/lua/5.1/?.so;/usr/lib/lua/5.1/?.so;\
    /usr/local/lib/lua/5.1/loadall.so";
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const CPATH: &[u8] = b"./?.so;/usr/local/lib/lua/5.1/?.so;/usr/lib/lua/5.1/?.so;\
    /usr/local/lib/lua/5.1/loadall.so";

/// Directory separator, path separator, substitution mark, mark of the program's folder, mark of
/// what is no part of a function's name.
const CONFIG: &[u8] = b"/\n;\n?\n!\n-";

/// With the environment that the opener has: these need nothing from `package`.
const FUNCTIONS: [Builtin; 2] =
    [builtin!("loadlib", native::loadlib), builtin!("seeall", module::seeall)];

const GLOBALS: [Builtin; 2] =
    [builtin!("module", module::module), builtin!("require", require::require)];

const LOADERS: [Builtin; 4] = [
    builtin!("preload", loaders::preload),
    builtin!("lua", loaders::lua_file),
    builtin!("c", loaders::c_library),
    builtin!("c_root", loaders::c_root),
];

/// `luaopen_package`: leaves `package`.
pub fn open(l: &mut State) -> NativeResult {
    native::make_metatable(l)?;
    let package = library_table(l, b"package", FUNCTIONS.len())?;
    l.push(Value::table(package));
    crate::runtime::register::register(l, package, &FUNCTIONS)?;

    let loaders = new_table(l, LOADERS.len())?;
    l.push(Value::table(loaders));
    for (i, &loader) in LOADERS.iter().enumerate() {
        let f = new_builtin(l, loader, &[])?;
        f.env.set(package); // NOBARRIER: the closure is new, so white
        if let Err(e) = loaders.set_int(l.heap(), i as i32 + 1, Value::native_closure(f)) {
            return Err(l.table_error(e));
        }
    }
    set_field(l, package, b"loaders", Value::table(loaders))?;
    l.pop();

    set_path(l, package, b"path", c"LUA_PATH", PATH)?;
    set_path(l, package, b"cpath", c"LUA_CPATH", CPATH)?;
    let config = Value::string(l.new_string(CONFIG)?);
    set_field(l, package, b"config", config)?;
    let loaded = require::loaded_table(l)?;
    set_field(l, package, b"loaded", loaded)?;
    let preload = new_table(l, 0)?;
    set_field(l, package, b"preload", Value::table(preload))?;

    let globals = l.globals;
    for builtin in GLOBALS {
        let f = new_builtin(l, builtin, &[])?;
        f.env.set(package); // NOBARRIER: the closure is new, so white
        set_field(l, globals, builtin.name.as_bytes(), Value::native_closure(f))?;
    }
    Ok(Outcome::Return(1))
}

fn new_table(l: &mut State, fields: usize) -> Result<Gc<Table>, Thrown> {
    match Table::with_capacity(l.heap(), 0, fields) {
        Ok(t) => Ok(t),
        Err(e) => Err(l.table_error(e)),
    }
}

/// A path from the environment, in which `;;` stands for the default, or the default.
fn set_path(
    l: &mut State,
    package: Gc<Table>,
    field: &[u8],
    variable: &core::ffi::CStr,
    default: &[u8],
) -> Result<(), Thrown> {
    // SAFETY: getenv gives null or a C string that stays while nobody changes the environment.
    let given = unsafe {
        let p = libc::getenv(variable.as_ptr());
        (!p.is_null()).then(|| core::ffi::CStr::from_ptr(p).to_bytes())
    };
    let mut path = Buffer::new(l.heap());
    match given {
        None => path.extend(default)?,
        Some(given) => {
            let mut inner = Buffer::new(l.heap());
            inner.extend(b";")?;
            inner.extend(default)?;
            inner.extend(b";")?;
            search::replace(&mut path, given, b";;", &inner)?;
        }
    }
    let path = Value::string(l.new_string(&path)?);
    set_field(l, package, field, path)
}
