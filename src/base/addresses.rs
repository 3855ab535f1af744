//! What scripts are shown in the place of addresses, when the host wants theirs hidden.
//!
//! An address that is shown tells where the heap, the library or the host's own data lie, which is what
//! an attacker who can corrupt memory wants to know first. A keyed permutation hides it: each address
//! has one word of its own for as long as the state lives, so what is shown still tells objects apart,
//! and looks like an address. The key is random and never shown; the round function is std's keyed hash.
//!
//! Not here: where text is made of an address (`runtime::tostring`).

use core::cell::{Cell, OnceCell};
use core::hash::BuildHasher;
use std::hash::RandomState;

/// Words below this, which all addresses of programs are, are shown as such words.
const COMMON: u64 = 1 << 48;

const ROUNDS: u32 = 8;

#[derive(Default)]
pub struct Addresses {
    hidden: Cell<bool>,
    key: OnceCell<RandomState>,
}

impl Addresses {
    pub fn are_hidden(&self) -> bool {
        self.hidden.get()
    }

    /// Gives the setting before. The key stays the same from the first time on.
    pub fn hide(&self, on: bool) -> bool {
        if on {
            self.key.get_or_init(RandomState::new);
        }
        self.hidden.replace(on)
    }

    /// What is shown of an address. Null is shown as it is.
    pub fn shown(&self, address: usize) -> usize {
        match self.key.get() {
            Some(key) if self.hidden.get() => hide(key, address as u64) as usize,
            _ => address,
        }
    }
}

/// A permutation of the words that are not 0, and of those below `COMMON` among themselves.
fn hide(key: &impl BuildHasher, word: u64) -> u64 {
    if word == 0 {
        return 0;
    }
    let bits = if word < COMMON { 48 } else { 64 };
    let mut hidden = word;
    // A permutation of all words is one of some of them when it is repeated until it comes back to them.
    loop {
        hidden = permute(key, hidden, bits);
        if hidden != 0 && (hidden < COMMON) == (word < COMMON) {
            return hidden;
        }
    }
}

/// A Feistel network over words of so many bits.
fn permute(key: &impl BuildHasher, word: u64, bits: u32) -> u64 {
    let half = bits / 2;
    let mask = (1 << half) - 1;
    let (mut left, mut right) = (word >> half, word & mask);
    for round in 0..ROUNDS {
        let mixed = key.hash_one((round as u64) << 32 | right) & mask;
        (left, right) = (right, left ^ mixed);
    }
    left << half | right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_of_its_own() {
        let key = RandomState::new();
        let mut shown: Vec<u64> = (1..100_000).map(|i| hide(&key, i * 16)).collect();
        assert!(shown.iter().all(|&word| word != 0 && word < COMMON));
        shown.extend((1..1000).map(|i| hide(&key, u64::MAX - i)));
        assert!(shown[99_999..].iter().all(|&word| word >= COMMON));
        let count = shown.len();
        shown.sort_unstable();
        shown.dedup();
        assert_eq!(shown.len(), count);
        assert_eq!(hide(&key, 0), 0);
    }

    /// Small words, all of them: a permutation.
    #[test]
    fn a_network_permutes() {
        let key = RandomState::new();
        let mut images: Vec<u64> = (0..1 << 12).map(|word| permute(&key, word, 12)).collect();
        images.sort_unstable();
        assert!(images.iter().copied().eq(0..1 << 12));
    }

    /// One bit of the address changes about half of what is shown.
    #[test]
    fn neighbours_do_not_look_alike() {
        let key = RandomState::new();
        let mut changed = 0;
        for i in 0..1000u64 {
            let word = 0x7f00_0000_0000 + 32 * i;
            changed += (hide(&key, word) ^ hide(&key, word ^ 32)).count_ones();
        }
        assert!((20_000..28_000).contains(&changed), "{changed} of 48000 bits");
    }

    #[test]
    fn hidden_only_when_asked() {
        let addresses = Addresses::default();
        assert_eq!(addresses.shown(0x1230), 0x1230);
        assert!(!addresses.hide(true));
        let hidden = addresses.shown(0x1230);
        assert_ne!(hidden, 0x1230);
        assert!(addresses.hide(false));
        assert_eq!(addresses.shown(0x1230), 0x1230);
        addresses.hide(true);
        assert_eq!(addresses.shown(0x1230), hidden);
    }
}
