//! Binary chunks whose functions are still there: loading one again shares the prototype.
//!
//! `loadstring(string.dump(f))` is how a program makes a copy of a function that has upvalues of its own, and some keep
//! compiled templates as strings. A string never changes, nor does a prototype, and what a chunk was dumped from, or was
//! read to before, is what it would be read to: so nothing shows that it was not read again, except that it took less.
//!
//! An entry keeps nothing alive: those of which the string or the prototype is dead are cleared before they are swept. A
//! newer chunk takes the place of an older one.
//!
//! Not here: reading and writing chunks (`bytecode`).

use core::cell::Cell;

use crate::heap::{Gc, Heap};
use crate::object::{Proto, Str};

const ENTRIES: usize = 8;

pub struct Chunks {
    entries: [Cell<Option<(Gc<Str>, Gc<Proto>)>>; ENTRIES],
}

impl Chunks {
    pub const fn new() -> Chunks {
        Chunks { entries: [const { Cell::new(None) }; ENTRIES] }
    }

    fn entry(&self, text: *const u8) -> &Cell<Option<(Gc<Str>, Gc<Proto>)>> {
        let address = text as usize;
        &self.entries[(address >> 4 ^ address >> 10) % ENTRIES]
    }

    /// Notes that loading this string makes this prototype.
    pub fn note(&self, chunk: Gc<Str>, proto: Gc<Proto>) {
        self.entry(chunk.data()).set(Some((chunk, proto)));
    }

    /// The prototype that loading these bytes makes, if they are a noted string's own and its functions are nested
    /// `levels` deep at most.
    pub fn find(&self, bytes: &[u8], levels: u32) -> Option<Gc<Proto>> {
        let (chunk, proto) = self.entry(bytes.as_ptr()).get()?;
        let same = chunk.data() == bytes.as_ptr() && chunk.len() == bytes.len();
        (same && proto.is_nested_below(levels)).then_some(proto)
    }

    /// Forgets the dead.
    pub fn forget_dead(&self, heap: &Heap) {
        for entry in &self.entries {
            if entry.get().is_some_and(|(s, p)| heap.is_dead(s.header()) || heap.is_dead(p.header())) {
                entry.set(None);
            }
        }
    }
}
