//! The math library (manual §5.6): the C library's functions, value for value.
//!
//! COMPAT: where a function takes two numbers, the reference's build checks the second first, and
//! the message tells.

mod random;

use core::ffi::c_int;

use crate::base::cmath as c;
use crate::builtin;
use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::runtime::register::{open_library, set_field};
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;

/// In the reference's order: the order of `pairs(math)` follows from it.
pub(super) const FUNCTIONS: [Builtin; 28] = [
    builtin!("abs", abs, Abs),
    builtin!("acos", acos, Acos),
    builtin!("asin", asin, Asin),
    builtin!("atan2", atan2, Atan2),
    builtin!("atan", atan, Atan),
    builtin!("ceil", ceil, Ceil),
    builtin!("cosh", cosh, Cosh),
    builtin!("cos", cos, Cos),
    builtin!("deg", deg, Deg),
    builtin!("exp", exp, Exp),
    builtin!("floor", floor, Floor),
    builtin!("fmod", fmod, FMod),
    builtin!("frexp", frexp),
    builtin!("ldexp", ldexp),
    builtin!("log10", log10, Log10),
    builtin!("log", log, Log),
    builtin!("max", max, Max),
    builtin!("min", min, Min),
    builtin!("modf", modf),
    builtin!("pow", pow, Pow),
    builtin!("rad", rad, Rad),
    builtin!("random", random::random, Random),
    builtin!("randomseed", random::randomseed),
    builtin!("sinh", sinh, Sinh),
    builtin!("sin", sin, Sin),
    builtin!("sqrt", sqrt, Sqrt),
    builtin!("tanh", tanh, Tanh),
    builtin!("tan", tan, Tan),
];

/// `luaopen_math`.
pub fn open(l: &mut State) -> NativeResult {
    let math = open_library(l, "math", &FUNCTIONS)?;
    add_constants(l, math)?;
    Ok(Outcome::Return(1))
}

/// What the library has besides its functions.
pub(super) fn add_constants(l: &mut State, math: Gc<Table>) -> Result<(), Thrown> {
    set_field(l, math, b"pi", Value::number(core::f64::consts::PI))?;
    set_field(l, math, b"huge", Value::number(f64::INFINITY))?;
    // The name that fmod had in Lua 5.0.
    let name = l.new_string(b"fmod")?;
    set_field(l, math, b"mod", math.get_str(name))
}

fn answer(l: &mut State, n: f64) -> NativeResult {
    l.push(Value::number(n));
    Ok(Outcome::Return(1))
}

fn two_numbers(l: &mut State) -> Result<(f64, f64), Thrown> {
    let second = l.check_number(2)?;
    Ok((l.check_number(1)?, second))
}

macro_rules! of_one_number {
    ($($name:ident = $f:expr;)*) => {$(
        fn $name(l: &mut State) -> NativeResult {
            let n = l.check_number(1)?;
            answer(l, $f(n))
        }
    )*};
}

of_one_number! {
    abs = f64::abs;
    acos = c::acos;
    asin = c::asin;
    atan = c::atan;
    ceil = f64::ceil;
    cos = c::cos;
    cosh = c::cosh;
    deg = c::degrees;
    exp = c::exp;
    floor = f64::floor;
    log = c::log;
    log10 = c::log10;
    rad = c::radians;
    sin = c::sin;
    sinh = c::sinh;
    sqrt = f64::sqrt;
    tan = c::tan;
    tanh = c::tanh;
}

macro_rules! of_two_numbers {
    ($($name:ident = $f:expr;)*) => {$(
        fn $name(l: &mut State) -> NativeResult {
            let (a, b) = two_numbers(l)?;
            answer(l, $f(a, b))
        }
    )*};
}

of_two_numbers! {
    atan2 = c::atan2;
    fmod = c::fmod;
    pow = c::pow;
}

fn ldexp(l: &mut State) -> NativeResult {
    let exponent = l.check_int(2)?;
    let n = l.check_number(1)?;
    answer(l, c::ldexp(n, exponent))
}

fn frexp(l: &mut State) -> NativeResult {
    let n = l.check_number(1)?;
    let mut exponent: c_int = 0;
    // SAFETY: the exponent goes to a place of ours.
    let mantissa = unsafe { c::frexp(n, &mut exponent) };
    l.push(Value::number(mantissa));
    l.push(Value::number(exponent as f64));
    Ok(Outcome::Return(2))
}

fn modf(l: &mut State) -> NativeResult {
    let n = l.check_number(1)?;
    let mut whole = 0.0;
    // SAFETY: the whole part goes to a place of ours.
    let fraction = unsafe { c::modf(n, &mut whole) };
    l.push(Value::number(whole));
    l.push(Value::number(fraction));
    Ok(Outcome::Return(2))
}

fn max(l: &mut State) -> NativeResult {
    extreme(l, |n, best| n > best)
}

fn min(l: &mut State) -> NativeResult {
    extreme(l, |n, best| n < best)
}

#[inline]
fn extreme(l: &mut State, better: fn(f64, f64) -> bool) -> NativeResult {
    let mut best = l.check_number(1)?;
    for i in 2..=l.arg_count() {
        let n = match l.arg(i).as_number() {
            Some(n) => n,
            None => l.check_number(i)?,
        };
        if better(n, best) {
            best = n;
        }
    }
    answer(l, best)
}
