//! What the linker has to be told, and whether the interpreter needs its trampoline. Nothing is generated here: the headers are checked in (`make
//! headers`), so a plain `cargo build` needs no cbindgen.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RUSTFLAGS");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    println!("cargo::rustc-check-cfg=cfg(trampoline)");
    println!("cargo::rustc-check-cfg=cfg(jit)");
    if calls_stay_calls() {
        println!("cargo::rustc-cfg=trampoline");
    } else if is("CARGO_CFG_TARGET_ARCH", "x86_64") && is("CARGO_CFG_TARGET_OS", "linux") {
        // Loops get machine code (`src/vm/jit`), which is left for a handler as handlers leave each other.
        println!("cargo::rustc-cfg=jit");
    }
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

/// Whether a variable of the build has this value.
fn is(name: &str, value: &str) -> bool {
    env::var(name).as_deref() == Ok(value)
}

/// Whether the interpreter's handlers, each of which ends in a call of the next, would nest on the
/// machine stack instead of jumping (`src/vm/interp/trampoline.rs`).
fn calls_stay_calls() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("CARGO_FEATURE_TRAMPOLINE").is_some()
        || is("OPT_LEVEL", "0")
        || flags.contains("instrument-coverage")
        // Only these targets' five argument registers and conventions are known to be enough.
        || !(is("CARGO_CFG_TARGET_ARCH", "x86_64") || is("CARGO_CFG_TARGET_ARCH", "aarch64"))
}
