//! Functions and the variables they share.
//!
//! A native closure is seen by a host as a `lua_CFunction`; our own builtins carry a Rust entry
//! beside it, which the VM calls without the C boundary. Both entries are untyped here, because a
//! State is not known in this layer; `state::native` gives them their types.
//!
//! An upvalue is *open* while its variable lives in a stack slot, and *closed* when it holds the
//! value itself; `v` points to wherever the value is.
//!
//! Not here: opening and closing of upvalues (`state::upvalues`).

use core::cell::Cell;
use core::mem::offset_of;
use core::ptr;

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory};
use crate::object::{Proto, Table, Value};

#[repr(C)]
pub struct LuaClosure {
    header: GcHeader,
    upvalue_count: u8,
    /// 0, where a builtin says which it is: who looks for a certain one need not ask of which kind a function is.
    no_builtin: u8,
    pub proto: Gc<Proto>,
    pub env: Cell<Gc<Table>>,
    /// PERF: the prototype's executable form (`Proto::exec`), null before it is known here.
    pub entry: Cell<*const u64>,
}

// SAFETY: repr(C), begins with its header, allocated as Kind::LuaClosure only.
unsafe impl HeapObject for LuaClosure {
    const KIND: Kind = Kind::LuaClosure;
}

impl LuaClosure {
    pub fn size_for(upvalues: usize) -> usize {
        size_of::<LuaClosure>() + upvalues * size_of::<Gc<UpVal>>()
    }

    /// A closure whose upvalue slots are still unset: the caller sets each with `init_upvalue`
    /// before the next safepoint.
    pub fn new(heap: &Heap, proto: Gc<Proto>, env: Gc<Table>) -> Result<Gc<LuaClosure>, OutOfMemory> {
        let count = proto.upvalue_count;
        let size = LuaClosure::size_for(count as usize);
        let p = heap.alloc_object(size, Kind::LuaClosure)?.cast::<LuaClosure>().as_ptr();
        // SAFETY: a fresh cell of the right size.
        unsafe {
            LuaClosure::fill(p, proto, env);
            ptr::write_bytes(p.add(1).cast::<usize>(), 0, count as usize);
            Ok(Gc::from_ptr(p))
        }
    }

    /// Makes a closure of a cell, but for its upvalues.
    ///
    /// # Safety
    /// `p` is a fresh cell of the right size, whose header is written.
    #[inline(always)]
    pub unsafe fn fill(p: *mut LuaClosure, proto: Gc<Proto>, env: Gc<Table>) {
        // SAFETY: the caller's promise; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(LuaClosure {
                header,
                upvalue_count: proto.upvalue_count,
                no_builtin: 0,
                proto,
                env: Cell::new(env),
                entry: Cell::new(proto.exec.get()),
            });
        }
    }

    pub fn object_size(&self) -> usize {
        LuaClosure::size_for(self.upvalue_count as usize)
    }

    pub fn upvalue_count(&self) -> usize {
        self.upvalue_count as usize
    }

    /// The first of `upvalue_count` upvalue handles.
    #[inline(always)]
    pub fn upvalues_ptr(&self) -> *mut Gc<UpVal> {
        // SAFETY: the handles follow the fixed part, in the same allocation.
        unsafe { (self as *const LuaClosure).add(1).cast::<Gc<UpVal>>().cast_mut() }
    }

    /// The upvalue, or None while the closure is still being made.
    pub fn upvalue(&self, index: usize) -> Option<Gc<UpVal>> {
        if index >= self.upvalue_count() {
            return None;
        }
        // SAFETY: index < count; the niche of Gc makes a zero word None.
        unsafe { self.upvalues_ptr().cast::<Option<Gc<UpVal>>>().add(index).read() }
    }

    /// # Safety
    /// `index < upvalue_count`. The caller does the forward barrier if the closure is not new.
    #[inline(always)]
    pub unsafe fn set_upvalue(&self, index: usize, upvalue: Gc<UpVal>) {
        debug_assert!(index < self.upvalue_count());
        // SAFETY: index < count.
        unsafe { self.upvalues_ptr().add(index).write(upvalue) };
    }
}

/// A native function with its upvalues and environment.
#[repr(C)]
pub struct NativeClosure {
    header: GcHeader,
    upvalue_count: u8,
    /// Which of the interpreter's handlers serves calls of it: 0 for that of a host's function, 1 for that of
    /// any builtin.
    pub fast: Cell<u8>,
    pub env: Cell<Gc<Table>>,
    /// The `lua_CFunction`.
    pub c_entry: *const (),
    /// Null, where a Lua function has its code: who compares the code of a function need not ask which kind it is of.
    no_code: *const (),
    /// The builtin's Rust entry, null for a host's function.
    pub rust_entry: *const (),
}

const _: () = assert!(offset_of!(LuaClosure, entry) == offset_of!(NativeClosure, no_code));
const _: () = assert!(offset_of!(LuaClosure, no_builtin) == offset_of!(NativeClosure, fast));

// SAFETY: repr(C), begins with its header, allocated as Kind::NativeClosure only.
unsafe impl HeapObject for NativeClosure {
    const KIND: Kind = Kind::NativeClosure;
}

impl NativeClosure {
    pub fn size_for(upvalues: usize) -> usize {
        size_of::<NativeClosure>() + upvalues * size_of::<Value>()
    }

    /// A C function without upvalues, in a cell that is at hand; None if there is none.
    #[inline(always)]
    pub fn new_at_hand(heap: &Heap, c_entry: *const (), env: Gc<Table>) -> Option<Gc<NativeClosure>> {
        let size = NativeClosure::size_for(0);
        let p = heap.object_cell(size).cast::<NativeClosure>();
        if p.is_null() {
            return None;
        }
        // SAFETY: the cell that was shown, for a NativeClosure.
        unsafe {
            heap.take_object_cell(size, Kind::NativeClosure);
            NativeClosure::fill(p, c_entry, ptr::null(), 0, env);
            Some(Gc::from_ptr(p))
        }
    }

    /// Makes a closure of a cell, but for its upvalues.
    ///
    /// # Safety
    /// `p` is a fresh cell of the right size, whose header is written.
    #[inline(always)]
    unsafe fn fill(
        p: *mut NativeClosure,
        c_entry: *const (),
        rust_entry: *const (),
        upvalues: u8,
        env: Gc<Table>,
    ) {
        // SAFETY: the caller's promise; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(NativeClosure {
                header,
                upvalue_count: upvalues,
                fast: Cell::new(!rust_entry.is_null() as u8),
                env: Cell::new(env),
                c_entry,
                no_code: ptr::null(),
                rust_entry,
            });
        }
    }

    /// A closure with `upvalues` nil upvalues.
    pub fn new(
        heap: &Heap,
        c_entry: *const (),
        rust_entry: *const (),
        upvalues: u8,
        env: Gc<Table>,
    ) -> Result<Gc<NativeClosure>, OutOfMemory> {
        let size = NativeClosure::size_for(upvalues as usize);
        let p = heap.alloc_object(size, Kind::NativeClosure)?.cast::<NativeClosure>().as_ptr();
        // SAFETY: a fresh cell of the right size.
        unsafe {
            NativeClosure::fill(p, c_entry, rust_entry, upvalues, env);
            let f = Gc::from_ptr(p);
            for slot in f.upvalues() {
                slot.set(Value::NIL);
            }
            Ok(f)
        }
    }

    pub fn object_size(&self) -> usize {
        NativeClosure::size_for(self.upvalue_count as usize)
    }

    /// The upvalues. A store needs the forward barrier afterwards.
    #[inline(always)]
    pub fn upvalues(&self) -> &[Cell<Value>] {
        // SAFETY: the values follow the fixed part, in the same allocation.
        unsafe { core::slice::from_raw_parts(self.first_upvalue(), self.upvalue_count as usize) }
    }

    /// Where its upvalues begin, if it has any.
    #[inline(always)]
    pub fn first_upvalue(&self) -> *const Cell<Value> {
        // PERF: not from a slice, so that no count is looked at.
        (self as *const NativeClosure).wrapping_add(1).cast()
    }
}

#[repr(C)]
pub struct UpVal {
    header: GcHeader,
    /// Where the value is: a stack slot (open), or `own` (closed).
    pub v: Cell<*mut Value>,
    own: Cell<Own>,
}

#[derive(Clone, Copy)]
union Own {
    /// Closed: the value.
    value: Value,
    /// Open: the next open upvalue of the same stack, at a lower slot.
    next: Option<Gc<UpVal>>,
}

/// What a handler that makes a closure relies on: no upvalue is made in the cell meant for the closure.
const _: () = assert!(size_of::<UpVal>() < size_of::<LuaClosure>());

// SAFETY: repr(C), begins with its header, allocated as Kind::UpVal only.
unsafe impl HeapObject for UpVal {
    const KIND: Kind = Kind::UpVal;
}

impl UpVal {
    fn alloc(heap: &Heap, v: *mut Value, own: Own) -> Result<Gc<UpVal>, OutOfMemory> {
        let p = heap.alloc_object(size_of::<UpVal>(), Kind::UpVal)?.cast::<UpVal>().as_ptr();
        // SAFETY: a fresh cell of the right size.
        unsafe {
            UpVal::fill(p, v, own);
            Ok(Gc::from_ptr(p))
        }
    }

    /// # Safety
    /// `p` is a fresh cell of the right size, whose header is written.
    #[inline(always)]
    unsafe fn fill(p: *mut UpVal, v: *mut Value, own: Own) {
        // SAFETY: the caller's promise; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(UpVal { header, v: Cell::new(v), own: Cell::new(own) });
        }
    }

    /// `new_open`, in a cell that is at hand; None if there is none.
    #[inline(always)]
    pub fn new_open_at_hand(
        heap: &Heap,
        slot: *mut Value,
        next: Option<Gc<UpVal>>,
    ) -> Option<Gc<UpVal>> {
        let p = heap.object_cell(size_of::<UpVal>()).cast::<UpVal>();
        if p.is_null() {
            return None;
        }
        // SAFETY: the cell that was shown, for an UpVal.
        unsafe {
            heap.take_object_cell(size_of::<UpVal>(), Kind::UpVal);
            UpVal::fill(p, slot, Own { next });
            Some(Gc::from_ptr(p))
        }
    }

    pub fn new_open(
        heap: &Heap,
        slot: *mut Value,
        next: Option<Gc<UpVal>>,
    ) -> Result<Gc<UpVal>, OutOfMemory> {
        UpVal::alloc(heap, slot, Own { next })
    }

    pub fn new_closed(heap: &Heap, value: Value) -> Result<Gc<UpVal>, OutOfMemory> {
        let u = UpVal::alloc(heap, ptr::null_mut(), Own { value })?;
        u.v.set(u.own.as_ptr().cast());
        Ok(u)
    }

    #[inline(always)]
    pub fn is_open(&self) -> bool {
        !ptr::eq(self.v.get(), self.own.as_ptr().cast())
    }

    #[inline(always)]
    pub fn get(&self) -> Value {
        // SAFETY: v points to a live stack slot or to our own value (fixed up when stacks move).
        unsafe { *self.v.get() }
    }

    /// Stores without the barrier; the caller does it.
    #[inline(always)]
    pub fn set(&self, value: Value) {
        // SAFETY: as get.
        unsafe { *self.v.get() = value };
    }

    #[inline(always)]
    pub fn next_open(&self) -> Option<Gc<UpVal>> {
        debug_assert!(self.is_open());
        // SAFETY: an open upvalue holds the link.
        unsafe { self.own.get().next }
    }

    #[inline(always)]
    pub fn set_next_open(&self, next: Option<Gc<UpVal>>) {
        debug_assert!(self.is_open());
        self.own.set(Own { next });
    }

    /// Takes the value along, away from the stack. The caller unlinked it and does the barrier.
    pub fn close(&self) {
        let value = self.get();
        self.own.set(Own { value });
        self.v.set(self.own.as_ptr().cast());
    }
}
