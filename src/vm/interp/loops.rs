//! Loops.

use crate::object::Value;
use crate::vm::{access, frames};

handler! {
    /// R(A) += R(A+2); if within R(A+1): R(A+3) := R(A), jump
    fn for_loop(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let step = (*slots.add(2)).as_f64();
        let limit = (*slots.add(1)).as_f64();
        let index = (*slots).as_f64() + step;
        // Whatever is not a number compares false, so only numbers are ever stored.
        if if step > 0.0 { index <= limit } else { limit <= index } {
            let index = Value::number_unchecked(index);
            *slots = index;
            *slots.add(3) = index;
            go!(target!(pc), base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn for_prep(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let start = (*slots).as_f64();
        let step = (*slots.add(2)).as_f64();
        if start.is_nan() || (*slots.add(1)).as_f64().is_nan() || step.is_nan() {
            worker!(access::for_prep(l, pc), base, k, l, dispatch)
        }
        *slots = Value::number_unchecked(start - step);
        go!(target!(pc), base, k, l, dispatch)
    }
}

handler! {
    /// R(A+3)… := R(A)(R(A+1), R(A+2)), then `tfor_test`
    fn tfor_loop(pc, base, k, l, dispatch) {
        worker!(frames::tfor_call(l, pc), base, k, l, dispatch)
    }
}

handler! {
    /// If R(A) is not nil: R(A-1) := R(A), jump
    fn tfor_test(pc, base, k, l, dispatch) {
        let control = base.add(field_a!(pc));
        if !(*control).is_nil() {
            *control.sub(1) = *control;
            go!(target!(pc), base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}
