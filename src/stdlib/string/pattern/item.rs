//! Single-byte items of a pattern: whether they match a byte, how many in a row, and whether what follows
//! can begin at a place.
//!
//! Not here: how they are decoded (`base::pattern`); quantifiers, captures, backtracking.

use super::{Matcher, WINDOW};
use crate::base::pattern::{Kind, Node, Op};

impl Matcher<'_> {
    /// Whether the item decoded from `p` matches the byte.
    #[inline(always)]
    pub(super) fn single(&self, byte: u8, p: usize, node: Node) -> bool {
        self.program.single(self.pattern, self.classes, byte, p, node)
    }

    /// How many bytes from `s` on the item matches in a row, as far as [`WINDOW`]: if it is that many, there may be
    /// more. (Of an item that matches any byte, to the subject's end.) The work is counted.
    #[inline]
    pub(super) fn run_length(&mut self, s: usize, p: usize, node: Node) -> usize {
        let rest = &self.subject[s..];
        if node.kind() == Kind::Any {
            return rest.len();
        }
        let near = &rest[..rest.len().min(WINDOW)];
        let run = self.position(near, p, node, false).unwrap_or(near.len());
        self.charge(run);
        run
    }

    /// Where the first of `rest` is that the item matches (or, for `wanted` false, does not match).
    ///
    /// PERF: one loop a kind, so that nothing is decided per byte.
    #[inline(always)]
    pub(super) fn position(
        &self,
        rest: &[u8],
        p: usize,
        node: Node,
        wanted: bool,
    ) -> Option<usize> {
        let (kind, literal, class) = (node.kind(), node.byte(), node.class());
        let has = |byte: u8| self.classes.bits(byte) & class != 0;
        match (kind, wanted) {
            (Kind::Class, true) | (Kind::NotClass, false) => rest.iter().position(|&b| has(b)),
            (Kind::Class, false) | (Kind::NotClass, true) => rest.iter().position(|&b| !has(b)),
            (Kind::Literal, true) | (Kind::NotLiteral, false) => memchr::memchr(literal, rest),
            (Kind::Literal, false) | (Kind::NotLiteral, true) => {
                rest.iter().position(|&byte| byte != literal)
            }
            (Kind::Any, true) => (!rest.is_empty()).then_some(0),
            (Kind::Any, false) => None,
            (Kind::Set, _) => self.program.set(node).position(self.classes, rest, wanted),
            (Kind::Members, _) => self.program.members(self.pattern, p).position(self.classes, rest, wanted),
        }
    }

    /// Whether the pattern can match from its place `p` on at `s`, as far as the next bytes tell. Only for
    /// ways after the first, which has decoded what follows and found what is wrong with it.
    #[inline]
    pub(super) fn can_follow(&self, s: usize, mut p: usize) -> bool {
        for _ in 0..LOOK_AHEAD {
            let Some(node) = self.program.known(p) else { return true };
            match node.op() {
                Op::Open | Op::Position | Op::Close => {}
                Op::One | Op::Plus => return self.matches(s, p, node),
                Op::Star | Op::Optional | Op::Lazy => {
                    if self.matches(s, p, node) {
                        return true;
                    }
                }
                Op::Anchor => return s == self.subject.len(),
                _ => return true,
            }
            p = node.next();
        }
        true
    }
}

/// How many places of the pattern are looked at ahead.
const LOOK_AHEAD: usize = 6;
