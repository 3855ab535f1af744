//! The text of a value as `tostring` shows it where no metamethod speaks for it.
//!
//! Not here: `__tostring` (`stdlib::base`).

use core::ffi::c_void;

use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::heap::Gc;
use crate::object::{Str, Type, Value};
use crate::state::{Known, State, Thrown};

/// The text of any value.
pub fn text_of(l: &mut State, value: Value) -> Result<Gc<Str>, Thrown> {
    if let Some(s) = value.as_string() {
        return Ok(s);
    }
    if let Some(n) = value.as_number() {
        return number_text(l, n);
    }
    match value.type_of() {
        Type::Nil | Type::None => Ok(l.global().known(Known::Nil)),
        Type::Boolean if value.is_truthy() => Ok(l.global().known(Known::True)),
        Type::Boolean => Ok(l.global().known(Known::False)),
        other => {
            let mut text = [0; POINTER_BUFFER];
            let len = show_pointer(l, pointer_of(l, value), &mut text);
            l.concat_bytes(&[other.name().as_bytes(), b": ", &text[..len]])
        }
    }
}

/// A number's text (`%.14g`) as a string.
pub fn number_text(l: &mut State, n: f64) -> Result<Gc<Str>, Thrown> {
    let mut text = [0; NUMBER_BUFFER];
    let len = format_number(n, &mut text);
    l.new_string(&text[..len])
}

/// What identifies a value for a host (`lua_topointer`); null for values without identity.
pub fn pointer_of(l: &State, value: Value) -> *const c_void {
    if let Some(u) = value.as_userdata() {
        return u.data().cast();
    }
    if value.is_light() {
        return light_pointer(l, value).cast_const();
    }
    match value.type_of() {
        Type::Table | Type::Function | Type::Thread => value.address() as *const c_void,
        _ => core::ptr::null(),
    }
}

/// The host's pointer in a light userdata.
pub fn light_pointer(l: &State, value: Value) -> *mut c_void {
    match value.light_pointer() {
        Ok(p) => p as *mut c_void,
        Err(index) => {
            let (list, len, _) = l.global().unusual_pointers.get();
            debug_assert!(index < len);
            // SAFETY: the word was made for an entry of the Global's list, which never shrinks.
            unsafe { list.add(index as usize).read() as *mut c_void }
        }
    }
}

/// Room for `show_pointer`: "0x" and sixteen digits.
pub const POINTER_BUFFER: usize = 20;

/// A pointer as scripts may see it (`base::addresses`); returns the length.
pub fn show_pointer(l: &State, p: *const c_void, out: &mut [u8; POINTER_BUFFER]) -> usize {
    format_pointer(l.heap().addresses.shown(p.addr()), out)
}

/// C's `%p` as glibc writes it.
fn format_pointer(bits: usize, out: &mut [u8; POINTER_BUFFER]) -> usize {
    if bits == 0 {
        out[..5].copy_from_slice(b"(nil)");
        return 5;
    }
    out[..2].copy_from_slice(b"0x");
    let digits = (usize::BITS - bits.leading_zeros()).div_ceil(4) as usize;
    for i in 0..digits {
        let digit = bits >> (4 * (digits - 1 - i)) & 15;
        out[2 + i] = b"0123456789abcdef"[digit];
    }
    2 + digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_look_as_in_printf() {
        for bits in [0usize, 1, 0xf, 0x10, 0x5574_6000_dfa0, usize::MAX, 1 << 63] {
            let mut c = [0u8; 40];
            let p = core::ptr::without_provenance::<c_void>(bits);
            // SAFETY: the buffer's size is passed, the format asks for one pointer.
            let len = unsafe { libc::snprintf(c.as_mut_ptr().cast(), 40, c"%p".as_ptr(), p) };
            let mut ours = [0; POINTER_BUFFER];
            let our_len = format_pointer(bits, &mut ours);
            assert_eq!(&ours[..our_len], &c[..len as usize]);
        }
    }
}
