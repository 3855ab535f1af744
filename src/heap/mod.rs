//! The heap: what every collected object has in common, and where its bytes come from.
//!
//! All memory that a script can make the VM hold is taken from the host's `lua_Alloc` through
//! [`Heap`], with true sizes, and every request can fail ([`OutOfMemory`]). Allocation never
//! collects: a collection runs only at a safepoint (`vm::safepoint`), so a handle held by Rust
//! code between two safepoints cannot dangle (REACH).
//!
//! Not here: what objects look like (`object`), marking and finalizing (`gc`).

mod alloc;
mod anchors;
mod barrier;
mod blocks;
mod buffer;
mod cap;
mod header;
mod marks;
mod paths;
mod weak;

pub use alloc::{AllocFn, Heap, heap_layout, NEVER, OutOfMemory, Phase};
pub use anchors::Anchors;
pub use blocks::{Blocks, Sweeper, cell_layout};
pub use cap::{Cap, UNCAPPED};
pub use buffer::{Buffer, RawArray};
pub use header::{Gc, GcHeader, HeapObject, Kind, mark};
pub use marks::{MarkStack, Stack};
pub use paths::{CALLS, ENDS, Path, Paths, path_layout};
pub use weak::{Noted, WeakTables};
