//! Fields that a value lacks, or cannot have: looked for where its metatable's `__index` says.
//!
//! Where that has led is remembered by the metatable and the key (`heap::paths`), whatever number of tables
//! lies between; so a method four classes up is found as soon as one in the object's own class. A path may
//! also say that nobody has the key, or whose `__index` is a function to be called. `learn` walks from table
//! to table, and has each watched.
//!
//! Not walked here, but by `vm::access`: seeded tables, chains too long, what is no table in a chain.
//! Not here: what the object itself has (`fields`), stores, globals (`globals`).

use crate::heap::{CALLS, ENDS, Gc, Path};
use crate::object::{Table, Type, Value};
use crate::state::{Event, State};
use crate::vm::access::MAX_META_CHAIN;
use crate::vm::code::Op;
use crate::vm::interp::calls::remember;
use crate::vm::interp::fields::{get_field_along, get_field_in_chain, hash_of};
use crate::vm::interp::frame::opaque;
use crate::vm::interp::named::{become_calling, become_op};
use crate::vm::interp::tables::get_const_slow;
use crate::vm::interp::{Base, Dispatch, Pc};

/// The path from a metatable for a key, a short string, if there is one that leads to a value, to nothing or
/// to a function; null if there is none.
#[inline(always)]
pub(super) unsafe fn path_from(dispatch: *const Dispatch, metatable: Gc<Table>, key: Value) -> *const Path {
    // SAFETY: what a handler was given; a place is a path, valid or not.
    unsafe {
        let paths = &super::global_of(dispatch).heap.paths;
        let begin = metatable.as_ptr() as usize;
        let path = paths.place(begin, key.bits());
        if (*path).tag.get() == paths.tag(begin) { path } else { core::ptr::null() }
    }
}

/// The value that a path leads to for a key; nil if it does not lead to one.
macro_rules! value_by {
    ($path:expr, $l:expr, $metatable:expr, $key:expr) => {
        if (*$path).key.get() == $key.bits() {
            if cfg!(feature = "checks") {
                $crate::vm::interp::inherited::confirm($l, $metatable, $key);
            }
            *(*$path).slot.get().cast::<$crate::object::Value>()
        } else {
            $crate::object::Value::NIL
        }
    };
}

/// Ends the instruction with what the path from a metatable leads to.
macro_rules! follow {
    ($metatable:expr, $key:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        let path = $crate::vm::interp::inherited::path_from($dispatch, $metatable, $key);
        if path.is_null() {
            return $crate::vm::interp::inherited::get_field_unknown($pc, $base, $k, $l, $dispatch, none!());
        }
        let value = value_by!(path, $l, $metatable, $key);
        if value.is_nil() {
            return $crate::vm::interp::inherited::get_field_by_path($pc, $base, $k, $l, path.cast(), none!());
        }
        *$base.add(field_a!($pc)) = value;
        next!($pc, $base, $k, $l, $dispatch)
    }};
}

/// Ends an instruction that reads a key of a table which lacks it.
macro_rules! inherit {
    ($table:expr, $key:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        if $table.is_seeded() {
            slow!($crate::vm::interp::tables::get_const_slow, $pc, $base, $k, $l, $dispatch)
        }
        let Some(metatable) = $table.metatable.get() else {
            *$base.add(field_a!($pc)) = $crate::object::Value::NIL;
            next!($pc, $base, $k, $l, $dispatch)
        };
        follow!(metatable, $key, $pc, $base, $k, $l, $dispatch)
    }};
}

handler! {
    /// R(A) := R(B)[K(C)], and (`SELF`) R(A+1) := R(B) before it: the table lacks the key, if it is like the one that was met
    /// here last. PERF: no node of it need be guessed, and d tells what function its `__index` was, as in a call.
    fn get_inherited<const SELF: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if SELF {
            *base.add(field_a!(pc) + 1) = object;
        }
        let Some(table) = object.as_table() else {
            return get_field_of(pc, base, k, l, dispatch, none!());
        };
        let key = *k.add(field_c!(pc));
        let node = opaque(table.main_node(hash_of(key)));
        if (*node).key.bits() == key.bits() {
            if !(*node).value.is_nil() {
                return get_field_own(pc, base, k, l, dispatch, none!());
            }
        } else if !(*node).is_last() {
            return get_field_in_chain(pc, base, k, l, dispatch, none!());
        }
        // PERF: opaque, so that no register is kept for what was read from the table before.
        let table = &*opaque(table.as_ptr());
        inherit!(table, key, pc, base, k, l, dispatch)
    }
}

handler! {
    /// ... and has it after all.
    #[inline(never)]
    fn get_field_own(pc, base, k, l, dispatch) {
        turn_own(pc);
        return get_field_along(pc, base, k, l, dispatch, none!());
    }
}

/// The instruction has found its field in the table itself.
#[inline(always)]
pub(super) unsafe fn turn_own(pc: Pc) {
    // SAFETY: pc is a word of live code.
    unsafe {
        let op = *pc.cast::<u8>();
        if op == Op::GetInherited as u8 || op == Op::SelfInherited as u8 {
            become_op(pc, if op == Op::GetInherited as u8 { Op::GetField } else { Op::SelfField });
        }
    }
}

handler! {
    /// The instruction, `get_field` or `self_field`, has met a table that lacks the key.
    #[inline(never)]
    fn turn_inherited(pc, base, k, l, dispatch) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_b!(pc))).address() as *mut Table);
        if table.is_seeded() {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        }
        if table.metatable.get().is_none() {
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, dispatch)
        }
        let op = *pc.cast::<u8>();
        if op == Op::GetField as u8 || op == Op::GetInherited as u8 {
            become_calling(pc, Op::GetInherited);
            return get_inherited::<false>(pc, base, k, l, dispatch, none!());
        }
        become_calling(pc, Op::SelfInherited);
        return get_inherited::<true>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A) := R(B)[K(C)], where R(B) is a table that lacks the key.
    #[inline(never)]
    fn get_field_inherited(pc, base, k, l, dispatch) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_b!(pc))).address() as *mut Table);
        let key = *k.add(field_c!(pc));
        inherit!(table, key, pc, base, k, l, dispatch)
    }
}

/// The metatable of a table, a userdata or a string, which may be indexed.
#[inline(always)]
unsafe fn metatable_of(l: *const State, object: Value) -> Option<Gc<Table>> {
    if let Some(table) = object.as_table() {
        table.metatable.get()
    } else if let Some(userdata) = object.as_userdata() {
        userdata.metatable.get()
    } else if object.is_string() {
        // SAFETY: l is the running State.
        unsafe { (*(*l).global).type_metatables[Type::String as usize].get() }
    } else {
        None
    }
}

handler! {
    /// `get_field` of a value that is no table: a string's method, a userdata's, or a metamethod.
    #[inline(never)]
    fn get_field_of(pc, base, k, l, dispatch) {
        let Some(metatable) = metatable_of(l, *base.add(field_b!(pc))) else {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        };
        let key = *k.add(field_c!(pc));
        follow!(metatable, key, pc, base, k, l, dispatch)
    }
}

handler! {
    /// The path, in the place of the dispatch table, leads to no value: to nothing, or to a function that is
    /// to be called; or it is another key's.
    #[inline(never)]
    fn get_field_by_path(pc, base, k, l, path) {
        let key = *k.add(field_c!(pc));
        if (*path.cast::<Path>()).key.get() == key.bits() | ENDS {
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, super::dispatch_of(l))
        }
        // PERF: a word that remembers no code has mostly called a native function.
        if field_d!(pc) == 0 {
            return get_field_by_native(pc, base, k, l, path, none!());
        }
        return get_field_by_function(pc, base, k, l, path, none!());
    }
}

/// What the function that a path leads to is asked: the table at the path's end, or the one that the path begins at.
///
/// # Safety
/// A path that leads to a function.
#[inline(always)]
pub(super) unsafe fn end_of(path: *const Path, begin: Value) -> Value {
    // SAFETY: the caller's promise: an owner is alive as long as the path is.
    unsafe {
        let owner = (*path).owner.get().cast::<Table>();
        if owner.is_null() { begin } else { Value::table(Gc::from_ptr(owner)) }
    }
}

/// The same for an instruction that reads R(B).
///
/// # Safety
/// As there, in the handler of the instruction at `pc`.
#[inline(always)]
unsafe fn receiver(path: *const Path, base: Base, pc: Pc) -> Value {
    // SAFETY: the caller's promise.
    unsafe { end_of(path, *base.add(field_b!(pc))) }
}

handler! {
    /// ... to a function, unless it is another key's: to one of the code that was called here before.
    #[inline(never)]
    fn get_field_by_function(pc, base, k, l, path) {
        let found = path.cast::<Path>();
        let key = *k.add(field_c!(pc));
        if (*found).key.get() == key.bits() | CALLS && !(*l).is_traced() {
            let f = *(*found).slot.get().cast::<Value>();
            call_as_before!(f, [receiver(found, base, pc), key], pc, l, super::dispatch_of(l));
        }
        // Of tables the word may remember where their fields lie.
        if !(*base.add(field_b!(pc))).is_table() {
            pc.cast_mut().cast::<u32>().add(1).write(0);
        }
        return get_field_by_native(pc, base, k, l, path, none!());
    }
}

handler! {
    /// ... to a native one. PERF: by a handler that saves no registers.
    #[inline(never)]
    fn get_field_by_native(pc, base, k, l, path) {
        let found = path.cast::<Path>();
        let key = *k.add(field_c!(pc));
        if (*found).key.get() == key.bits() | CALLS && !(*l).is_traced() {
            let f = *(*found).slot.get().cast::<Value>();
            call_native_metamethod!(f, [receiver(found, base, pc), key], pc, l, super::dispatch_of(l));
        }
        return get_field_by_any_function(pc, base, k, l, path, none!());
    }
}

handler! {
    /// ... to any function, unless it is another key's.
    #[inline(never)]
    fn get_field_by_any_function(pc, base, k, l, path) {
        let dispatch = super::dispatch_of(l);
        let path = path.cast::<Path>();
        let key = *k.add(field_c!(pc));
        if (*path).key.get() == key.bits() | CALLS && !(*l).is_traced() {
            let f = *(*path).slot.get().cast::<Value>();
            let object = receiver(path, base, pc);
            // Who finds fields in the tables themselves remembers where.
            let op = *pc.cast::<u8>();
            let finds = op == Op::GetField as u8 || op == Op::SelfField as u8;
            if let Some(closure) = f.as_lua_closure()
                && (!finds || !(*base.add(field_b!(pc))).is_table())
            {
                remember(pc, closure.entry.get());
            }
            call_metamethod!(f, [object, key], pc, l, dispatch)
        }
        return get_field_unknown(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// No path is known.
    #[inline(never)]
    fn get_field_unknown(pc, base, k, l, dispatch) {
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(metatable) = table.metatable.get()
            && metatable.absent.get() >> Event::Index as u32 & 1 != 0
        {
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, dispatch)
        }
        return find_path(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// Nothing is known of this metatable and key.
    #[inline(never)]
    fn find_path(pc, base, k, l, dispatch) {
        if let Some(metatable) = metatable_of(l, *base.add(field_b!(pc)))
            && learn(l, metatable, *k.add(field_c!(pc)))
        {
            if (*base.add(field_b!(pc))).is_table() {
                return get_field_along(pc, base, k, l, dispatch, none!());
            }
            return get_field_of(pc, base, k, l, dispatch, none!());
        }
        return get_const_slow(pc, base, k, l, dispatch, none!());
    }
}

/// Where a walk ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Value(*mut Value),
    /// At a function, the `__index` that the table named last has by its metatable; null: the object itself.
    Function(*mut Value, *mut Table),
    Nothing,
}

/// Walks from a metatable to where a key, a short string that has been one, is found. None: that takes more.
fn walk(l: &State, metatable: Gc<Table>, key: Value) -> Option<End> {
    let index = l.global().event_name(Event::Index);
    let hash = key.as_string()?.short_hash()?;
    let mut metatable = metatable;
    let mut owner: *mut Table = core::ptr::null_mut();
    for _ in 0..MAX_META_CHAIN - 1 {
        let node = metatable.node_along(Value::string(index), index.known_hash());
        // SAFETY: a node of the metatable.
        let f = if node.is_null() { Value::NIL } else { unsafe { (*node).value } };
        if metatable.is_seeded() || f.is_nil() && owner.is_null() {
            if f.is_nil() && !metatable.is_seeded() {
                metatable.absent.set(metatable.absent.get() | 1 << Event::Index as u32);
            }
            return None;
        }
        metatable.watch();
        if f.is_nil() {
            return Some(End::Nothing);
        }
        if f.is_function() {
            return Some(End::Function(node.cast(), owner));
        }
        let table = f.as_table()?;
        table.watch();
        let node = table.node_along(key, hash);
        // SAFETY: a node of the table.
        if !node.is_null() && unsafe { !(*node).value.is_nil() } {
            return Some(End::Value(node.cast()));
        }
        if table.is_seeded() {
            return None;
        }
        let Some(next) = table.metatable.get() else { return Some(End::Nothing) };
        (metatable, owner) = (next, table.as_ptr());
    }
    None
}

/// Finds the path of a key from a metatable, and remembers it; false: there is none to be remembered, or
/// it is known already, and leads to no value.
#[inline(never)]
pub(super) unsafe extern "C" fn learn(l: *const State, metatable: Gc<Table>, key: Value) -> bool {
    // SAFETY: l is the running State.
    let l = unsafe { &*l };
    if is_known(l, metatable, key) {
        return false;
    }
    let Some(end) = walk(l, metatable, key) else { return false };
    let (kind, slot, owner) = match end {
        End::Value(slot) => (0, slot, core::ptr::null_mut()),
        End::Function(slot, owner) => (CALLS, slot, owner),
        End::Nothing => (ENDS, core::ptr::null_mut(), core::ptr::null_mut()),
    };
    let heap = l.heap();
    let begin = metatable.as_ptr() as usize;
    let path = Path {
        tag: heap.paths.tag(begin).into(),
        key: (key.bits() | kind).into(),
        slot: slot.cast::<()>().into(),
        owner: owner.cast::<()>().into(),
    };
    heap.paths.remember(heap, begin, key.bits(), path)
}

/// Whether the path of a key is known and leads to no slot.
fn is_known(l: &State, metatable: Gc<Table>, key: Value) -> bool {
    let paths = &l.heap().paths;
    let begin = metatable.as_ptr() as usize;
    // SAFETY: a string constant that has been a key; the places are the heap's.
    let path = unsafe { &*paths.place(begin, key.bits()) };
    path.tag.get() == paths.tag(begin) && path.key.get() & !(CALLS | ENDS) == key.bits() && path.key.get() != key.bits()
}

/// PATHS, for builds that check: the path of a key leads where a walk does, or to a slot without value.
///
/// # Panics
/// If it does not.
#[cold]
#[inline(never)]
pub(super) unsafe fn confirm(l: *const State, metatable: Gc<Table>, key: Value) {
    // SAFETY: l is the running State; a path that was found, and leads to a slot.
    unsafe {
        let path = (*l).heap().paths.place(metatable.as_ptr() as usize, key.bits());
        let slot = (*path).slot.get().cast::<Value>();
        let walked = walk(&*l, metatable, key);
        assert!((*slot).is_nil() || walked == Some(End::Value(slot)), "a path leads astray");
    }
}
