//! Opening and closing of upvalues.
//!
//! A thread's open upvalues are linked from the highest stack slot down, one for each captured
//! variable; all closures that capture it share that one.

use crate::heap::{Gc, OutOfMemory};
use crate::object::{UpVal, Value};
use crate::state::State;

impl State {
    /// The upvalue for a stack slot: the open one that is there already, or a new one.
    pub fn find_upvalue(&mut self, slot: *mut Value) -> Result<Gc<UpVal>, OutOfMemory> {
        let mut above: Option<Gc<UpVal>> = None;
        let mut at = self.open_upvalues;
        while let Some(upvalue) = at {
            if upvalue.v.get() == slot {
                if self.heap().is_dead(upvalue.header()) {
                    self.heap().whiten(upvalue.header()); // not yet swept, and wanted again
                }
                return Ok(upvalue);
            }
            if upvalue.v.get() < slot {
                break;
            }
            above = at;
            at = upvalue.next_open();
        }
        let new = UpVal::new_open(self.heap(), slot, at)?;
        match above {
            Some(above) => above.set_next_open(Some(new)),
            None => self.open_upvalues = Some(new),
        }
        if !self.listed {
            self.listed = true;
            self.next_listed = self.global().open_threads.replace(Some(self.handle()));
        }
        Ok(new)
    }

    /// Whether an upvalue is open at or above a slot.
    #[inline(always)]
    pub fn has_open_upvalue(&self, level: *mut Value) -> bool {
        self.open_upvalues.is_some_and(|highest| highest.v.get() >= level)
    }

    /// Closes every upvalue at or above a slot: its variable is going out of scope.
    #[inline(always)]
    pub fn close_upvalues(&mut self, level: *mut Value) {
        if let Some(highest) = self.open_upvalues
            && highest.v.get() >= level
        {
            self.close_open_upvalues(level);
        }
    }

    /// The same, where it is known that there is one.
    #[inline(never)]
    pub extern "C" fn close_open_upvalues(&mut self, level: *mut Value) {
        while let Some(upvalue) = self.open_upvalues {
            if upvalue.v.get() < level {
                break;
            }
            self.open_upvalues = upvalue.next_open();
            upvalue.close();
            self.heap().upvalue_closed(upvalue.header(), upvalue.get().as_object());
        }
    }
}
