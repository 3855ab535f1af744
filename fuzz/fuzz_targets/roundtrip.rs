#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ferrouslua_fuzz::targets::roundtrip(bytes));
