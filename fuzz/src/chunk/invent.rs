//! Functions made up from nothing: each instruction is legal by itself where it stands, and the sequence
//! as a whole is what no compiler would write. So most pass the verifier, and the machine runs loops that
//! were never prepared, lists that nobody began, jumps into whatever there is.
//!
//! Not here: whether a verifier should take it; now and then an operand is out of bounds.

use super::{Constant, Function, Local};
use crate::random::{Choose, Random};

/// `RETURN 0 1`.
pub const RETURN: u32 = abc(30, 0, 1, 0);

const fn abc(op: u32, a: u32, b: u32, c: u32) -> u32 {
    op | a << 6 | c << 14 | b << 23
}

const fn abx(op: u32, a: u32, bx: u32) -> u32 {
    op | a << 6 | bx << 14
}

/// Bx of a jump from the instruction at `at` to somewhere in code of `len` words, mostly near.
pub fn distance(at: usize, len: usize, r: &mut Random) -> u32 {
    let to = match r.below(8) {
        0 => r.below(len + 2) as i64 - 1,
        1 => 0,
        2..5 => at as i64 + 1 + r.below(6) as i64,
        _ => at as i64 - r.below(8) as i64,
    };
    let to = if r.chance(98) { to.clamp(0, len.max(1) as i64 - 1) } else { to };
    (to - at as i64 - 1 + 131_071).clamp(0, 262_143) as u32
}

const NAMES: [&str; 22] = [
    "string", "table", "math", "coroutine", "pcall", "error", "setmetatable", "next", "pairs", "unpack", "select",
    "tostring", "x", "y", "insert", "rep", "wrap", "yield", "gsub", "sort", "__index", "n",
];

const NUMBERS: [f64; 16] = [
    0.0, -0.0, 1.0, 2.0, 3.0, -1.0, 0.5, 10.0, 100.0, 255.0, 2147483648.0, 9007199254740992.0, 1e300, -1e300,
    f64::INFINITY, f64::MIN_POSITIVE,
];

pub fn constant(r: &mut Random) -> Constant {
    let text = |s: &str| Constant::String([s.as_bytes(), b"\0"].concat());
    match r.below(12) {
        0 => Constant::Nil,
        1 => Constant::Boolean(r.of(&[0, 1, 2, 255])),
        2 => Constant::Number(r.next()),
        // NaNs of every payload, which a machine that boxes values in NaNs must not believe.
        3 => Constant::Number(r.next() | 0x7FF0 << 48 | r.of(&[0, 1 << 63])),
        4..8 => Constant::Number(r.of(&NUMBERS).to_bits()),
        8 => {
            let count = r.of(&[0, 1, 2, 39, 40, 41, 100, 1023, 1024, 1025]);
            Constant::String(r.bytes(count))
        }
        _ => text(r.of(&NAMES)),
    }
}

/// One instruction for the place `at` of `f`.
pub fn instruction(f: &Function, at: usize, r: &mut Random) -> u32 {
    let wild = r.chance(1);
    let registers = f.max_stack as usize;
    let below = |n: usize, r: &mut Random| r.below(n.saturating_add(wild as usize).max(1)) as u32;
    let reg = |r: &mut Random| below(registers, r);
    let reg_below = |n: usize, r: &mut Random| below(registers.saturating_sub(n), r);
    let constants = f.constants.len();
    let rk = |r: &mut Random| if r.chance(40) && constants > 0 { 256 + below(constants.min(256), r) } else { reg(r) };
    let upvalue = |r: &mut Random| below(f.upvalues as usize, r);
    let len = f.code.len();
    let op = r.below(38) as u32;
    match op {
        0 | 18 | 19 | 20 => abc(op, reg(r), reg(r), 0),
        1 => abx(1, reg(r), below(constants, r)),
        5 | 7 => {
            let names = f.constants.iter().enumerate().filter(|(_, c)| matches!(c, Constant::String(s) if !s.is_empty()));
            let names: Vec<usize> = names.map(|(i, _)| i).collect();
            if names.is_empty() { RETURN } else { abx(op, reg(r), r.of(&names) as u32) }
        }
        2 => abc(2, reg(r), r.below(2) as u32, r.below(2) as u32),
        3 => {
            let a = reg(r);
            abc(3, a, a + r.below(registers.saturating_sub(a as usize)) as u32, 0)
        }
        4 | 8 => abc(op, reg(r), upvalue(r), 0),
        6 | 9 | 12..=17 => {
            let b = if op == 6 { reg(r) } else { rk(r) };
            abc(op, reg(r), b, rk(r))
        }
        10 => abc(10, reg(r), r.of(&[0, 1, 2, 9, 20, 60]), r.of(&[0, 1, 2, 9, 20, 60])),
        11 => abc(11, reg_below(1, r), reg(r), rk(r)),
        21 => {
            let b = reg_below(1, r);
            abc(21, reg(r), b, b + 1 + r.below(registers.saturating_sub(b as usize + 1)) as u32)
        }
        22 => abx(22, 0, distance(at, len, r)),
        23..=25 => abc(op, r.below(2) as u32, rk(r), rk(r)),
        26 => abc(26, reg(r), 0, r.below(2) as u32),
        27 => abc(27, reg(r), reg(r), r.below(2) as u32),
        28 | 29 => {
            let a = reg(r);
            let room = registers.saturating_sub(a as usize + 1);
            let b = 1 + r.below(room + 1) as u32;
            let c = if op == 29 || r.chance(10) { 0 } else { 1 + r.below(room + 1) as u32 };
            abc(op, a, b, c)
        }
        30 => {
            let a = reg(r);
            let b = 1 + r.below(registers.saturating_sub(a as usize) + 1) as u32;
            abc(30, a, b, 0)
        }
        31 | 32 => abx(op, reg_below(3, r), distance(at, len, r)),
        33 => abc(33, reg_below(5, r), 0, 1 + r.below(3) as u32),
        34 => {
            let a = reg_below(1, r);
            let b = 1 + r.below(registers.saturating_sub(a as usize + 1)) as u32;
            abc(34, a, b, r.of(&[0, 1, 1, 1, 2, 3, 100, 511]))
        }
        35 => abc(35, reg(r), 0, 0),
        36 => abx(36, reg(r), below(f.functions.len(), r)),
        _ if f.vararg & 6 != 2 => abc(19, reg(r), reg(r), 0),
        _ => {
            let a = reg(r);
            abc(37, a, r.below(registers.saturating_sub(a as usize) + 2) as u32, 0)
        }
    }
}

/// A whole function with functions inside, of up to some sixty instructions.
pub fn chunk(r: &mut Random) -> Function {
    function(r, 0)
}

fn function(r: &mut Random, depth: usize) -> Function {
    let mut f = Function {
        source: if r.chance(50) { b"=made\0".to_vec() } else { Vec::new() },
        upvalues: if depth == 0 { r.of(&[0, 0, 0, 2]) } else { r.of(&[0, 1, 2, 3, 60]) },
        vararg: r.of(&[0, 0, 2, 2, 3, 7]),
        max_stack: r.of(&[2, 3, 5, 6, 8, 10, 12, 20, 249, 250]),
        ..Function::default()
    };
    f.params = r.below(4).min(f.max_stack as usize - 1) as u8;
    f.constants = (0..r.below(8)).map(|_| constant(r)).collect();
    if depth < 2 {
        f.functions = (0..r.below(3)).map(|_| function(r, depth + 1)).collect();
    }
    let most = r.of(&[6, 12, 24, 60]);
    let len = 1 + r.below(most);
    f.code = vec![RETURN; len];
    let mut at = 0;
    let mut code = Vec::new();
    while at < len {
        let word = instruction(&f, at, r);
        code.push(word);
        follow(&f, word, len, r, &mut code);
        at = code.len();
    }
    code.push(RETURN);
    f.code = code;
    if r.chance(50) {
        f.lines = (0..f.code.len()).map(|i| (i as i32) / 2 + 1).collect();
        let len = f.code.len();
        f.locals = (0..r.below(4))
            .map(|i| Local {
                name: vec![b'a' + i as u8, 0],
                start: r.below(len) as i32,
                end: r.below(len + 1) as i32,
            })
            .collect();
    }
    f
}

/// The words that must stand behind an instruction.
fn follow(f: &Function, word: u32, len: usize, r: &mut Random, code: &mut Vec<u32>) {
    let registers = f.max_stack as usize;
    let a = word >> 6 & 0xFF;
    let (b, c, bx) = (word >> 23, word >> 14 & 0x1FF, (word >> 14) as usize);
    let mut open = None;
    match word & 0x3F {
        23..=27 | 33 => code.push(abx(22, 0, distance(code.len(), len, r))),
        34 if c == 0 => code.push(r.of(&[0, 1, 2, 1000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF])),
        36 => {
            let count = f.functions.get(bx).map_or(0, |inner| inner.upvalues);
            for _ in 0..count {
                let from_upvalue = f.upvalues > 0 && r.chance(30);
                code.push(if from_upvalue {
                    abc(4, 0, r.below(f.upvalues as usize) as u32, 0)
                } else {
                    abc(0, 0, r.below(registers) as u32, 0)
                });
            }
        }
        28 | 29 if c == 0 => open = Some((a, word & 0x3F == 29)),
        37 if b == 0 => open = Some((a, false)),
        _ => {}
    }
    // An open list is taken at once.
    let Some((first, tail)) = open else { return };
    let below = |n: u32, r: &mut Random| r.below(n as usize + 1) as u32;
    code.push(match r.below(4) {
        _ if tail => abc(30, first, 0, 0),
        0 => abc(30, below(first, r), 0, 0),
        1 if first > 0 => abc(34, below(first - 1, r), 0, r.of(&[1, 2, 511])),
        _ if first > 0 => abc(28, below(first - 1, r), 0, 1 + r.below(2) as u32),
        _ => abc(30, 0, 0, 0),
    });
}
