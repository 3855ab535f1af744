//! The switch of machine code for a whole state, whether this build can make any or not.
//!
//! Not here: making it (`jit`).

use crate::state::Global;
#[cfg(jit)]
use crate::vm::jit;

/// Lets loops get machine code, or have none from now on; whether things are as asked for.
pub fn switch(global: &Global, on: bool) -> bool {
    #[cfg(jit)]
    {
        global.native_loops.is_off.set(!on);
        if !on {
            jit::forget_all(global);
        }
        !on || global.native_loops.memory.is_executable()
    }
    #[cfg(not(jit))]
    {
        let _ = global;
        !on
    }
}

/// Gives all machine code up; loops that turn often get some anew.
pub fn flush(global: &Global) {
    #[cfg(jit)]
    jit::forget_all(global);
    #[cfg(not(jit))]
    let _ = global;
}

/// Whether loops may get machine code.
pub fn is_on(global: &Global) -> bool {
    cfg!(jit) && !global.native_loops.is_off.get() && global.native_loops.memory.is_executable()
}
