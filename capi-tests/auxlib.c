/*
** auxlib.c - the auxiliary library: checked and optional arguments with their
** messages, options, registration, luaL_gsub, luaL_findtable, luaL_where.
*/
#include "check.h"

static int take_number(lua_State *L) { lua_pushnumber(L, luaL_checknumber(L, 1) * 2); return 1; }
static int take_integer(lua_State *L) { lua_pushinteger(L, luaL_checkinteger(L, 1)); return 1; }
static int take_int(lua_State *L) { lua_pushinteger(L, luaL_checkint(L, 1)); return 1; }
static int take_long(lua_State *L) { lua_pushinteger(L, luaL_checklong(L, 1)); return 1; }
static int take_string(lua_State *L)
{
  size_t len;
  const char *s = luaL_checklstring(L, 1, &len);
  CHECK_INT(strlen(s), len);
  lua_pushstring(L, s);
  lua_pushinteger(L, (lua_Integer)len);
  return 2;
}
static int take_table(lua_State *L) { luaL_checktype(L, 1, LUA_TTABLE); return 0; }
static int take_nil(lua_State *L) { luaL_checktype(L, 2, LUA_TNIL); return 0; }
static int take_light(lua_State *L) { luaL_checktype(L, 1, LUA_TLIGHTUSERDATA); return 0; }
static int take_any(lua_State *L) { luaL_checkany(L, 1); return 0; }
static int take_positive(lua_State *L)
{ luaL_argcheck(L, lua_tonumber(L, 1) > 0, 1, "must be positive"); return 0; }
static int take_option(lua_State *L)
{
  static const char *const names[] = { "red", "green", "blue", NULL };
  lua_pushinteger(L, luaL_checkoption(L, 1, NULL, names));
  return 1;
}
static int take_default_option(lua_State *L)
{
  static const char *const names[] = { "red", "green", "blue", NULL };
  lua_pushinteger(L, luaL_checkoption(L, 1, "blue", names));
  return 1;
}
static int bad_default_option(lua_State *L)
{
  static const char *const names[] = { "red", NULL };
  lua_pushinteger(L, luaL_checkoption(L, 1, "mauve", names));
  return 1;
}
static int optional(lua_State *L)
{
  size_t len;
  lua_pushnumber(L, luaL_optnumber(L, 1, 1.25));
  lua_pushinteger(L, luaL_optinteger(L, 2, -7));
  lua_pushstring(L, luaL_optstring(L, 3, "default"));
  lua_pushinteger(L, luaL_optint(L, 4, 5) + luaL_optlong(L, 5, 100));
  CHECK(luaL_optlstring(L, 6, NULL, &len) == NULL || len > 0);
  return 4;
}
static int optional_length(lua_State *L)
{
  size_t len = 99;
  luaL_optlstring(L, 1, "four", &len);
  lua_pushinteger(L, (lua_Integer)len);
  len = 99;
  luaL_optlstring(L, 2, NULL, &len);
  lua_pushinteger(L, (lua_Integer)len);
  return 2;
}
static int argerror2(lua_State *L) { return luaL_argerror(L, 2, "my reason"); }
/* The reference shows NULL as it does for %s. */
static int argerror_null(lua_State *L) { return luaL_argerror(L, 2, NULL); }
static int typerror_null(lua_State *L) { return luaL_typerror(L, 1, NULL); }
static int checkstack_null(lua_State *L) { luaL_checkstack(L, LUAI_MAXCSTACK + 1, NULL); return 0; }
static int typerror1(lua_State *L) { return luaL_typerror(L, 1, "widget"); }

static const luaL_Reg functions[] = {
  { "number", take_number }, { "integer", take_integer }, { "int", take_int }, { "long", take_long },
  { "string", take_string }, { "table", take_table }, { "second_nil", take_nil }, { "light", take_light },
  { "any", take_any }, { "positive", take_positive },
  { "option", take_option }, { "default_option", take_default_option }, { "bad_default", bad_default_option },
  { "optional", optional }, { "optional_length", optional_length },
  { "argerror2", argerror2 }, { "typerror1", typerror1 },
  { "argerror_null", argerror_null }, { "typerror_null", typerror_null }, { "checkstack_null", checkstack_null }, { NULL, NULL }
};

static void test_checks(lua_State *L)
{
  luaL_register(L, "aux", functions);
  CHECK_TOP(L, 1);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return aux.number(2)", "4");
  CHECK_EVAL(L, "return aux.number('0x10')", "32");
  CHECK_EVAL(L, "aux.number('x')", "test:1: bad argument #1 to 'number' (number expected, got string)");
  CHECK_EVAL(L, "aux.number()", "test:1: bad argument #1 to 'number' (number expected, got no value)");
  CHECK_EVAL(L, "aux.number(nil)", "test:1: bad argument #1 to 'number' (number expected, got nil)");
  CHECK_EVAL(L, "aux.number({})", "test:1: bad argument #1 to 'number' (number expected, got table)");
  CHECK_EVAL(L, "aux.number(true)", "test:1: bad argument #1 to 'number' (number expected, got boolean)");
  CHECK_EVAL(L, "return aux.integer(3.99)", "3");
  CHECK_EVAL(L, "return aux.integer(-3.99)", "-3");
  CHECK_EVAL(L, "return aux.integer('12.5')", "12");
  CHECK_EVAL(L, "aux.integer('a')", "test:1: bad argument #1 to 'integer' (number expected, got string)");
  CHECK_EVAL(L, "return aux.int(2147483647)", "2147483647");
  CHECK_EVAL(L, "return aux.int(4294967297)", "1");
  CHECK_EVAL(L, "return aux.long(4294967296)", "4294967296");
  CHECK_EVAL(L, "return aux.string('abc')", "abc");
  CHECK_EVAL(L, "return aux.string(1.5)", "1.5");
  CHECK_EVAL(L, "return select(2, aux.string(1.5))", "3");
  CHECK_EVAL(L, "aux.string({})", "test:1: bad argument #1 to 'string' (string expected, got table)");
  CHECK_EVAL(L, "aux.string(print)", "test:1: bad argument #1 to 'string' (string expected, got function)");
  CHECK_EVAL(L, "aux.table(1)", "test:1: bad argument #1 to 'table' (table expected, got number)");
  CHECK_EVAL(L, "aux.table()", "test:1: bad argument #1 to 'table' (table expected, got no value)");
  CHECK_EVAL(L, "aux.second_nil(1, 2)", "test:1: bad argument #2 to 'second_nil' (nil expected, got number)");
  CHECK_EVAL(L, "aux.second_nil(1)", "test:1: bad argument #2 to 'second_nil' (nil expected, got no value)");
  CHECK_EVAL(L, "return aux.second_nil(1, nil)", "nil");
  CHECK_EVAL(L, "aux.light(io.stdout)", "test:1: bad argument #1 to 'light' (userdata expected, got userdata)");
  CHECK_EVAL(L, "aux.any()", "test:1: bad argument #1 to 'any' (value expected)");
  CHECK_EVAL(L, "return aux.any(nil)", "nil");
  CHECK_EVAL(L, "aux.positive(-1)", "test:1: bad argument #1 to 'positive' (must be positive)");
  CHECK_EVAL(L, "return aux.positive(1)", "nil");
  CHECK_EVAL(L, "aux.argerror2()", "test:1: bad argument #2 to 'argerror2' (my reason)");
  CHECK_EVAL(L, "aux.typerror1(1)", "test:1: bad argument #1 to 'typerror1' (widget expected, got number)");
  CHECK_EVAL(L, "aux.argerror_null()", "test:1: bad argument #2 to 'argerror_null' ((null))");
  CHECK_EVAL(L, "aux.typerror_null(1)", "test:1: bad argument #1 to 'typerror_null' ((null) expected, got number)");
  CHECK_EVAL(L, "aux.checkstack_null()", "test:1: stack overflow ((null))");
}

static void test_names_in_messages(lua_State *L)
{
  /* the function is named as it was called */
  CHECK_EVAL(L, "local f = aux.number f()", "test:1: bad argument #1 to 'f' (number expected, got no value)");
  CHECK_EVAL(L, "pcall(aux.number) local ok, m = pcall(aux.number) return m", "bad argument #1 to '?' (number expected, got no value)");
  CHECK_EVAL(L, "string.rep()", "test:1: bad argument #1 to 'rep' (string expected, got no value)");
  CHECK_EVAL(L, "('x'):rep()", "test:1: bad argument #1 to 'rep' (number expected, got no value)");
  CHECK_EVAL(L, "('x'):rep({})", "test:1: bad argument #1 to 'rep' (number expected, got table)");
  /* in a method call the object is not counted, and may itself be bad */
  CHECK_EVAL(L, "local o = {m = aux.argerror2} o:m()", "test:1: bad argument #1 to 'm' (my reason)");
  CHECK_EVAL(L, "local o = {m = aux.number} o:m()", "test:1: calling 'm' on bad self (number expected, got table)");
  CHECK_EVAL(L, "io.stdout.write({}, 1)", "test:1: bad argument #1 to 'write' (FILE* expected, got table)");
  CHECK_EVAL(L, "local o = setmetatable({}, {__index = io.stdout}) o:write(1)", "test:1: calling 'write' on bad self (FILE* expected, got table)");
  CHECK_EVAL(L, "return (function() return aux.number() end)()", "test:1: bad argument #1 to 'number' (number expected, got no value)");
}

static void test_options(lua_State *L)
{
  CHECK_EVAL(L, "return aux.option('red') .. aux.option('green') .. aux.option('blue')", "012");
  CHECK_EVAL(L, "aux.option('pink')", "test:1: bad argument #1 to 'option' (invalid option 'pink')");
  CHECK_EVAL(L, "aux.option()", "test:1: bad argument #1 to 'option' (string expected, got no value)");
  CHECK_EVAL(L, "aux.option(5)", "test:1: bad argument #1 to 'option' (invalid option '5')");
  CHECK_EVAL(L, "return aux.default_option()", "2");
  CHECK_EVAL(L, "return aux.default_option(nil)", "2");
  CHECK_EVAL(L, "return aux.default_option('green')", "1");
  CHECK_EVAL(L, "aux.default_option({})", "test:1: bad argument #1 to 'default_option' (string expected, got table)");
  CHECK_EVAL(L, "aux.bad_default()", "test:1: bad argument #1 to 'bad_default' (invalid option 'mauve')");
}

static void test_optional(lua_State *L)
{
  CHECK_EVAL(L, "return table.concat({aux.optional()}, ' ')", "1.25 -7 default 105");
  CHECK_EVAL(L, "return table.concat({aux.optional(nil, nil, nil, nil, nil)}, ' ')", "1.25 -7 default 105");
  CHECK_EVAL(L, "return table.concat({aux.optional(2, 3, 'x', 1, 2, 'y')}, ' ')", "2 3 x 3");
  CHECK_EVAL(L, "aux.optional({})", "test:1: bad argument #1 to 'optional' (number expected, got table)");
  CHECK_EVAL(L, "aux.optional(1, 'x')", "test:1: bad argument #2 to 'optional' (number expected, got string)");
  CHECK_EVAL(L, "aux.optional(1, 2, {})", "test:1: bad argument #3 to 'optional' (string expected, got table)");
  CHECK_EVAL(L, "aux.optional(false)", "test:1: bad argument #1 to 'optional' (number expected, got boolean)");
  CHECK_EVAL(L, "return table.concat({aux.optional_length()}, ' ')", "4 0");
  CHECK_EVAL(L, "return table.concat({aux.optional_length('a\\0b', 'cd')}, ' ')", "3 2");
}

static void test_gsub(lua_State *L)
{
  struct { const char *s, *p, *r, *want; } rows[] = {
    { "a.b.c", ".", "::", "a::b::c" }, { "abc", "x", "y", "abc" }, { "", "x", "y", "" },
    { "aaa", "a", "", "" }, { "aaa", "aa", "b", "ba" }, { "xax", "x", "xx", "xxaxx" },
    { "50% of %d", "%", "%%", "50%% of %%d" }, { "?;?/init", "?", "name", "name;name/init" },
    { "ababab", "abab", "x", "xab" }, { "aabaabaab", "aab", "-", "---" }, { "abc", "abcd", "x", "abc" }, { "ab", "b", "", "a" },
    { "12345678123456781234567", "12345678", "<>", "<><>1234567" }, { "a123456789a1234567890", "a12345678", "b", "b9b90" },
    { "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaa", "b", "bbaaaa" }, { "aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaa", "b", "bbaa" },
  };
  size_t i;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *got = luaL_gsub(L, rows[i].s, rows[i].p, rows[i].r);
    CHECK_STR(got, rows[i].want);
    CHECK_TOP(L, 1);
    CHECK_PTR(lua_tostring(L, -1), got);
    lua_pop(L, 1);
  }
}

static void test_findtable(lua_State *L)
{
  CHECK(luaL_findtable(L, LUA_GLOBALSINDEX, "one.two.three", 1) == NULL);
  CHECK_TOP(L, 1);
  lua_pushinteger(L, 3); lua_setfield(L, -2, "k");
  lua_settop(L, 0);
  CHECK_EVAL(L, "return one.two.three.k", "3");
  CHECK(luaL_findtable(L, LUA_GLOBALSINDEX, "one.two", 1) == NULL);
  lua_getfield(L, -1, "three"); CHECK_TYPE(L, -1, "table");
  lua_settop(L, 0);
  lua_newtable(L);
  CHECK(luaL_findtable(L, 1, "x", 100) == NULL);
  lua_getfield(L, 1, "x");
  CHECK(lua_rawequal(L, -1, -2));
  lua_settop(L, 0);
  RUN(L, "one.number = 5");
  CHECK_STR(luaL_findtable(L, LUA_GLOBALSINDEX, "one.number.x", 1), "number.x");   /* where it went wrong */
  CHECK_TOP(L, 0);
  CHECK_STR(luaL_findtable(L, LUA_GLOBALSINDEX, "one.number", 1), "number");
  CHECK_TOP(L, 0);
}

static int one(lua_State *L) { lua_pushinteger(L, 1); return 1; }
static int up(lua_State *L)
{
  lua_pushinteger(L, lua_tointeger(L, lua_upvalueindex(1)) + lua_tointeger(L, lua_upvalueindex(2)));
  return 1;
}
static int register_clash(lua_State *L)
{
  static const luaL_Reg r[] = { { "one", one }, { NULL, NULL } };
  luaL_register(L, "clash", r);
  return 0;
}

static void test_register(lua_State *L)
{
  static const luaL_Reg r[] = { { "one", one }, { NULL, NULL } };
  static const luaL_Reg more[] = { { "two", one }, { NULL, NULL } };
  static const luaL_Reg ups[] = { { "sum", up }, { "sum2", up }, { NULL, NULL } };
  static const luaL_Reg none[] = { { NULL, NULL } };
  luaL_register(L, "simple", r);
  CHECK_TOP(L, 1);
  lua_getglobal(L, "simple"); CHECK(lua_rawequal(L, -1, 1)); lua_pop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_getfield(L, -1, "simple"); CHECK(lua_rawequal(L, -1, 1));
  lua_settop(L, 1);
  luaL_register(L, "simple", more);               /* the second time into the same table */
  CHECK(lua_rawequal(L, -1, 1));
  lua_settop(L, 0);
  CHECK_EVAL(L, "return simple.one() + simple.two()", "2");
  CHECK_EVAL(L, "return tostring(package.loaded.simple == simple)", "true");
  luaL_register(L, "deep.nested.lib", r);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return deep.nested.lib.one()", "1");
  CHECK_EVAL(L, "return tostring(package.loaded['deep.nested.lib'] == deep.nested.lib)", "true");
  lua_newtable(L);                                /* NULL: into the table on the top */
  luaL_register(L, NULL, r);
  CHECK_TOP(L, 1);
  lua_getfield(L, 1, "one"); CHECK_TYPE(L, -1, "function");
  lua_settop(L, 0);
  luaL_register(L, "empty", none);
  CHECK_TYPE(L, -1, "table");
  lua_settop(L, 0);
  lua_pushinteger(L, 40); lua_pushinteger(L, 2);
  luaL_openlib(L, "ups", ups, 2);
  CHECK_TOP(L, 1);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return ups.sum() + ups.sum2()", "84");
  RUN(L, "clash = 5");
  CHECK_ERROR(L, check_pcall_c(L, register_clash), LUA_ERRRUN, "name conflict for module 'clash'");
}

static int where_of(lua_State *L)
{
  luaL_where(L, (int)luaL_checkinteger(L, 1));
  return 1;
}

static void test_where(lua_State *L)
{
  lua_register(L, "where", where_of);
  CHECK_EVAL(L, "return (where(0))", "");
  CHECK_EVAL(L, "\n\nreturn (where(1))", "test:3: ");
  CHECK_EVAL(L, "local function f()\nreturn (where(2)) end\nlocal r = f() return r", "test:3: ");
  CHECK_EVAL(L, "return (where(50))", "");
  luaL_where(L, 0);
  CHECK_STR(lua_tostring(L, -1), "");
  lua_settop(L, 0);
}

static int check_room(lua_State *L)
{
  luaL_checkstack(L, (int)luaL_checkinteger(L, 1), "too many things");
  return 0;
}

static void test_misc(lua_State *L)
{
  lua_register(L, "room", check_room);
  CHECK_EVAL(L, "return room(100)", "nil");
  CHECK_EVAL(L, "room(1000000)", "test:1: stack overflow (too many things)");
  lua_pushliteral(L, "text");
  CHECK_STR(luaL_typename(L, 1), "string");
  CHECK_STR(luaL_typename(L, 2), "no value");
  lua_settop(L, 0);
  lua_newtable(L);
  lua_pushinteger(L, 1); lua_rawseti(L, 1, 1);
  CHECK_INT(luaL_getn(L, 1), 1);
  luaL_setn(L, 1, 1);
  lua_settop(L, 0);
  CHECK_INT(luaL_dostring(L, "return 1, 2"), 0);
  CHECK_TOP(L, 2);
  lua_settop(L, 0);
  CHECK_INT(luaL_dostring(L, "error('x', 0)"), 1);
  CHECK_STR(lua_tostring(L, -1), "x");
  lua_settop(L, 0);
  CHECK_INT(luaL_dostring(L, "x ="), 1);
  CHECK_STR(lua_tostring(L, -1), "[string \"x =\"]:1: unexpected symbol near '<eof>'");
  lua_settop(L, 0);
  CHECK_INT(luaL_loadbuffer(L, "return '\0'", 10, "=zero"), 0);
  lua_call(L, 0, 1);
  CHECK_INT(lua_objlen(L, -1), 1);
  lua_settop(L, 0);
}

/* The libraries opened one at a time, as a host that trusts little does. */
static void test_single_libraries(void)
{
  static const struct { lua_CFunction open; const char *name, *probe; } libs[] = {
    { luaopen_base, "", "print" }, { luaopen_table, LUA_TABLIBNAME, "concat" },
    { luaopen_string, LUA_STRLIBNAME, "gsub" }, { luaopen_math, LUA_MATHLIBNAME, "floor" },
    { luaopen_os, LUA_OSLIBNAME, "time" }, { luaopen_debug, LUA_DBLIBNAME, "getinfo" },
    { luaopen_io, LUA_IOLIBNAME, "open" }, { luaopen_package, LUA_LOADLIBNAME, "loadlib" },
  };
  size_t i;
  for (i = 0; i < sizeof libs / sizeof libs[0]; i++) {
    lua_State *L = luaL_newstate();
    lua_pushcfunction(L, libs[i].open);
    lua_pushstring(L, libs[i].name);
    CHECK_INT(lua_pcall(L, 1, 0, 0), 0);
    if (libs[i].name[0] == '\0') lua_pushvalue(L, LUA_GLOBALSINDEX);
    else lua_getglobal(L, libs[i].name);
    CHECK_TYPE(L, -1, "table");
    if (lua_istable(L, -1)) {
      lua_getfield(L, -1, libs[i].probe);
      check_str(luaL_typename(L, -1), "function", __FILE__, __LINE__, libs[i].probe);
    }
    lua_close(L);
  }
}

int main(void)
{
  lua_State *L = check_open();
  test_checks(L);
  test_names_in_messages(L);
  test_options(L);
  test_optional(L);
  test_gsub(L);
  test_findtable(L);
  test_register(L);
  test_where(L);
  test_misc(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  test_single_libraries();
  return check_end("auxlib");
}
