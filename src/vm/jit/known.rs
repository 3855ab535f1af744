//! What is known of a frame's registers at a place of the code.

use super::counters::Counters;

/// A set of registers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Slots([u64; 4]);

impl Slots {
    pub const NONE: Slots = Slots([0; 4]);

    pub fn has(&self, slot: usize) -> bool {
        self.0[slot / 64] >> (slot % 64) & 1 != 0
    }

    pub fn add(&mut self, slot: usize) {
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    pub fn remove(&mut self, slot: usize) {
        self.0[slot / 64] &= !(1 << (slot % 64));
    }

    pub fn keep(&mut self, others: &Slots) {
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            *word &= other;
        }
    }

    pub fn join(&mut self, others: &Slots) {
        for (word, other) in self.0.iter_mut().zip(&others.0) {
            *word |= other;
        }
    }

    pub fn without(&self, others: &Slots) -> Slots {
        let mut rest = *self;
        for (word, other) in rest.0.iter_mut().zip(&others.0) {
            *word &= !other;
        }
        rest
    }

    pub fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(at, word)| {
            let mut word = word;
            core::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(at * 64 + bit)
            })
        })
    }

    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }
}

/// Which registers hold numbers, and which tables. Such a number is in the machine register that was chosen
/// for it, if one was, such a table's address likewise; the slots hold all of them, too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub numbers: Slots,
    pub tables: Slots,
    pub counters: Counters,
}

impl Known {
    pub const NOTHING: Known = Known { numbers: Slots::NONE, tables: Slots::NONE, counters: Counters::NONE };

    /// Something is stored in the slot of which nothing is known.
    pub fn forget(&mut self, slot: usize) {
        self.numbers.remove(slot);
        self.tables.remove(slot);
        self.counters.forget(slot);
    }

    /// What is known where two ways meet.
    pub fn meet(&mut self, other: &Known) {
        self.numbers.keep(&other.numbers);
        self.tables.keep(&other.tables);
        self.counters.meet(&other.counters);
    }

    /// What is known here and not there.
    pub fn beyond(&self, other: &Known) -> Known {
        Known {
            numbers: self.numbers.without(&other.numbers),
            tables: self.tables.without(&other.tables),
            counters: self.counters.beyond(&other.counters),
        }
    }

    pub fn is_nothing(&self) -> bool {
        self.numbers.is_empty() && self.tables.is_empty() && self.counters.is_nothing()
    }
}
