/*
** metatables.c - metatables of every type, all events with C functions as
** handlers, and the API functions that look handlers up.
*/
#include "check.h"

static void test_get_set(lua_State *L)
{
  int here = 0;
  lua_newtable(L);
  CHECK_INT(lua_getmetatable(L, 1), 0);
  CHECK_TOP(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_setmetatable(L, 1), 1);
  CHECK_TOP(L, 2);
  CHECK_INT(lua_getmetatable(L, 1), 1);
  CHECK(lua_rawequal(L, -1, 2));
  lua_pushnil(L);
  lua_setmetatable(L, 1);
  CHECK_INT(lua_getmetatable(L, 1), 0);
  lua_settop(L, 0);

  /* each full userdata has its own, all light ones share one */
  lua_newuserdata(L, 1);
  lua_newuserdata(L, 1);
  lua_newtable(L);
  lua_setmetatable(L, 1);
  CHECK_INT(lua_getmetatable(L, 1), 1);
  CHECK_INT(lua_getmetatable(L, 2), 0);
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &here);
  lua_pushlightuserdata(L, L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setmetatable(L, 1);
  CHECK_INT(lua_getmetatable(L, 2), 1);
  CHECK(lua_rawequal(L, -1, 3));
  lua_pushnil(L);
  lua_setmetatable(L, 2);
  CHECK_INT(lua_getmetatable(L, 1), 0);
  lua_settop(L, 0);
}

/* Gives the field x of the value at idx as a script finds it, -1 if it has none. */
static int field_x(lua_State *L, int idx)
{
  int x;
  lua_pushvalue(L, idx);
  lua_setglobal(L, "object");
  CHECK(luaL_dostring(L, "for i = 1, 3 do x = object.x or -1 end") == 0);
  lua_getglobal(L, "x");
  x = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return x;
}

/* A chain of classes changed by each function that stores, between looks of scripts. */
static void test_changed_chain(lua_State *L)
{
  int i;
  lua_newtable(L); /* 1: the object, 2: its class, 3: the class above */
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  lua_setfield(L, 2, "__index");
  lua_pushvalue(L, 3);
  lua_setfield(L, 3, "__index");
  lua_pushvalue(L, 3);
  lua_setmetatable(L, 2);
  lua_pushvalue(L, 2);
  lua_setmetatable(L, 1);
  CHECK_INT(field_x(L, 1), -1);
  lua_pushinteger(L, 1);
  lua_setfield(L, 3, "x");
  CHECK_INT(field_x(L, 1), 1);
  lua_pushstring(L, "x");
  lua_pushinteger(L, 2);
  lua_rawset(L, 2);
  CHECK_INT(field_x(L, 1), 2);
  lua_pushstring(L, "x");
  lua_pushnil(L);
  lua_settable(L, 2);
  CHECK_INT(field_x(L, 1), 1);
  lua_pushinteger(L, 3);
  lua_setfield(L, 2, "x");
  CHECK_INT(field_x(L, 1), 3);
  lua_pushnil(L);
  lua_setfield(L, 2, "x");
  for (i = -20; i < 20; i++) {
    lua_pushinteger(L, i);
    lua_rawseti(L, 3, i);
    CHECK_INT(field_x(L, 1), 1);
  }
  lua_pushnil(L);
  lua_setmetatable(L, 2);
  CHECK_INT(field_x(L, 1), -1);
  lua_pushvalue(L, 3);
  lua_setmetatable(L, 2);
  CHECK_INT(field_x(L, 1), 1);
  lua_createtable(L, 0, 1);
  lua_pushinteger(L, 4);
  lua_setfield(L, 4, "x");
  lua_setfield(L, 3, "__index");
  CHECK_INT(field_x(L, 1), 4);
  lua_pushstring(L, "__index");
  lua_pushnil(L);
  lua_rawset(L, 3);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(field_x(L, 1), -1);

  /* the same of a userdata */
  lua_pushvalue(L, 3);
  lua_setfield(L, 3, "__index");
  lua_newuserdata(L, 1);
  lua_pushvalue(L, 2);
  lua_setmetatable(L, -2);
  CHECK_INT(field_x(L, -1), 1);
  lua_pushinteger(L, 5);
  lua_setfield(L, 2, "x");
  CHECK_INT(field_x(L, -1), 5);
  lua_settop(L, 0);
}

/* Returns the name of the type it was called for: an __index of any type. */
static int index_handler(lua_State *L)
{
  lua_pushfstring(L, "%s.%s", luaL_typename(L, 1), lua_tostring(L, 2));
  return 1;
}

static int identity(lua_State *L) { return lua_gettop(L); }

static void test_basic_types(lua_State *L)
{
  int i;
  lua_pushnil(L);
  lua_pushboolean(L, 1);
  lua_pushnumber(L, 5);
  lua_pushcfunction(L, identity);
  lua_newthread(L);
  lua_pushlightuserdata(L, L);
  for (i = 1; i <= 6; i++) {
    char want[40];
    lua_newtable(L);
    lua_pushcfunction(L, index_handler);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, i);
    lua_getfield(L, i, "field");
    snprintf(want, sizeof want, "%s.field", luaL_typename(L, i));
    CHECK_STR(lua_tostring(L, -1), want);
    lua_pop(L, 1);
  }
  CHECK_EVAL(L, "return (7).x", "number.x");
  CHECK_EVAL(L, "return (nil).x", "nil.x");
  CHECK_EVAL(L, "return (false).x", "boolean.x");
  CHECK_EVAL(L, "return print.x", "function.x");
  for (i = 1; i <= 6; i++) { lua_pushnil(L); lua_setmetatable(L, i); }
  CHECK_EVAL(L, "return (7).x", "test:1: attempt to index a number value");
  lua_settop(L, 0);
  /* strings come with one */
  lua_pushliteral(L, "s");
  CHECK_INT(lua_getmetatable(L, 1), 1);
  lua_getfield(L, 2, "__index");
  lua_getglobal(L, "string");
  CHECK(lua_rawequal(L, -1, -2));
  lua_getfield(L, 1, "upper");
  CHECK_TYPE(L, -1, "function");
  lua_settop(L, 0);
}

/* Every arithmetic event: the handler tells its event and operands. */
static int event_handler(lua_State *L)
{
  int i;
  lua_pushvalue(L, lua_upvalueindex(1));
  for (i = 1; i <= 2; i++)
    lua_pushfstring(L, " %s", lua_isnumber(L, i) ? lua_tostring(L, i) : luaL_typename(L, i));
  lua_concat(L, 3);
  return 1;
}

static void set_handler(lua_State *L, const char *event)
{
  lua_pushstring(L, event);
  lua_pushcclosure(L, event_handler, 1);
  lua_setfield(L, -2, event);
}

static void test_events(lua_State *L)
{
  static const char *const events[] = { "__add", "__sub", "__mul", "__div", "__mod",
                                        "__pow", "__unm", "__concat" };
  size_t i;
  lua_newuserdata(L, 1);
  lua_newtable(L);
  for (i = 0; i < sizeof events / sizeof events[0]; i++) set_handler(L, events[i]);
  lua_setmetatable(L, 1);
  lua_setglobal(L, "u");
  CHECK_EVAL(L, "return u + 1", "__add userdata 1");
  CHECK_EVAL(L, "return 1 + u", "__add 1 userdata");
  CHECK_EVAL(L, "return u - 'x'", "__sub userdata string");
  CHECK_EVAL(L, "return {} * u", "__mul table userdata");
  CHECK_EVAL(L, "return u / u", "__div userdata userdata");
  CHECK_EVAL(L, "return 5 % u", "__mod 5 userdata");
  CHECK_EVAL(L, "return u ^ nil", "__pow userdata nil");
  CHECK_EVAL(L, "return -u", "__unm userdata userdata");
  CHECK_EVAL(L, "return u .. 'a' .. 'b'", "__concat userdata string");
  CHECK_EVAL(L, "return 'a' .. 'b' .. u", "a__concat string userdata");
  CHECK_EVAL(L, "return u .. 1", "__concat userdata 1");
  lua_getglobal(L, "u");
  lua_pushinteger(L, 3);
  lua_concat(L, 2);
  CHECK_STR(lua_tostring(L, -1), "__concat userdata 3");
  lua_pushliteral(L, "x");
  lua_getglobal(L, "u");
  lua_concat(L, 3);
  CHECK_TOP(L, 1);
  CHECK_STR(lua_tostring(L, -1), "__concat userdata 3__concat string userdata");
  lua_settop(L, 0);
}

static int calls_of_eq;
static int handler_eq(lua_State *L)
{ calls_of_eq++; lua_pushboolean(L, lua_objlen(L, 1) == lua_objlen(L, 2)); return 1; }
static int handler_lt(lua_State *L)
{ lua_pushboolean(L, lua_objlen(L, 1) < lua_objlen(L, 2)); return 1; }
static int handler_le(lua_State *L)
{ lua_pushboolean(L, lua_objlen(L, 1) <= lua_objlen(L, 2)); return 1; }

static void test_comparisons(lua_State *L)
{
  int i;
  for (i = 1; i <= 3; i++) lua_newuserdata(L, i == 3 ? 2 : (size_t)i);   /* sizes 1 2 2 */
  lua_newtable(L);
  lua_pushcfunction(L, handler_eq); lua_setfield(L, 4, "__eq");
  lua_pushcfunction(L, handler_lt); lua_setfield(L, 4, "__lt");
  for (i = 1; i <= 3; i++) { lua_pushvalue(L, 4); lua_setmetatable(L, i); }
  CHECK(lua_equal(L, 2, 3));
  CHECK(!lua_rawequal(L, 2, 3));
  CHECK(!lua_equal(L, 1, 2));
  CHECK_INT(calls_of_eq, 2);
  CHECK(lua_equal(L, 1, 1));           /* the same object: not asked */
  CHECK_INT(calls_of_eq, 2);
  lua_newtable(L);
  lua_pushvalue(L, 4); lua_setmetatable(L, -2);
  CHECK(!lua_equal(L, 5, 1));          /* different types: not asked */
  CHECK_INT(calls_of_eq, 2);
  lua_pop(L, 1);
  CHECK(lua_lessthan(L, 1, 2));
  CHECK(!lua_lessthan(L, 2, 1));
  CHECK(!lua_lessthan(L, 2, 3));
  lua_pushvalue(L, 1); lua_setglobal(L, "a");
  lua_pushvalue(L, 2); lua_setglobal(L, "b");
  /* without __le, a <= b is not (b < a) */
  CHECK_EVAL(L, "return a <= b", "true");
  CHECK_EVAL(L, "return b <= a", "false");
  CHECK_EVAL(L, "return b >= a", "true");
  lua_pushcfunction(L, handler_le); lua_setfield(L, 4, "__le");
  CHECK_EVAL(L, "return a <= b", "true");
  CHECK_EVAL(L, "return b <= a", "false");
  lua_settop(L, 0);
  RUN(L, "a, b = nil, nil");
}

static int less_mixed(lua_State *L)
{ lua_pushinteger(L, 1); lua_pushliteral(L, "1"); lua_lessthan(L, 1, 2); return 0; }
static int less_tables(lua_State *L)
{ lua_newtable(L); lua_newtable(L); lua_lessthan(L, 1, 2); return 0; }
static int concat_table(lua_State *L)
{ lua_pushliteral(L, "a"); lua_newtable(L); lua_concat(L, 2); return 0; }
static int concat_nil(lua_State *L)
{ lua_pushnil(L); lua_pushliteral(L, "a"); lua_concat(L, 2); return 0; }

static void test_missing(lua_State *L)
{
  CHECK_ERROR(L, check_pcall_c(L, less_mixed), LUA_ERRRUN, "attempt to compare number with string");
  CHECK_ERROR(L, check_pcall_c(L, less_tables), LUA_ERRRUN, "attempt to compare two table values");
  CHECK_ERROR(L, check_pcall_c(L, concat_table), LUA_ERRRUN, "attempt to concatenate a table value");
  CHECK_ERROR(L, check_pcall_c(L, concat_nil), LUA_ERRRUN, "attempt to concatenate a nil value");
}

static int newindex_handler(lua_State *L)
{
  CHECK_TOP(L, 3);
  lua_pushvalue(L, 2);
  lua_pushfstring(L, "%s=%s", lua_tostring(L, 2), lua_tostring(L, 3));
  lua_rawset(L, 1);                  /* t[key] = "key=value" */
  return 0;
}

static void test_index(lua_State *L)
{
  int i;
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, index_handler); lua_setfield(L, 2, "__index");
  lua_setmetatable(L, 1);
  lua_pushinteger(L, 1); lua_setfield(L, 1, "present");
  lua_getfield(L, 1, "present"); CHECK_INT(lua_tointeger(L, -1), 1);
  lua_getfield(L, 1, "absent"); CHECK_STR(lua_tostring(L, -1), "table.absent");
  lua_pushliteral(L, "also"); lua_gettable(L, 1); CHECK_STR(lua_tostring(L, -1), "table.also");
  lua_pushliteral(L, "also"); lua_rawget(L, 1); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);

  /* a chain of tables */
  lua_newtable(L);
  lua_pushliteral(L, "found"); lua_setfield(L, 1, "deep");
  for (i = 0; i < 50; i++) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, 1); lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_replace(L, 1);
  }
  lua_getfield(L, 1, "deep"); CHECK_STR(lua_tostring(L, -1), "found");
  lua_getfield(L, 1, "none"); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);

  /* __newindex as a function sees only absent keys */
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, newindex_handler); lua_setfield(L, -2, "__newindex");
  lua_setmetatable(L, 1);
  lua_pushinteger(L, 1); lua_setfield(L, 1, "k");
  lua_pushliteral(L, "k"); lua_rawget(L, 1);
  CHECK_STR(lua_tostring(L, -1), "k=1");
  lua_pop(L, 1);
  lua_pushinteger(L, 2); lua_setfield(L, 1, "k");       /* present now */
  lua_getfield(L, 1, "k"); CHECK_INT(lua_tointeger(L, -1), 2);
  lua_settop(L, 0);

  /* __newindex as a table: the write goes there */
  lua_newtable(L);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 2); lua_setfield(L, 3, "__newindex");
  lua_setmetatable(L, 1);
  lua_pushinteger(L, 8); lua_setfield(L, 1, "k");
  lua_pushliteral(L, "k"); lua_rawget(L, 1); CHECK_TYPE(L, -1, "nil");
  lua_getfield(L, 2, "k"); CHECK_INT(lua_tointeger(L, -1), 8);
  lua_settop(L, 0);
}

static int loop_get(lua_State *L)
{
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 1); lua_setfield(L, 2, "__index");
  lua_setmetatable(L, 1);
  lua_getfield(L, 1, "x");
  return 0;
}
static int loop_set(lua_State *L)
{
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 1); lua_setfield(L, 2, "__newindex");
  lua_setmetatable(L, 1);
  lua_pushnil(L);
  lua_setfield(L, 1, "x");
  return 0;
}

static int call_handler(lua_State *L)
{
  lua_pushfstring(L, "%s+%d", luaL_typename(L, 1), lua_gettop(L) - 1);
  return 1;
}

static void test_others(lua_State *L)
{
  CHECK_ERROR(L, check_pcall_c(L, loop_get), LUA_ERRRUN, "loop in gettable");
  CHECK_ERROR(L, check_pcall_c(L, loop_set), LUA_ERRRUN, "loop in settable");
  /* __call: the object becomes the first argument */
  lua_newuserdata(L, 3);
  lua_newtable(L);
  lua_pushcfunction(L, call_handler); lua_setfield(L, 2, "__call");
  lua_pushcfunction(L, call_handler); lua_setfield(L, 2, "__len");
  lua_setmetatable(L, 1);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
  CHECK_STR(lua_tostring(L, -1), "userdata+2");
  lua_pushvalue(L, 1); lua_setglobal(L, "u");
  CHECK_EVAL(L, "return u(1,2,3)", "userdata+3");
  CHECK_EVAL(L, "return (u(1,2,3))", "userdata+3");
  /* __len is asked for userdata by #, never by lua_objlen, never for tables */
  CHECK_EVAL(L, "return #u", "userdata+1");
  CHECK_INT(lua_objlen(L, 1), 3);
  CHECK_EVAL(L, "return #setmetatable({7,8}, {__len = function() return 99 end})", "2");
  /* __metatable hides from Lua, not from C */
  lua_getmetatable(L, 1);
  lua_pushliteral(L, "locked"); lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  CHECK_EVAL(L, "return getmetatable(u)", "locked");
  CHECK_INT(lua_getmetatable(L, 1), 1);
  CHECK_TYPE(L, -1, "table");
  lua_settop(L, 0);
  CHECK_EVAL(L, "return setmetatable(setmetatable({}, {__metatable = 1}), {})",
             "test:1: cannot change a protected metatable");
}

static int tostring_handler(lua_State *L) { lua_pushliteral(L, "I am it"); return 1; }

static void test_metafields(lua_State *L)
{
  lua_newuserdata(L, 1);
  CHECK_INT(luaL_getmetafield(L, 1, "__name"), 0);
  CHECK_TOP(L, 1);
  CHECK_INT(luaL_callmeta(L, 1, "__tostring"), 0);
  lua_newtable(L);
  lua_pushliteral(L, "thing"); lua_setfield(L, 2, "__name");
  lua_pushcfunction(L, tostring_handler); lua_setfield(L, 2, "__tostring");
  lua_setmetatable(L, 1);
  CHECK_INT(luaL_getmetafield(L, 1, "__name"), 1);
  CHECK_STR(lua_tostring(L, -1), "thing");
  lua_pop(L, 1);
  CHECK_INT(luaL_getmetafield(L, 1, "absent"), 0);
  CHECK_TOP(L, 1);
  CHECK_INT(luaL_callmeta(L, 1, "__tostring"), 1);
  CHECK_STR(lua_tostring(L, -1), "I am it");
  CHECK_TOP(L, 2);
  CHECK_INT(luaL_callmeta(L, -2, "__tostring"), 1);
  CHECK_STR(lua_tostring(L, -1), "I am it");
  lua_settop(L, 1);
  lua_setglobal(L, "u");
  CHECK_EVAL(L, "return tostring(u)", "I am it");
  /* a raw field of the metatable: its own metatable is not asked */
  lua_newtable(L);
  RUN(L, "mt = setmetatable({}, {__index = function() return 1 end})");
  lua_getglobal(L, "mt");
  lua_setmetatable(L, 1);
  CHECK_INT(luaL_getmetafield(L, 1, "anything"), 0);
  lua_settop(L, 0);
}

/* A handler added after the first, failed, look for it must be found. */
static void test_late_handlers(lua_State *L)
{
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, 2); lua_setmetatable(L, 1);
  lua_getfield(L, 1, "x"); CHECK_TYPE(L, -1, "nil"); lua_pop(L, 1);
  lua_pushcfunction(L, index_handler); lua_setfield(L, 2, "__index");
  lua_getfield(L, 1, "x"); CHECK_STR(lua_tostring(L, -1), "table.x"); lua_pop(L, 1);
  lua_pushnil(L); lua_setfield(L, 2, "__index");
  lua_getfield(L, 1, "x"); CHECK_TYPE(L, -1, "nil"); lua_pop(L, 1);
  lua_pushliteral(L, "__index"); lua_pushcfunction(L, index_handler); lua_rawset(L, 2);
  lua_getfield(L, 1, "x"); CHECK_STR(lua_tostring(L, -1), "table.x");
  lua_settop(L, 0);
}

/* Handlers that Lua code runs into: each does something to the stack it has. */
static int gives_nothing(lua_State *L) { lua_pushnumber(L, 1); return 0; }
static int gives_many(lua_State *L)
{
  int i;
  luaL_checkstack(L, 300, "results");
  for (i = 1; i <= 300; i++) lua_pushnumber(L, i);
  return 300;
}
static int grows(lua_State *L)
{
  luaL_checkstack(L, 5000, "growing");
  lua_settop(L, 5000);
  lua_pushliteral(L, "grown");
  return 1;
}
static int fails(lua_State *L) { return luaL_error(L, "no luck"); }
static int collects(lua_State *L)
{
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_newtable(L);
  return 1;
}
static int calls_back(lua_State *L)
{
  lua_getglobal(L, "back");
  lua_pushvalue(L, 2);
  lua_call(L, 1, 1);
  return 1;
}
static int hooked_calls;
static void counts_calls(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; hooked_calls++; }
static int sets_a_hook(lua_State *L)
{
  lua_sethook(L, counts_calls, LUA_MASKCALL | LUA_MASKRET, 0);
  lua_pushboolean(L, 1);
  return 1;
}
static int ends_the_hook(lua_State *L)
{
  lua_sethook(L, NULL, 0, 0);
  lua_pushboolean(L, 1);
  return 1;
}

/* Every event of a userdata and of a table handled by `f`, in the main thread and in a coroutine: a script
   sees the same of all four, and this. */
static void run_with(lua_State *L, lua_CFunction f, const char *expected)
{
  static const char script[] =
    "local out = {}\n"
    "local function note(f, ...)\n"
    "  local ok, r = pcall(f, ...)\n"
    "  out[#out + 1] = type(r) == 'string' and r:match('[%w ]+$') or ok and (type(r) == 'number' and r or type(r)) or 'error'\n"
    "end\n"
    "for _, o in ipairs { u, t } do\n"
    "  local p = o == u and v or s\n"
    "  local function run()\n"
    "    note(function() return o.key end) note(function() local k = 'key' return o[k] end) note(function() return o[7] end)\n"
    "    note(function() return o:method() end)\n"
    "    note(function() o.key = 1 return 'set' end) note(function() local k = 7 o[k] = 1 return 'set' end)\n"
    "    note(function() return o + 1 end) note(function() return 1 - o end) note(function() return -o end)\n"
    "    note(function() return o .. 'x' end) note(function() return o(5) end) note(function() return (o(o, 1)) end)\n"
    "    note(function() if o < p then return 'less' end return 'not' end)\n"
    "    note(function() if o <= p then return 'less' end return 'not' end)\n"
    "    note(function() if o == p then return 'equal' end return 'not' end)\n"
    "    note(function() return not (o ~= p) and 'equal' or 'not' end)\n"
    "    note(function() for k in o, 1, 2 do return type(k) end return 'none' end)\n"
    "  end\n"
    "  run() coroutine.wrap(run)()\n"
    "end\n"
    "local each = #out / 4\n"
    "for i = 1, #out do if out[i] ~= out[(i - 1) % each + 1] then return 'differs at ' .. i .. ': ' .. out[i] end end\n"
    "return table.concat(out, ' ', 1, each)";
  static const char *const events[] = {
    "__index", "__newindex", "__add", "__sub", "__unm", "__concat", "__call", "__lt", "__le", "__eq", NULL };
  int i;
  lua_newtable(L);
  for (i = 0; events[i] != NULL; i++) {
    lua_pushcfunction(L, f);
    lua_setfield(L, -2, events[i]);
  }
  for (i = 0; i < 2; i++) {
    lua_newuserdata(L, 8);
    lua_pushvalue(L, 1);
    lua_setmetatable(L, -2);
    lua_setglobal(L, i ? "u" : "v");
    lua_newtable(L);
    lua_pushvalue(L, 1);
    lua_setmetatable(L, -2);
    lua_setglobal(L, i ? "t" : "s");
  }
  if (luaL_dostring(L, "function back(x) return {x} end") != 0 || luaL_dostring(L, script) != 0)
    printf("%s\n", lua_tostring(L, -1));
  CHECK_STR(lua_tostring(L, -1), expected);
  lua_settop(L, 0);
}

static void test_scripts(lua_State *L)
{
  run_with(L, gives_nothing,
    "nil nil nil error set set nil nil nil nil nil nil not not not not none");
  run_with(L, gives_many,
    "1 1 1 error set set 1 1 1 1 1 1 less less equal equal number");
  run_with(L, grows,
    "grown grown grown error set set grown grown grown grown grown grown less less equal equal string");
  run_with(L, fails,
    " no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck  no luck");
  run_with(L, collects,
    "table table table error set set table table table table table table less less equal equal table");
  run_with(L, calls_back,
    "table table table error set set table table table table table table less less equal equal table");
  run_with(L, sets_a_hook,
    "boolean boolean boolean error set set boolean boolean boolean boolean boolean boolean less less equal equal boolean");
  CHECK(hooked_calls > 0);
  run_with(L, ends_the_hook,
    "boolean boolean boolean error set set boolean boolean boolean boolean boolean boolean less less equal equal boolean");
  CHECK(lua_gethook(L) == NULL);
}

int main(void)
{
  lua_State *L = check_open();
  test_get_set(L);
  test_changed_chain(L);
  test_basic_types(L);
  test_events(L);
  test_comparisons(L);
  test_missing(L);
  test_index(L);
  test_others(L);
  test_metafields(L);
  test_late_handlers(L);
  test_scripts(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("metatables");
}
