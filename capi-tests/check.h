/*
** check.h - the few tools that every program of this suite shares.
**
** A check never stops the program: it counts, and when it fails it prints
** the place, what was expected and what was got.  A program ends with
** `return check_end("name");`, which prints the line that run.sh adds up.
**
** Everything here is `static inline` so that a program may leave out what
** it does not need without a warning.
*/
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

static int check_passed;
static int check_failed;

/* Under valgrind, or where loops are hot at once, fewer turns have to do. */
static inline int is_slow(void) { return getenv("CHECK_VALGRIND") != NULL || getenv("CHECK_EAGER") != NULL; }

static inline int check_that(int ok, const char *file, int line, const char *what)
{
  /* Programs check on several threads at once. */
  __atomic_add_fetch(ok ? &check_passed : &check_failed, 1, __ATOMIC_RELAXED);
  if (ok) return 1;
  printf("%s:%d: FAILED %s\n", file, line, what);
  return 0;
}

static inline int check_int(long long got, long long want, const char *file,
                            int line, const char *what)
{
  int ok = check_that(got == want, file, line, what);
  if (!ok) printf("    expected %lld\n    got      %lld\n", want, got);
  return ok;
}

/* Equal as doubles, except that a NaN equals a NaN and 0 differs from -0. */
static inline int check_num(double got, double want, const char *file, int line,
                            const char *what)
{
  int same = (isnan(got) && isnan(want))
          || (got == want && !signbit(got) == !signbit(want));
  int ok = check_that(same, file, line, what);
  if (!ok) printf("    expected %.17g\n    got      %.17g\n", want, got);
  return ok;
}

static inline int check_str(const char *got, const char *want, const char *file,
                            int line, const char *what)
{
  int same = (got == NULL || want == NULL) ? got == want : strcmp(got, want) == 0;
  int ok = check_that(same, file, line, what);
  if (!ok)
    printf("    expected %s%s%s\n    got      %s%s%s\n",
           want ? "\"" : "", want ? want : "NULL", want ? "\"" : "",
           got ? "\"" : "", got ? got : "NULL", got ? "\"" : "");
  return ok;
}

static inline int check_ptr(const void *got, const void *want, const char *file,
                            int line, const char *what)
{
  int ok = check_that(got == want, file, line, what);
  if (!ok) printf("    expected %p\n    got      %p\n", (void *)want, (void *)got);
  return ok;
}

#define CHECK(cond)          check_that(!!(cond), __FILE__, __LINE__, #cond)
#define CHECK_INT(got, want) check_int((long long)(got), (long long)(want), __FILE__, __LINE__, #got)
#define CHECK_NUM(got, want) check_num((got), (want), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want) check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_PTR(got, want) check_ptr((got), (want), __FILE__, __LINE__, #got)

/* The size of the stack, and the stack emptied again. */
#define CHECK_TOP(L, want)   check_int(lua_gettop(L), (want), __FILE__, __LINE__, "lua_gettop(" #L ")")

/* The type at an index, by name, so that a failure is readable. */
#define CHECK_TYPE(L, i, want) \
  check_str(luaL_typename(L, i), (want), __FILE__, __LINE__, "type of " #i)

static inline void check_error(lua_State *L, int got, int want, const char *message,
                               const char *file, int line, const char *what)
{
  check_int(got, want, file, line, what);
  if (got != 0) {
    check_str(lua_tostring(L, -1), message, file, line, what);
    lua_pop(L, 1);
  }
}

/* A call ended with this status and left this message, which is popped. */
#define CHECK_ERROR(L, got, want, message) \
  check_error(L, (got), (want), (message), __FILE__, __LINE__, #got)

static inline void check_run(lua_State *L, const char *code, const char *file, int line)
{
  int status = luaL_loadbuffer(L, code, strlen(code), "=test");
  if (status == 0) status = lua_pcall(L, 0, 0, 0);
  if (!check_int(status, 0, file, line, code)) {
    printf("    message  \"%s\"\n", lua_tostring(L, -1));
    lua_pop(L, 1);
  }
}

static inline void check_eval(lua_State *L, const char *code, const char *want,
                              const char *file, int line)
{
  int top = lua_gettop(L);
  int status = luaL_loadbuffer(L, code, strlen(code), "=test");
  if (status == 0) status = lua_pcall(L, 0, 1, 0);
  if (lua_isboolean(L, -1)) lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false");
  else if (lua_isnil(L, -1)) lua_pushliteral(L, "nil");
  check_str(lua_tostring(L, -1), want, file, line, code);
  lua_settop(L, top);
}

/* Run Lua code that must not fail (chunk name "test"). */
#define RUN(L, code)              check_run(L, code, __FILE__, __LINE__)
/* Run Lua code and compare its first result, or its error message, as text. */
#define CHECK_EVAL(L, code, want) check_eval(L, code, want, __FILE__, __LINE__)

static inline lua_State *check_open(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) { printf("luaL_newstate returned NULL\n"); exit(2); }
  luaL_openlibs(L);
  return L;
}

/* Load a chunk that must compile and leave its function on the stack. */
static inline void check_load(lua_State *L, const char *code)
{
  if (luaL_loadbuffer(L, code, strlen(code), "=test") != 0) {
    printf("cannot load: %s\n", lua_tostring(L, -1));
    exit(2);
  }
}

/* A protected call of a C function, message (if any) left on the stack. */
static inline int check_pcall_c(lua_State *L, lua_CFunction f)
{
  lua_pushcfunction(L, f);
  return lua_pcall(L, 0, 0, 0);
}

static inline int check_end(const char *name)
{
  printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
  return check_failed != 0;
}

#endif
