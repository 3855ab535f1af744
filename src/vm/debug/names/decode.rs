//! The fields of a 5.1 instruction, as far as naming needs them.

#[derive(Clone, Copy)]
pub struct Instruction(pub u32);

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    Move,
    LoadNil,
    GetUpval,
    GetGlobal,
    GetTable,
    SelfOp,
    Jmp,
    Call,
    TailCall,
    ForLoop,
    ForPrep,
    TForLoop,
    SetList,
    Closure,
    /// Another that writes register A, or none.
    Other { sets_a: bool },
}

impl Opcode {
    pub fn sets_a(self) -> bool {
        match self {
            Opcode::Other { sets_a } => sets_a,
            Opcode::Jmp | Opcode::TForLoop | Opcode::SetList => false,
            _ => true,
        }
    }
}

impl Instruction {
    pub fn opcode(self) -> Option<Opcode> {
        Some(match self.0 & 63 {
            0 => Opcode::Move,
            3 => Opcode::LoadNil,
            4 => Opcode::GetUpval,
            5 => Opcode::GetGlobal,
            6 => Opcode::GetTable,
            11 => Opcode::SelfOp,
            22 => Opcode::Jmp,
            28 => Opcode::Call,
            29 => Opcode::TailCall,
            31 => Opcode::ForLoop,
            32 => Opcode::ForPrep,
            33 => Opcode::TForLoop,
            34 => Opcode::SetList,
            36 => Opcode::Closure,
            7 | 8 | 9 | 23 | 24 | 25 | 30 | 35 => Opcode::Other { sets_a: false },
            1..=37 => Opcode::Other { sets_a: true },
            _ => return None,
        })
    }

    pub fn a(self) -> u32 {
        self.0 >> 6 & 0xff
    }

    pub fn b(self) -> u32 {
        self.0 >> 23
    }

    pub fn c(self) -> u32 {
        self.0 >> 14 & 0x1ff
    }

    pub fn bx(self) -> u32 {
        self.0 >> 14
    }

    pub fn sbx(self) -> i32 {
        self.bx() as i32 - 131_071
    }
}

/// The constant's index, if a B or C operand means a constant.
pub fn constant_of_rk(operand: u32) -> Option<u32> {
    (operand & 0x100 != 0).then_some(operand & 0xff)
}
