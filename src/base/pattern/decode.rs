//! From the text of a pattern to its nodes, and what a pattern tells before it is matched.

use super::set::class_bit;
use super::{Begin, Kind, MAX_CAPTURES, Node, Op, PatternError, Plan, PLACES, Program, Rest, Set};

impl Program {
    #[cold]
    #[inline(never)]
    pub(super) fn decode(&mut self, pattern: &[u8], p: usize) -> Result<Node, PatternError> {
        let node = match pattern[p..] {
            [] => Node::new(Op::End, p),
            [b'(', b')', ..] => Node::new(Op::Position, p + 2),
            [b'(', ..] => Node::new(Op::Open, p + 1),
            [b')', ..] => Node::new(Op::Close, p + 1),
            [b'$'] => Node::new(Op::Anchor, p + 1),
            [b'%', b'b', open, close, ..] => {
                Node::new(Op::Balance, p + 4).with(Kind::Literal, open).with_extra(close)
            }
            [b'%', b'b', ..] => return Err(PatternError::Unbalanced),
            [b'%', b'f', b'[', ..] => self.decode_item(pattern, p + 2, Some(Op::Frontier))?,
            [b'%', b'f', ..] => return Err(PatternError::MissingFrontierSet),
            [b'%', digit @ b'0'..=b'9', ..] => {
                Node::new(Op::Back, p + 2).with(Kind::Any, digit.wrapping_sub(b'1'))
            }
            _ => self.decode_item(pattern, p, None)?,
        };
        if let Some(kept) = self.nodes.get_mut(p) {
            *kept = node;
        }
        Ok(node)
    }

    /// A single-byte item with its quantifier; of `%f` the set alone.
    fn decode_item(
        &mut self,
        pattern: &[u8],
        p: usize,
        op: Option<Op>,
    ) -> Result<Node, PatternError> {
        let end = item_end(pattern, p)?;
        let quantified = match pattern.get(end) {
            Some(b'?') => Op::Optional,
            Some(b'*') => Op::Star,
            Some(b'+') => Op::Plus,
            Some(b'-') => Op::Lazy,
            _ => Op::One,
        };
        let op = op.unwrap_or(quantified);
        let next = end + !matches!(op, Op::One | Op::Frontier) as usize;
        let (kind, byte) = match pattern[p..end] {
            [b'.'] => (Kind::Any, 0),
            [b'%', letter] => match (class_bit(letter), letter) {
                (Some(class), b'a'..=b'z') => (Kind::Class, class.trailing_zeros() as u8),
                (Some(class), _) => (Kind::NotClass, class.trailing_zeros() as u8),
                (None, b'z') => (Kind::Literal, 0),
                (None, b'Z') => (Kind::NotLiteral, 0),
                (None, byte) => (Kind::Literal, byte),
            },
            [b'[', .., b']'] => {
                let (sign, members) = set_members(pattern, p);
                self.has_read(members.len());
                let set = Set::new(sign, members);
                match set.as_one() {
                    Some((byte, true)) => (Kind::Literal, byte),
                    Some((byte, false)) => (Kind::NotLiteral, byte),
                    None => self.keep_set(set, p),
                }
            }
            [byte, ..] => (Kind::Literal, byte),
            [] => (Kind::Any, 0), // no item is empty
        };
        let node = Node::new(op, next).with(kind, byte);
        Ok(match op {
            Op::Star | Op::Plus | Op::Lazy => {
                node.with_extra(literal_behind(pattern, next).unwrap_or(0))
            }
            _ => node,
        })
    }

    /// Keeps the set of an item whose place is kept too.
    fn keep_set(&mut self, set: Set, p: usize) -> (Kind, u8) {
        let number = self.set_count;
        match self.sets.get_mut(number as usize) {
            Some(place) if p < PLACES => {
                *place = set;
                self.set_count += 1;
                (Kind::Set, number)
            }
            _ => (Kind::Members, 0),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn make_plan(&mut self, pattern: &[u8]) -> Plan {
        self.has_read(pattern.len());
        let first = first_item(pattern);
        // If it is malformed, the first attempt says so.
        let node = first.and_then(|p| Some((p, self.node(pattern, p).ok()?)));
        let (begin, rest) = match node {
            Some((p, node)) if matches!(node.op(), Op::One | Op::Plus) => {
                let begin = match node.kind() {
                    Kind::Literal => Begin::Literal(node.byte()),
                    _ => Begin::Item(p as u32),
                };
                let rest = match node.op() {
                    _ if p != 0 || node.next() != pattern.len() => Rest::Pattern,
                    Op::One => Rest::Nothing,
                    _ => Rest::Run,
                };
                (begin, rest)
            }
            Some((_, node)) if node.op() == Op::Balance => (Begin::Literal(node.byte()), Rest::Pattern),
            _ => (Begin::Anything, Rest::Pattern),
        };
        let leap = match node {
            Some((p, node))
                if matches!(node.op(), Op::Star | Op::Plus | Op::Lazy) && !may_refer_back(pattern) =>
            {
                Some(p as u32)
            }
            _ => None,
        };
        let plan = Plan { begin, rest, leap };
        self.plan = Some(plan);
        plan
    }
}

/// Whether a match can depend on what has been captured.
fn may_refer_back(pattern: &[u8]) -> bool {
    pattern.array_windows().any(|pair| matches!(pair, [b'%', b'0'..=b'9']))
}

/// The index behind the item at `p`, which is in the pattern.
fn item_end(pattern: &[u8], p: usize) -> Result<usize, PatternError> {
    match pattern[p] {
        b'%' if p + 1 >= pattern.len() => Err(PatternError::EndsWithPercent),
        b'%' => Ok(p + 2),
        b'[' => set_end(pattern, p),
        _ => Ok(p + 1),
    }
}

fn set_end(pattern: &[u8], p: usize) -> Result<usize, PatternError> {
    let mut q = p + 1;
    if pattern.get(q) == Some(&b'^') {
        q += 1;
    }
    // The first byte belongs to the set even if it is a bracket.
    loop {
        let byte = *pattern.get(q).ok_or(PatternError::MissingBracket)?;
        q += 1;
        if byte == b'%' && q < pattern.len() {
            q += 1;
        }
        match pattern.get(q) {
            Some(b']') => return Ok(q + 1),
            Some(b'%') | None => {}
            // What is neither is passed over: the next byte that matters is one of these.
            Some(_) => match memchr::memchr2(b'%', b']', &pattern[q..]) {
                Some(skip) if pattern[q + skip] == b']' => return Ok(q + skip + 1),
                Some(skip) => q += skip,
                None => return Err(PatternError::MissingBracket),
            },
        }
    }
}

/// Splits the set at `p`, which has an end, into its sign and its members.
pub(super) fn set_members(pattern: &[u8], p: usize) -> (bool, &[u8]) {
    let Ok(end) = set_end(pattern, p) else { return (true, &[]) };
    match &pattern[p + 1..end - 1] {
        [b'^', members @ ..] => (false, members),
        members => (true, members),
    }
}

/// The byte that the subject must have where the item at `p` begins, if the item is a literal that cannot be
/// absent.
fn literal_at(pattern: &[u8], p: usize) -> Option<u8> {
    let (literal, end) = match *pattern.get(p..)? {
        [b'%', byte, ..] if byte.is_ascii_punctuation() => (byte, p + 2),
        [b'(' | b')' | b'.' | b'[' | b'%' | b'$', ..] | [] => return None,
        [byte, ..] => (byte, p + 1),
    };
    match pattern.get(end) {
        Some(b'*' | b'?' | b'-') => None,
        _ => Some(literal),
    }
}

/// The same, looking past the borders of captures. Only for ways after the first: that one has found whatever
/// is wrong with the borders.
fn literal_behind(pattern: &[u8], mut p: usize) -> Option<u8> {
    for _ in 0..2 * MAX_CAPTURES {
        match pattern.get(p) {
            Some(b'(' | b')') => p += 1,
            _ => break,
        }
    }
    literal_at(pattern, p)
}

/// Where the first item begins, behind opening captures that cannot fail. `None` for an anchor, which is the
/// caller's.
fn first_item(pattern: &[u8]) -> Option<usize> {
    let mut p = 0;
    for _ in 0..MAX_CAPTURES {
        match pattern[p..] {
            [b'(', b')', ..] => p += 2,
            [b'(', ..] => p += 1,
            _ => break,
        }
    }
    let is_misleading =
        matches!(pattern[p..], [b'(', ..]) || (p == 0 && pattern.first() == Some(&b'^'));
    (!is_misleading).then_some(p)
}
