//! The debug library (manual §5.9): a script's door to what `vm::debug` knows.
//!
//! Most functions take a thread before their other arguments; it is the running one when left out.
//!
//! Not here: finding names, frames and variables (`vm::debug`), calling hooks (`vm::hooks`).

mod console;
mod getinfo;
mod hook;
mod objects;
mod traceback;
mod variables;

use crate::builtin;
use crate::heap::Gc;
use crate::runtime::register::open_library;
use crate::state::{NativeResult, Outcome, State};
use crate::vm::call::Builtin;

const FUNCTIONS: [Builtin; 14] = [
    builtin!("debug", console::debug),
    builtin!("getfenv", objects::getfenv),
    builtin!("gethook", hook::gethook),
    builtin!("getinfo", getinfo::getinfo),
    builtin!("getlocal", variables::getlocal),
    builtin!("getregistry", objects::getregistry),
    builtin!("getmetatable", objects::getmetatable),
    builtin!("getupvalue", variables::getupvalue),
    builtin!("setfenv", objects::setfenv),
    builtin!("sethook", hook::sethook),
    builtin!("setlocal", variables::setlocal),
    builtin!("setmetatable", objects::setmetatable),
    builtin!("setupvalue", variables::setupvalue),
    builtin!("traceback", traceback::traceback),
];

/// `luaopen_debug`: leaves `debug`.
pub fn open(l: &mut State) -> NativeResult {
    open_library(l, "debug", &FUNCTIONS)?;
    Ok(Outcome::Return(1))
}

/// The thread meant, and how many arguments that took.
fn thread_meant(l: &State) -> (Gc<State>, usize) {
    match l.arg(1).as_thread() {
        Some(thread) => {
            let thread: Gc<State> = thread.cast();
            thread.touch(); // its stack may be written to
            (thread, 1)
        }
        None => (l.handle(), 0),
    }
}
