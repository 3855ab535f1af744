//! `debug.sethook` and `gethook`: one host hook for all threads, which calls the Lua function that
//! a table in the registry has for the running thread.
//!
//! The table's keys are weak, so that a thread's hook does not outlive it.

use core::ffi::{c_int, c_void};

use super::thread_meant;
use crate::heap::Gc;
use crate::object::{Table, Type, Value};
use crate::runtime::args::until_nul;
use crate::state::{Event, HookFn, Known, NativeResult, Outcome, State, Thrown};
use crate::vm::hooks::{ActivationRecord, MASK_CALL, MASK_COUNT, MASK_LINE, MASK_RETURN};
use crate::vm::{call, hooks};

/// Its address is the table's key in the registry.
static KEY: u8 = 0;

const LETTERS: [(u8, u8); 3] = [(b'c', MASK_CALL), (b'r', MASK_RETURN), (b'l', MASK_LINE)];

/// By number.
const EVENTS: [Known; 5] = [Known::Call, Known::Return, Known::Line, Known::Count, Known::TailReturn];

/// `sethook([thread,] function, mask [, count])`; without a function there is no hook.
pub fn sethook(l: &mut State) -> NativeResult {
    let (of, skip) = thread_meant(l);
    let (hook, mask, count) = if l.is_none_or_nil(skip + 1) {
        (None, 0, 0)
    } else {
        let letters = l.check_bytes(skip + 2)?;
        l.check_type(skip + 1, Type::Function)?;
        let count = l.opt_int(skip + 3, 0)?;
        (Some(run_hook as HookFn), mask_of(until_nul(letters.as_bytes()), count), count)
    };
    let function = if hook.is_some() { l.arg(skip + 1) } else { Value::NIL };
    let table = hook_table(l)?;
    let key = Value::from_object(of);
    if let Err(e) = table.set(l.heap(), key, function) {
        return Err(l.table_error(e));
    }
    // SAFETY: a live thread's handle.
    unsafe { hooks::set_hook(of.as_ptr(), hook, mask, count) };
    Ok(Outcome::Return(0))
}

fn mask_of(letters: &[u8], count: i32) -> u8 {
    let mask = LETTERS.iter().filter(|(letter, _)| letters.contains(letter));
    mask.map(|(_, bit)| bit).sum::<u8>() | if count > 0 { MASK_COUNT } else { 0 }
}

/// `gethook([thread])`: function, mask, count.
pub fn gethook(l: &mut State) -> NativeResult {
    let (of, _) = thread_meant(l);
    match of.hook.function() {
        Some(hook) if !core::ptr::fn_addr_eq(hook, run_hook as HookFn) => {
            l.push_bytes(b"external hook")?;
        }
        _ => {
            let function = hook_table(l)?.get(Value::from_object(of));
            l.push(function);
        }
    }
    let mut letters = [0; LETTERS.len()];
    let mut len = 0;
    for (letter, bit) in LETTERS {
        if &of.hook_mask & bit != 0 {
            letters[len] = letter;
            len += 1;
        }
    }
    l.push_bytes(&letters[..len])?;
    l.push(Value::number(of.hook.interval() as f64));
    Ok(Outcome::Return(3))
}

/// The registry's table from threads to hooks, made at first use.
fn hook_table(l: &mut State) -> Result<Gc<Table>, Thrown> {
    let registry = l.global().registry_table();
    let Some(word) = Value::light_word(&raw const KEY as usize) else {
        unreachable!("a program's own data lies where every pointer fits")
    };
    let key = Value::light(word);
    if let Some(t) = registry.get(key).as_table() {
        return Ok(t);
    }
    // No safepoint comes before the new table is in the registry (REACH).
    let make = || {
        let heap = l.heap();
        let table = Table::with_capacity(heap, 0, 1)?;
        let mode = l.global().event_name(Event::Mode);
        let weak_keys = l.global().strings.make(heap, b"k")?;
        table.set_str(heap, mode, Value::string(weak_keys))?;
        table.metatable.set(Some(table)); // NOBARRIER: the table is new, so white
        registry.set(heap, key, Value::table(table))?;
        Ok(table)
    };
    match make() {
        Ok(table) => Ok(table),
        Err(e) => Err(l.table_error(e)),
    }
}

/// The hook that the VM calls: `function(event, line)`.
unsafe extern "C" fn run_hook(l: *mut State, activation: *mut c_void) {
    // SAFETY: the VM passes the running State and a lua_Debug, and touches neither meanwhile.
    let (l, event, line) = unsafe {
        let activation = &*activation.cast::<ActivationRecord>();
        (&mut *l, activation.event, activation.currentline)
    };
    if let Err(thrown) = call_hook(l, event, line) {
        call::throw(l, thrown); // nothing here is left to drop
    }
}

fn call_hook(l: &mut State, event: c_int, line: c_int) -> Result<(), Thrown> {
    let table = hook_table(l)?;
    let function = table.get(Value::from_object(l.handle()));
    if !function.is_function() {
        return Ok(()); // inherited from the thread's creator: its function is not this thread's
    }
    let Some(&name) = usize::try_from(event).ok().and_then(|i| EVENTS.get(i)) else { return Ok(()) };
    l.ensure_stack(4)?;
    // COMPAT: it lies there in the reference, where debug.getlocal finds it behind the values of the function
    // that the hook is about.
    l.push(Value::table(table));
    l.push(function);
    l.push(Value::string(l.global().known(name)));
    l.push(if line >= 0 { Value::number(line as f64) } else { Value::NIL });
    call::call(l, 2, 0)
}
