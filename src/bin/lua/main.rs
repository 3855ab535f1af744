//! The stand-alone interpreter `lua`: options, scripts, standard input, the interactive mode.
//!
//! It is a host like any other: it uses the public C API and nothing else of this crate, and it is
//! also what binary modules loaded by scripts resolve that API against. It begins at C's `main`, not
//! at Rust's, because a Lua program expects what a C program gets: signals (SIGPIPE) as they were,
//! arguments as bytes.
//!
//! Not here: reading and running lines typed in (`interactive`).

#![no_main]

#[path = "../api.rs"]
mod api;
mod interactive;
mod options;

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr::null;
use core::sync::atomic::{AtomicPtr, Ordering};

use api::*;
use options::{Chosen, Options};

/// What messages begin with, null for nothing.
static PROGRAM: AtomicPtr<c_char> = AtomicPtr::new(c"lua".as_ptr().cast_mut());
/// Whom Ctrl-C interrupts.
static RUNNING: AtomicPtr<lua_State> = AtomicPtr::new(core::ptr::null_mut());

/// The command line and, in the end, how it went.
struct Job {
    argc: c_int,
    argv: *const *const c_char,
    failed: bool,
}

// SAFETY: the one definition of C's entry point in this program.
#[unsafe(no_mangle)]
extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
    let mut job = Job { argc, argv, failed: false };
    // SAFETY: a C host's ordinary use of the API: one state, used until it is closed; argv is C's.
    unsafe {
        #[cfg(not(feature = "ltests"))]
        let l = luaL_newstate();
        #[cfg(feature = "ltests")]
        let l = luaB_newteststate();
        if l.is_null() {
            message(*argv, c"cannot create state: not enough memory".as_ptr());
            return libc::EXIT_FAILURE;
        }
        let status = lua_cpcall(l, run, (&raw mut job).cast());
        report(l, status);
        lua_close(l);
        if status != 0 || job.failed { libc::EXIT_FAILURE } else { libc::EXIT_SUCCESS }
    }
}

/// Everything, in protected mode.
unsafe extern "C" fn run(l: *mut lua_State) -> c_int {
    // SAFETY: called by lua_cpcall with main's job, which outlives the call.
    unsafe {
        let job = &mut *lua_touserdata(l, 1).cast::<Job>();
        RUNNING.store(l, Ordering::Relaxed);
        let name = if job.argc > 0 { *job.argv } else { null() };
        if !name.is_null() && *name != 0 {
            PROGRAM.store(name.cast_mut(), Ordering::Relaxed);
        }
        lua_gc(l, LUA_GCSTOP, 0); // nothing to collect while the libraries are opened
        luaL_openlibs(l);
        #[cfg(feature = "ltests")]
        luaB_opentests(l);
        lua_gc(l, LUA_GCRESTART, 0);
        job.failed = !run_init(l) || !run_job(l, job);
    }
    0
}

/// What the options ask for; false if something failed.
unsafe fn run_job(l: *mut lua_State, job: &Job) -> bool {
    // SAFETY: argv is C's, argc strings and a null; l is the state main made.
    unsafe {
        let Some(options) = Options::read(job.argc, job.argv) else {
            options::print_usage(PROGRAM.load(Ordering::Relaxed));
            return false;
        };
        if options.version {
            print_version();
        }
        for chosen in options.chosen() {
            let done = match chosen {
                Chosen::Run(text) => run_text(l, text, c"=(command line)"),
                Chosen::Require(name) => require(l, name),
            };
            if !done {
                return false;
            }
        }
        if let Some(script) = options.script
            && !run_script(l, job, script)
        {
            return false;
        }
        if options.interactive {
            interactive::run(l);
        } else if options.script.is_none() && !options.runs_text && !options.version {
            if libc::isatty(0) != 0 {
                print_version();
                interactive::run(l);
            } else {
                run_file(l, null());
            }
        }
    }
    true
}

/// What `LUA_INIT` holds: a statement, or `@` and a file's name.
unsafe fn run_init(l: *mut lua_State) -> bool {
    // SAFETY: getenv gives null or a C string, which nobody changes meanwhile.
    unsafe {
        let init = libc::getenv(c"LUA_INIT".as_ptr());
        if init.is_null() {
            true
        } else if *init == b'@' as c_char {
            run_file(l, init.add(1))
        } else {
            run_text(l, init, c"=LUA_INIT")
        }
    }
}

unsafe fn run_file(l: *mut lua_State, name: *const c_char) -> bool {
    // SAFETY: name is null (standard input) or a C string.
    unsafe {
        let mut status = luaL_loadfile(l, name);
        if status == 0 {
            status = call(l, 0, 0);
        }
        report(l, status)
    }
}

unsafe fn run_text(l: *mut lua_State, text: *const c_char, name: &CStr) -> bool {
    // SAFETY: text is a C string.
    unsafe {
        let mut status = luaL_loadbuffer(l, text, libc::strlen(text), name.as_ptr());
        if status == 0 {
            status = call(l, 0, 0);
        }
        report(l, status)
    }
}

unsafe fn require(l: *mut lua_State, name: *const c_char) -> bool {
    // SAFETY: name is a C string.
    unsafe {
        lua_getfield(l, LUA_GLOBALSINDEX, c"require".as_ptr());
        lua_pushstring(l, name);
        let status = call(l, 1, 1);
        report(l, status)
    }
}

/// Runs the script at `argv[script]` with the arguments behind it; `arg` holds them all.
unsafe fn run_script(l: *mut lua_State, job: &Job, script: usize) -> bool {
    // SAFETY: script is an index into argv, past the command's own name.
    unsafe {
        let narg = push_arguments(l, job, script);
        lua_setfield(l, LUA_GLOBALSINDEX, c"arg".as_ptr());
        let mut name = *job.argv.add(script);
        let stdin_meant = CStr::from_ptr(name) == c"-"
            && CStr::from_ptr(*job.argv.add(script - 1)) != c"--";
        if stdin_meant {
            name = null();
        }
        let mut status = luaL_loadfile(l, name);
        lua_insert(l, -(narg + 1));
        if status == 0 {
            status = call(l, narg, LUA_MULTRET);
        } else {
            lua_pop(l, narg); // the message lies below the arguments now
        }
        report(l, status)
    }
}

/// Pushes the script's arguments, then the table `arg` with everything at its place.
unsafe fn push_arguments(l: *mut lua_State, job: &Job, script: usize) -> c_int {
    let script = script as c_int;
    let narg = job.argc - (script + 1);
    // SAFETY: indices below argc; room is made first.
    unsafe {
        luaL_checkstack(l, narg + 3, c"too many arguments to script".as_ptr());
        for i in script + 1..job.argc {
            lua_pushstring(l, *job.argv.add(i as usize));
        }
        lua_createtable(l, narg, script + 1);
        for i in 0..job.argc {
            lua_pushstring(l, *job.argv.add(i as usize));
            lua_rawseti(l, -2, i - script);
        }
    }
    narg
}

/// Calls what is on the stack with a traceback added to error messages, and Ctrl-C heard.
unsafe fn call(l: *mut lua_State, nargs: c_int, nresults: c_int) -> c_int {
    // SAFETY: the function and nargs values are on top; the signal handler only sets a hook.
    unsafe {
        let base = lua_gettop(l) - nargs;
        lua_pushcclosure(l, add_traceback, 0);
        lua_insert(l, base);
        libc::signal(libc::SIGINT, on_interrupt as *const () as libc::sighandler_t);
        let status = lua_pcall(l, nargs, nresults, base);
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        lua_remove(l, base);
        if status != 0 {
            lua_gc(l, LUA_GCCOLLECT, 0); // an error of memory may have left much behind
        }
        status
    }
}

/// The message handler: `debug.traceback(message, 2)`, if that is still there and the error value
/// is a string.
unsafe extern "C" fn add_traceback(l: *mut lua_State) -> c_int {
    // SAFETY: a lua_CFunction with the error value as its argument.
    unsafe {
        if lua_isstring(l, 1) == 0 {
            return 1;
        }
        lua_getfield(l, LUA_GLOBALSINDEX, c"debug".as_ptr());
        if lua_type(l, -1) != LUA_TTABLE {
            lua_pop(l, 1);
            return 1;
        }
        lua_getfield(l, -1, c"traceback".as_ptr());
        if lua_type(l, -1) != LUA_TFUNCTION {
            lua_pop(l, 2);
            return 1;
        }
        lua_pushvalue(l, 1);
        lua_pushinteger(l, 2); // neither this function nor what raised the error
        lua_call(l, 2, 1);
        1
    }
}

/// Ctrl-C: the next instruction ends the program, or so it is hoped; the next Ctrl-C does.
extern "C" fn on_interrupt(signal: c_int) {
    // SAFETY: lua_sethook is safe in signal handlers, and the state is the one running.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let events = LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT;
        lua_sethook(RUNNING.load(Ordering::Relaxed), Some(interrupt), events, 1);
    }
}

unsafe extern "C" fn interrupt(l: *mut lua_State, _: *mut c_void) {
    // SAFETY: a hook may raise errors.
    unsafe {
        lua_sethook(l, None, 0, 0);
        luaL_error(l, c"interrupted!".as_ptr());
    }
}

/// Shows the error on top of the stack, if there is one; true if all went well.
unsafe fn report(l: *mut lua_State, status: c_int) -> bool {
    // SAFETY: with a status there is an error value on top.
    unsafe {
        if status != 0 && lua_type(l, -1) != LUA_TNIL {
            let mut text = lua_tostring(l, -1);
            if text.is_null() {
                text = c"(error object is not a string)".as_ptr();
            }
            message(PROGRAM.load(Ordering::Relaxed), text);
            lua_pop(l, 1);
        }
    }
    status == 0
}

/// A line on standard error, begun with the program's name unless that is null.
unsafe fn message(program: *const c_char, text: *const c_char) {
    // SAFETY: C strings; write_error takes any.
    unsafe {
        if !program.is_null() {
            write_error(&[CStr::from_ptr(program), c": "]);
        }
        write_error(&[CStr::from_ptr(text), c"\n"]);
    }
}

/// Through C's stderr, which is what the libraries use too.
fn write_error(parts: &[&CStr]) {
    unsafe extern "C" {
        static stderr: *mut libc::FILE;
    }
    // SAFETY: C's own stream, open as long as the program runs.
    unsafe {
        for part in parts {
            libc::fputs(part.as_ptr(), stderr);
        }
        libc::fflush(stderr);
    }
}

fn print_version() {
    write_error(&[VERSION, c"\n"]);
}
