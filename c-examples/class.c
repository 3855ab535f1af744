/*
** class.c - a class written in C: 2D vectors as userdata.
**
** A userdata is a block of C memory that Lua owns.  Its metatable says what
** can be done with it: __index finds the methods, __add and friends are the
** operators, __gc is called before the memory goes.  The metatable also
** serves as the type's badge: luaL_checkudata compares it.
*/
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#define VECTOR "Example.Vector"        /* the metatable's name in the registry */

typedef struct Vector { double x, y; } Vector;

static int alive;                      /* how many exist, for the end's sake */

static Vector *check_vector(lua_State *L, int index)
{
  return luaL_checkudata(L, index, VECTOR);
}

/* Make a new one and leave it on the stack. */
static Vector *push_vector(lua_State *L, double x, double y)
{
  Vector *v = lua_newuserdata(L, sizeof *v);
  v->x = x;
  v->y = y;
  alive++;
  luaL_getmetatable(L, VECTOR);
  lua_setmetatable(L, -2);
  return v;
}

static int vector_new(lua_State *L)
{
  push_vector(L, luaL_optnumber(L, 1, 0), luaL_optnumber(L, 2, 0));
  return 1;
}

static int vector_length(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  lua_pushnumber(L, sqrt(v->x * v->x + v->y * v->y));
  return 1;
}

static int vector_dot(lua_State *L)
{
  Vector *a = check_vector(L, 1), *b = check_vector(L, 2);
  lua_pushnumber(L, a->x * b->x + a->y * b->y);
  return 1;
}

/* Methods that change the object return it, so that calls can be chained. */
static int vector_move(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  v->x += luaL_checknumber(L, 2);
  v->y += luaL_checknumber(L, 3);
  lua_settop(L, 1);
  return 1;
}

static int vector_add(lua_State *L)
{
  Vector *a = check_vector(L, 1), *b = check_vector(L, 2);
  push_vector(L, a->x + b->x, a->y + b->y);
  return 1;
}

/* v * number and number * v both come here. */
static int vector_mul(lua_State *L)
{
  int number_first = lua_isnumber(L, 1);
  double k = luaL_checknumber(L, number_first ? 1 : 2);
  Vector *v = check_vector(L, number_first ? 2 : 1);
  push_vector(L, v->x * k, v->y * k);
  return 1;
}

static int vector_unm(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  push_vector(L, -v->x, -v->y);
  return 1;
}

static int vector_eq(lua_State *L)
{
  Vector *a = check_vector(L, 1), *b = check_vector(L, 2);
  lua_pushboolean(L, a->x == b->x && a->y == b->y);
  return 1;
}

static int vector_len(lua_State *L)
{
  check_vector(L, 1);
  lua_pushinteger(L, 2);
  return 1;
}

static int vector_tostring(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  lua_pushfstring(L, "(%f, %f)", v->x, v->y);
  return 1;
}

/* v.x and v.y are fields of the C structure; anything else is a method.  The
   table of methods is this function's upvalue. */
static int vector_index(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  const char *key = luaL_checkstring(L, 2);
  if (key[0] == 'x' && key[1] == '\0') lua_pushnumber(L, v->x);
  else if (key[0] == 'y' && key[1] == '\0') lua_pushnumber(L, v->y);
  else lua_getfield(L, lua_upvalueindex(1), key);
  return 1;
}

static int vector_newindex(lua_State *L)
{
  Vector *v = check_vector(L, 1);
  const char *key = luaL_checkstring(L, 2);
  double value = luaL_checknumber(L, 3);
  if (key[0] == 'x' && key[1] == '\0') v->x = value;
  else if (key[0] == 'y' && key[1] == '\0') v->y = value;
  else return luaL_error(L, "a vector has no field '%s'", key);
  return 0;
}

static int vector_gc(lua_State *L)
{
  check_vector(L, 1);                  /* nothing to free: the block is Lua's */
  alive--;
  return 0;
}

static const luaL_Reg methods[] = {
  { "length", vector_length }, { "dot", vector_dot }, { "move", vector_move },
  { NULL, NULL }
};

static const luaL_Reg metamethods[] = {
  { "__add", vector_add }, { "__mul", vector_mul }, { "__unm", vector_unm },
  { "__eq", vector_eq }, { "__len", vector_len }, { "__tostring", vector_tostring },
  { "__newindex", vector_newindex }, { "__gc", vector_gc },
  { NULL, NULL }
};

static void open_vector(lua_State *L)
{
  luaL_newmetatable(L, VECTOR);        /* metatable */
  luaL_register(L, NULL, metamethods); /* into the table on top */
  lua_newtable(L);                     /* metatable methods */
  luaL_register(L, NULL, methods);
  lua_pushcclosure(L, vector_index, 1);/* metatable index */
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "not for you");   /* hide it from getmetatable */
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_register(L, "Vector", vector_new);
}

static const char script[] =
  "local a, b = Vector(3, 4), Vector(1, 2)\n"
  "print('a, b', a, b)\n"
  "print('a + b', a + b)\n"
  "print('a * 2, 2 * a', a * 2, 2 * a)\n"
  "print('-a', -a)\n"
  "print('length, dot', a:length(), a:dot(b))\n"
  "print('#a', #a)\n"
  "print('a == Vector(3, 4)', a == Vector(3, 4))\n"
  "print('a == b', a == b)\n"
  "b.x = 10\n"
  "print('b.x, b.y', b.x, b.y)\n"
  "print('chained', b:move(1, 1):move(1, 1))\n"
  "print('metatable', getmetatable(a))\n"
  "print(pcall(function() return a + 1 end))\n"
  "print(pcall(function() a.z = 1 end))\n"
  "print(pcall(function() return a.length(io.stdout) end))\n"
  "local sum = Vector()\n"
  "for i = 1, 1000 do sum = sum + Vector(i, -i) end\n"
  "print('sum', sum)\n";

int main(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  open_vector(L);
  if (luaL_loadbuffer(L, script, sizeof script - 1, "=script") != 0
      || lua_pcall(L, 0, 0, 0) != 0) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return EXIT_FAILURE;
  }
  lua_gc(L, LUA_GCCOLLECT, 0);         /* the script is over: all of its vectors are garbage */
  printf("vectors alive after a collection: %d\n", alive);
  lua_close(L);
  return EXIT_SUCCESS;
}
