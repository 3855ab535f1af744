//! What mutation begins with: Lua files, compiled by the library itself, whole and each function of them
//! by itself.

use std::path::Path;

use crate::api::ours;
use crate::chunk::{Function, parse, run, write};
use crate::host::Sandbox;

/// A function that is larger than this is no seed by itself: the time goes into reading it.
const LARGE: usize = 6_000;

/// The Lua files under these folders, by name.
pub fn files(folders: &[String]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| find(Path::new(folder), &mut paths));
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

fn find(path: &Path, found: &mut Vec<std::path::PathBuf>) {
    if let Ok(entries) = std::fs::read_dir(path) {
        entries.flatten().for_each(|entry| find(&entry.path(), found));
    } else if path.extension().is_some_and(|e| e == "lua") {
        found.push(path.to_owned());
    }
}

/// The chunk of a source; None if it does not compile.
pub fn compile(source: &[u8]) -> Option<Vec<u8>> {
    let sandbox = Sandbox::new();
    // A first line that begins with # is a shell's.
    let source = if source.first() == Some(&b'#') {
        &source[source.iter().position(|&c| c == b'\n')?..]
    } else {
        source
    };
    // SAFETY: a state of ours, with the loaded function on top.
    unsafe { (ours().load(sandbox.l, source, c"=seed") == 0).then(|| run::dump(ours(), sandbox.l)) }
}

/// The chunks of the sources and of their functions, small ones first.
pub fn chunks(sources: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for chunk in sources.iter().filter_map(|source| compile(source)) {
        let function = parse(&chunk).expect("the library's own chunk");
        take_apart(&function, &mut all);
        all.push(chunk);
    }
    all.sort_by_key(Vec::len);
    all.dedup();
    all
}

fn take_apart(function: &Function, all: &mut Vec<Vec<u8>>) {
    for inner in &function.functions {
        let chunk = write(inner);
        if chunk.len() < LARGE {
            all.push(chunk);
        }
        take_apart(inner, all);
    }
}
