//! Errors as Rust sees them.
//!
//! A failing operation returns `Err(Thrown)`. The error value is then the topmost value of the
//! State's stack (`top - 1`), for every status but `Memory`, whose message is the Global's ready-made
//! string. The frames below stay as they were until whoever catches the error unwinds them, so a
//! message handler still sees the whole stack.
//!
//! Not here: catching (`vm::unwind`), the jump over foreign C frames (`vm::boundary`).

use core::ffi::c_int;

use crate::heap::{Gc, OutOfMemory};
use crate::object::{Str, TableError, Value};
use crate::state::{CallInfo, FrameFlags, State};

/// The status codes of `lua.h`. A byte, so that a `NativeResult` fits in a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Status {
    Ok = 0,
    Yield = 1,
    Runtime = 2,
    Syntax = 3,
    Memory = 4,
    /// An error in the message handler.
    Handler = 5,
    /// `LUA_ERRFILE`: a chunk's file could not be opened or read. Comes from `runtime::load_file`
    /// only, and never leaves the function that asked for the file.
    File = 6,
    /// A C++ exception, which stands for no error value (`vm::boundary::exceptions`). API functions
    /// return -1 for it; a thread that died of it has this status.
    Exception = 255,
}

impl Status {
    /// What API functions return.
    #[inline]
    pub fn code(self) -> c_int {
        self as u8 as i8 as c_int
    }
}

/// An error on its way to whoever catches it.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Thrown {
    pub status: Status,
    /// The message handler has been called already.
    pub handled: bool,
}

impl Thrown {
    pub const fn new(status: Status) -> Thrown {
        Thrown { status, handled: false }
    }
}

impl From<OutOfMemory> for Thrown {
    fn from(_: OutOfMemory) -> Thrown {
        Thrown::new(Status::Memory)
    }
}

impl State {
    /// Throws a value (`lua_error`): no position is added.
    #[cold]
    pub fn throw_value(&mut self, value: Value) -> Thrown {
        self.push_error_value(value);
        Thrown::new(Status::Runtime)
    }

    /// Throws a message made of byte strings joined, as it is.
    #[cold]
    pub fn throw_bytes(&mut self, status: Status, parts: &[&[u8]]) -> Thrown {
        match self.concat_bytes(parts) {
            Ok(message) => {
                self.push_error_value(Value::string(message));
                Thrown::new(status)
            }
            Err(thrown) => thrown,
        }
    }

    /// A runtime error of the VM: the message, preceded by the position (`chunk:line:`) if the
    /// running function is a Lua function.
    #[cold]
    pub fn runtime_error(&mut self, parts: &[&[u8]]) -> Thrown {
        let frame = *self.visible_frame();
        let Some(proto) = self.frame_proto(&frame) else {
            return self.throw_positioned(None, parts);
        };
        // COMPAT: a stripped function's errors begin "?:0:"; `luaL_where` would leave that out.
        let line = self.frame_line(&frame).unwrap_or(0);
        match self.position(proto, line) {
            Ok(position) => self.throw_positioned(Some(position), parts),
            Err(thrown) => thrown,
        }
    }

    /// The newest frame that is not the VM's own: what a hook that finds no room interrupts.
    fn visible_frame(&self) -> &CallInfo {
        let mut frame = self.ci;
        // SAFETY: the bottom frame of the row is visible.
        unsafe {
            while (*frame).flags.has(FrameFlags::HIDDEN) {
                frame = frame.sub(1);
            }
            &*frame
        }
    }

    /// An error raised by a library function (`luaL_error`): the position is that of the function
    /// that called it.
    #[cold]
    pub fn library_error(&mut self, parts: &[&[u8]]) -> Thrown {
        match self.position_at_level(1) {
            Ok(position) => self.throw_positioned(position, parts),
            Err(thrown) => thrown,
        }
    }

    #[cold]
    fn throw_positioned(&mut self, position: Option<Gc<Str>>, parts: &[&[u8]]) -> Thrown {
        // No safepoint can come between here and the new string: `position` stays alive.
        let position = position.as_ref().map_or(&[][..], |s| s.as_bytes());
        let mut whole: [&[u8]; 16] = [&[]; 16];
        debug_assert!(parts.len() < whole.len());
        let count = parts.len().min(whole.len() - 1);
        whole[0] = position;
        whole[1..=count].copy_from_slice(&parts[..count]);
        match self.concat_bytes(&whole[..=count]) {
            Ok(message) => {
                self.push_error_value(Value::string(message));
                Thrown::new(Status::Runtime)
            }
            Err(thrown) => thrown,
        }
    }

    /// What `slot_for` refused, as the error PUC raises for it.
    #[cold]
    pub fn table_error(&mut self, error: TableError) -> Thrown {
        match error {
            TableError::Memory => Thrown::new(Status::Memory),
            TableError::Overflow => self.runtime_error(&[b"table overflow"]),
            TableError::NilKey => self.runtime_error(&[b"table index is nil"]),
            TableError::NanKey => self.runtime_error(&[b"table index is NaN"]),
            TableError::ReadOnly => {
                let message: &[&[u8]] = &[b"attempt to modify a read-only table"];
                match self.frame().is_lua() {
                    true => self.runtime_error(message),
                    false => self.library_error(message),
                }
            }
        }
    }

    /// The error value of `thrown`, taken from the stack.
    pub fn take_error_value(&mut self, thrown: Thrown) -> Value {
        match thrown.status {
            Status::Memory => Value::string(self.global().memory_message()),
            Status::Handler => Value::string(self.global().handler_message()),
            _ => self.pop(),
        }
    }
}
