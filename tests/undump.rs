//! Binary chunks that no compiler made: truncated, mutated, and one illegal thing at a time.

mod common;

use ferrouslua::bytecode::opcode::{Format, Operand};
use ferrouslua::bytecode::{Instruction as I, Opcode, Opcode::*};
use ferrouslua::object::{Proto, Value};
use ferrouslua::heap::{Buffer, Gc};
use ferrouslua::bytecode::verify::is_sound;
use ferrouslua::state::{State, Status};

/// A function of some code with 6 registers, constants (1, "x"), 2 upvalues and an inner function
/// of 1 upvalue.
struct Code {
    words: Vec<I>,
    vararg: u8,
    params: u8,
    max_stack: u8,
}

impl Code {
    fn new(words: &[I]) -> Code {
        Code { words: words.to_vec(), vararg: 2, params: 0, max_stack: 6 }
    }

    fn is_sound(&self) -> bool {
        let l: &mut State = common::new_state();
        let heap = l.heap();
        let inner = Proto::new(heap).expect("memory");
        let proto = Proto::new(heap).expect("memory");
        let name = l.new_string(b"x").expect("memory");
        let mut code = Buffer::new(heap);
        code.extend(&self.words.iter().map(|i| i.0).collect::<Vec<_>>()).expect("memory");
        let mut constants = Buffer::new(heap);
        constants.extend(&[Value::number(1.0), Value::string(name)]).expect("memory");
        let mut protos: Buffer<Gc<Proto>> = Buffer::new(heap);
        protos.push(inner).expect("memory");
        // SAFETY: ALIAS: new objects that nobody else knows; nothing is collected here.
        unsafe {
            (*inner.as_ptr()).upvalue_count = 1;
            let p = proto.as_ptr();
            (*p).code = code.into_array().expect("memory");
            (*p).constants = constants.into_array().expect("memory");
            (*p).protos = protos.into_array().expect("memory");
            (*p).upvalue_count = 2;
            (*p).vararg = self.vararg;
            (*p).param_count = self.params;
            (*p).max_stack = self.max_stack;
        }
        is_sound(heap, &proto).expect("memory")
    }
}

const END: I = I::abc(Return, 0, 1, 0);

fn abc(op: ferrouslua::bytecode::Opcode, a: u32, b: u32, c: u32) -> I {
    I::abc(op, a, b, c)
}

/// Code that is legal, and the same with one word changed, which is not.
fn pairs() -> Vec<(&'static str, Vec<I>, Vec<I>)> {
    let jmp = |to| I::asbx(Jmp, 0, to);
    let k = 256;
    let mut pairs = Vec::new();
    let mut pair = |what, legal: &[I], illegal: &[I]| {
        pairs.push((what, [legal, &[END]].concat(), [illegal, &[END]].concat()));
    };
    pair("register", &[abc(Move, 5, 5, 0)], &[abc(Move, 5, 6, 0)]);
    pair("target register", &[abc(Move, 5, 5, 0)], &[abc(Move, 6, 5, 0)]);
    pair("unused operand", &[abc(Move, 0, 1, 0)], &[abc(Move, 0, 1, 1)]);
    pair("constant", &[I::abx(LoadK, 0, 1)], &[I::abx(LoadK, 0, 2)]);
    pair("constant operand", &[abc(Add, 0, k + 1, 0)], &[abc(Add, 0, k + 2, 0)]);
    pair("global's name", &[I::abx(GetGlobal, 0, 1)], &[I::abx(GetGlobal, 0, 0)]);
    pair("global's name set", &[I::abx(SetGlobal, 0, 1)], &[I::abx(SetGlobal, 0, 0)]);
    pair("upvalue", &[abc(GetUpval, 0, 1, 0)], &[abc(GetUpval, 0, 2, 0)]);
    pair("upvalue set", &[abc(SetUpval, 0, 1, 0)], &[abc(SetUpval, 0, 2, 0)]);
    pair("nils", &[abc(LoadNil, 1, 1, 0)], &[abc(LoadNil, 1, 0, 0)]);
    pair("skip", &[abc(LoadBool, 0, 1, 1), END], &[abc(LoadBool, 0, 1, 1)]);
    pair("self", &[abc(SelfOp, 4, 0, k)], &[abc(SelfOp, 5, 0, k)]);
    pair("concatenation", &[abc(Concat, 0, 1, 2)], &[abc(Concat, 0, 2, 1)]);
    pair("jump on", &[jmp(0)], &[jmp(1)]);
    pair("jump back", &[jmp(-1)], &[jmp(-2)]);
    pair("test", &[abc(Eq, 0, 0, 1), jmp(0)], &[abc(Eq, 0, 0, 1), END]);
    pair("loop registers", &[I::asbx(ForLoop, 2, -1)], &[I::asbx(ForLoop, 3, -1)]);
    pair("loop entry", &[I::asbx(ForPrep, 0, 0)], &[I::asbx(ForPrep, 0, 5)]);
    pair("for", &[abc(TForLoop, 0, 0, 3), jmp(-2)], &[abc(TForLoop, 0, 0, 4), jmp(-2)]);
    pair("for's call", &[abc(TForLoop, 0, 0, 1), jmp(-2)], &[abc(TForLoop, 1, 0, 1), jmp(-2)]);
    pair("for's variables", &[abc(TForLoop, 0, 0, 1), jmp(-2)], &[abc(TForLoop, 0, 0, 0), jmp(-2)]);
    pair("for's jump", &[abc(TForLoop, 0, 0, 1), jmp(-2)], &[abc(TForLoop, 0, 0, 1), jmp(-1)]);
    pair("arguments", &[abc(Call, 3, 3, 1)], &[abc(Call, 3, 4, 1)]);
    pair("results", &[abc(Call, 3, 1, 4)], &[abc(Call, 3, 1, 5)]);
    pair("returned", &[abc(Return, 3, 4, 0)], &[abc(Return, 3, 5, 0)]);
    pair("varargs", &[abc(Vararg, 3, 4, 0)], &[abc(Vararg, 3, 5, 0)]);
    pair("items", &[abc(SetList, 3, 2, 1)], &[abc(SetList, 3, 3, 1)]);
    pair("item block", &[abc(SetList, 0, 1, 0), I(7)], &[abc(SetList, 0, 1, 0)]);
    pair("into item block", &[jmp(0), abc(SetList, 0, 1, 0), END], &[jmp(1), abc(SetList, 0, 1, 0), END]);
    pair("inner function", &[I::abx(Closure, 0, 0), abc(Move, 0, 1, 0)], &[I::abx(Closure, 0, 1)]);
    pair("captured", &[I::abx(Closure, 0, 0), abc(Move, 0, 5, 0)], &[I::abx(Closure, 0, 0), abc(Move, 0, 6, 0)]);
    pair(
        "captured upvalue",
        &[I::abx(Closure, 0, 0), abc(GetUpval, 0, 1, 0)],
        &[I::abx(Closure, 0, 0), abc(GetUpval, 0, 2, 0)],
    );
    pair("capture", &[I::abx(Closure, 0, 0), abc(Move, 0, 1, 0)], &[I::abx(Closure, 0, 0), abc(Not, 0, 1, 0)]);
    pair(
        "into capture",
        &[jmp(0), I::abx(Closure, 0, 0), abc(Move, 0, 1, 0)],
        &[jmp(1), I::abx(Closure, 0, 0), abc(Move, 0, 1, 0)],
    );
    let open = abc(Vararg, 1, 0, 0);
    pair("open", &[open, abc(Call, 0, 0, 1)], &[abc(Vararg, 1, 2, 0), abc(Call, 0, 0, 1)]);
    pair("open used at once", &[open, abc(Return, 0, 0, 0)], &[open, jmp(0), abc(Return, 0, 0, 0)]);
    pair("open list", &[open, abc(SetList, 0, 0, 1)], &[open, abc(SetList, 1, 0, 1)]);
    pair("open call", &[abc(Call, 1, 1, 0), abc(Call, 0, 0, 1)], &[abc(Call, 0, 1, 0), abc(Call, 0, 0, 1)]);
    pair(
        "open behind a jump",
        &[jmp(0), open, abc(Call, 0, 0, 1)],
        &[jmp(1), open, abc(Call, 0, 0, 1)],
    );
    pair("tail call", &[abc(TailCall, 0, 1, 0), abc(Return, 0, 0, 0)], &[abc(TailCall, 0, 1, 0), abc(Call, 0, 0, 1)]);
    // What a callee's frame begins with may not be captured by a closure.
    let capture = |register| [I::abx(Closure, 0, 0), abc(Move, 0, register, 0)];
    let with = |first: &[I], then: &[I]| [first, then].concat();
    let call = abc(Call, 2, 1, 1);
    pair("captured at a call", &with(&capture(1), &[call]), &with(&capture(2), &[call]));
    pair("captured above a call", &with(&capture(1), &[call]), &with(&capture(5), &[call]));
    pair(
        "captured at a tail call",
        &with(&capture(1), &[abc(TailCall, 2, 1, 0), abc(Return, 2, 0, 0)]),
        &with(&capture(2), &[abc(TailCall, 2, 1, 0), abc(Return, 2, 0, 0)]),
    );
    pair(
        "captured at a for's call",
        &with(&capture(2), &[abc(TForLoop, 0, 0, 1), jmp(-2)]),
        &with(&capture(3), &[abc(TForLoop, 0, 0, 1), jmp(-2)]),
    );
    pair(
        "captured and closed",
        &with(&capture(2), &[abc(Close, 2, 0, 0), call]),
        &with(&capture(2), &[abc(Close, 3, 0, 0), call]),
    );
    pair(
        "captured on one of two ways",
        &with(&[abc(Test, 0, 0, 0), jmp(3)], &with(&capture(2), &[END, call])),
        &with(&[abc(Test, 0, 0, 0), jmp(3)], &with(&capture(2), &[jmp(0), call])),
    );
    pair(
        "captured in a turn before",
        &with(&[call], &with(&capture(2), &[abc(Close, 2, 0, 0), jmp(-5)])),
        &with(&[call], &with(&capture(2), &[jmp(-4)])),
    );
    pair("opcode", &[abc(Vararg, 0, 1, 0)], &[I(38)]);
    pairs
}

#[test]
fn one_illegal_word_is_enough() {
    for (what, legal, illegal) in pairs() {
        assert!(Code::new(&legal).is_sound(), "{what}: legal code was refused");
        assert!(!Code::new(&illegal).is_sound(), "{what}: illegal code was accepted");
    }
}

/// What `modes` says of a field is what the verifier demands of it.
#[test]
fn fields_hold_what_their_opcode_says() {
    for &op in Opcode::ALL {
        let modes = op.modes();
        if modes.format != Format::ABC {
            continue;
        }
        let (b, c) = match op {
            Concat => (0, 1),
            Call | SetList => (1, 1),
            TailCall | Return | Vararg => (1, 0),
            TForLoop => (0, 1),
            _ => (0, 0),
        };
        let sound = |b, c| {
            let behind = match op {
                TailCall => vec![abc(Return, 0, 0, 0)],
                TForLoop => vec![I::asbx(Jmp, 0, -2)],
                _ if modes.is_test => vec![I::asbx(Jmp, 0, 0)],
                _ => vec![],
            };
            Code::new(&[&[abc(op, 0, b, c)], &behind[..], &[END]].concat()).is_sound()
        };
        assert!(sound(b, c), "{op:?}: legal code was refused");
        for field in 0..512 {
            let may_be = |operand| match operand {
                Operand::Unused => field == 0,
                Operand::Number => true, // the instruction decides
                Operand::Register => field < 6,
                Operand::RegisterOrConstant => field < 6 || field == 256 || field == 257,
            };
            assert!(may_be(modes.b) || !sound(field, c), "{op:?}: B = {field} was accepted");
            assert!(may_be(modes.c) || !sound(b, field), "{op:?}: C = {field} was accepted");
        }
    }
}

#[test]
fn a_frame_must_fit() {
    let with = |change: fn(&mut Code)| {
        let mut code = Code::new(&[END]);
        change(&mut code);
        code.is_sound()
    };
    assert!(with(|_| ()));
    assert!(with(|c| c.max_stack = 250));
    assert!(!with(|c| c.max_stack = 251));
    assert!(with(|c| c.params = 6));
    assert!(!with(|c| c.params = 7));
    assert!(with(|c| (c.params, c.vararg) = (5, 7)));
    assert!(!with(|c| (c.params, c.vararg) = (6, 7)));
    assert!(!with(|c| c.vararg = 4));
    assert!(!with(|c| c.vararg = 8));
    assert!(!with(|c| c.words = vec![abc(Move, 0, 1, 0)]));
    assert!(!with(|c| c.words = vec![]));
    assert!(!with(|c| c.words = vec![abc(SetList, 0, 1, 0), END])); // the RETURN is a number
    // `...` is not to be had where the old `arg` is made, nor in a function without.
    let vararg = [abc(Vararg, 0, 2, 0), END];
    for (flags, sound) in [(0, false), (2, true), (3, true), (7, false)] {
        let code = Code { vararg: flags, ..Code::new(&vararg) };
        assert_eq!(code.is_sound(), sound, "flags {flags}");
    }
}

fn sample() -> Vec<u8> {
    let source = b"local a, b = ... local function f(...) local t = {a, 'x', 1.5, nil, true, ...} \
        for i = 1, #t do t[i] = function() return t, a, i end end for k, v in pairs(t) do b = k end \
        return f(t, ...) end return f(a .. b, a and b or -a ^ 2 % 3, a < b, not b), x.y, x:z(1)";
    common::compile(common::new_state(), source, b"=sample", false).expect("a chunk")
}

fn error_of(bytes: &[u8], name: &[u8]) -> Option<String> {
    let l = common::new_state();
    let (status, message) = common::compile(l, bytes, name, false).err()?;
    assert_eq!(status, Status::Syntax);
    Some(String::from_utf8_lossy(&message).into_owned())
}

#[test]
fn broken_chunks_are_refused_with_the_references_words() {
    let chunk = sample();
    for length in 1..chunk.len() {
        let message = error_of(&chunk[..length], b"=x").expect("an error");
        assert_eq!(message, "x: unexpected end in precompiled chunk");
    }
    for at in 1..12 {
        let mut bytes = chunk.clone();
        bytes[at] ^= 0x40;
        let message = error_of(&bytes, b"@file").expect("an error");
        assert_eq!(message, "file: bad header in precompiled chunk");
    }
    assert_eq!(error_of(&chunk, b"=x"), None);
    let with = |at: usize, new: &[u8]| {
        let mut bytes = chunk.clone();
        bytes[at..at + new.len()].copy_from_slice(new);
        error_of(&bytes, b"text").map(|m| m.replace("text: ", ""))
    };
    // 12 header, 8 + 8 source "=sample", then the two lines, the counts and the code.
    let line = 12 + 8 + 8;
    let bad = |what: &str| Some(format!("{what} in precompiled chunk"));
    assert_eq!(with(line, &(-1i32).to_ne_bytes()), bad("bad integer"));
    assert_eq!(with(line + 12 + 4, &[0x3F]), bad("bad code"));
    assert_eq!(with(line + 8 + 3, &[0]), bad("bad code"));
    let code = i32::from_ne_bytes(chunk[line + 12..line + 16].try_into().expect("4 bytes")) as usize;
    let constants = line + 16 + 4 * code;
    assert_eq!(with(constants + 4, &[5]), bad("bad constant"));
    assert_eq!(with(constants, &i32::MAX.to_ne_bytes()).is_some(), true);
    let huge = with(12, &(usize::MAX - 1).to_ne_bytes());
    assert_eq!(huge, bad("unexpected end"));
}

#[test]
fn a_mutated_chunk_is_refused_or_loads() {
    let chunk = sample();
    let mut seed = 1u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..2_000 {
        let mut bytes = chunk.clone();
        for _ in 0..=random(3) {
            let at = 12 + random(bytes.len() - 12);
            bytes[at] = bytes[at].wrapping_add(1 + random(255) as u8);
        }
        match error_of(&bytes, b"=m") {
            Some(_) => refused += 1,
            None => loaded += 1,
        }
    }
    assert!(loaded > 0 && refused > 0, "{loaded} loaded, {refused} refused");
}
