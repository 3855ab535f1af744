//! The os library (manual §5.8): the C library's view of the system.

mod date;
mod system;

use crate::builtin;
use crate::runtime::register::open_library;
use crate::state::{NativeResult, Outcome, State};
use crate::vm::call::Builtin;

/// In the reference's order: the order of `pairs(os)` follows from it.
pub(super) const FUNCTIONS: [Builtin; 11] = [
    builtin!("clock", date::clock),
    builtin!("date", date::date),
    builtin!("difftime", date::difftime),
    builtin!("execute", system::execute),
    builtin!("exit", system::exit),
    builtin!("getenv", system::getenv),
    builtin!("remove", system::remove),
    builtin!("rename", system::rename),
    builtin!("setlocale", system::setlocale),
    builtin!("time", date::time),
    builtin!("tmpname", system::tmpname),
];

/// `luaopen_os`.
pub fn open(l: &mut State) -> NativeResult {
    open_library(l, "os", &FUNCTIONS)?;
    Ok(Outcome::Return(1))
}
