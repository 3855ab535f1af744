//! The compiler against the reference's: the same bytes for every file, the same messages for every
//! error, the same listings. `LUA_FILES` may name a file with further paths, one a line.

mod common;

use std::path::{Path, PathBuf};

use ferrouslua::bytecode::list::list;
use ferrouslua::runtime::load;
use ferrouslua::state::State;

fn lua_files(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            lua_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "lua") {
            found.push(path);
        }
    }
}

fn all_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    lua_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut files);
    if let Ok(list) = std::env::var("LUA_FILES") {
        let list = std::fs::read_to_string(list).expect("the list of files");
        files.extend(list.lines().map(PathBuf::from));
    }
    files
}

/// What `luaL_loadfile` leaves out: a first line that begins with `#`.
fn without_shebang(text: &[u8]) -> &[u8] {
    if text.first() != Some(&b'#') {
        return text;
    }
    let end = text.iter().position(|&b| b == b'\n').unwrap_or(text.len());
    // The line's end stays, so that lines are counted; but not before a binary chunk.
    let is_binary = text.get(end + 1) == Some(&0x1B);
    &text[end + is_binary as usize..]
}

fn compile(l: &mut State, text: &[u8], name: &[u8], strip: bool) -> Result<Vec<u8>, Vec<u8>> {
    common::compile(l, text, name, strip).map_err(|(_, message)| message)
}

/// The full listing of a binary chunk.
fn listing(l: &mut State, chunk: &[u8]) -> Vec<u8> {
    if let Err(thrown) = load::load_buffer(l, chunk, b"=luac") {
        return common::message(l, thrown).1;
    }
    let function = l.pop().as_lua_closure().expect("a function");
    let mut text = Vec::new();
    let Ok(()) = list(function.proto, true, &mut |piece: &[u8]| {
        text.extend_from_slice(piece);
        Ok::<(), std::convert::Infallible>(())
    });
    without_addresses(&text)
}

/// The text with no digits behind `0x`.
fn without_addresses(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut in_address = false;
    for &byte in text {
        in_address = in_address && byte.is_ascii_hexdigit();
        if !in_address {
            kept.push(byte);
        }
        in_address |= kept.ends_with(b"0x");
    }
    kept
}

#[test]
fn files_compile_to_the_references_bytes() {
    let mut compared = 0;
    let mut different = Vec::new();
    for path in all_files() {
        let Ok(text) = std::fs::read(&path) else { continue }; // a file of somebody else, gone again
        let shown = path.to_str().expect("a path in UTF-8");
        for strip in [false, true] {
            let out = std::env::temp_dir().join(format!("ferrouslua-{}.luac", std::process::id()));
            let mut arguments = vec!["-o", out.to_str().expect("a path"), "--", shown];
            arguments.splice(0..0, if strip { &["-s"][..] } else { &["-l", "-l"] }.iter().copied());
            let Some(theirs) = common::luac(&arguments) else {
                eprintln!("luac5.1 is not installed: nothing to compare with");
                return;
            };
            let listed = theirs.stdout;
            let name = format!("@{shown}");
            let l = common::new_state();
            let ours = compile(l, without_shebang(&text), name.as_bytes(), strip);
            compared += 1;
            let agrees = match &ours {
                Ok(bytes) => {
                    let theirs = if theirs.status.success() { std::fs::read(&out) } else { Ok(vec![]) };
                    let theirs = theirs.expect("luac's output");
                    // What luac made must load, and come out of it as it went in.
                    *bytes == theirs
                        && (strip || listing(l, bytes) == without_addresses(&listed))
                        && compile(l, &theirs, b"=luac", strip).as_ref() == Ok(&theirs)
                }
                Err(message) => {
                    let theirs = theirs.stderr.strip_prefix(b"luac5.1: ").unwrap_or(b"");
                    theirs.strip_suffix(b"\n").unwrap_or(theirs) == message
                }
            };
            if !agrees {
                eprintln!("{shown}: {:?}", ours.map_err(|m| String::from_utf8_lossy(&m).into_owned()).map(|b| b.len()));
                different.push(path.clone());
            }
        }
    }
    eprintln!("{compared} compilations compared");
    assert!(compared > 0);
    assert!(different.is_empty(), "{} of {compared} differ", different.len());
}
