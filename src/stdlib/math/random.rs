//! `math.random` and `math.randomseed`: C's `rand`, whose sequence scripts know.

use crate::base::cmath;
use crate::object::Value;
use crate::state::{NativeResult, Outcome, State};

pub fn random(l: &mut State) -> NativeResult {
    let r = cmath::random(); // drawn even where the arguments are wrong
    let number = match l.arg_count() {
        0 => r,
        1 => {
            let high = l.check_int(1)?;
            if high < 1 {
                return Err(l.arg_error(1, b"interval is empty"));
            }
            (r * high as f64).floor() + 1.0
        }
        2 => {
            let low = l.check_int(1)?;
            let high = l.check_int(2)?;
            if low > high {
                return Err(l.arg_error(2, b"interval is empty"));
            }
            // COMPAT: the width is a C int, and wraps.
            let width = high.wrapping_sub(low).wrapping_add(1);
            (r * width as f64).floor() + low as f64
        }
        _ => return Err(l.library_error(&[b"wrong number of arguments"])),
    };
    l.push(Value::number(number));
    Ok(Outcome::Return(1))
}

pub fn randomseed(l: &mut State) -> NativeResult {
    let seed = l.check_int(1)?;
    // SAFETY: srand keeps its state to itself.
    unsafe { libc::srand(seed as u32) };
    Ok(Outcome::Return(0))
}
