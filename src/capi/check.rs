//! What a host has to keep to: with the feature `checks` each function of the API asks for it before it
//! does anything, and ends the program with a message that names function and argument. In other builds
//! none of this is compiled in, and HOST (`capi`) is taken on trust.
//!
//! ```text
//!   check!(lua_rawset(L): table(idx), values(2));
//!     │        │      │      └──── rules, asked in this order, each with the argument's own name
//!     │        │      └─────────── the State: not NULL, and alive
//!     └────────┴────────────────── ferrouslua: lua_rawset: idx is 1, a string where a table is wanted
//! ```
//!
//! The rules are the manual's (§3.2, §3.3): a *valid* index names a value, an *acceptable* one may also lie in
//! the room above the top; what a function pops must be there, and what it pushes must fit the 20 slots
//! of a C function or what `lua_checkstack` added to them. What only makes an error of Lua (a call of a
//! number, a coroutine that cannot be resumed) is no misuse.
//!
//! A call between functions of the API is checked like a host's, so a few messages name the inner one.
//!
//! Not here: what a C function returns (`vm::foreign`); which States are alive (`state::live`).

use core::ffi::{c_char, c_int};
use core::fmt::{Arguments, Display};

use crate::base::misuse;
use crate::capi::auxlib::types::{LUAL_BUFFERSIZE, luaL_Buffer, luaL_Reg};
use crate::capi::index::value_at;
use crate::capi::types::*;
use crate::object::Type;
use crate::state::{State, live};

/// Asks whether a call keeps to the API's contract, in builds with the feature `checks`:
/// `check!(function(L): rule(argument), …)`; rules are the methods of `Call`.
macro_rules! check {
    ($api:ident($($l:expr)?) $(: $($rule:ident($($arg:expr),*)),*)?) => {
        if cfg!(feature = "checks") {
            let call = $crate::capi::check::Call::begin(stringify!($api), [$($l as *const _)?]);
            $($(call.$rule($((stringify!($arg), $arg)),*);)*)?
            let _ = call;
        }
    };
}
pub(super) use check;

/// `check!` of a function of `luaL_Buffer`, whose `above` topmost values are not the buffer's.
macro_rules! check_buffer {
    ($api:ident($b:expr, $above:expr) $(: $($rule:ident($($arg:expr),*)),*)?) => {
        if cfg!(feature = "checks") {
            let call = $crate::capi::check::Call::with_buffer(stringify!($api), $b, $above);
            $($(call.$rule($((stringify!($arg), $arg)),*);)*)?
            let _ = call;
        }
    };
}
pub(super) use check_buffer;

/// An argument and what the source calls it.
type Named<T> = (&'static str, T);

/// What may be NULL, but not here.
pub(super) trait Pointer: Copy {
    fn is_missing(self) -> bool;
}

impl<T> Pointer for *const T {
    fn is_missing(self) -> bool {
        self.is_null()
    }
}

impl<T> Pointer for *mut T {
    fn is_missing(self) -> bool {
        self.is_null()
    }
}

/// Pointers to functions.
impl<F: Copy> Pointer for Option<F> {
    fn is_missing(self) -> bool {
        self.is_none()
    }
}

/// A call of an API function that is being checked.
#[derive(Clone, Copy)]
pub(super) struct Call {
    api: &'static str,
    state: *const State,
}

impl Call {
    /// A call of `api`, with one State as its first argument or with none.
    pub fn begin<const N: usize>(api: &'static str, states: [*const State; N]) -> Call {
        match states.first() {
            Some(&state) => {
                let call = Call { api, state };
                call.thread(("L", state));
                call
            }
            None => Call { api, state: core::ptr::null() },
        }
    }

    pub fn with_buffer(api: &'static str, b: *const luaL_Buffer, above: c_int) -> Call {
        let call = Call { api, state: core::ptr::null() };
        call.given(("B", b));
        // SAFETY: HOST, as far as it can be asked for: B points to a buffer.
        let (l, p, lvl) = unsafe { ((*b).L, (*b).p, (*b).lvl) };
        let call = Call { api, state: l };
        call.thread(("B->L", l));
        // SAFETY: as above; the end is behind the array's last byte.
        let room = unsafe { (&raw const (*b).buffer).cast::<c_char>() };
        if !(room as usize..=room as usize + LUAL_BUFFERSIZE).contains(&(p as usize)) {
            call.refuse(format_args!("B->p is {p:p}, outside of the buffer (was it begun?)"));
        }
        if lvl < 0 || lvl + above > call.held() {
            let held = call.held() - above;
            call.refuse(format_args!("B has {lvl} pieces on the stack, which holds {held} values"));
        }
        for i in above + 1..=above + lvl {
            let found = value_at(call.l(), -i).type_of();
            if found != Type::String {
                let found = described(found);
                call.refuse(format_args!("at {} is {found} where a piece of B was left", -i));
            }
        }
        call
    }

    fn refuse(self, why: Arguments<'_>) -> ! {
        misuse::abort(format_args!("{}: {why}", self.api))
    }

    /// Ends the program unless `fine`. The words are only made when they are needed.
    fn demand(self, fine: bool, (name, value): Named<impl Display>, why: Arguments<'_>) {
        if !fine {
            self.refuse(format_args!("{name} is {value}{why}"));
        }
    }

    fn l<'a>(self) -> &'a State {
        // SAFETY: `begin` has seen that it lives.
        unsafe { &*self.state }
    }

    /// How many values the running function has.
    fn held(self) -> c_int {
        self.l().arg_count() as c_int
    }

    /// How many more values it may push.
    fn free(self) -> c_int {
        // SAFETY: STACK: both are places of one stack.
        unsafe { self.l().frame().top.offset_from(self.l().top) as c_int }
    }

    fn has_values(self) -> String {
        match self.held() {
            0 => String::from("the stack is empty"),
            1 => String::from("the stack holds 1 value"),
            n => format!("the stack holds {n} values"),
        }
    }

    // Pointers ------------------------------------------------------------------------------------

    /// A thread that lives.
    pub fn thread(self, (name, l): Named<*const State>) {
        self.given((name, l));
        if !live::may_live(l) {
            self.refuse(format_args!(
                "{name} ({l:p}) is no live lua_State: closed, collected, or never one"
            ));
        }
    }

    /// A thread of the same state as L.
    pub fn sibling(self, (name, l): Named<*const State>) {
        self.thread((name, l));
        // SAFETY: both live.
        if unsafe { (*l).global != (*self.state).global } {
            self.refuse(format_args!("{name} ({l:p}) is a thread of another state"));
        }
    }

    /// A pointer that may not be NULL.
    pub fn given<T: Pointer>(self, (name, pointer): Named<T>) {
        if pointer.is_missing() {
            self.refuse(format_args!("{name} is NULL"));
        }
    }

    /// So many bytes at a place, which may be NULL if they are none.
    pub fn bytes(self, at: Named<*const c_char>, (name, count): Named<usize>) {
        if count > 0 {
            self.given(at);
        }
        self.demand(count <= isize::MAX as usize, (name, count), format_args!(", more than there can be"));
    }

    /// A list of functions, ended by a NULL name.
    pub fn functions(self, list: Named<*const luaL_Reg>) {
        self.given(list);
        let mut entry = list.1;
        // SAFETY: HOST: the list is ended by a NULL name.
        unsafe {
            while !(*entry).name.is_null() {
                if (*entry).func.is_none() {
                    let name = core::ffi::CStr::from_ptr((*entry).name).to_string_lossy();
                    self.refuse(format_args!("{}: the function for \"{name}\" is NULL", list.0));
                }
                entry = entry.add(1);
            }
        }
    }

    /// A call that is still going on, as lua_getstack found it.
    pub fn call_of(self, (name, ar): Named<*const lua_Debug>) {
        self.given((name, ar));
        // SAFETY: HOST, as far as it can be asked for: `ar` points to a lua_Debug.
        let index = unsafe { (*ar).i_ci };
        if index < 0 || index as usize > self.l().frame_index() {
            self.refuse(format_args!("{name} names no call that is going on (fill it by lua_getstack)"));
        }
    }

    /// What lua_getinfo is asked, and about what.
    pub fn question(self, what: Named<*const c_char>, ar: Named<*const lua_Debug>) {
        self.given(what);
        self.given(ar);
        // SAFETY: HOST: a C string.
        let letters = unsafe { core::ffi::CStr::from_ptr(what.1) }.to_bytes();
        let mut pushed = letters.iter().filter(|&&c| c == b'f' || c == b'L').count() as c_int;
        if letters.first() == Some(&b'>') {
            self.topmost_is(&[Type::Function]);
            pushed -= 1;
        } else {
            self.call_of(ar);
        }
        self.room(("", pushed));
    }

    // Indices -------------------------------------------------------------------------------------

    /// An index that names a value, or a place above the top where there is room for one.
    pub fn acceptable(self, named: Named<c_int>) {
        let (name, idx) = named;
        if idx > 0 {
            let room = self.held() + self.free();
            if idx > room.max(self.held()) {
                self.refuse(format_args!(
                    "{name}: index {idx} is not acceptable ({}, room for {room})",
                    self.has_values()
                ));
            }
        } else if idx > LUA_REGISTRYINDEX {
            if idx == 0 || idx < -self.held() {
                self.refuse(format_args!(
                    "{name}: index {idx} is not acceptable ({})",
                    self.has_values()
                ));
            }
        } else if idx <= LUA_ENVIRONINDEX && idx != LUA_GLOBALSINDEX {
            self.of_function(named);
        }
    }

    /// The environment or an upvalue: of a C function, which must be running.
    fn of_function(self, (name, idx): Named<c_int>) {
        if self.l().frame().function().as_native_closure().is_none() {
            let what = if idx == LUA_ENVIRONINDEX { "the environment" } else { "an upvalue" };
            self.refuse(format_args!("{name}: {what} is asked for where no C function runs"));
        }
        let n = LUA_GLOBALSINDEX - idx;
        if n > u8::MAX.into() {
            self.refuse(format_args!("{name}: index {idx} is not acceptable (upvalue {n} of at most 255)"));
        }
    }

    /// An index that names a value.
    pub fn valid(self, named: Named<c_int>) {
        let (name, idx) = named;
        if idx > 0 && idx > self.held() {
            self.refuse(format_args!("{name}: index {idx} is not valid ({})", self.has_values()));
        }
        self.acceptable(named);
        if value_at(self.l(), idx).is_none() {
            let n = LUA_GLOBALSINDEX - idx;
            let upvalues = self.l().frame().function().as_native_closure().map_or(0, |f| f.upvalues().len());
            self.refuse(format_args!("{name}: the function has {upvalues} upvalues, but no upvalue {n}"));
        }
    }

    /// A valid index of a place on the stack.
    pub fn slot(self, named: Named<c_int>) {
        let (name, idx) = named;
        if idx <= LUA_REGISTRYINDEX {
            self.refuse(format_args!("{name}: index {idx} names no place on the stack"));
        }
        self.valid(named);
    }

    /// What lua_replace may store the topmost value in.
    pub fn target(self, named: Named<c_int>) {
        let (name, idx) = named;
        if idx == LUA_ENVIRONINDEX && self.l().frame_index() == 0 {
            return; // an error of Lua
        }
        self.valid(named);
        if (LUA_GLOBALSINDEX..=LUA_REGISTRYINDEX).contains(&idx) && !value_at(self.l(), -1).is_table() {
            let found = described(value_at(self.l(), -1).type_of());
            self.refuse(format_args!("{name}: {found} is to take the place of a table"));
        }
    }

    /// 0, or the place of a message handler.
    pub fn handler(self, named: Named<c_int>) {
        if named.1 != 0 {
            self.slot(named);
        }
    }

    /// What lua_settop may make the top.
    pub fn top(self, named: Named<c_int>) {
        let (name, idx) = named;
        if idx > 0 {
            self.acceptable(named);
        } else if -i64::from(idx) > i64::from(self.held()) + 1 {
            self.refuse(format_args!("{name}: {idx} is below the stack's bottom ({})", self.has_values()));
        }
    }

    // Values --------------------------------------------------------------------------------------

    /// An index of a table.
    pub fn table(self, named: Named<c_int>) {
        self.valid(named);
        let found = value_at(self.l(), named.1).type_of();
        self.demand(found == Type::Table, named, format_args!(", {} where a table is wanted", described(found)));
    }

    /// So many values are there to be taken.
    pub fn values(self, (name, count): Named<c_int>) {
        if count > self.held() {
            let takes = match name.parse::<c_int>() {
                Ok(1) => String::from("it takes 1 value"),
                Ok(n) => format!("it takes {n} values"),
                Err(_) => format!("it takes {name} values, {count}"),
            };
            self.refuse(format_args!("{takes}, but {}", self.has_values()));
        }
    }

    /// There is room for so many more values.
    pub fn room(self, (_, count): Named<c_int>) {
        if count > 0 && count > self.free() {
            let free = self.free().max(0);
            self.refuse(format_args!(
                "no room for {count} more ({}, {free} more fit): lua_checkstack makes room",
                self.has_values()
            ));
        }
    }

    fn topmost_is(self, wanted: &[Type]) {
        self.values(("1", 1));
        let found = value_at(self.l(), -1).type_of();
        if !wanted.contains(&found) {
            let names: Vec<_> = wanted.iter().map(|&t| described(t)).collect();
            self.refuse(format_args!(
                "the topmost value is {} where {} is wanted",
                described(found),
                names.join(" or ")
            ));
        }
    }

    /// A table on top.
    pub fn table_on_top(self) {
        self.topmost_is(&[Type::Table]);
    }

    /// A table or nil on top.
    pub fn metatable_on_top(self) {
        self.topmost_is(&[Type::Table, Type::Nil]);
    }

    /// What luaL_addvalue adds.
    pub fn text_on_top(self) {
        self.topmost_is(&[Type::String, Type::Number]);
    }

    // Numbers -------------------------------------------------------------------------------------

    /// A count.
    pub fn count(self, named: Named<c_int>) {
        self.demand(named.1 >= 0, named, format_args!(", which is no count"));
    }

    /// A count of arguments, which are there, and below them what is called.
    pub fn callee(self, named: Named<c_int>) {
        self.count(named);
        let (name, nargs) = named;
        if nargs >= self.held() {
            self.refuse(format_args!("it takes a function and {name}, {nargs}, arguments, but {}", self.has_values()));
        }
    }

    /// A count of results, or LUA_MULTRET; they fit where function and arguments were, and above.
    pub fn results(self, named: Named<c_int>, nargs: Named<c_int>) {
        self.demand(named.1 >= LUA_MULTRET, named, format_args!(", neither a count nor LUA_MULTRET"));
        self.room((named.0, named.1 - nargs.1 - 1));
    }

    /// A count of upvalues.
    pub fn upvalues(self, named: Named<c_int>) {
        let fits = (0..=c_int::from(u8::MAX)).contains(&named.1);
        self.demand(fits, named, format_args!(", but a function has 0 to 255 upvalues"));
    }

    /// A type's number (those of the VM's own kinds have names, too).
    pub fn type_number(self, named: Named<c_int>) {
        self.demand((LUA_TNONE..=10).contains(&named.1), named, format_args!(", which is no type"));
    }

    /// A reference that is in use.
    pub fn reference(self, t: Named<c_int>, named: Named<c_int>) {
        if named.1 < 0 {
            return;
        }
        self.table(t);
        let Some(table) = value_at(self.l(), t.1).as_table() else { return };
        // The freed ones are linked by their values (`auxlib::refs`); a few tell most mistakes.
        let mut free = table.get_int(0);
        for _ in 0..LOOKED_AT {
            let Some(n) = free.as_number().filter(|&n| n != 0.0) else { return };
            self.demand(n != f64::from(named.1), named, format_args!(", which is free already"));
            free = table.get_int(n as c_int);
        }
    }
}

/// How many freed references are looked at for one that is freed again.
const LOOKED_AT: usize = 64;

fn described(found: Type) -> &'static str {
    match found {
        Type::None => "no value",
        Type::Nil => "nil",
        Type::Boolean => "a boolean",
        Type::LightUserdata => "a light userdata",
        Type::Number => "a number",
        Type::String => "a string",
        Type::Table => "a table",
        Type::Function => "a function",
        Type::Userdata => "a userdata",
        Type::Thread => "a thread",
    }
}
