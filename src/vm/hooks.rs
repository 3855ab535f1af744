//! Debug hooks (manual §3.8): count, line, call and return events.

use crate::state::State;
use crate::state::state::HookFn;

/// `lua_sethook`. Async-signal-safe: stores words only.
pub fn set_hook(_l: &mut State, _hook: Option<HookFn>, _mask: u8, _count: i32) {
    unimplemented!()
}
