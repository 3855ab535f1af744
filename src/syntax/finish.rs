//! A compiled function as a Proto: the only place where the compiler writes to the heap's objects.
//!
//! Invariant: all that a Proto refers to is held by the compilation's anchors, as the Proto itself is.
//!
//! Not here: compiling.

use crate::heap::{Gc, RawArray};
use crate::object::Proto;
use crate::state::Thrown;
use crate::syntax::function::{Compiler, MAX_UPVALUES};

impl Compiler<'_, '_> {
    /// Takes what belongs to the current function off the tables and makes a Proto of it.
    pub fn finish_function(&mut self) -> Result<Gc<Proto>, Thrown> {
        if !self.outer.is_empty() {
            self.forget_constants();
        }
        let f = self.f;
        let heap = self.lexer.l.heap();
        let proto = Proto::new(heap)?;
        self.lexer.hold(proto.header())?;
        let p = proto.as_ptr();
        let upvalues_begin = self.outer.len() * MAX_UPVALUES;
        let upvalues = match f.upvalue_count as usize {
            0 => &[][..],
            count => &self.upvalues[upvalues_begin..][..count],
        };
        let code = &self.code[f.code_begin as usize..];
        // SAFETY: ALIAS: nobody else knows the new Proto yet; it is a live object, for there is no
        // safepoint here. NOBARRIER: it has just been made, and is not black. Each array becomes the
        // Proto's as it is made, so a failure on the way leaks none.
        unsafe {
            (*p).upvalue_count = f.upvalue_count;
            (*p).param_count = f.param_count;
            (*p).vararg = f.vararg;
            (*p).max_stack = f.max_stack;
            (*p).line_defined = f.line_defined;
            (*p).last_line_defined = f.last_line_defined;
            (*p).source = Some(self.lexer.source);
            (*p).code = RawArray::collected(heap, code.iter().map(|i| i.word))?;
            (*p).lines = RawArray::collected(heap, code.iter().map(|i| i.line))?;
            (*p).constants = RawArray::copied(heap, &self.constants[f.constants_begin as usize..])?;
            (*p).protos = RawArray::copied(heap, &self.protos[f.protos_begin as usize..])?;
            (*p).locals = RawArray::copied(heap, &self.locals[f.locals_begin as usize..])?;
            (*p).upvalue_names = RawArray::collected(heap, upvalues.iter().map(|u| u.name))?;
        }
        self.code.truncate(f.code_begin as usize);
        self.constants.truncate(f.constants_begin as usize);
        self.protos.truncate(f.protos_begin as usize);
        self.locals.truncate(f.locals_begin as usize);
        self.active.truncate(f.active_begin as usize);
        self.active_names.truncate(f.active_begin as usize);
        self.blocks.truncate(f.blocks_begin as usize);
        if let Some(outer) = self.outer.pop() {
            self.f = outer;
        }
        Ok(proto)
    }
}
