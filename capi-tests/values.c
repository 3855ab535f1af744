/*
** values.c - pushing, asking for types, and converting: every type through
** every is/to function, and the text forms of numbers both ways.
*/
#include "check.h"
#include <limits.h>

static int a_c_function(lua_State *L) { (void)L; return 0; }

static void test_types(lua_State *L)
{
  /* one row a value: how each question is answered */
  struct { const char *name; int type, isnumber, isstring, iscfunction, isuserdata, truth; } rows[] = {
    { "nil",      LUA_TNIL,           0, 0, 0, 0, 0 },
    { "boolean",  LUA_TBOOLEAN,       0, 0, 0, 0, 0 },
    { "boolean",  LUA_TBOOLEAN,       0, 0, 0, 0, 1 },
    { "userdata", LUA_TLIGHTUSERDATA, 0, 0, 0, 1, 1 },
    { "number",   LUA_TNUMBER,        1, 1, 0, 0, 1 },
    { "string",   LUA_TSTRING,        0, 1, 0, 0, 1 },
    { "string",   LUA_TSTRING,        1, 1, 0, 0, 1 },
    { "table",    LUA_TTABLE,         0, 0, 0, 0, 1 },
    { "function", LUA_TFUNCTION,      0, 0, 1, 0, 1 },
    { "function", LUA_TFUNCTION,      0, 0, 0, 0, 1 },
    { "userdata", LUA_TUSERDATA,      0, 0, 0, 1, 1 },
    { "thread",   LUA_TTHREAD,        0, 0, 0, 0, 1 },
  };
  int i, n = (int)(sizeof rows / sizeof rows[0]), here = 0;
  void *block;
  lua_State *thread;
  lua_pushnil(L);
  lua_pushboolean(L, 0);
  lua_pushboolean(L, 1);
  lua_pushlightuserdata(L, &here);
  lua_pushnumber(L, 0);
  lua_pushliteral(L, "text");
  lua_pushliteral(L, "10");
  lua_newtable(L);
  lua_pushcfunction(L, a_c_function);
  check_load(L, "return 1");
  block = lua_newuserdata(L, 16);
  thread = lua_newthread(L);
  CHECK_TOP(L, n);
  for (i = 1; i <= n; i++) {
    int line = __LINE__;
    check_int(lua_type(L, i), rows[i-1].type, __FILE__, line, rows[i-1].name);
    check_str(luaL_typename(L, i), rows[i-1].name, __FILE__, line, rows[i-1].name);
    check_int(lua_isnumber(L, i), rows[i-1].isnumber, __FILE__, line, "isnumber");
    check_int(lua_isstring(L, i), rows[i-1].isstring, __FILE__, line, "isstring");
    check_int(lua_iscfunction(L, i), rows[i-1].iscfunction, __FILE__, line, "iscfunction");
    check_int(lua_isuserdata(L, i), rows[i-1].isuserdata, __FILE__, line, "isuserdata");
    check_int(lua_toboolean(L, i), rows[i-1].truth, __FILE__, line, "toboolean");
    check_int(lua_isnil(L, i), rows[i-1].type == LUA_TNIL, __FILE__, line, "isnil");
    check_int(lua_isboolean(L, i), rows[i-1].type == LUA_TBOOLEAN, __FILE__, line, "isboolean");
    check_int(lua_istable(L, i), rows[i-1].type == LUA_TTABLE, __FILE__, line, "istable");
    check_int(lua_isfunction(L, i), rows[i-1].type == LUA_TFUNCTION, __FILE__, line, "isfunction");
    check_int(lua_isthread(L, i), rows[i-1].type == LUA_TTHREAD, __FILE__, line, "isthread");
    check_int(lua_islightuserdata(L, i), rows[i-1].type == LUA_TLIGHTUSERDATA, __FILE__, line, "islight");
    check_int(lua_touserdata(L, i) != NULL, rows[i-1].isuserdata, __FILE__, line, "touserdata");
    check_int(lua_tothread(L, i) != NULL, rows[i-1].type == LUA_TTHREAD, __FILE__, line, "tothread");
    check_int(lua_tocfunction(L, i) != NULL, rows[i-1].iscfunction, __FILE__, line, "tocfunction");
    /* objects have an identity, values and strings do not */
    check_int(lua_topointer(L, i) != NULL,
              rows[i-1].type == LUA_TLIGHTUSERDATA || rows[i-1].type >= LUA_TTABLE,
              __FILE__, line, "topointer");
  }
  CHECK_PTR(lua_touserdata(L, 4), &here);
  CHECK_PTR(lua_topointer(L, 4), &here);
  CHECK_PTR(lua_touserdata(L, 11), block);
  CHECK_PTR(lua_topointer(L, 11), block);
  CHECK(lua_tothread(L, 12) == thread);
  CHECK_PTR(lua_topointer(L, 12), thread);
  CHECK(lua_tocfunction(L, 9) == a_c_function);
  lua_pushvalue(L, 8);
  CHECK_PTR(lua_topointer(L, 8), lua_topointer(L, -1));
  lua_settop(L, 0);
}

static void test_typenames(lua_State *L)
{
  CHECK_STR(lua_typename(L, LUA_TNONE), "no value");
  CHECK_STR(lua_typename(L, LUA_TNIL), "nil");
  CHECK_STR(lua_typename(L, LUA_TBOOLEAN), "boolean");
  CHECK_STR(lua_typename(L, LUA_TLIGHTUSERDATA), "userdata");
  CHECK_STR(lua_typename(L, LUA_TNUMBER), "number");
  CHECK_STR(lua_typename(L, LUA_TSTRING), "string");
  CHECK_STR(lua_typename(L, LUA_TTABLE), "table");
  CHECK_STR(lua_typename(L, LUA_TFUNCTION), "function");
  CHECK_STR(lua_typename(L, LUA_TUSERDATA), "userdata");
  CHECK_STR(lua_typename(L, LUA_TTHREAD), "thread");
}

static void test_push(lua_State *L)
{
  size_t len;
  const char *s;
  static const double numbers[] = { 0.0, -0.0, 1, -1, 0.5, 1e308, -1e308, 5e-324,
    2147483647.0, -2147483648.0, 9007199254740993.0, HUGE_VAL, -HUGE_VAL };
  size_t i;
  for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    lua_pushnumber(L, numbers[i]);
    CHECK_NUM(lua_tonumber(L, -1), numbers[i]);
    lua_pop(L, 1);
  }
  lua_pushnumber(L, (double)NAN);
  CHECK(isnan(lua_tonumber(L, -1)));
  CHECK_TYPE(L, -1, "number");
  CHECK(!lua_rawequal(L, -1, -1));
  CHECK(!lua_equal(L, -1, -1));
  lua_pop(L, 1);

  lua_pushinteger(L, INT_MAX);
  CHECK_NUM(lua_tonumber(L, -1), 2147483647.0);
  lua_pushinteger(L, INT_MIN);
  CHECK_NUM(lua_tonumber(L, -1), -2147483648.0);
  lua_pushinteger(L, (lua_Integer)1 << 53);
  CHECK_NUM(lua_tonumber(L, -1), 9007199254740992.0);
  CHECK(lua_tointeger(L, -1) == (lua_Integer)1 << 53);
  lua_pushinteger(L, PTRDIFF_MAX);
  CHECK_NUM(lua_tonumber(L, -1), (double)PTRDIFF_MAX);
  lua_settop(L, 0);

  lua_pushstring(L, NULL);
  CHECK_TYPE(L, -1, "nil");
  lua_pushstring(L, "");
  s = lua_tolstring(L, -1, &len);
  CHECK_STR(s, ""); CHECK_INT(len, 0);
  lua_pushlstring(L, "a\0b\0", 4);
  s = lua_tolstring(L, -1, &len);
  CHECK_INT(len, 4);
  CHECK(memcmp(s, "a\0b\0", 5) == 0);   /* and a zero behind the last byte */
  CHECK_INT(lua_objlen(L, -1), 4);
  lua_pushliteral(L, "x\0y");
  CHECK_INT(lua_objlen(L, -1), 3);
  lua_pushlstring(L, NULL, 0);
  CHECK_INT(lua_objlen(L, -1), 0);
  CHECK_STR(lua_tostring(L, -1), "");
  lua_settop(L, 0);

  /* equal strings are equal, whatever their length and making */
  {
    char big[3000];
    memset(big, 'q', sizeof big);
    lua_pushlstring(L, big, sizeof big);
    lua_pushlstring(L, big, sizeof big);
    CHECK(lua_rawequal(L, 1, 2));
    big[1500] = 'r';
    lua_pushlstring(L, big, sizeof big);
    CHECK(!lua_rawequal(L, 1, 3));
    CHECK(lua_lessthan(L, 1, 3));
    lua_settop(L, 0);
  }
  lua_pushboolean(L, 42);
  lua_pushboolean(L, -1);
  CHECK_INT(lua_toboolean(L, 1), 1);
  CHECK_INT(lua_toboolean(L, 2), 1);
  CHECK(lua_rawequal(L, 1, 2));
  lua_settop(L, 0);
}

static void test_string_to_number(lua_State *L)
{
  struct { const char *text; int ok; double value; } rows[] = {
    { "0", 1, 0 }, { "10", 1, 10 }, { "-10", 1, -10 }, { "+10", 1, 10 },
    { "  10  ", 1, 10 }, { "\t10\n", 1, 10 }, { "\v10\f\r", 1, 10 },
    { "1e3", 1, 1000 }, { "1E+3", 1, 1000 }, { "1e-3", 1, 0.001 },
    { ".5", 1, 0.5 }, { "5.", 1, 5 }, { "-.5e1", 1, -5 },
    { "0x10", 1, 16 }, { "0XfF", 1, 255 }, { " 0x7fffffff ", 1, 2147483647.0 },
    { "0xffffffffff", 1, 1099511627775.0 }, { "-0x10", 1, -16 },
    { "0x1p4", 1, 16 }, { "0x.8", 1, 0.5 },
    { "inf", 1, HUGE_VAL }, { "-inf", 1, -HUGE_VAL }, { "infinity", 1, HUGE_VAL },
    { "nan", 1, NAN }, { "1e400", 1, HUGE_VAL }, { "-1e400", 1, -HUGE_VAL },
    { "1e-400", 1, 0 }, { "-0", 1, -0.0 },
    { "123456789012345678901234567890", 1, 123456789012345678901234567890.0 },
    { "0.1", 1, 0.1 }, { "179769313486231570814527423731704356798070e267", 1, 1.7976931348623157e308 },
    { "2.2250738585072011e-308", 1, 2.2250738585072011e-308 },
    { "", 0, 0 }, { " ", 0, 0 }, { "-", 0, 0 }, { ".", 0, 0 }, { "e", 0, 0 },
    { "1e", 0, 0 }, { "1e+", 0, 0 }, { "10x", 0, 0 }, { "10 20", 0, 0 },
    { "x10", 0, 0 }, { "1..2", 0, 0 }, { "--1", 0, 0 }, { "1 e3", 0, 0 },
    { "0x", 0, 0 }, { "0xg", 0, 0 }, { "1,5", 0, 0 }, { "1_0", 0, 0 }, { "ten", 0, 0 },
    { "0b1", 0, 0 }, { "nil", 0, 0 },
  };
  size_t i;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    lua_pushstring(L, rows[i].text);
    check_int(lua_isnumber(L, -1), rows[i].ok, __FILE__, __LINE__, rows[i].text);
    check_num(lua_tonumber(L, -1), rows[i].value, __FILE__, __LINE__, rows[i].text);
    /* tonumber never changes the value in the stack */
    check_str(luaL_typename(L, -1), "string", __FILE__, __LINE__, rows[i].text);
    lua_pop(L, 1);
  }
  /* the text ends where the string ends: a zero inside makes it no number */
  lua_pushlstring(L, "10\0", 3);
  CHECK_INT(lua_isnumber(L, -1), 1);   /* C conversion stops at the zero */
  lua_pop(L, 1);
  lua_newtable(L);
  CHECK_NUM(lua_tonumber(L, -1), 0);
  CHECK_INT(lua_tointeger(L, -1), 0);
  lua_pushboolean(L, 1);
  CHECK_NUM(lua_tonumber(L, -1), 0);
  lua_pop(L, 2);
}

static void test_number_to_string(lua_State *L)
{
  struct { double value; const char *text; } rows[] = {
    { 0, "0" }, { -0.0, "-0" }, { 1, "1" }, { -1, "-1" }, { 0.5, "0.5" }, { 0.1, "0.1" },
    { 1.0/3, "0.33333333333333" }, { 100, "100" }, { 1e14, "1e+14" }, { 99999999999999.0, "99999999999999" },
    { 123456789012345.0, "1.2345678901234e+14" }, { 1e15, "1e+15" }, { 1e100, "1e+100" },
    { 1e-5, "1e-05" }, { 0.0001, "0.0001" }, { 2147483648.0, "2147483648" },
    { 3.14159265358979, "3.1415926535898" }, { 1e308, "1e+308" }, { 5e-324, "4.9406564584125e-324" },
    { HUGE_VAL, "inf" }, { -HUGE_VAL, "-inf" }, { 9007199254740993.0, "9.007199254741e+15" },
  };
  size_t i, len;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    lua_pushnumber(L, rows[i].value);
    check_str(lua_tolstring(L, -1, &len), rows[i].text, __FILE__, __LINE__, rows[i].text);
    check_int((long long)len, (long long)strlen(rows[i].text), __FILE__, __LINE__, rows[i].text);
    /* unlike tonumber, tolstring converts the value in the stack */
    CHECK_INT(lua_type(L, -1), LUA_TSTRING);
    lua_pop(L, 1);
  }
  lua_pushnumber(L, copysign((double)NAN, 1.0));
  CHECK_STR(lua_tostring(L, -1), "nan");
  lua_pushnumber(L, copysign((double)NAN, -1.0));
  CHECK_STR(lua_tostring(L, -1), "-nan");
  lua_settop(L, 0);
  /* what is neither string nor number gives NULL, length 0, and stays */
  lua_newtable(L);
  len = 99;
  CHECK(lua_tolstring(L, -1, &len) == NULL);
  CHECK_INT(len, 0);
  lua_pushboolean(L, 1);
  CHECK(lua_tolstring(L, -1, NULL) == NULL);
  lua_settop(L, 0);
}

static void test_tointeger(lua_State *L)
{
  struct { double value; lua_Integer want; } rows[] = {
    { 0, 0 }, { 1.5, 1 }, { -1.5, -1 }, { 1.999, 1 }, { -0.5, 0 }, { 2147483648.0, 2147483648 },
    { -2147483649.0, -2147483649 }, { 9007199254740992.0, 9007199254740992 }, { 1e18, 1000000000000000000 },
  };
  size_t i;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    lua_pushnumber(L, rows[i].value);
    CHECK_INT(lua_tointeger(L, -1), rows[i].want);
    lua_pop(L, 1);
  }
#if defined(__x86_64__)
  {  /* out of range: what the machine's conversion gives */
    static const double odd[] = { 1e300, -1e300, HUGE_VAL, -HUGE_VAL, 9223372036854775808.0, NAN };
    for (i = 0; i < sizeof odd / sizeof odd[0]; i++) {
      lua_pushnumber(L, odd[i]);
      CHECK_INT(lua_tointeger(L, -1), PTRDIFF_MIN);
      lua_pop(L, 1);
    }
  }
#endif
  lua_pushliteral(L, " 0x20 ");
  CHECK_INT(lua_tointeger(L, -1), 32);
  lua_pushliteral(L, "7.9");
  CHECK_INT(lua_tointeger(L, -1), 7);
  lua_settop(L, 0);
}

static void test_objlen(lua_State *L)
{
  lua_pushliteral(L, "four");
  CHECK_INT(lua_objlen(L, -1), 4);
  lua_newtable(L);
  CHECK_INT(lua_objlen(L, -1), 0);
  lua_pushboolean(L, 1); lua_rawseti(L, -2, 1);
  lua_pushboolean(L, 1); lua_rawseti(L, -2, 2);
  CHECK_INT(lua_objlen(L, -1), 2);
  lua_newuserdata(L, 17);
  CHECK_INT(lua_objlen(L, -1), 17);
  lua_newuserdata(L, 0);
  CHECK_INT(lua_objlen(L, -1), 0);
  /* a number is converted in place, as by tolstring */
  lua_pushnumber(L, 12345.5);
  CHECK_INT(lua_objlen(L, -1), 7);
  CHECK_INT(lua_type(L, -1), LUA_TSTRING);
  CHECK_STR(lua_tostring(L, -1), "12345.5");
  lua_pushnil(L);
  CHECK_INT(lua_objlen(L, -1), 0);
  lua_pushcfunction(L, a_c_function);
  CHECK_INT(lua_objlen(L, -1), 0);
  lua_pushlightuserdata(L, L);
  CHECK_INT(lua_objlen(L, -1), 0);
  lua_settop(L, 0);
}

static void test_compare(lua_State *L)
{
  lua_pushnumber(L, 1);          /* 1 */
  lua_pushnumber(L, 2);          /* 2 */
  lua_pushliteral(L, "1");       /* 3 */
  lua_pushliteral(L, "10");      /* 4 */
  lua_pushliteral(L, "9");       /* 5 */
  lua_pushnil(L);                /* 6 */
  lua_pushnumber(L, -0.0);       /* 7 */
  lua_pushnumber(L, 0.0);        /* 8 */
  CHECK(!lua_equal(L, 1, 3));
  CHECK(!lua_rawequal(L, 1, 3));
  CHECK(lua_equal(L, 1, 1));
  CHECK(lua_lessthan(L, 1, 2));
  CHECK(!lua_lessthan(L, 2, 1));
  CHECK(!lua_lessthan(L, 1, 1));
  CHECK(lua_lessthan(L, 4, 5));   /* as text: "10" < "9" */
  CHECK(lua_rawequal(L, 6, 6));
  CHECK(lua_rawequal(L, 7, 8));
  CHECK(!lua_lessthan(L, 7, 8));
  lua_settop(L, 0);
  lua_pushlstring(L, "a\0b", 3);
  lua_pushlstring(L, "a\0c", 3);
  lua_pushlstring(L, "a", 1);
  CHECK(lua_lessthan(L, 1, 2));
  CHECK(!lua_lessthan(L, 2, 1));
  CHECK(lua_lessthan(L, 3, 1));
  CHECK(!lua_equal(L, 3, 1));
  lua_settop(L, 0);
  lua_pushcfunction(L, a_c_function);
  lua_pushcfunction(L, a_c_function);
  CHECK(lua_equal(L, 1, 1));
  lua_settop(L, 0);
}

static void test_concat(lua_State *L)
{
  size_t len;
  int i;
  lua_concat(L, 0);
  CHECK_TOP(L, 1);
  CHECK_STR(lua_tostring(L, -1), "");
  lua_settop(L, 0);
  lua_newtable(L);
  lua_concat(L, 1);               /* one value: nothing happens, whatever it is */
  CHECK_TYPE(L, -1, "table");
  lua_settop(L, 0);
  lua_pushliteral(L, "keep");
  lua_pushliteral(L, "a");
  lua_pushnumber(L, 1.5);
  lua_pushnumber(L, 2);
  lua_pushlstring(L, "\0z", 2);
  lua_concat(L, 4);
  CHECK_TOP(L, 2);
  CHECK(memcmp(lua_tolstring(L, -1, &len), "a1.52\0z", 8) == 0);
  CHECK_INT(len, 7);
  lua_settop(L, 0);
  lua_pushnumber(L, 1);
  lua_pushnumber(L, 2);
  lua_concat(L, 2);
  CHECK_STR(lua_tostring(L, -1), "12");
  CHECK_INT(lua_type(L, -1), LUA_TSTRING);
  lua_settop(L, 0);
  CHECK(lua_checkstack(L, 1000));
  for (i = 0; i < 1000; i++) lua_pushliteral(L, "ab");
  lua_concat(L, 1000);
  CHECK_TOP(L, 1);
  CHECK_INT(lua_objlen(L, -1), 2000);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_types(L);
  test_typenames(L);
  test_push(L);
  test_string_to_number(L);
  test_number_to_string(L);
  test_tointeger(L);
  test_objlen(L);
  test_compare(L);
  test_concat(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("values");
}
