//! An assembler for the part of x86-64 that loops are made of.
//!
//! Bytes go to a buffer of fixed size, jumps to labels that are placed later. What does not fit is not written, and
//! `finish` says so: the loop is left to the interpreter then.
//!
//! Nothing here is inlined: there are hundreds of calls, each of few bytes if it is one, and programs with a hot loop have all that
//! compiles it in memory.
//!
//! Not here: which instructions a loop is made of (`emit`).

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
            Cond::Sign => unreachable!("never negated"),
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

    #[inline(never)]
    pub fn load(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], true, &[0x8B], to.0, from);
    }

    #[inline(never)]
    pub fn load_32(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], false, &[0x8B], to.0, from);
    }

    /// Loads 32 bits with their sign.
    #[inline(never)]
    pub fn load_signed(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], true, &[0x63], to.0, from);
    }

    #[inline(never)]
    pub fn load_byte(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], false, &[0x0F, 0xB6], to.0, from);
    }

    /// Two bytes, the others 0.
    #[inline(never)]
    pub fn load_16(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], false, &[0x0F, 0xB7], to.0, from);
    }

    #[inline(never)]
    pub fn store(&mut self, to: Mem, from: Gpr) {
        self.memory(&[], true, &[0x89], from.0, to);
    }

    #[inline(never)]
    pub fn store_32(&mut self, to: Mem, from: Gpr) {
        self.memory(&[], false, &[0x89], from.0, to);
    }

    /// Stores a word of which the upper half is the sign of the lower.
    #[inline(never)]
    pub fn store_small(&mut self, to: Mem, value: i32) {
        self.memory(&[], true, &[0xC7], 0, to);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn store_small_32(&mut self, to: Mem, value: i32) {
        self.memory(&[], false, &[0xC7], 0, to);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn store_16(&mut self, to: Mem, value: u16) {
        self.memory(&[0x66], false, &[0xC7], 0, to);
        self.bytes(&value.to_le_bytes());
    }

    /// The lower two bytes of a register.
    #[inline(never)]
    pub fn store_16_of(&mut self, to: Mem, from: Gpr) {
        self.memory(&[0x66], false, &[0x89], from.0, to);
    }

    #[inline(never)]
    pub fn store_byte(&mut self, to: Mem, value: u8) {
        self.memory(&[], false, &[0xC6], 0, to);
        self.byte(value);
    }

    /// Stores the lowest byte.
    #[inline(never)]
    pub fn store_byte_of(&mut self, to: Mem, from: Gpr) {
        debug_assert!(!matches!(from, RSP | RBP | RSI | RDI)); // without a prefix they are others
        self.memory(&[], false, &[0x88], from.0, to);
    }

    #[inline(never)]
    pub fn copy(&mut self, to: Gpr, from: Gpr) {
        self.registers(&[], true, &[0x8B], to.0, from.0);
    }

    #[inline(never)]
    pub fn lea(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], true, &[0x8D], to.0, from);
    }

    #[inline(never)]
    pub fn lea_32(&mut self, to: Gpr, from: Mem) {
        self.memory(&[], false, &[0x8D], to.0, from);
    }

    /// Three times what is in `from`.
    #[inline(never)]
    pub fn triple(&mut self, to: Gpr, from: Gpr) {
        debug_assert!(from != RSP);
        self.rex(true, to.0, from.0, from.0);
        self.bytes(&[0x8D, 0x44 | (to.0 & 7) << 3, 0x40 | (from.0 & 7) << 3 | from.0 & 7, 0]);
    }

    #[inline(never)]
    pub fn constant(&mut self, to: Gpr, value: u64) {
        if let Ok(small) = u32::try_from(value) {
            self.rex(false, 0, 0, to.0);
            self.byte(0xB8 | to.0 & 7);
            self.bytes(&small.to_le_bytes());
        } else {
            self.rex(true, 0, 0, to.0);
            self.byte(0xB8 | to.0 & 7);
            self.bytes(&value.to_le_bytes());
        }
    }

    #[inline(never)]
    pub fn op(&mut self, op: GprOp, to: Gpr, from: Gpr) {
        self.registers(&[], true, &[op as u8], to.0, from.0);
    }

    #[inline(never)]
    pub fn op_mem(&mut self, op: GprOp, to: Gpr, from: Mem) {
        self.memory(&[], true, &[op as u8], to.0, from);
    }

    #[inline(never)]
    pub fn op_mem_32(&mut self, op: GprOp, to: Gpr, from: Mem) {
        self.memory(&[], false, &[op as u8], to.0, from);
    }

    /// Copies a register if the condition holds.
    #[inline(never)]
    pub fn copy_if(&mut self, cond: Cond, to: Gpr, from: Gpr) {
        self.registers(&[], true, &[0x0F, 0x40 | cond as u8], to.0, from.0);
    }

    /// Divides the 32 bits of RAX, above which are those of RDX: the quotient to RAX, the rest to RDX.
    #[inline(never)]
    pub fn divide_32(&mut self, by: Gpr) {
        debug_assert!(by != RAX && by != RDX);
        self.registers(&[], false, &[0xF7], 6, by.0);
    }

    #[inline(never)]
    pub fn shift_right(&mut self, register: Gpr, by: u8) {
        self.registers(&[], true, &[0xC1], 5, register.0);
        self.byte(by);
    }

    #[inline(never)]
    pub fn shift_left(&mut self, register: Gpr, by: u8) {
        self.registers(&[], true, &[0xC1], 4, register.0);
        self.byte(by);
    }

    #[inline(never)]
    pub fn decrement(&mut self, register: Gpr) {
        self.registers(&[], true, &[0xFF], 1, register.0);
    }

    /// Compares a register with a number of eight bits and sign.
    #[inline(never)]
    pub fn compare_small(&mut self, register: Gpr, value: i8) {
        self.registers(&[], true, &[0x83], 7, register.0);
        self.byte(value as u8);
    }

    #[inline(never)]
    pub fn compare_number(&mut self, register: Gpr, value: i32) {
        self.registers(&[], true, &[0x81], 7, register.0);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn compare_32(&mut self, register: Gpr, value: u32) {
        self.registers(&[], false, &[0x81], 7, register.0);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn compare_mem_small(&mut self, mem: Mem, value: i8) {
        self.memory(&[], true, &[0x83], 7, mem);
        self.byte(value as u8);
    }

    #[inline(never)]
    pub fn compare_mem_32_small(&mut self, mem: Mem, value: i8) {
        self.memory(&[], false, &[0x83], 7, mem);
        self.byte(value as u8);
    }

    #[inline(never)]
    pub fn compare_mem_32(&mut self, mem: Mem, value: u32) {
        self.memory(&[], false, &[0x81], 7, mem);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn compare_byte(&mut self, mem: Mem, value: u8) {
        self.memory(&[], false, &[0x80], 7, mem);
        self.byte(value);
    }

    #[inline(never)]
    pub fn test_byte(&mut self, mem: Mem, bits: u8) {
        self.memory(&[], false, &[0xF6], 0, mem);
        self.byte(bits);
    }

    #[inline(never)]
    pub fn add_small(&mut self, register: Gpr, value: i8) {
        self.registers(&[], true, &[0x83], 0, register.0);
        self.byte(value as u8);
    }

    /// Turns the bytes of a register round.
    #[inline(never)]
    pub fn swap_bytes(&mut self, register: Gpr) {
        self.rex(true, 0, 0, register.0);
        self.bytes(&[0x0F, 0xC8 | register.0 & 7]);
    }

    /// Keeps of a register what a mask below 128 has.
    #[inline(never)]
    pub fn mask_small(&mut self, register: Gpr, mask: u8) {
        debug_assert!(mask < 128);
        self.registers(&[], false, &[0x83], 4, register.0);
        self.byte(mask);
    }

    #[inline(never)]
    pub fn compare_32_small(&mut self, register: Gpr, value: i8) {
        self.registers(&[], false, &[0x83], 7, register.0);
        self.byte(value as u8);
    }

    #[inline(never)]
    pub fn add_one_32(&mut self, mem: Mem) {
        self.memory(&[], false, &[0x83], 0, mem);
        self.byte(1);
    }

    #[inline(never)]
    pub fn subtract_one_32(&mut self, mem: Mem) {
        self.memory(&[], false, &[0x83], 5, mem);
        self.byte(1);
    }

    /// Adds to a word of 64 bits.
    #[inline(never)]
    pub fn add_to_mem(&mut self, mem: Mem, value: i32) {
        self.memory(&[], true, &[0x81], 0, mem);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn add_to_mem_32(&mut self, mem: Mem, value: i32) {
        self.memory(&[], false, &[0x81], 0, mem);
        self.bytes(&value.to_le_bytes());
    }

    #[inline(never)]
    pub fn or_32(&mut self, register: Gpr, bits: u32) {
        self.registers(&[], false, &[0x81], 1, register.0);
        self.bytes(&bits.to_le_bytes());
    }

    #[inline(never)]
    pub fn and_32(&mut self, register: Gpr, bits: u32) {
        self.registers(&[], false, &[0x81], 4, register.0);
        self.bytes(&bits.to_le_bytes());
    }

    #[inline(never)]
    pub fn push(&mut self, register: Gpr) {
        self.rex(false, 0, 0, register.0);
        self.byte(0x50 | register.0 & 7);
    }

    #[inline(never)]
    pub fn pop(&mut self, register: Gpr) {
        self.rex(false, 0, 0, register.0);
        self.byte(0x58 | register.0 & 7);
    }

    #[inline(never)]
    pub fn load_double(&mut self, to: Xmm, from: Mem) {
        self.memory(&[0xF2], false, &[0x0F, 0x10], to.0, from);
    }

    #[inline(never)]
    pub fn store_double(&mut self, to: Mem, from: Xmm) {
        self.memory(&[0xF2], false, &[0x0F, 0x11], from.0, to);
    }

    #[inline(never)]
    pub fn copy_double(&mut self, to: Xmm, from: Xmm) {
        if to != from {
            self.registers(&[], false, &[0x0F, 0x28], to.0, from.0);
        }
    }

    #[inline(never)]
    pub fn sse(&mut self, op: SseOp, to: Xmm, from: Xmm) {
        self.registers(&[0xF2], false, &[0x0F, op as u8], to.0, from.0);
    }

    #[inline(never)]
    pub fn sse_mem(&mut self, op: SseOp, to: Xmm, from: Mem) {
        self.memory(&[0xF2], false, &[0x0F, op as u8], to.0, from);
    }

    #[inline(never)]
    pub fn bits(&mut self, op: BitOp, to: Xmm, from: Xmm) {
        self.registers(&[], false, &[0x0F, op as u8], to.0, from.0);
    }

    /// All ones in both halves.
    #[inline(never)]
    pub fn ones(&mut self, to: Xmm) {
        self.registers(&[0x66], false, &[0x0F, 0x76], to.0, to.0);
    }

    /// Stores both halves.
    #[inline(never)]
    pub fn store_both(&mut self, to: Mem, from: Xmm) {
        self.memory(&[], false, &[0x0F, 0x11], from.0, to);
    }

    /// All ones in `a` if it is less than `b`, else zeros.
    #[inline(never)]
    pub fn less_mask(&mut self, a: Xmm, b: Xmm) {
        self.registers(&[0xF2], false, &[0x0F, 0xC2], a.0, b.0);
        self.byte(1);
    }

    /// Compares two doubles, as unsigned numbers are compared; `Unordered` if one is a NaN.
    #[inline(never)]
    pub fn compare_doubles(&mut self, a: Xmm, b: Xmm) {
        self.registers(&[0x66], false, &[0x0F, 0x2E], a.0, b.0);
    }

    #[inline(never)]
    pub fn compare_double_mem(&mut self, a: Xmm, b: Mem) {
        self.memory(&[0x66], false, &[0x0F, 0x2E], a.0, b);
    }

    /// A double without its fraction, in 32 bits.
    #[inline(never)]
    pub fn truncate_32(&mut self, to: Gpr, from: Xmm) {
        self.registers(&[0xF2], false, &[0x0F, 0x2C], to.0, from.0);
    }

    #[inline(never)]
    pub fn truncate_64(&mut self, to: Gpr, from: Xmm) {
        self.registers(&[0xF2], true, &[0x0F, 0x2C], to.0, from.0);
    }

    /// A whole number as a double. What the register held is forgotten first, or the processor would wait for it.
    #[inline(never)]
    pub fn widen_32(&mut self, to: Xmm, from: Gpr) {
        self.bits(BitOp::Xor, to, to);
        self.registers(&[0xF2], false, &[0x0F, 0x2A], to.0, from.0);
    }

    #[inline(never)]
    pub fn widen_64(&mut self, to: Xmm, from: Gpr) {
        self.bits(BitOp::Xor, to, to);
        self.registers(&[0xF2], true, &[0x0F, 0x2A], to.0, from.0);
    }

    #[inline(never)]
    pub fn bits_to_double(&mut self, to: Xmm, from: Gpr) {
        self.registers(&[0x66], true, &[0x0F, 0x6E], to.0, from.0);
    }

    #[inline(never)]
    pub fn bits_of_double(&mut self, to: Gpr, from: Xmm) {
        self.registers(&[0x66], true, &[0x0F, 0x7E], from.0, to.0);
    }

    #[inline(never)]
    fn distance_to(&mut self, label: Label) {
        let Some(place) = self.places.get_mut(self.fixup_count) else {
            self.full = true;
            return;
        };
        (place.fixup, place.to) = (self.len as u16, label);
        self.fixup_count += 1;
        self.bytes(&[0; 4]);
    }

    #[inline(never)]
    pub fn jump(&mut self, label: Label) {
        self.byte(0xE9);
        self.distance_to(label);
    }

    #[inline(never)]
    pub fn jump_if(&mut self, cond: Cond, label: Label) {
        self.bytes(&[0x0F, 0x80 | cond as u8]);
        self.distance_to(label);
    }

    #[inline(never)]
    pub fn jump_to_register(&mut self, register: Gpr) {
        self.registers(&[], false, &[0xFF], 4, register.0);
    }

    #[inline(never)]
    pub fn jump_through(&mut self, mem: Mem) {
        self.memory(&[], false, &[0xFF], 4, mem);
    }

    #[inline(never)]
    pub fn ret(&mut self) {
        self.byte(0xC3);
    }

    #[inline(never)]
    pub fn call_register(&mut self, register: Gpr) {
        self.registers(&[], false, &[0xFF], 2, register.0);
    }
}
