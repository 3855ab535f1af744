//! Comparisons, each with the jump behind it.

use crate::vm::access;

pub(super) const LT: bool = true;
pub(super) const LE: bool = false;

handler! {
    /// Jumps if `B == C` is `WANTED`.
    fn eq<const B_K: bool, const C_K: bool, const WANTED: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let equal = if a.is_number() && b.is_number() {
            a.as_f64() == b.as_f64()
        } else if a.bits() == b.bits() {
            true
        } else if a.bits() >> 48 != b.bits() >> 48 || !access::may_equal(a) {
            false
        } else {
            slow!(eq_slow::<B_K, C_K>, pc, base, k, l, dispatch)
        };
        if equal == WANTED {
            go!(target!(pc), base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// Jumps if `B < C` (`LESS`) or `B <= C` is `WANTED`.
    fn order<const LESS: bool, const B_K: bool, const C_K: bool, const WANTED: bool>
        (pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        if x.is_nan() || y.is_nan() {
            slow!(order_slow::<LESS, B_K, C_K>, pc, base, k, l, dispatch)
        }
        let holds = if LESS { x < y } else { x <= y };
        if holds == WANTED {
            go!(target!(pc), base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

slow_handler! {
    fn eq_slow<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        worker!(access::equal(l, pc, a, b), base, k, l, dispatch)
    }
}

slow_handler! {
    fn order_slow<const LESS: bool, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        worker!(access::order(l, pc, LESS, a, b), base, k, l, dispatch)
    }
}
