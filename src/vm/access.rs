//! The interpreter's workers: what its handlers leave to ordinary functions. Each takes the running
//! State and the word being executed, and returns the State to go on with.
//!
//! STACK: a Lua frame does not keep `top`; a worker sets it to the frame's end (`enter`) before
//! anything that pushes, so that no register is overwritten.
//!
//! Not here: calls (`frames`), what happens when a metamethod returns (`complete`).

use crate::base::collate::Collation;
use crate::heap::Gc;
use crate::object::{Table, TableError, UpVal, Value};
use crate::state::{Event, State, Thrown};
use crate::vm::code::{Insn, Op};
use crate::vm::debug::errors::{self, Operand};
use crate::vm::frames::{MANY_RESULTS, call_metamethod};
use crate::vm::meta::Target;
use crate::vm::{complete, hooks, meta, safepoint, translate, unwind};

/// Chains of `__index` and `__newindex` longer than this are loops.
pub const MAX_META_CHAIN: usize = 100;

/// The running State, its frame's pc and top set for a worker.
#[inline(always)]
fn enter<'a>(l: *mut State, pc: *const u64) -> &'a mut State {
    // SAFETY: l is the running State, exclusively the worker's while the handler waits.
    let l = unsafe { &mut *l };
    let frame = l.frame_mut();
    frame.pc = pc.wrapping_add(1);
    let top = frame.top;
    l.top = top;
    l
}

fn word(pc: *const u64) -> Insn {
    // SAFETY: workers are given the pc of the word being executed.
    Insn(unsafe { *pc })
}

#[inline(always)]
fn set_register(l: &mut State, index: usize, value: Value) {
    let slot = l.frame().base.wrapping_add(index);
    debug_assert!(slot < l.frame().top);
    // SAFETY: STACK: verified registers lie below the frame's top.
    unsafe { *slot = value };
}

#[inline(always)]
fn register(l: &State, index: usize) -> Value {
    // SAFETY: STACK: verified registers lie below the frame's top.
    unsafe { *l.frame().base.wrapping_add(index) }
}

/// Ends a worker whose work may have failed.
#[inline(always)]
fn finish(l: &mut State, result: Result<(), Thrown>) -> *mut State {
    match result {
        Ok(()) => l,
        Err(thrown) => unwind::unwind(l, thrown),
    }
}

// Barriers ---------------------------------------------------------------------------------------

#[inline(never)]
pub extern "C" fn upvalue_barrier(l: *mut State, upvalue: Gc<UpVal>) {
    if let Some(child) = upvalue.get().as_object() {
        // SAFETY: l is the running State.
        unsafe { (*l).heap() }.barrier_forward(upvalue.header(), child);
    }
}

// Reading ----------------------------------------------------------------------------------------

/// `object[key]` to R(A), metamethods included.
#[inline(never)]
pub extern "C" fn index(l: *mut State, pc: *const u64, object: Value, key: Value) -> *mut State {
    let l = enter(l, pc);
    l.spend_text(key);
    let mut object = object;
    for step in 0..MAX_META_CHAIN {
        let metamethod = if let Some(table) = object.as_table() {
            let value = table.get(key);
            if !value.is_nil() {
                set_register(l, word(pc).a(), value);
                return l;
            }
            let metamethod = l.global().metamethod_in(table.metatable.get(), Event::Index);
            if metamethod.is_nil() {
                set_register(l, word(pc).a(), Value::NIL);
                return l;
            }
            metamethod
        } else {
            let metamethod = l.metamethod(object, Event::Index);
            if metamethod.is_nil() {
                let at = if step == 0 { read_operand(l, pc) } else { Operand::Other };
                let thrown = errors::type_error(l, object, at, b"index");
                return unwind::unwind(l, thrown);
            }
            metamethod
        };
        if metamethod.is_function() {
            return call_metamethod(l, metamethod, &[object, key]);
        }
        object = metamethod;
    }
    let thrown = l.runtime_error(&[b"loop in gettable"]);
    unwind::unwind(l, thrown)
}

/// Where the indexed value of a reading instruction lies.
fn read_operand(l: &State, pc: *const u64) -> Operand {
    let insn = word(pc);
    match insn.op() {
        Op::GetGlobal | Op::GetGlobalFar => Operand::Other,
        _ => Operand::Slot(l.frame().base.wrapping_add(insn.b())),
    }
}

#[inline(never)]
pub extern "C" fn length(l: *mut State, pc: *const u64, object: Value) -> *mut State {
    let l = enter(l, pc);
    // The reference looks for the event as for a binary one with nil, so nil's own handler counts too.
    let metamethod = meta::binary_metamethod(l, object, Value::NIL, Event::Len);
    if metamethod.is_nil() {
        let at = Operand::Slot(l.frame().base.wrapping_add(word(pc).b()));
        let thrown = errors::type_error(l, object, at, b"get length of");
        return unwind::unwind(l, thrown);
    }
    call_metamethod(l, metamethod, &[object, Value::NIL])
}

// Writing ----------------------------------------------------------------------------------------

/// `object[key] = value`, metamethods included.
#[inline(never)]
pub extern "C" fn set_index(
    l: *mut State,
    pc: *const u64,
    object: Value,
    key: Value,
    value: Value,
) -> *mut State {
    let l = enter(l, pc);
    l.spend_text(key);
    let heap = l.heap();
    let mut object = object;
    for step in 0..MAX_META_CHAIN {
        let metamethod = if let Some(table) = object.as_table() {
            match meta::store_target(l, &table, key) {
                Ok(Target::Slot(slot)) => {
                    table.store(slot, value);
                    table.barrier(heap, value);
                    return l;
                }
                Ok(Target::Metamethod(metamethod)) => metamethod,
                Err(error) => {
                    let at = if step == 0 { written_operand(l, pc) } else { Operand::Other };
                    let thrown = match error {
                        TableError::ReadOnly => errors::read_only_error(l, at),
                        error => l.table_error(error),
                    };
                    return unwind::unwind(l, thrown);
                }
            }
        } else {
            let metamethod = l.metamethod(object, Event::NewIndex);
            if metamethod.is_nil() {
                let at = if step == 0 { written_operand(l, pc) } else { Operand::Other };
                let thrown = errors::type_error(l, object, at, b"index");
                return unwind::unwind(l, thrown);
            }
            metamethod
        };
        if metamethod.is_function() {
            return call_metamethod(l, metamethod, &[object, key, value]);
        }
        object = metamethod;
    }
    let thrown = l.runtime_error(&[b"loop in settable"]);
    unwind::unwind(l, thrown)
}

/// `table[key] = value` for a table that lacks the key, a string, a number or an object; its metatable has no say.
#[inline(never)]
pub extern "C" fn add_key(
    l: *mut State,
    pc: *const u64,
    table: Gc<Table>,
    key: Value,
    value: Value,
) -> *mut State {
    let l = enter(l, pc);
    let heap = l.heap();
    match table.set_new(heap, key, value) {
        Ok(()) => l,
        Err(TableError::ReadOnly) => set_index(l, pc, Value::table(table), key, value), // has the words
        Err(error) => {
            let thrown = l.table_error(error);
            unwind::unwind(l, thrown)
        }
    }
}

fn written_operand(l: &State, pc: *const u64) -> Operand {
    let insn = word(pc);
    match insn.op() {
        Op::SetGlobal | Op::SetGlobalFar => Operand::Other,
        _ => Operand::Slot(l.frame().base.wrapping_add(insn.a())),
    }
}

// Making -----------------------------------------------------------------------------------------

#[inline(never)]
pub extern "C" fn new_table(l: *mut State, pc: *const u64) -> *mut State {
    let l = enter(l, pc);
    let insn = word(pc);
    let (array, hash) = (
        translate::decode_size(insn.d() & 0xFFFF),
        translate::decode_size(insn.d() >> 16),
    );
    let result = match Table::with_capacity(l.heap(), array, hash) {
        Ok(table) => {
            set_register(l, insn.a(), Value::table(table));
            safepoint::check(l)
        }
        Err(error) => Err(l.table_error(error)),
    };
    finish(l, result)
}

/// Fields stored by one SETLIST.
pub const FIELDS_PER_FLUSH: usize = 50;

#[inline(never)]
pub extern "C" fn set_list(l: *mut State, pc: *const u64, open: bool) -> *mut State {
    // SAFETY: l is the running State.
    let open_top = unsafe { (*l).top };
    let l = enter(l, pc);
    let insn = word(pc);
    let first = l.frame().base.wrapping_add(insn.a() + 1);
    let count = if open {
        (open_top as usize).saturating_sub(first as usize) / size_of::<Value>()
    } else {
        insn.b()
    };
    let block = insn.d() as usize;
    if insn.c() == 0 {
        l.frame_mut().pc = pc.wrapping_add(2); // the block number took a word of its own
    }
    let result = store_list(l, insn.a(), first, count, block);
    finish(l, result)
}

fn store_list(
    l: &mut State,
    a: usize,
    first: *mut Value,
    count: usize,
    block: usize,
) -> Result<(), Thrown> {
    let Some(table) = register(l, a).as_table() else {
        return Err(l.runtime_error(&[b"bad instruction"]));
    };
    let heap = l.heap();
    let begin = (block - 1) * FIELDS_PER_FLUSH;
    let last = begin + count;
    if table.is_read_only() {
        return Err(l.table_error(TableError::ReadOnly));
    }
    if last > table.array_len() {
        table.resize_array(heap, last).map_err(|e| l.table_error(e))?;
    }
    // SAFETY: STACK: `count` values begin at `first`.
    let values = unsafe { core::slice::from_raw_parts(first, count) };
    table.put_list(heap, begin, values);
    Ok(())
}

#[inline(never)]
pub extern "C" fn closure(l: *mut State, pc: *const u64) -> *mut State {
    let l = enter(l, pc);
    let result = translate::make_closure(l, pc);
    let result = result.and_then(|()| safepoint::check(l));
    finish(l, result)
}

#[inline(never)]
pub extern "C" fn vararg(l: *mut State, pc: *const u64) -> *mut State {
    let l = enter(l, pc);
    let insn = word(pc);
    let frame = *l.frame();
    let params = frame.function().as_lua_closure().map_or(0, |f| f.proto.param_count as usize);
    // func │ fixed params │ extra… │ func copy │ base
    let between = (frame.base as usize - frame.func as usize) / size_of::<Value>();
    let extra = between.saturating_sub(2 + params);
    let wanted = if insn.b() == 0 { extra } else { insn.b() - 1 };
    if wanted > MANY_RESULTS {
        l.global().spend_bytes(wanted * size_of::<Value>());
    }
    let a = insn.a();
    if insn.b() == 0 {
        l.top = frame.base.wrapping_add(a);
        if let Err(thrown) = l.ensure_stack(extra + 1) {
            return unwind::unwind(l, thrown);
        }
    }
    let frame = *l.frame();
    let from = frame.func.wrapping_add(1 + params);
    let to = frame.base.wrapping_add(a);
    // SAFETY: STACK: the extra arguments lie below base - 1, the targets above base, with room.
    unsafe {
        to.copy_from_nonoverlapping(from, extra.min(wanted));
        for i in extra..wanted {
            *to.add(i) = Value::NIL;
        }
    }
    if insn.b() == 0 {
        l.top = to.wrapping_add(wanted);
    }
    l
}

// Arithmetic, comparison, concatenation ------------------------------------------------------------

#[inline(never)]
pub extern "C" fn arith(
    l: *mut State,
    pc: *const u64,
    event: Event,
    a: Value,
    b: Value,
) -> *mut State {
    let l = enter(l, pc);
    l.spend_text(a);
    l.spend_text(b);
    if let (Some(x), Some(y)) = (meta::to_number(a), meta::to_number(b)) {
        set_register(l, word(pc).a(), Value::number(meta::arith(event, x, y)));
        return l;
    }
    let metamethod = meta::binary_metamethod(l, a, b, event);
    if metamethod.is_nil() {
        let (a_at, b_at) = arith_operands(l, pc);
        let thrown = errors::arith_error(l, a, a_at, b, b_at);
        return unwind::unwind(l, thrown);
    }
    call_metamethod(l, metamethod, &[a, b])
}

/// Where the operands of an arithmetic instruction lie.
fn arith_operands(l: &State, pc: *const u64) -> (Operand, Operand) {
    let insn = word(pc);
    let at = |constant: bool, index: usize| {
        if constant { Operand::Other } else { Operand::Slot(l.frame().base.wrapping_add(index)) }
    };
    if insn.op() == Op::Unm {
        let operand = at(false, insn.b());
        return (operand, operand);
    }
    // The four forms of an operation stand in the order RR, RK, KR, KK.
    let form = (insn.op() as u8 - Op::AddRR as u8) % 4;
    (at(form & 2 != 0, insn.b()), at(form & 1 != 0, insn.c()))
}

/// Whether a value can be equal to another without being the same word, as far as can be told by a look.
#[inline(always)]
pub fn may_equal(a: Value) -> bool {
    if let Some(s) = a.as_string() {
        return !s.is_short();
    }
    if let Some(t) = a.as_table() {
        return t.metatable.get().is_some_and(|metatable| metatable.absent.get() >> Event::Eq as u32 & 1 == 0);
    }
    a.as_userdata().is_some_and(|u| u.metatable.get().is_some())
}

#[inline(never)]
pub extern "C" fn equal(l: *mut State, pc: *const u64, a: Value, b: Value) -> *mut State {
    let l = enter(l, pc);
    l.spend_text(a);
    if a.raw_equals(b) {
        return complete::jump(l, pc, true);
    }
    let metamethod = meta::equality_metamethod(l, a, b);
    if metamethod.is_nil() {
        return complete::jump(l, pc, false);
    }
    call_metamethod(l, metamethod, &[a, b])
}

/// `a < b` (`less`) or `a <= b`.
#[inline(never)]
pub extern "C" fn order(
    l: *mut State,
    pc: *const u64,
    less: bool,
    a: Value,
    b: Value,
) -> *mut State {
    let l = enter(l, pc);
    l.spend_text(a);
    let known = &l.global().orders_by_bytes;
    let collation = if known.get() { Collation::of_bytes() } else { Collation::current() };
    known.set(collation.is_by_bytes());
    match meta::raw_order_in(l.heap(), collation, less, a, b) {
        Ok(Some(holds)) => return complete::jump(l, pc, holds),
        Ok(None) => {}
        Err(refused) => return unwind::unwind(l, refused.into()),
    }
    let event = if less { Event::Lt } else { Event::Le };
    l.frame_mut().pending = 0;
    let metamethod = meta::order_metamethod(l, a, b, event);
    if !metamethod.is_nil() {
        return call_metamethod(l, metamethod, &[a, b]);
    }
    if !less {
        // a <= b is also not (b < a).
        let metamethod = meta::order_metamethod(l, b, a, Event::Lt);
        if !metamethod.is_nil() {
            l.frame_mut().pending = 1;
            return call_metamethod(l, metamethod, &[b, a]);
        }
    }
    let thrown = errors::order_error(l, a, b);
    unwind::unwind(l, thrown)
}

/// CONCAT: R(B) .. … .. R(C) to R(A).
#[inline(never)]
pub extern "C" fn concat(l: *mut State, pc: *const u64) -> *mut State {
    let l = enter(l, pc);
    let last = word(pc).c();
    concat_from(l, last)
}

/// Joins R(B)…R(last), from the right; the frame's pc is behind the CONCAT.
pub fn concat_from(l: &mut State, last: usize) -> *mut State {
    let insn = word(l.frame().pc.wrapping_sub(1));
    let mut last = last;
    while last > insn.b() {
        let base = l.frame().base;
        // SAFETY: STACK: registers B..=last of the frame.
        let slots =
            unsafe { core::slice::from_raw_parts_mut(base.add(insn.b()), last - insn.b() + 1) };
        match meta::join_tail(l, slots) {
            Ok(joined) => last -= joined - 1,
            Err(meta::JoinError::NotStrings(a, b)) => {
                let metamethod = meta::binary_metamethod(l, a, b, Event::Concat);
                if metamethod.is_nil() {
                    let at = |i| Operand::Slot(base.wrapping_add(i));
                    let thrown = errors::concat_error(l, a, at(last - 1), b, at(last));
                    return unwind::unwind(l, thrown);
                }
                l.frame_mut().pending = last as u32;
                return call_metamethod(l, metamethod, &[a, b]);
            }
            Err(meta::JoinError::Thrown(thrown)) => return unwind::unwind(l, thrown),
        }
    }
    let result = register(l, insn.b());
    set_register(l, insn.a(), result);
    let checked = safepoint::check(l);
    finish(l, checked)
}

// Loops --------------------------------------------------------------------------------------------

/// FORPREP whose operands are not all plain numbers.
#[inline(never)]
pub extern "C" fn for_prep(l: *mut State, pc: *const u64) -> *mut State {
    let l = enter(l, pc);
    let insn = word(pc);
    let a = insn.a();
    let mut numbers = [0.0; 3];
    let names: [&[u8]; 3] = [b"initial value", b"limit", b"step"];
    for i in 0..3 {
        l.spend_text(register(l, a + i));
        match meta::to_number(register(l, a + i)) {
            Some(n) => numbers[i] = n,
            None => {
                let thrown = errors::for_error(l, names[i]);
                return unwind::unwind(l, thrown);
            }
        }
        set_register(l, a + i, Value::number(numbers[i]));
    }
    set_register(l, a, Value::number(numbers[0] - numbers[2]));
    hooks::note_jump(l, pc);
    l.frame_mut().pc = pc.wrapping_offset(insn.jump() as isize);
    l
}
