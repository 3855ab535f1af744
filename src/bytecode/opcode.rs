//! The instruction set of Lua 5.1 and the coding of one instruction in 32 bits.
//!
//! ```text
//!   bit 31        23        14       6      0
//!       |  B (9)  |  C (9)  | A (8)  | op(6)|
//!       |      Bx (18)      |  …     |      |     sBx = Bx - 131071
//! ```
//!
//! An operand called RK is a register, or with its bit 8 set the index of a constant.
//! This is what `luac5.1` files hold, so nothing of it can change.
//!
//! Not here: which instruction sequences are legal (`verify`); the form that runs (`vm::translate`).

macro_rules! opcodes {
    ($($variant:ident $name:literal $modes:expr;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Opcode { $($variant,)* }

        impl Opcode {
            /// All of them, by their number.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$variant,)*];
            const NAMES: &'static [&'static str] = &[$($name,)*];
            const MODES: &'static [Modes] = &[$($modes,)*];
        }
    };
}

/// Which fields an instruction has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    ABC,
    ABx,
    AsBx,
}

/// What an operand B or C means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    Unused,
    /// A count, an upvalue, a truth value: whatever the instruction says.
    Number,
    /// A register, or a jump's distance.
    Register,
    /// A register or a constant; for Bx a constant.
    RegisterOrConstant,
}

#[derive(Clone, Copy, Debug)]
pub struct Modes {
    pub format: Format,
    pub b: Operand,
    pub c: Operand,
    /// Register A is written.
    pub sets_a: bool,
    /// The next instruction is a jump that this one may skip.
    pub is_test: bool,
}

const fn modes(format: Format, b: Operand, c: Operand, sets_a: bool, is_test: bool) -> Modes {
    Modes { format, b, c, sets_a, is_test }
}

use Format::{ABC, ABx, AsBx};
use Operand::{Number as N, Register as R, RegisterOrConstant as K, Unused as U};

opcodes! {
    Move "MOVE" modes(ABC, R, U, true, false);
    LoadK "LOADK" modes(ABx, K, U, true, false);
    LoadBool "LOADBOOL" modes(ABC, N, N, true, false);
    LoadNil "LOADNIL" modes(ABC, R, U, true, false);
    GetUpval "GETUPVAL" modes(ABC, N, U, true, false);
    GetGlobal "GETGLOBAL" modes(ABx, K, U, true, false);
    GetTable "GETTABLE" modes(ABC, R, K, true, false);
    SetGlobal "SETGLOBAL" modes(ABx, K, U, false, false);
    SetUpval "SETUPVAL" modes(ABC, N, U, false, false);
    SetTable "SETTABLE" modes(ABC, K, K, false, false);
    NewTable "NEWTABLE" modes(ABC, N, N, true, false);
    SelfOp "SELF" modes(ABC, R, K, true, false);
    Add "ADD" modes(ABC, K, K, true, false);
    Sub "SUB" modes(ABC, K, K, true, false);
    Mul "MUL" modes(ABC, K, K, true, false);
    Div "DIV" modes(ABC, K, K, true, false);
    Mod "MOD" modes(ABC, K, K, true, false);
    Pow "POW" modes(ABC, K, K, true, false);
    Unm "UNM" modes(ABC, R, U, true, false);
    Not "NOT" modes(ABC, R, U, true, false);
    Len "LEN" modes(ABC, R, U, true, false);
    Concat "CONCAT" modes(ABC, R, R, true, false);
    Jmp "JMP" modes(AsBx, R, U, false, false);
    Eq "EQ" modes(ABC, K, K, false, true);
    Lt "LT" modes(ABC, K, K, false, true);
    Le "LE" modes(ABC, K, K, false, true);
    Test "TEST" modes(ABC, R, N, true, true);
    TestSet "TESTSET" modes(ABC, R, N, true, true);
    Call "CALL" modes(ABC, N, N, true, false);
    TailCall "TAILCALL" modes(ABC, N, N, true, false);
    Return "RETURN" modes(ABC, N, U, false, false);
    ForLoop "FORLOOP" modes(AsBx, R, U, true, false);
    ForPrep "FORPREP" modes(AsBx, R, U, true, false);
    TForLoop "TFORLOOP" modes(ABC, U, N, false, true);
    SetList "SETLIST" modes(ABC, N, N, false, false);
    Close "CLOSE" modes(ABC, U, U, false, false);
    Closure "CLOSURE" modes(ABx, N, U, true, false);
    Vararg "VARARG" modes(ABC, N, U, true, false);
}

impl Opcode {
    pub const COUNT: usize = Opcode::ALL.len();

    #[inline(always)]
    pub const fn from_u8(n: u8) -> Option<Opcode> {
        if (n as usize) < Opcode::COUNT {
            // SAFETY: a byte without fields, numbered from 0 on.
            Some(unsafe { core::mem::transmute::<u8, Opcode>(n) })
        } else {
            None
        }
    }

    pub const fn name(self) -> &'static str {
        Opcode::NAMES[self as usize]
    }

    pub const fn modes(self) -> Modes {
        Opcode::MODES[self as usize]
    }
}

pub const MAX_A: u32 = (1 << 8) - 1;
pub const MAX_B: u32 = (1 << 9) - 1;
pub const MAX_C: u32 = (1 << 9) - 1;
pub const MAX_BX: u32 = (1 << 18) - 1;
/// The largest jump distance, and the excess that Bx codes it with.
pub const MAX_SBX: i32 = (MAX_BX >> 1) as i32;
/// The bit that makes an RK operand a constant.
pub const RK_CONSTANT: u32 = 1 << 8;
/// The largest constant index an RK operand can hold.
pub const MAX_RK_INDEX: u32 = RK_CONSTANT - 1;
/// "No register": fits A only.
pub const NO_REGISTER: u32 = MAX_A;
/// List items that one SETLIST stores at most.
pub const FIELDS_PER_FLUSH: u32 = 50;

const A_SHIFT: u32 = 6;
const C_SHIFT: u32 = 14;
const B_SHIFT: u32 = 23;

/// One instruction of standard 5.1 bytecode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Instruction(pub u32);

impl Instruction {
    #[inline(always)]
    pub const fn abc(op: Opcode, a: u32, b: u32, c: u32) -> Instruction {
        Instruction(op as u32 | a << A_SHIFT | c << C_SHIFT | b << B_SHIFT)
    }

    #[inline(always)]
    pub const fn abx(op: Opcode, a: u32, bx: u32) -> Instruction {
        Instruction(op as u32 | a << A_SHIFT | bx << C_SHIFT)
    }

    #[inline(always)]
    pub const fn asbx(op: Opcode, a: u32, sbx: i32) -> Instruction {
        Instruction::abx(op, a, (sbx + MAX_SBX) as u32)
    }

    /// The opcode; None for the 26 numbers that mean nothing.
    #[inline(always)]
    pub const fn opcode(self) -> Option<Opcode> {
        Opcode::from_u8((self.0 & 0x3F) as u8)
    }

    #[inline(always)]
    pub const fn is(self, op: Opcode) -> bool {
        self.0 & 0x3F == op as u32
    }

    #[inline(always)]
    pub const fn a(self) -> u32 {
        self.0 >> A_SHIFT & MAX_A
    }

    #[inline(always)]
    pub const fn b(self) -> u32 {
        self.0 >> B_SHIFT
    }

    #[inline(always)]
    pub const fn c(self) -> u32 {
        self.0 >> C_SHIFT & MAX_C
    }

    /// B if C is 0, and a number that no field can hold if not.
    #[inline(always)]
    pub const fn b_if_c_is_0(self) -> u32 {
        self.b() | self.c() << 9
    }

    #[inline(always)]
    pub const fn bx(self) -> u32 {
        self.0 >> C_SHIFT
    }

    #[inline(always)]
    pub const fn sbx(self) -> i32 {
        self.bx() as i32 - MAX_SBX
    }

    #[inline(always)]
    pub const fn with_opcode(self, op: Opcode) -> Instruction {
        Instruction(self.0 & !0x3F | op as u32)
    }

    #[inline(always)]
    pub const fn with_a(self, a: u32) -> Instruction {
        Instruction(self.0 & !(MAX_A << A_SHIFT) | a << A_SHIFT)
    }

    #[inline(always)]
    pub const fn with_b(self, b: u32) -> Instruction {
        Instruction(self.0 & !(MAX_B << B_SHIFT) | b << B_SHIFT)
    }

    #[inline(always)]
    pub const fn with_c(self, c: u32) -> Instruction {
        Instruction(self.0 & !(MAX_C << C_SHIFT) | c << C_SHIFT)
    }

    #[inline(always)]
    pub const fn with_sbx(self, sbx: i32) -> Instruction {
        Instruction(self.0 & !(MAX_BX << C_SHIFT) | ((sbx + MAX_SBX) as u32) << C_SHIFT)
    }
}

/// Whether an RK operand is a constant.
#[inline(always)]
pub const fn is_constant(rk: u32) -> bool {
    rk & RK_CONSTANT != 0
}

/// The constant's index in an RK operand that is one.
#[inline(always)]
pub const fn constant_index(rk: u32) -> u32 {
    rk & !RK_CONSTANT
}

/// A size as NEWTABLE holds it: `eeeeexxx` is `1xxx * 2^(eeeee - 1)`, or `xxx` where `eeeee` is 0;
/// rounded up.
pub const fn size_to_byte(mut size: u32) -> u32 {
    let mut exponent = 0;
    while size >= 16 {
        size = size.div_ceil(2);
        exponent += 1;
    }
    if size < 8 { size } else { (exponent + 1) << 3 | (size - 8) }
}

/// The size that `size_to_byte` coded.
pub const fn byte_to_size(byte: u32) -> u32 {
    let exponent = byte >> 3 & 31;
    if exponent == 0 { byte } else { ((byte & 7) + 8) << (exponent - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_touch_each_other() {
        let i = Instruction::abc(Opcode::Vararg, 0xA5, 0x155, 0x0AA);
        assert_eq!((i.opcode(), i.a(), i.b(), i.c()), (Some(Opcode::Vararg), 0xA5, 0x155, 0x0AA));
        let j = i.with_a(1).with_b(2).with_c(3).with_opcode(Opcode::Move);
        assert_eq!((j.opcode(), j.a(), j.b(), j.c()), (Some(Opcode::Move), 1, 2, 3));
        for sbx in [-MAX_SBX, -1, 0, 1, MAX_SBX] {
            assert_eq!(Instruction::asbx(Opcode::Jmp, 0, 0).with_sbx(sbx).sbx(), sbx);
        }
        assert_eq!(Instruction(38).opcode(), None);
    }

    #[test]
    fn sizes_round_up_to_what_a_byte_can_say() {
        for size in 0..100_000 {
            let coded = size_to_byte(size);
            assert!(coded < 256);
            assert!(byte_to_size(coded) >= size);
            assert!(coded == 0 || byte_to_size(coded - 1) < size);
        }
    }
}
