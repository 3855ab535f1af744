//! `string.find` of a short text as it is in a short string: by words, without a call of anything.

use crate::base::pattern;
use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::state::State;
use crate::vm::interp::arith::exact_int;
use crate::vm::interp::native::{call_builtin, two_results};

/// A text of up to so many bytes is a word.
const WORD: usize = 8;

const ONES: u64 = u64::MAX / 255;

/// Where a call of `find` is to look for what, and from which index on.
#[inline(always)]
unsafe fn asked(l: *mut State, func: *mut Value) -> Option<(Gc<Str>, Gc<Str>, usize)> {
    // SAFETY: STACK: the function's arguments lie from it to the top, and initialised slots above.
    unsafe {
        let nargs = (*l).top.offset_from(func) - 1;
        let (subject, text) = ((*func.add(1)).as_string()?, (*func.add(2)).as_string()?);
        let from = if nargs == 2 { 1 } else { exact_int(*func.add(3))? };
        if !subject.is_short() || !text.is_short() || !(1..=WORD).contains(&text.len()) || from <= 0 {
            return None;
        }
        let as_it_is = match nargs {
            2 | 3 => has_no_specials(text.first_word()),
            4 => (*func.add(4)).is_truthy(),
            _ => false,
        };
        as_it_is.then_some((subject, text, from as usize - 1))
    }
}

/// Whether none of these bytes makes a pattern of a text.
#[inline(always)]
fn has_no_specials(word: u64) -> bool {
    let mut rest = word;
    while rest != 0 {
        if SPECIALS >> (rest & 0x7F) & 1 != 0 {
            return false;
        }
        rest >>= 8;
    }
    true
}

/// By byte; of one from 128 on it says nothing, if it says that it is special.
const SPECIALS: u128 = {
    let (text, mut all, mut at) = (pattern::SPECIALS, 0, 0);
    while at < text.len() {
        all |= 1 << text[at];
        at += 1;
    }
    all
};

/// The index of the first place from `from` on where `text` is; None: nowhere.
#[inline(always)]
fn place_of(text: &Str, subject: &Str, from: usize) -> Option<usize> {
    let last = subject.len().checked_sub(text.len())?;
    let (needle, bits) = (text.first_word(), 8 * text.len() as u32);
    let first = (needle & 0xFF) * ONES;
    let mut before = u64::MAX << (from % 8 * 8);
    let mut at = from & !7;
    while at <= last {
        let mut candidates = zeros(subject.word(at / 8) ^ first) & before;
        before = u64::MAX;
        while candidates != 0 {
            let bit = candidates.trailing_zeros() & !7;
            let place = at + bit as usize / 8;
            if place > last {
                return None;
            }
            let mut found = subject.word(at / 8) >> bit;
            if bit + bits > 64 {
                found |= subject.word(at / 8 + 1) << (64 - bit);
            }
            if (found ^ needle) << (64 - bits) == 0 {
                return Some(place);
            }
            candidates &= candidates - 1;
        }
        at += 8;
    }
    None
}

/// The highest bit of each byte that is 0.
#[inline(always)]
fn zeros(word: u64) -> u64 {
    const LOW: u64 = ONES * 0x7F;
    !(((word & LOW) + LOW) | word | LOW)
}

handler! {
    /// `string.find(s, text [, i [, true]])`
    fn find(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some((subject, text, from)) = asked(l, func) {
            let Some(at) = place_of(&text, &subject, from) else {
                return_value!(Value::NIL, func, pc, base, k, l, dispatch)
            };
            let end = Value::number_unchecked((at + text.len()) as f64);
            *func = Value::number_unchecked((at + 1) as f64);
            if field_c!(pc) != 2 {
                *func.add(1) = end;
                return two_results(pc, base, k, l, dispatch, none!());
            }
            next!(pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

#[cfg(test)]
mod tests {
    use super::{has_no_specials, zeros};
    use crate::base::pattern::has_specials;

    #[test]
    fn bytes_that_are_zero_are_told() {
        let bytes = [0u8, 1, 0x80, 0xFF, 0, 0, 1, 0x7F];
        let told = bytes.map(|byte| if byte == 0 { 0x80 } else { 0 });
        assert_eq!(zeros(u64::from_le_bytes(bytes)), u64::from_le_bytes(told));
    }

    #[test]
    fn what_makes_a_pattern_is_told() {
        for byte in 1..128u8 {
            assert_eq!(has_no_specials((byte as u64) << 8 | 0x61), !has_specials(&[0x61, byte]), "{byte}");
        }
    }
}
