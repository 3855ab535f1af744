//! A host for tests of the heap: an allocator that keeps accounts and refuses at will, and a state
//! that has just been made.

#![allow(dead_code, reason = "not every test uses all of it")]

pub mod global;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ffi::c_void;

use ferrouslua::gc;
use ferrouslua::heap::Gc;
use ferrouslua::object::{Table, Value};
use ferrouslua::state::{Global, State};

/// What the host's allocator knows: the blocks it gave out, and when to refuse.
#[derive(Default)]
pub struct Host {
    pub blocks: HashMap<usize, usize>,
    /// Refuse everything.
    pub refuse: bool,
    /// Refuse one request in so many; 0 for none.
    pub refuse_one_in: u64,
    /// Refuse the request that comes after so many others.
    pub refuse_at: Option<u64>,
    pub random: u64,
}

pub unsafe extern "C" fn host_alloc(ud: *mut c_void, p: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: ud is the test's Host, used by nobody else during the call.
    let host = unsafe { &mut *ud.cast::<Host>() };
    let known = if p.is_null() { 0 } else { *host.blocks.get(&(p as usize)).expect("a block of ours") };
    assert_eq!(old, known, "a block's size as it was asked for");
    if new == 0 {
        host.blocks.remove(&(p as usize));
        // SAFETY: p came from malloc.
        unsafe { libc::free(p) };
        return std::ptr::null_mut();
    }
    host.random = host.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    let unlucky = host.refuse_one_in != 0 && (host.random >> 33).is_multiple_of(host.refuse_one_in);
    let mut now = host.refuse || unlucky;
    if let Some(left) = host.refuse_at {
        now |= left == 0;
        host.refuse_at = left.checked_sub(1);
    }
    if new > old && now {
        return std::ptr::null_mut();
    }
    // SAFETY: p is null or came from malloc.
    let q = unsafe { libc::realloc(p, new) };
    assert!(!q.is_null());
    host.blocks.remove(&(p as usize));
    host.blocks.insert(q as usize, new);
    q
}

pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % n as u64) as usize
    }
}

pub fn new_global(seed: u64) -> (Box<Cell<*mut Host>>, Box<Global>, Gc<State>) {
    let host = Box::into_raw(Box::new(Host { random: seed, ..Host::default() }));
    let global = global::boxed(host_alloc, host.cast(), seed);
    global.make_fixed_strings().unwrap();
    let registry = Table::new(&global.heap).unwrap();
    global.registry.set(Value::table(registry));
    let globals = Table::new(&global.heap).unwrap();
    let main = State::new(&global, globals, None, true, 2).unwrap();
    global.main_thread.set(Some(main));
    gc::start_pacing(&global);
    (Box::new(Cell::new(host)), global, main)
}

/// Closes the state: every byte must go back.
pub fn close(host: &Cell<*mut Host>, global: &Global) {
    gc::free_all(global);
    assert_eq!(global.heap.in_use(), 0);
    // SAFETY: the host is ours, and the heap does not use it any more.
    let host = unsafe { Box::from_raw(host.get()) };
    assert_eq!(host.blocks.len(), 0, "blocks the host did not get back: {:?}", host.blocks);
}

pub fn all_objects(global: &Global) -> HashSet<usize> {
    let mut all = HashSet::new();
    global.heap.blocks.for_each(&mut |object| {
        assert!(all.insert(object.as_ptr() as usize), "an object met twice");
    });
    all
}

/// A handle to an object whose kind is known.
pub fn object<T>(at: usize) -> Gc<T> {
    // SAFETY: the model says that an object of this type lives there.
    unsafe { Gc::from_ptr(at as *mut T) }
}
