/*
** calls.c - calling Lua functions from C, and reading what they return.
**
** The pattern is always the same:
**     push the function, push the arguments, lua_pcall, read the results, pop.
** Index 1 is the bottom of the stack and -1 is its top.
*/
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

static const char script[] =
  "function hypotenuse(a, b) return math.sqrt(a * a + b * b) end\n"
  "\n"
  "function divide(a, b)\n"
  "  if b == 0 then error('division by zero') end\n"
  "  return math.floor(a / b), a % b\n"
  "end\n"
  "\n"
  "function describe(person)\n"
  "  return person.name .. ' is ' .. person.age .. ' years old'\n"
  "end\n"
  "\n"
  "config = { title = 'Example', size = { width = 80, height = 25 },\n"
  "           colours = { 'red', 'green', 'blue' } }\n";

/* One number in, one number out. */
static void call_hypotenuse(lua_State *L)
{
  lua_getglobal(L, "hypotenuse");
  lua_pushnumber(L, 3);
  lua_pushnumber(L, 4);
  /* 2 arguments, 1 result, no message handler */
  if (lua_pcall(L, 2, 1, 0) != 0) {
    printf("error: %s\n", lua_tostring(L, -1));
    lua_pop(L, 1);
    return;
  }
  printf("hypotenuse(3, 4) = %g\n", lua_tonumber(L, -1));
  lua_pop(L, 1);
}

/* Two results; and an error, which lua_pcall turns into a status. */
static void call_divide(lua_State *L, int a, int b)
{
  lua_getglobal(L, "divide");
  lua_pushinteger(L, a);
  lua_pushinteger(L, b);
  if (lua_pcall(L, 2, 2, 0) != 0) {
    printf("divide(%d, %d) failed: %s\n", a, b, lua_tostring(L, -1));
    lua_pop(L, 1);
    return;
  }
  /* results come in order: the last one is on top */
  printf("divide(%d, %d) = %d remainder %d\n", a, b,
         (int)lua_tointeger(L, -2), (int)lua_tointeger(L, -1));
  lua_pop(L, 2);
}

/* A table built in C as an argument. */
static void call_describe(lua_State *L)
{
  lua_getglobal(L, "describe");
  lua_newtable(L);
  lua_pushliteral(L, "Ada");
  lua_setfield(L, -2, "name");         /* table.name = "Ada"; pops the value */
  lua_pushinteger(L, 36);
  lua_setfield(L, -2, "age");
  if (lua_pcall(L, 1, 1, 0) == 0)
    printf("%s\n", lua_tostring(L, -1));
  lua_pop(L, 1);
}

/* Reading a configuration: nested tables and an array. */
static void read_config(lua_State *L)
{
  int i, n;
  lua_getglobal(L, "config");                          /* config */
  lua_getfield(L, -1, "title");                        /* config title */
  printf("title:  %s\n", lua_tostring(L, -1));
  lua_pop(L, 1);                                       /* config */
  lua_getfield(L, -1, "size");                         /* config size */
  lua_getfield(L, -1, "width");                        /* config size width */
  lua_getfield(L, -2, "height");                       /* config size width height */
  printf("size:   %d x %d\n", (int)lua_tointeger(L, -2), (int)lua_tointeger(L, -1));
  lua_pop(L, 3);                                       /* config */
  lua_getfield(L, -1, "colours");                      /* config colours */
  n = (int)lua_objlen(L, -1);
  printf("colours:");
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, i);
    printf(" %s", lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  printf("\n");
  lua_pop(L, 2);                                       /* empty again */
}

int main(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  /* the last argument names the chunk in messages; '=' means: as it is */
  if (luaL_loadbuffer(L, script, sizeof script - 1, "=script") != 0
      || lua_pcall(L, 0, 0, 0) != 0) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return EXIT_FAILURE;
  }
  call_hypotenuse(L);
  call_divide(L, 17, 5);
  call_divide(L, 1, 0);
  call_describe(L);
  read_config(L);
  printf("values left on the stack: %d\n", lua_gettop(L));
  lua_close(L);
  return EXIT_SUCCESS;
}
