//! The input and output library (manual §5.7), on the C library's streams, so that what a host and
//! its modules write is interleaved with what scripts write.
//!
//! As in the reference the functions have a table of their own as environment. It holds the default
//! input (1) and output (2) and the `__close` of the files they make; `io.popen` has another one,
//! and so have the standard files, whose `__close` refuses. The methods keep the environment that
//! the library was opened in.

mod functions;
mod handle;
mod methods;
mod stream;
mod transfer;

use crate::base::stdio::{self, FILE};
use crate::builtin;
use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::runtime::register::{new_builtin, open_library, register, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;
use functions::Default;
use handle::{FILE_TYPE, Handle};

/// `luaopen_io`.
pub fn open(l: &mut State) -> NativeResult {
    let Some(opener) = l.frame().function().as_native_closure() else {
        // COMPAT: called by C code outside any function, where no environment can be set.
        return Err(l.runtime_error(&[b"no calling environment"]));
    };
    make_metatable(l)?;

    let env = new_env(l, builtin!("__close", handle::close_stream))?;
    opener.env.set(env); // the environment of the functions made next
    l.heap().barrier_forward(opener.header(), env.header());
    let library = open_library(l, "io", &FUNCTIONS.map(|builtin| builtin()))?;

    let standard = new_env(l, builtin!("__close", handle::refuse_to_close))?;
    l.push(Value::table(standard));
    let input = add_standard(l, library, standard, stdio::stdin(), b"stdin")?;
    set_default(l, env, Default::Input, input)?;
    let output = add_standard(l, library, standard, stdio::stdout(), b"stdout")?;
    set_default(l, env, Default::Output, output)?;
    add_standard(l, library, standard, stdio::stderr(), b"stderr")?;
    l.pop();

    let commands = new_env(l, builtin!("__close", handle::close_command))?;
    let key = l.new_string(b"popen")?;
    if let Some(popen) = library.get_str(key).as_native_closure() {
        popen.env.set(commands);
        l.heap().barrier_forward(popen.header(), commands.header());
    }
    Ok(Outcome::Return(1))
}

/// COMPAT: in this order, which `pairs` shows.
const FUNCTIONS: [fn() -> Builtin; 11] = [
    || builtin!("close", functions::close),
    || builtin!("flush", functions::flush),
    || builtin!("input", functions::input),
    || builtin!("lines", functions::lines),
    || builtin!("open", functions::open),
    || builtin!("output", functions::output),
    || builtin!("popen", functions::popen),
    || builtin!("read", functions::read),
    || builtin!("tmpfile", functions::tmpfile),
    || builtin!("type", functions::type_),
    || builtin!("write", functions::write),
];

const METHODS: [fn() -> Builtin; 9] = [
    || builtin!("close", methods::close),
    || builtin!("flush", methods::flush),
    || builtin!("lines", methods::lines),
    || builtin!("read", methods::read),
    || builtin!("seek", methods::seek),
    || builtin!("setvbuf", methods::setvbuf),
    || builtin!("write", methods::write),
    || builtin!("__gc", methods::gc),
    || builtin!("__tostring", methods::tostring),
];

/// The metatable `FILE*`, in the registry.
fn make_metatable(l: &mut State) -> Result<(), Thrown> {
    let registry = l.global().registry_table();
    let name = l.new_string(FILE_TYPE)?;
    let metatable = match registry.get_str(name).as_table() {
        Some(metatable) => metatable,
        None => {
            let metatable = Table::new(l.heap())?;
            set_field(l, registry, FILE_TYPE, Value::table(metatable))?;
            metatable
        }
    };
    set_field(l, metatable, b"__index", Value::table(metatable))?;
    register(l, metatable, &METHODS.map(|builtin| builtin()))
}

/// An environment that says how files are closed.
fn new_env(l: &mut State, close: Builtin) -> Result<Gc<Table>, Thrown> {
    let env = Table::with_capacity(l.heap(), 0, 1).map_err(|e| l.table_error(e))?;
    let close = new_builtin(l, close, &[])?;
    set_field(l, env, b"__close", Value::native_closure(close))?;
    Ok(env)
}

fn add_standard(
    l: &mut State,
    library: Gc<Table>,
    env: Gc<Table>,
    file: *mut FILE,
    name: &[u8],
) -> Result<Handle, Thrown> {
    let handle = Handle::new(l)?;
    handle.set_file(file);
    handle.set_env(l, env);
    l.push(handle.value());
    set_field(l, library, name, handle.value())?;
    l.pop();
    Ok(handle)
}

fn set_default(
    l: &mut State,
    env: Gc<Table>,
    which: Default,
    handle: Handle,
) -> Result<(), Thrown> {
    env.set_int(l.heap(), which as i32, handle.value()).map_err(|e| l.table_error(e))
}
