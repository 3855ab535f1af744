//! Machine code for loops that turn often, and for functions that are called often.
//!
//! The jumps back of a program are counted, all together. The one at which the count comes to an end closes a loop that
//! turns often, most likely; that loop, with those around it that can be run to their ends, becomes a *region*: one
//! piece of machine code, entered from any of its jumps back, by a form of FORLOOP or JMP of its own. Calls are counted
//! with them: a function at a call of which the count ends twice becomes a region as a whole, entered by its calls.
//!
//! The interpreter stays the only one who knows everything. Code that is made here does what handlers do on their fast
//! paths, for the kinds of values that were seen when it was made; for all else it jumps to the interpreter at the very
//! word, of which it has changed nothing. A region that leaves too often so is made anew, with less that is guessed, and at last
//! given up. Hooks and limits are looked for at each jump back and each call, in the interpreter's own table.
//!
//! ```text
//!   for_loop, jmp_back ─▶ consider ──────┐
//!   call ───────────────▶ consider_call ─┴▶ plan ─▶ emit ─▶ base::code_memory
//!   enter_native, call_counted ───────────▶ machine code ─▶ handler of the word it leaves at
//! ```
//!
//! Invariants: WHOLE: wherever machine code leaves, or calls a handler, stack and objects are as the interpreter would have left them before
//! that word. It neither allocates nor throws itself. Memory for it is the system's,
//! not `lua_Alloc`'s: that cannot be made executable. Where the system gives none, loops are interpreted.
//!
//! What only some regions need is in functions that are not inlined: a program maps the text of those that it calls, and all of this
//! is a good part of what a small one does.
//!
//! Not here: the forms of the words (`vm::code`), their handlers (`interp::native_loop`, `interp::native_call`).

mod asides;
mod asm;
#[cfg(test)]
mod asm_tests;
mod builtins;
mod calls;
mod constructors;
mod counters;
mod emit;
mod facts;
mod flow;
mod frames;
mod function;
mod generic;
mod instances;
mod iterators;
mod keys;
mod known;
mod metamethods;
mod numbers;
mod outcalls;
mod plan;
mod protected;
mod shared;
mod steps;
mod strings;
mod switches;
mod tables;
mod truth;
mod varargs;
mod wants;
mod ways;

use core::mem::size_of;

use crate::base::clock;
use crate::base::code_memory::Piece;
use crate::heap::Gc;
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::object::{LuaClosure, Value};
use crate::state::native_loops::{HEAT, MAX_CALLEES};
use crate::state::{Global, State};
use crate::vm::code::{self, Insn, Op, frame_word};
use crate::vm::{hooks, interp};

use self::emit::{Emitter, Surroundings};
use self::function::{Function, MAX_ARGUMENTS, NO_ARGUMENTS};

/// How often a region may be left because something is not as guessed, by how often it was made before.
const PATIENCE: [i32; 7] = if cfg!(feature = "checks") { [2, 3, 5, 8, 20, 60, 200] } else { [100, 200, 400, 800, 1600, 3200, 10000] };
/// ... unless the times lie this far apart.
const NANOSECONDS_APART: u64 = 100;
/// ... or so far, if nothing will be lost but a guess of what a value is.
const NANOSECONDS_APART_OF_GUESSES: u64 = 5000;

/// The tries of a function that was compiled in vain as one that the interpreter calls: as one that machine code calls it may be worth it.
const TRIED_FOR_INTERPRETER: usize = PATIENCE.len() + 1;

/// In how many steps of a region, from the first, calls are done in place: what does not fit so is made with fewer.
const STEPS_TO_CALLS: [usize; 3] = [plan::MAX_STEPS - 60, 100, 0];

/// The forms of a jump back, or of the TFORLOOP before it: what counts, what is to have no machine code, and what has some.
struct Forms {
    counting: Op,
    settled: Op,
    native: Op,
}

impl Forms {
    fn of(insn: Insn) -> Forms {
        if insn.op() == Op::ForLoop {
            return Forms { counting: Op::ForLoop, settled: Op::ForLoopSettled, native: Op::ForLoopNative };
        }
        if insn.op() == Op::TForLoop {
            let is_wrapped = insn.form() == Op::TForWrapped;
            let settled = if is_wrapped { Op::TForWrappedSettled } else { Op::TForSettled };
            return Forms { counting: Op::TForLoop, settled, native: Op::TForNative };
        }
        Forms { counting: Op::JmpBack, settled: Op::Jmp, native: Op::JmpNative }
    }
}

/// The word that has the form of a loop: the jump back, or the TFORLOOP before it.
///
/// # Safety
/// A word of live code that jumps back.
unsafe fn form_word(back: *mut u64) -> *mut u64 {
    // SAFETY: the caller's promise; before the test of a generic `for` lies its TFORLOOP.
    unsafe { if Insn(*back).op() == Op::TForTest { back.sub(1) } else { back } }
}

/// ... and, of that, the one with the number of the entry, or of the tries.
///
/// # Safety
/// A word of live code with the form of a loop.
unsafe fn number_word(word: *mut u64) -> *mut u64 {
    // SAFETY: the caller's promise; behind a TFORLOOP lies its test.
    unsafe { if Insn(*word).op() == Op::TForLoop { word.add(1) } else { word } }
}

/// Sets the 16 bits of B and C.
///
/// # Safety
/// A word of live code.
unsafe fn set_number(word: *mut u64, number: u16) {
    // SAFETY: the caller's promise.
    unsafe {
        let insn = Insn(*word);
        *word = Insn::new(insn.form(), insn.a() as u8, number as u8, (number >> 8) as u8, insn.d()).0;
    }
}

/// Notes that a loop was looked at once more, in C of the word that has its tries in B. Whatever makes it one that counts again forgets that.
///
/// # Safety
/// A word of live code that jumps back.
unsafe fn note_look(word: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let (tries, looks) = (Insn(*word).b() as u16, Insn(*word).c() as u16);
        set_number(word, tries | (looks + 1).min(u8::MAX as u16) << 8);
    }
}

/// Gives a loop a form, and a number of 16 bits.
///
/// # Safety
/// As for `number_word`.
unsafe fn set_form(word: *mut u64, form: Op, number: u16) {
    // SAFETY: the caller's promise.
    unsafe {
        *word = Insn(*word).with_form(form).0;
        set_number(number_word(word), number);
    }
}

/// A loop has turned often that the word at `pc` closes: makes machine code for it, if it can.
///
/// # Safety
/// `l` is the running State, `pc` a word of its newest frame's function that jumps back, and counts.
#[inline(never)]
pub unsafe extern "C" fn consider(l: *mut State, pc: *const u64) {
    // SAFETY: the caller's promise; STACK: base[-1] of a Lua frame is its closure, and all slots of the frame are initialised.
    unsafe {
        let global = (*l).global();
        global.switchboard.heat.set(HEAT);
        let loops = &global.native_loops;
        if loops.is_off.get() || global.switchboard.has_waiting_code() {
            return;
        }
        let base = (*(*l).ci).base;
        let closure: Gc<LuaClosure> = Gc::from_ptr((*base.sub(1)).address() as *mut LuaClosure);
        let proto = closure.proto;
        let code = proto.exec.get();
        let at = pc.offset_from(code) as usize;
        let f = Function {
            code: core::slice::from_raw_parts(code, proto.code.len()),
            k: &proto.constants,
            slots: core::slice::from_raw_parts(base, proto.max_stack as usize),
            closure,
            global,
            arguments: NO_ARGUMENTS,
            varargs: NO_ARGUMENTS,
            argument_count: 0,
        };
        debug_assert!(at < f.code.len());
        let tries = f.insn(at).b();
        // PERF: one that is looked at twice will go on turning, most likely: code that is loaded, runs, and is dropped does not.
        if tries == 0 && f.insn(at).c() + 1 < loops.look() {
            note_look(code.add(at));
            return;
        }
        if !loops.memory.is_executable() || !compile(global, f, code, What::Loop(at), tries) {
            settle(global, form_word(code.add(at)));
        }
    }
}

/// A function is called often by the word at `pc`, a CALL that counts: looks at it.
///
/// # Safety
/// `l` is the running State, `pc` a word of its newest frame's function that calls, with a given count of arguments.
#[inline(never)]
pub unsafe extern "C" fn consider_call(l: *mut State, pc: *const u64) {
    // SAFETY: the caller's promise; STACK: the callee and its arguments are slots of the frame.
    unsafe {
        let insn = Insn(*pc);
        consider_function((*l).global(), (*(*l).ci).base.add(insn.a()), insn.b() - 1, false);
    }
}

/// The iterator of a generic `for`, which lies at `func` with what it is given behind, is called often: looks at it, if it is a Lua function.
///
/// # Safety
/// `l` is the running State, `func` the first of three slots of its newest frame.
pub unsafe fn consider_iterator(l: *mut State, func: *const Value) {
    // SAFETY: the caller's promise.
    unsafe { consider_function((*l).global(), func, iterators::ARGUMENTS, false) }
}

/// The function of the newest frame, that has just been made, is called often, by machine code, or by a builtin (`by_code`), by C, or as a metamethod:
/// looks at it.
///
/// # Safety
/// `l` is the running State, its newest frame that of a Lua function.
#[inline(never)]
pub unsafe extern "C" fn consider_entered(l: *mut State, by_code: bool) {
    // SAFETY: the caller's promise; STACK: base[-1] is the function, its parameters are slots of the frame.
    unsafe { consider_function((*l).global(), (*(*l).ci).base.sub(1), MAX_ARGUMENTS, by_code) }
}

/// Makes machine code for a function, if it can, when it is looked at for the second time. `by_code`: it is called by machine code, or by a builtin that
/// calls it again and again: small ones pay there, too.
///
/// # Safety
/// At `func` is what is called, behind it so many arguments.
unsafe fn consider_function(global: &Global, func: *const Value, count: usize, by_code: bool) {
    // SAFETY: the caller's promise.
    unsafe {
        let loops = &global.native_loops;
        let Some(closure) = (*func).as_lua_closure() else { return };
        let code = closure.entry.get().cast_mut();
        if loops.is_off.get() || code.is_null() || global.switchboard.has_waiting_code() {
            return;
        }
        let frame = frame_word(code);
        let (looks, tries) = frame.looks_and_tries();
        let tries = if by_code && tries == TRIED_FOR_INTERPRETER { 0 } else { tries };
        if frame.vararg() & VARARG_NEEDS_ARG != 0 || frame.is_entered() || tries >= PATIENCE.len() || !loops.memory.is_executable() {
            return;
        }
        code::set_frame_word(code, frame.with_look());
        if looks == 0 {
            return;
        }
        let mut arguments = NO_ARGUMENTS;
        let count = count.min(frame.params()).min(MAX_ARGUMENTS);
        arguments[..count].copy_from_slice(core::slice::from_raw_parts(func.add(1), count));
        let mut f = Function::of(closure, global, arguments);
        f.argument_count = count;
        if !compile(global, f, code, What::Function { by_code }, tries) {
            let tries = if by_code { PATIENCE.len() } else { TRIED_FOR_INTERPRETER };
            code::set_frame_word(code, frame_word(code).with_tries(tries));
        }
    }
}

/// What is to be compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    /// The loop that the word at this place closes.
    Loop(usize),
    /// The whole function, that is called often, by machine code or the interpreter.
    Function { by_code: bool },
}

/// Makes a word one of a loop that is to have no machine code.
///
/// # Safety
/// `word` is one of live code, that jumps back and counts.
unsafe fn settle(global: &Global, word: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let op = Forms::of(Insn(*word)).settled;
        *word = Insn(*word).with_form(op).0;
        // Limits count instructions of an opcode from when one of them is known to jump back.
        hooks::note_jump_back(global, op as u8);
    }
}

/// Makes a region; false if that is not worth it, or does not fit. `tries`: how often it was made before.
///
/// # Safety
/// `code` is the first word of f's code, which is live and does not run meanwhile.
unsafe fn compile(global: &Global, f: Function, code: *mut u64, what: What, tries: usize) -> bool {
    if tries >= PATIENCE.len() {
        return false;
    }
    let workspace: *mut Emitter = global.native_loops.workspace(size_of::<Emitter>()).cast();
    if workspace.is_null() {
        return false;
    }
    // SAFETY: memory of this size, zeroed or as another call left it, either of which is valid, and nobody else's.
    unsafe { compile_in(&mut *workspace, global, f, code, what, tries) }
}

/// # Safety
/// As for `compile`.
unsafe fn compile_in(e: &mut Emitter, global: &Global, f: Function, code: *mut u64, what: What, tries: usize) -> bool {
    e.plan.loops = &raw const global.native_loops;
    for steps in STEPS_TO_CALLS {
        e.plan.steps_to_calls = steps;
        let is_chosen = match what {
            What::Loop(at) => e.plan.choose(f, at),
            What::Function { by_code } => e.plan.choose_function(f, by_code),
        };
        if !is_chosen && !e.plan.overflow {
            return false;
        }
        // SAFETY: the caller's promise.
        if is_chosen && unsafe { compile_chosen(e, global, f, code, what, tries) } {
            return true;
        }
    }
    if !global.native_loops.memory.is_executable() {
        forget_all(global);
    }
    false
}

/// Makes the region that was planned; false if it does not fit.
///
/// # Safety
/// As for `compile`.
unsafe fn compile_chosen(e: &mut Emitter, global: &Global, f: Function, code: *mut u64, what: What, tries: usize) -> bool {
    e.plan.prepare(f, tries);
    let loops = &global.native_loops;
    let is_function = matches!(what, What::Function { .. });
    let Some(region) = loops.new_region(&global.switchboard, code, tries as u8, is_function) else { return false };
    // SAFETY: the caller's promise.
    unsafe { code::note_native(code) };
    let (back, back_code) = interp::back_handler();
    let around = Surroundings {
        patience: loops.patience_of(region),
        give_up: [false, true].map(|is_head| interp::give_up_handler(is_head) as usize),
        global,
        back: loops.return_board(global, back as usize),
        back_code,
        plain_board: &raw const global.switchboard,
        generation: loops.generation_of(region),
        loops,
        region,
        plain: interp::without_code(),
    };
    let piece = e.region(f, around).and_then(|bytes| loops.memory.put(bytes));
    // SAFETY: the caller's promise; the region does not run yet.
    let is_entered = piece.is_some_and(|piece| unsafe { lead_to(e, global, region, piece, code, what) });
    if is_entered {
        loops.give_patience(region, PATIENCE[tries], clock::nanoseconds_of_system());
    } else {
        // SAFETY: as above.
        unsafe { drop_region(global, region, restore) };
    }
    is_entered
}

/// Gives a region its code, and makes the jumps back that it has, or calls of the function, lead there; whether what was to be
/// compiled is entered then.
///
/// # Safety
/// As for `compile`.
unsafe fn lead_to(e: &Emitter, global: &Global, region: usize, piece: Piece, code: *mut u64, what: What) -> bool {
    let loops = &global.native_loops;
    let mut callees = [core::ptr::null(); MAX_CALLEES];
    for (to, callee) in callees.iter_mut().zip(e.plan.callees()) {
        *to = callee;
        // SAFETY: the code of a live function.
        unsafe { code::note_native(callee.cast_mut()) };
    }
    loops.give_code(region, piece, callees);
    let address = |label| piece.start.as_ptr() as usize + e.asm.offset_of(label);
    for back in &e.returns[..e.return_count] {
        // SAFETY: the Emitter has it of `new_return`.
        unsafe {
            if back.is_call {
                (*back.point).address.set(address(back.label));
            }
            (*back.point).resume.set(address(back.resumed));
        }
    }
    if matches!(what, What::Function { .. }) {
        // SAFETY: the caller's promise; `drop_region` takes it away again.
        unsafe { code::set_entry(code, address(e.function_entry)) };
        return true;
    }
    let mut is_entered = false;
    for entry in &e.entries[..e.entry_count] {
        let pc = e.plan.pcs[entry.at as usize] as usize;
        // SAFETY: the caller's promise: a word of the code; regions that it led to do not run.
        unsafe {
            let word = code.add(pc);
            leave_former(global, word);
            let Some(number) = loops.add_entry(region, word, address(entry.label)) else { break };
            set_form(word, Forms::of(Insn(*word)).native, number as u16);
            is_entered |= matches!(what, What::Loop(back) if form_word(code.add(back)) == word);
        }
    }
    is_entered
}

/// Gives up the region that a word is an entry of, if it is one.
///
/// # Safety
/// `word` is one of live code; no region runs.
unsafe fn leave_former(global: &Global, word: *mut u64) {
    // SAFETY: the caller's promise.
    unsafe {
        let (insn, number) = (Insn(*word), Insn(*number_word(word)));
        if insn.form() == Forms::of(insn).native
            && let Some(region) = global.native_loops.region_of_entry(number.b() | number.c() << 8)
        {
            drop_region(global, region, restore);
        }
    }
}

/// Forgets a region, after `change` was told the word of each of its entries.
///
/// # Safety
/// Its code does not run.
unsafe fn drop_region(global: &Global, region: usize, change: impl Fn(*mut u64, u8)) {
    let loops = &global.native_loops;
    // SAFETY: the caller's promise; code of a region is live, for functions that are freed forget theirs.
    unsafe {
        if let Some(code) = loops.function_of(region) {
            code::leave_entry(code);
        }
        loops.drop_region(region, interp::without_code(), global.switchboard.has_waiting_code(), change);
    }
}

/// Makes an entry of a region that is dropped again what counts.
fn restore(word: *mut u64, tries: u8) {
    // SAFETY: `drop_region` names words of live code, entries of the region.
    unsafe {
        set_form(word, Forms::of(Insn(*word)).counting, tries as u16);
    }
}

/// The patience of a region has come to an end at a word: gives it up, unless it has lasted long enough. Next time less is guessed
/// at that word: it is the one where it was left most often, most likely.
#[inline(never)]
pub extern "C" fn give_up(global: &Global, word: *const u64, is_head: bool) {
    let loops = &global.native_loops;
    while let Some(region) = loops.exhausted() {
        let tries = loops.tries_of(region);
        let lasted = loops.give_patience(region, PATIENCE[tries], clock::nanoseconds_of_system());
        // SAFETY: a word of live code.
        let insn = Insn(unsafe { *word });
        let costs_a_guess = loops.times_noted(word) == 0 && facts::left_if_noted(insn) == 0;
        let apart = if costs_a_guess { NANOSECONDS_APART_OF_GUESSES } else { NANOSECONDS_APART };
        // In builds that check time has no say, so that regions are made anew sooner and later.
        let was_soon = if cfg!(feature = "checks") { loops.draw() } else { lasted / apart <= PATIENCE[tries] as u64 };
        // What is known at a head can be found out behind it as well.
        if was_soon || is_head && loops.times_noted(word) == 0 {
            let more = was_soon as u8;
            // SAFETY: entries are words of live code, for functions that are freed forget theirs; machine code does not run.
            unsafe {
                loops.note_word(word);
                if let Some(code) = loops.function_of(region) {
                    code::set_frame_word(code, frame_word(code).with_tries(tries + more as usize));
                }
                drop_region(global, region, |word, tries| restore(word, tries + more));
            }
        }
    }
}

/// Gives up all regions. Their loops may get machine code again.
#[cold]
pub fn forget_all(global: &Global) {
    while let Some(region) = global.native_loops.any_region() {
        // SAFETY: as in `give_up`.
        unsafe { drop_region(global, region, restore) };
    }
}

/// Gives up the regions of a function whose executable form, of so many words, is freed, and those that call it.
pub fn forget_code(global: &Global, code: *const u64, len: usize) {
    while let Some((region, is_own)) = global.native_loops.region_of(code) {
        // SAFETY: the code is not run again; a function that called it forgets its regions when it is freed.
        unsafe {
            if is_own {
                global.native_loops.note_lost(region);
            }
            drop_region(global, region, |word, tries| {
                if !is_own {
                    restore(word, tries);
                }
            });
        }
    }
    global.native_loops.forget_function(code, len);
}
