//! Machine code for loops that turn often.
//!
//! The jumps back of a program are counted, all together. The one at which the count comes to an end closes a loop that
//! turns often, most likely; that loop, with those around it that can be run to their ends, becomes a *region*: one
//! piece of machine code, entered from any of its jumps back, by a form of FORLOOP or JMP of its own.
//!
//! The interpreter stays the only one who knows everything. Code that is made here does what handlers do on their fast
//! paths, for the kinds of values that were seen when it was made; for all else it jumps to the interpreter at the very
//! word, of which it has changed nothing. A region that leaves too often so is made anew, with less that is guessed, and at last
//! given up. Hooks and limits are looked for at each jump back, in the interpreter's own table.
//!
//! ```text
//!   for_loop, jmp_back ─▶ consider ─▶ plan ─▶ emit ─▶ base::code_memory
//!   enter_native ───────▶ machine code ─▶ handler of the word it leaves at
//! ```
//!
//! Invariants: WHOLE: wherever machine code leaves, stack and objects are as the interpreter would have left them before
//! that word. It neither allocates nor throws, and calls nothing but functions of numbers. Memory for it is the system's,
//! not `lua_Alloc`'s: that cannot be made executable. Where the system gives none, loops are interpreted.
//!
//! Not here: the forms of the words (`vm::code`), their handlers (`interp::native_loop`).

mod asm;
#[cfg(test)]
mod asm_tests;
mod calls;
mod emit;
mod facts;
mod function;
mod known;
mod numbers;
mod outcalls;
mod plan;
mod steps;
mod tables;
mod truth;
mod wants;
mod ways;

use core::mem::size_of;

use crate::base::clock;
use crate::base::code_memory::Piece;
use crate::heap::Gc;
use crate::object::{LuaClosure, Value};
use crate::state::native_loops::{HEAT, MAX_CALLEES};
use crate::state::{Event, Global, State};
use crate::vm::code::{self, Insn, Op};
use crate::vm::{hooks, interp};

use self::emit::{Emitter, Surroundings};
use self::function::{Function, NO_ARGUMENTS};

/// How often a region may be left because something is not as guessed, by how often it was made before.
const PATIENCE: [i32; 3] = [100, 1000, 10000];
/// ... unless the times lie this far apart.
const NANOSECONDS_APART: u64 = 100;

/// The forms of a jump back: what counts, what is to have no machine code, and what has some.
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
        Forms { counting: Op::JmpBack, settled: Op::Jmp, native: Op::JmpNative }
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
        if loops.is_off.get() {
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
            index: Value::string(global.event_name(Event::Index)),
            arguments: NO_ARGUMENTS,
        };
        debug_assert!(at < f.code.len());
        if !loops.memory.is_executable() || !compile(global, f, code, at) {
            settle(global, code.add(at));
        }
    }
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

/// Makes a region around the word at `at`; false if that is not worth it, or does not fit.
///
/// # Safety
/// `code` is the first word of f's code, which is live and does not run meanwhile.
unsafe fn compile(global: &Global, f: Function, code: *mut u64, at: usize) -> bool {
    let tries = f.insn(at).b();
    if tries >= PATIENCE.len() {
        return false;
    }
    let workspace: *mut Emitter = global.native_loops.workspace(size_of::<Emitter>()).cast();
    if workspace.is_null() {
        return false;
    }
    // SAFETY: memory of this size, zeroed or as another call left it, either of which is valid, and nobody else's.
    unsafe { compile_in(&mut *workspace, global, f, code, at, tries) }
}

/// # Safety
/// As for `compile`.
unsafe fn compile_in(e: &mut Emitter, global: &Global, f: Function, code: *mut u64, at: usize, tries: usize) -> bool {
    if !e.plan.choose(f, at) {
        return false;
    }
    e.plan.prepare(f, tries == 0);
    let loops = &global.native_loops;
    let Some(region) = loops.new_region(&global.switchboard, code, tries as u8) else { return false };
    let around = Surroundings {
        patience: loops.patience_of(region),
        give_up: interp::give_up_handler() as usize,
        paths: &raw const global.heap.paths,
        resume: loops.resume_board(global, interp::resume_handler() as usize),
    };
    let piece = e.region(f, around).and_then(|bytes| loops.memory.put(bytes));
    // SAFETY: the caller's promise; the region does not run yet.
    let is_entered = piece.is_some_and(|piece| unsafe { lead_to(e, global, region, piece, code, at) });
    if is_entered {
        loops.give_patience(region, PATIENCE[tries], clock::nanoseconds());
        return true;
    }
    // SAFETY: as above.
    unsafe { loops.drop_region(region, restore) };
    if !loops.memory.is_executable() {
        forget_all(global);
    }
    false
}

/// Gives a region its code, and makes the jumps back that it has lead there; whether that at `at` is one.
///
/// # Safety
/// As for `compile`.
unsafe fn lead_to(e: &Emitter, global: &Global, region: usize, piece: Piece, code: *mut u64, at: usize) -> bool {
    let loops = &global.native_loops;
    let mut callees = [core::ptr::null(); MAX_CALLEES];
    for (to, callee) in callees.iter_mut().zip(e.plan.callees()) {
        *to = callee.code;
        // SAFETY: the code of a live function.
        unsafe { code::note_native(callee.code.cast_mut()) };
    }
    loops.give_code(region, piece, callees);
    let mut is_entered = false;
    for entry in &e.entries[..e.entry_count] {
        let pc = e.plan.pcs[entry.at as usize] as usize;
        // SAFETY: the caller's promise: a word of the code; regions that it led to do not run.
        unsafe {
            let word = code.add(pc);
            leave_former(global, word);
            let address = piece.start.as_ptr() as usize + e.asm.offset_of(entry.label);
            let Some(number) = loops.add_entry(region, word, address) else { break };
            let insn = Insn(*word);
            let op = Forms::of(insn).native;
            *word = Insn::new(op, insn.a() as u8, number as u8, (number >> 8) as u8, insn.d()).0;
            code::note_native(code);
        }
        is_entered |= pc == at;
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
        let insn = Insn(*word);
        if insn.form() == Forms::of(insn).native
            && let Some(region) = global.native_loops.region_of_entry(insn.b() | insn.c() << 8)
        {
            global.native_loops.drop_region(region, restore);
        }
    }
}

/// Makes an entry of a region that is dropped again what counts.
fn restore(word: *mut u64, tries: u8) {
    // SAFETY: `drop_region` names words of live code, entries of the region.
    unsafe {
        let insn = Insn(*word);
        *word = Insn::new(Forms::of(insn).counting, insn.a() as u8, tries, 0, insn.d()).0;
    }
}

/// The patience of a region has come to an end: gives it up, unless it has lasted long enough.
#[inline(never)]
pub extern "C" fn give_up(global: &Global) {
    let loops = &global.native_loops;
    while let Some(region) = loops.exhausted() {
        let patience = PATIENCE[loops.tries_of(region)];
        let lasted = loops.give_patience(region, patience, clock::nanoseconds());
        if lasted / NANOSECONDS_APART <= patience as u64 {
            // SAFETY: entries are words of live code, for functions that are freed forget theirs; machine code does not run.
            unsafe { loops.drop_region(region, |word, tries| restore(word, tries + 1)) };
        }
    }
}

/// Gives up all regions. Their loops may get machine code again.
#[cold]
pub fn forget_all(global: &Global) {
    while let Some(region) = global.native_loops.any_region() {
        // SAFETY: as in `give_up`.
        unsafe { global.native_loops.drop_region(region, restore) };
    }
}

/// Gives up the regions of a function whose executable form is freed, and those that call it.
pub fn forget_code(global: &Global, code: *const u64) {
    while let Some((region, is_own)) = global.native_loops.region_of(code) {
        // SAFETY: the code is not run again; a function that called it forgets its regions when it is freed.
        unsafe {
            global.native_loops.drop_region(region, |word, tries| {
                if !is_own {
                    restore(word, tries);
                }
            });
        }
    }
}
