//! Calls of Lua functions with a frame of their own, and returns from them.
//!
//! The frame is the one that the interpreter's call makes, and so is what a return leaves. A function that has machine code is
//! entered there, another at its first word, in the interpreter. The frame's flag says that machine code has made it, and
//! `then` where that goes on: a return in machine code does. One in the interpreter goes on at the caller's word, or where the caller's
//! frame has noted (`CallInfo::resume`): a function without machine code, when it is called, notes it for its caller.
//!
//! Not here: calls of small functions that are done in place (`calls`).

use core::mem::offset_of;

use crate::object::{LuaClosure, Value};
use crate::object::value::TAG_FUNCTION;
use crate::state::native_loops::ReturnPoint;
use crate::state::{CallInfo, FrameFlags, MULTRET, State};
use crate::vm::code::{CONSTANTS_AT, FRAME_WORD_AT, FrameBytes, FrameWord, NATIVE_ENTRY_AT, constants, frame_word};

use super::asm::*;
use super::calls::FRAME;
use super::emit::*;
use super::generic::FIRST_AT;
use super::iterators::ARGUMENTS;
use super::known::Known;
use super::instances::Instance;
use super::plan::Iteration;
use super::ways::{Reason, To};

/// The most calls of a region.
pub(super) const MAX_RETURNS: usize = 128;

/// Where a call comes back, and what says so. All zero bytes are one.
#[derive(Clone, Copy)]
pub struct ReturnLabel {
    pub point: *const ReturnPoint,
    pub label: Label,
    /// From the interpreter.
    pub resumed: Label,
    /// It is a call of machine code's own.
    pub is_call: bool,
    /// In which instance, and which slot is behind the callee, if it is.
    instance: u8,
    first: u8,
}

/// The byte of the frame word that counts parameters.
const PARAMS: i32 = FRAME_WORD_AT + offset_of!(FrameBytes, params) as i32;

pub(super) fn before_code(base: Gpr, disp: i32) -> Mem {
    Mem { base, index: None, disp }
}

/// A frame that machine code makes.
const CALLED: FrameFlags = FrameFlags(FrameFlags::LUA.0 | FrameFlags::COMPILED_CALL.0);
const _: () = assert!(offset_of!(CallInfo, tail_calls) == offset_of!(CallInfo, flags) + 4);

/// A callee of which all is known but which closure it is.
#[derive(Clone, Copy)]
struct Callee {
    frame: FrameWord,
    k: *const Value,
    /// It is the region's own function.
    is_own: bool,
}

impl Emitter {
    /// The CALL at hand, of a Lua function.
    #[inline(never)]
    pub(super) fn call_lua(&mut self) {
        let from = *self.plan.instance(self.at);
        let (insn, pc) = (self.plan.insn(self.at), self.plan.pcs[self.at] as usize);
        let (a, is_iterator) = (from.base + insn.a(), self.plan.iterations[self.at] != Iteration::None);
        // Where the function lies, where it is called, with how many arguments, and how many results are wanted.
        let (func, b, wanted) =
            if is_iterator { (a + FIRST_AT, ARGUMENTS + 1, insn.c()) } else { (a, insn.b(), insn.c().wrapping_sub(1)) };
        let first = self.plan.registers_of_called(self.at, func);
        let Some(back) = self.return_label(self.plan.of[self.at], pc + 1, func + 1) else { return };
        let callee = self.check_callee(a, func, b);
        let room = self.top_to_scratch(first, callee);
        self.check_slots(room);
        self.check_frame(from.depth, room);
        // From here on things change.
        if is_iterator {
            self.copy_to_iterator(a);
        }
        if let Some(callee) = callee
            && first > func + 1
        {
            self.move_parameters(func, first, callee.frame.params().min(b - 1));
        }
        if from.depth > 0 {
            self.push_frames(&from);
            self.asm.lea(INDEX, at(OWN_FRAME, (from.depth + 1) * FRAME));
            self.asm.constant(RAX, from.code as u64 + (pc as u64 + 1) * 8);
        } else {
            self.asm.lea(RAX, at(CODE, (pc + 1) * 8));
        }
        self.asm.store(at(OWN_FRAME, from.depth * FRAME + offset_of!(CallInfo, pc)), RAX);
        self.clear_registers(first, b, callee);
        self.fill_frame(from.depth + 1, func, first, wanted as i32, callee);
        // The flags, and tail calls behind them.
        self.asm.store_small(at(OWN_FRAME, (from.depth + 1) * FRAME + offset_of!(CallInfo, flags)), CALLED.0 as i32);
        self.lead_back(from.depth + 1, back);
        self.enter_callee(from.depth + 1, callee);
        self.come_back(&from, func + 1, back.label);
    }

    /// The TAILCALL at hand, of a Lua function, in one that has no open upvalues: the callee takes its place. Whether it goes on at
    /// the next step.
    #[inline(never)]
    pub(super) fn tail_call_lua(&mut self) -> bool {
        let from = *self.plan.instance(self.at);
        let insn = self.plan.insn(self.at);
        let first = from.base + insn.a() + 1;
        let behind = self.plan.pcs[from.call] as usize + 1;
        // What is called takes no varargs.
        let base = if from.depth > 0 { from.func + 1 } else { from.base };
        let back = if from.depth > 0 { self.return_label(from.parent as u8, behind, base) } else { None };
        let callee = self.check_callee(first - 1, first - 1, insn.b());
        let room = self.top_to_scratch(base, callee);
        self.check_slots(room);
        // From here on things change.
        if from.depth > 0 {
            self.push_frames(&from);
        }
        self.move_arguments(first, base, insn.b());
        self.clear_registers(base, insn.b(), callee);
        let field = |offset: usize| at(OWN_FRAME, from.depth * FRAME + offset);
        self.asm.store(field(offset_of!(CallInfo, top)), SCRATCH);
        self.load_constants(callee);
        self.asm.store(field(offset_of!(CallInfo, k)), K);
        let counted = self.asm.label();
        self.asm.add_one_32(field(offset_of!(CallInfo, tail_calls)));
        self.asm.jump_if(Cond::NotBelow, counted);
        self.asm.subtract_one_32(field(offset_of!(CallInfo, tail_calls)));
        self.asm.place(counted);
        if from.depth == 0 {
            self.enter_callee(0, callee);
            return false;
        }
        let Some(back) = back else { return false };
        self.asm.lea(BASE, slot(base));
        if from.is_vararg() {
            self.asm.store(field(offset_of!(CallInfo, base)), BASE);
        }
        self.asm.store_small_32(field(offset_of!(CallInfo, flags)), CALLED.0 as i32);
        self.lead_back(from.depth, back);
        self.enter_callee(from.depth, callee);
        let parent = self.plan.instances[from.parent];
        self.come_back(&parent, base, back.label);
        let end = self.plan.end_of(self.at);
        if end == self.at + 1 {
            return true;
        }
        self.go_to(To::Step(end));
        false
    }

    fn return_label(&mut self, instance: u8, pc: usize, first: usize) -> Option<ReturnLabel> {
        let Some(back) = self.new_point(instance, pc) else {
            self.overflow = true;
            return None;
        };
        (back.is_call, back.first) = (true, first as u8);
        Some(*back)
    }

    /// A return point for the step at hand, which goes on in an instance at a word; None if there are too many.
    pub(super) fn new_point(&mut self, instance: u8, pc: usize) -> Option<&mut ReturnLabel> {
        if self.return_count == MAX_RETURNS {
            return None;
        }
        let of = self.plan.instances[instance as usize];
        let call = if self.plan.of[self.at] == 0 { of.code.wrapping_add(pc - 1) } else { core::ptr::null() };
        let around = &self.around;
        // SAFETY: the state's, which lives as long as this region is made; only its return points are touched there.
        let point = unsafe { (*around.loops).new_return(around.region, call, of.code.wrapping_add(pc), around.plain) }?;
        let (label, resumed) = (self.asm.label(), self.asm.label());
        self.returns[self.return_count] = ReturnLabel { point, label, resumed, is_call: false, instance, first: 0 };
        self.return_count += 1;
        Some(&mut self.returns[self.return_count - 1])
    }

    /// Where the interpreter comes back, with the registers of a handler, to where machine code goes on. In an instance it does if the
    /// frames below are those that it is called by: the frame may be that of another call of the same function.
    #[inline(never)]
    pub(super) fn write_resumes(&mut self) {
        for at_return in 0..self.return_count {
            let back = self.returns[at_return];
            let mut instance = self.plan.instances[back.instance as usize];
            let plain = self.asm.label();
            self.asm.place(back.resumed);
            let depth = instance.depth;
            if depth > 0 || self.plan.has_frames {
                self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
            }
            while instance.depth > 0 {
                if instance.is_vararg() {
                    self.check_distance(&instance, depth - instance.depth, plain);
                }
                let parent = self.plan.instances[instance.parent];
                let pc = self.plan.pcs[instance.call] as u64 + 1;
                if instance.is_protected {
                    self.check_waiting(depth - instance.depth, plain);
                }
                let level = depth - parent.depth;
                self.asm.constant(SCRATCH, parent.code as u64 + pc * 8);
                let disp = offset_of!(CallInfo, pc) as i32 - (level * FRAME) as i32;
                self.asm.op_mem(GprOp::Cmp, SCRATCH, Mem { base: RAX, index: None, disp });
                self.asm.jump_if(Cond::NotEqual, plain);
                instance = parent;
            }
            if back.is_call {
                let of = self.plan.instances[back.instance as usize];
                self.asm.lea(BASE, slot(back.first as usize - of.base));
            }
            if !back.is_call {
                self.push_saved();
                if self.plan.has_frames {
                    self.asm.lea(OWN_FRAME, Mem { base: RAX, index: None, disp: -((depth * FRAME) as i32) });
                }
            }
            self.asm.jump(back.label);
            if depth > 0 {
                self.asm.place(plain);
                self.go_by_word();
            }
        }
    }

    /// Goes elsewhere unless the frame so far below RAX has as many arguments as an instance that takes varargs. Clobbers SCRATCH.
    fn check_distance(&mut self, instance: &Instance, level: usize, elsewhere: Label) {
        let field = |offset: usize| Mem { base: RAX, index: None, disp: offset as i32 - (level * FRAME) as i32 };
        self.asm.load(SCRATCH, field(offset_of!(CallInfo, base)));
        self.asm.op_mem(GprOp::Sub, SCRATCH, field(offset_of!(CallInfo, func)));
        self.asm.compare_number(SCRATCH, ((instance.base - instance.func) * size_of::<Value>()) as i32);
        self.asm.jump_if(Cond::NotEqual, elsewhere);
    }

    /// Leaves unless the callee in a slot is the Lua function that is known, or any without varargs, and there are as many arguments as
    /// parameters, if they are an open row: `b` tells. It comes to the slot `func`, which is nobody else's, its code to TABLE. Clobbers RAX, INDEX and SCRATCH.
    fn check_callee(&mut self, from: usize, func: usize, b: usize) -> Option<Callee> {
        let out = self.bail();
        if b != 0
            && let Some(code) = self.plan.called(self.at)
        {
            let is_own = code == self.plan.instances[0].code;
            // PERF: what was called last lies beside the code, so the callee does not wait for where this one came from (`interp::calls::settle`).
            self.check_last(from, code, out, false);
            self.asm.store(slot(func), RAX);
            // SAFETY: the code of a live function; when it is freed this region is given up.
            let (frame, k) = unsafe { (frame_word(code), constants(code)) };
            return Some(Callee { frame, k, is_own });
        }
        self.asm.load(INDEX, slot(from));
        self.untag(INDEX, TAG_FUNCTION, out);
        self.asm.load(TABLE, at(INDEX, offset_of!(LuaClosure, entry)));
        // A native function has null there.
        self.asm.compare_small(TABLE, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.compare_byte(before_code(TABLE, FRAME_WORD_AT + offset_of!(FrameBytes, vararg) as i32), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        if b == 0 {
            self.asm.load_byte(RAX, before_code(TABLE, PARAMS));
            self.asm.lea(SCRATCH, at_index(BASE, RAX, func as i32 * 8 + 8));
            self.asm.op_mem(GprOp::Cmp, SCRATCH, at(STATE, offset_of!(State, top)));
            self.asm.jump_if(Cond::Above, out);
        }
        if from != func {
            self.asm.load(RAX, slot(from));
            self.asm.store(slot(func), RAX);
        }
        None
    }

    /// The end of the callee's registers, which begin at a slot, to SCRATCH.
    fn top_to_scratch(&mut self, first: usize, callee: Option<Callee>) -> Label {
        if let Some(callee) = callee {
            self.asm.lea(SCRATCH, slot(first + callee.frame.max_stack()));
        } else {
            self.asm.load_byte(SCRATCH, before_code(TABLE, FRAME_WORD_AT + offset_of!(FrameBytes, max_stack) as i32));
            self.asm.lea(SCRATCH, at_index(BASE, SCRATCH, first as i32 * 8));
        }
        self.bail()
    }

    fn check_slots(&mut self, out: Label) {
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(STATE, offset_of!(State, stack_limit)));
        self.asm.jump_if(Cond::Above, out);
    }

    /// Leaves unless there is room for a frame above that of an instance at a depth; its address comes to INDEX.
    fn check_frame(&mut self, depth: usize, out: Label) {
        self.asm.lea(INDEX, at(OWN_FRAME, (depth + 1) * FRAME));
        self.asm.op_mem(GprOp::Cmp, INDEX, at(STATE, offset_of!(State, ci_limit)));
        self.asm.jump_if(Cond::NotBelow, out);
    }

    /// Copies a function that takes varargs to right below its registers, and moves so many of its arguments there.
    fn move_parameters(&mut self, func: usize, first: usize, count: usize) {
        self.asm.load_double(X0, slot(func));
        self.asm.store_double(slot(first - 1), X0);
        self.asm.ones(X1);
        for i in 0..count {
            self.asm.load_double(X0, slot(func + 1 + i));
            self.asm.store_double(slot(first + i), X0);
            self.asm.store_double(slot(func + 1 + i), X1);
        }
    }

    /// Moves the callee of a tail call and its arguments to where the function at hand and its registers were.
    fn move_arguments(&mut self, first: usize, base: usize, b: usize) {
        let below = |at_slot: usize| Mem { base: BASE, index: None, disp: at_slot as i32 * 8 - 8 };
        if b != 0 {
            for i in 0..b {
                self.asm.load_double(X0, below(first + i));
                self.asm.store_double(below(base + i), X0);
            }
            return;
        }
        self.asm.load_double(X0, below(first));
        self.asm.store_double(below(base), X0);
        // The parameters, from the first on: RAX counts them, INDEX is where they go.
        self.asm.load_byte(RAX, before_code(TABLE, PARAMS));
        self.asm.lea(INDEX, slot(base));
        let (again, done) = (self.asm.label(), self.asm.label());
        self.asm.place(again);
        self.asm.compare_small(RAX, 0);
        self.asm.jump_if(Cond::Equal, done);
        self.asm.load_double(X0, at(INDEX, (first - base) * 8));
        self.asm.store_double(at(INDEX, 0), X0);
        self.asm.add_small(INDEX, 8);
        self.asm.decrement(RAX);
        self.asm.jump(again);
        self.asm.place(done);
    }

    /// Makes nil of the callee's registers behind the arguments that it takes, up to SCRATCH, and of a few more. Clobbers RAX.
    fn clear_registers(&mut self, first: usize, b: usize, callee: Option<Callee>) {
        self.asm.ones(X0);
        if let Some(Callee { frame, .. }) = callee {
            let registers = first + frame.params().min(b - 1)..first + frame.max_stack();
            return registers.step_by(2).for_each(|at| self.asm.store_both(slot(at), X0));
        }
        self.asm.load_byte(RAX, before_code(TABLE, PARAMS));
        if b != 0 {
            let all = self.asm.label();
            self.asm.compare_32(RAX, b as u32 - 1);
            self.asm.jump_if(Cond::NotAbove, all);
            self.asm.constant(RAX, b as u64 - 1);
            self.asm.place(all);
        }
        self.asm.lea(RAX, at_index(BASE, RAX, first as i32 * 8));
        let again = self.asm.label();
        self.asm.place(again);
        self.asm.store_both(at(RAX, 0), X0);
        self.asm.store_both(at(RAX, 16), X0);
        self.asm.add_small(RAX, 32);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::Below, again);
    }

    /// Fills the callee's frame, so far above that of the region's function, whose address is in INDEX, and makes it the newest. BASE and K become the callee's.
    fn fill_frame(&mut self, depth: usize, func: usize, first: usize, wanted: i32, callee: Option<Callee>) {
        let field = |offset: usize| at(OWN_FRAME, depth * FRAME + offset);
        self.asm.store(field(offset_of!(CallInfo, top)), SCRATCH);
        self.asm.lea(RAX, slot(func));
        self.asm.store(field(offset_of!(CallInfo, func)), RAX);
        self.asm.lea(BASE, slot(first));
        self.asm.store(field(offset_of!(CallInfo, base)), BASE);
        self.load_constants(callee);
        self.asm.store(field(offset_of!(CallInfo, k)), K);
        self.asm.store_small_32(field(offset_of!(CallInfo, nresults)), wanted);
        self.asm.store(at(STATE, offset_of!(State, ci)), INDEX);
    }

    /// The callee's constants to K, which are those of the region's function before. The code is at TABLE.
    fn load_constants(&mut self, callee: Option<Callee>) {
        match callee {
            Some(Callee { is_own: true, .. }) => {}
            Some(Callee { k, .. }) => self.asm.constant(K, k as u64),
            None => self.asm.load(K, before_code(TABLE, CONSTANTS_AT)),
        }
    }

    /// Says where a return goes on in machine code from the frame so far above that of the region's function, which has the flag. Clobbers RAX.
    fn lead_back(&mut self, depth: usize, back: ReturnLabel) {
        self.asm.constant(RAX, back.point as usize as u64);
        self.asm.store(at(OWN_FRAME, depth * FRAME + offset_of!(CallInfo, then)), RAX);
    }

    /// Goes on in the callee, whose code is at TABLE, and whose frame so far above that of the region's function.
    fn enter_callee(&mut self, depth: usize, callee: Option<Callee>) {
        if callee.is_some_and(|callee| callee.is_own) && self.plan.is_function {
            // The registers saved are the same.
            if depth > 0 {
                self.asm.lea(OWN_FRAME, at(OWN_FRAME, depth * FRAME));
            }
            return self.asm.jump(self.own_entry);
        }
        self.pop_saved();
        self.asm.copy(CODE, TABLE);
        self.asm.jump_through(before_code(TABLE, NATIVE_ENTRY_AT));
    }

    /// Goes on behind a call by an instance, whose return has made the caller's frame the newest again: it is in RAX, and BASE is behind the callee,
    /// at the slot `first`: its registers, if it has taken no varargs. PERF: so nothing waits for what is loaded of frames.
    fn come_back(&mut self, from: &Instance, first: usize, label: Label) {
        self.asm.place(label);
        self.push_saved();
        self.asm.lea(BASE, Mem { base: BASE, index: None, disp: -(first as i32 * 8) });
        self.asm.lea(OWN_FRAME, Mem { base: RAX, index: None, disp: -((from.depth * FRAME) as i32) });
        if from.depth > 0 {
            self.asm.store(at(STATE, offset_of!(State, ci)), OWN_FRAME);
            self.asm.copy(RAX, OWN_FRAME);
            self.drop_waiting(from);
        }
        self.asm.constant(K, self.plan.instances[0].k as u64);
        self.asm.constant(CODE, self.plan.instances[0].code as u64);
        self.known = Known::NOTHING;
    }

    /// Where the region's own function lies: right below its registers, or, if it takes varargs, where its frame says; then the address comes to TABLE.
    fn own_function(&mut self) -> Mem {
        if !self.plan.instances[0].is_vararg() {
            return Mem { base: BASE, index: None, disp: -8 };
        }
        self.asm.load(TABLE, at(OWN_FRAME, offset_of!(CallInfo, func)));
        at(TABLE, 0)
    }

    /// A return of the region's own function: of `count` values from `first` on.
    #[inline(never)]
    pub(super) fn return_values(&mut self, first: usize, count: usize) {
        let out = self.exit(To::Step(self.at), Reason::Way);
        let to = self.own_function();
        let result = |i: usize| Mem { disp: to.disp + i as i32 * 8, ..to };
        let (all, given) = (self.asm.label(), self.asm.label());
        self.asm.load_32(RAX, at(OWN_FRAME, offset_of!(CallInfo, nresults)));
        self.asm.compare_32(RAX, count as u32);
        self.asm.jump_if(Cond::Equal, all);
        self.asm.compare_32(RAX, MULTRET as u32);
        self.asm.jump_if(Cond::Equal, all);
        // Fewer are wanted. As an unsigned number what a metamethod's result is marked with is more.
        self.asm.compare_32(RAX, count as u32);
        self.asm.jump_if(Cond::Above, out);
        self.asm.lea(RAX, at_index(to.base, RAX, to.disp));
        self.asm.jump(given);
        self.asm.place(all);
        self.asm.lea(RAX, result(count));
        self.asm.place(given);
        self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        // All are moved, for what is above those that are wanted was this function's and is nobody's now.
        for i in 0..count {
            self.asm.load_double(X0, slot(first + i));
            self.asm.store_double(result(i), X0);
        }
        self.leave_frame();
    }

    /// Whether the open RETURN at hand is one that machine code does.
    pub(super) fn returns_open(&self) -> bool {
        self.plan.is_function && self.plan.is_plain && self.plan.of[self.at] == 0
    }

    /// A return of what there is from `first` on, where one value is wanted.
    pub(super) fn return_open(&mut self, first: usize) {
        let out = self.exit(To::Step(self.at), Reason::Way);
        self.asm.compare_mem_32_small(at(OWN_FRAME, offset_of!(CallInfo, nresults)), 1);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.lea(RAX, slot(first));
        self.asm.op_mem(GprOp::Cmp, RAX, at(STATE, offset_of!(State, top)));
        self.asm.jump_if(Cond::NotBelow, out);
        let to = self.own_function();
        self.asm.load_double(X0, slot(first));
        self.asm.store_double(to, X0);
        self.asm.lea(RAX, Mem { disp: to.disp + 8, ..to });
        self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        self.leave_frame();
    }

    /// Goes back to the caller of the region's function; where that lies was told by `own_function`.
    fn leave_frame(&mut self) {
        if self.plan.instances[0].is_vararg() {
            self.asm.lea(BASE, at(TABLE, size_of::<Value>()));
        }
        let caller = |offset: usize| Mem { base: RAX, index: None, disp: offset as i32 };
        self.asm.load(INDEX, at(OWN_FRAME, offset_of!(CallInfo, then)));
        self.asm.lea(RAX, Mem { base: OWN_FRAME, index: None, disp: -(FRAME as i32) });
        self.asm.store(at(STATE, offset_of!(State, ci)), RAX);
        let bit = FrameFlags::COMPILED_CALL.0.trailing_zeros() as usize;
        self.asm.test_byte(at(OWN_FRAME, offset_of!(CallInfo, flags) + bit / 8), 1 << (bit % 8));
        self.pop_saved();
        let plain = self.asm.label();
        self.asm.jump_if(Cond::Equal, plain);
        self.asm.jump_through(at(INDEX, 0));
        self.asm.place(plain);
        self.asm.load(BASE, caller(offset_of!(CallInfo, base)));
        self.asm.load(K, caller(offset_of!(CallInfo, k)));
        self.asm.load(CODE, caller(offset_of!(CallInfo, pc)));
        self.go_by_word();
    }

    /// Lets the interpreter go on at the word at CODE.
    pub(super) fn go_by_word(&mut self) {
        self.asm.load_byte(RAX, at(CODE, 0));
        self.asm.jump_through(at_index(DISPATCH, RAX, 0));
    }

    /// Where the function is entered by its frame, as at its first word.
    #[inline(never)]
    pub(super) fn write_function_entry(&mut self) {
        let plain = self.asm.label();
        self.asm.place(self.function_entry);
        self.poll(plain);
        self.push_saved();
        self.load_frame();
        self.enter_first();
        self.asm.place(plain);
        self.go_by_word();
        // From a call in the region, where the registers are saved.
        self.asm.place(self.own_entry);
        let leave = self.exit(To::Step(0), Reason::Way);
        self.poll(leave);
        self.enter_first();
    }

    fn enter_first(&mut self) {
        self.known = Known::NOTHING;
        if self.plan.is_head[0] {
            let wanted = self.plan.known[0];
            self.convert(wanted, 0);
        }
        self.asm.jump(self.labels[0]);
    }
}
