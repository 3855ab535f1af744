/* Times operations of the C API from a host.
 *
 *   capi51 [name ...]
 *
 * Prints a line "name<tab>nanoseconds" for each operation, user time a call, best of several batches.
 * An operation is a function that does it `n` times and leaves the stack as it was; loops are in C,
 * so what is measured is the library's side of the call. The library comes from the loader: run with
 * another LD_LIBRARY_PATH to measure another one.
 * Not here: comparison (run.py), what scripts do (lua.lua). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#ifdef HOST_LUAJIT
#include "luajit.h"
#endif

typedef void (*Operation)(lua_State *L, long n);

static volatile double sink;
static int anchor;

#define OPERATION(name) static void name(lua_State *L, long n)
#define TIMES for (; n > 0; n--)

static int nothing(lua_State *L) { (void)L; return 0; }

/* == Values to and from the stack == */
OPERATION(push_number) { TIMES { lua_pushnumber(L, (lua_Number)n); lua_settop(L, -2); } }
OPERATION(push_integer) { TIMES { lua_pushinteger(L, n); lua_settop(L, -2); } }
OPERATION(push_boolean_nil) { TIMES { lua_pushboolean(L, 1); lua_pushnil(L); lua_settop(L, -3); } }
OPERATION(push_string) { TIMES { lua_pushstring(L, "some string"); lua_settop(L, -2); } }
OPERATION(push_literal_long) {
  static const char text[] = "a text of more than forty characters, which is not kept for comparison";
  TIMES { lua_pushlstring(L, text, sizeof text - 1); lua_settop(L, -2); }
}
OPERATION(push_cfunction) { TIMES { lua_pushcfunction(L, nothing); lua_settop(L, -2); } }
OPERATION(push_cclosure) {
  TIMES { lua_pushnumber(L, 1); lua_pushcclosure(L, nothing, 1); lua_settop(L, -2); }
}
OPERATION(push_lightuserdata) { TIMES { lua_pushlightuserdata(L, &anchor); lua_settop(L, -2); } }
OPERATION(push_value) {
  lua_pushnumber(L, 1);
  TIMES { lua_pushvalue(L, -1); lua_settop(L, -2); }
  lua_settop(L, -2);
}
OPERATION(insert_remove) {
  lua_pushnumber(L, 1); lua_pushnumber(L, 2); lua_pushnumber(L, 3);
  TIMES { lua_insert(L, -3); lua_pushvalue(L, -1); lua_remove(L, -3); lua_replace(L, -2); lua_pushnumber(L, 3); }
  lua_settop(L, 0);
}
OPERATION(to_number) {
  lua_pushnumber(L, 3);
  TIMES { sink += lua_tonumber(L, -1); }
  lua_settop(L, -2);
}
OPERATION(to_integer) {
  lua_pushnumber(L, 3);
  TIMES { sink += (double)lua_tointeger(L, -1); }
  lua_settop(L, -2);
}
OPERATION(to_string) {
  size_t length;
  lua_pushstring(L, "text");
  TIMES { sink += lua_tolstring(L, -1, &length)[0]; }
  lua_settop(L, -2);
}
OPERATION(number_to_string) {
  TIMES { lua_pushnumber(L, (lua_Number)(n % 1000)); sink += lua_tostring(L, -1)[0]; lua_settop(L, -2); }
}
OPERATION(string_to_number) {
  lua_pushstring(L, "1234.5");
  TIMES { sink += lua_tonumber(L, -1); }
  lua_settop(L, -2);
}
OPERATION(type_is) {
  lua_pushstring(L, "text");
  TIMES { sink += lua_type(L, -1) + lua_isnumber(L, -1) + lua_isstring(L, -1); }
  lua_settop(L, -2);
}
OPERATION(equal_less) {
  lua_pushnumber(L, 1); lua_pushnumber(L, 2);
  TIMES { sink += lua_rawequal(L, -1, -2) + lua_equal(L, -1, -2) + lua_lessthan(L, -2, -1); }
  lua_settop(L, 0);
}

OPERATION(to_boolean_pointer) {
  lua_pushboolean(L, 1); lua_pushlightuserdata(L, &anchor);
  TIMES { sink += lua_toboolean(L, 1) + (lua_touserdata(L, 2) != NULL); }
  lua_settop(L, 0);
}
OPERATION(check_stack) { TIMES { sink += lua_checkstack(L, 10) + lua_gettop(L); } }

/* == Tables == */
OPERATION(get_field) {
  lua_newtable(L); lua_pushnumber(L, 1); lua_setfield(L, -2, "name");
  TIMES { lua_getfield(L, -1, "name"); lua_settop(L, -2); }
  lua_settop(L, 0);
}
OPERATION(set_field) {
  lua_newtable(L);
  TIMES { lua_pushnumber(L, 1); lua_setfield(L, -2, "name"); }
  lua_settop(L, 0);
}
OPERATION(get_global) { TIMES { lua_getglobal(L, "print"); lua_settop(L, -2); } }
OPERATION(get_field_metatable) {
  luaL_loadstring(L, "return setmetatable({}, { __index = { name = 1 } })");
  lua_call(L, 0, 1);
  TIMES { lua_getfield(L, -1, "name"); lua_settop(L, -2); }
  lua_settop(L, 0);
}
OPERATION(get_missing) {
  lua_newtable(L); lua_pushnumber(L, 1); lua_setfield(L, -2, "name");
  TIMES { lua_getfield(L, -1, "other"); sink += lua_type(L, -1); lua_settop(L, -2); }
  lua_settop(L, 0);
}
OPERATION(set_global) { TIMES { lua_pushnumber(L, 1); lua_setglobal(L, "variable"); } }
OPERATION(set_metatable) {
  lua_newtable(L); lua_newtable(L);
  TIMES { lua_pushvalue(L, -1); lua_setmetatable(L, -3); sink += lua_getmetatable(L, -2); lua_settop(L, -2); }
  lua_settop(L, 0);
}
OPERATION(raw_get_i) {
  int i;
  lua_newtable(L);
  for (i = 1; i <= 8; i++) { lua_pushnumber(L, i); lua_rawseti(L, -2, i); }
  TIMES { lua_rawgeti(L, -1, (int)(n & 7) + 1); lua_settop(L, -2); }
  lua_settop(L, 0);
}
OPERATION(raw_set_i) {
  lua_newtable(L);
  TIMES { lua_pushnumber(L, 1); lua_rawseti(L, -2, (int)(n & 7) + 1); }
  lua_settop(L, 0);
}
OPERATION(get_set_table) {
  lua_newtable(L); lua_pushstring(L, "key");
  TIMES {
    lua_pushvalue(L, -1); lua_pushnumber(L, 1); lua_settable(L, -4);
    lua_pushvalue(L, -1); lua_gettable(L, -3); lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
OPERATION(raw_get_set) {
  lua_newtable(L); lua_pushstring(L, "key");
  TIMES {
    lua_pushvalue(L, -1); lua_pushnumber(L, 1); lua_rawset(L, -4);
    lua_pushvalue(L, -1); lua_rawget(L, -3); lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
OPERATION(next_ten) {
  int i;
  lua_newtable(L);
  for (i = 1; i <= 5; i++) {
    lua_pushnumber(L, i); lua_rawseti(L, -2, i);
    lua_pushnumber(L, i + 0.5); lua_pushnumber(L, i); lua_rawset(L, -3);
  }
  TIMES {
    lua_pushnil(L);
    while (lua_next(L, -2)) lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
OPERATION(obj_len) {
  int i;
  lua_newtable(L);
  for (i = 1; i <= 100; i++) { lua_pushnumber(L, i); lua_rawseti(L, -2, i); }
  TIMES { sink += (double)lua_objlen(L, -1); }
  lua_settop(L, 0);
}
OPERATION(new_table) { TIMES { lua_createtable(L, 0, 0); lua_settop(L, -2); } }
OPERATION(new_table_sized) { TIMES { lua_createtable(L, 4, 4); lua_settop(L, -2); } }
OPERATION(new_table_filled) {
  TIMES {
    lua_createtable(L, 0, 2);
    lua_pushnumber(L, 1); lua_setfield(L, -2, "x");
    lua_pushnumber(L, 2); lua_setfield(L, -2, "y");
    lua_settop(L, -2);
  }
}

/* == Userdata == */
OPERATION(new_userdata) { TIMES { lua_newuserdata(L, 32); lua_settop(L, -2); } }
OPERATION(new_userdata_metatable) {
  luaL_newmetatable(L, "bench.kind"); lua_settop(L, 0);
  TIMES {
    lua_newuserdata(L, 32);
    lua_getfield(L, LUA_REGISTRYINDEX, "bench.kind"); lua_setmetatable(L, -2);
    lua_settop(L, -2);
  }
}
OPERATION(check_udata) {
  lua_newuserdata(L, 8);
  luaL_newmetatable(L, "bench.kind"); lua_setmetatable(L, -2);
  TIMES { sink += luaL_checkudata(L, 1, "bench.kind") != NULL; }
  lua_settop(L, 0);
}

OPERATION(get_metafield) {
  lua_newuserdata(L, 8);
  luaL_newmetatable(L, "bench.kind"); lua_pushnumber(L, 1); lua_setfield(L, -2, "field"); lua_setmetatable(L, -2);
  TIMES { sink += luaL_getmetafield(L, 1, "field"); lua_settop(L, 1); }
  lua_settop(L, 0);
}

/* == Calls == */
static int add(lua_State *L) {
  lua_pushnumber(L, lua_tonumber(L, 1) + lua_tonumber(L, 2));
  return 1;
}
OPERATION(call_c) {
  lua_pushcfunction(L, add);
  TIMES {
    lua_pushvalue(L, -1); lua_pushnumber(L, 1); lua_pushnumber(L, 2); lua_call(L, 2, 1);
    lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
static void lua_function(lua_State *L, const char *text) {
  if (luaL_loadstring(L, text) != 0) { fprintf(stderr, "%s\n", lua_tostring(L, -1)); exit(1); }
  lua_call(L, 0, 1);
}
OPERATION(call_lua) {
  lua_function(L, "return function(a, b) return a + b end");
  TIMES {
    lua_pushvalue(L, -1); lua_pushnumber(L, 1); lua_pushnumber(L, 2); lua_call(L, 2, 1);
    lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
OPERATION(lua_calls_c) {
  lua_function(L, "return function(f, n) for i = 1, n do f(i, 2) end end");
  lua_pushcfunction(L, add); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}
OPERATION(lua_calls_c_closure) {
  lua_function(L, "return function(f, n) for i = 1, n do f(i, 2) end end");
  lua_pushnumber(L, 1); lua_pushcclosure(L, add, 1); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}
static int counter(lua_State *L) {
  lua_pushnumber(L, lua_tonumber(L, lua_upvalueindex(1)) + 1);
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(1));
  return 1;
}
OPERATION(upvalue_of_c) {
  lua_function(L, "return function(f, n) for i = 1, n do f() end end");
  lua_pushnumber(L, 0); lua_pushcclosure(L, counter, 1); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}
static int method(lua_State *L) {
  sink += *(int *)luaL_checkudata(L, 1, "bench.kind") + luaL_checknumber(L, 2);
  return 0;
}
OPERATION(lua_calls_method) {
  lua_function(L, "return function(o, n) for i = 1, n do o:method(i) end end");
  *(int *)lua_newuserdata(L, sizeof(int)) = 1;
  luaL_newmetatable(L, "bench.kind");
  lua_pushvalue(L, -1); lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, method); lua_setfield(L, -2, "method");
  lua_setmetatable(L, -2);
  lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
  lua_pushnil(L); lua_setfield(L, LUA_REGISTRYINDEX, "bench.kind");
}

/* == Metamethods and callbacks that Lua code runs into == */
static void loop(lua_State *L, long n, const char *body) {
  lua_pushfstring(L, "return function(o, f, n) local p = o for i = 1, n do %s end end", body);
  lua_function(L, lua_tostring(L, -1));
  lua_remove(L, -2);
  lua_insert(L, 1);
  lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 3, 0);
}
static int one(lua_State *L) { lua_pushnumber(L, 1); return 1; }
static int first(lua_State *L) { lua_settop(L, 1); return 1; }
static int yes(lua_State *L) { lua_pushboolean(L, 1); return 1; }
static void object(lua_State *L, const char *event, lua_CFunction f, int table) {
  if (table) lua_newtable(L); else lua_newuserdata(L, sizeof(double));
  lua_newtable(L);
  lua_pushcfunction(L, f); lua_setfield(L, -2, event);
  lua_setmetatable(L, -2);
  lua_pushcfunction(L, f);
}
OPERATION(call_nothing) { object(L, "", nothing, 1); loop(L, n, "f()"); }
OPERATION(call_three_arguments) { object(L, "", one, 1); loop(L, n, "local x = f(i, i, i)"); }
OPERATION(table_index) { object(L, "__index", one, 1); loop(L, n, "local x = o.field"); }
OPERATION(table_newindex) { object(L, "__newindex", nothing, 1); loop(L, n, "o.field = i"); }
OPERATION(userdata_index) { object(L, "__index", one, 0); loop(L, n, "local x = o.field"); }
OPERATION(userdata_newindex) { object(L, "__newindex", nothing, 0); loop(L, n, "o.field = i"); }
OPERATION(userdata_call) { object(L, "__call", one, 0); loop(L, n, "local x = o(i)"); }
OPERATION(userdata_add) { object(L, "__add", one, 0); loop(L, n, "local x = o + 1"); }
OPERATION(userdata_less) { object(L, "__lt", yes, 0); loop(L, n, "local x = o < p"); }
OPERATION(userdata_len) { object(L, "__len", one, 0); loop(L, n, "local x = #o"); }
OPERATION(userdata_concat) { object(L, "__concat", first, 0); loop(L, n, "local x = o .. 'text'"); }
static int until_five(lua_State *L) {
  lua_Number i = lua_tonumber(L, 2);
  if (i >= 5) return 0;
  lua_pushnumber(L, i + 1);
  return 1;
}
OPERATION(iterator) { object(L, "", until_five, 1); loop(L, n, "for k in f, nil, 0 do end"); }
OPERATION(gsub_callback) { object(L, "", first, 1); loop(L, n, "local x = ('hello'):gsub('%a', f)"); }
static int smaller(lua_State *L) { lua_pushboolean(L, lua_lessthan(L, 1, 2)); return 1; }
OPERATION(sort_callback) { object(L, "", smaller, 1); loop(L, n, "table.sort({ 3, 1, 2 }, f)"); }
static int calls_back(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_pushnumber(L, 1);
  lua_call(L, 1, 1);
  return 1;
}
OPERATION(call_back) { object(L, "", calls_back, 1); loop(L, n, "local x = f(math.abs)"); }

OPERATION(call_by_name) {
  lua_function(L, "return function(a, b) return a + b end");
  lua_setglobal(L, "bench_function");
  TIMES {
    lua_getglobal(L, "bench_function"); lua_pushnumber(L, 1); lua_pushnumber(L, 2);
    if (lua_pcall(L, 2, 1, 0) == 0) sink += lua_tonumber(L, -1);
    lua_settop(L, 0);
  }
}
OPERATION(protected_call) {
  lua_function(L, "return function(a, b) return a + b end");
  TIMES {
    lua_pushvalue(L, -1); lua_pushnumber(L, 1); lua_pushnumber(L, 2); lua_pcall(L, 2, 1, 0);
    lua_settop(L, -2);
  }
  lua_settop(L, 0);
}
static int fails(lua_State *L) { lua_pushnumber(L, 1); return lua_error(L); }
OPERATION(protected_error) {
  TIMES { lua_pushcfunction(L, fails); lua_pcall(L, 0, 0, 0); lua_settop(L, -2); }
}
static int fails_text(lua_State *L) { return luaL_error(L, "wrong value %d", 7); }
OPERATION(protected_error_text) {
  TIMES { lua_pushcfunction(L, fails_text); lua_pcall(L, 0, 0, 0); lua_settop(L, -2); }
}
OPERATION(protected_c) { TIMES { lua_cpcall(L, nothing, NULL); } }
static int checks(lua_State *L) {
  size_t length;
  sink += luaL_checknumber(L, 1) + (double)luaL_checkinteger(L, 2) + luaL_checklstring(L, 3, &length)[0]
      + (double)luaL_optinteger(L, 4, 1);
  luaL_checktype(L, 5, LUA_TTABLE);
  return 0;
}
static int option(lua_State *L) {
  static const char *const names[] = { "first", "second", "third", NULL };
  sink += luaL_checkoption(L, 1, NULL, names);
  return 0;
}
OPERATION(check_option) {
  lua_function(L, "return function(f, n) for i = 1, n do f('third') end end");
  lua_pushcfunction(L, option); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}
OPERATION(checkers) {
  lua_function(L, "return function(f, n) local t = {} for i = 1, n do f(i, 2, 'text', nil, t) end end");
  lua_pushcfunction(L, checks); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}

/* == Strings == */
OPERATION(concat_three) {
  TIMES { lua_pushliteral(L, "one "); lua_pushliteral(L, "two "); lua_pushinteger(L, n & 7); lua_concat(L, 3); lua_settop(L, -2); }
}
OPERATION(push_fstring) { TIMES { lua_pushfstring(L, "%s: %d %f", "text", (int)(n & 15), 1.5); lua_settop(L, -2); } }
OPERATION(buffer_chars) {
  TIMES {
    luaL_Buffer b;
    int i;
    luaL_buffinit(L, &b);
    for (i = 0; i < 64; i++) luaL_addchar(&b, (char)('a' + (i & 15)));
    luaL_pushresult(&b);
    lua_settop(L, -2);
  }
}
OPERATION(buffer_pieces) {
  TIMES {
    luaL_Buffer b;
    int i;
    luaL_buffinit(L, &b);
    for (i = 0; i < 8; i++) { luaL_addstring(&b, "a piece of text, "); lua_pushinteger(L, i); luaL_addvalue(&b); }
    luaL_pushresult(&b);
    lua_settop(L, -2);
  }
}
OPERATION(gsub_text) { TIMES { luaL_gsub(L, "some ? text ? here", "?", "mark"); lua_settop(L, -2); } }

/* == References, threads, states, sources == */
OPERATION(reference) {
  lua_pushstring(L, "anchored");
  TIMES {
    lua_pushvalue(L, -1);
    luaL_unref(L, LUA_REGISTRYINDEX, luaL_ref(L, LUA_REGISTRYINDEX));
  }
  lua_settop(L, 0);
}
OPERATION(new_thread) { TIMES { lua_newthread(L); lua_settop(L, -2); } }
OPERATION(resume_yield) {
  lua_State *T = lua_newthread(L);
  lua_function(T, "return function(n) while true do coroutine.yield(n) end end");
  lua_pushnumber(T, 1);
  TIMES { lua_resume(T, lua_gettop(T) > 0 && lua_status(T) == 0 ? 1 : 0); lua_settop(T, 0); }
  lua_settop(L, 0);
}
OPERATION(thread_and_resume) {
  lua_function(L, "return function(n) return n end");
  TIMES {
    lua_State *T = lua_newthread(L);
    lua_pushvalue(L, 1); lua_pushnumber(L, 1); lua_xmove(L, T, 2);
    lua_resume(T, 1);
    lua_settop(L, 1);
  }
  lua_settop(L, 0);
}
OPERATION(new_state) { (void)L; TIMES { lua_close(luaL_newstate()); } }
OPERATION(new_state_libraries) {
  (void)L;
  TIMES { lua_State *other = luaL_newstate(); luaL_openlibs(other); lua_close(other); }
}
OPERATION(register_functions) {
  static const luaL_Reg functions[] = {
    { "one", nothing }, { "two", nothing }, { "three", nothing }, { "four", nothing }, { NULL, NULL }
  };
  TIMES { lua_newtable(L); luaL_register(L, NULL, functions); lua_settop(L, 0); }
}
OPERATION(move_values) {
  lua_State *T = lua_newthread(L);
  TIMES { lua_pushnumber(L, 1); lua_pushnumber(L, 2); lua_xmove(L, T, 2); lua_xmove(T, L, 2); lua_settop(L, 1); }
  lua_settop(L, 0);
}
OPERATION(load_small) { TIMES { luaL_loadstring(L, "local a, b = ... return a + b"); lua_settop(L, -2); } }
OPERATION(load_and_call) { TIMES { (void)luaL_dostring(L, "local t = { 1, 2, x = 3 } return t.x"); lua_settop(L, 0); } }
static int count_hooks;
static void hook(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; count_hooks++; }
static void hooked_loop(lua_State *L, long n, int mask, int count) {
  lua_function(L, "return function(n) local x = 0 for i = 1, n do x = x + i end return x end");
  lua_sethook(L, hook, mask, count);
  lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 1, 0);
  lua_sethook(L, NULL, 0, 0);
}
OPERATION(count_hook) { hooked_loop(L, n, LUA_MASKCOUNT, 1); }
OPERATION(count_hook_rare) { hooked_loop(L, n, LUA_MASKCOUNT, 1000); }
OPERATION(line_hook) { hooked_loop(L, n, LUA_MASKLINE, 0); }
OPERATION(call_hook) { hooked_loop(L, n, LUA_MASKCALL, 0); }
static int inspects(lua_State *L) {
  lua_Debug ar;
  if (lua_getstack(L, 1, &ar) && lua_getinfo(L, "nSl", &ar)) sink += ar.currentline;
  return 0;
}
OPERATION(get_info) {
  lua_function(L, "return function(f, n) for i = 1, n do f() end end");
  lua_pushcfunction(L, inspects); lua_pushnumber(L, (lua_Number)n);
  lua_call(L, 2, 0);
}

#define ENTRY(name) { #name, name }
static const struct { const char *name; Operation run; } operations[] = {
  ENTRY(push_number), ENTRY(push_integer), ENTRY(push_boolean_nil), ENTRY(push_string),
  ENTRY(push_literal_long), ENTRY(push_cfunction), ENTRY(push_cclosure), ENTRY(push_lightuserdata),
  ENTRY(push_value), ENTRY(insert_remove), ENTRY(to_number), ENTRY(to_integer), ENTRY(to_string),
  ENTRY(to_boolean_pointer), ENTRY(check_stack),
  ENTRY(number_to_string), ENTRY(string_to_number), ENTRY(type_is), ENTRY(equal_less),
  ENTRY(get_field), ENTRY(set_field), ENTRY(get_global), ENTRY(get_field_metatable), ENTRY(get_missing), ENTRY(set_global),
  ENTRY(set_metatable), ENTRY(raw_get_i),
  ENTRY(raw_set_i), ENTRY(get_set_table), ENTRY(raw_get_set), ENTRY(next_ten), ENTRY(obj_len),
  ENTRY(new_table), ENTRY(new_table_sized), ENTRY(new_table_filled), ENTRY(new_userdata),
  ENTRY(new_userdata_metatable), ENTRY(check_udata), ENTRY(get_metafield), ENTRY(call_c), ENTRY(call_lua), ENTRY(lua_calls_c),
  ENTRY(lua_calls_c_closure), ENTRY(upvalue_of_c), ENTRY(lua_calls_method), ENTRY(call_nothing), ENTRY(call_three_arguments),
  ENTRY(table_index), ENTRY(table_newindex), ENTRY(userdata_index), ENTRY(userdata_newindex), ENTRY(userdata_call),
  ENTRY(userdata_add), ENTRY(userdata_less), ENTRY(userdata_len), ENTRY(userdata_concat), ENTRY(iterator),
  ENTRY(gsub_callback), ENTRY(sort_callback), ENTRY(call_back),
  ENTRY(call_by_name), ENTRY(protected_call), ENTRY(protected_error), ENTRY(protected_error_text),
  ENTRY(protected_c), ENTRY(check_option), ENTRY(checkers), ENTRY(concat_three), ENTRY(push_fstring), ENTRY(buffer_chars),
  ENTRY(buffer_pieces), ENTRY(gsub_text), ENTRY(reference), ENTRY(new_thread), ENTRY(resume_yield),
  ENTRY(thread_and_resume), ENTRY(new_state), ENTRY(new_state_libraries), ENTRY(register_functions), ENTRY(move_values),
  ENTRY(load_small),
  ENTRY(load_and_call), ENTRY(count_hook), ENTRY(count_hook_rare), ENTRY(line_hook), ENTRY(call_hook), ENTRY(get_info),
};

static double user_seconds(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6;
}

static double batch(Operation run, long n) {
  lua_State *L = luaL_newstate();
  double begin, seconds;
  luaL_openlibs(L);
#ifdef HOST_LUAJIT
  if (getenv("JOFF") != NULL) luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
#endif
  run(L, n / 10 + 1);
  begin = user_seconds();
  run(L, n);
  seconds = user_seconds() - begin;
  if (lua_gettop(L) != 0) { fprintf(stderr, "an operation leaves values behind\n"); exit(1); }
  lua_close(L);
  return seconds;
}

/* Batches of about 20 ms; the best of five. */
static double measure(Operation run) {
  long n = 16;
  double best, seconds = batch(run, n);
  int i;
  while (seconds < 0.02 && n < 100000000) { n *= seconds < 0.002 ? 8 : 2; seconds = batch(run, n); }
  best = seconds / n;
  for (i = 0; i < 4; i++) { seconds = batch(run, n) / n; if (seconds < best) best = seconds; }
  return best * 1e9;
}

int main(int argc, char **argv) {
  size_t i;
  int a;
  for (i = 0; i < sizeof operations / sizeof operations[0]; i++) {
    int wanted = argc == 1;
    for (a = 1; a < argc; a++) wanted |= strstr(operations[i].name, argv[a]) != NULL;
    if (wanted) printf("%s\t%.2f\n", operations[i].name, measure(operations[i].run));
    fflush(stdout);
  }
  return 0;
}
