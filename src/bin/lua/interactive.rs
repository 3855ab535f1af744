//! The interactive mode: lines are read, run, and their results printed.
//!
//! Lines come through GNU readline where the system has that library, found when the mode begins, so
//! that the program starts and builds without it.

use core::ffi::{CStr, c_char, c_int};
use core::ptr::{null, null_mut};
use core::sync::atomic::Ordering;

use crate::api::*;
use crate::{PROGRAM, call, message, report};

/// The longest line without readline, as the reference has it.
const LINE: usize = 512;

/// Runs lines until standard input ends.
///
/// # Safety
/// `l` is a live state, in protected mode.
pub unsafe fn run(l: *mut lua_State) {
    let program = PROGRAM.swap(null_mut(), Ordering::Relaxed); // no name before messages here
    // SAFETY: the API's ordinary use; Reader holds nothing to drop.
    unsafe {
        let reader = Reader::find();
        while let Some(mut status) = read_statement(l, &reader) {
            if status == 0 {
                status = call(l, 0, LUA_MULTRET);
            }
            report(l, status);
            if status == 0 && lua_gettop(l) > 0 {
                print_results(l);
            }
        }
        lua_settop(l, 0);
        put(c"\n".as_ptr());
    }
    PROGRAM.store(program, Ordering::Relaxed);
}

unsafe fn print_results(l: *mut lua_State) {
    // SAFETY: the stack holds the results only.
    unsafe {
        lua_getfield(l, LUA_GLOBALSINDEX, c"print".as_ptr());
        lua_insert(l, 1);
        if lua_pcall(l, lua_gettop(l) - 1, 0, 0) != 0 {
            let why = lua_tostring(l, -1);
            let text = lua_pushfstring(l, c"error calling 'print' (%s)".as_ptr(), why);
            message(null(), text);
        }
    }
}

/// Reads lines until they make a statement, and loads it. None at the end of input.
unsafe fn read_statement(l: *mut lua_State, reader: &Reader) -> Option<c_int> {
    // SAFETY: slot 1 holds the lines so far.
    unsafe {
        lua_settop(l, 0);
        if !push_line(l, reader, true) {
            return None;
        }
        let mut size = 0;
        let status = loop {
            let text = lua_tolstring(l, 1, &mut size);
            let status = luaL_loadbuffer(l, text, size, c"=stdin".as_ptr());
            if !is_incomplete(l, status) {
                break status;
            }
            if !push_line(l, reader, false) {
                return None;
            }
            lua_pushlstring(l, c"\n".as_ptr(), 1);
            lua_insert(l, -2);
            lua_concat(l, 3);
        };
        reader.remember(lua_tolstring(l, 1, &mut size));
        lua_remove(l, 1);
        Some(status)
    }
}

/// Whether loading failed because the text ended too early; the message is popped then.
unsafe fn is_incomplete(l: *mut lua_State, status: c_int) -> bool {
    if status != LUA_ERRSYNTAX {
        return false;
    }
    // SAFETY: a syntax error's message is a string; it is not used after the pop.
    unsafe {
        let mut size = 0;
        let text = lua_tolstring(l, -1, &mut size);
        let ends = core::slice::from_raw_parts(text.cast::<u8>(), size).ends_with(b"'<eof>'");
        if ends {
            lua_pop(l, 1);
        }
        ends
    }
}

/// Pushes a line read under the prompt; `=expression` becomes a return statement.
unsafe fn push_line(l: *mut lua_State, reader: &Reader, first: bool) -> bool {
    let (name, default) = if first { (c"_PROMPT", c"> ") } else { (c"_PROMPT2", c">> ") };
    let mut buffer = [0; LINE];
    // SAFETY: the prompt stays on the stack while it is used; a line is a C string.
    unsafe {
        lua_getfield(l, LUA_GLOBALSINDEX, name.as_ptr());
        let mut prompt = lua_tostring(l, -1);
        if prompt.is_null() {
            prompt = default.as_ptr();
        }
        let line = reader.read(prompt, &mut buffer);
        lua_pop(l, 1);
        if line.is_null() {
            return false;
        }
        let mut size = libc::strlen(line);
        if size > 0 && *line.add(size - 1) == b'\n' as c_char {
            size -= 1;
        }
        if first && *line == b'=' as c_char {
            lua_pushstring(l, c"return ".as_ptr());
            lua_pushlstring(l, line.add(1), size - 1);
            lua_concat(l, 2);
        } else {
            lua_pushlstring(l, line, size);
        }
        reader.free(line);
    }
    true
}

type ReadLine = unsafe extern "C" fn(*const c_char) -> *mut c_char;
type AddHistory = unsafe extern "C" fn(*const c_char);

/// Where lines come from.
struct Reader(Option<(ReadLine, AddHistory)>);

impl Reader {
    fn find() -> Reader {
        const NAMES: [&CStr; 3] = [c"libreadline.so.8", c"libreadline.so.7", c"libreadline.so"];
        for name in NAMES {
            // SAFETY: the two functions have had these signatures in every version of the library,
            // which is never unloaded.
            unsafe {
                let library = libc::dlopen(name.as_ptr(), libc::RTLD_NOW);
                if library.is_null() {
                    continue;
                }
                let read = libc::dlsym(library, c"readline".as_ptr());
                let add = libc::dlsym(library, c"add_history".as_ptr());
                if !read.is_null() && !add.is_null() {
                    return Reader(Some((
                        core::mem::transmute::<*mut libc::c_void, ReadLine>(read),
                        core::mem::transmute::<*mut libc::c_void, AddHistory>(add),
                    )));
                }
            }
        }
        Reader(None)
    }

    /// The next line, null at the end of input.
    unsafe fn read(&self, prompt: *const c_char, buffer: &mut [c_char; LINE]) -> *mut c_char {
        unsafe extern "C" {
            static stdin: *mut libc::FILE;
        }
        // SAFETY: the prompt is a C string; fgets is told the buffer's size.
        unsafe {
            match self.0 {
                Some((read, _)) => read(prompt),
                None => {
                    put(prompt);
                    libc::fgets(buffer.as_mut_ptr(), LINE as c_int, stdin)
                }
            }
        }
    }

    /// Keeps a line for the arrow keys, unless it is empty.
    unsafe fn remember(&self, line: *const c_char) {
        if let Some((_, add)) = self.0 {
            // SAFETY: a C string, which readline copies.
            unsafe {
                if *line != 0 {
                    add(line);
                }
            }
        }
    }

    /// Gives back a line that readline allocated.
    unsafe fn free(&self, line: *mut c_char) {
        if self.0.is_some() {
            // SAFETY: readline's lines come from malloc.
            unsafe { libc::free(line.cast()) }
        }
    }
}

/// Writes to C's standard output at once.
unsafe fn put(text: *const c_char) {
    unsafe extern "C" {
        static stdout: *mut libc::FILE;
    }
    // SAFETY: a C string and C's own stream.
    unsafe {
        libc::fputs(text, stdout);
        libc::fflush(stdout);
    }
}
