//! The interpreter's handlers jump to each other and never nest: every kind of instruction runs
//! for millions of times on a thread whose machine stack would overflow if one of them made a
//! real call.

use std::thread;

use ferrouslua::capi::auxlib::load::luaL_loadbuffer;
use ferrouslua::capi::auxlib::state::luaL_newstate;
use ferrouslua::capi::calls::lua_pcall;
use ferrouslua::capi::access::lua_tolstring;
use ferrouslua::capi::lib::luaL_openlibs;
use ferrouslua::capi::state::lua_close;

/// As small as a thread can be here and still open the libraries.
const STACK: usize = 64 * 1024;

/// Each line is one chunk; together they run every opcode of 5.1 in a loop.
const CHUNKS: &[&str] = &[
    // MOVE LOADK LOADBOOL LOADNIL FORPREP FORLOOP
    "for i = 1, 3e6 do local a, b = i, 5 local c, d, e = true, nil, false a = b end",
    // EQ LT LE TEST TESTSET JMP NOT, each with registers and constants
    "local n = 0 for i = 1, 1e6 do if i == 5 or i < 3 or 7 <= i and not (i == n) then n = n + 1 end
     local x = i > 4 and i or n x = x == n x = 'a' == x x = x ~= nil end",
    // arithmetic in all forms
    "local x = 1 for i = 1, 1e6 do x = x + i - 3 x = x * 2 / i x = 7 % i x = i % 3 x = 2 ^ 3
     x = -x x = 5 - i x = 8 / i x = x + 1 end",
    // GETTABLE SETTABLE with register, field, integer and other keys; NEWTABLE SETLIST LEN
    "local t = {1, 2, 3, x = 1} local k, f = 'x', 2.5 t[f] = 1 for i = 1, 1e6 do
     t.x = i t[1] = t.x t[k] = t[2] t[f] = t[2.5] t[true] = #t t[i % 3 + 1] = i end",
    "for i = 1, 3e5 do local t = {i, i, a = i} t[3] = {} end",
    // GETGLOBAL SETGLOBAL GETUPVAL SETUPVAL CLOSURE CLOSE
    "local u = 0 g = 0 for i = 1, 5e5 do g = g + 1 local v = i
     local f = function() u = u + v return u end if i % 2 == 0 then f() end end",
    // CALL TAILCALL RETURN VARARG SELF
    "local function id(...) return ... end local function two(a, b) return b, a end
     local function tail(n) if n > 0 then return tail(n - 1) end return n end
     local o = {m = function(self, x) return x end}
     for i = 1, 5e5 do id(i, two(id(i, i))) two(1) o:m(i) local a, b = id(1, 2, 3) end tail(3e6)",
    // TFORLOOP over pairs, ipairs, a Lua iterator and a builtin
    "local t = {} for i = 1, 1000 do t[i] = i t['k' .. i] = i end
     for r = 1, 300 do for k, v in pairs(t) do end for i, v in ipairs(t) do end
     for v in function(_, c) c = (c or 0) + 1 if c < 1000 then return c end end do end
     for w in ('a b c d'):gmatch('%a') do end end",
    // CONCAT, comparison of strings
    "local s = 'a' for i = 1, 3e5 do local x = s .. i .. 'b' if x < s then s = 'a' end end",
    // metamethods of every kind, in Lua and builtin
    "local mt = {} for _, e in ipairs {'add','sub','mul','div','mod','pow','unm','concat','call'} do
     mt['__' .. e] = function(a, b) return a end end
     mt.__eq = function() return true end mt.__lt = function() return true end
     mt.__index = function(t, k) return k end mt.__newindex = function() end
     local a, b = setmetatable({}, mt), setmetatable({}, mt)
     local u = newproxy(true) getmetatable(u).__len = function() return 1 end
     local r = setmetatable({}, {__index = rawget})
     for i = 1, 1e5 do local x = a + b x = a - b x = a * b x = a / b x = a % b x = a ^ b x = -a
     x = a .. b x = a(1) x = a == b x = a < b x = a <= b x = a.k a.k = x x = #u x = r.k end",
    // builtins, pcall, errors caught, coroutines
    "local co = coroutine.wrap(function() while true do coroutine.yield(1) end end)
     for i = 1, 2e5 do math.floor(i) pcall(math.floor, i) pcall(error, i) co()
     select('#', unpack({1, 2, 3})) end",
    // sorting and substituting with Lua functions
    "for r = 1, 30 do local t = {} for i = 1, 1000 do t[i] = i * 7919 % 1009 end
     table.sort(t, function(a, b) return a < b end)
     ;('x'):rep(1000):gsub('x', function(c) return c end) end",
    // deep recursion of every kind
    "local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
     assert(deep(200000) == 200000)
     local function viapcall(n) if n == 0 then return 0 end local _, x = pcall(viapcall, n - 1)
     return x end assert(viapcall(50000) == 0)
     local function viaco(n) if n == 0 then return 0 end return coroutine.wrap(viaco)(n - 1) end
     assert(viaco(5000) == 0)
     local function erring(n) if n == 0 then error('bottom', 0) end
     return coroutine.wrap(erring)(n - 1) end
     assert(select(2, pcall(erring, 5000)):find('bottom'))",
];

fn run(chunk: &str) -> Result<(), String> {
    // SAFETY: the API as a C host uses it: one state, used by this thread alone.
    unsafe {
        let l = luaL_newstate();
        luaL_openlibs(l);
        let status = luaL_loadbuffer(l, chunk.as_ptr().cast(), chunk.len(), c"=chunk".as_ptr());
        let status = if status == 0 { lua_pcall(l, 0, 0, 0) } else { status };
        let message = (status != 0).then(|| {
            let text = lua_tolstring(l, -1, core::ptr::null_mut());
            std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
        });
        lua_close(l);
        message.map_or(Ok(()), Err)
    }
}

#[test]
fn no_handler_nests() {
    for chunk in CHUNKS {
        let small = thread::Builder::new().stack_size(STACK);
        let result = small.spawn(|| run(chunk)).expect("a thread").join().expect("it ends");
        assert_eq!(result, Ok(()), "{chunk}");
    }
}
