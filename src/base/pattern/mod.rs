//! Patterns of Lua 5.1, decoded: what stands at each place of a pattern, worked out when matching first
//! comes there and kept for the next time.
//!
//! A [`Program`] has a place for every index of a pattern, as far as the first [`PLACES`] go. It is decoded
//! lazily because what is malformed in a pattern is an error only if matching comes to it. Behind those
//! places, and when there are more sets than [`SETS`], decoding is done anew each time.
//!
//! ```text
//!   pattern   %   s   *   (   [   ^   ,   ]   +   )
//!   nodes     Star    .   Open  Plus  .   .   .   .   Close      (. never begins an item)
//! ```
//!
//! Nothing here depends on the locale: a class is a bit, and which bytes have it is asked at each match. So
//! a program may be kept as long as one likes.
//!
//! COMPAT: the pattern is read as a C string: it ends at its first NUL.
//!
//! Not here: matching (`stdlib::string::pattern`), where programs are kept (`state::patterns`).

pub mod captures;
mod decode;
mod set;
pub mod straight;
#[cfg(test)]
mod tests;

use core::cell::Cell;

use crate::base::ctype::Classes;
use decode::set_members;
pub use set::Set;
use set::{LONG as LONG_SET, members_have};

/// The most captures a pattern can have (`LUA_MAXCAPTURES`).
pub const MAX_CAPTURES: usize = 32;
/// How many places of a pattern are remembered.
pub const PLACES: usize = 96;
/// How many sets are.
pub const SETS: usize = 6;
/// A byte of a set takes as long as so many of a subject that is scanned.
const READING: usize = 4;

/// What means something other than itself.
pub const SPECIALS: &[u8] = b"^$*+?.([%-";

/// Whether the pattern has a byte that means something other than itself, as `string.find` decides
/// between matching and a plain search. COMPAT: it looks up to the first NUL only, and not for `)`.
pub fn has_specials(pattern: &[u8]) -> bool {
    /// Which bytes do. PERF: `string.find` asks at each call.
    static SPECIAL: [bool; 256] = {
        let mut special = [false; 256];
        let mut rest = SPECIALS;
        while let [byte, others @ ..] = rest {
            special[*byte as usize] = true;
            rest = others;
        }
        special
    };
    let stop = pattern.iter().position(|&byte| byte == 0 || SPECIAL[byte as usize]);
    stop.is_some_and(|at| pattern[at] != 0)
}

/// Why a match was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    /// A `%` is the last byte.
    EndsWithPercent,
    /// A set has no end.
    MissingBracket,
    /// `%b` without its two bytes.
    Unbalanced,
    /// `%f` without a set.
    MissingFrontierSet,
    /// `)` without an open capture.
    InvalidCapture,
    /// `%n` without a closed capture of this number.
    InvalidCaptureIndex,
    /// More captures than a pattern can have.
    TooManyCaptures,
    /// A capture was asked for that is still open.
    UnfinishedCapture,
    /// More ways left to be tried than there is room for.
    TooComplex,
    /// The steps allowed ran out; the match can be resumed.
    OutOfSteps,
}

impl PatternError {
    /// The message, as the reference words it (5.2's words for what kills 5.1).
    pub fn message(self) -> &'static str {
        match self {
            PatternError::EndsWithPercent => "malformed pattern (ends with '%')",
            PatternError::MissingBracket => "malformed pattern (missing ']')",
            PatternError::Unbalanced => "unbalanced pattern",
            PatternError::MissingFrontierSet => "missing '[' after '%f' in pattern",
            PatternError::InvalidCapture => "invalid pattern capture",
            PatternError::InvalidCaptureIndex => "invalid capture index",
            PatternError::TooManyCaptures => "too many captures",
            PatternError::UnfinishedCapture => "unfinished capture",
            PatternError::TooComplex => "pattern too complex",
            PatternError::OutOfSteps => "pattern matching interrupted",
        }
    }
}

/// An enumeration that lies in one byte of a node.
macro_rules! in_a_byte {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum $name { $($(#[$each])* $variant = $number,)* }

        impl $name {
            /// The one of this number, of those that there are.
            #[inline(always)]
            fn of(number: u8) -> $name {
                match number {
                    $($number => $name::$variant,)*
                    _ => unreachable!("a node has been made of what there is"),
                }
            }
        }
    };
}

in_a_byte! {
    /// What is to be done at a place of a pattern.
    Op {
        /// Not looked at yet.
        Unknown = 0,
        /// The pattern ends: it has matched.
        End = 1,
        /// `(`
        Open = 2,
        /// `()`
        Position = 3,
        /// `)`
        Close = 4,
        /// `$` at the end
        Anchor = 5,
        /// `%bxy`: from `byte` to `extra`.
        Balance = 6,
        /// `%f[set]`
        Frontier = 7,
        /// `%1` to `%9`, by `byte`, an index from 0. (`%0`, never valid, is 255.)
        Back = 8,
        /// A single byte as the item says, without a quantifier, …
        One = 9,
        /// … with `?`, …
        Optional = 10,
        /// … with `*`, …
        Star = 11,
        /// … with `+`, …
        Plus = 12,
        /// … and with `-`.
        Lazy = 13,
    }
}

in_a_byte! {
    /// Which bytes an item matches.
    Kind {
        Any = 0,
        /// `byte`
        Literal = 1,
        /// All but `byte`.
        NotLiteral = 2,
        /// Those that have the class whose bit has the number `byte`.
        Class = 3,
        /// Those that have not.
        NotClass = 4,
        /// Those in the program's set number `byte`.
        Set = 5,
        /// Those in the set that the pattern has at the node's place, to be read each time.
        Members = 6,
    }
}

/// A place of a pattern, decoded.
///
/// ```text
///   0 op  8 kind  16 byte  24 extra  32 next                      64
/// ```
///
/// PERF: one word, so that it is loaded whole and taken apart in a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node(u64);

impl Node {
    const UNKNOWN: Node = Node(0);

    fn new(op: Op, next: usize) -> Node {
        Node(op as u64 | (next as u64) << 32)
    }

    fn with(self, kind: Kind, byte: u8) -> Node {
        Node(self.0 | (kind as u64) << 8 | (byte as u64) << 16)
    }

    fn with_extra(self, extra: u8) -> Node {
        Node(self.0 | (extra as u64) << 24)
    }

    #[inline(always)]
    pub fn op(self) -> Op {
        Op::of(self.0 as u8)
    }

    #[inline(always)]
    pub fn kind(self) -> Kind {
        Kind::of((self.0 >> 8) as u8)
    }

    #[inline(always)]
    pub fn byte(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// Of [`Op::Balance`]: the closing byte.
    #[inline(always)]
    pub fn extra(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// Of repetitions: the literal that must follow, if one is known.
    #[inline(always)]
    pub fn hint(self) -> Option<u8> {
        // No literal of a pattern is NUL, because the pattern ends there.
        if self.extra() == 0 { None } else { Some(self.extra()) }
    }

    /// Where the pattern goes on.
    #[inline(always)]
    pub fn next(self) -> usize {
        (self.0 >> 32) as usize
    }

    /// The class of the kinds that have one, as a bit of `ctype::bit`.
    #[inline(always)]
    pub fn class(self) -> u16 {
        1 << (self.byte() & 15)
    }
}

/// What the pattern tells about where matches can be.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub begin: Begin,
    pub rest: Rest,
    /// The repetition (its place) that every match begins with. When an attempt has failed, so will all
    /// that begin within the bytes that it took: they could end only where that one has tried already.
    pub leap: Option<u32>,
}

/// What every match begins with.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    Anything,
    Literal(u8),
    /// The item at this place.
    Item(u32),
}

/// What follows that.
#[derive(Clone, Copy, Debug)]
pub enum Rest {
    /// A pattern to be matched.
    Pattern,
    /// Nothing: one byte is the whole match.
    Nothing,
    /// More of the same, as much as there is (`+`), and nothing else.
    Run,
}

/// A pattern, as far as it is decoded.
pub struct Program {
    nodes: [Node; PLACES],
    sets: [Set; SETS],
    set_count: u8,
    plan: Option<Plan>,
    /// Bytes of the pattern that were read since `take_read`: of sets, and by the plan.
    read: Cell<usize>,
}

impl Default for Program {
    fn default() -> Program {
        Program::new()
    }
}

impl Program {
    pub const fn new() -> Program {
        Program {
            nodes: [Node::UNKNOWN; PLACES],
            sets: [Set::EMPTY; SETS],
            set_count: 0,
            plan: None,
            read: Cell::new(0),
        }
    }

    /// What `take_read` would say.
    #[inline(always)]
    pub fn read(&self) -> usize {
        self.read.get()
    }

    /// How many bytes of the pattern were read to find out what stands there, since this was asked before: work that
    /// may be done again and again for one place.
    #[inline(always)]
    pub fn take_read(&self) -> usize {
        self.read.take()
    }

    fn has_read(&self, bytes: usize) {
        self.read.set(self.read.get().saturating_add(bytes * READING));
    }

    /// What stands at `p` of the pattern, which is the same at each call and shorter than 4 GiB.
    #[inline(always)]
    pub fn node(&mut self, pattern: &[u8], p: usize) -> Result<Node, PatternError> {
        match self.nodes.get(p) {
            Some(&node) if node != Node::UNKNOWN => Ok(node),
            _ => self.decode(pattern, p),
        }
    }

    /// What stands at `p`, if it has been decoded and kept.
    #[inline(always)]
    pub fn known(&self, p: usize) -> Option<Node> {
        self.nodes.get(p).copied().filter(|&node| node != Node::UNKNOWN)
    }

    #[inline]
    pub fn plan(&mut self, pattern: &[u8]) -> Plan {
        match self.plan {
            Some(plan) => plan,
            None => self.make_plan(pattern),
        }
    }

    /// The set of an item of the kind [`Kind::Set`].
    #[inline(always)]
    pub fn set(&self, node: Node) -> &Set {
        // There is no other number in a node; the remainder tells the compiler.
        &self.sets[node.byte() as usize % SETS]
    }

    /// The set of an item of the kind [`Kind::Members`].
    #[cold]
    pub fn members(&self, pattern: &[u8], p: usize) -> Set {
        let (sign, members) = set_members(pattern, p);
        self.has_read(members.len());
        Set::new(sign, members)
    }

    /// Whether the item decoded from `p` matches the byte.
    #[inline(always)]
    pub fn single(&self, pattern: &[u8], classes: Classes, byte: u8, p: usize, node: Node) -> bool {
        match node.kind() {
            Kind::Any => true,
            Kind::Literal => byte == node.byte(),
            Kind::NotLiteral => byte != node.byte(),
            Kind::Class => classes.bits(byte) & node.class() != 0,
            Kind::NotClass => classes.bits(byte) & node.class() == 0,
            Kind::Set => self.set(node).has(classes, byte),
            Kind::Members => {
                let (sign, members) = set_members(pattern, p);
                self.has_read(members.len());
                if members.len() > LONG_SET {
                    return Set::new(sign, members).has(classes, byte);
                }
                members_have(classes, members, byte) == sign
            }
        }
    }
}
