//! The state of a compilation: the function being compiled, those around it, and their tables.
//!
//! All functions share one set of growing tables (code, constants, …). A nested function's
//! entries lie above those of the function around it, which cannot add any before the nested one is
//! done; so each table is a stack, and a `Function` holds where its part begins. Upvalues are the
//! exception, because a nested function adds some to those around it: they have a fixed stride.
//!
//! Invariant: code, constants, protos, locals, active, active_names and blocks above the newest Function's
//! begin are that function's.
//!
//! Not here: what the entries mean (`emit`, `constant`, `scope`), the finished Proto (`finish`).

use crate::heap::{Buffer, Gc};
use crate::object::{LocalVar, Proto, Str, Value};
use crate::state::Thrown;
use crate::syntax::constant::ConstantIndex;
use crate::syntax::lexer::Lexer;
use crate::syntax::scope::{Block, Upvalue};

/// The end of a list of jumps.
pub const NO_JUMP: i32 = -1;
/// The most syntax levels, C calls included (`LUAI_MAXCCALLS`).
pub const MAX_LEVELS: u32 = 200;
/// Levels that are allowed without a look at the machine stack.
const EASY_LEVELS: u32 = 16;
/// Bytes of it that another level, an error's message and a reader of Lua may need.
const STACK_RESERVE: usize = 16 << 10;
/// The most upvalues of a function (`LUAI_MAXUPVALUES`).
pub const MAX_UPVALUES: usize = 60;

/// A function being compiled.
#[derive(Clone, Copy)]
pub struct Function {
    pub code_begin: u32,
    pub constants_begin: u32,
    pub protos_begin: u32,
    pub locals_begin: u32,
    pub active_begin: u32,
    pub blocks_begin: u32,
    /// The newest pc that is a jump's target: no peephole may look back over it.
    pub last_target: i32,
    /// Jumps to the instruction that comes next.
    pub pending_jumps: i32,
    /// The list that was last appended to, and a jump in it near its end.
    pub list_end: (i32, i32),
    pub free_register: u32,
    pub active_count: u32,
    pub upvalue_count: u8,
    pub param_count: u8,
    pub vararg: u8,
    pub max_stack: u8,
    pub line_defined: i32,
    pub last_line_defined: i32,
}

/// An instruction, and the line it is booked under.
#[derive(Clone, Copy)]
pub struct Emitted {
    pub word: u32,
    pub line: i32,
}

pub struct Compiler<'a, 'r> {
    pub lexer: Lexer<'a, 'r>,
    pub f: Function,
    /// The functions around `f`, the main function first.
    pub outer: Buffer<'static, Function>,
    /// How many levels the grammar has descended.
    pub levels: u32,
    pub code: Buffer<'static, Emitted>,
    pub constants: Buffer<'static, Value>,
    pub constant_index: ConstantIndex,
    pub protos: Buffer<'static, Gc<Proto>>,
    pub locals: Buffer<'static, LocalVar>,
    /// For each active local variable, its entry in `locals` relative to the function's.
    pub active: Buffer<'static, u16>,
    /// Their names. PERF: looked through for each name.
    pub active_names: Buffer<'static, Gc<Str>>,
    pub blocks: Buffer<'static, Block>,
    /// `MAX_UPVALUES` for each of `outer` and `f`.
    pub upvalues: Buffer<'static, Upvalue>,
}

impl<'a, 'r> Compiler<'a, 'r> {
    /// Ready to compile a main function.
    pub fn new(lexer: Lexer<'a, 'r>) -> Compiler<'a, 'r> {
        let heap = lexer.l.heap();
        let levels = lexer.l.c_calls as u32;
        Compiler {
            lexer,
            f: Function::beginning(),
            outer: Buffer::new(heap),
            levels,
            code: Buffer::new(heap),
            constants: Buffer::new(heap),
            constant_index: ConstantIndex::new(heap),
            protos: Buffer::new(heap),
            locals: Buffer::new(heap),
            active: Buffer::new(heap),
            active_names: Buffer::new(heap),
            blocks: Buffer::new(heap),
            upvalues: Buffer::new(heap),
        }
    }

    /// Begins a function inside the current one.
    pub fn open_function(&mut self, line: i32) -> Result<(), Thrown> {
        self.outer.push(self.f)?;
        self.f = Function {
            code_begin: self.code.len() as u32,
            constants_begin: self.constants.len() as u32,
            protos_begin: self.protos.len() as u32,
            locals_begin: self.locals.len() as u32,
            active_begin: self.active.len() as u32,
            blocks_begin: self.blocks.len() as u32,
            line_defined: line,
            ..Function::beginning()
        };
        Ok(())
    }

    #[inline]
    pub fn enter_level(&mut self) -> Result<(), Thrown> {
        self.levels += 1;
        if self.levels > EASY_LEVELS && (self.levels > MAX_LEVELS || self.stack_ends()) {
            return Err(self.level_error());
        }
        Ok(())
    }

    #[cold]
    fn level_error(&mut self) -> Thrown {
        self.lexer.error(&[b"chunk has too many syntax levels"])
    }

    /// Whether the machine stack ends before the next levels do.
    #[cold]
    fn stack_ends(&self) -> bool {
        self.lexer.l.global().machine_stack.has_less_than(STACK_RESERVE)
    }

    #[inline]
    pub fn leave_level(&mut self) {
        self.levels -= 1;
    }

    /// The error for more than `limit` of something in one function.
    #[cold]
    pub fn limit_error(&mut self, f: Function, limit: u32, what: &[u8]) -> Thrown {
        use crate::base::chunk_id::Digits;
        let (mut line, mut most) = (Digits::new(), Digits::new());
        let most = most.of(limit as i64);
        if f.line_defined == 0 {
            return self.lexer.error(&[b"main function has more than ", most, b" ", what]);
        }
        let line = line.of(f.line_defined as i64);
        self.lexer.error(&[b"function at line ", line, b" has more than ", most, b" ", what])
    }
}

impl Function {
    fn beginning() -> Function {
        Function {
            code_begin: 0,
            constants_begin: 0,
            protos_begin: 0,
            locals_begin: 0,
            active_begin: 0,
            blocks_begin: 0,
            last_target: -1,
            pending_jumps: NO_JUMP,
            list_end: (NO_JUMP, NO_JUMP),
            free_register: 0,
            active_count: 0,
            upvalue_count: 0,
            param_count: 0,
            vararg: 0,
            max_stack: 2, // registers 0 and 1 are always there
            line_defined: 0,
            last_line_defined: 0,
        }
    }
}
