//! Making and closing a state.

use core::ffi::c_void;
use core::ptr::NonNull;

use crate::gc;
use crate::heap::{AllocFn, Gc, OutOfMemory};
use crate::object::{Table, Value};
use crate::state::{Global, State};
use crate::vm::code::{self, HALT};
use crate::vm::boundary::exceptions;
use crate::vm::{hooks, safepoint};

/// `lua_newstate`: None when the allocator refuses anything on the way; nothing is leaked then.
pub fn new_state(alloc: AllocFn, ud: *mut c_void) -> Option<Gc<State>> {
    // SAFETY: the host's function with lua_Alloc's contract; a fresh block.
    let block = unsafe { alloc(ud, core::ptr::null_mut(), 0, size_of::<Global>()) };
    let global = NonNull::new(block.cast::<Global>())?;
    // SAFETY: a fresh block of the right size, which lua_Alloc aligns for anything.
    unsafe { Global::make(global.as_ptr(), alloc, ud, seed(global), hooks::plain_words()) };
    // SAFETY: just made; it lives until `release`.
    let global = unsafe { &*global.as_ptr() };
    match build(global) {
        Ok(main) => Some(main),
        Err(OutOfMemory) => {
            release(global);
            None
        }
    }
}

/// Something that differs from state to state and from run to run: where memory lies.
fn seed(global: NonNull<Global>) -> u64 {
    let here = 0u8;
    let stack = &raw const here as u64;
    (global.as_ptr() as u64).rotate_left(32) ^ stack ^ seed as *const () as u64
}

fn build(global: &Global) -> Result<Gc<State>, OutOfMemory> {
    let heap = &global.heap;
    // SAFETY: the meter is part of the Global, as the heap is, which stays where it is to its end.
    unsafe { heap.count_in(NonNull::from(&global.switchboard.meter)) };
    global.switchboard.global.set(global);
    global.switchboard.current.set(&raw const global.switchboard);
    global.free_exec.set(Some(code::free));
    hooks::suit_processor(global);
    global.make_fixed_strings()?;
    let globals = Table::with_capacity(heap, 0, 2).map_err(|_| OutOfMemory)?;
    let registry = Table::with_capacity(heap, 0, 2).map_err(|_| OutOfMemory)?;
    global.registry.set(Value::table(registry));
    let main = State::new(global, globals, None, true, 0)?;
    global.main_thread.set(Some(main));
    // SAFETY: the thread is new and nobody else's.
    unsafe { (*main.as_ptr()).frame_mut().pc = &raw const HALT };
    // From here on the collector may run.
    gc::start_pacing(global);
    Ok(main)
}

/// `lua_close`: finalizers of all userdata, then every byte goes back to the host.
///
/// # Safety
/// `l` is a thread of a live state; nothing of that state is used afterwards.
pub unsafe fn close(l: *mut State) {
    // SAFETY: the caller's promise.
    let global = unsafe { (*l).global() };
    if let Some(main) = global.main_thread.get() {
        // SAFETY: as above; from here on only the main thread runs.
        let l = unsafe { &mut *main.as_ptr() };
        let stack = l.stack;
        l.close_upvalues(stack);
        global.gc.closing.set(true);
        gc::separate_all(global);
        loop {
            reset(l);
            // An error in a finalizer ends that one only.
            if safepoint::run_finalizers(l).is_ok() {
                break;
            }
            exceptions::release(&global.recovery);
        }
    }
    let unloads = global.unloads.get().cast::<Unload>();
    release(global);
    unload_all(unloads);
}

/// A C module whose handle has been finalized by `close`.
struct Unload {
    handle: *mut c_void,
    next: *mut Unload,
}

/// Ends the use of a C module. While the state is closed the module stays until all is freed, for a
/// finalizer still to come or the allocator may be its code.
pub fn unload(l: &State, handle: *mut c_void) {
    let global = l.global();
    if !global.gc.closing.get() {
        // SAFETY: the handle is open, and not used again.
        unsafe { libc::dlclose(handle) };
        return;
    }
    // SAFETY: fresh memory of the right size. Not the host's: it must last longer. Refused, the module
    // stays loaded, which serves as well.
    unsafe {
        let entry = libc::malloc(size_of::<Unload>()).cast::<Unload>();
        if !entry.is_null() {
            entry.write(Unload { handle, next: global.unloads.get().cast() });
            global.unloads.set(entry.cast());
        }
    }
}

fn unload_all(list: *mut Unload) {
    let mut list = list;
    while !list.is_null() {
        // SAFETY: entries and handles are as `unload` made them, and used once.
        unsafe {
            let Unload { handle, next } = list.read();
            libc::free(list.cast());
            libc::dlclose(handle);
            list = next;
        }
    }
}

/// Makes a thread's stack as empty as a new one's.
fn reset(l: &mut State) {
    l.ci = l.ci_base;
    let base = l.frame().base;
    l.top = base;
    l.errfunc = 0;
    l.c_calls = 0;
    l.waiting = 0;
    l.base_c_calls = 0;
    l.global().c_depth.set(0);
    l.frame_mut().pc = &raw const HALT;
}

/// Frees everything a Global owns, and itself.
fn release(global: &Global) {
    global.patterns.release(&global.heap);
    gc::free_all(global);
    // SAFETY: nothing runs any more.
    unsafe { global.native_loops.release() };
    let (alloc, ud) = global.heap.allocator();
    let block = (global as *const Global).cast_mut().cast();
    // SAFETY: ALLOC: as `new_state` took it; nobody uses the Global any more.
    unsafe { alloc(ud, block, size_of::<Global>(), 0) };
}
