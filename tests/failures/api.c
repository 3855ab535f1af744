/*
** api.c - the C API as programs for failures.c: together they call every function of symbols.txt (covered.sh
** looks). Each has to succeed, or to end in a memory error, which it may catch as long as it raises it again.
*/

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"
#include "ferrouslua.h"

#include "programs.h"

/* Of the library, though in no header. */
extern const char lua_ident[];

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

/* == The auxiliary library ================================================ */

static int checks_arguments(lua_State *L)
{
	static const char *const options[] = { "one", "two", NULL };
	size_t len;
	switch (lua_tointeger(L, lua_upvalueindex(1))) {
	case 0: return luaL_argerror(L, 1, "not this");
	case 1: return luaL_typerror(L, 1, "wonder");
	case 2: luaL_checkany(L, 9); break;
	case 3: luaL_checkinteger(L, 1); break;
	case 4: luaL_checknumber(L, 1); break;
	case 5: luaL_checklstring(L, 2, &len); break;
	case 6: luaL_checkoption(L, 1, NULL, options); break;
	case 7: luaL_checktype(L, 1, LUA_TTABLE); break;
	case 8: luaL_checkudata(L, 1, "failures.absent"); break;
	case 9: luaL_checkstack(L, 2000000, "so many"); break;
	case 10: luaL_optinteger(L, 1, 3); break;
	case 11: luaL_optnumber(L, 1, 3); break;
	case 12: luaL_optlstring(L, 2, "default", &len); break;
	default: return 0;
	}
	return luaL_error(L, "%s was let through", lua_tostring(L, 1));
}

static int p_arguments(lua_State *L)
{
	int i;
	for (i = 0; i < 13; i++) {
		int status;
		lua_pushinteger(L, i);
		lua_pushcclosure(L, checks_arguments, 1);
		lua_pushstring(L, "a text");
		lua_newtable(L);
		status = lua_pcall(L, 2, 0, 0);
		if (status == LUA_ERRMEM)
			return lua_error(L);
		if (status != LUA_ERRRUN || strstr(lua_tostring(L, -1), "let through"))
			die("a wrong argument was let through");
		lua_settop(L, 0);
	}
	lua_pushnumber(L, 12.5);
	lua_pushliteral(L, "a text");
	if (luaL_optinteger(L, 3, 7) != 7 || luaL_optnumber(L, 1, 1) != 12.5 || luaL_checkinteger(L, 1) != 12)
		die("an argument is wrong");
	if (strcmp(luaL_optlstring(L, 9, "default", NULL), "default") != 0 || strcmp(luaL_checklstring(L, 1, NULL), "12.5") != 0)
		die("a text is wrong");
	return 0;
}

static int as_text(lua_State *L)
{
	lua_pushfstring(L, "an object at level %d", lua_gettop(L));
	return 1;
}

static int is_less(lua_State *L)
{
	lua_newtable(L);
	lua_pushboolean(L, lua_rawequal(L, 1, 2) == 0);
	return 1;
}

static int p_metatables(lua_State *L)
{
	static const luaL_Reg events[] = { { "__tostring", as_text }, { "__lt", is_less }, { "__le", is_less }, { "__eq", is_less },
		{ "__index", is_less }, { "__newindex", as_text }, { "__concat", as_text }, { "__call", as_text }, { NULL, NULL } };
	int i;
	for (i = 0; i < 10; i++) {
		luaL_newmetatable(L, "failures.rich");
		luaL_setfuncs(L, events, 0);
		lua_newuserdata(L, 8);
		luaL_setmetatable(L, "failures.rich");
		lua_newuserdata(L, 8);
		lua_getmetatable(L, -2);
		lua_setmetatable(L, -2);
		if (!luaL_testudata(L, -1, "failures.rich") || luaL_testudata(L, -1, "failures.other") || !lua_isuserdata(L, -1))
			die("a metatable got lost");
		if (!luaL_callmeta(L, -1, "__tostring") || !luaL_getmetafield(L, -2, "__lt"))
			die("a metamethod got lost");
		lua_pop(L, 2);
		if (!lua_lessthan(L, -1, -2) || !lua_equal(L, -1, -2) || lua_rawequal(L, -1, -2))
			die("a comparison is wrong");
		lua_getfield(L, -1, "field");
		lua_pop(L, 1);
		lua_pushinteger(L, i);
		lua_setfield(L, -2, "field");
		lua_pushvalue(L, -1);
		lua_pushliteral(L, " and a text");
		lua_concat(L, 2);
		lua_pop(L, 1);
		lua_call(L, 0, 1);
		lua_settop(L, 0);
	}
	return 0;
}

static const char *format_all(lua_State *L, const char *format, ...)
{
	const char *text;
	va_list list;
	va_start(list, format);
	text = lua_pushvfstring(L, format, list);
	va_end(list);
	return text;
}

static int p_results(lua_State *L)
{
	int i;
	for (i = 0; i < 8; i++) {
		luaL_Buffer b;
		luaL_buffinit(L, &b);
		memset(luaL_prepbuffer(&b), 'x', LUAL_BUFFERSIZE);
		luaL_addsize(&b, LUAL_BUFFERSIZE);
		luaL_addlstring(&b, "behind the first piece", 22);
		luaL_pushresult(&b);
		if (luaL_fileresult(L, i % 2, "a/file") != (i % 2 ? 1 : 3) || luaL_execresult(L, i * 256) < 1)
			die("results are wrong");
		if (strcmp(format_all(L, "%s, %d and %f%%", "text", 7, 0.5), "text, 7 and 0.5%") != 0)
			die("a format is wrong");
		luaL_traceback(L, L, "a message", 0);
		luaL_where(L, 0);
		lua_settop(L, 0);
	}
	return 0;
}

/* == What looks inside ==================================================== */

static void look_hook(lua_State *L, lua_Debug *ar)
{
	lua_Debug caller;
	lua_getinfo(L, "nSlu", ar);
	if (lua_getstack(L, 0, &caller)) {
		lua_getinfo(L, "fL", &caller);
		lua_pop(L, 2);
		if (lua_getlocal(L, &caller, 1) != NULL)
			lua_setlocal(L, &caller, 1);
	}
}

static int p_insides(lua_State *L)
{
	static const char text[] = "local a, b = {}, ... ; local function f(x) a[#a + 1] = x .. '' return a, b end ; "
			"for i = 1, 5 do f(i) end return f, function() return b end";
	int i;
	raise_memory(L, luaL_loadbufferx(L, text, sizeof text - 1, "=insides", "t"));
	for (i = 0; i < 4; i++) {
		int status;
		lua_settop(L, 1);
		lua_sethook(L, look_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE, 0);
		if (lua_gethook(L) != look_hook || lua_gethookmask(L) != 7 || lua_gethookcount(L) != 0)
			die("a hook got lost");
		lua_pushvalue(L, 1);
		lua_pushinteger(L, i);
		status = lua_pcall(L, 1, 2, 0);
		lua_sethook(L, NULL, 0, 0);
		raise_memory(L, status);
		if (lua_getupvalue(L, 2, 1) == NULL || lua_setupvalue(L, 2, 1) == NULL || lua_upvalueid(L, 2, 2) == NULL)
			die("an upvalue got lost");
		lua_upvaluejoin(L, 2, 2, 3, 1);
		lua_getfenv(L, 2);
		if (!lua_setfenv(L, 2) || lua_iscfunction(L, 2) || lua_tocfunction(L, 2) != NULL || lua_topointer(L, 2) == NULL)
			die("a function has changed");
		if (lua_pushthread(L) != 1 || lua_tothread(L, -1) != L || lua_status(L) != 0 || lua_isyieldable(L))
			die("a thread has changed");
	}
	return 0;
}

/* What allocates nothing gives the same with a failing allocator as without. */
static int p_plain(lua_State *L)
{
	void *ud;
	int whole;
	lua_Alloc f = lua_getallocf(L, &ud);
	lua_setallocf(L, f, ud);
	lua_setlevel(L, L);
	lua_pushboolean(L, 1);
	lua_pushnumber(L, 2.5);
	lua_pushnil(L);
	lua_copy(L, 2, 3);
	lua_remove(L, 1);
	if (!lua_isnumber(L, 1) || !lua_isstring(L, 1) || !lua_toboolean(L, 1) || lua_type(L, 2) != LUA_TNUMBER
			|| strcmp(lua_typename(L, LUA_TNUMBER), "number") != 0)
		die("a value has changed");
	if (lua_tonumberx(L, 2, &whole) != 2.5 || !whole || lua_tointegerx(L, 2, &whole) != 2 || *lua_version(L) != 501
			|| lua_ident[0] == 0)
		die("a number has changed");
	luaJIT_setmode(L, 0, 0);
	lua_createtable(L, 3, 0);
	lua_pushliteral(L, "value");
	lua_rawseti(L, -2, 3);
	lua_rawgeti(L, -1, 3);
	lua_pushinteger(L, 3);
	lua_rawget(L, -3);
	if (!lua_rawequal(L, -1, -2))
		die("a field got lost");
	return 0;
}

static int p_each_library(lua_State *L)
{
	static const lua_CFunction openers[] = { luaopen_base, luaopen_table, luaopen_string, luaopen_math, luaopen_debug };
	size_t i;
	for (i = 0; i < sizeof openers / sizeof *openers; i++) {
		lua_pushcfunction(L, openers[i]);
		lua_call(L, 0, 0);
	}
	/* These want an environment of their own: lua_call gives each C function one. */
	lua_pushcfunction(L, luaopen_package);
	lua_pushliteral(L, "package");
	lua_call(L, 1, 0);
	lua_pushcfunction(L, luaopen_io);
	lua_call(L, 0, 0);
	lua_pushcfunction(L, luaopen_os);
	lua_call(L, 0, 0);
	luaL_pushmodule(L, "failures.module", 3);
	lua_pop(L, 1);
	return 0;
}

static int p_chunks(lua_State *L)
{
	static const char text[] = "return function(a) return a end, 'a text', 12.5";
	char name[] = "/tmp/failuresXXXXXX";
	size_t at = 0;
	FILE *f;
	int status, fd = mkstemp(name);
	if (fd < 0 || (f = fdopen(fd, "w")) == NULL)
		die("no file to write to");
	fputs(text, f);
	fclose(f);
	status = luaL_loadfilex(L, name, "t");
	if (status == 0)
		status = luaL_loadfile(L, name);
	remove(name);
	raise_memory(L, status);
	lua_call(L, 0, 3);
	lua_settop(L, 0);
	raise_memory(L, lua_loadx(L, read_piece, &at, "=pieces", "t"));
	at = 0;
	if (lua_loadx(L, read_piece, &at, "=pieces", "b") == LUA_ERRMEM)
		return lua_error(L);
	if (luaL_loadfile(L, "/nowhere/at/all") == LUA_ERRFILE)
		lua_pop(L, 1);
	return 0;
}

/* == Limits =============================================================== */

static int p_limits(lua_State *L)
{
	static const struct { const char *text; int limit; } runs[] = {
		{ "while true do local t = {} end", FERROUS_FUEL },
		{ "local s = '' while true do s = s .. 'x' end", FERROUS_FUEL },
		{ "while true do pcall(error, {}) end", FERROUS_FUEL },
		{ "local w = coroutine.wrap(function() while true do kept = coroutine.wrap(function() end) end end) w()", FERROUS_FUEL },
		{ "return (('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40)))", FERROUS_FUEL },
		{ "while true do local f = function() return function() end end f() end", FERROUS_DEADLINE },
		{ "while true do end", FERROUS_INTERRUPT },
	};
	size_t i;
	for (i = 0; i < sizeof runs / sizeof *runs; i++) {
		int status;
		raise_memory(L, luaL_loadstring(L, runs[i].text));
		switch (runs[i].limit) {
		case FERROUS_FUEL: ferrous_setfuel(L, 500); break;
		case FERROUS_DEADLINE: ferrous_setdeadline(L, 100000); break;
		default: ferrous_interrupt(L); break;
		}
		status = lua_pcall(L, 0, 0, 0);
		ferrous_clearinterrupt(L);
		if (status == LUA_ERRRUN && ferrous_limit(L) != runs[i].limit && ferrous_getfuel(L) != 0)
			die("another limit ended the run");
		ferrous_setfuel(L, FERROUS_UNLIMITED);
		ferrous_setdeadline(L, FERROUS_UNLIMITED);
		if (ferrous_getdeadline(L) != FERROUS_UNLIMITED)
			die("a deadline is left");
		if (status == 0)
			die("an endless run ended");
		if (status == LUA_ERRMEM || strstr(lua_tostring(L, -1), "not enough memory") != NULL)
			return lua_error(L);
		lua_settop(L, 0);
	}
	return 0;
}

static int p_sandbox(lua_State *L)
{
	int status;
	ferrous_opensandbox(L);
	if (ferrous_settextonly(L, 1) != 1 || ferrous_hideaddresses(L, 1) != 1)
		die("the sandbox is open");
	ferrous_setmemorylimit(L, ferrous_getmemory(L) + 200000);
	raise_memory(L, luaL_loadstring(L, "local names = {} for k, v in pairs(_G) do names[#names + 1] = k .. tostring(v) end table.sort(names) "
			"local keys = {} for i = 1, 30 do keys[{}] = tostring({}) end for k in pairs(keys) do keys[k] = nil end return table.concat(names)"));
	lua_call(L, 0, 1);
	lua_newtable(L);
	ferrous_setreadonly(L, -1, 1);
	raise_memory(L, luaL_loadstring(L, "local t = ... t.x = 1"));
	lua_pushvalue(L, -2);
	status = lua_pcall(L, 1, 0, 0);
	if (status == LUA_ERRMEM)
		return lua_error(L);
	if (status == 0 || !ferrous_isreadonly(L, -2))
		die("a read-only table was written to");
	raise_memory(L, luaL_loadstring(L, "local t = {} for i = 1, 1e6 do t[i] = {i} end"));
	if (lua_pcall(L, 0, 0, 0) != LUA_ERRMEM)
		die("the cap on memory does not hold");
	if (ferrous_getmemorylimit(L) == FERROUS_UNLIMITED)
		die("the cap is gone");
	ferrous_setmemorylimit(L, FERROUS_UNLIMITED);
	lua_settop(L, 0);
	return 0;
}

const Program api_programs[] = {
	{ "values", p_values, NULL, 0, 0, 0 },
	{ "stack", p_stack, NULL, 0, 0, 0 },
	{ "tables", p_tables, NULL, 0, 0, 0 },
	{ "calls", p_calls, NULL, 0, 0, 0 },
	{ "userdata", p_userdata, NULL, 0, 0, 0 },
	{ "load and dump", p_load, NULL, 0, 0, 0 },
	{ "buffers", p_buffers, NULL, 0, 0, 0 },
	{ "coroutines from C", p_coroutines, NULL, 0, 0, 0 },
	{ "hooks", p_hooks, NULL, 0, 0, 0 },
	{ "a second state", p_openlibs, NULL, 0, 0, 0 },
	{ "register", p_register, NULL, 0, 0, 0 },
	{ "arguments", p_arguments, NULL, 0, 0, 0 },
	{ "metatables", p_metatables, NULL, 0, 0, 0 },
	{ "results", p_results, NULL, 0, 0, 0 },
	{ "insides", p_insides, NULL, 0, 0, 0 },
	{ "plain", p_plain, NULL, 0, 0, 0 },
	{ "each library", p_each_library, NULL, 0, 1, 0 },
	{ "chunks", p_chunks, NULL, 0, 0, 0 },
	{ "limits", p_limits, NULL, 0, 0, 0 },
	{ "sandbox", p_sandbox, NULL, 0, 0, 0 },
	{ NULL, NULL, NULL, 0, 0, 0 },
};
