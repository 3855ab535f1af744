//! Arithmetic. One unordered compare tells whether both operands are numbers, because every other
//! value is a NaN as a double (`object::value`); a NaN that is a number takes the slow path too.

use crate::base::cmath;
use crate::object::Value;
use crate::state::Event;
use crate::vm::interp::frame::metamethod;
use crate::vm::{access, meta};

// Where an operand is, see `number_operand`.
pub(super) const R: u8 = 0;
pub(super) const K: u8 = 1;
pub(super) const X: u8 = 2;

pub(super) const ADD: u8 = 0;
pub(super) const SUB: u8 = 1;
pub(super) const MUL: u8 = 2;
pub(super) const DIV: u8 = 3;
pub(super) const MOD: u8 = 4;
const POW: u8 = 5;

const fn event(op: u8) -> Event {
    match op {
        ADD => Event::Add,
        SUB => Event::Sub,
        MUL => Event::Mul,
        DIV => Event::Div,
        MOD => Event::Mod,
        _ => Event::Pow,
    }
}

/// The value of a number that is a whole one of 32 bits.
#[inline(always)]
pub(super) fn exact_int(value: Value) -> Option<i32> {
    let n = value.as_f64();
    let index = truncate(n);
    // A NaN, so every value that is not a number, equals nothing.
    if index as f64 == n { Some(index) } else { None }
}

/// The array slot, counted from 0, of a key that is a whole number of 32 bits. PERF: compared as words, for which 0 and
/// -0 differ: neither is an array's key.
#[inline(always)]
pub(super) fn array_index(key: f64) -> Option<usize> {
    slot_of(truncate(key), key.to_bits())
}

/// The same of the key in a register.
///
/// # Safety
/// `base` is the newest frame's, and the slot above it one of the frame's.
#[inline(always)]
pub(super) unsafe fn array_index_in(base: *const Value, slot: usize) -> Option<usize> {
    // SAFETY: the caller's promise.
    unsafe { slot_of(truncate_slot(base, slot), (*base.add(slot)).bits()) }
}

#[inline(always)]
fn slot_of(index: i32, bits: u64) -> Option<usize> {
    if widen(index).to_bits() != bits {
        core::hint::cold_path();
        return None;
    }
    Some((index as u32).wrapping_sub(1) as usize)
}

/// `truncate` of the value in a slot. PERF: read by the conversion itself; a way through a register of the other kind
/// takes three cycles, and what is read of the array waits for the index.
///
/// # Safety
/// As for `array_index_in`.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub(super) unsafe fn truncate_slot(base: *const Value, slot: usize) -> i32 {
    let index: i32;
    // SAFETY: the caller's promise; SSE2 is part of every x86-64.
    unsafe {
        core::arch::asm!("cvttsd2si {0:e}, qword ptr [{1} + 8*{2}]", lateout(reg) index, in(reg) base, in(reg) slot,
            options(pure, readonly, nostack, preserves_flags));
    }
    index
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub(super) unsafe fn truncate_slot(base: *const Value, slot: usize) -> i32 {
    // SAFETY: the caller's promise.
    truncate(unsafe { (*base.add(slot)).as_f64() })
}

/// PERF: not `as f64`, which would wait for what the register held before.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub(super) fn widen(index: i32) -> f64 {
    let wide: f64;
    // SAFETY: SSE2 is part of every x86-64.
    unsafe {
        core::arch::asm!("xorps {0}, {0}", "cvtsi2sd {0}, {1:e}", out(xmm_reg) wide, in(reg) index,
            options(pure, nomem, nostack, preserves_flags));
    }
    wide
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn widen(index: i32) -> f64 {
    index as f64
}

/// `n` without its fraction; anything for a number out of range or a NaN.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub(super) fn truncate(n: f64) -> i32 {
    use core::arch::x86_64::{_mm_cvttsd_si32, _mm_set_sd};
    // SAFETY: SSE2 is part of every x86-64.
    unsafe { _mm_cvttsd_si32(_mm_set_sd(n)) }
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn truncate(n: f64) -> i32 {
    n as i32
}

number_handler! {
    fn arith<const OP: u8, const B: u8, const C: u8>(pc, base, k, l, dispatch, acc) {
        let x = number_operand!(B, field_b!(pc), base, k, acc);
        let y = number_operand!(C, field_c!(pc), base, k, acc);
        // PERF: not `||`, for which the second may be anything: then each would be compared by itself.
        if x.is_nan() | y.is_nan() {
            // In the slot is what was passed on, too.
            match (B == K, C == K) {
                (false, false) => slow!(arith_slow::<OP, false, false>, pc, base, k, l, dispatch),
                (false, true) => slow!(arith_slow::<OP, false, true>, pc, base, k, l, dispatch),
                (true, false) => slow!(arith_slow::<OP, true, false>, pc, base, k, l, dispatch),
                (true, true) => slow!(arith_slow::<OP, true, true>, pc, base, k, l, dispatch),
            }
        }
        let result = match OP {
            ADD => x + y,
            SUB => x - y,
            MUL => x * y,
            _ => x / y,
        };
        *base.add(field_a!(pc)) = Value::number_unchecked(result);
        next_number!(result, pc, base, k, l, dispatch)
    }
}

handler! {
    fn power<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        if x.is_nan() || y.is_nan() {
            slow!(arith_slow::<POW, B_K, C_K>, pc, base, k, l, dispatch)
        }
        let result = Value::number(cmath::pow(x, y));
        *base.add(field_a!(pc)) = result;
        next_number!(result.as_f64(), pc, base, k, l, dispatch)
    }
}

handler! {
    fn unm(pc, base, k, l, dispatch) {
        let a = *base.add(field_b!(pc));
        let x = a.as_f64();
        if x.is_nan() {
            slow!(unm_slow, pc, base, k, l, dispatch)
        }
        *base.add(field_a!(pc)) = Value::number_unchecked(-x);
        next_number!(-x, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn unm_slow(pc, base, k, l, dispatch) {
        let a = *base.add(field_b!(pc));
        if !(*l).is_traced()
            && (a.is_table() || a.is_userdata())
            && let Some(f) = metamethod(l, a, Event::Unm)
        {
            call_metamethod!(f, [a, a], pc, l, dispatch)
        }
        worker!(access::arith(l, pc, Event::Unm, a, a), base, k, l, dispatch)
    }
}

slow_handler! {
    fn arith_slow<const OP: u8, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if !(*l).is_traced()
            && (a.is_table() || a.is_userdata() || b.is_table() || b.is_userdata())
            && let Some(first) = metamethod(l, a, event(OP))
            && let Some(f) = if first.is_nil() { metamethod(l, b, event(OP)) } else { Some(first) }
        {
            call_metamethod!(f, [a, b], pc, l, dispatch)
        }
        worker!(access::arith(l, pc, event(OP), a, b), base, k, l, dispatch)
    }
}

handler! {
    /// R(A) := R(B) .. … .. R(C), from the right.
    fn concat(pc, base, k, l, dispatch) {
        let last = *base.add(field_c!(pc));
        let before = *base.add(field_c!(pc) - 1);
        if is_object(last) || is_object(before) {
            return concat_objects(pc, base, k, l, dispatch, none!());
        }
        return concat_short(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... of which the last two are none that may have a metatable.
    #[inline(never)]
    fn concat_short(pc, base, k, l, dispatch) {
        if !(*(*l).global).heap.step_due() {
            let first = field_b!(pc);
            let parts = core::slice::from_raw_parts(base.add(first), field_c!(pc) - first + 1);
            let joined = meta::join_at_once(&*l, parts);
            if joined.is_string() {
                // COMPAT: the first of the registers keeps it, as `debug.getlocal` shows.
                *base.add(first) = joined;
                *base.add(field_a!(pc)) = joined;
                next!(pc, base, k, l, dispatch)
            }
        }
        return concat_worker(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn concat_worker(pc, base, k, l, dispatch) {
        worker!(access::concat(l, pc), base, k, l, dispatch)
    }
}

#[inline(always)]
fn is_object(value: Value) -> bool {
    value.is_table() || value.is_userdata()
}

handler! {
    /// R(A) := R(B) .. … .. R(C), of which one of the last two has a metatable of its own.
    #[inline(never)]
    fn concat_objects(pc, base, k, l, dispatch) {
        let last = field_c!(pc);
        let (a, b) = (*base.add(last - 1), *base.add(last));
        if !(*l).is_traced()
            && let Some(of_a) = metamethod(l, a, Event::Concat)
            && let Some(f) = if of_a.is_nil() { metamethod(l, b, Event::Concat) } else { Some(of_a) }
        {
            (*(*l).ci).pending = last as u32;
            call_metamethod!(f, [a, b], pc, l, dispatch)
        }
        return concat_worker(pc, base, k, l, dispatch, none!());
    }
}
