/*
** Every allocation fails once: for each program below, and for every k, the
** k-th request that asks for more memory is refused; then the same with the
** k-th and all later ones.
**
** A run must end in success or in LUA_ERRMEM, "not enough memory". After it,
** with memory back, the state must work: a script that uses every part of the
** language gives its results. Every call of the allocator must name the true
** old size. After lua_close nothing may be left, and nothing may have been
** written behind a block's end.
**
**   failures [-s stride] [-b budget] [-v] [-f name] [script.lua ...]
**
** -s n   only every n-th k
** -b n   at most so many k per program and mode, spread evenly (0: all)
** -f x   only programs whose name contains x
**
** Scripts given as files catch errors themselves and may draw any conclusion
** from them, so any status will do for those; all else holds for them too.
*/

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* == The allocator ======================================================== */

#define GUARD 16
#define HEAD 32

typedef struct Block {
	size_t size;
	unsigned long magic;
} Block;

#define ALIVE 0x0a11c0deUL
#define DEAD 0xdeadbeefUL

static struct {
	long blocks;         /* alive */
	size_t bytes;
	long requests;       /* that ask for more, since `arm` */
	long fail_at;        /* 0: none */
	int fail_after;      /* and all later ones */
	long refused;
} memory;

static const char *program_name = "?";
static long failing_k;
static int failing_mode;

static void die(const char *what)
{
	fprintf(stderr, "FAIL %s, k = %ld, mode %d: %s\n", program_name, failing_k, failing_mode, what);
	abort();
}

static void on_signal(int s)
{
	const char *what = s == SIGALRM ? "runs for ever" : "crashed";
	char line[200];
	int n = snprintf(line, sizeof line, "FAIL %s, k = %ld, mode %d: %s\n", program_name, failing_k,
			failing_mode, what);
	if (write(2, line, (size_t)n) < 0)
		_exit(3);
	_exit(2);
}

static void *check_block(void *p, size_t osize)
{
	Block *b = (Block *)((char *)p - HEAD);
	int i;
	if (b->magic == DEAD)
		die("a block is freed twice");
	if (b->magic != ALIVE)
		die("not a block of this allocator");
	if (b->size != osize)
		die("a wrong old size");
	for (i = 0; i < GUARD; i++)
		if (((unsigned char *)p)[osize + (size_t)i] != 0xA5)
			die("written behind the end of a block");
	return b;
}

static void *allocate(void *ud, void *p, size_t osize, size_t nsize)
{
	Block *b;
	(void)ud;
	if (p == NULL && osize != 0)
		die("an old size without a block");
	if (nsize > (p == NULL ? 0 : osize)) {
		memory.requests++;
		if (memory.fail_at != 0 && (memory.requests == memory.fail_at ||
				(memory.fail_after && memory.requests > memory.fail_at))) {
			memory.refused++;
			if (p != NULL)
				check_block(p, osize);
			return NULL;
		}
	}
	b = p == NULL ? NULL : check_block(p, osize);
	if (nsize == 0) {
		if (b != NULL) {
			b->magic = DEAD;
			memset(p, 0xDB, osize);
			memory.blocks--;
			memory.bytes -= osize;
			free(b);
		}
		return NULL;
	}
	if (nsize > (size_t)1 << 30)
		return NULL;
	{
		/* Always moved: an old address that is kept shows. */
		Block *n = malloc(HEAD + nsize + GUARD);
		char *q = (char *)n + HEAD;
		if (n == NULL)
			die("the machine has no memory");
		n->size = nsize;
		n->magic = ALIVE;
		memset(q, 0x5A, nsize);
		memset(q + nsize, 0xA5, GUARD);
		if (b != NULL) {
			memcpy(q, p, osize < nsize ? osize : nsize);
			b->magic = DEAD;
			memset(p, 0xDB, osize);
			memory.bytes -= osize;
			memory.blocks--;
			free(b);
		}
		memory.blocks++;
		memory.bytes += nsize;
		return q;
	}
}

static void arm(long k, int after)
{
	memory.requests = 0;
	memory.fail_at = k;
	memory.fail_after = after;
}

/* == Programs: the C API ================================================== */

static int p_values(lua_State *L)
{
	int i;
	for (i = 0; i < 40; i++) {
		lua_pushfstring(L, "%s and %d and %f, %c%p%%", "text", i, (double)i / 3, 'x', (void *)L);
		lua_pushlstring(L, "a\0b", 3);
		lua_pushnumber(L, i * 1e10);
		lua_tolstring(L, -1, NULL);
		lua_pushliteral(L, "a literal that is longer than the interned ones are, to be sure");
		lua_concat(L, 4);
		lua_pushvalue(L, -1);
		lua_insert(L, 1);
		lua_settop(L, i % 7);
	}
	return 0;
}

static int p_stack(lua_State *L)
{
	int i;
	for (i = 0; i < 60; i++) {
		luaL_checkstack(L, 100, "no room");
		lua_pushinteger(L, i);
		if (lua_checkstack(L, 200))
			lua_pushinteger(L, i);
	}
	return 0;
}

static int p_tables(lua_State *L)
{
	int i;
	lua_settop(L, 0);
	lua_createtable(L, 4, 4);
	lua_newtable(L);
	for (i = 1; i <= 70; i++) {
		lua_pushinteger(L, i);
		lua_rawseti(L, 1, i);
		lua_pushfstring(L, "key %d", i);
		lua_pushinteger(L, i);
		lua_rawset(L, 2);
		lua_pushnumber(L, i + 0.5);
		lua_pushvalue(L, 1);
		lua_settable(L, 2);
	}
	lua_pushnil(L);
	i = 0;
	while (lua_next(L, 2)) {
		i++;
		lua_pop(L, 1);
	}
	if (i != 140 || lua_objlen(L, 1) != 70)
		die("a table lost entries");
	luaL_findtable(L, LUA_REGISTRYINDEX, "a.b.c.d", 10);
	for (i = 0; i < 20; i++) {
		lua_pushvalue(L, 1);
		lua_pushinteger(L, luaL_ref(L, 2));
	}
	for (i = 0; i < 20; i++)
		luaL_unref(L, 2, (int)lua_tointeger(L, -1 - i));
	return 0;
}

static int add_up(lua_State *L)
{
	lua_pushnumber(L, lua_tonumber(L, lua_upvalueindex(1)) + lua_tonumber(L, 1));
	lua_pushvalue(L, -1);
	lua_replace(L, lua_upvalueindex(1));
	return 1;
}

static int throws(lua_State *L)
{
	return luaL_error(L, "thrown %d from %s", 42, "here");
}

static int p_calls(lua_State *L)
{
	int i;
	for (i = 0; i < 12; i++) {
		int status;
		lua_pushinteger(L, 10);
		lua_pushcclosure(L, add_up, 1);
		lua_pushinteger(L, 5);
		lua_call(L, 1, 1);
		lua_pop(L, 1);
		lua_pushcfunction(L, throws);
		status = lua_pcall(L, 0, 0, 0);
		if (status == LUA_ERRMEM)
			return lua_error(L);
		if (status != LUA_ERRRUN)
			die("an error got lost");
		lua_pop(L, 1);
		luaL_where(L, 1);
		lua_pop(L, 1);
	}
	return 0;
}

static int collected(lua_State *L)
{
	lua_pushlightuserdata(L, (void *)&collected);
	lua_gettable(L, LUA_REGISTRYINDEX);
	lua_pop(L, 1);
	return 0;
}

static int p_userdata(lua_State *L)
{
	int i;
	luaL_newmetatable(L, "failures.class");
	lua_pushcfunction(L, collected);
	lua_setfield(L, -2, "__gc");
	for (i = 0; i < 30; i++) {
		char *u = lua_newuserdata(L, (size_t)(i * 40 + 1));
		memset(u, i, (size_t)(i * 40 + 1));
		luaL_getmetatable(L, "failures.class");
		lua_setmetatable(L, -2);
		lua_newtable(L);
		lua_setfenv(L, -2);
		luaL_checkudata(L, -1, "failures.class");
		lua_pop(L, 1);
		if (i % 10 == 9)
			lua_gc(L, LUA_GCCOLLECT, 0);
	}
	return 0;
}

static const char *read_piece(lua_State *L, void *ud, size_t *size)
{
	static const char text[] = "local a, b = ... ; local function f(x) return x .. 'suffix', a end ; "
			"for i = 1, 10 do b = (b or 0) + i * 2 - #f(i) end ; return f, b, {1, 2, x = 'y'}";
	size_t *at = ud;
	(void)L;
	if (*at >= sizeof text - 1)
		return NULL;
	*size = 7 < sizeof text - 1 - *at ? 7 : sizeof text - 1 - *at;
	*at += *size;
	return text + *at - *size;
}

static int write_piece(lua_State *L, const void *p, size_t size, void *ud)
{
	(void)L;
	luaL_addlstring(ud, p, size);
	return 0;
}

static void raise_memory(lua_State *L, int status)
{
	if (status != 0)
		lua_error(L);
}

static int p_load(lua_State *L)
{
	size_t at = 0, len;
	const char *code;
	luaL_Buffer b;
	lua_settop(L, 0);
	raise_memory(L, lua_load(L, read_piece, &at, "=pieces"));
	luaL_buffinit(L, &b);
	if (lua_dump(L, write_piece, &b) != 0)
		return luaL_error(L, "dump failed");
	luaL_pushresult(&b);
	code = lua_tolstring(L, -1, &len);
	raise_memory(L, luaL_loadbuffer(L, code, len, "=dumped"));
	lua_pushinteger(L, 1);
	lua_pushinteger(L, 2);
	lua_call(L, 2, 3);
	if (luaL_loadstring(L, "x = = 1") != LUA_ERRSYNTAX)
		raise_memory(L, LUA_ERRMEM);
	return 0;
}

static int p_buffers(lua_State *L)
{
	luaL_Buffer b;
	int i;
	luaL_buffinit(L, &b);
	for (i = 0; i < 3000; i++) {
		luaL_addstring(&b, "a piece ");
		luaL_addchar(&b, 'x');
		if (i % 500 == 0) {
			lua_pushfstring(L, "%d", i);
			luaL_addvalue(&b);
		}
	}
	luaL_pushresult(&b);
	luaL_gsub(L, lua_tostring(L, -1), "piece", "word");
	return 0;
}

static int yields(lua_State *L)
{
	return lua_yield(L, lua_gettop(L));
}

static int p_coroutines(lua_State *L)
{
	int i, j;
	for (i = 0; i < 8; i++) {
		lua_State *co = lua_newthread(L);
		raise_memory(L, luaL_loadstring(L,
				"local yield = ... ; for i = 1, 5 do yield(i, {}, 'v' .. i) end return 'end'"));
		lua_xmove(L, co, 1);
		lua_pushcfunction(co, yields);
		for (j = 0; j < 6; j++) {
			int status = lua_resume(co, j == 0 ? 1 : 0);
			if (status == LUA_ERRMEM) {
				lua_xmove(co, L, 1);
				return lua_error(L);
			}
			if (status != (j < 5 ? LUA_YIELD : 0))
				die("a coroutine went astray");
			lua_settop(co, 0);
		}
		lua_pop(L, 1);
	}
	return 0;
}

static void count_hook(lua_State *L, lua_Debug *ar)
{
	lua_getinfo(L, "nSlu", ar);
	lua_pushstring(L, ar->short_src);
	lua_pop(L, 1);
}

static int p_hooks(lua_State *L)
{
	lua_Debug ar;
	raise_memory(L, luaL_loadstring(L, "local t = {} for i = 1, 20 do t[i] = function() return i end t[i]() end"));
	lua_sethook(L, count_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 3);
	{
		int status = lua_pcall(L, 0, 0, 0);
		lua_sethook(L, NULL, 0, 0);
		raise_memory(L, status);
	}
	raise_memory(L, luaL_loadstring(L, "local a\nreturn 1"));
	lua_getinfo(L, ">SL", &ar);
	return 0;
}

static int p_openlibs(lua_State *L)
{
	lua_State *M = luaL_newstate();
	(void)L;
	if (M == NULL)
		return 0;
	lua_close(M);
	luaL_openlibs(L);
	return 0;
}

static int p_register(lua_State *L)
{
	static const luaL_Reg functions[] = { { "one", add_up }, { "two", throws }, { NULL, NULL } };
	luaL_register(L, "failures.library", functions);
	lua_pushinteger(L, 1);
	luaL_openlib(L, "failures.other", functions, 1);
	luaL_newmetatable(L, "failures.meta");
	return 0;
}

/* == Programs: Lua ======================================================== */

typedef struct Script {
	const char *name;
	const char *text;
} Script;

static const Script scripts[] = {
	{ "closures", "local t = {} for i = 1, 60 do local a, b = i, {} t[i] = function(x) a = a + x b[a] = x return a, b end end "
		"for i = 1, 60 do assert(t[i](1) == i + 1) end" },
	{ "strings", "local s = '' for i = 1, 120 do s = s .. i .. ',' end local n = 0 for w in s:gmatch('%d+') do n = n + w end "
		"assert(n == 7260) s = s:rep(20):upper():reverse():lower() assert(#s:sub(3) > 100) "
		"assert(('%5d|%-8s|%q'):format(1, 'x', 'a\\nb')) assert(s:gsub('(%d)', '<%1>')) assert(s:gsub('%d', {['1'] = 'one'})) "
		"assert(s:gsub(',', function(c) return c .. c end))" },
	{ "arrays", "local t = {} for i = 1, 600 do t[i] = i end for i = 600, 300, -1 do t[i] = nil end for i = 1, 50 do table.insert(t, 1, i) end "
		"for i = 1, 30 do table.remove(t, 1) end table.sort(t, function(a, b) return a > b end) assert(table.concat(t, ' '))" },
	{ "hashes", "local t = {} for i = 1, 200 do t['k' .. i] = i t[i * 1.5] = i t[{}] = i end local n = 0 for k, v in pairs(t) do n = n + v end "
		"assert(n > 60000) for k in pairs(t) do t[k] = nil end assert(next(t) == nil)" },
	{ "constructors", "for i = 1, 20 do local t = {1, 2, 3, {x = 1, y = {i}}, [10] = 3, n = 'n', f = function() end, unpack({1, 2, 3, 4, 5, 6})} assert(#t >= 4) end" },
	{ "varargs", "local function f(...) local t = {...} return select('#', ...), #t, ... end for i = 1, 250, 25 do local t = {} for j = 1, i do t[j] = j end "
		"assert(f(unpack(t)) == i) end local function g(...) return arg.n end" },
	{ "recursion", "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end assert(f(3000) == 3000) "
		"local function g(n) if n == 0 then return 0 end return (select(2, pcall(g, n - 1))) + 1 end local ok, e = pcall(g, 50) assert(ok, e)" },
	{ "metamethods", "local mt = {} mt.__index = function(t, k) return k .. '!' end mt.__newindex = function(t, k, v) rawset(t, k, {v}) end "
		"mt.__add = function(a, b) return setmetatable({}, mt) end mt.__concat = function(a, b) return 'c' end mt.__call = function(self, ...) return ... end "
		"mt.__eq = function() return true end mt.__lt = function() return true end mt.__len = function() return 3 end mt.__unm = function(a) return a end "
		"for i = 1, 30 do local a, b = setmetatable({}, mt), setmetatable({}, mt) a.x = i assert(a.x[1] == i and b.y == 'y!') "
		"local c = a + b c = -c assert(a .. b == 'c' and a(1) == 1 and a == b and a < b) end" },
	{ "coroutines", "local function gen(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, {i}) end end) end "
		"local s = 0 for i = 1, 15 do for v in gen(i) do s = s + v end end assert(s == 680) "
		"local co = coroutine.create(function(...) local x = pcall(coroutine.yield, ...) table.sort({3, 2, 1}, function(a, b) coroutine.yield() return a < b end) error({}) end) "
		"while coroutine.resume(co, 1, 2) do end assert(coroutine.status(co) == 'dead')" },
	{ "nested coroutines", "local function deep(n) if n == 0 then return coroutine.yield('x') end return coroutine.wrap(deep)(n - 1) end "
		"local w = coroutine.wrap(deep) assert(w(12) == 'x')" },
	{ "errors", "local function check(e) if e == 'not enough memory' then error(e, 0) end return e end for i = 1, 20 do "
		"local ok, e = pcall(function() local x = nil + i end) check(e) ok, e = pcall(error, {i}) check(e) ok, e = pcall(error, 'text ' .. i, 2) check(e) "
		"ok, e = xpcall(function() local t = {} t.x.y = 1 end, debug.traceback) check(e) ok, e = pcall(string.rep) check(e) end" },
	{ "error handlers", "for i = 1, 10 do local ok, e = xpcall(function() error('a' .. i) end, function(m) return {m, debug.traceback()} end) "
		"local ok, e = xpcall(function() error('a') end, function(m) error('b' .. m) end) end" },
	{ "finalizers", "local n = 0 for i = 1, 40 do local p = newproxy(true) getmetatable(p).__gc = function() n = n + 1 local t = {n .. ''} end "
		"if i % 8 == 0 then p = nil collectgarbage() end end collectgarbage()" },
	{ "weak tables", "local k = setmetatable({}, {__mode = 'k'}) local v = setmetatable({}, {__mode = 'v'}) local both = setmetatable({}, {__mode = 'kv'}) "
		"for i = 1, 60 do k[{}] = {i} v[i] = {} both[{}] = {} v['x' .. i] = function() return i end if i % 20 == 0 then collectgarbage() end end "
		"collectgarbage() assert(next(k) == nil)" },
	{ "collector steps", "collectgarbage('setpause', 50) collectgarbage('setstepmul', 400) local t = {} for i = 1, 300 do t[i % 17] = {t[i % 13], i .. ''} "
		"if i % 5 == 0 then collectgarbage('step', 1) end end collectgarbage('stop') for i = 1, 50 do t = {t} end collectgarbage('restart') collectgarbage()" },
	{ "load", "local pieces = {'local a = ', '1 + 2 ', 'return a, ', '\"text\", ', 'function(x) return x end'} local i = 0 "
		"local function no(f, e) if not f then error(e, 0) end return f end "
		"local f = no(load(function() i = i + 1 collectgarbage('step') return pieces[i] end, 'chunk')) assert(f() == 3) "
		"local g = no(loadstring(string.dump(f))) assert(g() == 3) for n = 1, 8 do no(loadstring('return ' .. ('('):rep(n) .. '{1, \"a\", x = 2}' .. (')'):rep(n)))() end" },
	{ "environments", "for i = 1, 20 do local f = setfenv(function() y = 1 return getfenv(1) end, setmetatable({}, {__index = _G})) assert(f().y == 1) end "
		"module('failures_module', package.seeall) local x = 1 _G.package.loaded.failures_module = nil _G.failures_module = nil" },
	{ "debug", "for i = 1, 15 do local function f(a, b) local c = a return debug.getinfo(1, 'nSlufL'), debug.traceback('m'), debug.getlocal(1, 1) end local t = f(1, 2) "
		"assert(t.func == f) debug.sethook(function() local x = {} end, 'crl', 2) f() debug.sethook() debug.setupvalue(f, 1, nil) end" },
	{ "math and os", "for i = 1, 20 do assert(tostring(i / 7) and tonumber('0x1f') == 31 and tonumber('zz', 36) and os.date('%Y %x') and os.getenv('PATH')) "
		"assert(os.time{year = 2000, month = 1, day = i}) end" },
	{ "files", "local name = os.tmpname() local function no(f, e) if not f then os.remove(name) error(e, 0) end return f end "
		"for i = 1, 4 do local f = no(io.open(name, 'w')) f:write('line ', i, '\\n', ('x'):rep(3000), '\\n') f:close() "
		"for l in io.lines(name) do assert(#l > 0) end f = no(io.open(name)) assert(#f:read('*a') > 3000) f:seek('set') f:read(10, '*l', '*n') f:close() end os.remove(name)" },
	{ "goto-free control", "local s = 0 for i = 1, 20 do local j = 0 repeat j = j + 1 local f = function() return i + j end s = s + f() until j >= 5 while j > 0 do j = j - 1 if j == 2 then break end end end assert(s > 0)" },
	{ "long concat", "local parts = {} for i = 1, 100 do parts[i] = 'local v' .. i .. ' = \"s' .. i .. '\"' end parts[101] = 'return v1' for i = 2, 100 do parts[#parts + 1] = ' .. v' .. i end "
		"local f, e = loadstring(table.concat(parts, ' ')) if not f then error(e, 0) end assert(#f() > 100)" },
	{ "next while changing", "local t = {} for i = 1, 64 do t[i] = i t['s' .. i] = i end for k in next, t do t[k] = nil collectgarbage('step') end assert(next(t) == nil)" },
	{ "gsub and sort callbacks", "local t = {} for i = 1, 40 do t[i] = (i * 7919) % 101 end table.sort(t, function(a, b) local x = {a, b} return x[1] < x[2] end) "
		"local s = ('abc '):rep(30):gsub('%a+', function(w) return {w} and w .. w end) assert(#s == 210)" },
	{ "require", "package.preload.failures_m = function(n) return {n = n} end assert(require 'failures_m'.n == 'failures_m') package.loaded.failures_m = nil "
		"local ok, e = pcall(require, 'failures_not_there') if e == 'not enough memory' then error(e, 0) end" },
	{ "big", "local t = {} for i = 1, 3000 do t[i] = {i, tostring(i)} end local m = {} for i, v in ipairs(t) do m[v[2]] = v end for i = 1, 3000 do assert(m[tostring(i)][1] == i) end "
		"t, m = nil collectgarbage()" },
};

static int run_text(lua_State *L)
{
	const char *text = lua_touserdata(L, 1);
	raise_memory(L, luaL_loadbuffer(L, text, strlen(text), "=program"));
	lua_call(L, 0, 0);
	return 0;
}

static int run_file(lua_State *L)
{
	raise_memory(L, luaL_loadfile(L, lua_touserdata(L, 1)));
	lua_call(L, 0, 0);
	return 0;
}

/* == After a failure ====================================================== */

static const char sanity[] =
	"local t = {} for i = 1, 100 do t[i] = {i, 'k' .. i, function() return i end} end "
	"local s = 0 for i, v in ipairs(t) do s = s + v[3]() + #v[2] end assert(s == 5050 + 292, s) "
	"assert(select(2, pcall(error, 'x', 0)) == 'x') "
	"local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) assert(co(1) == 2 and co(5) == 10) "
	"assert(('a,b,c'):gsub(',', ';') == 'a;b;c') local f = loadstring('return ...') assert(f(7) == 7) "
	"local mt = setmetatable({}, {__index = function(_, k) return k end}) assert(mt.x == 'x') "
	"local ok, e = pcall(function() local x = nil; x.y = 1 end) assert(not ok and e:find('attempt to index local')) "
	"local weak = setmetatable({{}}, {__mode = 'v'}) collectgarbage() assert(weak[1] == nil) "
	"for k, v in pairs(_G) do assert(k ~= nil and v ~= nil) end return 'sane'";

static void check_sane(lua_State *L)
{
	if (luaL_loadstring(L, sanity) != 0 || lua_pcall(L, 0, 1, 0) != 0) {
		fprintf(stderr, "%s\n", lua_tostring(L, -1));
		die("the state does not work any more");
	}
	if (strcmp(lua_tostring(L, -1), "sane") != 0)
		die("the state gives wrong results");
	lua_settop(L, 0);
	lua_gc(L, LUA_GCCOLLECT, 0);
}

static int panics(lua_State *L)
{
	fprintf(stderr, "%s\n", lua_tostring(L, -1));
	die("panic");
	return 0;
}

static void check_empty(void)
{
	if (memory.blocks != 0 || memory.bytes != 0)
		die("something is left after lua_close");
}

/* == Driving ============================================================== */

typedef struct Program {
	const char *name;
	lua_CFunction body;
	const char *argument;   /* a text or a file's name */
	int bare;               /* without the libraries */
	int any_status;
} Program;

static struct {
	long programs, runs, refused, errors, successes;
} figures;

static long stride = 1, budget;
static int verbose;

/* One run; the requests it made. */
static long run(const Program *p, long k, int after)
{
	lua_State *L;
	int status;
	long made;
	failing_k = k;
	failing_mode = after;
	alarm(120);
	memory.refused = 0;
	arm(0, 0);
	L = lua_newstate(allocate, NULL);
	if (L == NULL)
		die("no state");
	lua_atpanic(L, panics);
	if (!p->bare)
		luaL_openlibs(L);
	lua_settop(L, 0);
	arm(k, after);
	status = lua_cpcall(L, p->body, (void *)p->argument);
	made = memory.requests;
	arm(0, 0);
	if (status == 0) {
		figures.successes++;
	} else {
		figures.errors++;
		if (!p->any_status) {
			/* What a function caught and raised again may bear a position. */
			const char *message = lua_tostring(L, -1);
			if ((status != LUA_ERRMEM && status != LUA_ERRRUN) || message == NULL
					|| strstr(message, "not enough memory") == NULL
					|| (status == LUA_ERRMEM && strcmp(message, "not enough memory") != 0)) {
				fprintf(stderr, "status %d: %s\n", status, message);
				die("neither success nor a memory error");
			}
		}
		if (memory.refused == 0 && !p->any_status)
			die("an error without a refusal");
	}
	figures.refused += memory.refused > 0;
	lua_settop(L, 0);
	if (p->bare)
		luaL_openlibs(L);
	lua_settop(L, 0);
	lua_sethook(L, NULL, 0, 0);
	if (p->any_status) {
		/* The script may have changed the libraries. */
		lua_gc(L, LUA_GCCOLLECT, 0);
	} else {
		check_sane(L);
	}
	lua_close(L);
	check_empty();
	return made;
}

static void run_all(const Program *p)
{
	int mode;
	long requests, step, k;
	program_name = p->name;
	requests = run(p, 0, 0);
	step = stride;
	if (budget > 0 && requests / step > budget)
		step = requests / budget + 1;
	for (mode = 0; mode < 2; mode++) {
		for (k = 1; k <= requests; k += step) {
			run(p, k, mode);
			figures.runs++;
		}
	}
	figures.programs++;
	if (verbose)
		fprintf(stderr, "%-28s %6ld requests, every %ld refused\n", p->name, requests, step);
}

/* lua_newstate alone: NULL, and nothing left, whichever request is refused. */
static void newstate(void)
{
	int mode, done;
	long k;
	program_name = "newstate";
	for (mode = 0; mode < 2; mode++) {
		for (k = 1, done = 0; !done; k++) {
			lua_State *L;
			failing_k = k;
			failing_mode = mode;
			memory.refused = 0;
			arm(k, mode);
			L = lua_newstate(allocate, NULL);
			done = memory.refused == 0;
			arm(0, 0);
			figures.runs++;
			figures.refused += !done;
			if (L != NULL) {
				figures.successes++;
				lua_atpanic(L, panics);
				luaL_openlibs(L);
				check_sane(L);
				lua_close(L);
			} else {
				figures.errors++;
				if (done)
					die("no state, and nothing was refused");
			}
			check_empty();
		}
	}
	figures.programs++;
}

static int open_all(lua_State *L)
{
	luaL_openlibs(L);
	return 0;
}

int main(int argc, char **argv)
{
	static const Program native[] = {
		{ "open libraries", open_all, NULL, 1, 0 },
		{ "values", p_values, NULL, 0, 0 },
		{ "stack", p_stack, NULL, 0, 0 },
		{ "tables", p_tables, NULL, 0, 0 },
		{ "calls", p_calls, NULL, 0, 0 },
		{ "userdata", p_userdata, NULL, 0, 0 },
		{ "load and dump", p_load, NULL, 0, 0 },
		{ "buffers", p_buffers, NULL, 0, 0 },
		{ "coroutines from C", p_coroutines, NULL, 0, 0 },
		{ "hooks", p_hooks, NULL, 0, 0 },
		{ "a second state", p_openlibs, NULL, 0, 0 },
		{ "register", p_register, NULL, 0, 0 },
	};
	const char *filter = "";
	size_t i;
	int option;
	while ((option = getopt(argc, argv, "s:b:f:v")) != -1) {
		switch (option) {
		case 's': stride = atol(optarg); break;
		case 'b': budget = atol(optarg); break;
		case 'f': filter = optarg; break;
		case 'v': verbose = 1; break;
		default: return 2;
		}
	}
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	signal(SIGALRM, on_signal);
	if (strstr("newstate", filter))
		newstate();
	for (i = 0; i < sizeof native / sizeof *native; i++)
		if (strstr(native[i].name, filter))
			run_all(&native[i]);
	for (i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		Program p = { scripts[i].name, run_text, scripts[i].text, 0, 0 };
		if (strstr(p.name, filter))
			run_all(&p);
	}
	for (; optind < argc; optind++) {
		Program p = { argv[optind], run_file, argv[optind], 0, 1 };
		if (strstr(p.name, filter))
			run_all(&p);
	}
	fprintf(stderr, "%ld programs, %ld runs with a failing allocator, %ld of them refused a request: "
			"%ld ended in a memory error, %ld without; all survived\n", figures.programs, figures.runs,
			figures.refused, figures.errors, figures.successes);
	return 0;
}
