/*
** fstring.c - lua_pushfstring, lua_pushvfstring and luaL_error with every
** conversion, with arguments in registers and on the machine stack.
*/
#include "check.h"
#include <limits.h>
#include <stdarg.h>

#define GIVES(L, call, want) do { \
    const char *given = (call); \
    CHECK_STR(given, want); \
    CHECK_PTR(lua_tostring(L, -1), given); \
    lua_pop(L, 1); \
    CHECK_TOP(L, 0); \
  } while (0)

static void test_conversions(lua_State *L)
{
  char want[100];
  int here = 0;
  GIVES(L, lua_pushfstring(L, "plain"), "plain");
  GIVES(L, lua_pushfstring(L, "%s", ""), "");
  GIVES(L, lua_pushfstring(L, "100%%"), "100%");
  GIVES(L, lua_pushfstring(L, "%%%%"), "%%");
  GIVES(L, lua_pushfstring(L, "%s", "text"), "text");
  GIVES(L, lua_pushfstring(L, "%s", (char *)NULL), "(null)");
  GIVES(L, lua_pushfstring(L, "[%s][%s]", "a", "b"), "[a][b]");
  GIVES(L, lua_pushfstring(L, "%d", 0), "0");
  GIVES(L, lua_pushfstring(L, "%d %d", INT_MAX, INT_MIN), "2147483647 -2147483648");
  GIVES(L, lua_pushfstring(L, "%c%c%c", 'L', 'u', 'a'), "Lua");
  GIVES(L, lua_pushfstring(L, "%f", 1.5), "1.5");
  GIVES(L, lua_pushfstring(L, "%f %f", 0.1, 1e100), "0.1 1e+100");
  GIVES(L, lua_pushfstring(L, "%f", 12345678901234567.0), "1.2345678901235e+16");
  GIVES(L, lua_pushfstring(L, "%f", (double)HUGE_VAL), "inf");
  snprintf(want, sizeof want, "%p", (void *)&here);
  GIVES(L, lua_pushfstring(L, "%p", (void *)&here), want);
  /* an unknown conversion is put out as it is and takes no argument */
  GIVES(L, lua_pushfstring(L, "%x %5d|%d", 7), "%x %5d|7");
  GIVES(L, lua_pushfstring(L, "%s=%d (%f%%) '%c'", "k", 3, 99.5, 'z'), "k=3 (99.5%) 'z'");
  /* %c goes through a C string: a zero adds nothing */
  lua_pushfstring(L, "a%cb", 0);
  CHECK_INT(lua_objlen(L, -1), 2);
  lua_pop(L, 1);
}

static void test_many_arguments(lua_State *L)
{
  /* more than the registers of any convention hold */
  GIVES(L, lua_pushfstring(L, "%d %d %d %d %d %d %d %d %d %d %d %d %d %d %d %d",
                           1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
  GIVES(L, lua_pushfstring(L, "%f %f %f %f %f %f %f %f %f %f %f %f",
                           1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5),
        "1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5 10.5 11.5 12.5");
  GIVES(L, lua_pushfstring(L, "%s %s %s %s %s %s %s %s %s %s", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
        "a b c d e f g h i j");
  /* both kinds run out at different places */
  GIVES(L, lua_pushfstring(L, "%d %f %s %d %f %s %d %f %s %d %f %s %f %f %f %f %f %f %d",
                           1, 1.25, "a", 2, 2.25, "b", 3, 3.25, "c", 4, 4.25, "d",
                           5.25, 6.25, 7.25, 8.25, 9.25, 10.25, 5),
        "1 1.25 a 2 2.25 b 3 3.25 c 4 4.25 d 5.25 6.25 7.25 8.25 9.25 10.25 5");
  GIVES(L, lua_pushfstring(L, "%f%f%f%f%f%f%f%f%f%d%f", 1., 2., 3., 4., 5., 6., 7., 8., 9., 0, 1.), "12345678901");
  GIVES(L, lua_pushfstring(L, "%d%d%d%d%d%f%d", 1, 2, 3, 4, 5, 6., 7), "1234567");
}

static const char *by_va_list(lua_State *L, const char *format, ...)
{
  const char *s;
  va_list ap;
  va_start(ap, format);
  s = lua_pushvfstring(L, format, ap);
  va_end(ap);
  return s;
}

/* The list has been read from before it is handed over. */
static const char *by_used_va_list(lua_State *L, const char *format, ...)
{
  const char *s;
  va_list ap;
  int first;
  double second;
  va_start(ap, format);
  first = va_arg(ap, int);
  second = va_arg(ap, double);
  CHECK_INT(first, 100);
  CHECK_NUM(second, 0.5);
  s = lua_pushvfstring(L, format, ap);
  va_end(ap);
  return s;
}

static void test_va_list(lua_State *L)
{
  GIVES(L, by_va_list(L, "plain"), "plain");
  GIVES(L, by_va_list(L, "%d %s %f", 1, "two", 3.5), "1 two 3.5");
  GIVES(L, by_va_list(L, "%d %d %d %d %d %d %d %d %f %f", 1, 2, 3, 4, 5, 6, 7, 8, 9.5, 10.5), "1 2 3 4 5 6 7 8 9.5 10.5");
  GIVES(L, by_va_list(L, "%f %f %f %f %f %f %f %f %f %f", .5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5),
        "0.5 1.5 2.5 3.5 4.5 5.5 6.5 7.5 8.5 9.5");
  GIVES(L, by_used_va_list(L, "%d %f %s", 100, 0.5, 1, 1.5, "x"), "1 1.5 x");
  GIVES(L, by_used_va_list(L, "%f %f %f %f %f %f %f %f %d %d %d %d", 100, 0.5, 1., 2., 3., 4., 5., 6., 7., 8., 1, 2, 3, 4),
        "1 2 3 4 5 6 7 8 1 2 3 4");
}

static int error_many(lua_State *L)
{
  return luaL_error(L, "%s %d %f %s %d %f %s %d %f %c %f %f %f %f %f %f %f",
                    "a", 1, 1.5, "b", 2, 2.5, "c", 3, 3.5, 'd', 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5);
}
static int error_plain(lua_State *L) { return luaL_error(L, "no arguments"); }

static void test_luaL_error(lua_State *L)
{
  CHECK_ERROR(L, check_pcall_c(L, error_many), LUA_ERRRUN, "a 1 1.5 b 2 2.5 c 3 3.5 d 4.5 5.5 6.5 7.5 8.5 9.5 10.5");
  CHECK_ERROR(L, check_pcall_c(L, error_plain), LUA_ERRRUN, "no arguments");
}

static void test_long(lua_State *L)
{
  static char big[20001];
  size_t len;
  int i;
  memset(big, 'y', 20000);
  lua_pushfstring(L, "<%s|%s>", big, big);
  CHECK_INT(lua_objlen(L, -1), 40003);
  CHECK_INT(lua_tolstring(L, -1, &len)[20001], '|');
  lua_settop(L, 0);
  /* with a stack that is nearly used up: it makes room for itself */
  for (i = 0; i < LUA_MINSTACK - 2; i++) lua_pushinteger(L, i);
  lua_pushfstring(L, "%d%d%d%d%d%d%d%d%d%d", 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
  CHECK_STR(lua_tostring(L, -1), "1234567890");
  CHECK_TOP(L, LUA_MINSTACK - 1);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_conversions(L);
  test_many_arguments(L);
  test_va_list(L);
  test_luaL_error(L);
  test_long(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("fstring");
}
