//! Functions of numbers.

use crate::base::cmath;
use crate::object::Value;
use crate::vm::interp::arith::truncate;
use crate::vm::interp::modulo::ROUNDER;
use crate::vm::interp::native::call_builtin;

/// Where a whole number of 32 bits ends.
const LIMIT: f64 = 2147483648.0;

/// A double below this, to which that is added and from which it is taken again, is the nearest whole number.
pub const ROUNDABLE: f64 = (1u64 << 51) as f64;

/// A handler of a function of one number: `$f` gives the result, or None to ask the builtin.
macro_rules! of_one_number {
    ($(#[$meta:meta])* $name:ident, $f:expr) => {
        handler! {
            $(#[$meta])*
            fn $name(pc, base, k, l, dispatch) {
                let func = base.add(field_a!(pc));
                let x = (*func.add(1)).as_f64();
                if (*l).top > func.add(1) {
                    let result: Option<f64> = $f(x);
                    if let Some(result) = result {
                        let result = Value::number_unchecked(result);
                        return_value!(result, func, pc, base, k, l, dispatch)
                    }
                }
                return call_builtin::<false>(pc, base, k, l, dispatch, none!());
            }
        }
    };
}

// PERF: no way to the integers and back, which takes twice as long. The sign is that of x, for -0 is rounded to -0, and some more to 0.
of_one_number!(floor, |x: f64| {
    if !(x.abs() < ROUNDABLE) {
        return None; // a NaN too, so whatever is no number
    }
    let nearest = (x + ROUNDER) - ROUNDER;
    Some((nearest - if nearest > x { 1.0 } else { 0.0 }).copysign(x))
});

of_one_number!(ceil, |x: f64| {
    if !(x.abs() < ROUNDABLE) {
        return None;
    }
    let nearest = (x + ROUNDER) - ROUNDER;
    Some((nearest + if nearest < x { 1.0 } else { 0.0 }).copysign(x))
});

of_one_number!(abs, |x: f64| if x.is_nan() { None } else { Some(x.abs()) });

of_one_number!(sqrt, |x: f64| if x >= 0.0 { Some(x.sqrt()) } else { None });

/// A handler of `max` and `min` for two or three numbers.
macro_rules! extreme {
    ($name:ident, $better:tt) => {
        handler! {
            fn $name(pc, base, k, l, dispatch) {
                let func = base.add(field_a!(pc));
                let (x, y) = ((*func.add(1)).as_f64(), (*func.add(2)).as_f64());
                if (*l).top == func.add(3) && !x.is_nan() && !y.is_nan() {
                    let result = Value::number_unchecked(if y $better x { y } else { x });
                    return_value!(result, func, pc, base, k, l, dispatch)
                }
                let z = (*func.add(3)).as_f64();
                if (*l).top == func.add(4) && !x.is_nan() && !y.is_nan() && !z.is_nan() {
                    let best = if y $better x { y } else { x };
                    let result = Value::number_unchecked(if z $better best { z } else { best });
                    return_value!(result, func, pc, base, k, l, dispatch)
                }
                return call_builtin::<false>(pc, base, k, l, dispatch, none!());
            }
        }
    };
}

extreme!(max, >);
extreme!(min, <);

/// Handlers of functions of one number that the C library computes.
macro_rules! computed {
    ($($name:ident)*) => {$(
        handler! {
            fn $name(pc, base, k, l, dispatch) {
                let func = base.add(field_a!(pc));
                let x = (*func.add(1)).as_f64();
                if (*l).top > func.add(1) && !x.is_nan() {
                    let result = Value::number(cmath::$name(x));
                    return_value!(result, func, pc, base, k, l, dispatch)
                }
                return call_builtin::<false>(pc, base, k, l, dispatch, none!());
            }
        }
    )*};
}

computed! { acos asin atan cos cosh degrees exp log log10 radians sin sinh tan tanh }

/// ... and of two.
macro_rules! computed_of_two {
    ($($name:ident)*) => {$(
        handler! {
            fn $name(pc, base, k, l, dispatch) {
                let func = base.add(field_a!(pc));
                let (x, y) = ((*func.add(1)).as_f64(), (*func.add(2)).as_f64());
                if (*l).top > func.add(2) && !x.is_nan() && !y.is_nan() {
                    let result = Value::number(cmath::$name(x, y));
                    return_value!(result, func, pc, base, k, l, dispatch)
                }
                return call_builtin::<false>(pc, base, k, l, dispatch, none!());
            }
        }
    )*};
}

computed_of_two! { atan2 fmod pow }

handler! {
    /// `math.random` without arguments, or of one whole number.
    fn random(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let given = (*l).top.offset_from(func) - 1;
        let high = if given == 1 { (*func.add(1)).as_f64() } else { 1.0 };
        if given <= 1 && (1.0..LIMIT).contains(&high) && high == truncate(high) as f64 {
            let r = cmath::random();
            let result = if given == 0 { r } else { truncate(r * high) as f64 + 1.0 };
            let result = Value::number_unchecked(result);
            return_value!(result, func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
