//! The compiler `luac`: Lua files to one file of bytecode, and listings of it.
//!
//! It loads files through the public C API; combining them, stripping and listing are not in that
//! API, so for these it looks into the functions it loaded.
//!
//! Not here: the file format and the listing (`ferrouslua::bytecode`).

#![no_main]

#[path = "../api.rs"]
mod api;
mod combine;
mod options;

use core::ffi::{CStr, c_char, c_int};
use core::ptr::null;

use api::*;
use ferrouslua::bytecode::dump::dump;
use ferrouslua::bytecode::list::list;
use ferrouslua::heap::Gc;
use ferrouslua::object::Proto;
use ferrouslua::state::State;
use options::{OUTPUT, Options};

/// The command line, for the part that runs protected.
struct Job<'a> {
    program: &'a CStr,
    options: &'a Options,
}

// SAFETY: the one definition of C's entry point in this program.
#[unsafe(no_mangle)]
extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    // SAFETY: argv is C's: argc strings and a null, for as long as the program runs.
    let (program, options) = unsafe { options::read(argc, argv) };
    if options.file_count() == 0 {
        options::usage(program, c"no input files given");
    }
    let job = Job { program, options: &options };
    // SAFETY: a C host's ordinary use of the API: one state, used until it is closed.
    unsafe {
        let l = luaL_newstate();
        if l.is_null() {
            fatal(program, c"not enough memory for state");
        }
        if lua_cpcall(l, run, (&raw const job).cast_mut().cast()) != 0 {
            fatal(program, CStr::from_ptr(lua_tostring(l, -1)));
        }
        lua_close(l);
    }
    libc::EXIT_SUCCESS
}

/// Everything, in protected mode; leaves the program where it fails.
unsafe extern "C" fn run(l: *mut lua_State) -> c_int {
    // SAFETY: called by lua_cpcall with main's job, which outlives the call. The API's lua_State is
    // the crate's State; while a reference to it is in use here, no API function is called.
    unsafe {
        let job = &*lua_touserdata(l, 1).cast::<Job<'_>>();
        let count = job.options.file_count();
        let room = c_int::try_from(count).unwrap_or(c_int::MAX);
        luaL_checkstack(l, room, c"too many input files".as_ptr());
        for i in 0..count {
            let file = job.options.file(i);
            let file = if file == c"-" { null() } else { file.as_ptr() };
            if luaL_loadfile(l, file) != 0 {
                fatal(job.program, CStr::from_ptr(lua_tostring(l, -1)));
            }
        }
        let state = &mut *l.cast::<State>();
        let Ok(proto) = combine::combine(state, count) else {
            fatal(job.program, c"not enough memory");
        };
        if job.options.listing > 0 {
            print(proto, job.options.listing > 1);
        }
        if job.options.dumping {
            write(proto, job);
        }
    }
    0
}

/// Shows the listing on standard output.
fn print(proto: Gc<Proto>, full: bool) {
    // SAFETY: the pointer and the length are the text's; C's own stream. As with printf, nothing is
    // said where writing fails.
    let mut write = |text: &[u8]| unsafe {
        libc::fwrite(text.as_ptr().cast(), 1, text.len(), stdout);
        Ok::<(), ()>(())
    };
    let _ = list(proto, full, &mut write);
}

/// Writes the output file.
fn write(proto: Gc<Proto>, job: &Job<'_>) {
    let cannot = |what: &CStr| -> ! {
        let name = job.options.output.unwrap_or(OUTPUT);
        // SAFETY: strerror gives a C string that stays until the next call.
        let why = unsafe { CStr::from_ptr(libc::strerror(*libc::__errno_location())) };
        let parts = [job.program, c": cannot ", what, c" ", name, c": ", why, c"\n"];
        fail(&parts)
    };
    // SAFETY: C streams: stdout, or one that is opened here and closed.
    unsafe {
        let file = match job.options.output {
            None => stdout,
            Some(name) => libc::fopen(name.as_ptr(), c"wb".as_ptr()),
        };
        if file.is_null() {
            cannot(c"open");
        }
        let strip = job.options.stripping;
        let written = dump(proto, strip, &mut |bytes: &[u8]| {
            let count = libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), file);
            if count == bytes.len() { Ok(()) } else { Err(()) }
        });
        if written.is_err() {
            cannot(c"write");
        }
        if libc::fclose(file) != 0 {
            cannot(c"close");
        }
    }
}

unsafe extern "C" {
    static stdout: *mut libc::FILE;
    static stderr: *mut libc::FILE;
}

fn fatal(program: &CStr, message: &CStr) -> ! {
    fail(&[program, c": ", message, c"\n"])
}

/// Writes the parts to standard error and ends the program.
fn fail(parts: &[&CStr]) -> ! {
    // SAFETY: C strings and C's own stream.
    unsafe {
        for part in parts {
            libc::fputs(part.as_ptr(), stderr);
        }
        libc::exit(libc::EXIT_FAILURE)
    }
}
