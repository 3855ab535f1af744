//! Comparisons, each with the jump behind it.

use crate::vm::access;
use crate::vm::interp::arith::K;
use crate::vm::interp::metamethods::{eq_by_metatable, order_by_metatable};

pub(super) const LT: bool = true;
pub(super) const LE: bool = false;

handler! {
    /// Jumps if `B == C` is `WANTED`.
    fn eq<const B_K: bool, const C_K: bool, const WANTED: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        let equal = if x == y {
            true
        } else if !(x.is_nan() | y.is_nan()) {
            false
        } else if a.bits() == b.bits() {
            !a.is_number()
        } else if (a.bits() ^ b.bits()) >> 48 != 0 {
            false
        } else {
            return eq_alike::<B_K, C_K, WANTED>(pc, base, k, l, dispatch, none!())
        };
        if equal == WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// ... of two that are of one kind, and not the same word.
    #[inline(never)]
    fn eq_alike<const B_K: bool, const C_K: bool, const WANTED: bool>(pc, base, k, l, dispatch) {
        let (a, b) = (operand!(B_K, field_b!(pc), base, k), operand!(C_K, field_c!(pc), base, k));
        if access::may_equal(a) && access::may_equal(b) {
            return eq_by_metatable::<B_K, C_K>(pc, base, k, l, dispatch, none!())
        }
        if !WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

number_handler! {
    /// Jumps if `B == K(C)`, a number, is `WANTED`: whatever is no number compares as a NaN does.
    fn eq_number<const B: u8, const WANTED: bool>(pc, base, k, l, dispatch, acc) {
        let x = number_operand!(B, field_b!(pc), base, k, acc);
        if (x == (*k.add(field_c!(pc))).as_f64()) == WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// Jumps if `B == K(C)`, which nothing equals but its own word, is `WANTED`.
    fn eq_word<const WANTED: bool>(pc, base, k, l, dispatch) {
        let equal = (*base.add(field_b!(pc))).bits() == (*k.add(field_c!(pc))).bits();
        if equal == WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

number_handler! {
    /// Jumps if `B < C` (`LESS`) or `B <= C` is `WANTED`.
    fn order<const LESS: bool, const B: u8, const C: u8, const WANTED: bool>
        (pc, base, k, l, dispatch, acc) {
        let x = number_operand!(B, field_b!(pc), base, k, acc);
        let y = number_operand!(C, field_c!(pc), base, k, acc);
        if x.is_nan() || y.is_nan() {
            match (B == K, C == K) {
                (false, false) => return order_texts::<LESS, false, false, WANTED>(pc, base, k, l, dispatch, none!()),
                (false, true) => return order_texts::<LESS, false, true, WANTED>(pc, base, k, l, dispatch, none!()),
                (true, false) => return order_texts::<LESS, true, false, WANTED>(pc, base, k, l, dispatch, none!()),
                (true, true) => return order_texts::<LESS, true, true, WANTED>(pc, base, k, l, dispatch, none!()),
            }
        }
        let holds = if LESS { x < y } else { x <= y };
        if holds == WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// The same for what is not two numbers: short strings that differ in their first bytes, where strings are ordered by
    /// bytes.
    #[inline(never)]
    fn order_texts<const LESS: bool, const B_K: bool, const C_K: bool, const WANTED: bool>
        (pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if let Some(a) = a.as_string()
            && let Some(b) = b.as_string()
            && (*(*l).global).orders_by_bytes.get()
        {
            if !a.is_short() || !b.is_short() {
                return order_any_texts::<LESS, B_K, C_K, WANTED>(pc, base, k, l, dispatch, none!());
            }
            let (x, y) = (a.first_order(), b.first_order());
            if x == y {
                return order_long_texts::<LESS, B_K, C_K, WANTED>(pc, base, k, l, dispatch, none!());
            }
            if (x < y) == WANTED {
                jump!(pc, base, k, l, dispatch)
            }
            go!(pc.add(2), base, k, l, dispatch)
        }
        return order_by_metatable::<LESS, B_K, C_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// Here we know that both are short strings, which are ordered by their bytes.
    #[inline(never)]
    fn order_long_texts<const LESS: bool, const B_K: bool, const C_K: bool, const WANTED: bool>
        (pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if let Some(a) = a.as_string()
            && let Some(b) = b.as_string()
            && a.is_before(&b, !LESS) == WANTED
        {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// Here we know that both are strings, which are ordered by their bytes.
    #[inline(never)]
    fn order_any_texts<const LESS: bool, const B_K: bool, const C_K: bool, const WANTED: bool>
        (pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if let Some(a) = a.as_string()
            && let Some(b) = b.as_string()
        {
            (*(*l).global).spend_bytes(a.len());
            let order = a.as_bytes().cmp(b.as_bytes());
            if (if LESS { order.is_lt() } else { order.is_le() }) == WANTED {
                go!(target!(pc), base, k, l, dispatch)
            }
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}
