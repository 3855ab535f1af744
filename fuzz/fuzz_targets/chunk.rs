#![no_main]

use ferrouslua_fuzz::chunk::mutate::mutate;
use ferrouslua_fuzz::random::Random;
use ferrouslua_fuzz::targets;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| targets::chunk(bytes));

// Chunks are changed as what they are; libFuzzer's own changes would be refused, nearly all of them.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let changed = mutate(&data[..size], &data[..size], &mut Random(seed as u64));
    let new = changed.len().min(max_size);
    data[..new].copy_from_slice(&changed[..new]);
    new
});
