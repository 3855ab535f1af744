//! Runs a Lua file and shows what the virtual machine made of it.
//!
//! ```text
//! cargo run --example inspect -- file.lua            bytecode and executable form of each function
//! cargo run --example inspect -- --trace file.lua    every instruction, as it is executed
//! ```
//!
//! The forms are shown after the run, so that functions that were called have theirs. The trace goes
//! to standard error and uses a count hook, so the instructions run are those of the hooked
//! interpreter: the same, one by one.

#[path = "../src/bin/api.rs"]
mod api;

use std::ffi::{CStr, CString};
use std::process::ExitCode;

use api::*;
use ferrouslua::bytecode;
use ferrouslua::heap::Gc;
use ferrouslua::object::Proto;
use ferrouslua::state::State;
use ferrouslua::vm::{code::Insn, list};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let trace = arguments.first().is_some_and(|a| a == "--trace");
    if trace {
        arguments.remove(0);
    }
    let [file] = arguments.as_slice() else {
        eprintln!("usage: inspect [--trace] file.lua");
        return ExitCode::FAILURE;
    };
    let Ok(file) = CString::new(file.as_str()) else { return ExitCode::FAILURE };
    // SAFETY: a host's ordinary use of the API: one state, used until it is closed. The API's
    // lua_State is the crate's State; no API function is called while a reference to it is held.
    unsafe {
        let l = luaL_newstate();
        luaL_openlibs(l);
        let mut status = luaL_loadfile(l, file.as_ptr());
        if status == 0 {
            lua_pushvalue(l, -1);
            if trace {
                lua_sethook(l, Some(show_instruction), LUA_MASKCOUNT, 1);
            }
            status = lua_pcall(l, 0, 0, 0);
            lua_sethook(l, None, 0, 0);
        }
        if status != 0 {
            let message = lua_tostring(l, -1);
            let message = if message.is_null() { c"(no text)" } else { CStr::from_ptr(message) };
            eprintln!("{}", message.to_string_lossy());
        }
        let index = if status == 0 { 1 } else { 2 };
        if !trace && lua_gettop(l) >= index {
            let loaded = (*l.cast::<State>()).from_top(index as usize);
            if let Some(f) = loaded.as_lua_closure() {
                show(f.proto);
            }
        }
        lua_close(l);
        if status == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Shows a function in both forms, then those inside it.
fn show(proto: Gc<Proto>) {
    let mut text = Vec::new();
    let mut write = |bytes: &[u8]| {
        text.extend_from_slice(bytes);
        Ok::<(), ()>(())
    };
    let _ = bytecode::list::list(proto, true, &mut write);
    println!("{}", String::from_utf8_lossy(&text));
    show_executable(proto);
}

fn show_executable(proto: Gc<Proto>) {
    println!("executable form of {:p}:", proto.as_ptr());
    let mut text = String::new();
    let _ = list::list(&mut text, &proto);
    println!("{text}");
    for &inner in proto.protos.iter() {
        show_executable(inner);
    }
}

/// The count hook: shows what the newest frame is about to execute.
unsafe extern "C" fn show_instruction(l: *mut lua_State, _: *mut core::ffi::c_void) {
    // SAFETY: the hook is called with the running State, which nobody else uses meanwhile.
    let l = unsafe { &*l.cast::<State>() };
    let Some(frame) = l.frames().iter().rev().find(|ci| ci.is_lua()) else { return };
    let (Some(proto), Some(pc)) = (l.frame_proto(frame), l.frame_pc(frame)) else { return };
    // SAFETY: a running function has an executable form, and pc is an instruction of it.
    let insn = Insn(unsafe { *proto.exec.get().add(pc) });
    let mut text = String::new();
    let _ = list::instruction(&mut text, &proto, pc, insn);
    eprint!("{:2} {text}", l.frame_index());
}
