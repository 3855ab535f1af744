//! Operations with metamethods, for Rust code: calls of metamethods are nested runs (not
//! yieldable). The interpreter has its own, stackless, paths, which share the rules here.

use core::cell::Cell;
use core::mem::MaybeUninit;

use crate::base::collate::Collation;
use crate::base::{cmath, number};
use crate::heap::{Gc, Heap, OutOfMemory};
use crate::object::string::{self, MAX_SHORT};
use crate::object::{Str, StringTable, Table, TableError, Value};
use crate::state::{Event, State, Thrown};
use crate::vm::access::MAX_META_CHAIN;
use crate::vm::call::call;
use crate::vm::debug::errors::{self, Operand};
use crate::vm::safepoint;

/// Calls a metamethod by a nested run and returns its first result.
fn call_for_result(l: &mut State, f: Value, args: &[Value]) -> Result<Value, Thrown> {
    l.ensure_stack(args.len() + 1)?;
    l.push(f);
    for &arg in args {
        l.push(arg);
    }
    call(l, args.len(), 1)?;
    Ok(l.pop())
}

/// What `object[key]` comes to before anything is called.
pub enum Lookup {
    Value(Value),
    /// The `__index` function of `object` (the operand or what stands for it) says.
    Call {
        function: Value,
        object: Value,
    },
}

/// `object[key]` (manual §2.8) as far as the first function to be called.
pub fn look_up(l: &mut State, object: Value, key: Value) -> Result<Lookup, Thrown> {
    let mut object = object;
    for _ in 0..MAX_META_CHAIN {
        let metamethod = if let Some(table) = object.as_table() {
            let value = table.get(key);
            if !value.is_nil() {
                return Ok(Lookup::Value(value));
            }
            let metamethod = l.global().metamethod_in(table.metatable.get(), Event::Index);
            if metamethod.is_nil() {
                return Ok(Lookup::Value(Value::NIL));
            }
            metamethod
        } else {
            let metamethod = l.metamethod(object, Event::Index);
            if metamethod.is_nil() {
                return Err(errors::type_error(l, object, Operand::Other, b"index"));
            }
            metamethod
        };
        if metamethod.is_function() {
            return Ok(Lookup::Call { function: metamethod, object });
        }
        object = metamethod;
    }
    Err(l.runtime_error(&[b"loop in gettable"]))
}

/// `object[key]` with `__index`.
pub fn index(l: &mut State, object: Value, key: Value) -> Result<Value, Thrown> {
    match look_up(l, object, key)? {
        Lookup::Value(value) => Ok(value),
        Lookup::Call { function, object } => call_for_result(l, function, &[object, key]),
    }
}

/// What takes the value of `table[key] = value`.
pub enum Target<'a> {
    Slot(&'a Cell<Value>),
    /// The table's `__newindex`.
    Metamethod(Value),
}

/// Finds it. COMPAT: the key gets its place even if a metamethod then takes the value, but for a
/// table that is read-only.
#[inline]
pub fn store_target<'a>(l: &State, table: &'a Table, key: Value) -> Result<Target<'a>, TableError> {
    let slot = match table.slot_for(l.heap(), key) {
        Ok(slot) if !slot.get().is_nil() => return Ok(Target::Slot(slot)),
        Err(TableError::ReadOnly) if table.get(key).is_nil() => None,
        slot => Some(slot?),
    };
    let metamethod = l.global().metamethod_in(table.metatable.get(), Event::NewIndex);
    match slot {
        _ if !metamethod.is_nil() => Ok(Target::Metamethod(metamethod)),
        Some(slot) => Ok(Target::Slot(slot)),
        None => Err(TableError::ReadOnly),
    }
}

/// `object[key] = value` with `__newindex`.
pub fn set_index(l: &mut State, object: Value, key: Value, value: Value) -> Result<(), Thrown> {
    let heap = l.heap();
    let mut object = object;
    for _ in 0..MAX_META_CHAIN {
        let metamethod = if let Some(table) = object.as_table() {
            match store_target(l, &table, key).map_err(|e| l.table_error(e))? {
                Target::Slot(slot) => {
                    table.store(slot, value);
                    table.barrier(heap, value);
                    return Ok(());
                }
                Target::Metamethod(metamethod) => metamethod,
            }
        } else {
            let metamethod = l.metamethod(object, Event::NewIndex);
            if metamethod.is_nil() {
                return Err(errors::type_error(l, object, Operand::Other, b"index"));
            }
            metamethod
        };
        if metamethod.is_function() {
            l.ensure_stack(4)?;
            for pushed in [metamethod, object, key, value] {
                l.push(pushed);
            }
            return call(l, 3, 0);
        }
        object = metamethod;
    }
    Err(l.runtime_error(&[b"loop in settable"]))
}

/// `a == b` with `__eq`.
pub fn equals(l: &mut State, a: Value, b: Value) -> Result<bool, Thrown> {
    if a.raw_equals(b) {
        return Ok(true);
    }
    let metamethod = equality_metamethod(l, a, b);
    if metamethod.is_nil() {
        return Ok(false);
    }
    Ok(call_for_result(l, metamethod, &[a, b])?.is_truthy())
}

/// `a < b` with `__lt`.
pub fn less_than(l: &mut State, a: Value, b: Value) -> Result<bool, Thrown> {
    if let Some(holds) = raw_order(l.heap(), true, a, b)? {
        return Ok(holds);
    }
    let metamethod = order_metamethod(l, a, b, Event::Lt);
    if metamethod.is_nil() {
        return Err(errors::order_error(l, a, b));
    }
    Ok(call_for_result(l, metamethod, &[a, b])?.is_truthy())
}

/// The `__eq` that two different tables or userdata share; nil if they do not.
pub fn equality_metamethod(l: &State, a: Value, b: Value) -> Value {
    let same_kind = a.is_table() && b.is_table() || a.is_userdata() && b.is_userdata();
    if same_kind { shared_metamethod(l, a, b, Event::Eq) } else { Value::NIL }
}

/// The metamethod of `event` that both operands have: the first's, if the second's equals it.
fn shared_metamethod(l: &State, a: Value, b: Value, event: Event) -> Value {
    let first = l.metamethod(a, event);
    if first.is_nil() {
        return Value::NIL;
    }
    let (a_meta, b_meta) = (l.global().metatable_of(a), l.global().metatable_of(b));
    if a_meta == b_meta || first.raw_equals(l.metamethod(b, event)) { first } else { Value::NIL }
}

/// The `__lt` or `__le` for two values of the same type.
pub fn order_metamethod(l: &State, a: Value, b: Value, event: Event) -> Value {
    if a.type_of() != b.type_of() {
        return Value::NIL;
    }
    let first = l.metamethod(a, event);
    if !first.is_nil() && first.raw_equals(l.metamethod(b, event)) { first } else { Value::NIL }
}

/// The metamethod of a binary operation: the first operand's, else the second's.
pub fn binary_metamethod(l: &State, a: Value, b: Value, event: Event) -> Value {
    let first = l.metamethod(a, event);
    if first.is_nil() { l.metamethod(b, event) } else { first }
}

/// `a < b` (`less`) or `a <= b` of two numbers or two strings; None for other values.
#[inline]
pub fn raw_order(heap: &Heap, less: bool, a: Value, b: Value) -> Result<Option<bool>, OutOfMemory> {
    raw_order_in(heap, Collation::current(), less, a, b)
}

/// `raw_order` where strings have this order.
#[inline]
pub fn raw_order_in(
    heap: &Heap,
    collation: Collation,
    less: bool,
    a: Value,
    b: Value,
) -> Result<Option<bool>, OutOfMemory> {
    if let (Some(x), Some(y)) = (a.as_number(), b.as_number()) {
        return Ok(Some(if less { x < y } else { x <= y }));
    }
    if let (Some(x), Some(y)) = (a.as_string(), b.as_string()) {
        let order = collation.compare(x.terminated(heap)?, y.terminated(heap)?);
        return Ok(Some(if less { order.is_lt() } else { order.is_le() }));
    }
    Ok(None)
}

/// The number that an arithmetic operation makes of two.
pub fn arith(event: Event, x: f64, y: f64) -> f64 {
    match event {
        Event::Add => x + y,
        Event::Sub => x - y,
        Event::Mul => x * y,
        Event::Div => x / y,
        Event::Mod => x - (x / y).floor() * y,
        Event::Pow => cmath::pow(x, y),
        Event::Unm => -x,
        _ => unreachable!("not an arithmetic event"),
    }
}

/// A number, or a string that reads as one (`lua_tonumber`).
#[inline]
pub fn to_number(value: Value) -> Option<f64> {
    match value.as_number() {
        Some(n) => Some(n),
        None => number::parse_number(value.as_string()?.as_bytes()),
    }
}

/// A string, or a number's text made into one.
pub fn to_string(l: &mut State, value: Value) -> Result<Option<Gc<Str>>, Thrown> {
    if let Some(s) = value.as_string() {
        return Ok(Some(s));
    }
    let Some(n) = value.as_number() else { return Ok(None) };
    let mut text = [0; number::NUMBER_BUFFER];
    let len = number::format_number(n, &mut text);
    l.new_string(&text[..len]).map(Some)
}

// Concatenation ------------------------------------------------------------------------------------

/// Why the last two of some values could not be joined.
pub enum JoinError {
    /// One of these is neither string nor number.
    NotStrings(Value, Value),
    Thrown(Thrown),
}

impl From<Thrown> for JoinError {
    fn from(thrown: Thrown) -> JoinError {
        JoinError::Thrown(thrown)
    }
}

/// Joins the longest run of strings and numbers at the end of `slots` (two at least) into the
/// run's first slot; returns how many values it had.
pub fn join_tail(l: &mut State, slots: &mut [Value]) -> Result<usize, JoinError> {
    let count = slots.len();
    let (a, b) = (slots[count - 2], slots[count - 1]);
    let joinable = |v: Value| v.is_string() || v.is_number();
    if !joinable(a) || !joinable(b) {
        return Err(JoinError::NotStrings(a, b));
    }
    if b.as_string().is_some_and(|s| s.is_empty()) {
        slots[count - 2] = as_string_value(l, a)?;
        return Ok(2);
    }
    let run = slots.iter().rev().take_while(|v| joinable(**v)).count();
    let run = &mut slots[count - run..];
    if let Some(joined) = join_short(l, run)? {
        run[0] = Value::string(joined);
        return Ok(run.len());
    }
    let mut total = 0usize;
    for slot in run.iter_mut() {
        *slot = as_string_value(l, *slot)?;
        let len = slot.as_string().map_or(0, |s| s.len());
        total = match total.checked_add(len) {
            Some(total) if total < isize::MAX as usize / 2 => total,
            _ => return Err(l.runtime_error(&[b"string length overflow"]).into()),
        };
    }
    run[0] = Value::string(join(l, run, total)?);
    Ok(run.len())
}

fn as_string_value(l: &mut State, value: Value) -> Result<Value, Thrown> {
    if value.is_string() {
        return Ok(value);
    }
    match to_string(l, value)? {
        Some(s) => Ok(Value::string(s)),
        None => unreachable!("only strings and numbers are joined"),
    }
}

/// One short string out of strings and numbers, whose texts need not become strings first; None if
/// it would be a long one.
fn join_short(l: &mut State, parts: &[Value]) -> Result<Option<Gc<Str>>, Thrown> {
    let mut room = ShortRoom::uninit();
    let Some(text) = write_short(parts, &mut room) else { return Ok(None) };
    l.new_string(text).map(Some)
}

/// What two or more values make together, if that is a short string; nil if it is a long one, or takes a metamethod, or memory is
/// refused, which all is `join_tail`'s.
#[inline(never)]
pub fn join_at_once(l: &State, parts: &[Value]) -> Value {
    let (strings, heap) = (&l.global().strings, l.heap());
    let joined = match parts {
        &[a, b]
            if let (Some(a), Some(b)) = (a.as_string(), b.as_string())
                && a.is_short()
                && b.is_short()
                && a.len() + b.len() < 8 =>
        {
            strings.make_of_two(heap, a, b)
        }
        _ => {
            let mut room = ShortRoom::uninit();
            let Some(text) = write_short(parts, &mut room) else { return Value::NIL };
            strings.make(heap, text)
        }
    };
    joined.map_or(Value::NIL, Value::string)
}

/// Room for a short text, and behind it for the words of one more string, or for a number.
type ShortRoom = MaybeUninit<[u64; MAX_SHORT / 8 + MAX_SHORT / 8 + 1]>;
const _: () = assert!(size_of::<ShortRoom>() >= MAX_SHORT + number::NUMBER_BUFFER);

/// The text that strings and numbers make together; None if one is neither, or the text is a long one.
#[inline(always)]
fn write_short<'a>(parts: &[Value], room: &'a mut ShortRoom) -> Option<&'a [u8]> {
    let begin = room.as_mut_ptr().cast::<u8>();
    let mut len = 0;
    for part in parts {
        // PERF: each part is written as whole words, or as a number's whole buffer, of which what exceeds it
        // is overwritten; a call of memcpy takes longer.
        if let Some(s) = part.as_string() {
            for (i, &word) in s.short_words()?.iter().enumerate() {
                // SAFETY: len is at most MAX_SHORT, and there is room for a short string's words behind that.
                unsafe { begin.add(len + 8 * i).cast::<u64>().write_unaligned(word) };
            }
            len += s.len();
        } else {
            let n = part.as_number()?;
            // SAFETY: as above, for a number's buffer, which is written before it is referred to.
            let to = unsafe {
                let to = begin.add(len).cast::<[u8; number::NUMBER_BUFFER]>();
                to.write([0; number::NUMBER_BUFFER]);
                &mut *to
            };
            len += number::format_number(n, to);
        }
        if len > MAX_SHORT {
            return None;
        }
    }
    // SAFETY: so many bytes were written, of the caller's room.
    Some(unsafe { core::slice::from_raw_parts(begin, len) })
}

/// One long string of `total` bytes out of strings.
fn join(l: &mut State, parts: &[Value], total: usize) -> Result<Gc<Str>, Thrown> {
    let bytes = |part: &Value| part.as_string();
    l.global().spend_bytes(total);
    let ends = (parts.first().and_then(bytes), parts.last().and_then(bytes));
    let (Some(first), Some(last)) = ends else { unreachable!("the parts are strings") };
    let hash = l.global().strings.long_hash(total, first.as_bytes(), last.as_bytes());
    if let Some(s) = l.global().strings.known_long(l.heap(), hash, total, |whole| is_joined(whole, parts)) {
        return Ok(s);
    }
    if let Some(grown) = string::append(l.heap(), first, total, |to| write_all(&parts[1..], to)) {
        return Ok(grown);
    }
    safepoint::make_room(l, total); // REACH: the parts lie on the stack
    let joined = StringTable::make_joined(l.heap(), total, |to| write_all(parts, to))?;
    l.global().strings.note_long(hash, joined);
    Ok(joined)
}

/// Writes strings one after the other to where there is room for all.
fn write_all(parts: &[Value], to: *mut u8) {
    let mut at = to;
    for s in parts.iter().filter_map(|part| part.as_string()) {
        // SAFETY: there is room for the sum of the parts' lengths, in which none of them lies.
        unsafe {
            at.copy_from_nonoverlapping(s.data(), s.len());
            at = at.add(s.len());
        }
    }
}

/// Whether the whole is what the parts make together, which is as long.
fn is_joined(whole: &[u8], parts: &[Value]) -> bool {
    let mut rest = whole;
    parts.iter().filter_map(|part| part.as_string()).all(|part| {
        let part = part.as_bytes();
        let same = rest.starts_with(part);
        rest = rest.get(part.len()..).unwrap_or_default();
        same
    })
}

/// Replaces the topmost `n` values by their concatenation (`n >= 1`), with `__concat`.
pub fn concat(l: &mut State, n: usize) -> Result<(), Thrown> {
    let mut left = n;
    while left > 1 {
        // SAFETY: STACK: the topmost values are the caller's.
        let slots = unsafe { core::slice::from_raw_parts_mut(l.top.sub(left), left) };
        match join_tail(l, slots) {
            Ok(joined) => {
                l.drop_values(joined - 1);
                left -= joined - 1;
            }
            Err(JoinError::NotStrings(a, b)) => {
                let metamethod = binary_metamethod(l, a, b, Event::Concat);
                if metamethod.is_nil() {
                    return Err(errors::concat_error(l, a, Operand::Other, b, Operand::Other));
                }
                let result = call_for_result(l, metamethod, &[a, b])?;
                l.drop_values(1);
                l.set_from_top(1, result);
                left -= 1;
            }
            Err(JoinError::Thrown(thrown)) => return Err(thrown),
        }
    }
    Ok(())
}
