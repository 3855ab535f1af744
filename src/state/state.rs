//! A thread: `lua_State`.
//!
//! STACK: `stack ≤ base ≤ top ≤ stack_limit`; every slot below the array's end is initialised;
//! `SPARE` slots lie above `stack_limit` for the few values the VM itself pushes without a check.
//!
//! Not here: stack and frame arithmetic (`stack`), calls (`vm`).

use crate::heap::{Gc, GcHeader, HeapObject, Kind, OutOfMemory};
use crate::object::{Table, UpVal, Value};
use crate::state::{CallInfo, Global, Hook, HookMask, Status, live};

/// Slots a native function may use without asking (`LUA_MINSTACK`).
pub const MIN_STACK: usize = 20;
/// Slots above the limit.
pub const SPARE: usize = 8;

/// More calls than there may be, see `State::plain_c_calls`.
pub const NOT_PLAIN: u16 = u16::MAX;

/// PERF: two cache lines, for a program may have very many threads. What one thread at a time needs is the Global's.
#[repr(C)]
pub struct State {
    header: GcHeader,
    /// A host has had the thread's address: its stack may change at any time.
    pub exposed: bool,
    /// It is on the Global's list of threads with open upvalues.
    pub listed: bool,
    /// `Ok` while it runs or has not begun, `Yield` while suspended, else how it died.
    pub status: Status,
    pub allow_hook: bool,
    pub hook_mask: HookMask,
    /// An overflow has enlarged the stack or the frame array beyond the ordinary limits.
    pub overflown: bool,
    pub top: *mut Value,
    pub ci: *mut CallInfo,
    pub global: *mut Global,
    pub stack_limit: *mut Value,
    pub stack: *mut Value,
    pub ci_base: *mut CallInfo,
    /// Behind the last frame of the array.
    pub ci_limit: *mut CallInfo,
    /// `LUA_GLOBALSINDEX`.
    pub globals: Gc<Table>,
    /// The environment the API hands out for C code outside functions, see `index2adr`'s ENVIRON.
    pub open_upvalues: Option<Gc<UpVal>>,
    /// Offset in bytes from `stack` of the message handler in force, 0 for none.
    pub errfunc: i32,
    /// How many coroutines, each resumed by the one before, lead down to this one.
    pub nesting: u16,
    /// `c_calls` when this coroutine was resumed: equal to it when it may yield.
    pub base_c_calls: u16,
    /// Runs of the interpreter entered by foreign C code on this thread, plus those of its resumer.
    // PERF: this and the next are a word, so that machine code looks at both at once (`jit::switches`).
    pub c_calls: u16,
    /// The same as `base_c_calls` of a coroutine whose resumer is a builtin that wants a certain number of results (`fast::coroutine`);
    /// `NOT_PLAIN` of one that was resumed otherwise.
    pub plain_c_calls: u16,
    /// Builtins of this thread that wait for a call they asked for. Those that wait for a coroutine do not count: nothing
    /// runs on the thread meanwhile.
    pub waiting: u32,
    pub hook: Hook,
    /// Who resumed this coroutine from Lua; null for the main thread, for a coroutine resumed by
    /// C, and while it does not run.
    pub resumer: *mut State,
    /// The link of the Global's list of threads with open upvalues.
    pub next_listed: Option<Gc<State>>,
}

const _: () = assert!(size_of::<State>() == 128);

// SAFETY: repr(C), begins with its header, allocated as Kind::Thread only.
unsafe impl HeapObject for State {
    const KIND: Kind = Kind::Thread;
}

impl State {
    /// The Global of this thread.
    ///
    /// The lifetime is unbounded because the Global outlives every use of its threads (ONEWORLD).
    #[inline(always)]
    pub fn global(&self) -> &'static Global {
        // SAFETY: ONEWORLD: a thread's Global lives until lua_close, after which no State is used.
        unsafe { &*self.global }
    }

    #[inline(always)]
    pub fn heap(&self) -> &'static crate::heap::Heap {
        &self.global().heap
    }

    #[inline(always)]
    pub fn handle(&self) -> Gc<State> {
        // SAFETY: every State is a heap object, and we hold a reference to it.
        unsafe { Gc::from_ptr((self as *const State).cast_mut()) }
    }

    pub fn is_main(&self) -> bool {
        self.global().main_thread.get() == Some(self.handle())
    }

    /// A thread with an empty stack, sharing `creator`'s Global, globals table and hooks; the main
    /// thread when there is no creator. A host that is to have its address finds the room it may use
    /// without asking; a coroutine of a script only that for its function, of so many `registers`, and frames for
    /// that and for the `yield` that it calls. Any other call makes the room it needs.
    pub fn new(
        global: &Global,
        globals: Gc<Table>,
        creator: Option<&State>,
        exposed: bool,
        registers: usize,
    ) -> Result<Gc<State>, OutOfMemory> {
        let heap = &global.heap;
        let stack_slots = match (creator, exposed) {
            (None, _) => 2 * MIN_STACK + SPARE,
            (_, true) => 1 + MIN_STACK + SPARE,
            (_, false) => 2 + registers + SPARE,
        };
        let frames = match (creator, exposed) {
            (None, _) => 8,
            (_, true) => 1,
            (_, false) => 3,
        };
        let room = if exposed || creator.is_none() { MIN_STACK } else { 0 };
        let stack = heap.alloc_array::<Value>(stack_slots)?;
        let ci_base = match heap.alloc_array::<CallInfo>(frames) {
            Ok(p) => p,
            Err(e) => {
                // SAFETY: ALLOC: just taken, with this count.
                unsafe { heap.free_array(stack, stack_slots) };
                return Err(e);
            }
        };
        let cell = match heap.alloc_object(size_of::<State>(), Kind::Thread) {
            Ok(p) => p.cast::<State>().as_ptr(),
            Err(e) => {
                // SAFETY: ALLOC: just taken, with these counts.
                unsafe {
                    heap.free_array(stack, stack_slots);
                    heap.free_array(ci_base, frames);
                }
                return Err(e);
            }
        };
        // SAFETY: fresh memory of the right sizes; the header is kept, all else written.
        unsafe {
            let stack = stack.as_ptr();
            for i in 0..stack_slots {
                stack.add(i).write(Value::NIL);
            }
            let header = cell.cast::<GcHeader>().read();
            cell.write(State {
                header,
                exposed: exposed || creator.is_none(),
                listed: false,
                status: Status::Ok,
                allow_hook: true,
                hook_mask: HookMask::new(creator.map_or(0, |l| l.hook_mask.get())),
                overflown: false,
                top: stack.add(1),
                ci: ci_base.as_ptr(),
                global: (global as *const Global).cast_mut(),
                stack_limit: stack.add(stack_slots - SPARE),
                stack,
                ci_base: ci_base.as_ptr(),
                ci_limit: ci_base.as_ptr().add(frames),
                globals,
                open_upvalues: None,
                errfunc: 0,
                nesting: 0,
                c_calls: 0,
                base_c_calls: 0,
                plain_c_calls: NOT_PLAIN,
                waiting: 0,
                hook: creator.map_or_else(Hook::new, |l| Hook::inherited(&l.hook)),
                resumer: core::ptr::null_mut(),
                next_listed: None,
            });
            (*cell).ci.write(CallInfo::bottom(stack, stack.add(1 + room)));
            CallInfo::prepare((*cell).ci.add(1), frames - 1);
            let thread = Gc::from_ptr(cell);
            live::enter(cell);
            global.hooked.exchange(0, (*cell).hook_mask.get());
            Ok(thread)
        }
    }

    /// Whether nothing can change the thread's stack before it is resumed: then the collector need
    /// not look at it again (`touch`).
    pub fn is_quiet(&self) -> bool {
        let suspended = match self.status {
            Status::Ok => self.frame_index() == 0 && self.c_calls == 0 && self.resumer.is_null(),
            _ => true,
        };
        suspended && !self.exposed && self.open_upvalues.is_none()
    }

    /// Says that the stack of a thread that may be quiet is about to change.
    #[inline]
    pub fn touch(&self) {
        if self.header.is_black() {
            self.heap().back_slow(self.handle().header());
        }
    }

    /// For handlers: whether `touch` would do something.
    #[inline(always)]
    pub fn needs_touch(&self) -> bool {
        self.header.is_black()
    }

    /// Says that a host is given the thread's address: it may push values without asking. If there is no memory
    /// for that now, its first push asks again.
    pub fn expose(&mut self) {
        self.touch();
        if !core::mem::replace(&mut self.exposed, true) && !self.frame().is_lua() {
            let slots = self.stack_used() + MIN_STACK + SPARE;
            if slots <= self.stack_size() || self.move_stack(slots).is_ok() {
                let top = self.top.wrapping_add(MIN_STACK);
                let frame = self.frame_mut();
                frame.top = frame.top.max(top);
            }
        }
    }

    /// Frees what a dead thread owns; the object's cell is the sweep's.
    ///
    /// # Safety
    /// The thread is dead, and not listed; its open upvalues that live on have been closed.
    pub unsafe fn free_parts(this: Gc<State>, global: &Global) {
        // SAFETY: the caller's promise: nobody else looks at the thread.
        let l = unsafe { &mut *this.as_ptr() };
        live::leave(l);
        global.hooked.exchange(l.hook_mask.get(), 0);
        // SAFETY: ALLOC: the thread's own arrays with their counts.
        unsafe {
            let heap = &global.heap;
            heap.free_array(core::ptr::NonNull::new_unchecked(l.stack), l.stack_size());
            heap.free_array(core::ptr::NonNull::new_unchecked(l.ci_base), l.ci_size());
        }
    }
}
