//! The layers of the crate: `use crate::…` goes from a higher layer to a lower one, never back.
//! The table below is the documentation of the order; the test reads the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of `src/`, each allowed to use itself and those before it.
const LAYERS: &[(&str, &str)] = &[
    ("base", "limits, number text, names of chunks: needs no heap"),
    ("heap", "object headers, handles, allocation over lua_Alloc, write barriers"),
    ("object", "values, strings, tables, closures, prototypes, userdata"),
    ("bytecode", "the 5.1 instruction set, binary chunks, their verifier"),
    ("state", "Global, State, stack and frames, errors, native functions"),
    ("gc", "mark, atomic step, sweep, pace"),
    ("syntax", "from source text to a prototype"),
    ("vm", "executable form, interpreter, calls, coroutines, the C boundary"),
    ("runtime", "what libraries and C API share"),
    ("stdlib", "the standard libraries"),
    ("capi", "the extern \"C\" functions"),
    ("ltests", "the table T of test builds (feature ltests; in no release)"),
];

fn rust_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a source folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The modules named behind `crate::` in one line of code.
fn modules_named(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or("");
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
        .collect()
}

#[test]
fn no_layer_uses_a_higher_one() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rank = |module: &str| LAYERS.iter().position(|(name, _)| *name == module);
    let mut violations = Vec::new();
    let mut files_read = 0;
    for (layer, (name, _)) in LAYERS.iter().enumerate() {
        let mut files = Vec::new();
        rust_files(&src.join(name), &mut files);
        for file in files {
            files_read += 1;
            let text = fs::read_to_string(&file).expect("a source file");
            for (number, line) in text.lines().enumerate() {
                for used in modules_named(line) {
                    if rank(used).is_some_and(|r| r > layer) {
                        violations.push(format!(
                            "{}:{}: {name} uses {used}, a higher layer: {}",
                            file.display(),
                            number + 1,
                            line.trim()
                        ));
                    }
                }
            }
        }
    }
    assert!(files_read > 40, "only {files_read} files found");
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn every_module_has_its_layer() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .expect("src/lib.rs");
    let declared: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|rest| rest.trim_end_matches(';'))
        .collect();
    let layers: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(declared, layers, "lib.rs lists the modules in layer order");
}

/// What all States of a process share and can change, by file and name: each may be used by any thread at any
/// time, as docs/security.md explains.
const SHARED: &[(&str, &str)] = &[
    ("object/seeded.rs", "SEED"),
    ("state/live.rs", "LIVE"),
    ("ltests/memory.rs", "TOTAL"),
    ("ltests/memory.rs", "BLOCKS"),
    ("ltests/memory.rs", "PEAK"),
    ("ltests/memory.rs", "LIMIT"),
    ("ltests/values.rs", "luaB_trick"),
];

/// The name that a line of code gives to something that changes and outlives every State, if it does.
fn changing_static(line: &str) -> Option<&str> {
    let code = line.split("//").next().unwrap_or("").trim();
    if code.contains("thread_local!") {
        return Some("thread_local!");
    }
    let code = code.strip_prefix("pub ").or_else(|| code.strip_prefix("pub(crate) ")).unwrap_or(code);
    let item = code.strip_prefix("static ")?;
    let (name, kind) = item.strip_prefix("mut ").unwrap_or(item).split_once(':')?;
    let changes = ["Atomic", "Mutex", "RwLock", "Cell", "Once", "Lazy", "Condvar"];
    (item.starts_with("mut ") || changes.iter().any(|word| kind.contains(word))).then_some(name)
}

#[test]
fn states_share_nothing_but_what_is_listed() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for (layer, _) in LAYERS {
        let mut files = Vec::new();
        rust_files(&src.join(layer), &mut files);
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file");
            let place = file.strip_prefix(&src).expect("below src").display().to_string();
            found.extend(text.lines().filter_map(changing_static).map(|name| (place.clone(), name.to_owned())));
        }
    }
    let mut listed: Vec<(String, String)> =
        SHARED.iter().map(|(file, name)| (file.to_string(), name.to_string())).collect();
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}
