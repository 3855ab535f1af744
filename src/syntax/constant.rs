//! A function's constants: each value once.
//!
//! The index is one open-addressing table for all functions under compilation. A slot holds 1 + the
//! position in `Compiler::constants`, which also says whose constant it is. Constants come and go
//! like a stack, so taking one out is clearing its slot: nothing that was put in later is left that
//! could have probed past it.
//!
//! COMPAT: numbers are the same constant when they are equal, so 0 and -0 are: the first one stays.
//!
//! Not here: operands that hold constant indices (`expression`).

use crate::bytecode::opcode::MAX_BX;
use crate::heap::{Buffer, Gc, Heap, OutOfMemory};
use crate::object::{Str, StringTable, Value};
use crate::state::Thrown;
use crate::syntax::function::Compiler;

pub struct ConstantIndex {
    slots: Buffer<'static, u32>,
}

/// Where a constant is, or where it would go.
enum Found {
    At(u32),
    Free(usize),
}

impl ConstantIndex {
    pub fn new(heap: &'static Heap) -> ConstantIndex {
        ConstantIndex { slots: Buffer::new(heap) }
    }

    #[inline(always)]
    fn find(
        &self,
        hash: usize,
        constants: &[Value],
        begin: u32,
        value: Value,
        is_same: impl Fn(Value, Value) -> bool,
    ) -> Found {
        let mask = self.slots.len() - 1;
        let mut at = hash & mask;
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Found::Free(at);
            }
            let position = slot - 1;
            if position >= begin && is_same(constants[position as usize], value) {
                return Found::At(position);
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self, constants: &[Value], strings: &StringTable) -> Result<(), OutOfMemory> {
        let size = (self.slots.len() * 4).max(64);
        self.slots.clear();
        self.slots.reserve(size)?;
        self.slots.extend_each((0..size).map(|_| 0))?;
        for (position, &value) in constants.iter().enumerate() {
            let mut at = hash(value, strings) & (size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = position as u32 + 1;
        }
        Ok(())
    }

    /// Forgets the newest constant. Here we know that it is at `position`.
    fn forget(&mut self, hash: usize, position: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash & mask;
        while self.slots[at] != position + 1 {
            at = (at + 1) & mask;
        }
        self.slots[at] = 0;
    }
}

/// Whether only a value of the same bits equals it: neither 0, nor a long string.
#[inline(always)]
fn is_its_bits(value: Value) -> bool {
    match value.as_string() {
        Some(s) => s.is_short(),
        None => !value.is_number() || value.as_f64() != 0.0,
    }
}

#[inline]
fn hash(value: Value, strings: &StringTable) -> usize {
    let bits = match value.as_string() {
        Some(s) if !s.is_short() => strings.hash_of(s.as_bytes()),
        _ if value.is_number() => (value.as_f64() + 0.0).to_bits(), // -0 is 0
        _ => value.bits(),
    };
    // Numbers differ in their high bits, addresses in their low ones. PERF: a multiplication carries
    // upwards only, so the high half is folded onto the low one first.
    let mixed = (bits ^ bits >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 32) as usize
}

impl Compiler<'_, '_> {
    /// The index of a constant in the current function.
    pub fn constant(&mut self, value: Value) -> Result<u32, Thrown> {
        let strings = &self.lexer.l.global().strings;
        if self.constants.len() * 2 >= self.constant_index.slots.len() {
            self.constant_index.grow(&self.constants, strings)?;
        }
        let begin = self.f.constants_begin;
        let hash = hash(value, strings);
        let (index, known) = (&self.constant_index, &self.constants);
        let found = match is_its_bits(value) {
            true => index.find(hash, known, begin, value, |a, b| a.bits() == b.bits()),
            false => index.find(hash, known, begin, value, Value::raw_equals),
        };
        match found {
            Found::At(position) => Ok(position - begin),
            Found::Free(at) => {
                let position = self.constants.len() as u32;
                if position - begin >= MAX_BX {
                    return Err(self.lexer.l.runtime_error(&[b"constant table overflow"]));
                }
                self.constants.push(value)?;
                self.constant_index.slots[at] = position + 1;
                Ok(position - begin)
            }
        }
    }

    pub fn string_constant(&mut self, s: Gc<Str>) -> Result<u32, Thrown> {
        self.constant(Value::string(s))
    }

    /// How many constants the current function has.
    pub fn constant_count(&self) -> u32 {
        self.constants.len() as u32 - self.f.constants_begin
    }

    /// Takes the current function's constants out of the index, for the functions around it; the table itself is the
    /// caller's.
    pub fn forget_constants(&mut self) {
        let strings = &self.lexer.l.global().strings;
        for position in (self.f.constants_begin..self.constants.len() as u32).rev() {
            let hash = hash(self.constants[position as usize], strings);
            self.constant_index.forget(hash, position);
        }
    }
}
