//! An assembler for the part of x86-64 that loops are made of.
//!
//! Bytes go to a buffer of fixed size, jumps to labels that are placed later. What does not fit is not written, and
//! `finish` says so: the loop is left to the interpreter then.
//!
//! Nothing here is inlined: there are hundreds of calls, each of few bytes if it is one, and programs with a hot loop have all that
//! compiles it in memory.
//!
//! Not here: the instructions (`instructions`), and which a loop is made of (`emit`).

mod instructions;

/// A general register by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gpr(pub u8);

/// A register for doubles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Xmm(pub u8);

pub const RAX: Gpr = Gpr(0);
pub const RCX: Gpr = Gpr(1);
pub const RDX: Gpr = Gpr(2);
pub const RBX: Gpr = Gpr(3);
pub const RSP: Gpr = Gpr(4);
pub const RBP: Gpr = Gpr(5);
pub const RSI: Gpr = Gpr(6);
pub const RDI: Gpr = Gpr(7);
pub const R8: Gpr = Gpr(8);
pub const R9: Gpr = Gpr(9);
pub const R10: Gpr = Gpr(10);
pub const R11: Gpr = Gpr(11);
pub const R12: Gpr = Gpr(12);
pub const R13: Gpr = Gpr(13);
pub const R14: Gpr = Gpr(14);
pub const R15: Gpr = Gpr(15);

/// An address: `base + 8 * index + disp`.
#[derive(Clone, Copy, Debug)]
pub struct Mem {
    pub base: Gpr,
    pub index: Option<Gpr>,
    pub disp: i32,
}

pub fn at(base: Gpr, disp: usize) -> Mem {
    Mem { base, index: None, disp: disp as i32 }
}

pub fn at_index(base: Gpr, index: Gpr, disp: i32) -> Mem {
    Mem { base, index: Some(index), disp }
}

/// When a conditional jump is taken, as the processor numbers it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cond {
    Overflow = 0,
    Below = 2,
    NotBelow = 3,
    Equal = 4,
    NotEqual = 5,
    NotAbove = 6,
    Above = 7,
    Sign = 8,
    Unordered = 10,
    Ordered = 11,
    NotGreater = 14,
    Greater = 15,
}

impl Cond {
    pub fn negated(self) -> Cond {
        match self {
            Cond::Below => Cond::NotBelow,
            Cond::NotBelow => Cond::Below,
            Cond::Equal => Cond::NotEqual,
            Cond::NotEqual => Cond::Equal,
            Cond::NotAbove => Cond::Above,
            Cond::Above => Cond::NotAbove,
            Cond::Unordered => Cond::Ordered,
            Cond::Ordered => Cond::Unordered,
            Cond::NotGreater => Cond::Greater,
            Cond::Greater => Cond::NotGreater,
            Cond::Sign | Cond::Overflow => unreachable!("never negated"),
        }
    }
}

/// Operations of two doubles, by their opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum SseOp {
    Sqrt = 0x51,
    Add = 0x58,
    Mul = 0x59,
    Sub = 0x5C,
    Div = 0x5E,
}

/// Operations on all bits of a register for doubles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BitOp {
    And = 0x54,
    /// The first operand is negated.
    AndNot = 0x55,
    Or = 0x56,
    Xor = 0x57,
}

/// Operations of a general register and a register or memory, by their opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GprOp {
    Add = 0x03,
    And = 0x23,
    Sub = 0x2B,
    Xor = 0x33,
    Cmp = 0x3B,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(pub u16);

pub const MAX_LABELS: usize = 4096;
const MAX_FIXUPS: usize = 4096;
pub const MAX_CODE: usize = 48 << 10;
/// Places in the code have 16 bits.
const _: () = assert!(MAX_CODE < UNPLACED as usize && MAX_LABELS <= MAX_FIXUPS);

const UNPLACED: u16 = u16::MAX;

/// The label of this number, and, which has nothing to do with it, the jump: what few need lies in few pages.
#[derive(Clone, Copy)]
struct Place {
    /// Where the label was placed.
    label: u16,
    /// Where the jump's distance of four bytes is, and to which label.
    fixup: u16,
    to: Label,
}

/// All zero bytes are a valid Asm, but for the labels: `reset` first.
#[repr(C)]
pub struct Asm {
    len: usize,
    label_count: usize,
    fixup_count: usize,
    full: bool,
    places: [Place; MAX_FIXUPS],
    code: [u8; MAX_CODE],
}

impl Asm {
    pub fn reset(&mut self) {
        self.len = 0;
        self.label_count = 0;
        self.fixup_count = 0;
        self.full = false;
    }

    #[inline(never)]
    pub fn label(&mut self) -> Label {
        if self.label_count == MAX_LABELS {
            self.full = true;
            return Label(0);
        }
        self.places[self.label_count].label = UNPLACED;
        self.label_count += 1;
        Label(self.label_count as u16 - 1)
    }

    /// Whether half of everything is left: then there is room for what can as well be left to handlers.
    pub fn has_room(&self) -> bool {
        self.len < MAX_CODE / 2 && self.label_count < MAX_LABELS / 2 && self.fixup_count < MAX_FIXUPS / 2
    }

    /// The label is here.
    #[inline(never)]
    pub fn place(&mut self, label: Label) {
        self.places[label.0 as usize].label = self.len as u16;
    }

    /// Where a label was placed.
    pub fn offset_of(&self, label: Label) -> usize {
        self.places[label.0 as usize].label as usize
    }

    /// Fills in the jumps' distances; None if something did not fit.
    pub fn finish(&mut self) -> Option<&[u8]> {
        if self.full {
            return None;
        }
        for jump in &self.places[..self.fixup_count] {
            let target = self.places[jump.to.0 as usize].label;
            debug_assert!(target != UNPLACED);
            if target == UNPLACED {
                return None;
            }
            let place = jump.fixup as usize;
            let distance = target as i32 - (place as i32 + 4);
            self.code[place..place + 4].copy_from_slice(&distance.to_le_bytes());
        }
        Some(&self.code[..self.len])
    }

    fn byte(&mut self, byte: u8) {
        match self.code.get_mut(self.len) {
            Some(place) => {
                *place = byte;
                self.len += 1;
            }
            None => self.full = true,
        }
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        match self.code.get_mut(self.len..self.len + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.len += bytes.len();
            }
            None => self.full = true,
        }
    }

    /// The prefix that gives the high bits of register numbers, where one is needed.
    fn rex(&mut self, wide: bool, reg: u8, index: u8, rm: u8) {
        let rex = 0x40 | (wide as u8) << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | rm >> 3;
        if rex != 0x40 {
            self.byte(rex);
        }
    }

    /// An instruction of two registers, `reg` in the middle field.
    #[inline(never)]
    fn registers(&mut self, prefix: &[u8], wide: bool, opcode: &[u8], reg: u8, rm: u8) {
        self.bytes(prefix);
        self.rex(wide, reg, 0, rm);
        self.bytes(opcode);
        self.byte(0xC0 | (reg & 7) << 3 | rm & 7);
    }

    /// An instruction of a register (or what is in its field) and memory.
    #[inline(never)]
    fn memory(&mut self, prefix: &[u8], wide: bool, opcode: &[u8], reg: u8, mem: Mem) {
        self.bytes(prefix);
        self.rex(wide, reg, mem.index.map_or(0, |index| index.0), mem.base.0);
        self.bytes(opcode);
        let short = i8::try_from(mem.disp);
        let mode = if short.is_ok() { 0x40 } else { 0x80 };
        let field = mode | (reg & 7) << 3;
        match mem.index {
            Some(index) => {
                debug_assert!(index != RSP);
                self.byte(field | 4);
                self.byte(0xC0 | (index.0 & 7) << 3 | mem.base.0 & 7);
            }
            // The numbers of RSP and R12 say that a byte follows; here: no index.
            None if mem.base.0 & 7 == 4 => {
                self.byte(field | 4);
                self.byte(0x24);
            }
            None => self.byte(field | mem.base.0 & 7),
        }
        match short {
            Ok(short) => self.byte(short as u8),
            Err(_) => self.bytes(&mem.disp.to_le_bytes()),
        }
    }
}
