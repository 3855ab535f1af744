//! What bytes may be in a text: classes, tokens of one byte, and pairs of bytes that are more than that.
//!
//! Not here: reading tokens (`lexer`), letters of the locale (`base::ctype`).

use crate::syntax::token::Token;

// What a byte may be part of, in every locale; bytes from 128 on are the locale's.
pub const ALPHA: u8 = 1;
pub const DIGIT: u8 = 2;
pub const SPACE: u8 = 4;
/// Ends a run of ordinary bytes in a quoted string.
pub const QUOTED_SPECIAL: u8 = 8;
pub const NEWLINE: u8 = 16;

pub static OF: [u8; 256] = {
    let mut of = [0; 256];
    let mut i = 0;
    while i < 128 {
        let c = i as u8;
        if c.is_ascii_alphabetic() || c == b'_' {
            of[i] |= ALPHA;
        }
        if c.is_ascii_digit() {
            of[i] |= DIGIT;
        }
        if matches!(c, b' ' | b'\t' | 0x0B | 0x0C) {
            of[i] |= SPACE;
        }
        if matches!(c, b'\n' | b'\r') {
            of[i] |= NEWLINE;
        }
        if matches!(c, b'"' | b'\'' | b'\\' | b'\n' | b'\r') {
            of[i] |= QUOTED_SPECIAL;
        }
        i += 1;
    }
    of
};

/// The tokens of one byte; `Eos` for bytes that are none. `is_pair` tells whether more may belong to it.
pub static ALONE: [Token; 256] = {
    let mut tokens = [Token::Eos; 256];
    tokens[b'(' as usize] = Token::LeftParen;
    tokens[b')' as usize] = Token::RightParen;
    tokens[b',' as usize] = Token::Comma;
    tokens[b']' as usize] = Token::RightBracket;
    tokens[b'{' as usize] = Token::LeftBrace;
    tokens[b'}' as usize] = Token::RightBrace;
    tokens[b':' as usize] = Token::Colon;
    tokens[b'+' as usize] = Token::Plus;
    tokens[b'*' as usize] = Token::Star;
    tokens[b'/' as usize] = Token::Slash;
    tokens[b'%' as usize] = Token::Percent;
    tokens[b'^' as usize] = Token::Caret;
    tokens[b'#' as usize] = Token::Hash;
    tokens[b';' as usize] = Token::Semicolon;
    tokens[b'=' as usize] = Token::Assign;
    tokens[b'<' as usize] = Token::Less;
    tokens[b'>' as usize] = Token::Greater;
    tokens[b'-' as usize] = Token::Minus;
    tokens[b'.' as usize] = Token::Dot;
    tokens[b'[' as usize] = Token::LeftBracket;
    tokens
};

// Bytes that are another token, or the beginning of one, together with the byte after them.
const EQUALS: u8 = 1;
const DASH: u8 = 2;
const DOT: u8 = 4;
const NUMERAL: u8 = 8;
const BRACKET: u8 = 16;

/// Which bytes may not follow; and for each byte, which it is.
static FIRST: [u8; 256] = {
    let mut of = [0; 256];
    of[b'=' as usize] = EQUALS;
    of[b'<' as usize] = EQUALS;
    of[b'>' as usize] = EQUALS;
    of[b'-' as usize] = DASH;
    of[b'.' as usize] = DOT | NUMERAL;
    of[b'[' as usize] = EQUALS | BRACKET;
    of
};
static SECOND: [u8; 256] = {
    let mut of = [0; 256];
    of[b'=' as usize] = EQUALS;
    of[b'-' as usize] = DASH;
    of[b'.' as usize] = DOT;
    of[0] = DOT; // COMPAT: see `keep_if`
    of[b'[' as usize] = BRACKET;
    let mut digit = b'0';
    while digit <= b'9' {
        of[digit as usize] = NUMERAL;
        digit += 1;
    }
    of
};

/// Whether `byte`, which is a token alone, and the byte after it may be another, or the beginning of one.
#[inline(always)]
pub fn is_pair(byte: u8, next: u8) -> bool {
    FIRST[byte as usize] & SECOND[next as usize] != 0
}

/// How many of eight bytes, the first one least significant, are letters of ASCII, digits or underscores before one that is not.
///
/// PERF: where a name ends is hard to foretell, so without a loop.
#[inline(always)]
pub fn name_run(bytes: u64) -> usize {
    const fn all(byte: u8) -> u64 {
        u64::from_ne_bytes([byte; 8])
    }
    const HIGH: u64 = all(0x80);
    // Sums of seven bits do not reach the next byte; the eighth bit tells whether a limit has been reached.
    let within = |x: u64, low: u8, high: u8| (x + all(0x80 - low)) & !(x + all(0x7F - high));
    let seven = bytes & !HIGH;
    let letter = within(seven | all(0x20), b'a', b'z');
    let digit = within(seven, b'0', b'9');
    let underscore = !((seven ^ all(b'_')) + all(0x7F));
    let others = !((letter | digit | underscore) & !bytes) & HIGH;
    others.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_name_bytes_ends_where_the_table_says() {
        for byte in 0..=255 {
            for at in 0..8 {
                for filling in [b'a', b'z', b'A', b'Z', b'0', b'9', b'_'] {
                    let mut text = [filling; 8];
                    text[at] = byte;
                    let part = OF[byte as usize] & (ALPHA | DIGIT) != 0;
                    let run = name_run(u64::from_le_bytes(text));
                    assert_eq!(run, if part { 8 } else { at }, "{text:?}");
                }
            }
        }
        assert_eq!(name_run(u64::from_le_bytes(*b"a b c d ")), 1);
        assert_eq!(name_run(u64::from_le_bytes([0x80; 8])), 0);
    }
}
