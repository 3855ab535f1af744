//! Changes to a chunk, from a single operand to whole functions, and to its bytes.
//!
//! Most of them are small and keep the rest legal, so that the verifier has to look at each thing by
//! itself and what it lets through comes far. `repair` undoes the commonest reasons for a refusal.

use super::{Constant, Function, HEADER, Local, invent, parse, write};
use crate::random::{Choose, Random};

/// Bytes that a chunk may grow to.
const MAX_SIZE: usize = 1 << 16;

/// A mutation of a chunk's bytes. What is no chunk becomes one, or is changed as bytes.
pub fn mutate(bytes: &[u8], other: &[u8], r: &mut Random) -> Vec<u8> {
    let Some(mut chunk) = parse(bytes) else {
        return if r.chance(50) { write(&invent::chunk(r)) } else { mutate_bytes(bytes.to_vec(), other, r) };
    };
    match r.below(100) {
        0..8 => return mutate_bytes(bytes.to_vec(), other, r),
        8..12 => return write(&invent::chunk(r)),
        _ => {}
    }
    let other = parse(other);
    for _ in 0..few(r) {
        let n = r.below(chunk.count());
        if let Some(f) = chunk.nth(n) {
            mutate_function(f, other.as_ref(), r);
        }
    }
    if r.chance(70) {
        repair(&mut chunk);
    }
    let out = write(&chunk);
    if out.len() > MAX_SIZE { bytes.to_vec() } else { out }
}

/// Mostly one, seldom many.
fn few(r: &mut Random) -> usize {
    match r.below(8) {
        0..4 => 1,
        4..6 => 2,
        6 => 3 + r.below(5),
        _ => 1 + r.below(30),
    }
}

fn mutate_bytes(mut bytes: Vec<u8>, other: &[u8], r: &mut Random) -> Vec<u8> {
    for _ in 0..few(r) {
        let at = r.below(bytes.len());
        match r.below(7) {
            _ if bytes.is_empty() => bytes.extend(HEADER),
            0 => bytes[at] ^= 1 << r.below(8),
            1 => bytes[at] = r.of(&[0, 1, 2, 4, 0x7F, 0x80, 0xFF]),
            2 => bytes[at] = bytes[at].wrapping_add(r.of(&[1, 255])),
            3 => bytes.truncate(at),
            4 => {
                let from = r.below(other.len());
                let count = r.below(64).min(other.len() - from);
                bytes.splice(at..at, other[from..from + count].iter().copied());
            }
            5 => {
                let end = (at + 1 + r.below(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let word = r.of(&[0, 1, -1, i32::MAX, i32::MIN, 0x10000]).to_le_bytes();
                let end = (at + 4).min(bytes.len());
                bytes.splice(at..end, word);
            }
        }
    }
    bytes
}

fn mutate_function(f: &mut Function, other: Option<&Function>, r: &mut Random) {
    match r.below(100) {
        0..60 => mutate_code(f, other, r),
        60..72 => mutate_constants(f, r),
        72..80 => mutate_head(f, r),
        80..90 => mutate_debug(f, r),
        _ => mutate_functions(f, other, r),
    }
}

fn mutate_head(f: &mut Function, r: &mut Random) {
    let near = |value: u8, r: &mut Random| match r.below(4) {
        0 => value.wrapping_add(1),
        1 => value.wrapping_sub(1),
        2 => r.of(&[0, 1, 2, 3, 7, 60, 128, 249, 250, 251, 255]),
        _ => r.next() as u8,
    };
    match r.below(6) {
        0 => f.upvalues = near(f.upvalues, r),
        1 => f.params = near(f.params, r),
        2 => f.vararg = r.of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 255]),
        3 => f.max_stack = near(f.max_stack, r),
        4 => f.line = any_int(r),
        _ => f.last_line = any_int(r),
    }
}

fn any_int(r: &mut Random) -> i32 {
    match r.below(3) {
        0 => r.of(&[0, 1, -1, i32::MAX, i32::MIN, i32::MAX - 1, 255, 256]),
        1 => r.below(40) as i32,
        _ => r.next() as i32,
    }
}

fn mutate_code(f: &mut Function, other: Option<&Function>, r: &mut Random) {
    let len = f.code.len();
    let at = r.below(len);
    let wide = r.chance(10);
    match r.below(12) {
        _ if len == 0 => f.code.push(invent::RETURN),
        0 | 1 => f.code[at] = f.code[at] & !0x3F | r.below(if wide { 64 } else { 38 }) as u32,
        2..5 => f.code[at] = mutate_operand(f, f.code[at], r),
        5 => f.code[at] = invent::instruction(f, at, r),
        6 => f.code.insert(at, invent::instruction(f, at, r)),
        7 => {
            f.code.remove(at);
        }
        8 => f.code.swap(at, r.below(len)),
        9 => {
            let word = f.code[at];
            f.code.insert(r.below(len), word);
        }
        10 => f.code[at] ^= 1 << r.below(32),
        _ => {
            let Some(other) = other else { return };
            let mut other = other.clone();
            let n = r.below(other.count());
            let Some(from) = other.nth(n) else { return };
            let start = r.below(from.code.len());
            let count = r.below(12).min(from.code.len() - start);
            f.code.splice(at..at, from.code[start..start + count].iter().copied());
        }
    }
}

/// An instruction with one operand changed.
fn mutate_operand(f: &Function, word: u32, r: &mut Random) -> u32 {
    let registers = f.max_stack as usize;
    let constants = f.constants.len();
    let small = match r.below(8) {
        0 => registers,
        1 => registers.saturating_sub(1),
        2 => 256 + r.below(constants + 1),
        3 => r.of(&[0, 1, 2, 255, 256, 511]),
        4 => r.below(512),
        _ => r.below(registers + 1),
    } as u32;
    match r.below(5) {
        0 => word & !(0xFF << 6) | (small & 0xFF) << 6,
        1 => word & !(0x1FF << 23) | (small & 0x1FF) << 23,
        2 => word & !(0x1FF << 14) | (small & 0x1FF) << 14,
        3 => word & 0x3FFF | (r.below(constants.max(f.functions.len()) + 1) as u32) << 14,
        _ => word & 0x3FFF | invent::distance(r.below(f.code.len()), f.code.len(), r) << 14,
    }
}

fn mutate_constants(f: &mut Function, r: &mut Random) {
    let at = r.below(f.constants.len());
    let to = r.below(f.constants.len());
    match r.below(6) {
        0 => f.constants.insert(at, invent::constant(r)),
        1 if !f.constants.is_empty() => {
            f.constants.remove(at);
        }
        2 if !f.constants.is_empty() => f.constants.swap(at, to),
        3 if r.chance(20) => f.constants.push(Constant::Other(r.next() as u8)),
        _ if f.constants.is_empty() => f.constants.push(invent::constant(r)),
        _ => f.constants[at] = invent::constant(r),
    }
}

fn any_name(r: &mut Random) -> Vec<u8> {
    r.of(&[&b""[..], b"\0", b"a\0", b"(for index)\0", b"self\0", b"a long name with \0 inside and more\0", b"no end"])
        .to_vec()
}

fn mutate_debug(f: &mut Function, r: &mut Random) {
    match r.below(9) {
        0 => f.lines.clear(),
        1 => f.lines.push(any_int(r)),
        2 => f.lines.truncate(r.below(f.lines.len())),
        3 if !f.lines.is_empty() => {
            let at = r.below(f.lines.len());
            f.lines[at] = any_int(r);
        }
        4 => f.locals.insert(
            r.below(f.locals.len()),
            Local { name: any_name(r), start: any_int(r), end: any_int(r) },
        ),
        5 if !f.locals.is_empty() => {
            let at = r.below(f.locals.len());
            let (local, to) = (&mut f.locals[at], any_int(r));
            if r.chance(50) { local.start = to } else { local.end = to }
        }
        6 => f.upvalue_names.push(any_name(r)),
        7 => f.upvalue_names.truncate(r.below(f.upvalue_names.len())),
        _ => f.source = any_name(r),
    }
}

fn mutate_functions(f: &mut Function, other: Option<&Function>, r: &mut Random) {
    let at = r.below(f.functions.len());
    match r.below(5) {
        0 => f.functions.insert(at, invent::chunk(r)),
        1 if !f.functions.is_empty() => {
            f.functions.remove(at);
        }
        2 if !f.functions.is_empty() => {
            let again = f.functions[at].clone();
            f.functions.push(again);
        }
        3 => {
            let inside = f.clone();
            if inside.count() < 60 {
                f.functions.insert(at, inside);
            }
        }
        _ => {
            if let Some(other) = other {
                let mut other = other.clone();
                let n = r.below(other.count());
                if let Some(from) = other.nth(n) {
                    f.functions.insert(at, std::mem::take(from));
                }
            }
        }
    }
}

/// Makes the counts agree and the code end: what every verifier looks at first.
fn repair(f: &mut Function) {
    if f.code.last() != Some(&invent::RETURN) {
        f.code.push(invent::RETURN);
    }
    if !f.lines.is_empty() {
        f.lines.resize(f.code.len(), 1);
    }
    f.upvalue_names.truncate(f.upvalues as usize);
    f.functions.iter_mut().for_each(repair);
}
