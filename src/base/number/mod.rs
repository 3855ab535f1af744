//! Number text and casts as PUC-Rio Lua 5.1.5 has them: `%.14g`, `strtod`, `(ptrdiff_t)`, `(int)`.
//!
//! Every `print(x)`, every `..` and every string used in arithmetic goes through here, so both ways
//! avoid the C library where the same answer is provable; the files say why it is.
//!
//! COMPAT: both ways obey the locale's decimal point (`LC_NUMERIC`), as C does.
//!
//! Not here: `string.format`'s directives, `tonumber` with a base, the lexer's scanning.

mod cast;
mod float;
mod format;
mod parse;

pub use cast::{f64_to_i32, f64_to_integer};
pub use float::{FLOAT_BUFFER, format_exponent, format_fixed, format_shortest};
pub use format::{NUMBER_BUFFER, format_integer, format_number};
pub use parse::{parse_number, read_numeral};

/// Whether the text begins with a minus, and what follows its sign.
fn take_sign(s: &[u8]) -> (bool, &[u8]) {
    match s {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, s),
    }
}

#[cfg(test)]
mod tests;
