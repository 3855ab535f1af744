//! What `getinfo` tells of a frame or a function, field by field as its option letters ask.
//!
//! Not here: which letters there are and where answers go (`capi` for `lua_Debug`, `stdlib::debug`
//! for a table).

use core::ffi::CStr;

use crate::heap::Gc;
use crate::object::{Proto, Table, Value};
use crate::state::short_source::ShortName;
use crate::state::{FrameFlags, State, Thrown};
use crate::vm::debug::names::{self, Name};

/// Whom a question is about.
#[derive(Clone, Copy)]
pub enum Subject {
    /// The call in the frame with this index.
    Frame(usize),
    /// A call that a tail call replaced: nothing of it is left.
    LostCall,
    /// A function that need not be running.
    Function(Value),
}

/// Where a function comes from: option `S`.
pub struct Source {
    proto: Option<Gc<Proto>>,
    pub what: &'static str,
    pub line_defined: i32,
    pub last_line_defined: i32,
    /// Said of what was not loaded with a name; C's `lua_Debug` points at it, so it ends in a NUL.
    fixed: &'static CStr,
}

impl Source {
    /// The chunk name with its mark, as the chunk was loaded with it.
    pub fn name(&self) -> &[u8] {
        match self.proto.as_ref() {
            Some(p) => p.source.as_ref().map_or(self.fixed.to_bytes(), |s| s.as_bytes()),
            None => self.fixed.to_bytes(),
        }
    }

    /// The chunk name as messages show it.
    #[inline]
    pub fn short(&self, l: &State) -> ShortName {
        match self.proto.as_ref().and_then(|p| p.source) {
            Some(source) => l.global().short_source.name_of(source),
            None => ShortName::of(self.fixed.to_bytes()),
        }
    }
}

impl Subject {
    /// What `level` means: frames count from the running function, and lost calls count too.
    ///
    /// COMPAT: a level below 0 is taken for a lost call.
    pub fn at_level(l: &State, level: i64) -> Option<Subject> {
        let Ok(level) = usize::try_from(level) else { return Some(Subject::LostCall) };
        match l.frame_at_level(level)? {
            Some(index) => Some(Subject::Frame(index)),
            None => Some(Subject::LostCall),
        }
    }

    /// The function itself (option `f`); nil for a lost call.
    pub fn function(self, l: &State) -> Value {
        match self {
            Subject::Frame(index) => l.frames().get(index).map_or(Value::NIL, |ci| ci.function()),
            Subject::LostCall => Value::NIL,
            Subject::Function(f) => f,
        }
    }

    fn proto(self, l: &State) -> Option<Gc<Proto>> {
        self.function(l).as_lua_closure().map(|f| f.proto)
    }

    pub fn source(self, l: &State) -> Source {
        if let Subject::LostCall = self {
            return Source::without_text("tail", c"=(tail call)");
        }
        match self.proto(l) {
            None => Source::without_text("C", c"=[C]"),
            Some(p) => Source {
                proto: Some(p),
                what: if p.line_defined == 0 { "main" } else { "Lua" },
                line_defined: p.line_defined,
                last_line_defined: p.last_line_defined,
                fixed: c"=?",
            },
        }
    }

    /// The line being executed (option `l`); -1 where there is none.
    pub fn current_line(self, l: &State) -> i32 {
        match self {
            Subject::Frame(index) => {
                l.frames().get(index).and_then(|ci| l.frame_line(ci)).unwrap_or(-1)
            }
            _ => -1,
        }
    }

    /// Option `u`.
    pub fn upvalue_count(self, l: &State) -> usize {
        let f = self.function(l);
        match (f.as_lua_closure(), f.as_native_closure()) {
            (Some(f), _) => f.upvalue_count(),
            (_, Some(f)) => f.upvalues().len(),
            _ => 0,
        }
    }

    /// What the calling code calls it, and as what (option `n`).
    pub fn name(self, l: &State) -> Option<(&'static str, Name)> {
        match self {
            Subject::Frame(index) => names::function_name_for_call(l, index),
            _ => None,
        }
    }

    /// A table whose keys are the lines that have code (option `L`); nil unless a Lua function.
    pub fn active_lines(self, l: &mut State) -> Result<Value, Thrown> {
        let Some(proto) = self.proto(l) else { return Ok(Value::NIL) };
        let heap = l.heap();
        // Not on the stack yet, but no safepoint comes before the caller has it (REACH).
        let lines = Table::new(heap)?;
        for &line in proto.lines.iter() {
            if let Err(e) = lines.set_int(heap, line, Value::TRUE) {
                return Err(l.table_error(e));
            }
        }
        Ok(Value::table(lines))
    }
}

impl Source {
    fn without_text(what: &'static str, name: &'static CStr) -> Source {
        Source { proto: None, what, line_defined: -1, last_line_defined: -1, fixed: name }
    }
}

/// How many levels `at_level` knows: every frame and every lost call.
pub fn level_count(l: &State) -> u64 {
    let calls = l.frames()[1..].iter().filter(|ci| !ci.flags.has(FrameFlags::HIDDEN));
    calls.map(|ci| 1 + if ci.is_lua() { ci.tail_calls as u64 } else { 0 }).sum()
}
