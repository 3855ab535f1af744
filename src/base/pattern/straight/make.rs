//! From a decoded pattern to its steps.

use super::{Begin, Do, SETS, STEPS, Step, Straight};
use crate::base::ctype::Classes;
use crate::base::filled::Filled;
use crate::base::pattern::{Kind, MAX_CAPTURES, Node, Op, Program};
use core::cell::Cell;

/// The bytes of a set.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Bytes([u64; 4]);

impl Bytes {
    const NONE: Bytes = Bytes([0; 4]);

    fn of(has: impl Fn(u8) -> bool) -> Bytes {
        let mut bytes = Bytes::NONE;
        for byte in 0..=255u8 {
            bytes.0[byte as usize / 64] |= (has(byte) as u64) << (byte % 64);
        }
        bytes
    }

    fn has(&self, byte: u8) -> bool {
        self.0[byte as usize / 64] >> (byte % 64) & 1 != 0
    }

    fn meet(&self, other: &Bytes) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }
}

/// An item, with the bytes it matches, if it matches bytes.
#[derive(Clone, Copy)]
struct Item {
    node: Node,
    bytes: Bytes,
}

struct Maker {
    steps: Filled<Step, STEPS>,
    sets: Filled<Bytes, SETS>,
}

impl Maker {
    fn step(&mut self, what: Do, set: u8, byte: u8, doubtful: bool) -> Option<()> {
        self.steps.push(Step { what, set, byte, doubtful }).then_some(())
    }

    /// The bit of a set.
    fn set(&mut self, bytes: &Bytes) -> Option<u8> {
        if let Some(number) = self.sets.iter().position(|set| set == bytes) {
            return Some(1 << number);
        }
        let number = self.sets.len();
        self.sets.push(*bytes).then(|| 1 << number)
    }

    /// A byte that must be there.
    fn one(&mut self, item: &Item) -> Option<()> {
        match item.node.kind() {
            Kind::Literal => self.step(Do::Literal, 0, item.node.byte(), false),
            _ => {
                let set = self.set(&item.bytes)?;
                self.step(Do::One, set, 0, false)
            }
        }
    }

    /// The set of what is repeated, 0 for all bytes.
    fn repeated(&mut self, item: &Item) -> Option<u8> {
        match item.node.kind() {
            Kind::Any => Some(0),
            _ => self.set(&item.bytes),
        }
    }

    /// As many as there are.
    fn run(&mut self, item: &Item, doubtful: bool) -> Option<()> {
        match item.node.kind() {
            Kind::Any => self.step(Do::All, 0, 0, doubtful),
            Kind::NotLiteral => self.step(Do::RunTo, 0, item.node.byte(), doubtful),
            _ => {
                let set = self.set(&item.bytes)?;
                self.step(Do::Run, set, 0, doubtful)
            }
        }
    }
}

/// Whether a repetition of these bytes that takes fewer than it can may lead to a match of what follows: it ends before
/// one of them, so unless what follows can begin with such a byte, it does not.
fn is_doubtful(bytes: &Bytes, following: &[Item]) -> bool {
    for item in following {
        match item.node.op() {
            Op::Open | Op::Position | Op::Close => {}
            Op::Star | Op::Optional | Op::Lazy => {
                if bytes.meet(&item.bytes) {
                    return !cannot_fail(following);
                }
            }
            Op::One | Op::Plus | Op::Balance => return bytes.meet(&item.bytes),
            Op::Back => return item.bytes == Bytes::NONE || bytes.meet(&item.bytes),
            Op::Anchor | Op::End => return false,
            Op::Frontier | Op::Unknown => return true,
        }
    }
    true
}

/// Whether this matches wherever one comes to it.
fn cannot_fail(items: &[Item]) -> bool {
    items.iter().all(|item| {
        matches!(item.node.op(), Op::Open | Op::Position | Op::Close | Op::Star | Op::Optional | Op::Lazy | Op::End)
    })
}

impl Straight {
    /// The steps of the pattern from its byte `from` on (1 behind a `^`), if it has any.
    #[cold]
    #[inline(never)]
    pub fn make(program: &mut Program, pattern: &[u8], classes: Classes, from: usize) -> Option<Straight> {
        let locale = classes.lasting_id()?;
        let items = read(program, pattern, classes, from);
        let mut maker = Maker { steps: Filled::new(), sets: Filled::new() };
        make_steps(&mut maker, &items)?;
        let mut straight = Straight {
            table: [0; 256],
            steps: [Step { what: Do::End, set: 0, byte: 0, doubtful: false }; STEPS],
            begin: Begin::Anywhere,
            is_one: false,
            leap: None,
            goes_back: (0..maker.steps.len()).any(|at| goes_back(&maker.steps[at..])),
            locale,
            doubts: Cell::new(0),
        };
        make_plan(&mut straight, &mut maker, &items)?;
        for (to, step) in straight.steps.iter_mut().zip(maker.steps.iter()) {
            *to = *step;
        }
        for (byte, entry) in (0..=255u8).zip(&mut straight.table) {
            for (number, set) in maker.sets.iter().enumerate() {
                *entry |= (set.has(byte) as u8) << number;
            }
        }
        Some(straight)
    }
}

/// Whether the first of these steps goes back to what was taken before, or it may be gone back to.
fn goes_back(steps: &[Step]) -> bool {
    let can_fail = |step: &Step| match step.what {
        Do::End | Do::GiveUp | Do::Run | Do::RunTo | Do::All | Do::Optional | Do::Trim => false,
        Do::Open | Do::Position | Do::Close => false,
        _ => true,
    };
    match steps[0].what {
        Do::Back | Do::LazyBack | Do::LazySet => true,
        // Where it ends is the one literal behind it.
        Do::Lazy | Do::LazyAny => steps[1..].iter().filter(|step| can_fail(step)).count() > 1,
        _ => false,
    }
}

/// The items of the pattern from `from` on, as far as they are well made.
fn read(program: &mut Program, pattern: &[u8], classes: Classes, from: usize) -> Filled<Item, STEPS> {
    let mut items = Filled::new();
    let mut p = from;
    while let Ok(node) = program.node(pattern, p) {
        let place = if node.op() == Op::Frontier { p + 2 } else { p };
        let has = |byte| program.single(pattern, classes, byte, place, node);
        let bytes = match node.op() {
            Op::Open | Op::Position | Op::Close | Op::Anchor | Op::End | Op::Unknown => Bytes::NONE,
            Op::Back => first_bytes(&items, node.byte()),
            Op::Balance => Bytes::of(|byte| byte == node.byte()),
            Op::Frontier | Op::One | Op::Optional | Op::Star | Op::Plus | Op::Lazy => Bytes::of(has),
        };
        if !items.push(Item { node, bytes }) || matches!(node.op(), Op::Anchor | Op::End) {
            break;
        }
        p = node.next();
    }
    items
}

/// Where the capture of this number is opened, if it is not one of a position.
fn opened(items: &[Item], capture: u8) -> Option<usize> {
    let mut begun = (0..items.len()).filter(|&at| matches!(items[at].node.op(), Op::Open | Op::Position));
    begun.nth(capture as usize).filter(|&at| items[at].node.op() == Op::Open)
}

/// What the text of a capture begins with; none, if that is not known or the text may be empty.
fn first_bytes(items: &[Item], capture: u8) -> Bytes {
    let first = opened(items, capture).and_then(|at| items.get(at + 1));
    match first {
        Some(item) if matches!(item.node.op(), Op::One | Op::Plus | Op::Balance) => item.bytes,
        _ => Bytes::NONE,
    }
}

/// Where matches can begin.
fn make_plan(straight: &mut Straight, maker: &mut Maker, items: &[Item]) -> Option<()> {
    let is_border = |item: &&Item| matches!(item.node.op(), Op::Open | Op::Position);
    let borders = items.iter().take_while(is_border).count();
    let first = items.get(borders)?;
    straight.begin = match (first.node.op(), first.node.kind()) {
        (Op::One | Op::Plus, Kind::Literal) | (Op::Balance, _) => Begin::Literal(first.node.byte()),
        (Op::One | Op::Plus, _) => Begin::Set(maker.set(&first.bytes)?),
        _ => Begin::Anywhere,
    };
    straight.is_one = first.node.op() == Op::One && borders == 0 && items.get(1).is_some_and(|next| next.node.op() == Op::End);
    let refers_back = items.iter().any(|item| item.node.op() == Op::Back);
    straight.leap = match first.node.op() {
        _ if refers_back => None,
        Op::Star | Op::Plus | Op::Lazy => Some((maker.set(&first.bytes)?, first.node.op() == Op::Plus)),
        _ => None,
    };
    Some(())
}

/// The steps, as far as there are steps for the items: None if there is nothing in that.
fn make_steps(maker: &mut Maker, items: &[Item]) -> Option<()> {
    let mut open = Filled::new();
    let mut captures = 0;
    let mut useful = false;
    for (at, item) in items.iter().enumerate() {
        // There must be room for another one behind it.
        let (steps, sets) = (maker.steps.len(), maker.sets.len());
        let is_last = matches!(item.node.op(), Op::Anchor | Op::End);
        let made = match is_last && !open.is_empty() {
            true => None, // for a matcher to complain about
            false => make_step(maker, item, items.split_at(at), &mut open, &mut captures),
        };
        if made.is_none() || maker.steps.len() == STEPS && !is_last {
            maker.steps.truncate(steps.min(STEPS - 1));
            maker.sets.truncate(sets);
            maker.step(Do::GiveUp, 0, 0, false)?;
            return useful.then_some(());
        }
        if is_last {
            return Some(());
        }
        useful |= !matches!(item.node.op(), Op::Open | Op::Position | Op::Close);
    }
    maker.step(Do::GiveUp, 0, 0, false)?;
    useful.then_some(())
}

fn make_step(
    maker: &mut Maker,
    item: &Item,
    (before, from_here): (&[Item], &[Item]),
    open: &mut Filled<u8, MAX_CAPTURES>,
    captures: &mut u8,
) -> Option<()> {
    let following = &from_here[1..];
    let is_text = |capture: u8| opened(before, capture).is_some() && !open.contains(&capture);
    let doubtful = || is_doubtful(&item.bytes, following);
    match item.node.op() {
        Op::One => maker.one(item),
        Op::Plus => {
            maker.one(item)?;
            maker.run(item, doubtful())
        }
        Op::Star => maker.run(item, doubtful()),
        Op::Optional => {
            let set = maker.set(&item.bytes)?;
            maker.step(Do::Optional, set, 0, doubtful())
        }
        Op::Lazy => lazy(maker, item, following, !open.is_empty(), is_text),
        Op::Open | Op::Position => {
            if *captures as usize == MAX_CAPTURES {
                return None;
            }
            *captures += 1;
            if item.node.op() == Op::Position {
                return maker.step(Do::Position, 0, 0, false);
            }
            open.push(*captures - 1);
            maker.step(Do::Open, 0, 0, false)
        }
        Op::Close => maker.step(Do::Close, 0, open.pop()?, false),
        Op::Balance => maker.step(Do::Balance, item.node.extra(), item.node.byte(), false),
        Op::Frontier => {
            let set = maker.set(&item.bytes)?;
            maker.step(Do::Frontier, set, 0, false)
        }
        Op::Anchor => maker.step(Do::Anchor, 0, 0, false),
        Op::End => maker.step(Do::End, 0, 0, false),
        Op::Back if is_text(item.node.byte()) => maker.step(Do::Back, 0, item.node.byte(), false),
        Op::Back | Op::Unknown => None,
    }
}

/// An item with `-`, if there is a place where it must end.
fn lazy(
    maker: &mut Maker,
    item: &Item,
    following: &[Item],
    is_open: bool,
    is_text: impl Fn(u8) -> bool,
) -> Option<()> {
    let behind = match following {
        // Without an open capture that is an error, even if no literal is behind it.
        [first, rest @ ..] if first.node.op() == Op::Close && is_open => rest,
        _ => following,
    };
    match behind {
        [next, ..] if matches!(next.node.op(), Op::One | Op::Plus) && next.node.kind() == Kind::Literal => {
            match item.node.kind() {
                Kind::Any => maker.step(Do::LazyAny, 0, next.node.byte(), false),
                _ => {
                    let set = maker.set(&item.bytes)?;
                    maker.step(Do::Lazy, set, next.node.byte(), false)
                }
            }
        }
        [next, end, ..]
            if item.node.kind() == Kind::Any && next.node.op() == Op::Star && end.node.op() == Op::Anchor =>
        {
            let set = maker.set(&next.bytes)?;
            maker.step(Do::Trim, set, 0, false)
        }
        // What comes before the literal is the repetition's, as far as it goes back.
        [next, literal, ..]
            if item.node.kind() == Kind::Any
                && next.node.op() == Op::Star
                && matches!(literal.node.op(), Op::One | Op::Plus)
                && literal.node.kind() == Kind::Literal
                && !next.bytes.has(literal.node.byte()) =>
        {
            let set = maker.set(&next.bytes)?;
            maker.step(Do::LazyAny, set, literal.node.byte(), true)
        }
        [next, ..] if matches!(next.node.op(), Op::One | Op::Plus | Op::Balance) => {
            let (set, end) = (maker.repeated(item)?, maker.set(&next.bytes)?);
            maker.step(Do::LazySet, set, end, false)
        }
        [next, ..] if next.node.op() == Op::Back && is_text(next.node.byte()) => {
            let set = maker.repeated(item)?;
            maker.step(Do::LazyBack, set, next.node.byte(), false)
        }
        _ => None,
    }
}
