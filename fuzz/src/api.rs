//! The C API as a table of functions: ours, linked in, and the reference's, loaded beside it. A check
//! written over an `Api` runs on either.
//!
//! Invariant: a `State` pointer made by one table's functions is given to that table's only.
//! Not here: what our library has beyond (`host`).

use std::ffi::{CStr, c_char, c_double, c_int, c_void};
use std::sync::OnceLock;

/// A `lua_State`, of whichever library.
#[repr(C)]
pub struct State {
    opaque: [u8; 0],
}

pub type L = *mut State;
pub type Function = unsafe extern "C" fn(L) -> c_int;
pub type Alloc = unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize) -> *mut c_void;
pub type Reader = unsafe extern "C" fn(L, *mut c_void, *mut usize) -> *const c_char;
pub type Writer = unsafe extern "C" fn(L, *const c_void, usize, *mut c_void) -> c_int;
pub type Hook = Option<unsafe extern "C" fn(L, *mut Debug)>;

pub const REGISTRY: c_int = -10000;
pub const ENVIRONMENT: c_int = -10001;
pub const GLOBALS: c_int = -10002;
pub const MULTIPLE: c_int = -1;

pub const TYPE_NIL: c_int = 0;
pub const TYPE_BOOLEAN: c_int = 1;
pub const TYPE_LIGHT: c_int = 2;
pub const TYPE_NUMBER: c_int = 3;
pub const TYPE_STRING: c_int = 4;
pub const TYPE_TABLE: c_int = 5;
pub const TYPE_FUNCTION: c_int = 6;
pub const TYPE_USERDATA: c_int = 7;
pub const TYPE_THREAD: c_int = 8;

pub const MASK_CALL: c_int = 1;
pub const MASK_RETURN: c_int = 2;
pub const MASK_LINE: c_int = 4;
pub const MASK_COUNT: c_int = 8;

/// `lua_Debug`.
#[repr(C)]
pub struct Debug {
    pub event: c_int,
    pub name: *const c_char,
    pub name_what: *const c_char,
    pub what: *const c_char,
    pub source: *const c_char,
    pub current_line: c_int,
    pub upvalues: c_int,
    pub line_defined: c_int,
    pub last_line_defined: c_int,
    pub short_source: [c_char; 60],
    private: c_int,
}

impl Debug {
    pub fn new() -> Debug {
        // SAFETY: integers and pointers that may be null.
        unsafe { std::mem::zeroed() }
    }
}

impl Default for Debug {
    fn default() -> Debug {
        Debug::new()
    }
}

macro_rules! api {
    ($($name:ident ($($arg:ty),*) $(-> $ret:ty)?;)*) => {
        #[allow(non_snake_case, reason = "the C names")]
        pub struct Api {
            $(pub $name: unsafe extern "C" fn($($arg),*) $(-> $ret)?,)*
        }

        mod linked {
            use super::*;
            #[allow(clashing_extern_declarations, reason = "State is opaque here")]
            unsafe extern "C" {
                $(pub fn $name($(_: $arg),*) $(-> $ret)?;)*
            }
        }

        static OURS: Api = Api { $($name: linked::$name,)* };

        impl Api {
            /// # Safety
            /// `library` is a handle of a library that exports the API of Lua 5.1.
            unsafe fn from_library(library: *mut c_void) -> Option<Api> {
                Some(Api {
                    $($name: {
                        let name = concat!(stringify!($name), "\0");
                        // SAFETY: a handle, and a string that ends in a NUL.
                        let symbol = unsafe { libc::dlsym(library, name.as_ptr().cast()) };
                        if symbol.is_null() {
                            return None;
                        }
                        // SAFETY: the function of that name has this type (lua.h, lauxlib.h).
                        unsafe {
                            std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($arg),*) $(-> $ret)?>(symbol)
                        }
                    },)*
                })
            }
        }
    };
}

api! {
    lua_newstate(Alloc, *mut c_void) -> L;
    lua_close(L);
    lua_newthread(L) -> L;
    lua_gettop(L) -> c_int;
    lua_settop(L, c_int);
    lua_pushvalue(L, c_int);
    lua_remove(L, c_int);
    lua_insert(L, c_int);
    lua_replace(L, c_int);
    lua_checkstack(L, c_int) -> c_int;
    lua_xmove(L, L, c_int);
    lua_isnumber(L, c_int) -> c_int;
    lua_isstring(L, c_int) -> c_int;
    lua_iscfunction(L, c_int) -> c_int;
    lua_isuserdata(L, c_int) -> c_int;
    lua_type(L, c_int) -> c_int;
    lua_typename(L, c_int) -> *const c_char;
    lua_equal(L, c_int, c_int) -> c_int;
    lua_rawequal(L, c_int, c_int) -> c_int;
    lua_lessthan(L, c_int, c_int) -> c_int;
    lua_tonumber(L, c_int) -> c_double;
    lua_tointeger(L, c_int) -> isize;
    lua_toboolean(L, c_int) -> c_int;
    lua_tolstring(L, c_int, *mut usize) -> *const c_char;
    lua_objlen(L, c_int) -> usize;
    lua_tocfunction(L, c_int) -> Option<Function>;
    lua_touserdata(L, c_int) -> *mut c_void;
    lua_tothread(L, c_int) -> L;
    lua_pushnil(L);
    lua_pushnumber(L, c_double);
    lua_pushinteger(L, isize);
    lua_pushlstring(L, *const c_char, usize);
    lua_pushstring(L, *const c_char);
    lua_pushcclosure(L, Function, c_int);
    lua_pushboolean(L, c_int);
    lua_pushlightuserdata(L, *mut c_void);
    lua_pushthread(L) -> c_int;
    lua_gettable(L, c_int);
    lua_getfield(L, c_int, *const c_char);
    lua_rawget(L, c_int);
    lua_rawgeti(L, c_int, c_int);
    lua_createtable(L, c_int, c_int);
    lua_newuserdata(L, usize) -> *mut c_void;
    lua_getmetatable(L, c_int) -> c_int;
    lua_getfenv(L, c_int);
    lua_settable(L, c_int);
    lua_setfield(L, c_int, *const c_char);
    lua_rawset(L, c_int);
    lua_rawseti(L, c_int, c_int);
    lua_setmetatable(L, c_int) -> c_int;
    lua_setfenv(L, c_int) -> c_int;
    lua_call(L, c_int, c_int);
    lua_pcall(L, c_int, c_int, c_int) -> c_int;
    lua_cpcall(L, Function, *mut c_void) -> c_int;
    lua_load(L, Reader, *mut c_void, *const c_char) -> c_int;
    lua_dump(L, Writer, *mut c_void) -> c_int;
    lua_yield(L, c_int) -> c_int;
    lua_resume(L, c_int) -> c_int;
    lua_status(L) -> c_int;
    lua_gc(L, c_int, c_int) -> c_int;
    lua_error(L) -> c_int;
    lua_next(L, c_int) -> c_int;
    lua_concat(L, c_int);
    lua_getstack(L, c_int, *mut Debug) -> c_int;
    lua_getinfo(L, *const c_char, *mut Debug) -> c_int;
    lua_getlocal(L, *const Debug, c_int) -> *const c_char;
    lua_setlocal(L, *const Debug, c_int) -> *const c_char;
    lua_getupvalue(L, c_int, c_int) -> *const c_char;
    lua_setupvalue(L, c_int, c_int) -> *const c_char;
    lua_sethook(L, Hook, c_int, c_int) -> c_int;
    luaL_openlibs(L);
    luaL_newmetatable(L, *const c_char) -> c_int;
    luaL_checklstring(L, c_int, *mut usize) -> *const c_char;
    luaL_checknumber(L, c_int) -> c_double;
    luaL_checktype(L, c_int, c_int);
    luaL_checkany(L, c_int);
    luaL_loadbuffer(L, *const c_char, usize, *const c_char) -> c_int;
    luaL_loadstring(L, *const c_char) -> c_int;
    luaL_ref(L, c_int) -> c_int;
    luaL_unref(L, c_int, c_int);
    luaL_getmetafield(L, c_int, *const c_char) -> c_int;
    luaL_callmeta(L, c_int, *const c_char) -> c_int;
    luaL_where(L, c_int);
    luaL_argerror(L, c_int, *const c_char) -> c_int;
    luaL_gsub(L, *const c_char, *const c_char, *const c_char) -> *const c_char;
    luaopen_base(L) -> c_int;
    luaopen_string(L) -> c_int;
    luaopen_table(L) -> c_int;
    luaopen_math(L) -> c_int;
    luaopen_debug(L) -> c_int;
}

/// Our library.
pub fn ours() -> &'static Api {
    &OURS
}

/// Where Debian and others have the reference's library.
const PLACES: [&CStr; 4] =
    [c"liblua5.1.so.0", c"liblua.so.5.1", c"liblua-5.1.so", c"/usr/local/lib/liblua5.1.so.0"];

/// The reference's library; None where it is not installed. `REFERENCE` in the environment names
/// another file.
pub fn reference() -> Option<&'static Api> {
    static REFERENCE: OnceLock<Option<Api>> = OnceLock::new();
    REFERENCE
        .get_or_init(|| {
            let named = std::env::var("REFERENCE").ok().and_then(|name| std::ffi::CString::new(name).ok());
            let places = named.as_deref().into_iter().chain(PLACES);
            let mut found = places.map(open).filter(|library| !library.is_null());
            let library = found.next()?;
            // SAFETY: what has such a name exports that API.
            let api = unsafe { Api::from_library(library) }?;
            // A call inside the reference that was bound to our function would compare us with ourselves.
            assert!(
                api.lua_newstate as usize != OURS.lua_newstate as usize,
                "the reference's names are bound to the library under test"
            );
            Some(api)
        })
        .as_ref()
}

/// Loads a library whose own names come first for itself. Sanitizers refuse RTLD_DEEPBIND; it is needed
/// only where this program shows others the names of the API.
fn open(name: &CStr) -> *mut c_void {
    // SAFETY: a string that ends in a NUL; the library's constructors do nothing to us.
    unsafe {
        let shown = !libc::dlsym(libc::RTLD_DEFAULT, c"lua_newstate".as_ptr()).is_null();
        let deep = if shown { libc::RTLD_DEEPBIND } else { 0 };
        libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL | deep)
    }
}

impl Api {
    pub fn is_ours(&self) -> bool {
        std::ptr::eq(self, &OURS)
    }

    /// # Safety
    /// `l` is a live state of this library's.
    pub unsafe fn pop(&self, l: L, n: c_int) {
        // SAFETY: the caller's promise.
        unsafe { (self.lua_settop)(l, -n - 1) }
    }

    /// The bytes of the string or number at `index`, which becomes a string there.
    ///
    /// # Safety
    /// `l` is a live state of this library's; the bytes live as long as the value at `index`.
    pub unsafe fn bytes<'a>(&self, l: L, index: c_int) -> Option<&'a [u8]> {
        let mut size = 0;
        // SAFETY: the caller's promise; the library says how many bytes there are.
        unsafe {
            let p = (self.lua_tolstring)(l, index, &mut size);
            if p.is_null() { None } else { Some(std::slice::from_raw_parts(p.cast(), size)) }
        }
    }

    /// # Safety
    /// `l` is a live state of this library's, with room for a value.
    pub unsafe fn push_bytes(&self, l: L, bytes: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe { (self.lua_pushlstring)(l, bytes.as_ptr().cast(), bytes.len()) }
    }

    /// # Safety
    /// As `luaL_loadbuffer`.
    pub unsafe fn load(&self, l: L, text: &[u8], name: &CStr) -> c_int {
        // SAFETY: the caller's promise.
        unsafe { (self.luaL_loadbuffer)(l, text.as_ptr().cast(), text.len(), name.as_ptr()) }
    }
}
