//! Debug hooks (manual §3.8): count, line, call and return events.
//!
//! The interpreter runs from the Global's own table of handlers. Each is the plain one, or, where the
//! hooks of any thread want an event of such an instruction, the hooked one, which looks at its
//! thread's mask first, or the ticked one, which only counts; while a limit is set, the counted one, as
//! far as code needs it. Setting a hook or a limit exchanges the handlers in place: running code sees it
//! at its next instruction, and a signal handler or another thread may do it. Handlers load those words
//! plainly: both machines load an aligned word whole, and a jump through memory has no atomic form. (The
//! trampoline, which is what ThreadSanitizer sees, loads them atomically.)
//!
//! Not here: what the hooked and the counted handlers do (`interp::hooked`, `interp::ticked`,
//! `interp::counted`).

use core::ffi::{c_char, c_int, c_void};
use core::mem::MaybeUninit;
use core::sync::atomic::{Ordering, fence};

use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, Global, HookFn, State, Status, Thrown, hooked};
use crate::vm::interp::{
    CALLS_AND_RETURNS, COUNTED, HOOKED, Handler, PLAIN, TICKED, calls_or_returns, counts_jumps_only, handler_here,
    ops_with_better_handlers,
};
use crate::vm::code::Op;
use crate::vm::{coroutine, foreign, frames, unwind};

pub const EVENT_CALL: c_int = 0;
pub const EVENT_RETURN: c_int = 1;
pub const EVENT_LINE: c_int = 2;
pub const EVENT_COUNT: c_int = 3;
pub const EVENT_TAIL_RETURN: c_int = 4;

pub const MASK_CALL: u8 = 1 << EVENT_CALL;
pub const MASK_RETURN: u8 = 1 << EVENT_RETURN;
pub const MASK_LINE: u8 = 1 << EVENT_LINE;
pub const MASK_COUNT: u8 = 1 << EVENT_COUNT;

const _: () = assert!(MASK_LINE == hooked::LINE && MASK_COUNT == hooked::COUNT);

/// `lua_Debug` as a hook is given it; `lua_getinfo` fills in the rest.
#[repr(C)]
pub struct ActivationRecord {
    pub event: c_int,
    pub name: *const c_char,
    pub namewhat: *const c_char,
    pub what: *const c_char,
    pub source: *const c_char,
    pub currentline: c_int,
    pub nups: c_int,
    pub linedefined: c_int,
    pub lastlinedefined: c_int,
    pub short_src: [c_char; crate::base::chunk_id::SIZE],
    /// The frame's index, 0 for a call lost to a tail call.
    pub i_ci: c_int,
}


/// `lua_sethook`. Async-signal-safe, and for any thread: stores words only, and makes no reference to the
/// State itself, which its own thread may be using.
///
/// # Safety
/// `l` is a live State.
pub unsafe fn set_hook(l: *const State, hook: Option<HookFn>, mask: u8, count: i32) {
    let (hook, mask) = if hook.is_none() || mask == 0 { (None, 0) } else { (hook, mask) };
    // SAFETY: the caller's promise; atomic words, and one that never changes.
    let (words, hook_mask, global) = unsafe { (&(*l).hook, &(*l).hook_mask, &*(*l).global) };
    words.set(hook, count);
    if global.hooked.exchange(hook_mask.exchange(mask), mask) {
        use_table(global);
    }
}

/// The handler of an opcode, for hooks that want calls, and perhaps the count.
fn handler_for(op: u8, counts: bool) -> Handler {
    if calls_or_returns(op) {
        HOOKED.0[op as usize]
    } else if counts {
        TICKED.0[op as usize]
    } else {
        handler_here(op)
    }
}

/// Lets running code see which hooks and limits there are now. Async-signal-safe, and for any thread.
///
/// Whoever changes one of them comes here afterwards, and here a fence lies between that change and the
/// table's words, and between those and the look at what may have changed meanwhile. So of two that are here at
/// once, the one whose word comes later in the table knows the other's change, and leaves what holds for both.
///
/// PERF: hooks of calls and returns are set and taken away by the words of those alone, if the others are known to be plain. Who comes
/// here meanwhile knows nothing of the others, and writes all. What is known may be too much for a moment (that words are plain which are hooked, for another
/// thread has come between): a hooked handler looks for itself whether it is wanted.
pub fn use_table(global: &Global) {
    fence(Ordering::SeqCst);
    let mut is_nearly_plain = global.hooked.tell_nearly_plain(false);
    loop {
        let wanted = global.hooked.events();
        let has_plain = !wanted.lines && !wanted.counts;
        // Each word is written once, as it is to be: what runs meanwhile, in another thread, may be at any.
        if is_nearly_plain && has_plain {
            fill_calls(global, wanted.calls);
        } else if wanted.lines {
            fill(global, |op| HOOKED.0[op]);
        } else if wanted.calls {
            fill(global, |op| handler_for(op as u8, wanted.counts));
        } else if wanted.counts {
            fill(global, |op| TICKED.0[op]);
        } else {
            fill(global, |op| PLAIN.0[op]);
            suit_processor(global);
        }
        // Before the look: who sets a hook after that, tells after this.
        global.hooked.tell_nearly_plain(has_plain);
        fence(Ordering::SeqCst);
        // A signal handler or another thread may have set or cleared hooks in the middle of this.
        if global.hooked.events() == wanted {
            break;
        }
        is_nearly_plain = false;
    }
    // An interrupt that came meanwhile may have found the old table.
    if global.limits.armed() {
        count_plain(global);
    }
}

/// What a new state's table of handlers begins with; `suit_processor` then makes it what it is without hooks and limits.
pub fn plain_words() -> &'static [usize; 256] {
    // SAFETY: a function's address has the size and alignment of a word, and is one.
    unsafe { &*(&raw const PLAIN.0).cast() }
}

/// The handlers of calls and returns.
fn fill_calls(global: &Global, are_hooked: bool) {
    let handlers = if are_hooked { &HOOKED.0 } else { &PLAIN.0 };
    let exchange = |op: usize| global.switchboard.handlers[op].store(handlers[op] as usize, Ordering::Relaxed);
    (CALLS_AND_RETURNS.0..CALLS_AND_RETURNS.1).for_each(exchange);
    exchange(Op::Return1X as usize);
}

/// Exchanges plain handlers for those that suit the processor better.
pub fn suit_processor(global: &Global) {
    for op in ops_with_better_handlers() {
        global.switchboard.handlers[op as usize].store(handler_here(op) as usize, Ordering::Relaxed);
    }
}

#[inline(always)]
fn fill(global: &Global, handler: impl Fn(usize) -> Handler) {
    for (op, to) in global.switchboard.handlers[..Op::ALL.len()].iter().enumerate() {
        to.store(handler(op) as usize, Ordering::Relaxed);
    }
}

/// Makes handlers count that do not. Async-signal-safe, and for any thread: it leaves hooked
/// ones, which count too, as they are. PERF: most conditions jump forward, so those of a kind that has
/// not been seen to jump back stay as they are.
fn count_plain(global: &Global) {
    global.hooked.tell_nearly_plain(false);
    for (op, to) in global.switchboard.handlers[..Op::ALL.len()].iter().enumerate() {
        let exchange = |from: Handler, by: Handler| {
            let (from, by) = (from as usize, by as usize);
            let _ = to.compare_exchange(from, by, Ordering::Relaxed, Ordering::Relaxed);
        };
        exchange(TICKED.0[op], HOOKED.0[op]);
        if !counts_jumps_only(op as u8) || global.limits.jumps_back(op as u8) {
            exchange(PLAIN.0[op], COUNTED.0[op]);
        }
    }
}

/// Ends the run in progress, or the next one, with an error. Async-signal-safe, and for any thread
/// while the state lives.
pub fn interrupt(global: &Global) {
    global.limits.interrupt();
    count_plain(global);
}

/// Code was compiled in which an instruction of this opcode jumps back.
pub fn note_jump_back(global: &Global, op: u8) {
    if global.limits.note_jump_back(op) && global.limits.armed() {
        count_plain(global);
    }
}

/// The call event of the newest frame.
#[cold]
pub fn on_call(l: &mut State) -> Result<(), Thrown> {
    if &l.hook_mask & MASK_CALL == 0 {
        return Ok(());
    }
    let lua = l.frame().is_lua();
    if lua {
        l.frame_mut().pc = l.frame().pc.wrapping_add(1); // hooks see a pc behind an instruction
    }
    call_hook(l, EVENT_CALL, -1)?;
    // After an error the newest frame is another one, the hook's.
    if lua {
        l.frame_mut().pc = l.frame().pc.wrapping_sub(1);
    }
    Ok(())
}

/// The return event of the newest frame, and those of the calls its tail calls lost.
#[cold]
pub fn on_return(l: &mut State) -> Result<(), Thrown> {
    if &l.hook_mask & MASK_RETURN == 0 {
        return Ok(());
    }
    call_hook(l, EVENT_RETURN, -1)?;
    if l.frame().is_lua() {
        while &l.hook_mask & MASK_RETURN != 0 && l.frame().tail_calls > 0 {
            l.frame_mut().tail_calls -= 1;
            call_hook(l, EVENT_TAIL_RETURN, -1)?;
        }
    }
    Ok(())
}

/// What the events of an instruction have come to: whether it goes on, and in which State and frame.
/// PERF: in two words, so that the handler holds nothing over them, and waits for nothing that has just been stored.
#[repr(C)]
pub struct Verdict {
    state: *mut State,
    frame: *mut CallInfo,
}

impl Verdict {
    #[inline(always)]
    pub fn of(l: &mut State, goes_on: bool) -> Verdict {
        const { assert!(align_of::<State>() > 1) };
        let frame = l.ci;
        Verdict { state: core::ptr::from_mut(l).wrapping_byte_add(!goes_on as usize), frame }
    }

    #[inline(always)]
    pub fn goes_on(&self) -> bool {
        self.state.addr() & 1 == 0
    }

    /// The State, of a verdict that says so.
    #[inline(always)]
    pub fn state(&self, goes_on: bool) -> *mut State {
        debug_assert!(goes_on == self.goes_on());
        self.state.wrapping_byte_sub(!goes_on as usize)
    }

    /// The instruction's frame.
    #[inline(always)]
    pub fn frame(&self) -> *mut CallInfo {
        self.frame
    }
}

/// The line or count event of an instruction, for a handler. It does not go on with the instruction where there was no
/// room for the hook (the exit code says so), and where that has yielded. What it throws does not come back here
/// (`foreign::landed`). PERF: nothing but the call of the hook, for it comes at every line or instruction.
#[inline(never)]
pub extern "C" fn on_instruction<const EVENT: c_int>(l: *mut State, line: c_int) -> Verdict {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    if !l.allow_hook {
        return passed_over(l);
    }
    match call_within_run::<EVENT, false>(l, line) {
        // PERF: a jump, for what follows would have to wait for a sum.
        Some(_) if l.status == Status::Yield => has_yielded(l),
        Some(frame) => Verdict { state: l, frame },
        None => on_instruction_otherwise::<EVENT>(l, line),
    }
}

#[cold]
#[inline(never)]
extern "C" fn has_yielded(l: &mut State) -> Verdict {
    Verdict::of(l, false)
}

/// While a hook runs, or another must not yet.
#[inline(never)]
extern "C" fn passed_over(l: &mut State) -> Verdict {
    let goes_on = l.status != Status::Yield;
    Verdict::of(l, goes_on)
}

/// ... with room to be made, or a recovery point of its own.
#[cold]
#[inline(never)]
extern "C" fn on_instruction_otherwise<const EVENT: c_int>(l: &mut State, line: c_int) -> Verdict {
    let called = make_room_above(l).map(|()| call_within_run::<EVENT, true>(l, line));
    let called = match called {
        Ok(Some(_)) => Ok(()),
        Ok(None) => call_hook(l, EVENT, line),
        Err(thrown) => Err(thrown),
    };
    if let Err(thrown) = called {
        l.global().exit_code.set(unwind::encode(thrown));
        return Verdict::of(l, false);
    }
    let goes_on = l.status != Status::Yield;
    Verdict::of(l, goes_on)
}

/// Room for a hook above the frame of a Lua function.
fn make_room_above(l: &mut State) -> Result<(), Thrown> {
    let top = frames::slot_offset(l, l.top);
    let frame_top = l.frame().top;
    l.top = l.top.max(frame_top);
    make_room(l)?;
    l.top = l.stack.wrapping_byte_add(top);
    Ok(())
}

/// Calls the hook for an instruction of the newest frame, a Lua function's, with hooks off meanwhile, and returns that frame.
/// None: it has not been called, for there is none any more, or machine code waits for the handler, or, unless `ROOMY`, room
/// is to be made.
#[inline(always)]
fn call_within_run<const EVENT: c_int, const ROOMY: bool>(l: &mut State, line: c_int) -> Option<*mut CallInfo> {
    let above = l.top.max(l.frame().top);
    if !ROOMY && !frames::is_roomy_above(l, above) || foreign::is_below_code(l) {
        return None;
    }
    // PERF: looked at when nothing else is called any more before it.
    let hook = l.hook.function()?;
    let top = frames::slot_offset(l, l.top);
    let mut record = MaybeUninit::uninit();
    let ar = fill_record(&mut record, EVENT, line, l.frame_index());
    // PERF: what is stored in one line of the cache is stored in a row; two such stores take as long as one.
    frames::push_room(l, above);
    // In the frame, not in a register that would have to be saved.
    l.frame_mut().keep(top as u64);
    l.top = above;
    l.allow_hook = false;
    foreign::call_hook_within_run(l, hook, ar);
    // What returns leaves its own frame the newest.
    debug_assert!(l.frame().flags.has(FrameFlags::HIDDEN));
    let (top, frame) = (l.frame().kept() as usize, l.ci.wrapping_sub(1));
    l.allow_hook = true;
    l.top = l.stack.wrapping_byte_add(top);
    l.ci = frame;
    Some(frame)
}

/// COMPAT: a hook is told the event, the line and the call; `lua_getinfo` tells the rest.
#[inline(always)]
fn fill_record(
    record: &mut MaybeUninit<ActivationRecord>,
    event: c_int,
    line: c_int,
    frame: usize,
) -> *mut c_void {
    let ar = record.as_mut_ptr();
    // SAFETY: fields of our own record.
    unsafe {
        (*ar).event = event;
        (*ar).currentline = line;
        (*ar).i_ci = frame as c_int;
    }
    ar.cast()
}

/// Calls the hook for the newest frame, with hooks off meanwhile.
#[inline(never)]
pub fn call_hook(l: &mut State, event: c_int, line: c_int) -> Result<(), Thrown> {
    if !l.allow_hook {
        return Ok(());
    }
    let of_instruction = matches!(event, EVENT_COUNT | EVENT_LINE);
    let frame = if event == EVENT_TAIL_RETURN { 0 } else { l.frame_index() };
    let mut record = MaybeUninit::uninit();
    let ar = fill_record(&mut record, event, line, frame);
    let top = frames::slot_offset(l, l.top);
    let is_lua = of_instruction || l.frame().is_lua();
    if is_lua && event != EVENT_RETURN && event != EVENT_TAIL_RETURN {
        let frame_top = l.frame().top;
        l.top = l.top.max(frame_top);
    }
    if !frames::is_roomy(l) {
        make_room(l)?;
    }
    // PERF: looked at when nothing else is called any more before it.
    let Some(hook) = l.hook.function() else {
        l.top = l.stack.wrapping_byte_add(top);
        return Ok(());
    };
    frames::push_room(l, l.top);
    l.allow_hook = false;
    if let Err(thrown) = foreign::call_with(l, hook as *const c_void, ar) {
        return Err(failed(l, thrown));
    }
    l.allow_hook = true;
    l.ci = l.ci.wrapping_sub(1); // what returns leaves its own frame the newest
    l.top = l.stack.wrapping_byte_add(top);
    if !of_instruction && l.status == Status::Yield {
        // The call or return is half done: nothing could go on with it.
        l.status = Status::Ok;
        return Err(coroutine::cannot_yield(l));
    }
    Ok(())
}

/// Room for the hidden frame in which a hook works.
#[cold]
#[inline(never)]
fn make_room(l: &mut State) -> Result<(), Thrown> {
    l.ensure_stack(MIN_STACK)?;
    l.next_frame().map(|_| ())
}

#[cold]
#[inline(never)]
fn failed(l: &mut State, thrown: Thrown) -> Thrown {
    if thrown.status == Status::Exception {
        l.allow_hook = true; // there may be no catcher that allows them again
    }
    thrown
}

/// A slow path is about to jump from the instruction at `pc`: the next line event compares with it.
/// Only where each instruction is traced, so that the very next one takes the note.
pub fn note_jump(l: &mut State, pc: *const u64) {
    if &l.hook_mask & MASK_LINE != 0 {
        l.global().jumped_from.set(pc.wrapping_add(1));
    }
}
