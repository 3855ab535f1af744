//! Single-byte items of a pattern: a literal, `.`, `%class`, `[set]`. Which bytes they match, how
//! many in a row, and which literal must come next.
//!
//! Not here: quantifiers, captures, backtracking.

use super::{Matcher, PatternError};
use crate::base::ctype::Classes;

/// A set is asked byte by byte for so many bytes of a run; for a longer one its members are written
/// out as bits first.
const SLOW_RUN: usize = 32;

impl Matcher<'_> {
    /// The index behind the item at `p`, which is in the pattern.
    #[inline(always)]
    pub(super) fn item_end(&self, p: usize) -> Result<usize, PatternError> {
        match self.pattern[p] {
            b'%' if p + 1 >= self.pattern.len() => Err(PatternError::EndsWithPercent),
            b'%' => Ok(p + 2),
            b'[' => self.set_end(p),
            _ => Ok(p + 1),
        }
    }

    fn set_end(&self, p: usize) -> Result<usize, PatternError> {
        let mut q = p + 1;
        if self.pattern.get(q) == Some(&b'^') {
            q += 1;
        }
        // The first byte belongs to the set even if it is a bracket.
        loop {
            let byte = *self.pattern.get(q).ok_or(PatternError::MissingBracket)?;
            q += 1;
            if byte == b'%' && q < self.pattern.len() {
                q += 1;
            }
            if self.pattern.get(q) == Some(&b']') {
                return Ok(q + 1);
            }
        }
    }

    /// Whether the item from `p` to `end` matches the byte.
    #[inline(always)]
    pub(super) fn single(&self, byte: u8, p: usize, end: usize) -> bool {
        match self.pattern[p] {
            b'.' => true,
            b'%' => class(self.classes, byte, self.pattern[p + 1]),
            b'[' => self.in_set(byte, p, end),
            literal => literal == byte,
        }
    }

    /// Splits the set from `p` to `end` (behind its bracket) into its sign and its members.
    ///
    /// COMPAT: in `[a-%%]` the first `%` ends the range, and the second takes the closing bracket as
    /// its letter, so the set has `]` and not `%`. That is the only way a `%` comes last.
    #[inline(always)]
    fn set_members(&self, p: usize, end: usize) -> (bool, &[u8]) {
        match &self.pattern[p + 1..end - 1] {
            [b'^', members @ ..] => (false, members),
            members => (true, members),
        }
    }

    fn in_set(&self, byte: u8, p: usize, end: usize) -> bool {
        let (sign, mut members) = self.set_members(p, end);
        loop {
            let (found, rest) = match *members {
                [] => return !sign,
                [b'%'] => (byte == b']', &[][..]),
                [b'%', letter, ref rest @ ..] => (class(self.classes, byte, letter), rest),
                [low, b'-', high, ref rest @ ..] => (low <= byte && byte <= high, rest),
                [literal, ref rest @ ..] => (literal == byte, rest),
            };
            if found {
                return sign;
            }
            members = rest;
        }
    }

    /// How many bytes from `s` on the item from `p` to `end` matches in a row.
    pub(super) fn run_length(&self, s: usize, p: usize, end: usize) -> usize {
        let rest = &self.subject[s..];
        match self.pattern[p] {
            b'.' => rest.len(),
            b'%' => class_run(self.classes, rest, self.pattern[p + 1]),
            b'[' => self.set_run(rest, p, end),
            literal => count(rest, |byte| byte == literal),
        }
    }

    /// The first of `rest` that the item from `p` to `end` matches.
    pub(super) fn first_match(&self, rest: &[u8], p: usize, end: usize) -> Option<usize> {
        let classes = self.classes;
        match self.pattern[p] {
            b'%' => match self.pattern[p + 1] {
                b'a' => rest.iter().position(|&byte| classes.is_alpha(byte)),
                b'd' => rest.iter().position(|&byte| classes.is_digit(byte)),
                b's' => rest.iter().position(|&byte| classes.is_space(byte)),
                b'w' => rest.iter().position(|&byte| classes.is_alnum(byte)),
                letter => rest.iter().position(|&byte| class(classes, byte, letter)),
            },
            _ => rest.iter().position(|&byte| self.single(byte, p, end)),
        }
    }

    fn set_run(&self, rest: &[u8], p: usize, end: usize) -> usize {
        let (sign, members) = self.set_members(p, end);
        if let (false, &[byte]) = (sign, members) {
            return memchr::memchr(byte, rest).unwrap_or(rest.len());
        }
        if let (false, &[b'%', byte]) = (sign, members)
            && byte.is_ascii_punctuation()
        {
            return memchr::memchr(byte, rest).unwrap_or(rest.len());
        }
        let head = &rest[..rest.len().min(SLOW_RUN)];
        let start = count(head, |byte| self.in_set(byte, p, end));
        if start < SLOW_RUN {
            return start;
        }
        let bits = self.set_bits(sign, members);
        let has = |byte: u8| bits[byte as usize / 64] >> (byte % 64) & 1 == 1;
        start + count(&rest[start..], has)
    }

    fn set_bits(&self, sign: bool, mut members: &[u8]) -> [u64; 4] {
        let mut bits = [0u64; 4];
        let mut add = |byte: u8| bits[byte as usize / 64] |= 1 << (byte % 64);
        loop {
            match *members {
                [] => break,
                [b'%'] => {
                    add(b']');
                    break;
                }
                [b'%', letter, ref rest @ ..] => {
                    (0..=255)
                        .filter(|&byte| class(self.classes, byte, letter))
                        .for_each(&mut add);
                    members = rest;
                }
                [low, b'-', high, ref rest @ ..] => {
                    (low..=high).for_each(&mut add);
                    members = rest;
                }
                [literal, ref rest @ ..] => {
                    add(literal);
                    members = rest;
                }
            }
        }
        if sign { bits } else { bits.map(|word| !word) }
    }

    /// The byte that the subject must have where the item at `p` begins, if the item is a literal
    /// that cannot be absent.
    pub(super) fn literal_at(&self, p: usize) -> Option<u8> {
        let (literal, end) = match *self.pattern.get(p..)? {
            [b'%', byte, ..] if byte.is_ascii_punctuation() => (byte, p + 2),
            [b'(' | b')' | b'.' | b'[' | b'%' | b'$', ..] | [] => return None,
            [byte, ..] => (byte, p + 1),
        };
        match self.pattern.get(end) {
            Some(b'*' | b'?' | b'-') => None,
            _ => Some(literal),
        }
    }

    /// The same, looking past the borders of captures. Only for ways after the first: that one has
    /// found whatever is wrong with the borders.
    pub(super) fn literal_behind(&self, mut p: usize) -> Option<u8> {
        while let Some(b'(' | b')') = self.pattern.get(p) {
            p += 1;
        }
        self.literal_at(p)
    }
}

/// Whether `%letter` matches the byte. A letter that names no class stands for itself.
#[inline(always)]
fn class(classes: Classes, byte: u8, letter: u8) -> bool {
    let is_member = match letter | 0x20 {
        b'a' => classes.is_alpha(byte),
        b'c' => classes.is_cntrl(byte),
        b'd' => classes.is_digit(byte),
        b'l' => classes.is_lower(byte),
        b'p' => classes.is_punct(byte),
        b's' => classes.is_space(byte),
        b'u' => classes.is_upper(byte),
        b'w' => classes.is_alnum(byte),
        b'x' => classes.is_xdigit(byte),
        b'z' => byte == 0,
        _ => return letter == byte,
    };
    is_member == letter.is_ascii_lowercase()
}

/// PERF: one loop a class, so that nothing is decided per byte.
fn class_run(classes: Classes, rest: &[u8], letter: u8) -> usize {
    match letter {
        b'a' => count(rest, |byte| classes.is_alpha(byte)),
        b'd' => count(rest, |byte| classes.is_digit(byte)),
        b's' => count(rest, |byte| classes.is_space(byte)),
        b'S' => count(rest, |byte| !classes.is_space(byte)),
        b'w' => count(rest, |byte| classes.is_alnum(byte)),
        b'W' => count(rest, |byte| !classes.is_alnum(byte)),
        _ => count(rest, |byte| class(classes, byte, letter)),
    }
}

#[inline(always)]
fn count(bytes: &[u8], matches: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|&byte| !matches(byte))
        .unwrap_or(bytes.len())
}
