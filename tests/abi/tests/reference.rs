//! Our headers against those of Debian's liblua5.1: types, prototypes and constants as bindgen reads
//! them, macros as the preprocessor expands them.

use std::collections::BTreeMap;
use std::path::Path;

use ferrouslua_abi::{Scratch, ours, reference, run_compiler};

const ALL: &str = "#include \"lua.h\"\n#include \"lualib.h\"\n#include \"lauxlib.h\"\n";

/// What bindgen makes of a set of headers: one entry an item, layouts included.
fn items(include: &Path) -> BTreeMap<String, String> {
    let text = bindgen::Builder::default()
        .header_contents("all.h", ALL)
        .clang_arg(format!("-I{}", include.display()))
        .allowlist_item("lua.*|LUA.*")
        .generate_comments(false)
        .layout_tests(true)
        .formatter(bindgen::Formatter::None)
        .generate()
        .expect("bindgen")
        .to_string();
    split_items(&text)
}

/// Cuts bindgen's text into items and names each by what it defines.
fn split_items(text: &str) -> BTreeMap<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found = BTreeMap::new();
    let (mut depth, mut begin) = (0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth -= 1,
            _ => {}
        }
        let ends = depth == 0 && (c == ';' || c == '}');
        if ends {
            let item = text[begin..=at].trim().to_string();
            begin = at + 1;
            if item.len() > 1 {
                let item = without_parameter_names(&item);
                found.insert(name_of(&item), item);
            }
        }
    }
    found
}

/// The name after `fn`, `struct`, `type` or `const`; for layout checks the whole text.
fn name_of(item: &str) -> String {
    let words: Vec<&str> = item.split([' ', '(', ':', ';', '{']).filter(|w| !w.is_empty()).collect();
    let key = words.iter().position(|w| matches!(*w, "fn" | "struct" | "type" | "const" | "union"));
    match key.and_then(|i| words.get(i + 1).map(|name| (words[i], *name))) {
        Some((_, "_")) | None => item.to_string(),
        Some((kind, name)) => format!("{kind} {name}"),
    }
}

/// Parameters are named freely: `idx : c_int` becomes `c_int`.
fn without_parameter_names(item: &str) -> String {
    if !item.contains("fn") || item.contains("struct") {
        return item.to_string();
    }
    let words: Vec<&str> = item.split(' ').collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < words.len() {
        if words.get(i + 1) == Some(&":") && i > 0 && matches!(words[i - 1], "(" | ",") {
            i += 2;
        } else {
            out.push(words[i]);
            i += 1;
        }
    }
    out.join(" ")
}

#[test]
fn types_prototypes_and_constants_are_the_references() {
    let (theirs, ours) = (items(&reference()), items(&ours()));
    let functions = theirs.keys().filter(|k| k.starts_with("fn lua")).count();
    assert!(functions > 100, "bindgen read only {functions} functions of the reference");
    assert!(theirs.values().any(|v| v.contains("lua_Debug") && v.contains("120usize")), "no layouts");
    for (name, item) in &theirs {
        assert_eq!(ours.get(name), Some(item), "{name}");
    }
    for name in ours.keys() {
        assert!(theirs.contains_key(name), "{name} is not in the reference");
    }
}

/// The macros that a set of headers defines under some options: name with parameters, and body.
fn macros(include: &Path, options: &[&str]) -> BTreeMap<String, String> {
    let scratch = Scratch::new();
    let listing = |text: &str| {
        let source = scratch.file("all.c", text);
        let arguments: Vec<&str> = options.iter().copied().chain(["-dM", "-E", &source]).collect();
        run_compiler("cc", &arguments, include).unwrap_or_else(|e| panic!("{e}"))
    };
    listing(ALL)
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .filter(|line| line.starts_with("lua") || line.starts_with("LUA"))
        .map(|line| {
            let name: String =
                line.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
            (name, line.to_string())
        })
        .collect()
}

/// A macro's definition without white space and the parentheses of its parameter list's names.
fn normal(definition: &str) -> String {
    definition.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn macros_are_the_references() {
    let settings: [&[&str]; 5] = [
        &[],
        &["-std=c89"],
        &["-DLUA_USE_LINUX", "-DLUA_USE_APICHECK"],
        &["-DLUA_CORE", "-Dlua_c", "-Dloslib_c", "-DLUA_USE_POSIX"],
        &["-DLUA_USELONGLONG", "-DLUA_COMPAT_GETN", "-Dluaall_c", "-DLUA_LIB", "-O1"],
    ];
    for options in settings {
        let (theirs, ours) = (macros(&reference(), options), macros(&ours(), options));
        assert!(theirs.len() > 150, "only {} macros in the reference", theirs.len());
        for (name, definition) in &theirs {
            let definition = normal(definition);
            let found = ours.get(name).map(|d| normal(d));
            assert_eq!(found.as_ref(), Some(&definition), "{name} under {options:?}");
        }
        for name in ours.keys() {
            assert!(theirs.contains_key(name), "{name} is not in the reference ({options:?})");
        }
    }
}

/// A program that prints every macro which is a constant, and every size and offset.
fn constants_program(names: &[&str]) -> String {
    let mut text = format!("#include <stdio.h>\n{ALL}");
    text.push_str(
        "#define SHOW(x) _Generic((x), char *: show_text, default: show_number)(#x, x)\n\
         static void show_text(const char *n, const char *s) { printf(\"%s %s\\n\", n, s); }\n\
         static void show_number(const char *n, long v) { printf(\"%s %ld\\n\", n, v); }\n\
         #define PLACE(t, f) printf(#t \".\" #f \" %d\\n\", (int)offsetof(t, f))\n\
         int main(void) {\n",
    );
    for name in names {
        text.push_str(&format!("  printf(\"{name} \"); SHOW({name});\n"));
    }
    for field in ["event", "name", "namewhat", "what", "source", "currentline", "nups"]
        .iter()
        .chain(&["linedefined", "lastlinedefined", "short_src", "i_ci"])
    {
        text.push_str(&format!("  PLACE(lua_Debug, {field});\n"));
    }
    for field in ["p", "lvl", "L", "buffer"] {
        text.push_str(&format!("  PLACE(luaL_Buffer, {field});\n"));
    }
    for size in ["lua_Debug", "luaL_Buffer", "luaL_Reg", "lua_Number", "lua_Integer"] {
        text.push_str(&format!("  printf(\"{size} %d\\n\", (int)sizeof({size}));\n"));
    }
    text.push_str("  return 0;\n}\n");
    text
}

#[test]
fn constants_sizes_and_offsets_are_the_references() {
    let all = macros(&reference(), &[]);
    let constants: Vec<&str> = all
        .iter()
        .filter(|(name, line)| {
            let body = line[name.len()..].trim();
            let words = ["\"", "(", "0", "1", "2", "3", "4", "5", "6", "7", "8", "LUA_", "BUFSIZ"];
            // Parameters follow a macro's name at once; types are no constants.
            line[name.len()..].starts_with(' ')
                && words.iter().any(|w| body.starts_with(w))
                && !body.starts_with("LUA_API")
        })
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(constants.len() > 80, "only {} constants", constants.len());
    let program = constants_program(&constants);
    let output = |include: &Path| {
        let scratch = Scratch::new();
        let source = scratch.file("constants.c", &program);
        let binary = scratch.path("constants");
        let arguments = ["-std=gnu11", "-o", &binary, &source];
        run_compiler("cc", &arguments, include).unwrap_or_else(|e| panic!("{e}"));
        run_compiler(&binary, &[], include).unwrap_or_else(|e| panic!("{e}"))
    };
    assert_eq!(output(&ours()), output(&reference()));
}
