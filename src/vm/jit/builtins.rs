//! Calls of builtins that are instructions here: which one it is, and those on tables, coroutines and any value.
//!
//! Each does what the builtin's handler does for usual arguments (`interp::fast`), and no more.
//!
//! Not here: functions of numbers (`numbers`), of strings (`strings`).

use core::mem::offset_of;

use crate::heap::mark;
use crate::object::value::{TAG_FUNCTION, TAG_TABLE, TAG_THREAD};
use crate::object::{NativeClosure, table_layout};
use crate::state::{CallInfo, Known, State, Status};
use crate::vm::interp::fast::Fast;

use super::asm::*;
use super::emit::*;

impl Emitter {
    /// A call of a builtin that `facts::builtin_call` knows.
    pub(super) fn builtin_call(&mut self, a: usize) {
        let Some(call) = self.plan.calls[self.at] else { unreachable!("asked before") };
        let out = self.bail();
        self.load_builtin(INDEX, a, call.fast, out);
        match call.fast {
            Fast::Byte => self.string_byte(a, call.arguments > 1, out),
            Fast::Sub => self.string_of_byte(a, out),
            Fast::Len => self.string_length(a, a + 1),
            Fast::Type => self.type_name(a, out),
            Fast::SetMetatable => self.set_metatable(a, out),
            Fast::Insert => self.insert(a + 1, a + 2),
            Fast::Assert => self.assert(a, out),
            Fast::Select => self.select(a, call, out),
            Fast::Status => self.coroutine_status(a, out),
            Fast::ToNumber => {
                let number = self.number(a + 1, X0);
                self.store_number(a, number);
            }
            _ => self.math_call(a, call, out),
        }
    }

    /// The function in a slot to a machine register, or to `out`, unless it is a certain builtin.
    pub(super) fn load_builtin(&mut self, to: Gpr, a: usize, builtin: Fast, out: Label) {
        self.load_untagged(to, slot(a), TAG_FUNCTION, out);
        // A Lua function is none there.
        self.asm.compare_byte(at(to, offset_of!(NativeClosure, fast)), builtin as u8);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// The result in a register of a builtin that was called by a TAILCALL is to be returned; whether it goes on at the next step.
    pub(super) fn end_tail_builtin(&mut self, a: usize) -> bool {
        if self.plan.of[self.at] != 0 {
            return self.leave(a, 1);
        }
        // By the RETURN behind.
        self.asm.lea(RAX, slot(a + 1));
        self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        true
    }

    /// R(a) := the table R(a + 1), that has none, with the metatable R(a + 2)
    fn set_metatable(&mut self, a: usize, out: Label) {
        let table = self.table(a + 1);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.test_byte(at(table, table_layout::MARK), mark::BLACK | mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.load(INDEX, slot(a + 2));
        self.untag(INDEX, TAG_TABLE, out);
        self.asm.store(at(table, table_layout::METATABLE), INDEX);
        self.copy_table(a + 1, a);
    }

    /// R(a) := what `coroutine.status` says of the coroutine R(a + 1)
    fn coroutine_status(&mut self, a: usize, out: Label) {
        // SAFETY: the Global that the region is of.
        let names = unsafe { (*self.around.global).known_strings() };
        let (found, dead) = (self.asm.label(), self.asm.label());
        self.asm.load(TABLE, slot(a + 1));
        self.untag(TABLE, TAG_THREAD, out);
        self.asm.constant(INDEX, Known::Running as u64);
        self.asm.op(GprOp::Cmp, TABLE, STATE);
        self.asm.jump_if(Cond::Equal, found);
        self.asm.constant(INDEX, Known::Suspended as u64);
        self.asm.compare_byte(at(TABLE, offset_of!(State, status)), Status::Yield as u8);
        self.asm.jump_if(Cond::Equal, found);
        self.asm.compare_byte(at(TABLE, offset_of!(State, status)), Status::Ok as u8);
        self.asm.jump_if(Cond::NotEqual, dead);
        // It has resumed another, or not begun: then its stack holds the function, at least.
        self.asm.load(RAX, at(TABLE, offset_of!(State, ci)));
        self.asm.constant(INDEX, Known::Normal as u64);
        self.asm.op_mem(GprOp::Cmp, RAX, at(TABLE, offset_of!(State, ci_base)));
        self.asm.jump_if(Cond::NotEqual, found);
        self.asm.load(RAX, at(RAX, offset_of!(CallInfo, base)));
        self.asm.constant(INDEX, Known::Suspended as u64);
        self.asm.op_mem(GprOp::Cmp, RAX, at(TABLE, offset_of!(State, top)));
        self.asm.jump_if(Cond::NotEqual, found);
        self.asm.place(dead);
        self.asm.constant(INDEX, Known::Dead as u64);
        self.asm.place(found);
        self.asm.constant(SCRATCH, names as u64);
        self.asm.load(RAX, at_index(SCRATCH, INDEX, 0));
        self.store_string(a);
    }

    /// R(a) := R(a + 1), if that is wanted, which is to be neither false nor nil.
    fn assert(&mut self, a: usize, out: Label) {
        self.check_true(a + 1, out);
        if self.plan.insn(self.at).c() != 1 {
            self.copy_slot(a + 1, a);
        }
    }
}
