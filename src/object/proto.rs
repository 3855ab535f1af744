//! A function's prototype: what the compiler makes of its text.
//!
//! The code is standard 5.1 bytecode, as `string.dump` writes it; running never changes it. What
//! runs is the executable form that the VM makes at the first call and keeps in `exec`.
//!
//! Not here: the instruction set (`bytecode`), the executable form (`vm::translate`).

use core::cell::Cell;

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory, RawArray};
use crate::object::{Str, Value};

/// A local variable's name and the half-open range of pcs in which it is in scope.
#[derive(Clone, Copy)]
pub struct LocalVar {
    pub name: Option<Gc<Str>>,
    pub start_pc: i32,
    pub end_pc: i32,
}

#[repr(C)]
pub struct Proto {
    header: GcHeader,
    pub upvalue_count: u8,
    pub param_count: u8,
    /// The `is_vararg` byte of a luac file: bits `VARARG_*`.
    pub vararg: u8,
    pub max_stack: u8,
    pub line_defined: i32,
    pub last_line_defined: i32,
    /// The chunk name (`=stdin`, `@file`, or text); None while being built or stripped.
    pub source: Option<Gc<Str>>,
    pub code: RawArray<u32>,
    pub constants: RawArray<Value>,
    pub protos: RawArray<Gc<Proto>>,
    /// A line for each instruction; empty when stripped.
    pub lines: RawArray<i32>,
    pub locals: RawArray<LocalVar>,
    /// Names of upvalues; empty when stripped.
    pub upvalue_names: RawArray<Option<Gc<Str>>>,
    /// The executable form's first instruction, null before the first call. Owned by `vm::code`,
    /// whose `free` the collector is given through the Global.
    pub exec: Cell<*mut u64>,
}

pub const VARARG_HAS_ARG: u8 = 1;
pub const VARARG_IS_VARARG: u8 = 2;
pub const VARARG_NEEDS_ARG: u8 = 4;

// SAFETY: repr(C), begins with its header, allocated as Kind::Proto only.
unsafe impl HeapObject for Proto {
    const KIND: Kind = Kind::Proto;
}

impl Proto {
    /// An empty prototype, which its builder fills through `Gc::as_ptr`.
    pub fn new(heap: &Heap) -> Result<Gc<Proto>, OutOfMemory> {
        let p = heap.alloc_object(size_of::<Proto>(), Kind::Proto)?.cast::<Proto>().as_ptr();
        // SAFETY: a fresh cell of the right size; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(Proto {
                header,
                upvalue_count: 0,
                param_count: 0,
                vararg: 0,
                max_stack: 2,
                line_defined: 0,
                last_line_defined: 0,
                source: None,
                code: RawArray::EMPTY,
                constants: RawArray::EMPTY,
                protos: RawArray::EMPTY,
                lines: RawArray::EMPTY,
                locals: RawArray::EMPTY,
                upvalue_names: RawArray::EMPTY,
                exec: Cell::new(core::ptr::null_mut()),
            });
            Ok(Gc::from_ptr(p))
        }
    }

    pub fn is_vararg(&self) -> bool {
        self.vararg != 0
    }

    /// Whether functions are nested in it at most so many levels deep, its own included.
    pub fn is_nested_below(&self, levels: u32) -> bool {
        levels.checked_sub(1).is_some_and(|rest| self.protos.iter().all(|inner| inner.is_nested_below(rest)))
    }

    /// The line of an instruction; 0 when stripped.
    pub fn line_of(&self, pc: usize) -> i32 {
        self.lines.get(pc).copied().unwrap_or(0)
    }

    /// The name of the `n`-th (1-based) local variable that is active at `pc`.
    pub fn local_name(&self, n: usize, pc: usize) -> Option<Gc<Str>> {
        let pc = pc as i32;
        self.locals
            .iter()
            .take_while(|local| local.start_pc <= pc)
            .filter(|local| pc < local.end_pc)
            .nth(n.checked_sub(1)?)
            .and_then(|local| local.name)
    }

    /// # Safety
    /// The prototype is dead; `exec` has been freed by its owner.
    pub unsafe fn free_parts(this: Gc<Proto>, heap: &Heap) {
        // SAFETY: ALLOC: each array is the prototype's own; nobody reads it again.
        unsafe {
            let p = this.as_ptr();
            (*p).code.free(heap);
            (*p).constants.free(heap);
            (*p).protos.free(heap);
            (*p).lines.free(heap);
            (*p).locals.free(heap);
            (*p).upvalue_names.free(heap);
        }
    }
}
