//! What `collectgarbage` and `lua_gc` ask of the collector.
//!
//! COMPAT: a full cycle or a step sets a stopped collector going again.

use crate::gc;
use crate::state::{State, Thrown};
use crate::vm::safepoint;

/// The numbers are those of `lua.h`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum Command {
    Stop = 0,
    Restart = 1,
    Collect = 2,
    /// Kilobytes in use.
    Count = 3,
    /// The rest of them, in bytes.
    CountBytes = 4,
    Step = 5,
    SetPause = 6,
    SetStepMultiplier = 7,
}

impl Command {
    pub fn from_number(n: i32) -> Option<Command> {
        use Command::*;
        [Stop, Restart, Collect, Count, CountBytes, Step, SetPause, SetStepMultiplier]
            .into_iter()
            .find(|&command| command as i32 == n)
    }
}

/// Does it, and answers as `lua_gc` does.
pub fn control(l: &mut State, command: Command, data: i32) -> Result<i32, Thrown> {
    let global = l.global();
    match command {
        Command::Stop => {
            gc::stop(global);
            Ok(0)
        }
        Command::Restart => {
            gc::restart(global);
            Ok(0)
        }
        Command::Collect => {
            safepoint::full_collect(l)?;
            Ok(0)
        }
        Command::Count => Ok((gc::count_bytes(global) >> 10) as i32),
        Command::CountBytes => Ok((gc::count_bytes(global) & 1023) as i32),
        Command::Step => {
            safepoint::step(l, data).map(i32::from)
        }
        Command::SetPause => Ok(gc::set_pause(global, data)),
        Command::SetStepMultiplier => Ok(gc::set_step_multiplier(global, data)),
    }
}
