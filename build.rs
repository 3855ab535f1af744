//! What the linker has to be told. Nothing is generated here: the headers are checked in (`make
//! headers`), so a plain `cargo build` needs no cbindgen.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libferrouslua.so.0");
    // What the library calls is its own, also where a host defines a function of the same name.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-Bsymbolic-functions");
    // Debian's library has this version node; without it the loader warns of every program that
    // was linked there. An empty node may stand beside the compiler's own list of exports, but only
    // rust-lld, the default linker of this target, takes both.
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("x86_64") {
        let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rerun-if-changed=src/capi/node.map");
        println!("cargo::rustc-cdylib-link-arg=-Wl,--version-script={root}/src/capi/node.map");
    }
    // `lua` is what binary modules resolve the API against.
    println!("cargo::rustc-link-arg-bins=-rdynamic");
}
