//! What the handlers of calls and returns share: the frame of a Lua function, filled and left.
//!
//! A function's frame is made by the caller's handler alone when the function is compiled, takes no
//! varargs, and there is room: everything else is a worker's. Only what somebody may read before
//! the function writes it is filled: the registers behind the arguments, because the compiler
//! relies on them being nil, and because the collector must not find what another call left there.

use crate::heap::{Gc, GcHeader, Kind};
use crate::object::{LuaClosure, Node, Table, Value};
use crate::state::{CallInfo, Event, FrameFlags, Global, State};
use crate::vm::code::{FrameWord, constants, frame_word};

use super::{Acc, Base};

/// A Lua function that can be entered at once, but for the room it needs.
#[derive(Clone, Copy)]
pub(super) struct Callee {
    pub code: *const u64,
    pub frame: FrameWord,
}

impl Callee {
    /// The Lua function that a value is, if its executable form is known and it takes no varargs.
    #[inline(always)]
    pub fn of(value: Value) -> Option<Callee> {
        let header = value.as_function()?;
        if header.kind() != Kind::LuaClosure {
            return None;
        }
        Callee::of_closure(header.cast())
    }

    #[inline(always)]
    pub fn of_closure(closure: Gc<LuaClosure>) -> Option<Callee> {
        let code = closure.entry.get();
        if code.is_null() {
            return None;
        }
        // SAFETY: a closure's entry is live code.
        let frame = unsafe { frame_word(code) };
        if frame.vararg() != 0 { None } else { Some(Callee { code, frame }) }
    }

    /// Where its frame ends when it begins at `base`.
    #[inline(always)]
    pub fn top(self, base: Base) -> Base {
        base.wrapping_add(self.frame.max_stack())
    }
}

/// A pointer of which the compiler forgets how it was made. PERF: where few registers are left, it
/// would rather keep three pointers that differ by constants than compute two of them again.
#[inline(always)]
pub(super) fn opaque<T>(mut p: *mut T) -> *mut T {
    // SAFETY: no instruction at all.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) p, options(pure, nomem, nostack, preserves_flags));
    }
    p
}

/// The same of a number.
#[inline(always)]
pub(super) fn opaque_number(mut n: isize) -> isize {
    // SAFETY: no instruction at all.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) n, options(pure, nomem, nostack, preserves_flags));
    }
    n
}

/// A guess, as it is before it is compared with what is true. PERF: of two values that it knows to be equal the compiler
/// goes on with either, and then all would wait for the true one again.
#[inline(always)]
pub(super) fn foretold<T>(mut p: *mut T) -> *mut T {
    // SAFETY: no instruction at all.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) p, options(nomem, nostack, preserves_flags));
    }
    p
}

/// What kind of function a callee is.
#[inline(always)]
pub(super) fn kind_of(function: Gc<GcHeader>) -> Kind {
    function.kind()
}

/// Whether a frame up to `top` has room. (The `checks` build says no: its workers move the stack.)
#[inline(always)]
pub(super) unsafe fn has_slots(l: *const State, top: Base) -> bool {
    // SAFETY: l is the running State.
    unsafe { top <= (*l).stack_limit && cfg!(not(feature = "checks")) }
}

/// Whether a frame up to `top` has room, and a place `ci` in the frame array.
#[inline(always)]
pub(super) unsafe fn has_room(l: *const State, top: Base, ci: *mut CallInfo) -> bool {
    // SAFETY: l is the running State.
    unsafe { has_slots(l, top) && ci != (*l).ci_limit }
}

/// Makes nil of the slots from `from` up to `to`, and of up to four more. PERF: most frames have so few that four at once are all.
///
/// # Safety
/// STACK: `to` is at or below the stack's limit, above which are spare slots.
#[inline(always)]
pub(in crate::vm) unsafe fn clear(from: Base, to: Base) {
    let mut slot = from;
    loop {
        // SAFETY: the caller's promise.
        unsafe {
            clear_four(slot);
            slot = slot.add(4);
        }
        if slot >= to {
            return;
        }
    }
}

/// Makes nil of four slots.
///
/// # Safety
/// STACK: they are slots.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
unsafe fn clear_four(slot: Base) {
    debug_assert!(Value::NIL.bits() == u64::MAX);
    // SAFETY: the caller's promise. PERF: two stores, of which the compiler makes no call of memset.
    unsafe {
        let nils = core::arch::x86_64::_mm_set1_epi64x(-1);
        core::arch::asm!(
            "movups [{0}], {1}",
            "movups [{0} + 16], {1}",
            in(reg) slot,
            in(xmm_reg) nils,
            options(nostack, preserves_flags),
        );
    }
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
unsafe fn clear_four(slot: Base) {
    // SAFETY: the caller's promise. PERF: volatile, so that no call of memset is made of it.
    unsafe {
        slot.write_volatile(Value::NIL);
        slot.add(1).write_volatile(Value::NIL);
        slot.add(2).write_volatile(Value::NIL);
        slot.add(3).write_volatile(Value::NIL);
    }
}

/// Fills a Lua function's frame, but for its pc, which is set before anything can look at it.
///
/// # Safety
/// `ci` is a place in the frame array.
#[inline(always)]
pub(super) unsafe fn fill(
    ci: *mut CallInfo,
    func: Base,
    base: Base,
    top: Base,
    code: *const u64,
    nresults: i32,
) -> *const Value {
    // SAFETY: the caller's promise; `code` is live code.
    unsafe {
        let k = constants(code);
        (*ci).func = func;
        (*ci).base = base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).nresults = nresults;
        (*ci).flags = FrameFlags::LUA;
        (*ci).resume = 0;
        (*ci).tail_calls = 0;
        k
    }
}

/// The number of arguments behind `func`: the instruction's, or (`open`) up to the top.
macro_rules! argument_count {
    ($open:expr, $pc:expr, $func:expr, $l:expr) => {
        if $open {
            (*$l).top.offset_from($func) as usize - 1
        } else {
            field_b!($pc) - 1
        }
    };
}

/// Calls `$f` as a metamethod for the instruction at `$pc`, whose word remembers code as a call's does: if that is this code, and
/// it takes as many arguments as are passed, or fewer, and no varargs, and has room. Leaves the block if not.
macro_rules! call_as_before {
    ($f:expr, [$($arg:expr),*], $pc:ident, $l:ident, $dispatch:expr) => {{
        use $crate::vm::interp::frame::{clear, fill, foretold, has_room, opaque};
        let guess = $crate::vm::interp::calls::remembered($pc);
        let code = foretold(guess);
        let frame = code.cast::<$crate::vm::code::FrameBytes>().wrapping_sub(1);
        let count = [$(stringify!($arg)),*].len();
        if $crate::vm::interp::calls::has_code($f, guess) && (*frame).enough as usize <= count {
            let dispatch = $dispatch;
            let ci = opaque((*$l).ci.add(1));
            let func = (*ci.sub(1)).top;
            let base = func.add(1);
            let top = base.add((*frame).max_stack as usize);
            if has_room($l, top.max(base.add(count)), ci) && $crate::vm::interp::counted::take(dispatch) {
                (*ci.sub(1)).pc = $pc.add(1);
                *func = $f;
                $crate::vm::interp::calls::settle(func, func, code);
                let mut to = func;
                $(
                    to = to.add(1);
                    *to = $arg;
                )*
                debug_assert_eq!(to, func.add(count));
                clear(base.add((*frame).params as usize), top);
                let k = fill(ci, func, base, top, code, $crate::state::META_RESULT);
                (*$l).ci = ci;
                go!(code, base, k, $l, dispatch)
            }
        }
    }};
}

/// Calls `$f` as a metamethod, if it is a native function and there is room.
macro_rules! call_native_metamethod {
    ($f:expr, [$($arg:expr),*], $pc:ident, $l:ident, $dispatch:expr) => {
        if let Some(closure) = ($f).as_native_closure() {
            let func = (*(*$l).ci).top;
            let count = [$(stringify!($arg)),*].len();
            if $crate::vm::interp::frame::has_slots($l, func.add(1 + count)) {
                *func = $f;
                let mut to = func;
                $(
                    to = to.add(1);
                    *to = $arg;
                )*
                (*$l).top = to.add(1);
                if closure.rust_entry.is_null() {
                    return $crate::vm::interp::native::native_metamethod::<true>(
                        $pc, func, core::ptr::null(), $l, $dispatch, none!(),
                    );
                }
                return $crate::vm::interp::native::native_metamethod::<false>(
                    $pc, func, core::ptr::null(), $l, $dispatch, none!(),
                );
            }
        }
    };
}

/// Calls a function as a metamethod for the instruction at `$pc`; leaves the block if `$f` is none, has
/// no room, or is a Lua function that takes varargs or has not run yet.
macro_rules! call_metamethod {
    ($f:expr, [$($arg:expr),*], $pc:ident, $l:ident, $dispatch:ident) => {{
        call_native_metamethod!($f, [$($arg),*], $pc, $l, $dispatch);
        if let Some(callee) = $crate::vm::interp::frame::Callee::of($f) {
            let caller = (*$l).ci;
            let func = (*caller).top;
            let new_base = func.add(1);
            let count = [$(stringify!($arg)),*].len();
            let top = callee.top(new_base);
            let ci = caller.add(1);
            if $crate::vm::interp::frame::has_room($l, top.max(new_base.add(count)), ci)
                && $crate::vm::interp::counted::take($dispatch)
            {
                *func = $f;
                let mut to = func;
                $(
                    to = to.add(1);
                    *to = $arg;
                )*
                let from = new_base.add(callee.frame.params().min(count));
                $crate::vm::interp::frame::clear(from, top);
                (*caller).pc = $pc.add(1);
                let wanted = $crate::state::META_RESULT;
                let k = $crate::vm::interp::frame::fill(ci, func, new_base, top, callee.code, wanted);
                (*$l).ci = ci;
                $crate::vm::interp::native_call::begin!(callee, false, new_base, k, $l, $dispatch)
            }
        }
    }};
}

/// Whether a key that a table lacks is given to it without a metamethod, as far as can be told by a look.
#[inline(always)]
pub(super) fn adds_freely(table: &Table) -> bool {
    // The bit is set by whoever has looked for a `__newindex` in vain.
    table.metatable.get().is_none_or(|metatable| metatable.absent.get() >> Event::NewIndex as u32 & 1 != 0)
}

/// A node, or null, as what one handler passes to the next.
#[inline(always)]
pub(super) fn node_passed(node: *mut Node) -> Acc {
    Acc::new(f64::from_bits(node as u64))
}

/// What `node_passed` was given.
///
/// # Safety
/// The handler before has passed a node.
#[inline(always)]
pub(super) unsafe fn passed_node(acc: Acc) -> *mut Node {
    // SAFETY: the caller's promise.
    unsafe { acc.assume_init() }.to_bits() as *mut Node
}

/// A value as what one handler passes to the next.
#[inline(always)]
pub(super) fn value_passed(value: Value) -> Acc {
    Acc::new(f64::from_bits(value.bits()))
}

/// What `value_passed` was given.
///
/// # Safety
/// The handler before has passed a value.
#[inline(always)]
pub(super) unsafe fn passed_value(acc: Acc) -> Value {
    // SAFETY: the caller's promise.
    unsafe { Value::from_bits(acc.assume_init().to_bits()) }
}

/// The metamethod of a value for an event below 16, nil if there is none; None: it takes more to find it.
#[inline(always)]
pub(super) unsafe fn metamethod(l: *const State, value: Value, event: Event) -> Option<Value> {
    // SAFETY: l is the running State; its Global was made.
    let global = unsafe { &*(*l).global };
    let metatable = if let Some(table) = value.as_table() {
        table.metatable.get()
    } else if let Some(userdata) = value.as_userdata() {
        userdata.metatable.get()
    } else {
        // PERF: no panic, which would be a call.
        global.type_metatables.get(value.type_of() as usize).and_then(|metatable| metatable.get())
    };
    // SAFETY: as above.
    unsafe { metamethod_in(global, metatable, event) }
}

/// `metamethod` of a table.
#[inline(always)]
pub(super) unsafe fn metamethod_of(l: *const State, table: &Table, event: Event) -> Option<Value> {
    // SAFETY: l is the running State; its Global was made.
    unsafe { metamethod_in(&*(*l).global, table.metatable.get(), event) }
}

#[inline(always)]
unsafe fn metamethod_in(global: &Global, metatable: Option<Gc<Table>>, event: Event) -> Option<Value> {
    let Some(metatable) = metatable else { return Some(Value::NIL) };
    let absent = metatable.absent.get();
    if absent >> event as u32 & 1 != 0 {
        return Some(Value::NIL);
    }
    // SAFETY: the fixed strings were made with the Global.
    let name = unsafe { global.event_name_unchecked(event) };
    let node = metatable.node_along(Value::string(name), name.known_hash());
    if node.is_null() {
        if metatable.is_seeded() {
            return None;
        }
        metatable.absent.set(absent | 1 << event as u32);
        return Some(Value::NIL);
    }
    // SAFETY: a node of a table.
    Some(unsafe { (*node).value })
}

/// Gives the result of a metamethod to the instruction that `$caller`, a Lua function's frame, had to
/// interrupt, and goes on there; leaves the block if that takes more.
macro_rules! complete {
    ($result:expr, $caller:ident, $l:ident, $dispatch:ident) => {
        let interrupted = (*$caller).pc.sub(1);
        let wanted = $crate::vm::interp::returns::USES[*interrupted.cast::<u8>() as usize];
        if wanted == $crate::vm::interp::returns::Use::Store {
            *(*$caller).base.add(field_a!(interrupted)) = $result;
            (*$l).ci = $caller;
            go_on!($l, $dispatch)
        }
        if wanted == $crate::vm::interp::returns::Use::Drop {
            (*$l).ci = $caller;
            go_on!($l, $dispatch)
        }
        if wanted == $crate::vm::interp::returns::Use::Compare && !(*$l).is_traced() {
            let op = $crate::vm::code::Insn(*interrupted).op();
            let negated = op as u8 >= $crate::vm::code::Op::LeRRF as u8 && (*$caller).pending == 1;
            let jumps = op.jumps_if($result.is_truthy() != negated);
            (*$caller).pc = if jumps { target!(interrupted) } else { interrupted.add(2) };
            (*$l).ci = $caller;
            go_on!($l, $dispatch)
        }
        if wanted == $crate::vm::interp::returns::Use::Join
            && (*$caller).pending as usize == field_b!(interrupted) + 1
        {
            // The last two: nothing was made here that the collector is to be told of.
            *(*$caller).base.add(field_a!(interrupted)) = $result;
            (*$l).ci = $caller;
            go_on!($l, $dispatch)
        }
    };
}

/// Goes on in the frame below `ci`, where its pc says.
macro_rules! leave {
    ($ci:expr, $l:expr, $dispatch:expr) => {{
        let caller = $ci.sub(1);
        (*$l).ci = caller;
        resume!(caller, $l, $dispatch);
        go!((*caller).pc, (*caller).base, (*caller).k, $l, $dispatch)
    }};
}
