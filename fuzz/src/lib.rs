//! What the fuzz targets check, as functions of a byte string; cargo-fuzz calls them from `fuzz_targets`, and
//! `bin/chunks` and `bin/smoke` with cases of their own making where there is no libFuzzer.
//!
//! A check that fails panics, which ends the process: the case is then in libFuzzer's artifact, or named by
//! the driver.

// The library is reached by its C names only; this makes sure that it is linked.
use ferrouslua as _;

pub mod api;
pub mod capi;
pub mod chunk;
pub mod generate;
pub mod host;
pub mod machine;
pub mod random;
pub mod seeds;
pub mod targets;
