//! The short name of the chunk that was last asked for: debuggers and profilers ask for one at each event, and
//! errors for that of the function that raised them.
//!
//! Invariant: the string is not dead. It is forgotten in the atomic step, before anything is freed.
//! Not here: what the name is (`base::chunk_id`).

use core::cell::Cell;

use crate::base::chunk_id::{SIZE, chunk_id};
use crate::heap::Gc;
use crate::object::Str;

/// A short name, with zeros behind it.
#[derive(Clone, Copy)]
pub struct ShortName {
    text: [u8; SIZE],
    len: u8,
}

impl ShortName {
    /// Of a chunk name with its mark.
    pub fn of(source: &[u8]) -> ShortName {
        let mut text = [0; SIZE];
        let len = chunk_id(source, &mut text).len() as u8;
        ShortName { text, len }
    }

    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len as usize]
    }

    /// The text as C takes it: it is shorter than the array, and a zero follows.
    #[inline]
    pub fn as_array(&self) -> &[u8; SIZE] {
        &self.text
    }
}

pub struct ShortSource {
    source: Cell<Option<Gc<Str>>>,
    name: Cell<ShortName>,
}

impl ShortSource {
    pub fn new() -> ShortSource {
        ShortSource { source: Cell::new(None), name: Cell::new(ShortName { text: [0; SIZE], len: 0 }) }
    }

    /// The short name of a chunk whose name with its mark this is.
    #[inline]
    pub fn name_of(&self, source: Gc<Str>) -> ShortName {
        if self.source.get() != Some(source) {
            self.remember(source);
        }
        self.name.get()
    }

    #[inline(never)]
    fn remember(&self, source: Gc<Str>) {
        self.name.set(ShortName::of(source.as_bytes()));
        self.source.set(Some(source));
    }

    /// The collector is about to free strings.
    pub fn forget(&self) {
        self.source.set(None);
    }
}
