//! The instructions, by what they do: loads and stores, whole numbers, numbers, jumps.
//!
//! Not here: how they are encoded (`asm`).

use super::*;

impl Asm {
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
    pub fn compare_16(&mut self, mem: Mem, value: u16) {
        self.byte(0x66);
        self.memory(&[], false, &[0x81], 7, mem);
        self.bytes(&value.to_le_bytes());
    }

    /// Compares a word of 16 bits with a register's lowest.
    #[inline(never)]
    pub fn compare_16_with(&mut self, mem: Mem, register: Gpr) {
        self.byte(0x66);
        self.memory(&[], false, &[0x39], register.0, mem);
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

    /// The same of 32 bits: `Overflow`, if these are too few.
    #[inline(never)]
    pub fn add_small_32(&mut self, register: Gpr, value: i8) {
        self.registers(&[], false, &[0x83], 0, register.0);
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
    pub fn call(&mut self, label: Label) {
        self.byte(0xE8);
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
