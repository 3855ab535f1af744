//! Switches between coroutines: calls of `coroutine.resume`, of what `coroutine.wrap` returned, and of `coroutine.yield`, that were
//! such when their words last ran.
//!
//! Frames and States are left as the interpreter's handlers of these calls leave them (`interp::fast::coroutine`, where it stands what
//! has to be looked at, and why). Then the frame that goes on does so in machine code, if it has noted where, else in the
//! interpreter. PERF: each switch has an own jump there, which is mostly foretold; the values that are passed are known to be
//! so many.

use core::mem::offset_of;

use crate::heap::mark;
use crate::object::value::TAG_THREAD;
use crate::object::{NativeClosure, Value};
use crate::state::native_loops::ReturnPoint;
use crate::state::{CallInfo, FrameFlags, State, Status, Switchboard};
use crate::vm::code::{CONTINUE, HALT, Op};
use crate::vm::coroutine::MAX_NESTING;
use crate::vm::interp::fast::Fast;

use super::asm::*;
use super::calls::FRAME;
use super::emit::*;
use super::generic::FIRST_AT;

const NEXT_WORD: usize = size_of::<u64>();
const HEADER_MARK: usize = 1;

fn below(register: Gpr, offset: usize) -> Mem {
    Mem { base: register, index: None, disp: offset as i32 - FRAME as i32 }
}

/// The builtin that switches lies in the slot `func`, the values that it passes from `first` on; `skipped`: how far behind the builtin
/// such values begin. So many results are wanted.
#[derive(Clone, Copy)]
struct Switch {
    func: usize,
    first: usize,
    given: usize,
    wanted: i32,
    skipped: usize,
}

impl Emitter {
    /// The switch at the step at hand, whose word is at CODE. The registers are those of a handler, and nothing is saved any more. The frame,
    /// which is the newest, gets a note of the point where it goes on. Hooks are not looked for: each loop, and each call of a Lua function,
    /// does that.
    pub(super) fn switch(&mut self, point: u16) {
        let insn = self.plan.insn(self.at);
        let (instance, pc) = (*self.plan.instance(self.at), self.plan.pcs[self.at] as u64);
        let slow = self.asm.label();
        self.asm.load(OWN, at(STATE, offset_of!(State, ci)));
        self.asm.store_16(at(OWN, offset_of!(CallInfo, resume)), point);
        let (a, given, wanted) = (insn.a(), insn.b(), insn.c() as i32 - 1);
        match insn.op() {
            Op::CallYield => self.switch_back(Switch { func: a, first: a + 1, given: given - 1, wanted, skipped: 1 }, slow),
            Op::CallResume => {
                self.check_function(a, offset_of!(Switchboard, resume), slow);
                self.load_untagged(RAX, slot(a + 1), TAG_THREAD, slow);
                self.switch_to(Switch { func: a, first: a + 2, given: given - 2, wanted, skipped: 2 }, slow);
            }
            Op::CallWrapped => {
                self.load_wrapped(a, slow);
                self.switch_to(Switch { func: a, first: a + 1, given: given - 1, wanted, skipped: 1 }, slow);
            }
            // A generic `for`: the iterator is called behind the loop's variables. The copies of what it is given nobody sees.
            _ => {
                self.load_wrapped(a, slow);
                self.asm.load_double(X0, slot(a));
                self.asm.store_double(slot(a + FIRST_AT), X0);
                self.switch_to(Switch { func: a + FIRST_AT, first: a + 1, given: 2, wanted: wanted + 1, skipped: 1 }, slow);
            }
        }
        self.asm.place(slow);
        self.asm.constant(CODE, instance.code as u64 + pc * NEXT_WORD as u64);
        self.asm.constant(K, instance.k as u64);
        self.go_by_step();
    }

    /// The coroutine of what `wrap` returned, which lies in a slot, to RAX. Clobbers SCRATCH.
    fn load_wrapped(&mut self, a: usize, slow: Label) {
        self.load_builtin(SCRATCH, a, Fast::Wrapped, slow);
        self.load_untagged(RAX, at(SCRATCH, size_of::<NativeClosure>()), TAG_THREAD, slow);
    }

    /// `coroutine.yield(…)`.
    fn switch_back(&mut self, call: Switch, slow: Label) {
        let to = K;
        self.check_function(call.func, offset_of!(Switchboard, yields), slow);
        self.check_resumed_plainly(STATE, slow);
        self.next_frame(slow);
        // From here on things change.
        self.make_frame(call, &raw const HALT, FrameFlags::NONE);
        self.asm.store_byte(at(STATE, offset_of!(State, status)), Status::Yield as u8);
        self.asm.load(to, at(STATE, offset_of!(State, resumer)));
        self.asm.store_small(at(STATE, offset_of!(State, resumer)), 0);
        let (waiting, place, wanted) = (OWN, NEW, SCRATCH);
        self.asm.load(waiting, at(to, offset_of!(State, ci)));
        self.asm.load(place, at(waiting, offset_of!(CallInfo, func)));
        self.asm.load_signed(wanted, at(waiting, offset_of!(CallInfo, nresults)));
        let bit = FrameFlags::GIVES_STATUS.0.trailing_zeros() as usize;
        let (placed, few, all) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.test_byte(at(waiting, offset_of!(CallInfo, flags) + bit / 8), 1 << (bit % 8));
        self.asm.jump_if(Cond::Equal, placed);
        self.asm.constant(RAX, Value::TRUE.bits());
        self.asm.store(at(place, 0), RAX);
        self.asm.add_small(place, size_of::<Value>() as i8);
        self.asm.decrement(wanted);
        self.asm.place(placed);
        self.asm.compare_32_small(wanted, call.given as i8);
        self.asm.jump_if(Cond::Greater, few);
        self.asm.place(all);
        self.pass(call, place);
        self.go_on_in(to, waiting);
        // More are wanted than there are.
        self.asm.place(few);
        self.asm.lea(RAX, at_index(place, wanted, 0));
        self.asm.lea(SCRATCH, at(place, call.given * size_of::<Value>()));
        self.fill_up(SCRATCH, RAX);
        self.asm.jump(all);
    }

    /// The coroutine whose address is in RAX goes on: `coroutine.resume(co, …)`, or a call of what `coroutine.wrap` returned.
    fn switch_to(&mut self, call: Switch, slow: Label) {
        let (co, waiting) = (SCRATCH, K);
        self.next_frame(slow);
        // PERF: foretold by what the frame held, as in `as_before`.
        let alike = self.asm.label();
        self.asm.load(co, at(NEW, offset_of!(CallInfo, k)));
        self.asm.op(GprOp::Cmp, co, RAX);
        self.asm.jump_if(Cond::Equal, alike);
        self.asm.copy(co, RAX);
        self.asm.store(at(NEW, offset_of!(CallInfo, k)), co);
        self.asm.place(alike);
        self.asm.compare_byte(at(co, offset_of!(State, status)), Status::Yield as u8);
        self.asm.jump_if(Cond::NotEqual, slow);
        self.asm.test_byte(at(co, HEADER_MARK), mark::BLACK);
        self.asm.jump_if(Cond::NotEqual, slow);
        self.check_resumed_plainly(co, slow);
        // PERF: mostly it was resumed from as deep before, which was not too deep. A store that is not made is not waited for.
        let (deeper, nested) = (self.asm.label(), self.asm.label());
        self.asm.load_16(RAX, at(STATE, offset_of!(State, nesting)));
        self.asm.add_small(RAX, 1);
        self.asm.compare_16_with(at(co, offset_of!(State, nesting)), RAX);
        self.asm.jump_if(Cond::NotEqual, deeper);
        self.asm.place(nested);
        let (few, all) = (self.asm.label(), self.asm.label());
        self.asm.load(waiting, at(co, offset_of!(State, ci)));
        self.asm.compare_mem_32_small(at(waiting, offset_of!(CallInfo, nresults)), call.given as i8);
        self.asm.jump_if(Cond::Above, few);
        self.asm.place(all);
        // From here on things change.
        let gives = if call.skipped == 1 { FrameFlags::GIVES_VALUES } else { FrameFlags::GIVES_STATUS };
        self.make_frame(call, &raw const CONTINUE, FrameFlags::RESUMES.with(gives));
        self.asm.store(at(co, offset_of!(State, resumer)), STATE);
        self.asm.store_byte(at(co, offset_of!(State, status)), Status::Ok as u8);
        if call.given > 0 {
            self.asm.load(NEW, at(waiting, offset_of!(CallInfo, func)));
        }
        self.pass(call, NEW);
        self.go_on_in(co, waiting);
        self.asm.place(deeper);
        self.asm.compare_32(RAX, MAX_NESTING as u32);
        self.asm.jump_if(Cond::Above, slow);
        self.asm.store_16_of(at(co, offset_of!(State, nesting)), RAX);
        self.asm.jump(nested);
        // More are wanted than there are, or all, which are as a negative number.
        self.asm.place(few);
        self.asm.load_signed(NEW, at(waiting, offset_of!(CallInfo, nresults)));
        self.asm.compare_small(NEW, 0);
        self.asm.jump_if(Cond::Sign, slow);
        self.asm.load(RAX, at(waiting, offset_of!(CallInfo, func)));
        self.asm.lea(NEW, at_index(RAX, NEW, 0));
        self.asm.add_small(RAX, (call.given * size_of::<Value>()) as i8);
        self.fill_up(RAX, NEW);
        self.asm.lea(NEW, at(OWN, FRAME));
        self.asm.jump(all);
    }

    /// To `slow` unless a coroutine has been resumed from Lua, by a call that wants a certain number of results, and no C function's run lies
    /// between: PERF: then it has counted none, ever.
    fn check_resumed_plainly(&mut self, co: Gpr, slow: Label) {
        self.asm.compare_mem_32_small(at(co, offset_of!(State, c_calls)), 0);
        self.asm.jump_if(Cond::NotEqual, slow);
    }

    /// To `slow` unless a slot holds the function that the board keeps there. Clobbers RAX.
    fn check_function(&mut self, a: usize, kept: usize, slow: Label) {
        self.asm.load(RAX, at(DISPATCH, kept));
        self.asm.op_mem(GprOp::Cmp, RAX, slot(a));
        self.asm.jump_if(Cond::NotEqual, slow);
    }

    /// The place of the next frame, for which there is room.
    fn next_frame(&mut self, slow: Label) {
        self.asm.lea(NEW, at(OWN, FRAME));
        self.asm.op_mem(GprOp::Cmp, NEW, at(STATE, offset_of!(State, ci_limit)));
        self.asm.jump_if(Cond::Equal, slow);
    }

    /// Fills the builtin's frame, the newest from now on, as `write_native` does. The State's top is where the values begin that it passes. PERF: no turn is kept (`CallInfo::keep_turn`), for machine code makes no use of it. Clobbers RAX and CODE.
    fn make_frame(&mut self, call: Switch, pc: *const u64, flags: FrameFlags) {
        let field = |offset: usize| at(NEW, offset);
        self.asm.add_small(CODE, NEXT_WORD as i8);
        self.asm.store(at(OWN, offset_of!(CallInfo, pc)), CODE);
        self.asm.lea(RAX, slot(call.func));
        self.asm.store(field(offset_of!(CallInfo, func)), RAX);
        self.asm.lea(RAX, slot(call.func + 1));
        self.asm.store(field(offset_of!(CallInfo, base)), RAX);
        if call.skipped > 1 {
            self.asm.lea(RAX, slot(call.func + call.skipped));
        }
        self.asm.store(field(offset_of!(CallInfo, top)), RAX);
        self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        self.asm.constant(RAX, pc as u64);
        self.asm.store(field(offset_of!(CallInfo, pc)), RAX);
        // The results that are wanted, and `pending`, which counts what is not passed.
        self.asm.constant(RAX, call.wanted as u64 | (call.skipped as u64 - 1) << 32);
        self.asm.store(field(offset_of!(CallInfo, nresults)), RAX);
        // ... and `resume` and `tail_calls`, which are 0.
        self.asm.store_small(field(offset_of!(CallInfo, flags)), flags.0 as i32);
        self.asm.store(at(STATE, offset_of!(State, ci)), NEW);
    }

    /// Puts the values that are passed from `to` on. PERF: a number that a register holds is not waited for.
    fn pass(&mut self, call: Switch, to: Gpr) {
        let base = self.plan.base(self.at);
        for i in 0..call.given {
            let from = call.first + i;
            let known = if self.known.numbers.has(base + from) { self.number_register(base + from) } else { None };
            if known.is_none() {
                self.asm.load_double(X0, slot(from));
            }
            self.asm.store_double(at(to, i * size_of::<Value>()), known.unwrap_or(X0));
        }
    }

    /// Puts nil from `from`, which it changes, up to `end`; one at least.
    fn fill_up(&mut self, from: Gpr, end: Gpr) {
        let again = self.asm.label();
        self.asm.place(again);
        self.asm.store_small(at(from, 0), NIL);
        self.asm.add_small(from, size_of::<Value>() as i8);
        self.asm.op(GprOp::Cmp, from, end);
        self.asm.jump_if(Cond::Below, again);
    }

    /// The State goes on whose builtin waited, in the Lua function below that builtin. Such a function does not keep the State's top, but where
    /// it takes values up to that.
    fn go_on_in(&mut self, state: Gpr, waiting: Gpr) {
        let (points, ci) = (NEW, INDEX);
        self.asm.load(CODE, below(waiting, offset_of!(CallInfo, pc)));
        self.asm.load(BASE, below(waiting, offset_of!(CallInfo, base)));
        self.asm.load_16(RAX, below(waiting, offset_of!(CallInfo, resume)));
        self.asm.copy(STATE, state);
        self.asm.lea(ci, below(waiting, 0));
        self.asm.load(K, at(ci, offset_of!(CallInfo, k)));
        self.asm.store(at(STATE, offset_of!(State, ci)), ci);
        let plain = self.asm.label();
        self.asm.load(points, at(DISPATCH, offset_of!(Switchboard, points)));
        // The point without a number has no word.
        self.asm.op_mem(GprOp::Cmp, CODE, at_index(points, RAX, offset_of!(ReturnPoint, pc) as i32));
        self.asm.jump_if(Cond::NotEqual, plain);
        self.asm.jump_through(at_index(points, RAX, offset_of!(ReturnPoint, resume) as i32));
        self.asm.place(plain);
        self.go_by_word();
    }
}

/// The frame at hand, and the builtin's above it.
const OWN: Gpr = INDEX;
const NEW: Gpr = TABLE;
const NIL: i32 = -1;
const _: () = assert!(Value::NIL.bits() == NIL as i64 as u64);
const _: () = assert!(offset_of!(CallInfo, tail_calls) == offset_of!(CallInfo, flags) + 4);
const _: () = assert!(offset_of!(CallInfo, pending) == offset_of!(CallInfo, nresults) + 4);
const _: () = assert!(offset_of!(State, plain_c_calls) == offset_of!(State, c_calls) + 2);
