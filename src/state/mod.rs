//! A running Lua: the Global that all threads share, the State (`lua_State`) of each thread with
//! its stack and call frames, errors, and the shape of native functions.
//!
//! Not here: running code (`vm`), collecting (`gc`).

pub mod callinfo;
pub mod chunks;
pub mod error;
pub mod event;
pub mod global;
pub mod hook;
pub mod hooked;
pub mod known;
pub mod light;
pub mod limits;
pub mod live;
pub mod names;
pub mod short_source;
pub mod native;
pub mod native_loops;
pub mod patterns;
pub mod recovery;
pub mod stack;
#[expect(clippy::module_inception, reason = "the State is what this layer is named for")]
pub mod state;
pub mod upvalues;

pub use callinfo::{CallInfo, FrameFlags, META_RESULT, MULTRET, View};
pub use error::{Status, Thrown};
pub use event::Event;
pub use global::{Global, Parting, UserdataLists};
#[cfg(trampoline)]
pub use global::NextWord;
pub use hook::{Hook, HookFn, HookMask};
pub use known::Known;
pub use limits::{Limit, Limits, Switchboard, UNLIMITED};
pub use native::{CFunction, Continuation, NativeFn, NativeResult, Outcome, Resumed};
pub use state::State;
