//! The headers in include/ are what cbindgen makes of src/capi, and any C or C++ compiler takes them.
//!
//! With `UPDATE=1` in the environment (`make headers`) they are rewritten.

use std::{env, fs};

use ferrouslua_abi::{Scratch, ours, read, root, run_compiler};

struct Header {
    name: &'static str,
    guard: &'static str,
    about: &'static str,
    api: &'static str,
    sources: &'static [&'static str],
}

const HEADERS: [Header; 4] = [
    Header {
        name: "lua",
        guard: "lua_h",
        about: "The C API of Lua 5.1 (manual chapter 3).",
        api: "LUA_API",
        sources: &[
            "types.rs",
            "state.rs",
            "stack.rs",
            "access.rs",
            "push.rs",
            "format.rs",
            "get.rs",
            "set.rs",
            "calls.rs",
            "load.rs",
            "coroutines.rs",
            "gc.rs",
            "misc.rs",
            "debug.rs",
        ],
    },
    Header {
        name: "lauxlib",
        guard: "lauxlib_h",
        about: "The auxiliary library of Lua 5.1 (manual chapter 4).",
        api: "LUALIB_API",
        sources: &[
            "auxlib/types.rs",
            "auxlib/state.rs",
            "auxlib/register.rs",
            "auxlib/meta.rs",
            "auxlib/errors.rs",
            "auxlib/check.rs",
            "auxlib/refs.rs",
            "auxlib/load.rs",
            "auxlib/text.rs",
            "auxlib/buffer.rs",
        ],
    },
    Header {
        name: "lualib",
        guard: "lualib_h",
        about: "The standard libraries of Lua 5.1 (manual chapter 5).",
        api: "LUALIB_API",
        sources: &["lib.rs"],
    },
    Header {
        name: "ferrouslua",
        guard: "ferrouslua_h",
        about: "What the library has beyond Lua 5.1: limits for scripts of strangers, and LuaJIT's\n** additions to the C API.",
        api: "LUA_API",
        sources: &[
            "luajit/values.rs",
            "luajit/load.rs",
            "luajit/debug.rs",
            "luajit/library.rs",
            "luajit/results.rs",
            "luajit/engine.rs",
            "ferrous/limits.rs",
            "ferrous/memory.rs",
            "ferrous/readonly.rs",
            "ferrous/sandbox.rs",
        ],
    },
];

fn generate(header: &Header) -> String {
    let capi = root().join("src/capi");
    let mut config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let text = |part: &str| read(&capi.join(format!("headers/{}.{part}.h", header.name)));
    config.header = Some(format!(
        "/*\n** {}\n** Generated from src/capi by cbindgen: change it there, then `make headers`.\n*/",
        header.about
    ));
    config.include_guard = Some(header.guard.to_string());
    config.after_includes = Some(text("begin"));
    config.trailer = Some(text("end"));
    config.function.prefix = Some(header.api.to_string());
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in header.sources {
        builder = builder.with_src(capi.join(source));
    }
    let mut out = Vec::new();
    builder.generate().expect("cbindgen").write(&mut out);
    String::from_utf8(out).unwrap().replace('§', "section ").replace('…', "...")
}

#[test]
fn headers_are_generated_from_the_sources() {
    for header in &HEADERS {
        let path = ours().join(format!("{}.h", header.name));
        let wanted = generate(header);
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, &wanted).unwrap();
        }
        assert!(
            read(&path) == wanted,
            "include/{}.h is not what src/capi says: run `make headers`",
            header.name
        );
    }
}

#[test]
fn every_exported_function_is_declared() {
    let symbols = read(&root().join("symbols.txt"));
    let headers: String =
        HEADERS.iter().map(|h| read(&ours().join(format!("{}.h", h.name)))).collect();
    for symbol in symbols.lines().filter(|&s| s != "lua_ident" && !s.starts_with('#')) {
        assert!(headers.contains(&format!("{symbol}(")), "{symbol} is in no header");
    }
}

#[test]
fn every_exported_function_is_in_the_compatibility_tables() {
    let symbols = read(&root().join("symbols.txt"));
    let tables = read(&root().join("docs/compatibility.md"));
    for symbol in symbols.lines().filter(|s| !s.starts_with('#')) {
        assert!(tables.contains(&format!("| `{symbol}` |")), "{symbol} is in no table");
    }
}

/// Compiles (without linking) `text` and expects no word from the compiler.
fn compile(compiler: &str, standard: &str, suffix: &str, text: &str) {
    let scratch = Scratch::new();
    let source = scratch.file(&format!("includes.{suffix}"), text);
    let object = scratch.path("includes.o");
    let standard = format!("-std={standard}");
    let arguments =
        [&standard, "-Wall", "-Wextra", "-pedantic", "-Werror", "-c", "-o", &object, &source];
    if let Err(complaints) = run_compiler(compiler, &arguments, &ours()) {
        panic!("{complaints}\n{text}");
    }
}

const USE: &str = "
int use(lua_State *L);
int use(lua_State *L) {
  luaL_Buffer b;
  lua_Debug ar;
  luaL_buffinit(L, &b);
  luaL_addchar(&b, 'x');
  luaL_pushresult(&b);
  lua_pushliteral(L, \"y\");
  lua_pop(L, 2);
  ar.i_ci = 0;
  return luaL_error(L, \"%s %d\", ar.short_src, (int)sizeof(ar)) + lua_upvalueindex(1);
}
";

#[test]
fn headers_compile_in_every_dialect_order_and_number() {
    let orders = [
        ["ferrouslua.h", "lua.h", "ferrouslua.h"],
        ["lua.h", "lauxlib.h", "lualib.h"],
        ["lualib.h", "lauxlib.h", "lua.h"],
        ["lauxlib.h", "lua.h", "lualib.h"],
        ["luaconf.h", "lualib.h", "lauxlib.h"],
    ];
    for order in orders {
        let includes: String = order.iter().map(|h| format!("#include \"{h}\"\n")).collect();
        let text = format!("{includes}{includes}{USE}");
        for standard in ["c89", "c99", "c11", "gnu17"] {
            compile("cc", standard, "c", &text);
        }
        compile("c++", "c++98", "cpp", &text);
    }
    // What lua.h does not declare a program may declare in its own way.
    let own = "
static void luaL_setfuncs(lua_State *L, int x) { (void)L; (void)x; }
int use_own(lua_State *L);
int use_own(lua_State *L) { luaL_setfuncs(L, 1); return 0; }
";
    let plain = format!("#include \"lua.h\"\n#include \"lauxlib.h\"\n#include \"lualib.h\"\n{own}");
    compile("cc", "c89", "c", &plain);
    let hpp = format!("#include \"lua.hpp\"\n#include \"lua.h\"\n{USE}");
    for standard in ["c++98", "c++11", "c++17", "c++20"] {
        compile("c++", standard, "cpp", &hpp);
    }
}
