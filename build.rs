//! What the linker has to be told. Nothing is generated here: the headers are checked in (`make
//! headers`), so a plain `cargo build` needs no cbindgen.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libferrouslua.so.0");
    // `lua` is what binary modules resolve the API against.
    println!("cargo::rustc-link-arg-bins=-rdynamic");
}
