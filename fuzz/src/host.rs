//! A state for scripts of strangers, as `docs/security.md` describes a host: an allocator that keeps
//! account, the sandbox, fuel and a cap on memory. The account must be even when the state is closed.

use std::ffi::{c_int, c_void};

use crate::api::{L, ours};

unsafe extern "C" {
    fn ferrous_opensandbox(l: L);
    fn ferrous_setfuel(l: L, units: usize);
    fn ferrous_setmemorylimit(l: L, bytes: usize);
    fn ferrous_settextonly(l: L, on: c_int);
    fn ferrous_setdeadline(l: L, nanoseconds: usize);
}

/// What a case may use.
#[derive(Clone, Copy)]
pub struct Budget {
    pub fuel: usize,
    pub memory: usize,
}

impl Budget {
    pub const SMALL: Budget = Budget { fuel: 3_000, memory: 2 << 20 };
    pub const MIDDLE: Budget = Budget { fuel: 30_000, memory: 8 << 20 };
}

/// Makes the metatable of `make_generous`. Its functions return now this and now that, and yield where they
/// may.
const GENEROUS: &[u8] = b"
local n, running, yield, mt = 0, coroutine.running, coroutine.yield, {}
local function any(a, b, ...)
  n = n + 1
  if n % 13 == 0 and running() then return yield(a, b) end
  local k = n % 8
  if k < 2 then return a elseif k < 4 then return b elseif k == 4 then return n elseif k == 5 then return 'text'
  elseif k == 6 then return setmetatable({a, b, ...}, mt) end
  return function(...) a = n return b, ... end
end
local function truth() n = n + 1 return n % 3 == 0 end
for _, event in ipairs {'add', 'sub', 'mul', 'div', 'mod', 'pow', 'unm', 'len', 'concat', 'index', 'call'} do
  mt['__' .. event] = any
end
mt.__lt, mt.__le, mt.__eq = truth, truth, truth
mt.__newindex = function(t, k, v) n = n + 1 end
return mt";

/// What the allocator was asked for, and how much it may hold.
pub struct Account {
    pub bytes: usize,
    pub blocks: usize,
    pub most: usize,
}

impl Account {
    pub const fn new(most: usize) -> Account {
        Account { bytes: 0, blocks: 0, most }
    }
}

/// An allocator for `lua_newstate`, over an `Account`.
///
/// # Safety
/// `account` is an `Account` nobody else uses; `p` is NULL or from here, of size `old`.
pub unsafe extern "C" fn allocate(account: *mut c_void, p: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    let account = unsafe { &mut *account.cast::<Account>() };
    if new == 0 {
        if !p.is_null() {
            account.bytes -= old;
            account.blocks -= 1;
            // SAFETY: the caller's promise.
            unsafe { libc::free(p) };
        }
        return std::ptr::null_mut();
    }
    let old = if p.is_null() { 0 } else { old };
    if new > old && account.bytes - old + new > account.most {
        return std::ptr::null_mut();
    }
    // SAFETY: the caller's promise.
    let q = unsafe { libc::realloc(p, new) };
    if !q.is_null() {
        account.blocks += p.is_null() as usize;
        account.bytes = account.bytes - old + new;
    }
    q
}

/// A state of ours, closed when dropped.
pub struct Sandbox {
    pub l: L,
    account: *mut Account,
}

impl Sandbox {
    /// With the sandbox's libraries; binary chunks are accepted, for they are what is tested.
    pub fn new() -> Sandbox {
        let sandbox = Sandbox::empty();
        // SAFETY: a state of ours.
        unsafe {
            ferrous_opensandbox(sandbox.l);
            ferrous_settextonly(sandbox.l, 0);
        }
        sandbox
    }

    /// With more than a sandbox has: all of the base library, `string.dump`, and the debug library.
    pub fn with_insides() -> Sandbox {
        let (sandbox, api) = (Sandbox::empty(), ours());
        // SAFETY: a state of ours; each function leaves the stack as it says.
        unsafe {
            for open in [api.luaopen_base, api.luaopen_string, api.luaopen_table, api.luaopen_math, api.luaopen_debug] {
                (api.lua_pushcclosure)(sandbox.l, open, 0);
                (api.lua_call)(sandbox.l, 0, 0);
            }
            // Neither this process' output nor the files of this machine.
            for name in [c"print", c"dofile", c"loadfile"] {
                (api.lua_pushnil)(sandbox.l);
                (api.lua_setfield)(sandbox.l, crate::api::GLOBALS, name.as_ptr());
            }
            // It would wait for somebody to type.
            (api.lua_getfield)(sandbox.l, crate::api::GLOBALS, c"debug".as_ptr());
            (api.lua_pushnil)(sandbox.l);
            (api.lua_setfield)(sandbox.l, -2, c"debug".as_ptr());
            api.pop(sandbox.l, 1);
        }
        sandbox
    }

    fn empty() -> Sandbox {
        let account = Box::into_raw(Box::new(Account::new(usize::MAX)));
        // SAFETY: the account lives until the state is closed.
        let l = unsafe { (ours().lua_newstate)(allocate, account.cast()) };
        assert!(!l.is_null(), "no memory for a state");
        Sandbox { l, account }
    }

    /// From now on every operation on values of basic types has a metamethod, so that a senseless program
    /// goes on where it would have ended in an error.
    pub fn make_generous(&self) {
        let api = ours();
        // SAFETY: a state of ours; each function leaves the stack as it says.
        unsafe {
            let status = api.load(self.l, GENEROUS, c"=generous");
            assert_eq!(status, 0, "the prelude does not compile");
            (api.lua_call)(self.l, 0, 1);
            let metatable = (api.lua_gettop)(self.l);
            (api.lua_pushnil)(self.l);
            (api.lua_pushboolean)(self.l, 1);
            (api.lua_pushnumber)(self.l, 0.0);
            (api.lua_pushlstring)(self.l, c"".as_ptr(), 0);
            (api.lua_pushcclosure)(self.l, api.luaopen_base, 0);
            for index in metatable + 1..=metatable + 5 {
                (api.lua_pushvalue)(self.l, metatable);
                (api.lua_setmetatable)(self.l, index);
            }
            (api.lua_settop)(self.l, metatable - 1);
        }
    }

    pub fn limit(&self, budget: Budget) {
        // SAFETY: a state of ours.
        unsafe {
            ferrous_setfuel(self.l, budget.fuel);
            ferrous_setmemorylimit(self.l, budget.memory);
        }
    }

    /// Bytes that the state holds.
    pub fn held(&self) -> usize {
        // SAFETY: the account lives as long as the state; the allocator is not running.
        unsafe { (*self.account).bytes }
    }

    /// A deadline as well, which arms the clock.
    pub fn deadline(&self, nanoseconds: usize) {
        // SAFETY: a state of ours.
        unsafe { ferrous_setdeadline(self.l, nanoseconds) }
    }
}

impl Default for Sandbox {
    fn default() -> Sandbox {
        Sandbox::new()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.limit(Budget { fuel: 1_000, memory: usize::MAX });
        // SAFETY: the state is ours and not used again; then nor is the account.
        unsafe {
            (ours().lua_close)(self.l);
            let account = Box::from_raw(self.account);
            assert!(
                account.bytes == 0 && account.blocks == 0,
                "the closed state kept {} bytes in {} blocks",
                account.bytes,
                account.blocks
            );
        }
    }
}
