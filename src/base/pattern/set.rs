//! Sets of a pattern (`[a-z%d_]`) and classes (`%d`): which bytes they have.

use crate::base::ctype::{Classes, bit};

/// A set, decoded: bytes named one by one or by ranges, and classes.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    bits: [u64; 4],
    /// Bytes that have one of these classes are listed.
    any: u16,
    /// Bytes that lack one of these are.
    lacking: u16,
    /// Whether the listed bytes are those in the set (else all others are).
    sign: bool,
    /// The bytes that are listed, if they are few and named one by one.
    few: [u8; 3],
    few_count: u8,
}

/// More members than this are not remembered one by one, be they few bytes again and again.
pub const LONG: usize = 256;
/// More bytes than [`Set::few`] holds.
const MANY: u8 = 4;

/// A member of a set, as it is written.
enum Member {
    Range(u8, u8),
    /// `%` with this letter.
    Letter(u8),
}

/// Takes the first member from those written.
///
/// COMPAT: in `[a-%%]` the first `%` ends the range, and the second takes the closing bracket as its letter,
/// so the set has `]` and not `%`. That is the only way a `%` comes last.
#[inline(always)]
fn take_member(members: &[u8]) -> Option<(Member, &[u8])> {
    Some(match *members {
        [] => return None,
        [b'%'] => (Member::Range(b']', b']'), &[]),
        [b'%', letter, ref rest @ ..] => (Member::Letter(letter), rest),
        [low, b'-', high, ref rest @ ..] => (Member::Range(low, high), rest),
        [byte, ref rest @ ..] => (Member::Range(byte, byte), rest),
    })
}

/// The class of a letter behind `%`, as a bit; `None` for `z`, which is the NUL, and for what stands for itself.
pub(super) fn class_bit(letter: u8) -> Option<u16> {
    Some(match letter | 0x20 {
        b'a' => bit::ALPHA,
        b'c' => bit::CNTRL,
        b'd' => bit::DIGIT,
        b'l' => bit::LOWER,
        b'p' => bit::PUNCT,
        b's' => bit::SPACE,
        b'u' => bit::UPPER,
        b'w' => bit::ALNUM,
        b'x' => bit::XDIGIT,
        _ => return None,
    })
}

/// Whether the members have the byte, read as they are written.
pub fn members_have(classes: Classes, mut members: &[u8], byte: u8) -> bool {
    while let Some((member, rest)) = take_member(members) {
        let found = match member {
            Member::Range(low, high) => low <= byte && byte <= high,
            Member::Letter(letter) => match (class_bit(letter), letter) {
                (Some(class), _) => {
                    (classes.bits(byte) & class != 0) == letter.is_ascii_lowercase()
                }
                (None, b'z' | b'Z') => (byte == 0) == (letter == b'z'),
                (None, literal) => byte == literal,
            },
        };
        if found {
            return true;
        }
        members = rest;
    }
    false
}

impl Set {
    pub(super) const EMPTY: Set =
        Set { bits: [0; 4], any: 0, lacking: 0, sign: true, few: [0; 3], few_count: 0 };

    pub(super) fn new(sign: bool, mut members: &[u8]) -> Set {
        let mut set = Set { sign, ..Set::EMPTY };
        if members.len() > LONG {
            set.few_count = MANY;
        }
        loop {
            // PERF: of what stands for itself nothing else is to be found out.
            while let [byte, next, ..] = *members
                && byte != b'%'
                && next != b'-'
                && set.few_count == MANY
            {
                set.bits[byte as usize / 64] |= 1 << (byte % 64);
                members = &members[1..];
            }
            let Some((member, rest)) = take_member(members) else { break };
            match member {
                Member::Range(low, high) => set.add_range(low, high),
                Member::Letter(letter) => set.add_letter(letter),
            }
            members = rest;
        }
        set
    }

    /// The byte, if one byte is all that is listed; and whether it is the set, or all others are.
    pub(super) fn as_one(&self) -> Option<(u8, bool)> {
        (self.few_count == 1).then_some((self.few[0], self.sign))
    }

    fn add_letter(&mut self, letter: u8) {
        match (class_bit(letter), letter) {
            (Some(class), b'a'..=b'z') => self.any |= class,
            (Some(class), _) => self.lacking |= class,
            (None, b'z') => self.add_range(0, 0),
            (None, b'Z') => self.add_range(1, 255),
            (None, literal) => self.add_range(literal, literal),
        }
        if class_bit(letter).is_some() {
            self.few_count = MANY;
        }
    }

    fn add_range(&mut self, low: u8, high: u8) {
        for byte in low..=high {
            self.bits[byte as usize / 64] |= 1 << (byte % 64);
        }
        match self.few.get_mut(self.few_count as usize) {
            Some(place) if low == high => {
                *place = low;
                self.few_count += 1;
            }
            // An empty range adds nothing.
            _ if low > high => {}
            _ => self.few_count = MANY,
        }
    }

    #[inline(always)]
    fn is_listed(&self, byte: u8) -> bool {
        self.bits[byte as usize / 64] >> (byte % 64) & 1 != 0
    }

    #[inline(always)]
    pub fn has(&self, classes: Classes, byte: u8) -> bool {
        let word = classes.bits(byte);
        (self.is_listed(byte) as u16 | word & self.any | !word & self.lacking != 0) == self.sign
    }

    /// Where the first of `bytes` stands that is in the set (or, for `wanted` false, is not).
    #[inline]
    pub fn position(&self, classes: Classes, bytes: &[u8], wanted: bool) -> Option<usize> {
        let listed = self.sign == wanted;
        if self.any | self.lacking != 0 {
            return bytes.iter().position(|&byte| self.has(classes, byte) == wanted);
        }
        // PERF: a search that compares many bytes at a time has begun when a near byte is found already.
        let near = &bytes[..bytes.len().min(NEAR)];
        let found = near.iter().position(|&byte| self.is_listed(byte) == listed);
        if found.is_some() || near.len() == bytes.len() {
            return found;
        }
        let rest = &bytes[NEAR..];
        let far = match (listed, self.few_count) {
            (true, 1) => memchr::memchr(self.few[0], rest),
            (true, 2) => memchr::memchr2(self.few[0], self.few[1], rest),
            (true, 3) => memchr::memchr3(self.few[0], self.few[1], self.few[2], rest),
            _ => rest.iter().position(|&byte| self.is_listed(byte) == listed),
        };
        Some(NEAR + far?)
    }
}

const NEAR: usize = 16;
