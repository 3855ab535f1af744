//! Whether captured registers lie below the frames of the functions that are called while they are
//! captured.
//!
//! A callee's frame begins at register A of the CALL, and base[-1] of it, the running function, may
//! be any register from there on. Were one of these captured by a closure, the callee could put
//! another value there through its upvalue. Compilers never bring that about: a call is made above
//! all variables that are visible, and a block that is left closes its own. So this follows which
//! registers may be captured where, and asks at each call whether all are below A.
//!
//! ```text
//!   CLOSURE  adds the registers it captures
//!   CLOSE    takes away those from A on
//!   a jump   takes its set along; where ways meet, a register is captured that may be
//! ```
//!
//! Sets are kept for the words that something jumps to. The code is walked from its first word to its
//! last, and again as long as a jump back has added something: in loops inside loops at most once for
//! each level. The way from an unconditional jump to the word behind it is walked as well; that costs
//! nothing but precision, of which there is enough.
//!
//! Not here: what else an instruction must keep (`verify`, which has seen the function before).

use crate::bytecode::{Instruction, Opcode, words};
use crate::heap::{Buffer, Heap, OutOfMemory};
use crate::object::Proto;

/// Levels of blocks that a compiler makes (`LUAI_MAXCCALLS`), and the first walk and the last.
const MAX_WALKS: usize = 202;

/// Whether that is so. The function's instructions, jumps and registers are sound.
pub fn is_below_calls(heap: &Heap, proto: &Proto) -> Result<bool, OutOfMemory> {
    if proto.protos.iter().all(|inner| inner.upvalue_count == 0) {
        return Ok(true);
    }
    let mut slots = Buffer::with_capacity(heap, proto.code.len())?;
    for _ in 0..proto.code.len() {
        slots.push(0)?;
    }
    let mut sets = Buffer::new(heap);
    sets.push(Set::EMPTY)?; // slot 0 is that of no word
    let mut pc = 0;
    while let Some(i) = word(proto, pc) {
        if let Some(slot) = target(proto, pc, i).and_then(|to| slots.get_mut(to))
            && *slot == 0
        {
            *slot = sets.len() as u32;
            sets.push(Set::EMPTY)?;
        }
        pc += words(proto, i);
    }
    let mut walk = Walk { proto, slots: &slots, sets: &mut sets, grown: false };
    for _ in 0..MAX_WALKS {
        walk.grown = false;
        if !walk.all() {
            return Ok(false);
        }
        if !walk.grown {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Registers.
#[derive(Clone, Copy, PartialEq)]
struct Set([u64; 4]);

impl Set {
    const EMPTY: Set = Set([0; 4]);

    fn add(&mut self, register: u32) {
        self.0[register as usize / 64 & 3] |= 1 << (register % 64);
    }

    fn with(self, other: Set) -> Set {
        Set(core::array::from_fn(|n| self.0[n] | other.0[n]))
    }

    /// Those below `end`.
    fn below(self, end: u32) -> Set {
        Set(core::array::from_fn(|n| match end.saturating_sub(64 * n as u32) {
            0 => 0,
            bits @ 1..64 => self.0[n] & ((1 << bits) - 1),
            _ => self.0[n],
        }))
    }
}

fn word(proto: &Proto, pc: usize) -> Option<Instruction> {
    proto.code.get(pc).map(|&word| Instruction(word))
}

/// Where control may go besides the word behind the instruction.
fn target(proto: &Proto, pc: usize, i: Instruction) -> Option<usize> {
    let jump = |pc: usize, i: Instruction| usize::try_from(pc as i64 + 1 + i.sbx() as i64).ok();
    match i.opcode()? {
        Opcode::Jmp | Opcode::ForLoop | Opcode::ForPrep => jump(pc, i),
        Opcode::LoadBool if i.c() != 0 => Some(pc + 2),
        Opcode::TForLoop => jump(pc + 1, word(proto, pc + 1)?),
        op if op.modes().is_test => Some(pc + 2),
        _ => None,
    }
}

struct Walk<'a> {
    proto: &'a Proto,
    /// For each word its set's number, 0 if nothing jumps to it.
    slots: &'a [u32],
    sets: &'a mut [Set],
    /// A jump back has added something.
    grown: bool,
}

impl Walk<'_> {
    /// Whether all calls are above what is captured, as far as is known yet.
    fn all(&mut self) -> bool {
        let mut pc = 0;
        let mut captured = Set::EMPTY;
        while let Some(i) = word(self.proto, pc) {
            captured = self.meet(pc, captured);
            match i.opcode() {
                Some(Opcode::Closure) => self.capture(pc, i, &mut captured),
                Some(Opcode::Close) => captured = captured.below(i.a()),
                Some(Opcode::Call | Opcode::TailCall) if captured != captured.below(i.a()) => {
                    return false;
                }
                Some(Opcode::TForLoop) if captured != captured.below(i.a() + 3) => return false,
                _ => {}
            }
            if let Some(to) = target(self.proto, pc, i) {
                let known = self.sets[self.slots[to] as usize];
                self.grown |= self.meet(to, captured) != known && to <= pc;
            }
            if i.is(Opcode::Return) {
                captured = Set::EMPTY;
            }
            pc += words(self.proto, i);
        }
        true
    }

    /// Adds what is captured on a way that leads to `pc`; what may be captured there.
    fn meet(&mut self, pc: usize, captured: Set) -> Set {
        match self.slots[pc] {
            0 => captured,
            slot => {
                let set = &mut self.sets[slot as usize];
                *set = set.with(captured);
                *set
            }
        }
    }

    fn capture(&self, pc: usize, closure: Instruction, captured: &mut Set) {
        for at in pc + 1..pc + words(self.proto, closure) {
            if let Some(source) = word(self.proto, at).filter(|source| source.is(Opcode::Move)) {
                captured.add(source.b());
            }
        }
    }
}
