//! Reading the language of `testC`: words apart by spaces, commas, semicolons and line ends.
//!
//! A script is copied before it runs, so that it may take its own text off the stack.
//! Not here: what the words do (`commands`).

use core::ffi::{CStr, c_char, c_int};

use crate::capi::access::{lua_tointeger, lua_tolstring};
use crate::capi::stack::lua_settop;
use crate::capi::types::*;

use super::fail;

/// The longest script, and the longest word, with their NULs.
const SCRIPT: usize = 4096;
const WORD: usize = 256;

pub struct Script {
    text: [u8; SCRIPT],
    at: usize,
}

/// A word as a C string.
pub struct Word([u8; WORD]);

impl Word {
    pub fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    pub fn bytes(&self) -> &[u8] {
        CStr::from_bytes_until_nul(&self.0).map_or(&[], CStr::to_bytes)
    }
}

fn is_gap(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b';')
}

impl Script {
    /// Copies the string at `index` of `L`; errors are raised in L.
    pub unsafe fn read(L: *mut lua_State, index: c_int) -> Script {
        let mut script = Script { text: [0; SCRIPT], at: 0 };
        let mut len = 0;
        // SAFETY: HOST: len bytes at the pointer, the string being on the stack until they are copied.
        unsafe {
            let text = lua_tolstring(L, index, &mut len);
            if text.is_null() {
                fail(L, c"a script for testC is expected", c"".as_ptr());
            }
            if len >= SCRIPT {
                fail(L, c"script too long", c"".as_ptr());
            }
            script.text[..len].copy_from_slice(core::slice::from_raw_parts(text.cast(), len));
        }
        script
    }

    fn peek(&self) -> u8 {
        self.text[self.at]
    }

    fn skip(&mut self) {
        while is_gap(self.peek()) {
            self.at += 1;
        }
    }

    /// Whether a word is left.
    pub fn ended(&mut self) -> bool {
        self.skip();
        self.peek() == 0
    }

    /// The next word; one in quotes may hold gaps. Empty at the end.
    pub unsafe fn word(&mut self, L: *mut lua_State) -> Word {
        self.skip();
        let mut word = Word([0; WORD]);
        let quote = match self.peek() {
            q @ (b'"' | b'\'') => {
                self.at += 1;
                Some(q)
            }
            _ => None,
        };
        let mut len = 0;
        loop {
            let byte = self.peek();
            let ends = quote.map_or_else(|| is_gap(byte), |q| byte == q);
            if byte == 0 || ends {
                break;
            }
            if len == WORD - 1 {
                // SAFETY: HOST.
                unsafe { fail(L, c"word too long", c"".as_ptr()) };
            }
            word.0[len] = byte;
            len += 1;
            self.at += 1;
        }
        if quote.is_some() && self.peek() != 0 {
            self.at += 1;
        }
        word
    }

    /// The next word if it is in quotes, else an empty one, and nothing is read.
    pub unsafe fn quoted(&mut self, L: *mut lua_State) -> Word {
        self.skip();
        if matches!(self.peek(), b'"' | b'\'') {
            // SAFETY: as this function.
            return unsafe { self.word(L) };
        }
        Word([0; WORD])
    }

    /// The next number: `-12`; `.` takes it from the top of L's stack, `*` is the top's index; the
    /// letters R, E, G are the pseudo-indices of registry, environment and globals, U2 that of the
    /// second upvalue.
    pub unsafe fn number(&mut self, L: *mut lua_State) -> c_int {
        self.skip();
        let first = self.peek();
        match first {
            b'.' => {
                self.at += 1;
                // SAFETY: HOST: the script promises a number there.
                unsafe {
                    let n = lua_tointeger(L, -1) as c_int;
                    lua_settop(L, -2);
                    return n;
                }
            }
            b'*' => {
                self.at += 1;
                // SAFETY: HOST.
                return unsafe { crate::capi::stack::lua_gettop(L) };
            }
            b'R' | b'E' | b'G' => {
                self.at += 1;
                return match first {
                    b'R' => LUA_REGISTRYINDEX,
                    b'E' => LUA_ENVIRONINDEX,
                    _ => LUA_GLOBALSINDEX,
                };
            }
            b'U' => {
                self.at += 1;
                // SAFETY: as this function.
                return LUA_GLOBALSINDEX - unsafe { self.number(L) };
            }
            _ => {}
        }
        let sign = if first == b'-' {
            self.at += 1;
            -1
        } else {
            1
        };
        if !self.peek().is_ascii_digit() {
            // SAFETY: HOST; the word is a C string.
            unsafe {
                let word = self.word(L);
                fail(L, c"number expected, got ", word.as_ptr());
            }
        }
        let mut n: c_int = 0;
        while self.peek().is_ascii_digit() {
            n = n.wrapping_mul(10).wrapping_add((self.peek() - b'0') as c_int);
            self.at += 1;
        }
        sign * n
    }
}
