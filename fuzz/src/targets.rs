//! What each fuzz target does with its bytes.

use std::ffi::CStr;

use crate::api::{ours, reference};
use crate::chunk::run;
use crate::generate;
use crate::machine::{Machine, Value, with_pair};
use crate::random::{Bytes, Choose, Random};

/// A target's name, what it does, and a list of things that its inputs are made of.
pub struct Target {
    pub name: &'static str,
    pub check: fn(&[u8]),
    pub words: &'static [&'static str],
}

pub const ALL: [Target; 8] = [
    Target { name: "source", check: source, words: SOURCE_WORDS },
    Target { name: "chunk", check: chunk, words: &[] },
    Target { name: "roundtrip", check: roundtrip, words: &[] },
    Target { name: "programs", check: programs, words: &[] },
    Target { name: "numbers", check: numbers, words: NUMBER_WORDS },
    Target { name: "patterns", check: patterns, words: PATTERN_WORDS },
    Target { name: "format", check: format, words: FORMAT_WORDS },
    Target { name: "capi", check: crate::capi::check, words: &[] },
];

const SOURCE_WORDS: &[&str] = &[
    " and ", " break ", " do ", " else ", " elseif ", " end ", " false ", " for ", " function ", " if ", " in ", " local ",
    " nil ", " not ", " or ", " repeat ", " return ", " then ", " true ", " until ", " while ", "...", "..", "==", "~=", "<=",
    ">=", "[[", "]]", "[=[", "]=]", "--", "--[[", "'", "\"", "\\", "\\065", "\\z", "\n", "\r\n", "0x1F", "1e5", "3.", ".5", "a",
    "x1", "(", ")", "{", "}", "[", "]", ";", ":", ",", "=", "+", "-", "*", "/", "%", "^", "#", "goto ", "::",
];
const NUMBER_WORDS: &[&str] = &[
    "0", "1", "9", "5", ".", "e", "E", "+", "-", "0x", "0X", "f", "p", "inf", "nan", " ", "\t", "\n", "\0", "00000", "99999",
    "e308", "e-324", "1e", "17976931348623157", "49406564584124654", "22250738585072014",
];
const PATTERN_WORDS: &[&str] = &[
    "a", "b", "(", ")", "()", "[", "]", "[^", "-", "*", "+", "?", ".", "^", "$", "%", "%a", "%d", "%b()", "%f[", "%1", "%w", "\0",
    "]", "%]", "a-c", "\u{ff}",
];
const FORMAT_WORDS: &[&str] = &[
    "%", "%d", "%i", "%u", "%c", "%x", "%X", "%o", "%e", "%E", "%f", "%g", "%G", "%q", "%s", "%%", "-", "+", " ", "#", "0", ".",
    "1", "5", "14", "20", "99", "100", "%a", "%p", "%*d", "x", "\0",
];

/// Both compilers must make the same of a text: the same bytecode, or the same message. Ours loads what it
/// has made, and dumps it alike.
pub fn source(text: &[u8]) {
    if text.first() == Some(&0x1B) {
        return; // a binary chunk: the target of that name
    }
    let our = compile(&Machine::new(ours()), text);
    if let Ok(chunk) = &our {
        let again = compile(&Machine::new(ours()), chunk);
        assert!(again == our, "loaded from a chunk and dumped, it differs");
    }
    let Some(api) = reference() else { return };
    let theirs = compile(&Machine::new(api), text);
    if our == theirs {
        return;
    }
    // The reference counts levels of its C stack; messages may be of another limit then.
    let apart = [&our, &theirs].iter().any(|r| {
        r.as_ref().is_err_and(|m| ["too complex", "overflow", "not enough memory"].iter().any(|w| m.contains(w)))
    });
    match (&our, &theirs) {
        _ if apart => {}
        (Ok(a), Ok(b)) => panic!("the bytecode differs at byte {:?}", a.iter().zip(b).position(|(a, b)| a != b)),
        (Err(a), Err(b)) => panic!("messages differ\n  ours:      {a}\n  reference: {b}"),
        (a, b) => panic!("one compiles\n  ours:      {:?}\n  reference: {:?}", a.as_ref().err(), b.as_ref().err()),
    }
}

fn compile(machine: &Machine, text: &[u8]) -> Result<Vec<u8>, String> {
    let (api, l) = (machine.api, machine.l);
    // SAFETY: a live state of this library's.
    unsafe {
        match api.load(l, text, c"=source") {
            0 => Ok(run::dump(api, l)),
            _ => Err(api.bytes(l, -1).unwrap_or_default().escape_ascii().to_string()),
        }
    }
}

/// A chunk is refused or runs harmlessly. How it runs depends on its bytes.
pub fn chunk(bytes: &[u8]) {
    run::check(bytes, &mut Random(sum(bytes)));
}

/// FNV-1a.
pub fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |sum, &byte| (sum ^ byte as u64).wrapping_mul(0x100_0000_01B3))
}

/// A program does the same when it is run from its chunk as from its text, and from the reference's chunk.
pub fn roundtrip(bytes: &[u8]) {
    let program = generate::program(&mut Bytes(bytes));
    let Ok(chunk) = compile(&Machine::new(ours()), &program) else {
        panic!("a program of ours does not compile:\n{}", String::from_utf8_lossy(&program))
    };
    let from_text = Machine::new(ours()).log(&program, c"=source");
    let from_chunk = Machine::new(ours()).log(&chunk, c"=source");
    assert_same(&program, &from_text, &from_chunk);
    if let Some(api) = reference() {
        let theirs = compile(&Machine::new(api), &program);
        assert!(theirs.as_deref() == Ok(&chunk[..]), "the reference's chunk differs");
    }
}

/// A legal program does the same on both.
pub fn programs(bytes: &[u8]) {
    let Some(api) = reference() else { return };
    let program = generate::program(&mut Bytes(bytes));
    let our = Machine::new(ours()).log(&program, c"=program");
    let theirs = Machine::new(api).log(&program, c"=program");
    assert_same(&program, &our, &theirs);
}

fn assert_same(program: &[u8], first: &crate::machine::Log, second: &crate::machine::Log) {
    if first.says_nothing() || second.says_nothing() {
        return;
    }
    let lines = first.lines.iter().zip(&second.lines);
    let differing = lines.clone().position(|(a, b)| a != b).or_else(|| {
        (first.lines.len() != second.lines.len()).then_some(first.lines.len().min(second.lines.len()))
    });
    if let Some(at) = differing {
        panic!(
            "{}\nline {at} of the log\n  first:  {:?}\n  second: {:?}",
            String::from_utf8_lossy(program),
            first.lines.get(at),
            second.lines.get(at)
        );
    }
}

/// Text to number, in every base, and number to text.
pub fn numbers(bytes: &[u8]) {
    let mut input = Bytes(bytes);
    let base = input.below(40) as f64;
    let bits = input.next();
    let text = input.0;
    with_pair(|pair| {
        pair.same_call(c"_G", c"tonumber", &[Value::bytes(text)]);
        pair.same_call(c"_G", c"tonumber", &[Value::bytes(text), Value::Number(base)]);
        let converted = pair.ours.call(c"_G", c"tonumber", &[Value::bytes(text)]);
        let mut numbers = vec![f64::from_bits(bits)];
        if let Ok([Value::Number(n)]) = converted.as_deref() {
            numbers.push(*n);
        }
        for n in numbers {
            // A NaN's payload is not kept, its sign is.
            let n = if n.is_nan() { f64::NAN.copysign(n) } else { n };
            pair.same_call(c"_G", c"tostring", &[Value::Number(n)]);
            assert_eq!(printed(n), text_of(pair, n), "tostring and printf of {n:?}");
            for function in [c"floor", c"ceil", c"frexp", c"modf"] {
                pair.same_call(c"math", function, &[Value::Number(n)]);
            }
        }
    });
    source_number(text);
}

fn text_of(pair: &crate::machine::Pair, n: f64) -> Vec<u8> {
    match pair.ours.call(c"_G", c"tostring", &[Value::Number(n)]).as_deref() {
        Ok([Value::Bytes(text)]) => text.clone(),
        other => panic!("tostring({n:?}) is {other:?}"),
    }
}

/// What the C library makes of a number by "%.14g".
fn printed(n: f64) -> Vec<u8> {
    let mut out = [0u8; 64];
    // SAFETY: a buffer of that size; the format takes a double.
    let length = unsafe { libc::snprintf(out.as_mut_ptr().cast(), out.len(), c"%.14g".as_ptr(), n) };
    out[..length as usize].to_vec()
}

/// The same digits as a numeral of a source text.
fn source_number(text: &[u8]) {
    if text.len() < 200 && text.iter().all(|c| c.is_ascii_alphanumeric() || b".+-".contains(c)) {
        source(&[b"return ", text].concat());
    }
}

/// Bytes up to the first 0xFE, which no word has, and the rest.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let at = bytes.iter().position(|&c| c == 0xFE).unwrap_or(bytes.len());
    (&bytes[..at], bytes.get(at + 1..).unwrap_or_default())
}

/// `find`, `match` and `gsub` with a pattern, a subject and a replacement. Both are kept short, since the
/// reference cannot be stopped while it backtracks.
pub fn patterns(bytes: &[u8]) {
    let mut input = Bytes(bytes);
    let init = input.between(-5, 20) as f64;
    let (pattern, rest) = split(input.0);
    let (subject, replacement) = split(rest);
    let quantifiers = pattern.iter().filter(|c| b"*+-?".contains(c)).count();
    if quantifiers > 4 || subject.len() > 24 || pattern.len() > 60 || replacement.len() > 20 {
        return;
    }
    let (pattern, subject) = (Value::bytes(pattern), Value::bytes(subject));
    with_pair(|pair| {
        let same = |name: &CStr, arguments: &[Value]| pair.same_call(c"string", name, arguments);
        let both = [subject.clone(), pattern.clone()];
        same(c"find", &both);
        same(c"match", &both);
        same(c"find", &[subject.clone(), pattern.clone(), Value::Number(init)]);
        same(c"match", &[subject.clone(), pattern.clone(), Value::Number(init)]);
        same(c"find", &[subject.clone(), pattern.clone(), Value::Number(init), Value::Boolean(true)]);
        same(c"gsub", &[subject.clone(), pattern.clone(), Value::bytes(replacement)]);
        same(c"gsub", &[subject.clone(), pattern.clone(), Value::bytes(b"<%0%1>"), Value::Number(init)]);
    });
}

/// `string.format` with any format and arguments of every type.
pub fn format(bytes: &[u8]) {
    let mut input = Bytes(bytes);
    let mut arguments = vec![Value::Nil];
    for _ in 0..input.below(5) {
        arguments.push(match input.below(8) {
            0 => Value::Nil,
            1 => Value::Boolean(true),
            2 => Value::Number(input.between(-300, 300) as f64),
            3 => Value::Number(input.between(-1 << 40, 1 << 40) as f64),
            4 => {
                let n = f64::from_bits(input.next());
                Value::Number(if n.is_nan() { f64::NAN } else { n })
            }
            5 => Value::Number(input.of(&[0.5, -0.0, 1e15, 1e300, f64::INFINITY, 2147483648.0, 9.5])),
            6 => {
                let length = input.below(120);
                Value::bytes(input.take(length))
            }
            _ => Value::bytes(input.of(&[&b"10"[..], b"0x1F", b"\"\\\n\r\0z", b"abc"])),
        });
    }
    arguments[0] = Value::bytes(input.0);
    with_pair(|pair| pair.same_call(c"string", c"format", &arguments));
}
