//! The auxiliary library (manual chapter 4): `lauxlib.h`'s functions.
//!
//! They are written on the functions of `lua.h` and on `runtime`, so a Rust frame here may be
//! jumped over by an error below it: none of them keeps anything to drop across such a call (CFRAMES).
//!
//! Not here: `luaL_error` (`capi::format`, variadic), `luaL_openlibs` (`capi::lib`).

pub mod buffer;
pub mod check;
pub mod errors;
pub mod load;
pub mod meta;
pub mod refs;
pub mod register;
pub mod state;
pub mod text;
pub mod types;
