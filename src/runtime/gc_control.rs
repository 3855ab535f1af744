//! What `collectgarbage` and `lua_gc` ask of the collector.

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
    let gc = &global.gc;
    match command {
        Command::Stop => {
            gc.stopped.set(true);
            global.heap.debt.set(isize::MIN / 2);
            Ok(0)
        }
        Command::Restart => {
            gc.stopped.set(false);
            // COMPAT: as in the reference, a step is due at the next safepoint.
            global.heap.debt.set(1);
            Ok(0)
        }
        Command::Collect => {
            gc.stopped.set(false); // COMPAT: a full cycle sets the collector going again
            safepoint::full_collect(l)?;
            Ok(0)
        }
        Command::Count => Ok((global.heap.in_use() >> 10) as i32),
        Command::CountBytes => Ok((global.heap.in_use() & 1023) as i32),
        Command::Step => {
            gc.stopped.set(false); // COMPAT: so does a step
            safepoint::step(l, data).map(i32::from)
        }
        Command::SetPause => Ok(gc.pause.replace(data)),
        Command::SetStepMultiplier => Ok(gc.step_multiplier.replace(data)),
    }
}
