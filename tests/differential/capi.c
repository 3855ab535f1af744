/*
** capi.c - random sequences of C API calls, told step by step: what each call
** gave, then the whole stack. Linked to the name liblua5.1.so.0 and run with
** both libraries; compare.lua compares the texts.
**
**   capi RESULTS SEED COUNT [STEPS]
**
** Each case is a State of its own: a main thread, a few coroutines, values of
** every type, metatables, environments, hooks, loaded text and chunks. What
** may raise an error runs inside lua_pcall or lua_cpcall.
** Not here: addresses, garbage counts, what the reference leaves undefined
** (calls on a wrong type or outside the stack), the order of keys that are
** addresses (no step makes such a key), and that of keys some of which were
** removed before a collection came (it is told where the collector only runs
** when asked to); yields through pcall, which only ours can do.
*/

#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

/* == Random numbers and the tale ========================================== */

static uint64_t state;

static unsigned random_below(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % n;
}

static char *tale;
static size_t told, room;

static void tell(const char *format, ...)
{
	va_list list;
	int n;
	if (room - told < 4096)
		tale = realloc(tale, room = room * 2 + 8192);
	va_start(list, format);
	n = vsnprintf(tale + told, room - told, format, list);
	va_end(list);
	told += (size_t)n < room - told ? (size_t)n : room - told - 1;
}

static void tell_bytes(const char *s, size_t length)
{
	size_t i, most = length < 48 ? length : 48;
	uint64_t sum = UINT64_C(14695981039346656037);
	/* Messages may hold an address. */
	const char *address = strstr(s, "0x");
	if (address != NULL && (size_t)(address - s) < length && length > 12)
		most = length = (size_t)(address - s);
	for (i = 0; i < length; i++)
		sum = (sum ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	tell("%lu:", (unsigned long)length);
	for (i = 0; i < most; i++)
		tell(s[i] >= 32 && s[i] < 127 ? "%c" : "\\%03d", (unsigned char)s[i]);
	if (most < length)
		tell("~%08lx", (unsigned long)(sum & 0xffffffff));
}

/* A value without changing it: numbers are not turned into text in place. */
static void tell_value(lua_State *L, int i)
{
	size_t length;
	const char *s;
	switch (lua_type(L, i)) {
	case LUA_TNONE: tell("none"); break;
	case LUA_TNIL: tell("nil"); break;
	case LUA_TBOOLEAN: tell(lua_toboolean(L, i) ? "true" : "false"); break;
	case LUA_TNUMBER: tell("%.17g", lua_tonumber(L, i)); break;
	case LUA_TSTRING: s = lua_tolstring(L, i, &length); tell_bytes(s, length); break;
	case LUA_TLIGHTUSERDATA: tell("light%lx", (unsigned long)(size_t)lua_touserdata(L, i)); break;
	case LUA_TTABLE: tell("table%lu", (unsigned long)lua_objlen(L, i)); break;
	case LUA_TUSERDATA: tell("userdata%lu", (unsigned long)lua_objlen(L, i)); break;
	case LUA_TFUNCTION: tell(lua_iscfunction(L, i) ? "C" : "Lua"); break;
	case LUA_TTHREAD: tell("thread%d", lua_status(lua_tothread(L, i))); break;
	default: tell("?"); break;
	}
}

static void tell_stack(lua_State *L)
{
	int i, top = lua_gettop(L);
	for (i = 1; i <= top; i++) {
		tell(" ");
		tell_value(L, i);
	}
	tell("\n");
}

/* == Values =============================================================== */

static const char *const words[] = { "a", "b", "key", "name", "x1", "x2", "10", "-3.5", "0x1F", "", "longer text here",
	"n", "__index", "__newindex", "__call", "__eq", "1e1", " 7 ", "nan", "function" };
enum { WORDS = sizeof words / sizeof *words };
static const double numbers[] = { 0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 100, -1, -2, 0.5, -0.5, 1e10, 1e300, -1e300,
	2147483647.0, 2147483648.0, -2147483648.0, -2147483649.0, 4294967296.0, 9007199254740991.0, 9007199254740993.0,
	9223372036854775808.0, 1e15, 1e16, 1e-7, 123456.789, 1e308 * 10, -1e308 * 10, -0.0, 4.9e-324 };
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static const char *word(void) { return words[random_below(WORDS)]; }
static double number(void) { return numbers[random_below(NUMBERS)]; }

static const char *const sources[] = {
	"return ...", "local a, b = ... return b, a", "return 1 +", "x = = 2", "local t = {...} return #t, t[1]",
	"local a = ... return function(b) a = a or b return a, b end", "error('made')", "error({})", "error()", "return nothing.field",
	"local n = 0 for i = 1, 10 do n = n + i end return n", "return (...) .. 'x'", "return ... + 1", "for i = 1, 'x' do end",
	"return coroutine.yield(...)", "local a = ... for i = 1, 3 do a = coroutine.yield(i, a) end return 'over', a",
	"return pcall(error, ...)", "return select('#', ...), ...", "return type(...)", "a = ... return a", "return a, b, key",
	"local function f(n) if n == 0 then return 'bottom' end return f(n - 1) end return f(20)", "return string.rep('ab', 30), ('x'):byte()",
	"local t = setmetatable({}, {__index = function(t, k) return k end}) return t.one, t[2]", "return getfenv(1) == _G", "\27Lua",
	"return debug.traceback('trace')", "local co = coroutine.create(function(...) local a = coroutine.yield(...) error(a) end) return coroutine.resume(co, 1, 2)",
	"return unpack({1, 2, 3, nil, 5}, 1, 5)", "return tostring(...), tonumber(...)", "goto x", "return '\\300'", "x = 'unfinished", "return [[long\nstring]]",
	"local a <const> = 1", "return {1, 2, x = 3}", "do local a, b, c = 1, 2, 3 end return arg", "return -...", "return #..."
};
enum { SOURCES = sizeof sources / sizeof *sources };

static int c_all(lua_State *L) { return lua_gettop(L); }
static int c_count(lua_State *L)
{
	lua_pushnumber(L, lua_tonumber(L, lua_upvalueindex(1)) + 1);
	lua_pushvalue(L, -1);
	lua_replace(L, lua_upvalueindex(1));
	lua_pushboolean(L, lua_isnone(L, lua_upvalueindex(3)));
	return 2;
}
static int c_yield(lua_State *L) { return lua_yield(L, lua_gettop(L)); }
static int c_error(lua_State *L)
{
	lua_settop(L, 1);
	return lua_error(L);
}
static int c_text_error(lua_State *L) { return luaL_error(L, "%s at %d of %f%%", luaL_typename(L, 1), lua_gettop(L), 2.5); }
static int c_environment(lua_State *L)
{
	lua_pushvalue(L, LUA_ENVIRONINDEX);
	lua_getfield(L, LUA_ENVIRONINDEX, "a");
	lua_pushboolean(L, lua_rawequal(L, -2, LUA_GLOBALSINDEX));
	return 2;
}
static int c_recurse(lua_State *L)
{
	int n = (int)lua_tointeger(L, 1);
	if (n <= 0 || n > 30)
		return luaL_error(L, "bottom");
	lua_pushcfunction(L, c_recurse);
	lua_pushinteger(L, n - 1);
	lua_call(L, 1, LUA_MULTRET);
	return lua_gettop(L);
}

/* Arguments checked by what the auxiliary library has for it: messages. */
static int c_check(lua_State *L)
{
	static const char *const options[] = { "a", "key", "10", "", NULL };
	unsigned seed = (unsigned)lua_tointeger(L, lua_upvalueindex(1));
	int i = 1 + (int)(seed / 16 % 4);
	size_t length = 0;
	lua_settop(L, (int)(seed / 64 % 5));
	switch (seed % 16) {
	case 0: lua_pushnumber(L, luaL_checknumber(L, i)); return 1;
	case 1: lua_pushinteger(L, luaL_checkinteger(L, i)); return 1;
	case 2: lua_pushstring(L, luaL_checklstring(L, i, &length)); lua_pushinteger(L, (lua_Integer)length); return 2;
	case 3: lua_pushnumber(L, luaL_optnumber(L, i, 42)); return 1;
	case 4: lua_pushinteger(L, luaL_optinteger(L, i, -7)); return 1;
	case 5: lua_pushstring(L, luaL_optlstring(L, i, "default", &length)); lua_pushinteger(L, (lua_Integer)length); return 2;
	case 6: lua_pushinteger(L, luaL_checkoption(L, i, NULL, options)); return 1;
	case 7: lua_pushinteger(L, luaL_checkoption(L, i, "key", options)); return 1;
	case 8: luaL_checktype(L, i, (int)(seed / 512 % 9)); return 0;
	case 9: luaL_checkany(L, i); return 0;
	case 10: luaL_checkudata(L, i, "capi.class"); return 0;
	case 11: return luaL_argerror(L, i, "made up");
	case 12: return luaL_typerror(L, i, "wonder");
	case 13: luaL_argcheck(L, lua_toboolean(L, i), i, "must be true"); return 0;
	case 14: lua_pushboolean(L, luaL_callmeta(L, i, "__index")); return lua_gettop(L);
	default: lua_pushinteger(L, luaL_getmetafield(L, i, "__index")); return 1;
	}
}

static void push_value(lua_State *L, int depth)
{
	int i, n;
	switch (random_below(22)) {
	case 0: lua_pushnil(L); break;
	case 1: lua_pushboolean(L, (int)random_below(2)); break;
	case 2: case 3: lua_pushnumber(L, number()); break;
	case 4: lua_pushinteger(L, (lua_Integer)random_below(20)); break;
	case 5: case 6: lua_pushstring(L, word()); break;
	case 7: lua_pushlstring(L, "em\0bedded\0", random_below(11)); break;
	case 8: lua_pushfstring(L, "%s|%d|%f|%c|%%|%s", word(), (int)random_below(1000) - 500, (LUAI_UACNUMBER)number(), 'A' + (int)random_below(26), NULL); break;
	case 9: lua_pushlightuserdata(L, (void *)(size_t)random_below(5)); break;
	case 10: case 11: case 12:
		lua_createtable(L, (int)random_below(6), (int)random_below(6));
		n = depth > 2 ? 0 : (int)random_below(8);
		for (i = 1; i <= n; i++) {
			push_value(L, depth + 1);
			if (random_below(2))
				lua_rawseti(L, -2, i);
			else
				lua_setfield(L, -2, word());
		}
		break;
	case 13: memset(lua_newuserdata(L, random_below(40)), 0, 0); break;
	case 14: lua_pushcfunction(L, c_all); break;
	case 15: lua_pushinteger(L, 5); lua_pushstring(L, "second"); lua_pushcclosure(L, c_count, 2); break;
	case 16: lua_pushcfunction(L, c_yield); break;
	case 17: lua_pushcfunction(L, random_below(2) ? c_error : c_text_error); break;
	case 18: lua_pushcfunction(L, random_below(2) ? c_environment : c_recurse); break;
	case 19: lua_pushinteger(L, (lua_Integer)random_below(4096)); lua_pushcclosure(L, c_check, 1); break;
	default:
		if (luaL_loadstring(L, sources[random_below(SOURCES)]) != 0)
			lua_settop(L, lua_gettop(L));
		break;
	}
}

/* Replaces the key at the index by a text if its place follows from an address. */
static void make_plain(lua_State *L, int i)
{
	if (!lua_isnone(L, i) && !lua_isnil(L, i) && !lua_isboolean(L, i) && lua_type(L, i) != LUA_TNUMBER && !lua_isstring(L, i)) {
		lua_pushstring(L, luaL_typename(L, i));
		lua_replace(L, i);
	}
}

static int collects;     /* this case: the collector runs by itself */

/* == Protected steps ====================================================== */

typedef struct Piece { const char *text; size_t length, at; } Piece;

static const char *read_pieces(lua_State *L, void *ud, size_t *size)
{
	Piece *p = ud;
	(void)L;
	*size = p->length - p->at < 5 ? p->length - p->at : 5;
	p->at += *size;
	return *size == 0 ? NULL : p->text + p->at - *size;
}

static int add_piece(lua_State *L, const void *bytes, size_t size, void *ud)
{
	(void)L;
	luaL_addlstring(ud, bytes, size);
	return 0;
}

/* Values 1 to 3 and a number for the choice, in upvalues: the step may leave any results. */
static int protected_step(lua_State *L)
{
	unsigned op = (unsigned)lua_tointeger(L, lua_upvalueindex(1));
	const char *text = words[op / 32 % WORDS];
	luaL_Buffer b;
	int i;
	switch (op % 32) {
	case 0: lua_pushvalue(L, 2); lua_gettable(L, 1); return 1;
	case 1: make_plain(L, 2); lua_pushvalue(L, 2); lua_pushvalue(L, 3); lua_settable(L, 1); return 0;
	case 2: lua_getfield(L, 1, text); return 1;
	case 3: lua_pushvalue(L, 2); lua_setfield(L, 1, text); return 0;
	case 4: luaL_checktype(L, 1, LUA_TTABLE); make_plain(L, 2); lua_pushvalue(L, 2); lua_pushvalue(L, 3); lua_rawset(L, 1); return 0;
	case 5: luaL_checktype(L, 1, LUA_TTABLE); lua_pushvalue(L, 2); i = lua_next(L, 1) * 2; return collects ? 0 : i;
	case 6: lua_concat(L, 3); return 1;
	case 7: lua_concat(L, 2); return 1;
	case 8: lua_concat(L, 0); lua_concat(L, 1); return 1;
	case 9: lua_pushboolean(L, lua_lessthan(L, 1, 2)); return 1;
	case 10: lua_pushboolean(L, lua_equal(L, 1, 2)); return 1;
	case 11: lua_pushvalue(L, 1); lua_insert(L, 1); lua_settop(L, 3); lua_call(L, 2, LUA_MULTRET); return lua_gettop(L);
	case 12: lua_pushvalue(L, 1); lua_pushvalue(L, 2); lua_call(L, 1, (int)(op / 32 % 5)); return (int)(op / 32 % 5);
	case 13: lua_getglobal(L, text); lua_setglobal(L, "key"); lua_getglobal(L, "key"); return 1;
	case 14: lua_pushvalue(L, 1); return lua_error(L);
	case 15: luaL_where(L, (int)(op / 32 % 4)); return 1;
	case 16: luaL_gsub(L, luaL_checkstring(L, 1), text[0] ? text : "z", "<>"); return 1;
	case 17:
		luaL_checktype(L, 1, LUA_TTABLE);
		lua_pushstring(L, luaL_findtable(L, 1, op / 32 % 2 ? "a.b.c" : "key", 3));
		return 2;
	case 18:
		luaL_buffinit(L, &b);
		for (i = 0; i < (int)(op / 32 % 400); i++) {
			luaL_addstring(&b, text);
			luaL_addchar(&b, (char)('a' + i % 26));
			if (i % 7 == 0) {
				lua_pushvalue(L, 1);
				if (lua_isstring(L, -1))
					luaL_addvalue(&b);
				else
					lua_pop(L, 1);
			}
		}
		luaL_pushresult(&b);
		return 1;
	case 19: case 20: {
		Piece p = { NULL, 0, 0 };
		luaL_checktype(L, 1, LUA_TFUNCTION);
		lua_pushvalue(L, 1);
		luaL_buffinit(L, &b);
		if (lua_iscfunction(L, 1)) {
			lua_pushinteger(L, lua_dump(L, add_piece, &b));
			return 1;
		}
		lua_settop(L, 1);
		lua_dump(L, add_piece, &b);
		luaL_pushresult(&b);
		p.text = lua_tolstring(L, -1, &p.length);
		lua_pushinteger(L, lua_load(L, read_pieces, &p, "=again"));
		return 3;
	}
	case 21: {
		static const luaL_Reg functions[] = { { "all", c_all }, { "error", c_error }, { NULL, NULL } };
		luaL_register(L, op / 32 % 2 ? "capi.library" : text[0] ? text : "q", functions);
		return 1;
	}
	case 22: lua_pushinteger(L, luaL_newmetatable(L, "capi.class")); return 2;
	case 23:
		lua_pushvalue(L, 1);
		if (!lua_isuserdata(L, -1) || lua_islightuserdata(L, -1))
			return 0;
		luaL_getmetatable(L, "capi.class");
		lua_setmetatable(L, -2);
		luaL_checkudata(L, -1, "capi.class");
		return 1;
	case 24: {
		lua_Debug ar;
		memset(&ar, 0, sizeof ar);
		luaL_checktype(L, 1, LUA_TFUNCTION);
		lua_pushvalue(L, 1);
		lua_pushinteger(L, lua_getinfo(L, ">nSlu", &ar));
		lua_pushfstring(L, "%s %s %s %s %d %d %d %d", ar.name ? ar.name : "(none)", ar.namewhat, ar.what, ar.short_src,
				ar.currentline, ar.linedefined, ar.lastlinedefined, ar.nups);
		return 2;
	}
	case 25: {
		lua_Debug ar;
		for (i = 0; lua_getstack(L, i, &ar); i++) {
			lua_getinfo(L, "nSl", &ar);
			lua_pushfstring(L, "%s %s %s %d", ar.name ? ar.name : "(none)", ar.namewhat, ar.what, ar.currentline);
			if (i == 10)
				break;
		}
		return i;
	}
	case 26: luaL_checkstack(L, (int)(op / 32 % 10000), "that many"); return 0;
	case 27: lua_pushinteger(L, lua_pcall(L, 2, LUA_MULTRET, 0)); return lua_gettop(L);
	case 28: lua_pushinteger(L, lua_pcall(L, 1, 1, 1)); return lua_gettop(L);
	case 29: lua_pushinteger(L, lua_cpcall(L, c_text_error, NULL)); return 2;
	case 30: lua_pushinteger(L, luaL_dostring(L, sources[op / 32 % SOURCES])); return lua_gettop(L);
	default: lua_pushvalue(L, LUA_REGISTRYINDEX); lua_pushboolean(L, lua_rawequal(L, -1, LUA_REGISTRYINDEX)); return 1;
	}
}

/* More of them: traversals that assign, variables of running functions, handlers that fail, threads inside. */
static int other_step(lua_State *L)
{
	unsigned op = (unsigned)lua_tointeger(L, lua_upvalueindex(1));
	const char *text = word();
	lua_Debug ar;
	int i, n = 0;
	lua_settop(L, 3);
	switch (op % 14) {
	case 0:
		luaL_checktype(L, 1, LUA_TTABLE);
		for (lua_pushnil(L); lua_next(L, 1) && n < 50; n++) {
			lua_pushvalue(L, -2);
			if (op / 14 % 3 == 0)
				lua_pushnil(L);
			else
				lua_pushinteger(L, n);
			lua_rawset(L, 1);
			lua_pop(L, 1);
		}
		lua_settop(L, 1);
		lua_pushinteger(L, n);
		return collects ? 0 : 1;
	case 1:
		/* The variables of all functions of Lua that run, of which one gets another value. */
		for (i = 0; lua_getstack(L, i, &ar); i++) {
			const char *name;
			int k;
			lua_getinfo(L, "S", &ar);
			if (*ar.what == 'C')
				continue;
			for (k = 1; k < 8 && (name = lua_getlocal(L, &ar, k)) != NULL && name[0] != '('; k++) {
				lua_pop(L, 1);
				lua_pushstring(L, name);
				luaL_checkstack(L, 4, NULL);
				n++;
			}
			if (k > 1 && op / 14 % 2) {
				lua_pushliteral(L, "set by the host");
				lua_pushstring(L, lua_setlocal(L, &ar, 1 + (int)(op / 28 % (unsigned)(k - 1))));
				n++;
			}
		}
		return n;
	case 2:
		luaL_checktype(L, 1, LUA_TFUNCTION);
		lua_pushvalue(L, 1);
		lua_getinfo(L, ">fL", &ar);
		lua_pushboolean(L, lua_rawequal(L, -2, 1));
		if (lua_istable(L, -2))
			for (lua_pushnil(L); lua_next(L, -3); lua_pop(L, 1))
				n = n * 31 % 100003 + (int)lua_tointeger(L, -2);
		lua_pushinteger(L, n);
		return 2;
	case 3: lua_pushinteger(L, luaL_loadfile(L, text[0] ? text : "no/such/file")); return 2;
	case 4:
		lua_pushinteger(L, lua_gc(L, LUA_GCSETPAUSE, (int)(op / 14 % 50) + 150));
		lua_pushinteger(L, lua_gc(L, LUA_GCSETSTEPMUL, (int)(op / 14 % 70) + 150));
		lua_pushboolean(L, lua_gc(L, LUA_GCCOUNT, 0) > 0 && lua_gc(L, LUA_GCCOUNTB, 0) < 1024);
		lua_pushinteger(L, lua_gc(L, 99, 0));
		return 4;
	case 5: lua_pushboolean(L, luaL_callmeta(L, 1, text[0] == '_' ? text : "__tostring")); return lua_gettop(L) - 3;
	case 6:
		luaL_checktype(L, 1, LUA_TFUNCTION);
		for (i = 0; i < 5; i++) {
			const char *name = lua_getupvalue(L, 1, i);
			lua_pushstring(L, name);
			n += name ? 2 : 1;
		}
		lua_pushvalue(L, 2);
		lua_pushstring(L, lua_setupvalue(L, 1, 1 + (int)(op / 14 % 4)));
		return n + 1;
	case 7:
		/* A handler of the case's own making: a function that fails, one that is none. */
		lua_pushvalue(L, 2);
		lua_pushcfunction(L, op / 14 % 2 ? c_error : c_text_error);
		lua_pushvalue(L, 1);
		n = lua_pcall(L, 1, LUA_MULTRET, 4);
		lua_pushinteger(L, n);
		return lua_gettop(L) - 4;
	case 8:
		for (i = 0; i < 4; i++)
			lua_pushvalue(L, 1 + (int)(op / 14 >> i & 1));
		lua_concat(L, 4);
		/* ... and goes on to grow, older ones kept below, some of them shown. */
		luaL_checkstack(L, 20, "growing");
		for (i = 0; i < (int)(op / 14 >> 4) % 32 && lua_isstring(L, -1) && lua_objlen(L, -1) < 3000; i++) {
			if (i % 7 == 3) {
				lua_pushinteger(L, (lua_Integer)strlen(lua_tostring(L, -1)));
				lua_insert(L, 4);
			}
			if (i % 5 == 0)
				lua_pushvalue(L, -1);
			lua_pushvalue(L, 1 + (i & 1));
			lua_concat(L, 2);
		}
		return lua_gettop(L) - 3;
	case 9: {
		/* A thread that lives for this step: begun, perhaps gone on with, its stack shown. */
		lua_State *T = lua_newthread(L);
		luaL_loadstring(T, sources[op / 14 % SOURCES]);
		if (lua_isfunction(T, -1)) {
			lua_pushvalue(L, 1);
			lua_pushvalue(L, 2);
			lua_xmove(L, T, 2);
			n = lua_resume(T, 2);
			lua_pushinteger(L, n);
			if (n == LUA_YIELD && op / 14 / SOURCES % 2 && lua_getstack(T, 1, &ar)) {
				lua_settop(T, 0);
				lua_pushinteger(L, lua_resume(T, 0));
			}
		}
		/* Where an overflow comes is not the same, and so neither is what lies there. */
		if (n == LUA_ERRRUN && lua_isstring(T, -1) && strstr(lua_tostring(T, -1), "stack overflow"))
			lua_settop(T, 0);
		i = lua_gettop(T) < 5 ? lua_gettop(T) : 5;
		lua_pushinteger(L, lua_gettop(T));
		lua_xmove(T, L, i);
		return lua_gettop(L) - 4;
	}
	case 10:
		if (lua_isuserdata(L, 1) && !lua_islightuserdata(L, 1)) {
			lua_newtable(L);
			lua_pushboolean(L, lua_setfenv(L, 1));
			lua_getfenv(L, 1);
			return 2;
		}
		lua_pushvalue(L, 1);
		lua_pushboolean(L, lua_topointer(L, 1) == lua_topointer(L, -1));
		return 1;
	case 11: lua_pushinteger(L, luaL_checkint(L, 1)); lua_pushinteger(L, luaL_optint(L, 2, 7)); lua_pushinteger(L, luaL_checklong(L, 3)); return 3;
	case 12:
		lua_pushlstring(L, text, strlen(text));
		lua_pushnumber(L, number());
		lua_pushboolean(L, lua_equal(L, 4, 5) || lua_rawequal(L, 1, 4));
		lua_pushinteger(L, (lua_Integer)lua_objlen(L, 5));
		lua_pushvalue(L, 5);
		return 3;
	default:
		/* The message handler of whoever protected this sees an error that lua_cpcall does not catch. */
		lua_pushinteger(L, lua_cpcall(L, op / 14 % 2 ? c_error : c_check, (void *)(size_t)op));
		return lua_gettop(L) - 3;
	}
}

static int events;       /* of this case: what is told has an end */

static void count_events(lua_State *L, lua_Debug *ar)
{
	const char *name;
	if (events++ > 4000)
		return;
	lua_getinfo(L, "nSl", ar);
	tell("<%d %d %s %s %s", ar->event, ar->currentline, ar->name ? ar->name : "-", ar->namewhat, ar->what);
	if (ar->event == LUA_HOOKLINE && (name = lua_getlocal(L, ar, 1)) != NULL) {
		tell(" %s", name);
		if (name[0] != '(') {
			tell("=");
			tell_value(L, -1);
		}
		lua_pop(L, 1);
	}
	tell(">");
}

/* == Steps ================================================================ */

static lua_State *threads[4];
enum { MOST = 24 };

static int index_of(lua_State *L)
{
	int top = lua_gettop(L);
	switch (random_below(12)) {
	case 0: return LUA_GLOBALSINDEX;
	case 1: return -1 - (int)random_below((unsigned)top);
	default: return 1 + (int)random_below((unsigned)top);
	}
}

static void walk(lua_State *L, int t)
{
	int n = 0, plain = 1;
	lua_pushvalue(L, t);
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
		int kind = lua_type(L, -2);
		plain = plain && (kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TBOOLEAN);
	}
	if (plain && !collects)
		for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
			if (n++ < 40) {
				tell("[");
				tell_value(L, -2);
				tell("]=");
				tell_value(L, -1);
				tell(" ");
			}
	lua_pop(L, 1);
}

static void resume(lua_State *L)
{
	unsigned which = 1 + random_below(3);
	lua_State *T = threads[which];
	int n, status;
	lua_Debug ar;
	if (T == L)
		return;
	if (lua_status(T) == LUA_YIELD || (lua_status(T) == 0 && lua_gettop(T) > 0 && lua_isfunction(T, 1))) {
		n = lua_status(T) == LUA_YIELD ? lua_gettop(T) : lua_gettop(T) - 1;
		if (n < 10) {
			push_value(T, 0);
			n++;
		}
		/* The reference crashes when the body itself is a C function that yielded. */
		if (lua_status(T) == LUA_YIELD && lua_getstack(T, 1, &ar) == 0)
			return;
		status = lua_resume(T, n);
		tell("resumed %d: ", status);
	} else {
		/* A new body for a thread that has ended or died. */
		lua_settop(L, lua_gettop(L));
		threads[which] = T = lua_newthread(L);
		lua_setfield(L, LUA_REGISTRYINDEX, which == 1 ? "t1" : which == 2 ? "t2" : "t3");
		luaL_loadstring(T, sources[14 + random_below(2)]);
		if (random_below(3) == 0)
			push_value(T, 0), lua_replace(T, 1);
		tell("made: ");
	}
	tell_stack(T);
	if (lua_gettop(T) > 1 && lua_status(T) == 0 && random_below(2)) {
		lua_xmove(T, L, 1);
	}
}

static void step(lua_State *L)
{
	int top = lua_gettop(L), a, b, i, n;
	unsigned op;
	const char *name;
	if (top > MOST)
		lua_settop(L, top = MOST / 2);
	while (top < 4) {
		push_value(L, 0);
		top++;
	}
	a = index_of(L);
	b = index_of(L);
	op = random_below(44);
	tell("%u %d %d ", op, a, b);
	switch (op) {
	default: push_value(L, 0); break;
	case 8: lua_pushvalue(L, a); break;
	case 9: lua_insert(L, 1 + (int)random_below((unsigned)top)); break;
	case 10: lua_remove(L, 1 + (int)random_below((unsigned)top)); break;
	case 11: lua_replace(L, 1 + (int)random_below((unsigned)top)); break;
	case 12: lua_settop(L, (int)random_below(MOST)); break;
	case 13: lua_settop(L, -1 - (int)random_below((unsigned)top)); break;
	case 14: tell("%d", lua_rawequal(L, a, b)); break;
	case 15:
		tell("%d%d%d%d", lua_isnumber(L, a), lua_isstring(L, a), lua_iscfunction(L, a), lua_isuserdata(L, a));
		tell(" %.17g %ld %d", lua_tonumber(L, a), (long)lua_tointeger(L, a), lua_toboolean(L, a));
		tell(" %s", luaL_typename(L, a));
		break;
	case 16: {
		size_t length = 0;
		const char *s = a < LUA_REGISTRYINDEX + 1 ? NULL : lua_tolstring(L, a, &length);
		if (s != NULL)
			tell_bytes(s, length);
		else
			tell("NULL");
		break;
	}
	case 17: tell("%lu", (unsigned long)lua_objlen(L, a)); break;
	case 18: if (lua_istable(L, a)) walk(L, a); break;
	case 19: if (lua_istable(L, a)) { lua_pushvalue(L, b); lua_rawget(L, a < 0 && a > LUA_REGISTRYINDEX ? a - 1 : a); } break;
	case 20: if (lua_istable(L, a)) lua_rawgeti(L, a, (int)random_below(12) - 1); break;
	case 21: if (lua_istable(L, a)) { lua_pushvalue(L, b); lua_rawseti(L, a < 0 && a > LUA_REGISTRYINDEX ? a - 1 : a, (int)random_below(12) - 1); } break;
	case 22: tell("%d", lua_getmetatable(L, a)); break;
	case 23:
		if (a > LUA_GLOBALSINDEX && (lua_istable(L, a) || lua_type(L, a) == LUA_TUSERDATA)) {
			lua_pushvalue(L, a);
			if (random_below(3)) {
				static const char *const events[] = { "__index", "__newindex", "__call", "__add", "__concat", "__eq", "__lt", "__le", "__len", "__unm" };
				lua_newtable(L);
				for (i = 0; i < 3; i++) {
					lua_pushvalue(L, 1 + (int)random_below((unsigned)top));
					lua_setfield(L, -2, events[random_below(10)]);
				}
			} else
				lua_pushnil(L);
			tell("%d", lua_setmetatable(L, -2));
		}
		break;
	case 24: if (a != LUA_GLOBALSINDEX) lua_getfenv(L, a); break;
	case 25:
		if (a != LUA_GLOBALSINDEX && !lua_isthread(L, a) && lua_istable(L, b) && b > 0) {
			lua_pushvalue(L, b);
			tell("%d", lua_setfenv(L, a < 0 ? a - 1 : a));
		}
		break;
	case 26:
		if (lua_isfunction(L, a)) {
			name = lua_getupvalue(L, a, n = 1 + (int)random_below(3));
			tell("%d %s", n, name ? name : "NULL");
		}
		break;
	case 27:
		if (lua_isfunction(L, a) && a > 0) {
			lua_pushvalue(L, b);
			name = lua_setupvalue(L, a, 1 + (int)random_below(2));
			tell("%s", name ? name : "NULL");
			if (name == NULL)
				lua_pop(L, 1);
		}
		break;
	case 28: {
		n = luaL_ref(L, LUA_REGISTRYINDEX);
		tell("%d ", n);
		lua_rawgeti(L, LUA_REGISTRYINDEX, n);
		if (random_below(4))
			luaL_unref(L, LUA_REGISTRYINDEX, n);
		break;
	}
	case 29: case 30: case 31:
		resume(L);
		break;
	case 32:
		if (random_below(3) == 0) {
			lua_gc(L, random_below(4) && collects ? LUA_GCSTEP : LUA_GCCOLLECT, (int)random_below(30));
			if (!collects)
				lua_gc(L, LUA_GCSTOP, 0);
		}
		break;
	case 33:
		if (random_below(4) == 0)
			lua_sethook(L, count_events, (int)random_below(16), 1 + (int)random_below(5));
		else
			lua_sethook(L, NULL, 0, 0);
		tell("%d %d", lua_gethookmask(L), lua_gethookcount(L));
		break;
	case 34:
		n = (int)random_below(SOURCES);
		tell("%d: %d", n, luaL_loadbuffer(L, sources[n], random_below(4) ? strlen(sources[n]) : random_below(6), random_below(2) ? "@file.lua" : sources[n]));
		break;
	case 35: tell("%d %d", lua_lessthan(L, 1, 300), lua_equal(L, 1, 300)); break;
	case 36:
		/* A call of what is there, with values from the top. */
		n = (int)random_below(3);
		lua_pushvalue(L, a);
		for (i = 0; i < n; i++)
			lua_pushvalue(L, 1 + (int)random_below((unsigned)top));
		i = (int)random_below(5) - 1;
		tell("pcall %d", lua_pcall(L, n, i, 0));
		break;
	case 37: case 38: case 39: case 40: case 41: case 42: {
		int status;
		unsigned choice = random_below(32 * 4000);
		int other = op == 42;
		lua_pushinteger(L, (lua_Integer)choice);
		lua_pushcclosure(L, other ? other_step : protected_step, 1);
		for (i = 0; i < 3; i++)
			lua_pushvalue(L, 1 + (int)random_below((unsigned)top));
		status = lua_pcall(L, 3, LUA_MULTRET, 0);
		tell("op %u: %d", other ? 100 + choice % 14 : choice % 32, status);
		break;
	}
	case 43: {
		int status;
		lua_pushcfunction(L, c_all);           /* as a handler: it gives the message back */
		lua_pushvalue(L, a);
		status = lua_pcall(L, 0, 1, -2);
		tell("handled %d", status);
		break;
	}
	}
	tell(" |");
	tell_stack(L);
}

/* Strings and tables that grow on and on would fill the memory. */
static void trim(lua_State *L)
{
	int i;
	for (i = 1; i <= lua_gettop(L); i++)
		if (lua_type(L, i) == LUA_TSTRING && lua_objlen(L, i) > 20000) {
			lua_pushnil(L);
			lua_replace(L, i);
		}
}

/* Not the last words of the library: those of the tale, to find the step. */
static void last_words(void)
{
	fprintf(stderr, "%.*s\n", told > 800 ? 800 : (int)told, tale + (told > 800 ? told - 800 : 0));
}

static int panics(lua_State *L)
{
	fprintf(stderr, "unprotected: %s\n", lua_tostring(L, -1));
	last_words();
	return 0;
}

static void crashes(int s)
{
	fprintf(stderr, "signal %d\n", s);
	last_words();
	_Exit(3);
}

int main(int argc, char **argv)
{
	unsigned long seed, count, steps, k, i;
	FILE *results;
	if (argc < 4 || (results = fopen(argv[1], "wb")) == NULL) {
		fprintf(stderr, "usage: capi RESULTS SEED COUNT [STEPS]\n");
		return 2;
	}
	signal(SIGSEGV, crashes);
	signal(SIGABRT, crashes);
	seed = strtoul(argv[2], NULL, 10);
	count = strtoul(argv[3], NULL, 10);
	steps = argc > 4 ? strtoul(argv[4], NULL, 10) : 150;
	for (k = 0; k < count; k++) {
		lua_State *L = luaL_newstate();
		state = (seed * 1000003 + k) * UINT64_C(0x9E3779B97F4A7C15) + 1;
		told = 0;
		events = 0;
		lua_atpanic(L, panics);
		luaL_openlibs(L);
		collects = (int)(k % 2);
		if (!collects)
			lua_gc(L, LUA_GCSTOP, 0);
		threads[0] = L;
		for (i = 1; i < 4; i++) {
			static const char *const names[] = { "", "t1", "t2", "t3" };
			threads[i] = lua_newthread(L);
			lua_setfield(L, LUA_REGISTRYINDEX, names[i]);
			luaL_loadstring(threads[i], sources[14 + i % 2]);
		}
		for (i = 0; i < steps; i++) {
			step(L);
			trim(L);
		}
		lua_close(L);
		fprintf(results, "@@ sequence %lu %lu\n", k, (unsigned long)told);
		fwrite(tale, 1, told, results);
		fputc('\n', results);
		fflush(results);
	}
	fclose(results);
	return 0;
}
