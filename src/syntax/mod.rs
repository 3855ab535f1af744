//! From source text to a prototype.

use crate::heap::Gc;
use crate::object::{Proto, Str};
use crate::state::{State, Thrown};

/// Where a chunk's bytes come from, piece by piece.
pub trait ChunkReader {
    /// The next piece; an empty one ends the chunk. It stays valid until the next call.
    fn next_piece(&mut self, l: &mut State) -> Result<&[u8], Thrown>;
}

/// Compiles a text chunk. Collection is held off meanwhile (`Global::gc`), so that nothing under
/// construction needs anchoring.
pub fn parse(_l: &mut State, _reader: &mut dyn ChunkReader, _name: Gc<Str>) -> Result<Gc<Proto>, Thrown> {
    unimplemented!()
}
