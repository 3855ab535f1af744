//! What is to be compiled, and what is guessed of it: the region around a loop that turns often, its blocks, and which
//! registers are to lie in the machine's.
//!
//! A region is a row of *steps*: the words of the loop, and behind each call of a small Lua function the words of that
//! function, as an *instance* of it (`instances`). A register of an instance is told by its slot, counted from the base of the function
//! that the loop is in.
//!
//! Not here: where steps lead (`flow`), functions (`function`), what is wanted of registers (`wants`), the machine code (`emit`).

use crate::object::Value;
use crate::state::native_loops::{MAX_CALLEES, NativeLoops};
use crate::vm::code::{Insn, Op, frame_word};

use super::constructors::{MAX_RECIPES, Recipe};
use super::counters::{Counter, MAX_COUNTERS};
use super::facts::{self, BuiltinCall, Use, Way};
use super::function::Function;
use super::instances::{Instance, MAX_INSTANCES, MAX_LEVELS};
use super::known::Known;

/// The longest region, in steps.
pub const MAX_STEPS: usize = 320;
/// The most functions that are called with a frame of their own.
pub const MAX_CALLED: usize = MAX_CALLEES / 2;
/// All slots are below this.
const MAX_SLOTS: usize = 250;
/// So many steps of machine code are worth a way to a handler and back.
const STEPS_FOR_A_WAY: usize = 6;
const STEPS_FOR_A_WAY_IN_FUNCTIONS: usize = 6;
/// A function of so many steps is worth being entered if it neither calls nor loops.
const LONG_FUNCTION: usize = 40;
/// No step, and no row.
pub const NOWHERE: u16 = u16::MAX;
pub(super) const NO_ROW: u8 = u8::MAX;

/// Whether a CALL is one that machine code makes by itself, with a frame of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum LuaCall {
    None,
    /// Of any Lua function.
    Any,
    /// Most likely of the function of this number among those that the region calls.
    Known(u8),
}

/// What a generic `for` calls, as far as is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Iteration {
    /// It is no generic `for`, or nothing is known.
    None,
    /// `next`, that of `pairs`; `has_nodes`: the table may have a hash part.
    Next { has_nodes: bool },
    /// That of `ipairs`.
    Index,
    /// What `coroutine.wrap` returned.
    Wrapped,
    /// A builtin that comes back at once.
    Builtin,
    /// A Lua function, most likely.
    Lua,
    Other,
}

/// All zero bytes are a valid Plan. Arrays of few bytes a step come first, so that a short region needs few pages.
#[repr(C)]
pub struct Plan {
    pub count: usize,
    pub words: [u64; MAX_STEPS],
    pub pcs: [u16; MAX_STEPS],
    pub of: [u8; MAX_STEPS],
    /// Where a step goes on, and where it jumps: steps, or NOWHERE.
    pub(super) next: [u16; MAX_STEPS],
    pub(super) jump: [u16; MAX_STEPS],
    /// The first is the loop's own.
    pub instances: [Instance; MAX_INSTANCES],
    pub instance_count: usize,
    /// The instance that a CALL enters, 0: none.
    pub enters: [u8; MAX_STEPS],
    /// The word behind the region.
    pub end: usize,
    /// Steps that are jumped to, or follow one that jumps.
    pub leads: [bool; MAX_STEPS],
    /// Steps that are jumped back to.
    pub is_head: [bool; MAX_STEPS],
    /// How many loops are around a step.
    pub(super) depth: [u8; MAX_STEPS],
    pub calls: [Option<BuiltinCall>; MAX_STEPS],
    pub lua_calls: [LuaCall; MAX_STEPS],
    pub iterations: [Iteration; MAX_STEPS],
    /// The code of functions that are called with a frame of their own.
    called: [*const u64; MAX_CALLED],
    called_count: usize,
    /// The region is a whole function, that is entered by calls.
    pub is_function: bool,
    /// ... in machine code, which it costs little to go there and back.
    pub by_code: bool,
    /// A function that makes no closures: whatever it returns, no upvalue of its is open.
    pub is_plain: bool,
    /// Calls of small functions are to be done in place, as long as there are not more steps than these.
    pub(super) may_inline: bool,
    pub steps_to_calls: usize,
    /// How often a function may be within itself so.
    pub(super) levels: usize,
    /// The slot of the loop's function, plus 1, that the upvalue is which a step of an instance stores in; 0: none.
    pub shared: [u8; MAX_STEPS],
    /// The loop's function's registers.
    slots: (*const Value, usize),
    /// How many words on a step goes that is left to its handler, 0: it is not.
    pub left: [u8; MAX_STEPS],
    /// The register behind the open row that a step takes, if that is known, else `NO_ROW`.
    pub(super) rows: [u8; MAX_STEPS],
    /// A call that, left to its handler, leaves the region until what it calls has returned.
    pub is_by_way: [bool; MAX_STEPS],
    /// A step that reads a string's field or length, or orders two strings, most likely.
    pub is_of_string: [bool; MAX_STEPS],
    /// A global that the function's environment lacks, but may inherit.
    pub inherits: [bool; MAX_STEPS],
    /// How often a region was given up for a step's word.
    pub noted: [u8; MAX_STEPS],
    /// What tables are made for.
    pub(super) recipes: [Recipe; MAX_RECIPES],
    pub(super) recipe_count: usize,
    /// Where those are kept.
    pub loops: *const NativeLoops,
    /// What is made of the value that the step stores in its register.
    pub wanted_after: [Option<Use>; MAX_STEPS],
    pub reached: [bool; MAX_STEPS],
    /// The machine register of a frame's register, 0: none.
    pub xmm: [u8; 256],
    pub gpr: [u8; 256],
    pub(super) counters: [Counter; MAX_COUNTERS],
    pub has_calls: bool,
    /// Frames are made or left: a register is the frame of the region's function.
    pub has_frames: bool,
    /// What was looked at has too many steps, instances or registers.
    pub(super) overflow: bool,
    /// What is read before it is written from a leading step on.
    pub(super) wanted: [Known; MAX_STEPS],
    /// What is known at a leading step: of heads by decision, of others by what leads there.
    pub known: [Known; MAX_STEPS],
}

impl Plan {
    pub fn insn(&self, at: usize) -> Insn {
        Insn(self.words[at])
    }

    /// The code of all functions that the region knows as what it calls.
    pub fn callees(&self) -> impl Iterator<Item = *const u64> {
        let instances = self.instances[1..self.instance_count].iter().map(|instance| instance.code);
        instances.chain(self.called[..self.called_count].iter().copied())
    }

    /// The code of the function that a step calls, if that is known.
    pub fn called(&self, at: usize) -> Option<*const u64> {
        let LuaCall::Known(number) = self.lua_calls[at] else { return None };
        Some(self.called[number as usize])
    }

    /// The slot at which the registers begin of what a step calls at the slot `func` with a frame of its own.
    pub(super) fn registers_of_called(&self, at: usize, func: usize) -> usize {
        // SAFETY: the code of a live function.
        let is_vararg = self.called(at).is_some_and(|code| unsafe { frame_word(code) }.vararg() != 0);
        if is_vararg { func + 1 + self.insn(at).b() } else { func + 1 }
    }

    pub fn instance(&self, at: usize) -> &Instance {
        &self.instances[self.of[at] as usize]
    }

    /// The slot of the instance's first register.
    pub fn base(&self, at: usize) -> usize {
        self.instance(at).base
    }

    /// Whether a step is a tail call in an instance that is left to its handler: it goes on behind the instance.
    pub fn leaves_by_handler(&self, at: usize) -> bool {
        self.left[at] > 0 && self.of[at] != 0 && facts::is_tail_call(self.insn(at))
    }

    /// How far a test that is left to its handler jumps, if it does.
    pub fn jump_of_left(&self, at: usize) -> Option<i32> {
        let insn = self.insn(at);
        let is_left = self.left[at] > 0 && facts::compares(insn.op());
        (is_left || self.orders_strings(at) || self.is_decided(at)).then(|| insn.jump())
    }

    /// Whether a step orders strings.
    pub fn orders_strings(&self, at: usize) -> bool {
        self.is_of_string[at] && facts::orders(self.insn(at).op())
    }

    /// Whether a step leaves to its handler what it does not do by itself, and goes on behind.
    pub fn has_detour(&self, at: usize) -> bool {
        use Op::*;
        let reads = [GetTable, GetName, GetField, GetInt, GetConst, GetInherited, SelfField, SelfInherited, GetGlobal, Len];
        let stores = [
            SetTableR, SetTableK, SetNameR, SetNameK, SetFieldR, SetFieldK, SetIntR, SetIntK, SetConstR, SetConstK,
            SetGlobal, SetUpval, NewTable, SetList,
        ];
        let op = self.insn(at).op();
        let calls = (self.calls[at].is_some() || self.lua_calls[at] != LuaCall::None) && !facts::is_tail_call(self.insn(at));
        let calls = calls || self.iterations[at] != Iteration::None;
        let calls = calls || self.enters[at] != 0 && !facts::is_tail_call(self.insn(at));
        self.left[at] == 0 && (calls || reads.contains(&op) || stores.contains(&op) || self.orders_strings(at))
    }

    pub fn constant(&self, at: usize, index: usize) -> Value {
        // SAFETY: the verifier saw that the function has it.
        unsafe { *self.instance(at).k.add(index) }
    }

    /// Decides about the whole of a function, that is called often, by machine code if so; false: nothing is to be compiled.
    pub fn choose_function(&mut self, f: Function, by_code: bool) -> bool {
        (self.is_function, self.by_code) = (true, by_code);
        self.is_plain = !f.makes_closures();
        for levels in (0..=MAX_LEVELS).rev() {
            (self.may_inline, self.levels) = (true, levels);
            if self.try_region(f, 0, f.code.len()) {
                return true;
            }
        }
        self.may_inline = false;
        self.try_region(f, 0, f.code.len())
    }

    /// Decides what to compile around the loop that the word at `pc` closes; false: nothing.
    pub fn choose(&mut self, f: Function, pc: usize) -> bool {
        self.is_function = false;
        (self.may_inline, self.levels) = (true, 0);
        let Some(head) = f.back(pc) else { return false };
        if !self.try_region(f, head, pc + 1) {
            return false;
        }
        // Loops around it, as long as they can be run to their ends without the interpreter.
        let (mut start, mut end) = (head, pc + 1);
        for outer in pc + 1..f.code.len().min(head + MAX_STEPS) {
            if f.is_second_word(outer) {
                continue;
            }
            if let Some(head) = f.back(outer)
                && head <= start
            {
                if !self.try_region(f, head, outer + 1) {
                    break;
                }
                (start, end) = (head, outer + 1);
            }
        }
        self.try_region(f, start, end)
    }

    pub(super) fn try_region(&mut self, f: Function, start: usize, end: usize) -> bool {
        self.end = end;
        (self.count, self.instance_count, self.has_calls, self.overflow) = (0, 0, false, false);
        (self.called_count, self.recipe_count) = (0, 0);
        // `pays` is asked before it is known which steps lead.
        self.leads.fill(false);
        self.slots = (f.slots.as_ptr(), f.slots.len());
        let code = f.code.as_ptr();
        // SAFETY: live code.
        let frame = unsafe { frame_word(code) };
        let own = Instance::own(code, f.k.as_ptr(), frame);
        self.add_instance(f, own, start, end);
        if self.overflow {
            return false;
        }
        self.find_ways();
        self.pays()
            && if self.is_function {
                self.is_worth_entering() && self.returns()
            } else {
                (0..self.count)
                    .all(|at| self.is_second_step(at) || self.head_of(at).is_none_or(|head| self.turns(head, at)))
            }
    }

    /// Whether the function is called by machine code, or does so much that going there and back is worth it for those who call it in the interpreter.
    fn is_worth_entering(&self) -> bool {
        let calls_or_turns = |at| self.lua_calls[at] != LuaCall::None || self.enters[at] != 0 || self.head_of(at).is_some();
        self.by_code || self.count >= LONG_FUNCTION || (0..self.count).any(calls_or_turns)
    }

    /// Whether the function can come to an end without the interpreter.
    fn returns(&mut self) -> bool {
        self.reach(0, self.count - 1);
        (0..self.count).any(|at| self.reached[at] && self.of[at] == 0 && self.is_end(at))
    }

    /// Whether a step of the function itself ends it.
    fn is_end(&self, at: usize) -> bool {
        let insn = self.insn(at);
        self.returned_by_function(at).is_some() || self.is_tail_call(at) || insn.op() == Op::ReturnOpen && self.is_plain
    }

    /// Whether a step is a tail call that machine code makes.
    pub fn is_tail_call(&self, at: usize) -> bool {
        self.lua_calls[at] != LuaCall::None && facts::is_tail_call(self.insn(at))
    }

    /// Whether a step is a tail call of a builtin that machine code does itself.
    pub fn is_tail_builtin(&self, at: usize) -> bool {
        self.calls[at].is_some() && facts::is_tail_call(self.insn(at))
    }

    /// Adds the words of a function.
    pub(super) fn add_instance(&mut self, f: Function, instance: Instance, start: usize, end: usize) {
        let number = self.instance_count;
        if number == MAX_INSTANCES || instance.end_of_slots() > MAX_SLOTS {
            self.overflow = true;
            return;
        }
        self.instances[number] = Instance { number, ..instance };
        self.instances[number].first = self.count;
        self.instance_count += 1;
        // The register behind the results of the call before, which are an open row.
        let mut top = None;
        for pc in start..end {
            let at = self.count;
            if at == MAX_STEPS {
                self.overflow = true;
                return;
            }
            let open = top.take();
            self.add_step(f, pc, number, open);
            let noted = self.noted[at];
            if self.takes_counted_varargs(at) {
                top = self.end_of_varargs(at);
            } else if self.calls[at].is_none()
                && self.may_inline
                && noted == 0
                && let Some(callee) = self.callee_in_place(f, pc, open, number)
            {
                top = self.enter(f, pc, open, at, callee);
            } else if self.iterations[at] == Iteration::Lua {
                self.note_iterator(f, pc, at);
            } else if self.way(at) == Way::Out && self.left[at] == 0 && self.calls[at].is_none() {
                let callee = f.callee(pc);
                if facts::calls_lua(f.insn(pc), callee, number > 0) && noted < 2 {
                    let closure = callee.and_then(|callee| callee.as_lua_closure());
                    let code = closure.map(|callee| callee.entry.get()).filter(|code| !code.is_null() && noted == 0);
                    let known = code.and_then(|code| self.note_called(code));
                    // Of one that takes varargs it is to be known where its registers begin.
                    if known.is_some() || closure.is_none_or(|callee| !callee.proto.is_vararg()) {
                        self.lua_calls[at] = known.map_or(LuaCall::Any, LuaCall::Known);
                        self.has_calls = true;
                        continue;
                    }
                }
                let left = facts::left_to_handler(f.insn(pc), callee);
                self.left[at] = left as u8;
                self.has_calls |= left > 0;
            }
        }
        self.instances[number].end = self.count;
    }

    /// Adds a word of a function, the instance of that number, with what it will be done by: `open`, the register behind the open row that it
    /// may be passed.
    fn add_step(&mut self, f: Function, pc: usize, number: usize, open: Option<usize>) {
        let at = self.count;
        self.words[at] = f.code[pc];
        (self.pcs[at], self.of[at], self.enters[at]) = (pc as u16, number as u8, 0);
        self.rows[at] = open.map_or(NO_ROW, |top| top as u8);
        let is_select = number == 0 && at > 0 && self.takes_all_varargs(at - 1);
        self.calls[at] = f.builtin_call(pc, open).or_else(|| if is_select { f.select_of_varargs(pc) } else { None });
        self.lua_calls[at] = LuaCall::None;
        self.iterations[at] = f.iteration(pc);
        let is_generic = self.iterations[at] != Iteration::None;
        let end = if number == 0 { self.end } else { f.code.len() };
        // The word behind a TFORLOOP belongs to it.
        self.overflow |= is_generic && pc + 1 == end;
        self.has_calls |= self.calls[at].is_some() || self.is_function;
        // SAFETY: the state's, while it is planned; only notes are read there.
        let noted = unsafe { (*self.loops).times_noted(&raw const f.code[pc]) };
        self.noted[at] = noted.min(u8::MAX as usize) as u8;
        self.is_of_string[at] = f.reads_string(pc, noted > 0) || f.orders_strings(pc);
        self.inherits[at] = f.inherits_global(pc);
        let reads_other = f.reads_no_table(pc) && !self.is_of_string[at];
        if f.insn(pc).op() == Op::NewTable && noted < 2 && self.way(at) != Way::Out {
            self.note_recipe(f, pc, at);
        }
        let adds = f.fills_new(pc) && self.foreseen(at).is_none();
        self.left[at] = (facts::is_often_left(f.insn(pc)) || reads_other || adds) as u8;
        if noted > facts::notes_to_leave(f.insn(pc)) {
            self.left[at] = facts::left_if_noted(f.insn(pc)) as u8;
        }
        if matches!(self.iterations[at], Iteration::Builtin | Iteration::Lua | Iteration::Other) || is_generic && noted > 1 {
            self.left[at] = 1;
        }
        self.has_calls |= is_generic;
        let may_leave = facts::calls(f.insn(pc)) && !f.callee(pc).is_some_and(facts::comes_back);
        self.is_by_way[at] = matches!(self.iterations[at], Iteration::Lua | Iteration::Other) || may_leave;
        if self.left[at] > 0 || is_select && noted > 0 {
            self.calls[at] = None;
            self.has_calls = true;
        }
        // The RETURN behind goes on, or the instance's end. Where it does not, nor elsewhere, the interpreter makes the call.
        let goes_on = number > 0 || self.is_function && self.is_plain;
        if self.is_tail_builtin(at) && (noted > 0 || !goes_on) {
            self.calls[at] = None;
        }
        self.shared[at] = if number > 0 { self.shared_slot(f, pc) } else { 0 };
        self.count += 1;
    }

    /// The number of a function among those that are called; None if there are too many.
    pub(super) fn note_called(&mut self, code: *const u64) -> Option<u8> {
        let count = self.called_count;
        let at = self.called[..count].iter().position(|&called| called == code).unwrap_or(count);
        *self.called.get_mut(at)? = code;
        self.called_count = count.max(at + 1);
        Some(at as u8)
    }

    /// What `shared` tells of a word: an open upvalue of a function that the loop calls may be a register of the loop's function.
    fn shared_slot(&self, f: Function, pc: usize) -> u8 {
        let insn = f.insn(pc);
        if insn.op() != Op::SetUpval {
            return 0;
        }
        // SAFETY: the verifier saw that the closure has such an upvalue.
        let v = unsafe { *f.closure.upvalues_ptr().add(insn.b()) }.v.get() as usize;
        let (first, count) = self.slots;
        let at = v.wrapping_sub(first as usize) / size_of::<Value>();
        if at < count.min(MAX_SLOTS) { at as u8 + 1 } else { 0 }
    }

    /// Whether enough is done by machine code between what is left to handlers, in the innermost loops above all: each way
    /// there and back costs what some instructions do.
    pub(super) fn pays(&mut self) -> bool {
        self.find_depths();
        let way = if self.is_function { STEPS_FOR_A_WAY_IN_FUNCTIONS } else { STEPS_FOR_A_WAY };
        let (mut all, mut ways) = (0, 0);
        for at in 0..self.count {
            if self.is_second_step(at) {
                continue;
            }
            let weight = self.weight(at) as usize;
            all += weight;
            // Switches are mostly done by machine code.
            if self.left[at] > 0 && !facts::switches(self.insn(at)) {
                // What calls goes a second way, back from what it has called.
                ways += weight * if self.is_by_way[at] { 2 * way } else { way };
            }
        }
        ways <= all
    }

    /// How much a step counts, by the loops around it.
    pub(super) fn weight(&self, at: usize) -> u32 {
        1 << (3 * self.depth[at].min(6))
    }

    pub(super) fn find_depths(&mut self) {
        self.depth[..self.count].fill(0);
        for at in 0..self.count {
            if let Some(head) = self.head_of(at)
                && !self.is_second_step(at)
            {
                self.depth[head..=at].iter_mut().for_each(|depth| *depth = depth.saturating_add(1));
            }
        }
    }
}
