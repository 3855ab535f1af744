//! A function as the planning sees it: its words, what its registers hold, and what it calls, as far as that can be guessed.
//!
//! Guesses cost nothing but time if they are wrong: machine code looks at run time whether they hold.
//!
//! Not here: what each instruction is (`facts`).

use crate::heap::Gc;
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::object::{LuaClosure, Table, Type, Value};
use crate::state::{Event, Global};
use crate::vm::code::{FrameWord, Insn, Op, constants, frame_word};
use crate::vm::interp::fast::Fast;

use super::facts::{self, BuiltinCall, VARARGS, Way};
use super::instances::InPlace;
use super::plan::Iteration;

/// The longest function whose words take the place of a call.
const MAX_CALLEE: usize = 64;
/// Instructions that are looked at to tell what a CALL calls.
const LOOK_BACK: usize = 32;
/// Tables that are looked through for a method.
const CLASSES: usize = 6;

/// A function as it stands.
#[derive(Clone, Copy)]
pub struct Function<'a> {
    pub code: &'a [u64],
    pub k: &'a [Value],
    /// Its registers, if it runs.
    pub slots: &'a [Value],
    pub closure: Gc<LuaClosure>,
    pub global: &'a Global,
    /// Guesses of its arguments, if it does not run, and how many there are; and of its varargs.
    pub arguments: [Value; MAX_ARGUMENTS],
    pub varargs: [Value; MAX_ARGUMENTS],
    pub argument_count: usize,
}

/// How many arguments are guessed.
pub const MAX_ARGUMENTS: usize = 4;

impl Function<'_> {
    /// A function that does not run now.
    ///
    /// # Safety
    /// The closure's code is there, and live for as long as the result.
    pub(super) unsafe fn of<'a>(closure: Gc<LuaClosure>, global: &'a Global, arguments: [Value; MAX_ARGUMENTS]) -> Function<'a> {
        // SAFETY: the caller's promise; a prototype's parts live as long as it.
        unsafe {
            let (code, k) = (closure.entry.get(), closure.proto.constants.len());
            Function {
                code: core::slice::from_raw_parts(code, closure.proto.code.len()),
                k: core::slice::from_raw_parts(constants(code), k),
                slots: &[],
                closure,
                global,
                arguments,
                varargs: NO_ARGUMENTS,
                argument_count: 0,
            }
        }
    }

    pub fn insn(&self, pc: usize) -> Insn {
        Insn(self.code[pc])
    }

    /// The value that a register holds before `pc`, as far as the instructions before it and what they read now tell.
    pub(super) fn guess(&self, pc: usize, slot: usize, depth: usize) -> Option<Value> {
        let Some(before) = self.writer(pc, slot) else { return self.seen(slot) };
        let insn = self.insn(before);
        match insn.op() {
            Op::Move => self.guess(before, insn.b(), depth),
            Op::LoadK => Some(self.k[insn.d() as usize]),
            Op::Vararg if self.slots.is_empty() => self.varargs.get(slot - insn.a()).copied().filter(|value| !value.is_nil()),
            Op::SelfField | Op::SelfInherited if slot != insn.a() => self.guess(before, insn.b(), depth),
            // SAFETY: the verifier saw that the closure has such an upvalue.
            Op::GetUpval => Some(unsafe { *self.closure.upvalues_ptr().add(insn.b()) }.get()),
            Op::GetGlobal => {
                let key = self.k[insn.b() | insn.c() << 8];
                self.field_of(Value::table(self.closure.env.get()), key).or(Some(Value::NIL))
            }
            Op::GetField | Op::SelfField | Op::GetInherited | Op::SelfInherited if depth > 0 => {
                self.field_of(self.guess(before, insn.b(), depth - 1)?, self.k[insn.c()])
            }
            Op::GetTable | Op::GetInt if depth > 0 => {
                let table = self.guess(before, insn.b(), depth - 1)?.as_table()?;
                table.array_slots().first().map(|first| first.get()).filter(|value| !value.is_nil())
            }
            Op::GetName if depth > 0 => {
                let table = self.guess(before, insn.b(), depth - 1)?.as_table()?;
                Some(table.get(self.seen(insn.c())?)).filter(|value| !value.is_nil())
            }
            _ if self.is_overwritten(before, slot) => None,
            _ => self.seen(slot),
        }
    }

    /// Whether what an instruction has stored in a register is there no more when the loop turns.
    fn is_overwritten(&self, writer: usize, slot: usize) -> bool {
        let end = self.code.len().min(writer + LOOK_BACK);
        let turns = |&at: &usize| {
            let insn = self.insn(at);
            matches!(insn.op(), Op::Jmp | Op::ForLoop | Op::TForTest) && at as isize + insn.jump() as isize <= writer as isize
        };
        let last = (writer + 1..end).find(turns).unwrap_or(end);
        (writer + 1..last).any(|at| self.is_written(at, slot))
    }

    /// Whether an instruction reads a global that the environment does not have itself, but what its metatable says may.
    pub(super) fn inherits_global(&self, pc: usize) -> bool {
        let (insn, env) = (self.insn(pc), self.closure.env.get());
        insn.op() == Op::GetGlobal && env.metatable.get().is_some() && env.get(self.k[insn.b() | insn.c() << 8]).is_nil()
    }

    /// What a lookup by tables' `__index` leads to, in a table or a string.
    fn field_of(&self, object: Value, key: Value) -> Option<Value> {
        let index_of = |metatable: Gc<Table>| metatable.get(Value::string(self.global.event_name(Event::Index)));
        let mut object = object;
        if object.is_string() {
            object = index_of(self.global.type_metatables[Type::String as usize].get()?);
        }
        for _ in 0..CLASSES {
            let table = object.as_table()?;
            let value = table.get(key);
            if !value.is_nil() {
                return Some(value);
            }
            object = index_of(table.metatable.get()?);
        }
        None
    }

    /// The last instruction before `pc`, as they stand there, that writes a register.
    pub(super) fn writer(&self, pc: usize, slot: usize) -> Option<usize> {
        let first = pc.saturating_sub(LOOK_BACK);
        (first..pc).rev().find(|&before| self.is_written(before, slot))
    }

    fn is_written(&self, pc: usize, slot: usize) -> bool {
        let insn = self.insn(pc);
        let mut is_written = insn.op() == Op::Vararg && insn.b() == 0 && slot >= insn.a();
        facts::writes(insn).each(|a| is_written |= a == slot);
        is_written
    }

    /// Whether a register may be what is wanted of it: it is so now, or nothing is known of it.
    pub(super) fn may_be(&self, slot: usize, is_wanted: impl Fn(Value) -> bool) -> bool {
        if !self.slots.is_empty() {
            return self.slots.get(slot).is_some_and(|&value| is_wanted(value));
        }
        slot >= self.argument_count || is_wanted(self.arguments[slot])
    }

    /// Whether the step of the numeric loop that FORLOOP at `pc` closes is not above 0, as the code says, or as it is now.
    pub(super) fn goes_down(&self, pc: usize) -> bool {
        let slot = self.insn(pc).a() + 2;
        // What the register holds now may be of another use, if this is not the loop that is turning.
        let first = self.back(pc).and_then(|body| body.checked_sub(1));
        let step = first.and_then(|prepare| self.guess(prepare, slot, 0)).or(self.seen(slot));
        step.is_some_and(|step| step.as_f64() <= 0.0)
    }

    /// Whether the numeric loop that FORLOOP at `pc` closes counts whole numbers by 1, as far as is known in the same way.
    pub(super) fn counts_by_one(&self, pc: usize) -> bool {
        let a = self.insn(pc).a();
        let first = self.back(pc).and_then(|body| body.checked_sub(1));
        let seen = |slot| first.and_then(|prepare| self.guess(prepare, slot, 0)).or(self.seen(slot));
        let is_whole = |start: Value| start.as_number().is_some_and(|start| start as i32 as f64 == start);
        seen(a + 2).and_then(Value::as_number) == Some(1.0) && seen(a).is_none_or(is_whole)
    }

    /// What a register holds now, or an argument may be.
    pub(super) fn seen(&self, slot: usize) -> Option<Value> {
        self.slots.get(slot).copied().or_else(|| self.arguments.get(slot).copied().filter(|value| !value.is_nil()))
    }

    pub(super) fn callee(&self, pc: usize) -> Option<Value> {
        let insn = self.insn(pc);
        if !facts::calls(insn) {
            return None;
        }
        self.guess(pc, insn.a(), 4)
    }

    /// Whether an instruction that reads a field or length reads it of something else than a table, a string mostly.
    pub(super) fn reads_no_table(&self, pc: usize) -> bool {
        use Op::*;
        let insn = self.insn(pc);
        let may_be_string = matches!(insn.op(), GetField | GetInherited | SelfField | SelfInherited | Len);
        (may_be_string || matches!(insn.op(), GetTable | GetName | GetInt | GetConst))
            && self.guess(pc, insn.b(), 3).is_some_and(|object| match object.type_of() {
                // What cannot be indexed is not what will be.
                Type::None | Type::Nil | Type::Boolean | Type::Number | Type::Table => false,
                Type::String => may_be_string,
                _ => true,
            })
    }

    /// What the generic `for` at `pc` calls, if it is one.
    pub(super) fn iteration(&self, pc: usize) -> Iteration {
        let insn = self.insn(pc);
        if insn.op() != Op::TForLoop {
            return Iteration::None;
        }
        if matches!(insn.form(), Op::TForWrapped | Op::TForWrappedSettled) {
            return Iteration::Wrapped;
        }
        let iterator = self.iterated_by(pc, insn.a());
        if iterator.is_some_and(|iterator| iterator.as_lua_closure().is_some()) || iterator.is_none() && self.is_asked_for(pc) {
            return Iteration::Lua;
        }
        let Some(native) = iterator.and_then(|value| value.as_native_closure()) else { return Iteration::Other };
        match Fast::of(native.fast.get()) {
            Some(Fast::Next | Fast::Pairs) => {
                let table = self.seen(insn.a() + 1).and_then(|value| value.as_table());
                Iteration::Next { has_nodes: table.is_none_or(|table| table.has_nodes()) }
            }
            Some(Fast::Step | Fast::IPairs) => Iteration::Index,
            Some(Fast::Wrapped) => Iteration::Wrapped,
            _ if facts::comes_back(Value::native_closure(native)) => Iteration::Builtin,
            _ => Iteration::Other,
        }
    }

    /// The function that a generic `for` calls, or that is called for it right before the loop. What lies in its slot now may be another loop's.
    pub(super) fn iterated_by(&self, pc: usize, a: usize) -> Option<Value> {
        let asked = self.asked(pc, a);
        let is_known = |value: &Value| {
            let native = value.as_native_closure();
            native.is_some_and(|native| matches!(Fast::of(native.fast.get()), Some(Fast::Pairs | Fast::IPairs)))
        };
        asked.filter(is_known).or(self.slots.get(a).copied())
    }

    /// What is called right before the generic `for` at `pc`, for its iterator.
    fn asked(&self, pc: usize, a: usize) -> Option<Value> {
        let call = self.back(pc + 1).and_then(|body| body.checked_sub(2));
        call.filter(|&call| self.insn(call).a() == a).and_then(|call| self.callee(call))
    }

    /// Whether that is a Lua function: what it returns will be one, most likely.
    fn is_asked_for(&self, pc: usize) -> bool {
        self.asked(pc, self.insn(pc).a()).is_some_and(|asked| asked.as_lua_closure().is_some())
    }

    /// Whether an instruction stores a field in a table that was just made, which lacks it.
    pub(super) fn fills_new(&self, pc: usize) -> bool {
        let insn = self.insn(pc);
        if !matches!(insn.op(), Op::SetFieldR | Op::SetFieldK) {
            return false;
        }
        let Some(maker) = self.writer(pc, insn.a()).filter(|&maker| self.insn(maker).op() == Op::NewTable) else { return false };
        let jumps = |between| matches!(self.way(between), Way::Jump(_) | Way::Either(..));
        let is_turned_to = |from| self.back(from).is_some_and(|head| (maker + 1..=pc).contains(&head));
        !(maker + 1..pc).any(jumps) && !(pc + 1..self.code.len()).any(is_turned_to)
    }

    /// Whether an instruction looks for a string's method, or reads its length; `was_no_table`: if nothing is known, it does.
    pub(super) fn reads_string(&self, pc: usize, was_no_table: bool) -> bool {
        let insn = self.insn(pc);
        facts::may_read_string(insn) && self.guess(pc, insn.b(), 3).map_or(was_no_table, Value::is_string)
    }

    /// Whether an instruction orders two strings.
    pub(super) fn orders_strings(&self, pc: usize) -> bool {
        let insn = self.insn(pc);
        let is_string = |is_k: bool, at: usize| {
            let value = if is_k { Some(self.k[at]) } else { self.guess(pc, at, 3) };
            value.and_then(Value::as_string).is_some_and(|s| !is_k || s.is_short())
        };
        facts::orders(insn.op())
            && facts::number_operands(insn.op()).is_some_and(|(b_k, c_k)| is_string(b_k, insn.b()) && is_string(c_k, insn.c()))
    }

    /// How many arguments a CALL passes; `top`: the register behind the last of an open row.
    pub(super) fn argument_count(&self, pc: usize, top: Option<usize>) -> Option<usize> {
        let insn = self.insn(pc);
        if insn.b() != 0 { Some(insn.b() - 1) } else { top?.checked_sub(insn.a() + 1) }
    }

    pub(super) fn builtin_call(&self, pc: usize, top: Option<usize>) -> Option<BuiltinCall> {
        let call = facts::builtin_call(self.insn(pc), self.callee(pc)?, self.argument_count(pc, top)?)?;
        let first = self.insn(pc).a() + 1;
        let is_done = match call.fast {
            Fast::Byte | Fast::Len => self.may_be_string(pc, first),
            Fast::ToNumber => !self.guess(pc, first, 3).is_some_and(Value::is_string),
            Fast::Select => return self.select(pc, call),
            Fast::Sub => self.may_be_string(pc, first) && self.are_alike(pc, first + 1, first + 2),
            _ => true,
        };
        is_done.then_some(call)
    }

    /// A call of `select`: of what it asks for.
    fn select(&self, pc: usize, call: BuiltinCall) -> Option<BuiltinCall> {
        let first = self.insn(pc).a() + 1;
        let asked = self.guess(pc, first, 3);
        if !asked.is_some_and(Value::is_string) {
            // It may give all from there on.
            let is_tail = facts::is_tail_call(self.insn(pc));
            return (!is_tail && asked.is_none_or(Value::is_number)).then_some(call);
        }
        let constant = self.insn(self.writer(pc, first)?);
        let is_sign = constant.op() == Op::LoadK && self.k[constant.d() as usize].as_string().is_some_and(|s| s.as_bytes() == b"#");
        let count_sign = if is_sign { u8::try_from(constant.d()).ok() } else { None };
        count_sign.map(|sign| BuiltinCall { count_sign: Some(sign), ..call })
    }

    /// The same where it is given all varargs of the function, by the word before.
    pub(super) fn select_of_varargs(&self, pc: usize) -> Option<BuiltinCall> {
        let (insn, row) = (self.insn(pc), self.insn(pc - 1));
        let native = self.callee(pc)?.as_native_closure()?;
        let is_select = matches!(Fast::of(native.fast.get()), Some(Fast::Select));
        let takes_row = insn.op() == Op::CallOpen && insn.c() == 2 && row.a() == insn.a() + 2;
        let call = BuiltinCall { fast: Fast::Select, arguments: VARARGS, count_sign: None };
        if is_select && takes_row { self.select(pc, call) } else { None }
    }

    /// Whether nothing tells that a register is a number before `pc`, of which builtins make a string.
    fn may_be_string(&self, pc: usize, slot: usize) -> bool {
        !self.guess(pc, slot, 3).is_some_and(Value::is_number)
    }

    /// Whether two registers are the same number before `pc`, as far as the instructions that have written them tell.
    fn are_alike(&self, pc: usize, slot: usize, other: usize) -> bool {
        let (Some(one), Some(two)) = (self.writer(pc, slot), self.writer(pc, other)) else { return false };
        let (one, two) = (self.insn(one), self.insn(two));
        let is_alike = one.op() == two.op() && one.b() == two.b() && one.c() == two.c();
        let is_copy = matches!(one.op(), Op::Move) || facts::computes(one.op());
        is_alike && (is_copy || one.op() == Op::LoadK && one.d() == two.d())
    }

    pub(super) fn way(&self, pc: usize) -> Way {
        facts::way(self.insn(pc), |index| self.k[index], self.builtin_call(pc, None))
    }

    /// The jump back of a word, if it has one.
    pub(super) fn back(&self, pc: usize) -> Option<usize> {
        let distance = match self.way(pc) {
            Way::Jump(jump) | Way::Either(_, jump) if jump <= 0 => jump,
            _ => return None,
        };
        Some((pc as isize + distance as isize) as usize)
    }

    /// Whether a word belongs to the test before it.
    pub(super) fn is_second_word(&self, pc: usize) -> bool {
        let tests = |pc| matches!(self.way(pc), Way::Either(2, _)) || facts::compares(self.insn(pc).op());
        pc > 0 && self.insn(pc).op() == Op::Jmp && tests(pc - 1)
    }

    /// The small Lua function that a CALL calls, whose words can take its place.
    pub(super) fn inlined(&self, pc: usize, top: Option<usize>) -> Option<InPlace> {
        let (callee, of_object) = self.called(pc)?;
        let count = self.argument_count(pc, top)? + of_object as usize;
        let f = self.small(callee)?;
        let extras = if f.is_vararg() { count.saturating_sub(f.frame().params()) } else { 0 };
        let is_counted = self.insn(pc).c() != 0 || facts::is_tail_call(self.insn(pc)) || f.result_count(extras).is_some();
        is_counted.then_some(InPlace { of_object, ..InPlace::of(f.closure) })
    }

    /// A Lua function that is so small, and does nothing but go on, that its words can take a call's place.
    pub(super) fn small(&self, function: Value) -> Option<Function<'_>> {
        let closure = function.as_lua_closure()?;
        let code = closure.entry.get();
        if code.is_null() || closure.proto.code.len() > MAX_CALLEE {
            return None;
        }
        // SAFETY: a closure's entry is live code.
        let f = unsafe { Function::of(closure, self.global, NO_ARGUMENTS) };
        let goes_on = (0..f.code.len()).all(|pc| !matches!(f.insn(pc).form(), Op::Closure) && f.back(pc).is_none());
        (f.frame().vararg() & VARARG_NEEDS_ARG == 0 && goes_on).then_some(f)
    }

    pub(super) fn frame(&self) -> FrameWord {
        // SAFETY: `code` is that of a live function.
        unsafe { frame_word(self.code.as_ptr()) }
    }

    pub(super) fn is_vararg(&self) -> bool {
        self.frame().vararg() != 0
    }

    /// Whether it may give what another function gives, or as many results as there are.
    pub(super) fn calls_last(&self) -> bool {
        (0..self.code.len()).any(|pc| facts::is_tail_call(self.insn(pc)) || self.insn(pc).op() == Op::ReturnOpen)
    }

    /// Whether it makes closures: its registers may be upvalues.
    pub(super) fn makes_closures(&self) -> bool {
        (0..self.code.len()).any(|pc| self.insn(pc).op() == Op::Closure)
    }

    /// How many results all returns give that can be reached, of a small function that was passed so many varargs; None: not all as many.
    pub(super) fn result_count(&self, extras: usize) -> Option<usize> {
        let given = |pc| self.result_count_at(pc, extras);
        let may_give_any = |pc| facts::is_tail_call(self.insn(pc)) || self.insn(pc).op() == Op::ReturnOpen && given(pc).is_none();
        if (0..self.code.len()).any(may_give_any) {
            return None;
        }
        let last = self.code.len() - 1;
        let leads_to_last = (0..last).any(|pc| match self.way(pc) {
            Way::On(on) | Way::Jump(on) => pc as isize + on as isize == last as isize,
            Way::Either(on, jump) => {
                pc as isize + on as isize == last as isize || pc as isize + jump as isize == last as isize
            }
            Way::Out => pc + 1 == last && given(pc).is_none(),
        });
        let mut counts = (0..last + leads_to_last as usize).filter_map(given);
        let first = counts.next()?;
        counts.all(|count| count == first).then_some(first)
    }

    /// How many results a return gives, if that is known.
    fn result_count_at(&self, pc: usize, extras: usize) -> Option<usize> {
        let insn = self.insn(pc);
        if insn.op() != Op::ReturnOpen {
            return facts::returned_by_small(insn).map(|(_, count)| count);
        }
        // Those before, and the varargs that the word before has taken.
        let row = self.insn(pc.checked_sub(1)?);
        (row.op() == Op::Vararg && row.b() == 0).then(|| row.a() - insn.a() + extras)
    }

    /// What may be passed to the callee of a CALL: so many values from a register on, counted from the callee's.
    pub(super) fn arguments(&self, pc: usize, first: usize, count: usize) -> [Value; MAX_ARGUMENTS] {
        let mut arguments = NO_ARGUMENTS;
        for (i, argument) in arguments.iter_mut().enumerate().take(count) {
            *argument = self.guess(pc, self.insn(pc).a() + first + i, 3).unwrap_or(Value::NIL);
        }
        arguments
    }
}

pub(super) const NO_ARGUMENTS: [Value; MAX_ARGUMENTS] = [Value::NIL; MAX_ARGUMENTS];


