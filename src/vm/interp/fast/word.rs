//! `string.char` of two to seven bytes, which are put together in a register: what is written byte by byte is not to be read as a word
//! for a while. They are passed on to a handler that makes strings, lest the first one saves registers.

use crate::object::Value;
use crate::state::State;
use crate::vm::interp::Acc;
use crate::vm::interp::arith::exact_int;
use crate::vm::interp::native::call_builtin;

/// A string of fewer bytes is a word.
const WORD: usize = 8;
/// A word's length lies behind its bytes.
const LEN_SHIFT: u32 = 56;

/// A string as it is passed on; none, if it has not as many bytes.
#[inline(always)]
fn passed(word: u64, len: usize) -> Option<Acc> {
    let fits = (2..WORD).contains(&len);
    fits.then(|| Acc::new(f64::from_bits(word & !(u64::MAX << (8 * len)) | (len as u64) << LEN_SHIFT)))
}

number_handler! {
    /// Makes the string that is passed on, the one result of a builtin.
    #[inline(never)]
    fn make<>(pc, base, k, l, dispatch, acc) {
        let passed = acc.assume_init().to_bits();
        let len = (passed >> LEN_SHIFT) as usize;
        if !(*(*l).global).heap.step_due() {
            let made = made(&*l, passed & !(u64::MAX << LEN_SHIFT), len);
            if made.is_string() {
                // Only `l` lives over the call: what else is needed is read back.
                let func = base.add(field_a!(pc));
                return_value!(made, func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

/// The string of a word's first bytes; nil if memory is refused, which the builtin will say.
#[inline(never)]
fn made(l: &State, word: u64, len: usize) -> Value {
    let global = l.global();
    global.strings.make_word(&global.heap, word, len).map_or(Value::NIL, Value::string)
}

/// The bytes that a call of `char` is to make a string of.
#[inline(always)]
unsafe fn bytes_asked(l: *mut State, func: *mut Value) -> Option<Acc> {
    // SAFETY: STACK: the function's arguments lie from it to the top.
    unsafe {
        let count = (*l).top.offset_from(func) as usize - 1;
        if count >= WORD {
            return None;
        }
        let mut word = 0;
        for at in 0..count {
            let byte = u8::try_from(exact_int(*func.add(1 + at))?).ok()?;
            word |= (byte as u64) << (8 * at);
        }
        passed(word, count)
    }
}

handler! {
    /// `string.char(…)`
    fn char(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some(word) = bytes_asked(l, func) {
            return make(pc, base, k, l, dispatch, word);
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
