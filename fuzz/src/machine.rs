//! An ordinary state on either library, so that the same can be asked of both: a program's log, or the
//! results of one function of the libraries.
//!
//! The collector stands still, for where it runs shows in the order of `pairs`. What the two may differ in
//! (`docs/compatibility.md`: deep recursion, yields in more places) and what ran over a budget is told by
//! `Log::says_nothing`.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, c_int};

use crate::api::{self, Api, Debug, L};
use crate::host::{Account, allocate};

unsafe extern "C" {
    fn ferrous_setfuel(l: L, units: usize);
}

/// Bytes that a state may hold.
const MOST: usize = 64 << 20;
/// Instructions of the reference's, units of fuel of ours, that a program may use.
const STEPS: c_int = 300_000;

pub struct Machine {
    pub api: &'static Api,
    pub l: L,
    account: *mut Account,
}

impl Machine {
    /// With the libraries that touch nothing outside: base, coroutine, string, table, math.
    pub fn new(api: &'static Api) -> Machine {
        let account = Box::into_raw(Box::new(Account::new(MOST)));
        // SAFETY: the account lives until the state is closed; each function leaves the stack as it says.
        unsafe {
            let l = (api.lua_newstate)(allocate, account.cast());
            assert!(!l.is_null(), "no memory for a state");
            (api.lua_gc)(l, 0, 0); // stands still
            for open in [api.luaopen_base, api.luaopen_string, api.luaopen_table, api.luaopen_math] {
                (api.lua_pushcclosure)(l, open, 0);
                (api.lua_call)(l, 0, 0);
            }
            Machine { api, l, account }
        }
    }

    /// The results of `library.name(arguments)`, or the error.
    pub fn call(&self, library: &CStr, name: &CStr, arguments: &[Value]) -> Result<Vec<Value>, Value> {
        let Machine { api, l, .. } = *self;
        // SAFETY: a live state of this library's, whose stack is empty.
        unsafe {
            (api.lua_getfield)(l, api::GLOBALS, library.as_ptr());
            (api.lua_getfield)(l, -1, name.as_ptr());
            (api.lua_remove)(l, 1);
            arguments.iter().for_each(|argument| argument.push(api, l));
            let status = (api.lua_pcall)(l, arguments.len() as c_int, api::MULTIPLE, 0);
            let results: Vec<Value> = (1..=(api.lua_gettop)(l)).map(|i| Value::at(api, l, i)).collect();
            (api.lua_settop)(l, 0);
            if status == 0 { Ok(results) } else { Err(results.into_iter().next().unwrap_or(Value::Nil)) }
        }
    }

    /// Lets the collector run: for a state that is used again and again.
    pub fn collect(&self) {
        // SAFETY: a live state; no finalizer has been set in it.
        unsafe { (self.api.lua_gc)(self.l, 2, 0) };
    }

    /// What a program tells by `emit`, and how it ends.
    pub fn log(&self, program: &[u8], name: &CStr) -> Log {
        let Machine { api, l, .. } = *self;
        EMITTED.with_borrow_mut(|log| *log = Log::default());
        EXHAUSTED.set(false);
        // SAFETY: a live state of this library's.
        unsafe {
            (api.lua_pushcclosure)(l, if api.is_ours() { emit_ours } else { emit_reference }, 0);
            (api.lua_setfield)(l, api::GLOBALS, c"emit".as_ptr());
            if api.is_ours() {
                ferrous_setfuel(l, STEPS as usize);
            } else {
                (api.lua_sethook)(l, Some(exhausted), api::MASK_COUNT, STEPS);
            }
            let mut status = api.load(l, program, name);
            if status == 0 {
                status = (api.lua_pcall)(l, 0, api::MULTIPLE, 0);
            }
            let results: Vec<Value> = (1..=(api.lua_gettop)(l)).map(|i| Value::at(api, l, i)).collect();
            (api.lua_settop)(l, 0);
            let mut log = EMITTED.take();
            log.lines.push(format!("status {status}: {results:?}"));
            log.exhausted |= EXHAUSTED.get();
            log
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: the state is not used again; then nor is the account.
        unsafe {
            if self.api.is_ours() {
                ferrous_setfuel(self.l, 1_000);
            }
            (self.api.lua_close)(self.l);
            let account = Box::from_raw(self.account);
            assert_eq!((account.bytes, account.blocks), (0, 0), "bytes and blocks kept by a closed state");
        }
    }
}

#[derive(Default, PartialEq)]
pub struct Log {
    pub lines: Vec<String>,
    pub exhausted: bool,
}

/// Messages behind which the two need not agree.
const APART: [&str; 5] = ["stack overflow", "not enough memory", "C-call boundary", "out of fuel", "too complex"];

impl Log {
    /// Whether it ended for a reason that is one library's own.
    pub fn says_nothing(&self) -> bool {
        self.exhausted || self.lines.iter().any(|line| APART.iter().any(|reason| line.contains(reason)))
    }
}

thread_local! {
    static EMITTED: RefCell<Log> = RefCell::default();
    static EXHAUSTED: Cell<bool> = const { Cell::new(false) };
}

/// The reference's count hook: no program gets beyond it.
unsafe extern "C" fn exhausted(l: L, _: *mut Debug) {
    EXHAUSTED.set(true);
    let api = api::reference().expect("its own hook");
    // SAFETY: called by the reference with a live state; nothing here is left to drop by the error.
    unsafe {
        // Every later instruction is too many as well, also behind a pcall.
        (api.lua_sethook)(l, Some(exhausted), api::MASK_COUNT, 1);
        (api.lua_pushstring)(l, c"out of fuel".as_ptr());
        (api.lua_error)(l);
    }
}

unsafe extern "C" fn emit_ours(l: L) -> c_int {
    // SAFETY: called by our library with its own state.
    unsafe { emit(api::ours(), l) }
}

unsafe extern "C" fn emit_reference(l: L) -> c_int {
    // SAFETY: called by the reference with its own state.
    unsafe { emit(api::reference().expect("its own function"), l) }
}

/// Adds a line that shows all arguments. Raises no error: it calls nothing that can.
unsafe fn emit(api: &Api, l: L) -> c_int {
    // SAFETY: the caller's: a live state of this library's, the arguments on its stack.
    unsafe {
        let mut line = String::new();
        for i in 1..=(api.lua_gettop)(l) {
            show(api, l, i, 0, &mut line);
            line.push(' ');
        }
        EMITTED.with_borrow_mut(|log| log.lines.push(line));
        0
    }
}

/// A value as text, tables with what is in them, in the order of `next`.
unsafe fn show(api: &Api, l: L, index: c_int, depth: usize, out: &mut String) {
    // SAFETY: as `emit`; `lua_next` is given the keys it gave, and the values are not changed.
    unsafe {
        let value = Value::at(api, l, index);
        if value != Value::Other(api::TYPE_TABLE) || depth > 2 || (api.lua_checkstack)(l, 8) == 0 {
            out.push_str(&format!("{value:?}"));
            return;
        }
        out.push_str(&format!("{}{{", (api.lua_objlen)(l, index)));
        (api.lua_pushnil)(l);
        while (api.lua_next)(l, index) != 0 {
            let top = (api.lua_gettop)(l);
            show(api, l, top - 1, depth + 1, out);
            out.push('=');
            show(api, l, top, depth + 1, out);
            out.push(' ');
            api.pop(l, 1);
        }
        out.push('}');
    }
}

/// A value that both libraries can be given, or was had from one.
#[derive(Clone)]
pub enum Value {
    Nil,
    Boolean(bool),
    Number(f64),
    Bytes(Vec<u8>),
    /// Of another type.
    Other(c_int),
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Boolean(a), Value::Boolean(b)) => a == b,
            // A NaN's sign shows, and nothing else of it.
            (Value::Number(a), Value::Number(b)) => {
                a.to_bits() == b.to_bits()
                    || a.is_nan() && b.is_nan() && a.is_sign_negative() == b.is_sign_negative()
            }
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::Other(a), Value::Other(b)) => a == b,
            _ => false,
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Nil => write!(f, "nil"),
            Value::Boolean(b) => write!(f, "{b}"),
            Value::Number(n) if n.is_nan() => write!(f, "{}nan", if n.is_sign_negative() { "-" } else { "" }),
            Value::Number(n) => write!(f, "{n:?}"),
            Value::Bytes(bytes) => write!(f, "\"{}\"", bytes.escape_ascii()),
            Value::Other(kind) => write!(f, "type {kind}"),
        }
    }
}

impl Value {
    pub fn bytes(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_vec())
    }

    /// # Safety
    /// `l` is a live state of this library's, with such an index.
    pub unsafe fn at(api: &Api, l: L, index: c_int) -> Value {
        // SAFETY: the caller's promise; a string is not changed by being read.
        unsafe {
            match (api.lua_type)(l, index) {
                api::TYPE_NIL => Value::Nil,
                api::TYPE_BOOLEAN => Value::Boolean((api.lua_toboolean)(l, index) != 0),
                api::TYPE_NUMBER => Value::Number((api.lua_tonumber)(l, index)),
                api::TYPE_STRING => Value::Bytes(api.bytes(l, index).unwrap_or_default().to_vec()),
                kind => Value::Other(kind),
            }
        }
    }

    /// # Safety
    /// `l` is a live state of this library's, with room for a value.
    unsafe fn push(&self, api: &Api, l: L) {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Value::Nil => (api.lua_pushnil)(l),
                Value::Boolean(b) => (api.lua_pushboolean)(l, *b as c_int),
                Value::Number(n) => (api.lua_pushnumber)(l, *n),
                Value::Bytes(bytes) => api.push_bytes(l, bytes),
                Value::Other(_) => (api.lua_createtable)(l, 0, 0),
            }
        }
    }
}

/// A state of each library, kept for a thread: for what changes nothing in them.
pub struct Pair {
    pub ours: Machine,
    pub reference: Machine,
    calls: Cell<u32>,
}

impl Pair {
    fn new() -> Option<Pair> {
        let reference = Machine::new(api::reference()?);
        Some(Pair { ours: Machine::new(api::ours()), reference, calls: Cell::new(0) })
    }

    /// Asks both, and compares.
    pub fn same_call(&self, library: &CStr, name: &CStr, arguments: &[Value]) {
        let ours = self.ours.call(library, name, arguments);
        let reference = self.reference.call(library, name, arguments);
        let apart = matches!(&ours, Err(Value::Bytes(m)) if APART.iter().any(|r| contains(m, r.as_bytes())));
        assert!(
            apart || ours == reference,
            "{library:?}.{name:?}{arguments:?}\n  ours:      {ours:?}\n  reference: {reference:?}"
        );
        self.calls.set(self.calls.get() + 1);
        if self.calls.get().is_multiple_of(500) {
            self.ours.collect();
            self.reference.collect();
        }
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Calls `f` with the thread's pair of states. Without the reference's library there is nothing to compare
/// with, which is said once.
pub fn with_pair(f: impl FnOnce(&Pair)) {
    thread_local! {
        static PAIR: Option<Pair> = {
            let pair = Pair::new();
            if pair.is_none() {
                eprintln!("liblua5.1.so.0 is not installed: nothing is compared");
            }
            pair
        };
    }
    PAIR.with(|pair| pair.as_ref().map(f));
}
