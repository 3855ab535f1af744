//! What an object refers to.
//!
//! Not here: what of it counts (weak tables: `mark`).

use crate::heap::{Gc, GcHeader, Kind};
use crate::object::{LuaClosure, NativeClosure, Node, Proto, Str, Table, UpVal, Userdata, Value};
use crate::state::State;

/// Shows each object that `object` refers to, tables as if they were strong.
pub fn for_each(object: Gc<GcHeader>, f: &mut impl FnMut(Gc<GcHeader>)) {
    match object.kind() {
        Kind::Free | Kind::Str => {}
        Kind::Table => table(object.cast(), f),
        Kind::LuaClosure => lua_closure(object.cast(), f),
        Kind::NativeClosure => native_closure(object.cast(), f),
        Kind::Userdata => userdata(object.cast(), f),
        Kind::Thread => thread(object.cast(), f),
        Kind::Proto => proto(object.cast(), f),
        Kind::UpVal => value(object.cast::<UpVal>().get(), f),
    }
}

#[inline(always)]
pub fn value(v: Value, f: &mut impl FnMut(Gc<GcHeader>)) {
    if let Some(object) = v.as_object() {
        f(object);
    }
}

fn name(s: Option<Gc<Str>>, f: &mut impl FnMut(Gc<GcHeader>)) {
    if let Some(s) = s {
        f(s.header());
    }
}

fn table(t: Gc<Table>, f: &mut impl FnMut(Gc<GcHeader>)) {
    if let Some(metatable) = t.metatable.get() {
        f(metatable.header());
    }
    for slot in t.array_slots() {
        value(slot.get(), f);
    }
    for node in nodes(&t) {
        if !node.value.is_nil() {
            value(node.key, f);
            value(node.value, f);
        }
    }
}

/// The nodes of a table that are its own.
pub fn nodes(t: &Table) -> &[Node] {
    // SAFETY: the hash part has node_count initialised nodes; nobody writes while the collector
    // looks (ALIAS).
    unsafe { core::slice::from_raw_parts(t.node_ptr(), t.node_count()) }
}

#[inline]
fn lua_closure(c: Gc<LuaClosure>, f: &mut impl FnMut(Gc<GcHeader>)) {
    f(c.proto.header());
    f(c.env.get().header());
    for i in 0..c.upvalue_count() {
        if let Some(upvalue) = c.upvalue(i) {
            f(upvalue.header());
        }
    }
}

fn native_closure(c: Gc<NativeClosure>, f: &mut impl FnMut(Gc<GcHeader>)) {
    f(c.env.get().header());
    for slot in c.upvalues() {
        value(slot.get(), f);
    }
}

fn userdata(u: Gc<Userdata>, f: &mut impl FnMut(Gc<GcHeader>)) {
    if let Some(metatable) = u.metatable.get() {
        f(metatable.header());
    }
    f(u.env.get().header());
}

fn proto(p: Gc<Proto>, f: &mut impl FnMut(Gc<GcHeader>)) {
    name(p.source, f);
    for constant in p.constants.iter() {
        value(*constant, f);
    }
    for inner in p.protos.iter() {
        f(inner.header());
    }
    for local in p.locals.iter() {
        name(local.name, f);
    }
    for upvalue in p.upvalue_names.iter() {
        name(*upvalue, f);
    }
}

fn thread(l: Gc<State>, f: &mut impl FnMut(Gc<GcHeader>)) {
    f(l.globals.header());
    // SAFETY: a thread's resumer is alive as long as the thread runs.
    if let Some(resumer) = unsafe { l.resumer.as_ref() } {
        f(resumer.handle().header());
    }
    let mut slot = l.stack;
    let end = live_end(&l);
    while slot < end {
        // SAFETY: STACK: every slot of the array is initialised.
        unsafe {
            value(*slot, f);
            slot = slot.add(1);
        }
    }
}

/// The end of what a thread's stack holds. A Lua function may use its whole frame, and does not
/// keep `top` while it runs; for any other function `top` is exact.
///
/// Slots above are dead. They may be stale, and become part of a frame again; so the atomic step
/// clears them: no slot ever holds an object that has been freed.
pub fn live_end(l: &State) -> *mut Value {
    let frame = l.frame();
    if frame.is_lua() { l.top.max(frame.top) } else { l.top }
}

/// Bytes that a traversal looks through.
pub fn size(object: Gc<GcHeader>) -> usize {
    match object.kind() {
        Kind::Free => 0,
        Kind::Str => object.cast::<Str>().object_size(),
        Kind::Table => object.cast::<Table>().object_size(),
        Kind::LuaClosure => object.cast::<LuaClosure>().object_size(),
        Kind::NativeClosure => object.cast::<NativeClosure>().object_size(),
        Kind::Userdata => size_of::<Userdata>(),
        Kind::UpVal => size_of::<UpVal>(),
        Kind::Proto => {
            let p: Gc<Proto> = object.cast();
            size_of::<Proto>()
                + size_of_val(&*p.constants)
                + size_of_val(&*p.protos)
                + size_of_val(&*p.locals)
        }
        Kind::Thread => {
            let l: Gc<State> = object.cast();
            size_of::<State>() + (live_end(&l) as usize).saturating_sub(l.stack as usize)
        }
    }
}
